"""A pipe is read once, and then as a file is."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from dataprep.annotation import Task
from dataprep.example import Record
from dataprep.finding import UsageError
from dataprep.recipe import Source
from dataprep.sources import files, parts, read
from dataprep.sources.pipes import is_pipe
from tests.building import GOOD, annotated, of_task

EXPORT = json.dumps([of_task("a", annotated(GOOD)), of_task("b", annotated(GOOD), id=2)]).encode()


def piped(folder: Path, content: bytes, name: str = "pipe") -> Path:
    """A named pipe through which some bytes come."""
    pipe = folder / name
    os.mkfifo(pipe)
    threading.Thread(target=pipe.write_bytes, args=(content,), daemon=True).start()
    return pipe


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", ["pipe", "export.json"])
def test_an_export_comes_through_a_pipe(tmp_path: Path, name: str, packed: bool) -> None:
    content = gzip.compress(EXPORT) if packed else EXPORT
    (file,) = files(Source(path=str(piped(tmp_path, content, name))), Path())
    assert file.format == "label-studio"
    assert file.name == str(tmp_path / name)
    found = [item for part in parts(file) for item in read(file, part)]
    assert [i.value.id for i in found if isinstance(i, Record) and isinstance(i.value, Task)] == [
        1,
        2,
    ]


def test_lines_through_a_pipe_are_told_by_their_first_byte(tmp_path: Path) -> None:
    row = b'{"messages": [{"role": "user", "content": "a"}]}\n'
    (file,) = files(Source(path=str(piped(tmp_path, row * 2))), Path())
    assert file.format == "jsonl"


def test_what_cannot_be_told_is_asked_for(tmp_path: Path) -> None:
    pipe = piped(tmp_path, b"just words")
    with pytest.raises(UsageError, match="the format cannot be told"):
        files(Source(path=str(pipe)), Path())


def test_what_a_killed_process_kept_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    ended = subprocess.Popen(["true"])
    ended.wait()
    left, running = (tmp_path / "tmp" / f"dataprep-pipe-{n}-x" for n in (ended.pid, os.getppid()))
    for folder in (left, running):
        folder.mkdir(parents=True)
        (folder / "pipe").write_text("somebody's text")
    files(Source(path=str(piped(tmp_path, b'{"prompt": "a", "completion": "b"}\n'))), Path())
    assert not left.exists()
    assert running.exists()


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("/dev/stdin", True),
        ("/dev/fd/63", True),
        ("/proc/self/fd/0", True),
        ("/dev/shm/rows.jsonl", False),  # noqa: S108  nothing is written there
        ("/proc/rows.jsonl", False),
        ("rows.jsonl", False),
    ],
)
def test_a_file_in_memory_is_no_pipe_and_standard_input_by_its_names_is(
    path: str, is_one: bool
) -> None:
    assert is_pipe(Path(path)) is is_one
