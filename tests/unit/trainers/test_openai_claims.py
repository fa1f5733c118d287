"""The claim to a run key: its place, its privacy, what it says and what it may not decide."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from dataprep.durable import AppendLog
from dataprep.finding import EnvironmentProblem, Refused, UsageError
from tests.unit.trainers.openai_folder import ready_folder
from tests.unit.trainers.openai_server import Platform, lost, platform
from trainers.openai import JobOutcome, JobPlan, claims, jobs, plan, run
from trainers.openai.watch import News

CREATE, LIST = "POST /v1/fine_tuning/jobs", "GET /v1/fine_tuning/jobs"
JOB = f"{LIST}/ftjob-1"
KEY = "sk-test-abcdefgh"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with platform() as running:
        yield running


@pytest.fixture
def one(tmp_path: Path, server: Platform) -> JobPlan:
    return plan(ready_folder(tmp_path / "out"), base_url=server.url, run_dir=tmp_path / "a/one")


def elsewhere(made: JobPlan, seed: int | None = None) -> JobPlan:
    run_dir = made.run_dir.parents[1] / f"b/two-{seed}"
    return plan(made.folder, base_url=made.base_url, seed=seed, run_dir=run_dir)


def go(made: JobPlan, news: list[News] | None = None) -> JobOutcome:
    told = news if news is not None else []
    return run(made, say=told.append, poll=0, sleep=lambda _: None)


# Where it lies.


@pytest.mark.parametrize(
    ("system", "variables", "expected"),
    [
        ("linux", {}, "home/.local/state"),
        ("linux", {"XDG_STATE_HOME": "/srv/state"}, "/srv/state"),
        ("linux", {"XDG_STATE_HOME": "not/absolute"}, "home/.local/state"),
        ("linux", {"XDG_STATE_HOME": ""}, "home/.local/state"),
        ("darwin", {}, "home/Library/Application Support"),
        ("darwin", {"XDG_STATE_HOME": "/srv/state"}, "/srv/state"),
        ("win32", {"LOCALAPPDATA": "/c/ada/local"}, "/c/ada/local"),
        ("win32", {}, "home/AppData/Local"),
    ],
)
def test_the_record_lies_in_the_platforms_own_place(
    monkeypatch: pytest.MonkeyPatch, system: str, variables: dict[str, str], expected: str
) -> None:
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(Path, "home", lambda: Path("home"))
    assert claims.folder() == Path(expected) / "dataprep" / "jobs"


def test_the_folder_is_for_the_user_alone_even_where_it_was_open(
    one: JobPlan, server: Platform, state_home: Path
) -> None:
    (state_home / "dataprep/jobs").mkdir(parents=True)
    for folder in (state_home / "dataprep", state_home / "dataprep/jobs"):
        folder.chmod(0o755)
    go(one)
    for folder in (state_home / "dataprep", state_home / "dataprep/jobs"):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_the_record_holds_the_job_its_server_and_folder_and_no_key_and_no_text(
    one: JobPlan, server: Platform
) -> None:
    secret = plan(one.folder, base_url=server.url, suffix="tea", run_dir=one.run_dir)
    go(secret)
    text = claims.path_of(secret.key).read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    assert [(row["step"], row["state"]) for row in rows] == [
        ("claim", "begin"),
        ("create", "begin"),
        ("create", "done"),
        ("claim", "end"),
    ]
    assert rows[0] | {"at": ""} == {
        "at": "",
        "step": "claim",
        "state": "begin",
        "key": secret.key,
        "run_dir": str(one.run_dir),
        "server": server.url,
        "process": os.getpid(),
        "machine": os.uname().nodename,
    }
    assert (rows[2]["job"], rows[2]["run_dir"]) == ("ftjob-1", str(one.run_dir))
    for hidden in (KEY, "tea", "Review", "positive"):
        assert hidden not in text


@pytest.mark.parametrize("name", ["state", "state/dataprep", "state/dataprep/jobs"])
def test_where_the_state_folder_cannot_be_made_nothing_is_sent(
    one: JobPlan, server: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    in_the_way = tmp_path / name
    in_the_way.parent.mkdir(parents=True, exist_ok=True)
    in_the_way.write_text("a file stands here")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with pytest.raises(EnvironmentProblem) as caught:
        go(one)
    assert caught.value.message.endswith(
        "The record there keeps two runs from paying for one job twice. Nothing was sent."
    )
    assert "set XDG_STATE_HOME to a folder that is" in caught.value.remedy
    assert caught.value.exit_code == 4
    assert server.calls == []


def test_a_record_that_fails_before_the_creation_stops_it_and_after_it_is_told(
    one: JobPlan, server: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, full = AppendLog.append, b'"create","state":"begin"'

    def failing(self: AppendLog, line: bytes) -> None:
        if self.path == claims.path_of(one.key) and full in line:
            raise OSError(errno.ENOSPC, "No space left on device")
        append(self, line)

    monkeypatch.setattr(AppendLog, "append", failing)
    with pytest.raises(EnvironmentProblem, match=r"No space left .*No job is made without it\."):
        go(one)
    assert server.calls.count(CREATE) == 0
    full = b'"create","state":"done"'
    news: list[News] = []
    assert go(one, news).job == "ftjob-1"
    assert "the record misses job ftjob-1" in str(news)
    assert go(elsewhere(one)).job == "ftjob-1"
    assert server.calls.count(CREATE) == 1


def test_a_state_folder_without_locks_is_no_other_process(
    one: JobPlan, server: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock = fcntl.flock

    def lockless(file: IO[bytes], how: int) -> None:
        if str(file.name) == str(claims.path_of(one.key)):
            raise OSError(errno.ENOLCK, "No locks available")
        flock(file, how)

    monkeypatch.setattr(fcntl, "flock", lockless)
    with pytest.raises(EnvironmentProblem, match=r"No locks available\. .* Nothing was sent\."):
        go(one)
    assert server.calls == []


def test_without_a_home_nothing_is_sent(
    one: JobPlan, server: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(Path, "home", nowhere)
    with pytest.raises(EnvironmentProblem, match="There is no home folder"):
        go(one)
    assert server.calls == []


# What it keeps from happening.


def test_while_another_run_makes_the_job_its_run_folder_is_named(
    one: JobPlan, server: Platform
) -> None:
    with (
        claims.held(one.key, one.run_dir, one.base_url),
        pytest.raises(EnvironmentProblem) as caught,
    ):
        go(elsewhere(one))
    assert caught.value.message == (
        f"This job is being made already: the run in {one.run_dir} (process {os.getpid()} on "
        f"{os.uname().nodename}) is at work on the same data, model and options. Nothing was sent."
    )
    assert caught.value.exit_code == 4
    assert server.calls == []
    assert go(elsewhere(one)).job == "ftjob-1"


def test_other_options_are_another_job_and_wait_for_nobody(one: JobPlan, server: Platform) -> None:
    with claims.held(one.key, one.run_dir, one.base_url):
        assert go(elsewhere(one, seed=8)).job == "ftjob-1"


def test_a_job_that_the_list_does_not_show_yet_is_taken_from_the_record(
    one: JobPlan, server: Platform
) -> None:
    go(one)
    server.hidden = {"ftjob-1"}
    assert go(elsewhere(one)).job == "ftjob-1"
    assert len(server.jobs) == 1


def test_a_creation_without_an_answer_is_a_doubt_in_every_folder(
    one: JobPlan, server: Platform
) -> None:
    server.faults[CREATE] = [lost(500)]
    server.hidden = {"ftjob-1"}
    with pytest.raises(EnvironmentProblem, match="never makes a second job"):
        go(one)
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if seconds > 50:  # by then the list has caught up
            server.hidden.clear()

    assert run(elsewhere(one), poll=0, sleep=sleep).job == "ftjob-1"
    assert 50 < max(waited) <= 60
    assert len(server.jobs) == 1


def test_a_failed_job_is_told_as_failed_from_every_folder(one: JobPlan, server: Platform) -> None:
    server.statuses = ["failed"]
    server.error = {"code": "exceeded_quota", "message": "No more.", "param": None}
    for made in (one, elsewhere(one)):
        with pytest.raises(Refused, match=r"Job ftjob-1 ended as failed.* change one \(--seed\)"):
            go(made)
        server.hidden = {"ftjob-1"}  # the second time the record knows it
    assert len(server.jobs) == 1


def test_a_job_that_was_deleted_there_is_made_again_only_when_a_person_says_so(
    one: JobPlan, server: Platform
) -> None:
    go(one)
    server.jobs.clear()
    again = elsewhere(one)
    with pytest.raises(Refused) as caught:
        go(again)
    assert caught.value.message == (
        "Job ftjob-1 was made for this data, model and options before (run folder "
        f"{one.run_dir}), and the server does not know it. Nothing was sent."
    )
    assert f"once you have deleted {claims.path_of(one.key)}." in caught.value.remedy
    assert server.jobs == []
    assert go(elsewhere(one, seed=8)).status == "succeeded"
    claims.path_of(one.key).unlink()
    assert go(again).status == "succeeded"
    assert server.calls.count(CREATE) == 3


def test_a_plan_tells_of_the_job_that_another_folder_has_made(
    one: JobPlan, server: Platform
) -> None:
    go(one)
    assert (
        f"Job ftjob-1 is this job (made or found from {one.run_dir}): it is followed, not made."
        in elsewhere(one).notes
    )


def test_a_job_is_attached_and_cancelled_while_a_run_has_the_claim(
    one: JobPlan, server: Platform
) -> None:
    server.faults[JOB] = [(403, {})]
    with pytest.raises(EnvironmentProblem, match="goes on"):
        go(one)
    runs = one.run_dir.parent
    with claims.held(one.key, one.run_dir, one.base_url):
        job = jobs.cancel("ftjob-1", base_url=server.url, folder=runs, sleep=lambda _: None)
        assert job.status == "cancelled"
        with pytest.raises(Refused, match="ended as cancelled"):
            jobs.attach("ftjob-1", base_url=server.url, folder=runs, poll=0, sleep=lambda _: None)


# What it may not decide.


@pytest.mark.parametrize("job", ["../../models/x", "ftjob-1?x=1", "", "x" * 200])
def test_a_record_that_was_tampered_with_chooses_no_address(
    one: JobPlan, server: Platform, job: object
) -> None:
    path = claims.path_of(one.key)
    path.parent.mkdir(parents=True)
    row = {"at": "2026-11-01T00:00:00+00:00", "step": "create", "state": "done", "key": one.key}
    row |= {"server": "http://127.0.0.1:9/v1", "key_variable": "HOME"}
    path.write_text(json.dumps({**row, "job": job}) + "\n", "utf-8")
    with pytest.raises(Refused, match="Nothing was sent"):
        go(one)
    assert server.calls == [LIST]


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b'{"step":"create","state":"begin","key":"KEY","at":"2026-11-01T00:00:00"}\n',
        b'{"step":"create","state":"begin","key":"KEY","at":"0001-01-01T00:00:00+14:00"}\n',
    ],
)
def test_a_torn_record_or_an_odd_date_is_no_reason_to_stop(
    one: JobPlan, server: Platform, content: bytes
) -> None:
    path = claims.path_of(one.key)
    path.parent.mkdir(parents=True)
    path.write_bytes(content.replace(b"KEY", one.key.encode()))
    assert go(one).job == "ftjob-1"


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\n[]\n7\n",
        b'{"step":"claim"}\n',
        b'{"step":"create","key":"KEY"}\n',
        b'{"step":"create","state":"begin","key":"KEY"}\n',
        b'{"step":"create","state":"begin","key":"KEY","at":"yesterday"}\n',
        b'{"at":"2026-11-01T00:00:00+00:00","step":"create","state":"done","key":"KEY","job":7}\n',
        b'{"at":"2026-11-01T00:00:00+00:00","step":"create","state":"done","key":"KEY"}\n',
    ],
)
def test_a_record_with_a_line_that_no_run_wrote_is_refused_for_it_may_hide_a_job(
    one: JobPlan, server: Platform, content: bytes
) -> None:
    path = claims.path_of(one.key)
    path.parent.mkdir(parents=True)
    path.write_bytes(content.replace(b"KEY", one.key.encode()))
    with pytest.raises(UsageError, match="as no run writes it") as refused:
        go(one)
    assert str(path) in str(refused.value)
    assert server.calls == []
