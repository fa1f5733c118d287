"""The token of the Hub does not go to a server that HF_ENDPOINT names without encryption."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataprep.api.loading import trainer
from dataprep.finding import Refused
from dataprep.network import hub_is_open, keep_hub_token

constants = pytest.importorskip("huggingface_hub.constants")


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_" + "x" * 34)
    monkeypatch.setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "0")
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_IMPLICIT_TOKEN", False)


def sent() -> str | None:
    """The header by which huggingface_hub says who asks."""
    from huggingface_hub.utils import build_hf_headers

    return build_hf_headers().get("authorization")


@pytest.mark.parametrize(
    ("endpoint", "is_open"),
    [
        ("", False),
        ("https://hub.test", False),
        ("http://127.0.0.1:8000", False),
        ("http://localhost", False),
        ("http://hub.test", True),
        ("http://10.0.0.7:8000", True),
        ("HTTP://hub.test", True),
        ("no address", False),
    ],
)
def test_no_token_goes_over_a_network_unencrypted(
    endpoint: str, is_open: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert sent() is not None
    keep_hub_token()
    assert hub_is_open() is is_open
    assert (sent() is None) is is_open


def test_every_training_and_conversion_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataprep

    monkeypatch.setenv("HF_ENDPOINT", "http://hub.test")
    (tmp_path / "rows.jsonl").write_text('{"prompt": "a", "completion": "b"}\n')
    dataprep.convert(tmp_path / "rows.jsonl", to="alpaca", out=tmp_path / "out")
    assert sent() is None
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_IMPLICIT_TOKEN", False)
    trainer("answers", "train")
    assert sent() is None


def test_a_push_that_needs_the_token_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from trainers.export import hub

    monkeypatch.setenv("HF_ENDPOINT", "http://hub.test")
    with pytest.raises(Refused, match="unencrypted"):
        hub.push(None, None, "ada/birds", public=False)  # type: ignore[arg-type]
