"""What `jobs` says where there is nothing to list, or nobody who lists it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataprep.cli import run
from dataprep.finding import DataprepError
from tests.unit.trainers.openai_server import platform
from trainers.openai import jobs


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """Standard error as one line."""
    return " ".join(capsys.readouterr().err.split())


def test_a_ledger_that_cannot_be_read_is_named_and_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("runs/one").mkdir(parents=True)
    Path("runs/one/job.jsonl").write_text('{"a": 1}\n', "utf-8")
    assert run(["jobs", "--local"]) == 0
    assert said(capsys) == (
        "Passed over: runs/one/job.jsonl:1: the line lacks a text under 'step', as no run writes "
        "it. Restore the file; or look for the job (dataprep jobs), move the file away, and take "
        "another run folder. No run folder with a job in runs. Name another with --runs."
    )


def test_a_provider_that_is_gone_has_no_jobs_to_list() -> None:
    with pytest.raises(DataprepError) as refused:
        jobs.listed("mistral")
    assert str(refused.value) == (
        "mistral has no address any more: its platform is closed. "
        "Name another provider, or the server with --base-url."
    )


def test_a_server_that_does_not_answer_is_named() -> None:
    with pytest.raises(DataprepError) as refused:
        jobs.listed(base_url="http://127.0.0.1:1/v1", sleep=lambda _: None)
    message = refused.value.message
    assert message.startswith("Listing the jobs: the connection failed at 127.0.0.1 (")
    assert refused.value.remedy == "Run the same command again."


def test_a_job_that_the_server_does_not_know_is_said_in_two_sentences(tmp_path: Path) -> None:
    with platform() as server, pytest.raises(DataprepError) as refused:
        jobs.cancel("ftjob-9", base_url=server.url, folder=tmp_path)
    assert str(refused.value) == (
        "Cancelling job ftjob-9: 404, No such thing: ftjob-9. "
        "Check the base URL, the id and the name of the model."
    )
