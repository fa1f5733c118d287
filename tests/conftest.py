"""What holds for every test: where the corpora are, and that none is skipped in silence."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import pytest

from trainers.openai import client


def pytest_report_header() -> str:
    """Say which corpora the run has."""
    return f"corpora: {os.environ.get('DATAPREP_CORPORA', 'none; tests that need them skip')}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:  # type: ignore[misc]
    """Turn a skip for want of corpora into a failure where the corpora are."""
    report: pytest.TestReport = yield  # type: ignore[misc]
    corpora = os.environ.get("DATAPREP_CORPORA", "")
    strict = os.environ.get("DATAPREP_NO_SKIPS") == "1" and Path(corpora or "-").is_dir()
    if strict and report.skipped and "corpora" in str(report.longrepr).lower():
        report.outcome = "failed"
    return report


@pytest.fixture(autouse=True)
def state_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of its own for what programs keep of a user: no test reads or writes the true one."""
    home = tmp_path_factory.getbasetemp() / "state" / uuid4().hex
    monkeypatch.setenv("XDG_STATE_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def no_key_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys of one test are taken out of no words of another."""
    monkeypatch.setattr(client, "_keys", set())


@pytest.fixture(scope="session")
def gaps_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SentencePiece model with the normaliser and the gaps of T5's: no braces, no newline."""
    from tests.models import sentencepiece_model

    letters = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789"
    texts = [f'It is {letters}, a cat | (or) a [dog]: it\'s "x" - and; a/b? a.'] * 9
    path = tmp_path_factory.mktemp("gaps") / "spiece.model"
    path.write_bytes(sentencepiece_model(texts, 200))
    return path
