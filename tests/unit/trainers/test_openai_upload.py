"""Uploads in parts: resumed, begun again when expired, never whole in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import EnvironmentProblem, UsageError
from tests.unit.trainers.openai_folder import in_parts, ready_folder
from tests.unit.trainers.openai_server import Platform, lost, platform, problem
from trainers.openai import JobOutcome, JobPlan, plan, run
from trainers.openai.ledger import JobLedger
from trainers.openai.upload import Window
from trainers.openai.watch import News

PART = "POST /v1/uploads/upload-1/parts"
COMPLETE = "POST /v1/uploads/upload-1/complete"
FILE = "GET /v1/files/file-1"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-abcdefgh")
    with platform() as running:
        yield running


@pytest.fixture
def made(tmp_path: Path, server: Platform, monkeypatch: pytest.MonkeyPatch) -> JobPlan:
    return in_parts(tmp_path, server, monkeypatch)


def go(made: JobPlan, news: list[News] | None = None, clock: float = 0.0) -> JobOutcome:
    told = news if news is not None else []
    return run(made, say=told.append, poll=0, sleep=lambda _: None, clock=lambda: clock)


def train_content(made: JobPlan) -> bytes:
    return made.files[0].path.read_bytes()


def test_a_large_file_goes_up_in_parts_and_arrives_whole(server: Platform, made: JobPlan) -> None:
    news: list[News] = []
    assert go(made, news).status == "succeeded"
    assert made.files[0].bytes == 2666
    assert server.count(PART) == 3
    assert server.contents[0] == (made.files[0].name, train_content(made))
    assert [n.message for n in news if n.kind == "part"] == [
        "train: part 1 of 3",
        "train: part 2 of 3",
        "train: part 3 of 3",
    ]


def test_a_small_file_beside_it_goes_up_whole(server: Platform, made: JobPlan) -> None:
    go(made)
    assert server.count("POST /v1/files") == 1
    assert server.bodies[0]["training_file"] == "file-1"


def test_parts_that_have_arrived_are_not_sent_again(
    server: Platform, made: JobPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = JobLedger.write

    def dying(self: JobLedger, step: str, state: str, **data: Any) -> None:
        write(self, step, state, **data)
        if (step, state, data.get("number")) == ("parts", "done", 1):
            raise KeyboardInterrupt

    monkeypatch.setattr(JobLedger, "write", dying)
    with pytest.raises(KeyboardInterrupt):
        go(made)
    monkeypatch.setattr(JobLedger, "write", write)
    assert go(made).status == "succeeded"
    assert (server.count(PART), server.count("POST /v1/uploads")) == (3, 1)
    assert server.copies == 1


def test_a_part_whose_answer_is_lost_is_sent_again_and_counts_once(
    server: Platform, made: JobPlan
) -> None:
    server.faults[PART] = [lambda *_: None]
    assert go(made).status == "succeeded"
    assert server.count(PART) == 4
    assert server.contents[0][1] == train_content(made)


def test_an_upload_that_has_expired_is_begun_again(server: Platform, made: JobPlan) -> None:
    server.faults[PART] = [None, (400, problem("Upload upload-1 is expired"))]
    news: list[News] = []
    assert go(made, news).status == "succeeded"
    assert server.count("POST /v1/uploads/upload-2/parts") == 3
    assert [n.message for n in news if n.kind == "gone"] == [
        "train: upload upload-1 is not taken any more; again"
    ]


def test_an_upload_that_is_past_its_hour_is_not_even_tried(server: Platform, made: JobPlan) -> None:
    server.faults[COMPLETE] = [(503, problem("busy"))] * 4
    with pytest.raises(EnvironmentProblem, match="never makes a second job"):
        go(made)
    calls = server.count(COMPLETE)
    assert go(made, clock=4e9).status == "succeeded"
    assert server.count(COMPLETE) == calls
    assert "upload-2" in server.uploads


def test_an_upload_that_expires_twice_ends_with_a_way_on(server: Platform, made: JobPlan) -> None:
    gone = (400, problem("expired"))
    for upload in (1, 2):
        server.faults[f"POST /v1/uploads/upload-{upload}/parts"] = [gone]
    with pytest.raises(EnvironmentProblem, match=r"expire twice\. Run the same command again"):
        go(made)
    assert server.jobs == []


def test_a_completion_whose_answer_is_lost_makes_no_second_file(
    server: Platform, made: JobPlan
) -> None:
    server.faults[COMPLETE] = [lost(500)]
    assert go(made).status == "succeeded"
    assert (server.count(COMPLETE), server.copies) == (1, 1)


def test_a_window_reads_its_stretch_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"0123456789")
    with Window(tmp_path / "f", 3, 4) as window:
        assert window.read(3) == b"345"
        assert window.read(64) == b"6"
        assert window.read(64) == b""
        assert window.seek(0, 2) == 4
        assert window.seek(0) == 0
        assert window.read() == b"3456"


def test_no_file_is_read_whole_into_memory(
    server: Platform, made: JobPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    read = Window.read
    monkeypatch.setattr(Window, "read", lambda self, n=-1: (asked.append(n), read(self, n))[1])
    go(made)
    assert asked
    assert 0 < min(asked) <= max(asked) <= 65_536
    monkeypatch.setattr(Path, "read_bytes", _never)


def _never(_: Path) -> bytes:
    raise AssertionError("read whole")


def test_a_file_that_the_server_still_reads_is_waited_for(server: Platform, tmp_path: Path) -> None:
    made = plan(ready_folder(tmp_path / "out"), base_url=server.url, run_dir=tmp_path / "run")
    row = {"id": "file-1", "object": "file"}
    server.faults[FILE] = [(200, {**row, "status": "pending"}), (200, {**row, "status": "running"})]
    waited: list[float] = []
    assert run(made, poll=0, sleep=waited.append).status == "succeeded"
    assert waited.count(10.0) == 2


def test_a_file_that_the_server_cannot_read_is_told_and_no_job_is_made(
    server: Platform, tmp_path: Path
) -> None:
    made = plan(ready_folder(tmp_path / "out"), base_url=server.url, run_dir=tmp_path / "run")
    bad = {"id": "file-1", "status": "error", "status_details": "line 3 is no JSON"}
    server.faults[FILE] = [(200, bad)]
    with pytest.raises(UsageError, match=r"cannot use the upload \(line 3 is no JSON\)"):
        go(made)
    assert server.jobs == []


def test_the_ledger_names_every_part(made: JobPlan, server: Platform) -> None:
    go(made)
    rows = [json.loads(line) for line in (made.run_dir / "job.jsonl").read_text().splitlines()]
    parts = [(r["state"], r.get("number")) for r in rows if r["step"] == "parts"]
    assert parts == [("begin", None), ("done", 0), ("done", 1), ("done", 2), ("complete", None)]
    assert [r["bytes"] for r in rows if (r["step"], r["state"]) == ("parts", "done")] == [
        *(1000, 1000, 666)
    ]
