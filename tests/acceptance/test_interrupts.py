"""Ctrl-C: exit code 130, nothing half-written, and words that say how to go on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.trainers.converted import convert

ROOT = Path(__file__).parents[2]


def interrupted(folder: Path, *arguments: str, when: Callable[[], bool]) -> tuple[int, str]:
    """The exit code and the words of a command that gets SIGINT once something is there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dataprep.cli", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    ends = time.monotonic() + 120
    while not when() and process.poll() is None and time.monotonic() < ends:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    return process.returncode, " ".join(said.split())


@pytest.mark.parametrize("command", ["convert", "check"])
def test_a_command_that_reads_says_that_nothing_is_half_written(
    command: str, tmp_path: Path
) -> None:
    """It waits at a pipe whose other end says one row and no more."""
    os.mkfifo(tmp_path / "rows.jsonl")
    flags = ("--to", "alpaca", "-o", "out") if command == "convert" else ()
    row = json.dumps({"prompt": "Which town?", "completion": "The old one."}) + "\n"
    begun: list[int] = []

    def waiting() -> bool:
        if not begun:
            try:
                begun.append(os.open(tmp_path / "rows.jsonl", os.O_WRONLY | os.O_NONBLOCK))
            except OSError:
                return False
            os.write(begun[0], row.encode())
            time.sleep(0.5)
        return True

    code, said = interrupted(tmp_path, command, "rows.jsonl", *flags, when=waiting)
    os.close(begun[0])
    assert (code, said) == (130, "Stopped. Nothing was left half-written.")
    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]


def test_a_training_says_how_it_goes_on_and_does(tmp_path: Path) -> None:
    convert(tmp_path / "out", {"train": 40})
    command = ("train", "t5", "out", "--out", "run", "--epochs", "30", "--checkpoint-steps", "2")
    more = ("--batch-tokens", "400")
    code, said = interrupted(
        tmp_path,
        *command,
        *more,
        when=lambda: any((tmp_path / "run").glob("checkpoints/checkpoint-*/whole")),
    )
    assert code == 130
    assert said.endswith(
        "Stopped. The same command with --resume goes on from the last checkpoint."
    )
    assert "Traceback" not in said
    done = subprocess.run(
        [sys.executable, "-m", "dataprep.cli", *command, *more, "--resume"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "README.md").is_file()
