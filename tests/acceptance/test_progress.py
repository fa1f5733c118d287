"""A long check says how far it is, on a terminal and nowhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dataprep import checks
from dataprep.checker import check

TOWNS = ["Kiel", "Bremen", "Hamburg", "Rostock", "Stade", "Husum", "Emden", "Varel", "Jever"]


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """A file of a megabyte and a half."""
    path = tmp_path / "rows.jsonl"
    row = {"prompt": " ".join(TOWNS * 20), "completion": " ".join(TOWNS * 30)}
    path.write_text((json.dumps(row) + "\n") * 500)
    return path


def on_terminal(folder: Path, *arguments: str) -> str:
    """What a command writes on a terminal of eighty columns."""
    ours, its = os.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    command = [sys.executable, "-m", "dataprep.cli", *arguments]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=its, stderr=its) as process:
        os.close(its)
        said = b""
        while piece := read(ours):
            said += piece
    os.close(ours)
    assert process.returncode == 0
    return said.decode()


def read(terminal: int) -> bytes:
    """The next bytes of a terminal; empty where nobody writes to it any more."""
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so that its other end is closed
        return b""


FLAGS = ("check", "rows.jsonl", "--no-near-duplicates", "--ignore", "D")


def test_a_terminal_shows_how_far_it_is_and_then_the_findings(rows: Path) -> None:
    said = on_terminal(rows.parent, *FLAGS)
    assert "checking rows.jsonl" in said
    assert "100 %" in said
    assert "comparing rows" in said
    *_, found, then = said.rstrip().splitlines()
    assert found.endswith("No findings in 500 rows.\x1b[0m")
    assert then.startswith("Next: ")


@pytest.mark.parametrize("more", [("-q",), ("--output-format", "json")])
def test_nothing_is_shown_where_only_findings_are_asked_for(
    rows: Path, more: tuple[str, ...]
) -> None:
    assert "checking" not in on_terminal(rows.parent, *FLAGS, *more)


def test_nothing_is_shown_in_a_pipe(rows: Path) -> None:
    command = [sys.executable, "-m", "dataprep.cli", *FLAGS]
    done = subprocess.run(command, cwd=rows.parent, capture_output=True, timeout=60, check=True)
    assert done.stderr == b""
    assert b"checking" not in done.stdout


def test_how_far_it_is_grows_to_the_end(rows: Path) -> None:
    rows.write_text(rows.read_text() * 6)  # about nine megabytes: lines are told two at a time
    told: list[tuple[str, int, int]] = []
    context = checks.Context(
        near_duplicates=False, progress=lambda stage, done, total: told.append((stage, done, total))
    )
    number = sum(1 for _ in check([rows], None, context))
    assert number == 2999  # the copies
    read = [done for stage, done, _ in told if stage == f"checking {rows}"]
    assert read == sorted(read)
    assert len(set(read)) >= 4
    assert read[-1] == rows.stat().st_size
    assert told[-1][0] == "comparing rows"
    assert told[-1][1] == told[-1][2]
