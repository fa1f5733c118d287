"""Whole files and append-only logs, killed in the middle."""

import multiprocessing
from pathlib import Path

import pytest

from dataprep.durable import AppendLog, write_json, write_whole
from dataprep.finding import EnvironmentProblem


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.json"
    write_json(path, {"seed": 1})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"{}")
    assert path.read_text() == '{\n "seed": 1\n}\n'


def test_a_lone_surrogate_is_written_as_a_question_mark(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", "\ud800")
    assert (tmp_path / "a.json").read_text() == '"?"\n'


def test_a_line_torn_by_a_kill_stands_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"step": 1}\n{"st')
    with AppendLog(path) as log:
        log.append(b'{"step": 2}')
        assert log.lines() == [b'{"step": 1}', b'{"st', b'{"step": 2}']
    assert path.read_bytes().endswith(b'{"step": 2}\n')


def _try(path: Path) -> None:
    AppendLog(path)


def test_a_second_process_is_told_to_wait(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with (
        AppendLog(path),
        multiprocessing.get_context("spawn").Pool(1) as pool,
        pytest.raises(EnvironmentProblem, match="Another process is at work"),
    ):
        pool.apply(_try, (path,))
