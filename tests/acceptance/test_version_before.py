"""Datasets and recipes of the version before: they verify, are judged, shown and trained on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run

BEFORE = Path(__file__).parent.parent / "before"
NAMES = ("chat", "preference", "causal")
ROWS = (
    {"prompt": "Which river runs through Paris?", "completion": "The Seine."},
    {"prompt": "Which river runs through Rome?", "completion": "The Tiber."},
)
CHAT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The datasets, copied to where commands may write."""
    return shutil.copytree(BEFORE, tmp_path / "before")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "command", [("verify",), ("check",), ("show", "-n", "1"), ("advise",)], ids=lambda c: c[0]
)
def test_it_reads(dataprep: Run, before: Path, name: str, command: tuple[str, ...]) -> None:
    done = dataprep(command[0], before / name, *command[1:])
    assert done.returncode == 0, done.stderr
    if command[0] == "verify":
        assert "all as they were written" in done.stderr


def test_a_changed_byte_is_seen(dataprep: Run, before: Path) -> None:
    path = before / "chat" / "openai-chat" / "train.jsonl"
    path.write_bytes(path.read_bytes().replace(b"river", b"River"))
    assert dataprep("verify", before / "chat").returncode == 1


@pytest.mark.parametrize("name", ["chat", "preference"])
def test_its_job_is_what_it_would_have_been(dataprep: Run, before: Path, name: str) -> None:
    done = dataprep("train", "openai", before / name, "--model", "gpt-4.1-mini", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert '"training_file"' in done.stdout


def test_a_model_learns_from_it(dataprep: Run, before: Path) -> None:
    pytest.importorskip("torch")
    done = dataprep("train", "llama", before / "causal", "-o", "run", "--epochs", "1")
    assert done.returncode == 0, done.stderr


def test_its_recipe_still_makes_a_dataset(dataprep: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    (tmp_path / "chat.jsonl").write_text(json.dumps(CHAT) + "\n")
    (tmp_path / "rows.csv").write_text("land,capital\nPeru,Lima\n")
    recipe = (
        "version: 1\n"
        "sources:\n"
        "  - {path: rows.jsonl, way: pairs}\n"
        "  - {path: chat.jsonl, way: messages}\n"
        "  - path: rows.csv\n"
        "    way: columns\n"
        "    prompt: '{{ land }}'\n"
        "    completion: '{{ capital }}'\n"
        "targets: [openai-chat]\n"
    )
    (tmp_path / "dataprep.yaml").write_text(recipe)
    done = dataprep("convert", "-o", "out")
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "out" / "openai-chat").glob("*.jsonl")
    assert sum(len(path.read_text().splitlines()) for path in written) == 4
