"""Two machines: what each sees of the other at the server decides, and what is never cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import EnvironmentProblem, UsageError
from tests.unit.trainers.openai_folder import ready_folder
from tests.unit.trainers.openai_server import Platform, lost, platform, problem
from trainers.openai import JobOutcome, JobPlan, claims, jobs, plan, run
from trainers.openai.job import SETTLE_SECONDS
from trainers.openai.watch import News

CREATE, LIST = "POST /v1/fine_tuning/jobs", "GET /v1/fine_tuning/jobs"
CANCEL_OURS = f"{CREATE}/ftjob-1/cancel"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-abcdefgh")
    with platform() as running:
        yield running


@pytest.fixture
def made(tmp_path: Path, server: Platform) -> JobPlan:
    return at(server, tmp_path, "run")


def at(server: Platform, tmp_path: Path, run_dir: str) -> JobPlan:
    folder = tmp_path / "out"
    if not folder.exists():
        ready_folder(folder)
    return plan(folder, base_url=server.url, run_dir=tmp_path / run_dir)


def go(made: JobPlan, news: list[News] | None = None) -> JobOutcome:
    told = news if news is not None else []
    return run(made, say=told.append, poll=0, sleep=lambda _: None)


def appears(
    server: Platform, made: JobPlan, job_id: str, *, after: str = CREATE, **row: Any
) -> None:
    """Another machine's job is at the server, in the moment in which ours has been made."""

    def make() -> None:
        if any(job["id"] == job_id for job in server.jobs):
            return
        rival = {"id": job_id, "object": "fine_tuning.job", "created_at": 1, "polls": 0}
        rival |= {"status": "running", "model": "gpt-4o-mini", "metadata": {}}
        rival["metadata"] = {"dataprep_run": made.key}
        server.jobs.insert(0, rival | row)

    server.answered[after] = make


def cancels(server: Platform) -> list[str]:
    return [call for call in server.calls if call.endswith("/cancel")]


@pytest.mark.parametrize(
    ("rival", "row", "followed"),
    [
        pytest.param("ftjob-9", {"created_at": 0}, "ftjob-9", id="an earlier one counts"),
        pytest.param("ftjob-0", {}, "ftjob-0", id="of one second the smaller id counts"),
        pytest.param("ftjob-9", {}, "ftjob-1", id="of one second the larger id does not"),
        pytest.param("ftjob-0", {"created_at": 2}, "ftjob-1", id="a later one does not count"),
        pytest.param("ftjob-0", {"status": "failed"}, "ftjob-1", id="nor does one that failed"),
        pytest.param("ftjob-0", {"status": "cancelled"}, "ftjob-1", id="nor a cancelled one"),
        pytest.param("ftjob-0", {"metadata": {}}, "ftjob-1", id="nor one without the run key"),
    ],
)
def test_the_earliest_job_stays_and_only_our_own_is_ever_cancelled(
    server: Platform, made: JobPlan, rival: str, row: dict[str, Any], followed: str
) -> None:
    appears(server, made, rival, **row)
    news: list[News] = []
    assert go(made, news).job == followed
    ours_gave_way = followed != "ftjob-1"
    assert cancels(server) == ([CANCEL_OURS] if ours_gave_way else [])
    assert (f"{rival} was first and is followed, ftjob-1 is cancelled" in str(news)) == (
        ours_gave_way
    )


@pytest.mark.parametrize(
    ("created_at", "followed", "cancelled"),
    [(0, "ftjob-9", [CANCEL_OURS]), (2, "ftjob-1", [])],
)
def test_our_own_job_is_known_though_its_answer_is_lost_as_another_machine_makes_the_same(
    server: Platform, made: JobPlan, created_at: int, followed: str, cancelled: list[str]
) -> None:
    appears(server, made, "ftjob-9", created_at=created_at)
    server.faults[CREATE] = [lost()]
    assert go(made).job == followed
    assert cancels(server) == cancelled


def test_where_no_metadata_is_kept_a_job_whose_answer_was_lost_is_nobodys_to_cancel(
    server: Platform, made: JobPlan
) -> None:
    server.keeps_metadata = False
    files = {"training_file": "file-1", "validation_file": "file-2"}
    appears(server, made, "ftjob-9", created_at=0, metadata=None, **files)
    server.faults[CREATE] = [lost()]
    assert go(made).job == "ftjob-9"
    assert cancels(server) == []


def test_each_creation_has_a_word_of_its_own(server: Platform, made: JobPlan) -> None:
    server.faults[CREATE] = [lambda state, _: state.jobs.clear() or (400, problem("no"))]
    with pytest.raises(UsageError):
        go(made)
    go(made)
    words = {body["metadata"]["dataprep_attempt"] for body in server.bodies}
    assert [len(word) for word in words] == [16, 16]


@pytest.mark.parametrize("keeps_metadata", [True, False])
def test_a_job_that_appears_during_the_uploads_is_found_directly_before_the_creation(
    server: Platform, made: JobPlan, keeps_metadata: bool
) -> None:
    row = {} if keeps_metadata else {"metadata": None, "training_file": "file-1"}
    row |= {} if keeps_metadata else {"validation_file": "file-2"}
    appears(server, made, "ftjob-9", after="POST /v1/files", **row)
    assert go(made).job == "ftjob-9"
    assert (server.count("POST /v1/files"), server.count(CREATE)) == (2, 0)


def test_two_uploads_of_one_content_are_one_content_where_the_server_keeps_no_metadata(
    server: Platform, made: JobPlan
) -> None:
    """Another machine's job names its own upload of the same file."""
    go(made)
    server.keeps_metadata = False
    for job in server.jobs:
        job["metadata"] = None
    server.files += [{**file, "id": f"{file['id']}-copy"} for file in server.files]
    server.jobs[0] |= {"training_file": "file-1-copy", "validation_file": "file-2-copy"}
    (made.run_dir / "job.jsonl").unlink()
    claims.path_of(made.key).unlink()
    assert go(made).job == "ftjob-1"
    assert server.count(CREATE) == 1
    server.jobs[0]["validation_file"] = "file-of-others"
    (made.run_dir / "job.jsonl").unlink()
    claims.path_of(made.key).unlink()
    assert go(made).job == "ftjob-2"


def test_the_look_waits_until_the_second_of_the_creation_is_over(
    server: Platform, made: JobPlan
) -> None:
    waited: list[float] = []
    run(made, poll=0, sleep=waited.append)
    assert SETTLE_SECONDS in waited
    assert SETTLE_SECONDS > 1


def test_our_own_job_that_the_list_does_not_show_yet_is_asked_for_by_its_id(
    server: Platform, made: JobPlan
) -> None:
    appears(server, made, "ftjob-9", created_at=2)
    server.hidden = {"ftjob-1"}
    assert go(made).job == "ftjob-1"
    assert cancels(server) == []


def test_after_giving_way_every_folder_follows_the_other_job(
    server: Platform, made: JobPlan, tmp_path: Path
) -> None:
    appears(server, made, "ftjob-0")
    go(made)
    calls = len(server.calls)
    assert go(made).job == "ftjob-0"
    assert len(server.calls) == calls
    server.hidden = {"ftjob-0", "ftjob-1"}
    assert go(at(server, tmp_path, "elsewhere")).job == "ftjob-0"


def test_a_lost_answer_to_the_cancelling_is_looked_into(server: Platform, made: JobPlan) -> None:
    appears(server, made, "ftjob-0")
    server.faults[CANCEL_OURS] = [lambda *_: None]
    assert go(made).job == "ftjob-0"
    assert cancels(server) == [CANCEL_OURS]


def test_a_job_that_cannot_be_cancelled_is_named_with_the_command_that_does(
    server: Platform, made: JobPlan
) -> None:
    appears(server, made, "ftjob-0")
    server.faults[CANCEL_OURS] = [(500, problem("internal error"))] * 4
    server.statuses = ["running"]
    with pytest.raises(EnvironmentProblem) as caught:
        go(made)
    assert "Two jobs are at work on the same data: ftjob-0 and ftjob-1." in caught.value.message
    assert caught.value.remedy == (
        "End the second: dataprep jobs --cancel ftjob-1. The same command then follows ftjob-0."
    )
    server.statuses = ["succeeded"]
    assert go(made).job == "ftjob-0"
    assert cancels(server) == [CANCEL_OURS] * 4


def test_a_list_that_does_not_answer_after_the_creation_stops_nothing_and_is_asked_next_time(
    server: Platform, made: JobPlan
) -> None:
    server.answered[CREATE] = lambda: server.faults.update({LIST: [(500, problem("oops"))] * 4})
    server.faults[f"{LIST}/ftjob-1"] = [(403, {})]
    news: list[News] = []
    with pytest.raises(EnvironmentProblem, match="goes on"):
        go(made, news)
    assert any("whether another machine made this job" in piece.message for piece in news)
    asked = server.calls.count(LIST)
    assert go(made).job == "ftjob-1"
    assert server.calls.count(LIST) == asked + 1


class _Killed(BaseException):
    """Stands for a kill: nothing of ours catches it."""


def test_a_run_killed_before_the_look_cancels_nothing_later_and_says_what_to_do(
    server: Platform, made: JobPlan
) -> None:
    appears(server, made, "ftjob-0")

    def kill(seconds: float) -> None:
        if seconds == SETTLE_SECONDS:
            raise _Killed

    with pytest.raises(_Killed):
        run(made, poll=0, sleep=kill)
    news: list[News] = []
    assert go(made, news).job == "ftjob-0"
    assert cancels(server) == []
    assert [piece.message for piece in news if piece.kind == "second"] == [
        "job ftjob-1 is the same job once more, ftjob-0 is followed. The other was not made by "
        "this run: end it: dataprep jobs --cancel ftjob-1"
    ]


def test_two_machines_that_the_server_hides_from_each_other_make_two_jobs(
    server: Platform, made: JobPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be closed: the second machine's three looks fall into the lag of the list."""
    server.statuses = ["running"]

    def stop(piece: News) -> None:
        if piece.kind == "status":
            raise KeyboardInterrupt

    for home, run_dir in (("home-1", "one"), ("home-2", "two")):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / home))
        with pytest.raises(KeyboardInterrupt):
            run(at(server, tmp_path, run_dir), say=stop, poll=0, sleep=lambda _: None)
        server.hidden = {"ftjob-1"}
    assert server.alive == ["ftjob-2", "ftjob-1"]

    # Once the list shows both, every machine follows the same one, and tells of the other.
    server.hidden = set()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home-3"))
    news: list[News] = []

    def stop_later(piece: News) -> None:
        news.append(piece)
        stop(piece)

    with pytest.raises(KeyboardInterrupt):
        run(at(server, tmp_path, "three"), say=stop_later, poll=0, sleep=lambda _: None)
    assert [piece.message for piece in news if piece.kind in ("found", "second")] == [
        "job ftjob-1 with this run key is already there",
        "job ftjob-2 is the same job once more, ftjob-1 is followed. The other was not made by "
        "this run: end it: dataprep jobs --cancel ftjob-2",
    ]
    jobs.cancel("ftjob-2", base_url=server.url, sleep=lambda _: None)
    assert server.alive == ["ftjob-1"]
    assert claims.known_job(made.key) is not None
