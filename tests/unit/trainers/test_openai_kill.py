"""A process that is really killed, with SIGKILL, at a line of the ledger, and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.trainers.openai_folder import ready_folder
from tests.unit.trainers.openai_server import Platform, platform

SCRIPT = """
import os, signal, sys
from pathlib import Path
from trainers.openai import plan, run
from trainers.openai.ledger import JobLedger

folder, url, run_dir, line, when = sys.argv[1:]
write, left = JobLedger.write, int(line)

def dying(self, step, state, **data):
    global left
    left -= 1
    if left == 0 and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    write(self, step, state, **data)
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

JobLedger.write = dying
print(run(plan(Path(folder), base_url=url, run_dir=Path(run_dir)), poll=0,
    sleep=lambda _: None).status)
"""
LINES = 16


@pytest.fixture
def server() -> Iterator[Platform]:
    with platform() as running:
        yield running


def killed_and_started_again(
    server: Platform, folder: Path, line: int, when: str, *, elsewhere: bool = False
) -> None:
    """Kill at that line of ledger or record, start again, perhaps elsewhere, and hold the law."""
    server.clear()
    out, run_dir = folder / "out", folder / f"run-{line}-{when}"
    if not out.exists():
        ready_folder(out)
    env = {**os.environ, "OPENAI_API_KEY": "sk-test-abcdefgh"}
    for at in (line, 0):
        place = str(run_dir) + ("-two" if elsewhere and not at else "")
        command = [sys.executable, "-c", SCRIPT, str(out), server.url, place, str(at), when]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if at:
            assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout.strip() == "succeeded", done.stderr
    assert (len(server.jobs), server.copies) == (1, 1), f"killed {when} line {line}"


@pytest.mark.parametrize(("line", "when"), [(4, "before"), (9, "before"), (8, "after")])
def test_killed_around_a_call_it_goes_on_with_one_job(
    server: Platform, tmp_path: Path, line: int, when: str
) -> None:
    killed_and_started_again(server, tmp_path, line, when)
