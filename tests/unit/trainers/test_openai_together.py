"""Together, Azure and Nebius: the same gates, ledger and watch, each in its own words."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from dataprep.finding import DataprepError, EnvironmentProblem, Refused
from tests.unit.trainers.openai_folder import example, folder_with, ready_folder
from tests.unit.trainers.openai_server import Platform, platform
from tests.unit.trainers.together_server import Together, together
from trainers.openai import JobOutcome, JobPlan, jobs, plan, run, show_plan
from trainers.openai.watch import News

JOBS = "POST /v1/fine-tunes"
FILES = "POST /v1/files"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Together]:
    monkeypatch.setenv("TOGETHER_API_KEY", "tg-test-abcdefgh")
    with together() as running:
        yield running


@pytest.fixture
def made(tmp_path: Path, server: Together) -> JobPlan:
    return at(server, tmp_path, "run")


def at(server: Together, tmp_path: Path, run_dir: str) -> JobPlan:
    folder = tmp_path / "out"
    if not folder.exists():
        ready_folder(folder)
    return plan(
        folder,
        provider="together",
        base_url=server.url,
        key_variable="TOGETHER_API_KEY",
        model="meta-llama/M",
        suffix="tea",
        run_dir=tmp_path / "runs" / run_dir,
    )


def go(made: JobPlan, news: list[News] | None = None) -> JobOutcome:
    told = news if news is not None else []
    return run(made, say=told.append, poll=0, sleep=lambda _: None)


def test_a_job_at_together_is_uploaded_created_and_followed(
    server: Together, made: JobPlan
) -> None:
    news: list[News] = []
    outcome = go(made, news)
    assert outcome.model == f"acme/meta-llama/M-tea-{made.key[:12]}-1234"
    assert outcome.trained_tokens == 777
    assert (server.calls.count(FILES), server.calls.count(JOBS)) == (2, 1)
    assert server.contents["file-t1"] == made.files[0].path.read_bytes()
    assert server.jobs[0]["training_file"] == "file-t1"
    assert [n.message for n in news if n.kind == "status"] == ["pending", "running", "succeeded"]
    assert [n.message for n in news if n.kind == "event"] == ["Job started", "Epoch 1"]


def test_the_key_goes_to_the_api_and_not_to_the_storage(server: Together, made: JobPlan) -> None:
    go(made)
    assert server.keys[FILES] == "Bearer tg-test-abcdefgh"
    assert server.keys["PUT /v1/storage/file-t1"] == ""
    assert "abcdefgh" not in (made.run_dir / "job.jsonl").read_text("utf-8")


def test_another_run_folder_finds_the_job_by_its_suffix(
    server: Together, made: JobPlan, tmp_path: Path
) -> None:
    first = go(made)
    assert go(at(server, tmp_path, "other")).job == first.job
    assert (server.calls.count(FILES), server.calls.count(JOBS)) == (2, 1)


@pytest.mark.parametrize(
    "call", [FILES, "PUT /v1/storage/file-t1", "POST /v1/files/file-t1/preprocess", JOBS]
)
@pytest.mark.parametrize("answer", [(500, {"error": {"message": "oops"}}), None, (200, [])])
def test_a_lost_answer_makes_no_second_job(
    server: Together, made: JobPlan, call: str, answer: tuple[int, object] | None
) -> None:
    server.faults[call] = [answer]
    for _ in range(3):
        try:
            ended = go(made)
        except DataprepError as error:
            assert error.remedy
            continue
        assert ended.status == "succeeded"
        break
    else:
        raise AssertionError("never finished")
    assert len(server.jobs) == 1
    assert len({f["filename"] for f in server.files}) == len(server.files) == 2


def test_the_same_content_that_together_has_is_taken_as_it_is(
    server: Together, made: JobPlan
) -> None:
    server.files.append({"id": "file-old", "filename": "x.jsonl", "bytes": 1})
    server.faults[FILES] = [(409, {"file_id": "file-old"})]
    go(made)
    assert server.jobs[0]["training_file"] == "file-old"


def test_a_failed_job_at_together_is_told_in_its_words(server: Together, made: JobPlan) -> None:
    server.statuses = ["error"]
    server.faults["GET /v1/fine-tunes/ft-1"] = [
        (
            200,
            {
                "id": "ft-1",
                "status": "error",
                "events": [{"type": "job_error", "message": "Out of luck"}],
            },
        )
    ]
    with pytest.raises(Refused, match=r"ended as failed: Out of luck"):
        go(made)


def test_jobs_at_together_are_listed_attached_and_cancelled(
    server: Together, made: JobPlan
) -> None:
    server.faults["GET /v1/fine-tunes/ft-1"] = [(403, {})]
    with pytest.raises(EnvironmentProblem, match="goes on"):
        go(made)
    runs = made.run_dir.parent
    there = ("together", server.url)
    assert [row.job for row in jobs.listed(*there, folder=runs)] == ["ft-1"]
    cancelled = jobs.cancel("ft-1", *there, folder=runs, sleep=lambda _: None)
    assert cancelled.status == "cancelled"
    with pytest.raises(Refused, match="ended as cancelled"):
        jobs.attach("ft-1", *there, folder=runs, poll=0, sleep=lambda _: None)


def test_the_plan_shows_togethers_own_path(made: JobPlan) -> None:
    out = io.StringIO()
    show_plan(made, Console(file=out, width=100))
    assert "The request: POST /fine-tunes" in out.getvalue()
    assert "The job at Together" in out.getvalue()


# Azure and Nebius speak OpenAI's protocol.


@pytest.fixture
def openai_server() -> Iterator[Platform]:
    with platform() as running:
        yield running


def test_azure_is_reached_by_its_endpoint_with_its_key_and_its_files(
    openai_server: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "az-test-abcdefgh")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", openai_server.url.removesuffix("/v1"))
    rows = [example(n) for n in range(10)]
    folder = folder_with(tmp_path / "out", rows, target="azure", mark=True)
    made = plan(
        folder,
        provider="azure",
        base_url=openai_server.url,
        today=date(2026, 9, 1),
        run_dir=tmp_path / "run",
    )
    assert go(made).status == "succeeded"
    assert openai_server.contents[0][1].startswith(b"\xef\xbb\xbf{")
    assert openai_server.api_keys == {"az-test-abcdefgh"}


def test_nebius_keeps_one_job_though_it_keeps_no_metadata(
    openai_server: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEBIUS_API_KEY", "nb-test-abcdefgh")
    openai_server.keeps_metadata = False
    options = {
        "provider": "nebius",
        "model": "meta-llama/Llama-3.3-70B-Instruct",
        "base_url": openai_server.url,
    }
    folder = ready_folder(tmp_path / "out")
    for run_dir in ("one", "two"):
        assert go(plan(folder, run_dir=tmp_path / run_dir, **options)).status == "succeeded"
    assert openai_server.count("POST /v1/fine_tuning/jobs") == 1
    assert openai_server.bodies[0]["hyperparameters"] == {"n_epochs": 8, "lora": True}
    more = plan(folder, run_dir=tmp_path / "three", n_epochs=2, **options)
    assert go(more).job == "ftjob-2"
