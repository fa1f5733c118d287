"""One job at most, whatever the server answers and wherever the process is killed."""

from __future__ import annotations

import io
import json
import shutil
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from rich.console import Console

from dataprep.finding import DataprepError, EnvironmentProblem, Refused, UsageError
from dataprep.network import NetworkLimits
from tests.unit.trainers.openai_folder import example, folder_with, ready_folder
from tests.unit.trainers.openai_server import WIND_DOWN, Platform, lost, platform, problem
from trainers.openai import JobOutcome, JobPlan, plan, run, train
from trainers.openai.job import job_of
from trainers.openai.watch import News

FILES, JOBS = "POST /v1/files", "POST /v1/fine_tuning/jobs"
LIST_JOBS, LIST_FILES = "GET /v1/fine_tuning/jobs", "GET /v1/files"
JOB = "GET /v1/fine_tuning/jobs/ftjob-1"
EVENTS = f"{JOB}/events"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-abcdefgh")
    with platform() as running:
        yield running


@pytest.fixture
def made(tmp_path: Path, server: Platform) -> JobPlan:
    folder = ready_folder(tmp_path / "out")
    return plan(
        folder,
        base_url=server.url,
        key_variable="OPENAI_API_KEY",
        suffix="tea",
        seed=7,
        run_dir=tmp_path / "run",
    )


@pytest.fixture(autouse=True)
def _no_retries_of_reads_in_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK sleeps between its retries; the tests count ours."""
    monkeypatch.setattr("openai._constants.INITIAL_RETRY_DELAY", 0.0)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.0)
    monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.0)


def go(made: JobPlan, news: list[News] | None = None) -> JobOutcome:
    told = news if news is not None else []
    return run(made, say=told.append, poll=0, sleep=lambda _: None)


def steps(made: JobPlan) -> list[str]:
    lines = (made.run_dir / "job.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [f"{row['step']} {row['state']}" for row in rows]


def test_a_job_is_uploaded_created_and_followed_to_its_model(
    server: Platform, made: JobPlan
) -> None:
    outcome = go(made)
    assert outcome.model == "ft:gpt-4o-mini:acme::ftjob-1"
    assert outcome.trained_tokens == 3456
    assert (server.count(FILES), server.count(JOBS)) == (2, 1)


def test_the_request_is_the_one_of_the_plan_with_the_ids_of_the_files(
    server: Platform, made: JobPlan
) -> None:
    go(made)
    assert server.bodies == [
        {
            "model": "gpt-4o-mini",
            "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 8}}},
            "suffix": "tea",
            "seed": 7,
            "training_file": "file-1",
            "validation_file": "file-2",
            "metadata": {"dataprep_run": made.key, "dataprep_attempt": ANY},
        }
    ]


def test_the_ledger_has_a_line_before_and_after_every_call(made: JobPlan) -> None:
    go(made)
    assert steps(made) == [
        "plan begin",
        "upload begin",
        "upload done",
        "upload begin",
        "upload done",
        "create begin",
        "create done",
        "rivals done",
        "watch status",
        "watch status",
        "watch status",
        "end done",
    ]


def test_the_test_split_is_never_uploaded(server: Platform, made: JobPlan) -> None:
    go(made)
    assert sorted(row["filename"].split("-")[1] for row in server.files) == ["train", "validation"]


def test_no_validation_examples_send_no_validation_file(server: Platform, tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "out", [example(n) for n in range(10)])
    go(plan(folder, base_url=server.url, run_dir=tmp_path / "run"))
    assert "validation_file" not in server.bodies[0]
    assert server.count(FILES) == 1


def test_a_second_run_sends_nothing_and_knows_the_model(server: Platform, made: JobPlan) -> None:
    first = go(made)
    calls = len(server.calls)
    assert go(made) == first
    assert len(server.calls) == calls


def test_a_run_in_another_folder_finds_the_job_and_uploads_nothing(
    server: Platform, made: JobPlan, tmp_path: Path
) -> None:
    go(made)
    elsewhere = plan(
        made.folder, base_url=server.url, suffix="tea", seed=7, run_dir=tmp_path / "run2"
    )
    news: list[News] = []
    assert go(elsewhere, news).job == "ftjob-1"
    assert (server.count(FILES), server.count(JOBS)) == (2, 1)
    assert "found" in [piece.kind for piece in news]


def test_another_seed_is_another_job_with_the_same_uploads(
    server: Platform, made: JobPlan, tmp_path: Path
) -> None:
    go(made)
    other = plan(made.folder, base_url=server.url, seed=8, run_dir=tmp_path / "run2")
    assert go(other).job == "ftjob-2"
    assert (server.count(FILES), server.count(JOBS)) == (2, 2)


# The answer to a creation is lost.


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lost(500), id="500 after accepting"),
        pytest.param(lost(503), id="503 after accepting"),
        pytest.param(lost(408), id="408 after accepting"),
        pytest.param(lost(409), id="409 after accepting"),
        pytest.param(lost(200, b'{"id": "ftjob-'), id="malformed JSON"),
        pytest.param(lost(200, b"<html>proxy</html>"), id="a page in the place of JSON"),
        pytest.param(lost(200, b""), id="an empty body"),
        pytest.param(lost(200, {}), id="an object without an id"),
        pytest.param(lost(200, []), id="a list"),
        pytest.param(lost(200, b"null"), id="null"),
        pytest.param(lambda *_: None, id="the connection is closed"),
    ],
)
def test_a_lost_answer_makes_no_second_job_and_the_first_is_found(
    server: Platform, made: JobPlan, fault: Any
) -> None:
    server.faults[JOBS] = [fault]
    news: list[News] = []
    assert go(made, news).job == "ftjob-1"
    assert (len(server.jobs), server.count(JOBS)) == (1, 1)
    assert "create doubt" in steps(made)
    assert any("It was done all the same: ftjob-1" in piece.message for piece in news)


def test_a_500_that_made_no_job_stops_and_the_next_run_makes_it(
    server: Platform, made: JobPlan
) -> None:
    server.faults[JOBS] = [(500, problem("internal error"))]
    with pytest.raises(EnvironmentProblem, match="never makes a second job"):
        go(made)
    assert server.count(JOBS) == 1
    assert go(made).job == "ftjob-1"
    assert (server.count(JOBS), len(server.jobs), server.count(FILES)) == (2, 1, 2)


def test_a_job_that_the_list_shows_late_is_found_by_the_next_run(
    server: Platform, made: JobPlan
) -> None:
    nothing = (200, {"object": "list", "data": [], "has_more": False})
    server.faults[JOBS] = [lost(500)]
    server.faults[LIST_JOBS] = [nothing] * 5
    with pytest.raises(EnvironmentProblem):
        go(made)
    assert go(made).job == "ftjob-1"
    assert (server.count(JOBS), len(server.jobs)) == (1, 1)


def test_nothing_is_sent_while_the_list_of_jobs_does_not_answer(
    server: Platform, made: JobPlan
) -> None:
    server.faults[LIST_JOBS] = [(200, b"{not json")] * 4
    with pytest.raises(EnvironmentProblem, match="the body is not JSON"):
        go(made)
    assert (server.count(JOBS), server.count(FILES)) == (0, 0)


def test_a_list_that_repeats_itself_for_ever_is_left(server: Platform, made: JobPlan) -> None:
    row = {"id": "ftjob-x", "object": "fine_tuning.job", "metadata": {}}
    endless = (200, {"object": "list", "data": [row], "has_more": True})
    server.faults[LIST_JOBS] = [endless] * 5
    assert go(made).job == "ftjob-1"
    assert server.count(LIST_JOBS) == 6


# The answer to an upload is lost.


def test_a_lost_answer_to_an_upload_uploads_no_second_time(server: Platform, made: JobPlan) -> None:
    server.faults[FILES] = [lost(502)]
    go(made)
    assert (server.count(FILES), len(server.files)) == (2, 2)


def test_an_upload_that_was_deleted_there_is_sent_again(server: Platform, made: JobPlan) -> None:
    server.faults[JOBS] = [(429, problem("slow down"))]
    with pytest.raises(EnvironmentProblem):
        go(made)
    server.files.pop()
    news: list[News] = []
    go(made, news)
    assert server.count(FILES) == 3
    assert [piece.message for piece in news if piece.kind == "gone"] == [
        "train: file-1 was deleted there"
    ]


# Refusals.


def test_a_platform_that_is_winding_down_names_the_roads_that_are_left(
    server: Platform, made: JobPlan
) -> None:
    server.faults[JOBS] = [(403, WIND_DOWN)]
    with pytest.raises(Refused) as caught:
        go(made)
    assert caught.value.message == (
        "Creating the job: the platform no longer takes fine-tuning jobs from this organisation "
        "(training_not_available). Nothing was paid."
    )
    assert "dataprep train t5 FOLDER" in caught.value.remedy
    assert caught.value.exit_code == 5
    assert steps(made)[-1] == "create refused"


def test_a_platform_that_is_gone_names_the_roads_that_are_left(
    server: Platform, made: JobPlan
) -> None:
    server.faults[LIST_JOBS] = [(410, problem("Gone"))]
    with pytest.raises(Refused, match=r"is gone \(410\)\. .*dataprep train t5"):
        go(made)


def test_a_429_says_how_long_to_wait_and_is_not_repeated(server: Platform, made: JobPlan) -> None:
    body = problem("Rate limit reached", "rate_limit_exceeded")
    server.faults[JOBS] = [(429, body, {"retry-after": "30"})]
    with pytest.raises(EnvironmentProblem) as caught:
        go(made)
    assert caught.value.message == (
        "Creating the job: 429, Rate limit reached [rate_limit_exceeded]. "
        "The server asks to wait 30 seconds."
    )
    assert server.count(JOBS) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ((401, problem("Incorrect API key: sk-te***gh")), EnvironmentProblem, "OPENAI_API_KEY"),
        ((403, problem("no permission")), Refused, "no permission"),
        ((404, problem("no such model")), UsageError, "name of the model"),
        ((400, problem("n_epochs is big", "invalid_value")), UsageError, "[invalid_value]"),
        ((422, {"detail": "odd"}), UsageError, "422"),
    ],
)
def test_a_refusal_is_told_with_what_to_do(
    server: Platform, made: JobPlan, answer: Any, kind: type[DataprepError], words: str
) -> None:
    server.faults[JOBS] = [answer]
    with pytest.raises(kind) as caught:
        go(made)
    assert words in str(caught.value)
    assert len(server.jobs) == 0


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
def test_the_key_is_never_printed_and_never_written_down(
    server: Platform, made: JobPlan, status: int
) -> None:
    server.faults[JOBS] = [(status, problem("bad key sk-test-abcdefgh, Bearer sk-test-abcdefgh"))]
    with pytest.raises(DataprepError) as caught:
        go(made)
    assert "abcdefgh" not in str(caught.value)
    assert "abcdefgh" not in (made.run_dir / "job.jsonl").read_text("utf-8")
    assert server.keys == {"Bearer sk-test-abcdefgh"}


@pytest.mark.parametrize("key", ["0a1b2c3d4e5f60718293a4b5c6d7e8f9", "eyJhbGciOi.eyJzdWIi.c2ln"])
def test_a_key_of_any_shape_is_never_shown_where_the_server_quotes_it(
    server: Platform, made: JobPlan, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    server.events = [{"id": "ev-1", "created_at": 1, "message": f"welcome, {key}"}]
    server.statuses = ["failed"]
    server.error = {"code": "x", "message": "y" * 490 + key, "param": key}
    news: list[News] = []
    with pytest.raises(Refused) as caught:
        go(made, news)
    assert key in server.keys.pop()
    everything = "".join(str(piece) for piece in news) + repr(caught.value) + str(caught.value)
    everything += "".join(p.read_text("utf-8") for p in made.run_dir.rglob("*") if p.is_file())
    assert "(key)" in everything
    assert key[:12] not in everything
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_server_that_is_too_slow_is_told_and_its_job_is_found(
    server: Platform, made: JobPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.openai.client.LIMITS", NetworkLimits(read=0.3))

    def slow(_: Platform, real: Any) -> Any:
        time.sleep(0.6)
        return real

    server.faults[JOBS] = [slow]
    news: list[News] = []
    assert go(made, news).job == "ftjob-1"
    assert any("no answer in time" in piece.message for piece in news)
    assert len(server.jobs) == 1


def test_a_run_that_was_killed_in_a_call_waits_before_it_believes_the_list(
    server: Platform, made: JobPlan
) -> None:
    server.faults[JOBS] = [(500, problem("internal error"))]
    with pytest.raises(EnvironmentProblem):
        go(made)
    waited: list[float] = []
    news: list[News] = []
    run(made, say=news.append, poll=0, sleep=waited.append)
    assert 50 < max(waited) <= 60
    assert "until the server surely shows" in next(n.message for n in news if n.kind == "waiting")


@pytest.mark.parametrize("key", [None, "", "   ", "sk-ключ"])
def test_without_a_usable_key_nothing_is_sent(
    server: Platform, made: JobPlan, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    if key is None:
        monkeypatch.delenv("OPENAI_API_KEY")
    else:
        monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(EnvironmentProblem, match="OPENAI_API_KEY") as caught:
        go(made)
    assert caught.value.exit_code == 4
    assert server.calls == []


def test_a_server_that_is_not_there_is_told(made: JobPlan) -> None:
    away = _at(made, "http://127.0.0.1:9/v1")
    with pytest.raises(EnvironmentProblem, match="the connection failed"):
        go(away)


def _at(made: JobPlan, url: str) -> JobPlan:
    return plan(made.folder, base_url=url, run_dir=made.run_dir)


def test_a_shut_gate_sends_nothing_and_leaves_no_ledger_line(
    server: Platform, made: JobPlan, tmp_path: Path
) -> None:
    shut = plan(
        made.folder,
        provider="openai",
        base_url=server.url,
        today=date(2027, 1, 6),
        run_dir=tmp_path / "run2",
    )
    with pytest.raises(Refused, match="OpenAI has been shut since 2027-01-06"):
        go(shut)
    assert server.calls == []


# Watching.


def test_unknown_statuses_and_events_are_told_and_let_be(server: Platform, made: JobPlan) -> None:
    server.statuses = ["queued", "paused", "pondering", "succeeded"]
    server.events = [
        {"id": "ev-1", "created_at": 1, "message": "Created", "type": "message", "data": {}},
        {"id": "ev-2", "created_at": 2, "message": "", "type": "moderation_checks", "data": None},
        {"id": "ev-3", "created_at": 3, "message": "Step 1", "type": "metrics"}
        | {"data": {"train_loss": 1.5, "note": "x"}},
    ]
    news: list[News] = []
    assert go(made, news).status == "succeeded"
    assert [n.message for n in news if n.kind == "status"] == server.statuses
    told = [(n.kind, n.message, n.data) for n in news if n.kind in ("event", "metrics")]
    assert told == [
        ("event", "Created", {}),
        ("event", "", {}),
        ("metrics", "Step 1", {"train_loss": 1.5, "step": 1}),
    ]


def test_events_are_told_once_over_many_polls_and_runs(server: Platform, made: JobPlan) -> None:
    server.events = [{"id": f"ev-{n}", "created_at": n, "message": f"step {n}"} for n in range(3)]
    server.faults[JOB] = [lambda p, real: (200, {**real[1], "status": "running"}), (403, {})]
    news: list[News] = []
    with pytest.raises(EnvironmentProblem, match="The job itself goes on"):
        go(made, news)
    go(made, news)
    assert [n.message for n in news if n.kind == "event"] == ["step 0", "step 1", "step 2"]


def test_a_nan_in_the_metrics_does_not_stop_the_watch(server: Platform, made: JobPlan) -> None:
    raw = b'{"object":"list","data":[{"id":"e","data":{"loss":NaN,"step":4}}],"has_more":false}'
    server.faults[EVENTS] = [(200, raw)]
    news: list[News] = []
    assert go(made, news).status == "succeeded"
    assert {"step": 4} in [n.data for n in news]


def test_a_server_without_events_is_followed_by_its_status(server: Platform, made: JobPlan) -> None:
    server.faults[EVENTS] = [(404, problem("unknown route"))] * 10
    assert go(made).status == "succeeded"


def test_a_list_of_events_that_never_ends_is_left(server: Platform, made: JobPlan) -> None:
    page = (200, {"object": "list", "data": [{"id": "e", "created_at": 1}], "has_more": True})
    server.faults[EVENTS] = [page] * 40
    assert go(made).status == "succeeded"
    assert server.count(EVENTS) == 6


def test_failing_polls_are_borne_and_then_the_watch_goes_on(
    server: Platform, made: JobPlan
) -> None:
    server.faults[JOB] = [(200, b"{"), (429, problem("slow")), lambda *_: None, (200, [])]
    news: list[News] = []
    assert go(made, news).status == "succeeded"
    assert "trouble" in [n.kind for n in news]


def test_a_server_that_stays_away_ends_the_watch_and_not_the_job(
    server: Platform, made: JobPlan
) -> None:
    server.faults[JOB] = [(200, b"{")] * 6
    with pytest.raises(EnvironmentProblem, match=r"The job itself goes on\. Run the same command"):
        go(made)
    assert job_of(made) == "ftjob-1"
    assert go(made).status == "succeeded"
    assert (server.count(JOBS), server.count(FILES)) == (1, 2)


def test_a_job_that_vanishes_is_told_and_not_made_again(server: Platform, made: JobPlan) -> None:
    server.faults[JOB] = [(404, problem("No such job"))]
    with pytest.raises(EnvironmentProblem, match=r"no longer knows it\. .* No other job was made"):
        go(made)
    assert server.count(JOBS) == 1


@pytest.mark.parametrize(
    ("code", "kind", "exit_code"),
    [
        ("invalid_training_file", UsageError, 2),
        ("invalid_n_examples", UsageError, 2),
        ("server_error", EnvironmentProblem, 4),
        ("exceeded_quota", Refused, 5),
    ],
)
def test_a_failed_job_is_told_in_the_words_of_the_platform(
    server: Platform, made: JobPlan, code: str, kind: type[DataprepError], exit_code: int
) -> None:
    server.statuses = ["validating_files", "failed"]
    server.error = {"code": code, "message": "Example 1 is missing key 'messages'.", "param": None}
    for _ in range(2):  # the second time from the ledger
        with pytest.raises(kind) as caught:
            go(made)
        assert caught.value.message == (
            f"Job ftjob-1 ended as failed: Example 1 is missing key 'messages'. [{code}]"
        )
        assert caught.value.exit_code == exit_code
    assert server.count(JOBS) == 1


def test_a_cancelled_job_is_no_success(server: Platform, made: JobPlan) -> None:
    server.statuses = ["cancelled"]
    with pytest.raises(Refused, match="ended as cancelled"):
        go(made)


# Killed and started again.


class _Killed(BaseException):
    """Stands for a kill: nothing of ours catches it."""


def test_killed_after_any_line_of_the_ledger_it_goes_on(
    server: Platform, made: JobPlan, monkeypatch: pytest.MonkeyPatch, state_home: Path
) -> None:
    from trainers.openai.ledger import JobLedger

    write = JobLedger.write
    for line in range(1, 17):
        server.jobs.clear()
        server.files.clear()
        server.calls.clear()
        shutil.rmtree(made.run_dir, ignore_errors=True)
        shutil.rmtree(state_home, ignore_errors=True)
        left = line

        def dying(self: JobLedger, step: str, state: str, **data: Any) -> None:
            nonlocal left
            write(self, step, state, **data)
            left -= 1
            if left == 0:
                raise _Killed

        monkeypatch.setattr(JobLedger, "write", dying)
        with pytest.raises(_Killed):
            go(made)
        monkeypatch.setattr(JobLedger, "write", write)
        assert go(made).status == "succeeded", f"killed after line {line}"
        assert (server.count(JOBS), server.count(FILES)) == (1, 2), f"killed after line {line}"


def test_killed_before_the_line_that_follows_a_call_it_finds_what_was_made(
    server: Platform, made: JobPlan, monkeypatch: pytest.MonkeyPatch, state_home: Path
) -> None:
    from trainers.openai.ledger import JobLedger

    write = JobLedger.write
    for step in ("upload", "create"):
        server.jobs.clear()
        server.files.clear()
        server.calls.clear()
        shutil.rmtree(made.run_dir, ignore_errors=True)
        shutil.rmtree(state_home, ignore_errors=True)

        def dying(self: JobLedger, at: str, state: str, step: str = step, **data: Any) -> None:
            if (at, state) == (step, "done"):
                raise _Killed
            write(self, at, state, **data)

        monkeypatch.setattr(JobLedger, "write", dying)
        with pytest.raises(_Killed):
            go(made)
        monkeypatch.setattr(JobLedger, "write", write)
        assert go(made).status == "succeeded"
        assert (server.count(JOBS), server.count(FILES)) == (1, 2), step


def test_a_torn_last_line_is_skipped_and_the_job_is_still_found(
    server: Platform, made: JobPlan
) -> None:
    go(made)
    path = made.run_dir / "job.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    created = next(n for n, line in enumerate(lines) if b'"create","state":"done"' in line)
    path.write_bytes(b"".join(lines[:created]) + lines[created][:40])
    assert go(made).job == "ftjob-1"
    assert (server.count(JOBS), server.count(FILES)) == (1, 2)
    assert job_of(made) == "ftjob-1"  # on a line of its own, behind the torn one


def test_a_created_job_is_followed_also_when_a_gate_has_shut_since(
    server: Platform, made: JobPlan, tmp_path: Path
) -> None:
    late = plan(
        made.folder,
        provider="openai",
        base_url=server.url,
        today=date(2027, 1, 6),
        run_dir=tmp_path / "run2",
    )
    open_ = plan(
        made.folder,
        provider="openai",
        base_url=server.url,
        today=date(2026, 10, 1),
        run_dir=tmp_path / "run2",
    )
    server.faults[JOB] = [(403, {})]
    with pytest.raises(EnvironmentProblem):
        go(open_)
    assert go(late).job == "ftjob-1"


def test_a_second_process_in_the_same_run_folder_is_refused(
    server: Platform, made: JobPlan
) -> None:
    from trainers.openai import ledger

    with (
        ledger.opened(made.run_dir, made.key),
        pytest.raises(EnvironmentProblem, match="Another process is at work"),
    ):
        go(made)
    assert server.calls == []


def test_a_run_folder_of_another_job_is_refused(
    server: Platform, made: JobPlan, tmp_path: Path
) -> None:
    go(made)
    other = plan(made.folder, base_url=server.url, seed=8, run_dir=made.run_dir)
    with pytest.raises(UsageError, match="holds the ledger of another job"):
        go(other)


def test_a_run_folder_that_cannot_be_written_is_told(server: Platform, made: JobPlan) -> None:
    made.run_dir.write_text("a file stands here")
    with pytest.raises(UsageError, match="is not a folder"):
        go(made)
    assert server.calls == []


def test_the_door_shows_the_plan_runs_the_job_and_names_the_model(
    server: Platform, made: JobPlan
) -> None:
    plan_out, progress_out = io.StringIO(), io.StringIO()
    options = {"base_url": server.url, "run_dir": made.run_dir}
    for agreed in (True, False):  # the second time the job is already there
        outcome = train(
            made.folder,
            console=Console(file=plan_out, width=100),
            progress=Console(file=progress_out, width=100),
            yes=agreed,
            poll=0.01,
            **options,
        )
    assert outcome is not None
    assert "ft:gpt-4o-mini:acme::ftjob-1 is trained." in plan_out.getvalue()
    assert "uploaded  train: 2,666 bytes as file-1" in progress_out.getvalue()
    assert "status  succeeded" in progress_out.getvalue()
    assert server.count(JOBS) == 1
