"""A push to the hub: to the name that was typed, private, and never over what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub.errors import HfHubHTTPError

from dataprep.finding import EnvironmentProblem, UsageError
from tests.unit.trainers import exported_models
from trainers.export import export


class Hub:
    """Stands in for HfApi, and keeps what it is asked."""

    endpoint = "https://hub.test"

    def __init__(self, files: list[str] | None = None, status: int | None = None) -> None:
        self.files, self.status = files, status
        self.asked: list[tuple[str, Any]] = []
        self.sent: set[str] = set()
        self.card = ""

    def repo_exists(self, name: str) -> bool:
        return self.files is not None

    def list_repo_files(self, name: str) -> list[str]:
        return self.files or []

    def create_repo(self, name: str, *, private: bool) -> None:
        if self.status is not None:
            response = type(
                "Response", (), {"status_code": self.status, "headers": {}, "request": None}
            )
            raise HfHubHTTPError("refused", response=response())  # type: ignore[arg-type]
        self.asked.append((name, private))

    def upload_folder(self, *, repo_id: str, folder_path: str, commit_message: str) -> None:
        self.sent = {path.name for path in Path(folder_path).iterdir()}
        card = Path(folder_path) / "README.md"
        self.card = card.read_text() if card.is_file() else ""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return exported_models.byte_level_model(tmp_path / "model")


def hub(monkeypatch: pytest.MonkeyPatch, **more: Any) -> Hub:
    made = Hub(**more)
    monkeypatch.setattr(huggingface_hub, "HfApi", lambda: made)
    return made


@pytest.mark.parametrize("public", [False, True])
def test_a_repository_is_made_and_filled_private_unless_told(
    public: bool, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = hub(monkeypatch)
    told = export(model, "hub", name="ada/birds", public=public)
    assert made.asked == [("ada/birds", not public)]
    assert {"model.safetensors", "config.json", "tokenizer.json"} <= made.sent
    assert told.place == "https://hub.test/ada/birds"
    assert told.notes[-1] == f"{'public' if public else 'private'}: ada/birds"


def test_a_repository_that_a_failed_push_left_empty_is_filled(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = hub(monkeypatch, files=[".gitattributes"])
    export(model, "hub", name="ada/birds")
    assert "model.safetensors" in made.sent


def test_a_repository_that_holds_something_is_left_alone(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = hub(monkeypatch, files=[".gitattributes", "model.safetensors"])
    with pytest.raises(UsageError, match="ada/birds holds files already"):
        export(model, "hub", name="ada/birds")
    assert not made.sent


@pytest.mark.parametrize(
    ("status", "said"), [(401, "refuses to write to ada/birds"), (503, "failed: status 503")]
)
def test_a_hub_that_refuses_is_the_environments_fault(
    status: int, said: str, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub(monkeypatch, status=status)
    with pytest.raises(EnvironmentProblem, match=said):
        export(model, "hub", name="ada/birds")


@pytest.mark.parametrize("name", ["birds", "a/b/c", "-a/b", "a/b c"])
def test_a_name_that_is_none_is_refused_before_anything_is_asked(
    name: str, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = hub(monkeypatch)
    with pytest.raises(UsageError) as error:
        export(model, "hub", name=name)
    assert error.value.remedy == "Write OWNER/NAME."
    assert not made.asked
