"""Interrupted downloads of `rescue` go on where they were, and never join two files into one."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.trainers.rescue_jobs import chat, fetch, jsonl, killed
from tests.unit.trainers.rescue_server import Answer, Earlier, earlier

LONG = jsonl(*(chat(number) for number in range(400)))
CONTENT = "/v1/files/file-train/content"
DATE = "Sun, 29 Nov 2026 10:00:00 GMT"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Earlier]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    with earlier() as state:
        state.add_file("file-train", LONG)
        state.add_job("ftjob-1", "file-train")
        state.etags["file-train"] = '"v1"'
        yield state


def whole(out: Path, content: bytes = LONG) -> bool:
    """Whether the file is here with that content, in the record too, and no piece is left."""
    record = json.loads((out / "ftjob-1/job.json").read_bytes())["files"][0]
    assert record["sha256"] == hashlib.sha256(content).hexdigest()
    left_over = {path.name for path in (out / ".files").iterdir()}
    assert left_over == {".lock", "file-train", "file-train.json"}
    return (out / "ftjob-1/data/training-file-train.jsonl").read_bytes() == content


def test_a_stream_that_breaks_goes_on_at_the_byte_where_it_broke(
    server: Earlier, tmp_path: Path
) -> None:
    server.faults[CONTENT] = [1000, 500]
    fetch(server, tmp_path / "r")
    assert server.ranges == [(CONTENT, "bytes=1000-", '"v1"'), (CONTENT, "bytes=1500-", '"v1"')]
    assert whole(tmp_path / "r")


def test_the_next_run_goes_on_where_this_one_gave_up(server: Earlier, tmp_path: Path) -> None:
    server.faults[CONTENT] = [1000, 0, 0, 0]
    made = fetch(server, tmp_path / "r")
    file = made.jobs[0].files[0]
    assert (file.state, file.bytes, file.listed) == ("short", 1000, len(LONG))
    assert "the stream broke" in file.why
    kept = tmp_path / "r/ftjob-1/.mismatched/training-file-train.jsonl.part"
    assert kept.read_bytes() == LONG[:1000]
    server.ranges.clear()
    fetch(server, tmp_path / "r")
    assert server.ranges == [(CONTENT, "bytes=1000-", '"v1"')]
    assert whole(tmp_path / "r")


@pytest.mark.parametrize("etag", ["", 'W/"v1"'])
def test_without_a_strong_etag_the_file_begins_anew(
    server: Earlier, tmp_path: Path, etag: str
) -> None:
    server.etags.clear()
    server.faults[CONTENT] = [Answer(cut=1000, headers={"etag": etag} if etag else {})]
    fetch(server, tmp_path / "r")
    assert server.ranges == []
    assert whole(tmp_path / "r")


def test_an_old_date_of_the_last_change_stands_for_an_etag(server: Earlier, tmp_path: Path) -> None:
    server.etags.clear()
    known = {"last-modified": DATE}
    server.faults[CONTENT] = [Answer(cut=1000, headers=known)]
    fetch(server, tmp_path / "r")
    assert server.ranges == [(CONTENT, "bytes=1000-", DATE)]
    assert whole(tmp_path / "r")


def test_a_server_that_gives_the_whole_file_to_a_range_begins_it_anew(
    server: Earlier, tmp_path: Path
) -> None:
    server.faults[CONTENT] = [1000, Answer(LONG)]
    fetch(server, tmp_path / "r")
    assert server.ranges == []
    assert server.calls.count(f"GET {CONTENT}") == 2
    assert whole(tmp_path / "r")


def test_a_file_that_was_changed_meanwhile_begins_anew(server: Earlier, tmp_path: Path) -> None:
    server.faults[CONTENT] = [1000, 0, 0, 0]
    fetch(server, tmp_path / "r")
    other = LONG.upper()
    server.contents["file-train"], server.etags["file-train"] = other, '"v2"'
    fetch(server, tmp_path / "r")
    assert whole(tmp_path / "r", other)


@pytest.mark.parametrize(
    "headers",
    [
        {"content-range": f"bytes 0-{len(LONG) - 1}/{len(LONG)}", "etag": '"v1"'},
        {"content-range": f"bytes 1000-{len(LONG)}/{len(LONG) + 1}", "etag": '"v1"'},
        {"content-range": f"bytes 1000-{len(LONG) - 1}/{len(LONG)}", "etag": '"v2"'},
        {"content-range": f"bytes 1000-{len(LONG) - 1}/{len(LONG)}"},
        {"content-type": "multipart/byteranges; boundary=x"},
        {"content-range": "bytes 9-/x", "etag": '"v1"'},
    ],
)
def test_a_piece_that_does_not_continue_the_part_is_never_joined_to_it(
    server: Earlier, tmp_path: Path, headers: dict[str, str]
) -> None:
    server.faults[CONTENT] = [1000, Answer(b"x" * (len(LONG) - 1000), 206, headers)]
    fetch(server, tmp_path / "r")
    assert server.calls.count(f"GET {CONTENT}") == 3
    assert whole(tmp_path / "r")


@pytest.mark.parametrize("headers", [{}, {"content-range": "bytes */999"}])
def test_a_416_that_is_not_about_this_part_begins_the_file_anew(
    server: Earlier, tmp_path: Path, headers: dict[str, str]
) -> None:
    server.faults[CONTENT] = [1000, Answer(b"", 416, headers)]
    fetch(server, tmp_path / "r")
    assert whole(tmp_path / "r")


def test_a_part_that_was_whole_when_the_run_was_killed_is_not_fetched_again(
    server: Earlier, tmp_path: Path
) -> None:
    left(tmp_path / "r", LONG, server)
    fetch(server, tmp_path / "r")
    assert server.ranges == [(CONTENT, f"bytes={len(LONG)}-", '"v1"')]
    assert whole(tmp_path / "r")


@pytest.mark.parametrize(
    "about",
    [b"", b"{", b"[]", b'{"id": "file-other", "server": "SERVER", "validator": "\\"v1\\""}'],
)
def test_a_part_of_which_nothing_or_another_file_is_known_is_not_continued(
    server: Earlier, tmp_path: Path, about: bytes
) -> None:
    left(tmp_path / "r", LONG[:1000].upper(), server)
    described = about.replace(b"SERVER", server.url.encode())
    (tmp_path / "r/.files/file-train.part.json").write_bytes(described)
    fetch(server, tmp_path / "r")
    assert server.ranges == []
    record = json.loads((tmp_path / "r/ftjob-1/job.json").read_bytes())["files"][0]
    assert record["sha256"] == hashlib.sha256(LONG).hexdigest()


def test_of_two_attempts_that_both_broke_the_longer_one_is_kept(
    server: Earlier, tmp_path: Path
) -> None:
    server.etags.clear()
    server.faults[CONTENT] = [900, 0, 0, 0]
    server.broken[CONTENT] = 100
    for _ in range(2):
        (job,) = fetch(server, tmp_path / "r").jobs
        assert (job.files[0].state, job.files[0].bytes) == ("short", 900)
    kept = tmp_path / "r/ftjob-1/.mismatched/training-file-train.jsonl.part"
    assert kept.read_bytes() == LONG[:900]


def test_a_body_without_an_announced_size_that_ends_early_is_short(
    server: Earlier, tmp_path: Path
) -> None:
    server.etags.clear()
    server.broken[CONTENT] = Answer(cut=1000, unannounced=True)
    (job,) = fetch(server, tmp_path / "r").jobs
    assert (job.files[0].state, job.files[0].bytes) == ("short", 1000)
    assert server.calls.count(f"GET {CONTENT}") == 2


def test_a_download_that_makes_progress_is_not_given_up_after_four_requests(
    server: Earlier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.rescue.download.PROGRESS_BYTES", 500)
    server.faults[CONTENT] = [500] * 9
    fetch(server, tmp_path / "r")
    assert [asked for _, asked, _ in server.ranges][-1] == "bytes=4500-"
    assert whole(tmp_path / "r")


def test_a_run_killed_in_the_middle_of_a_file_goes_on_at_the_byte_on_the_disk(
    server: Earlier, tmp_path: Path
) -> None:
    server.faults[CONTENT] = [1000]
    server.hold = threading.Event()
    part = tmp_path / "r/.files/file-train.part"
    with command(server, tmp_path / "r") as running:
        until = time.monotonic() + 60
        while not (part.exists() and part.stat().st_size == 1000):
            assert time.monotonic() < until
            assert running.poll() is None
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL
    server.hold.set()
    fetch(server, tmp_path / "r")
    assert server.ranges == [(CONTENT, "bytes=1000-", '"v1"')]
    assert whole(tmp_path / "r")


def command(server: Earlier, out: Path) -> subprocess.Popen[bytes]:
    """`dataprep rescue` in a process of its own."""
    arguments = ["rescue", "--out", str(out), "--base-url", server.url]
    environment = {**os.environ, "OPENAI_API_KEY": "sk-test"}
    return subprocess.Popen([sys.executable, "-m", "dataprep.cli", *arguments], env=environment)


def left(out: Path, content: bytes, server: Earlier, **more: Any) -> None:
    """A part as a killed run leaves it."""
    about = {"id": "file-train", "server": server.url, "validator": '"v1"', "total": len(LONG)}
    (out / ".files").mkdir(parents=True)
    (out / ".files/file-train.part").write_bytes(content)
    (out / ".files/file-train.part.json").write_text(json.dumps(about | more))


@pytest.mark.parametrize("number", [3, 6, 9, 12])
def test_killed_before_a_change_on_the_disk_the_next_run_brings_all_home(
    server: Earlier, tmp_path: Path, number: int
) -> None:
    assert killed(server, tmp_path / "r", number)
    fetch(server, tmp_path / "r")
    assert whole(tmp_path / "r")
    assert not list((tmp_path / "r").glob(".ftjob*"))
