"""Runs commands of which the n-th I/O call fails, or in which every process is killed there."""

from __future__ import annotations

import errno
import json
import mmap
import os
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

FAIL, KILL, SHORT, TEAR = 1, 2, 3, 4
"""A call fails; all is killed before it; every write is cut to half; all is killed behind it (of a
write: behind its first half)."""
KEY_VARIABLE = "FAULTS_KEY"
SECONDS = 60
HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
_STATE = struct.Struct("4q")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit code, negative for a signal, None for too long; what it said."""

    code: int | None
    said: str
    calls: int


def skip_without_compiler() -> None:
    """The shim is C, and is loaded the way of Linux."""
    if sys.platform != "linux" or shutil.which("cc") is None:
        pytest.skip("needs Linux and a C compiler (cc) for the shim that spoils I/O calls")


class IoFaults:
    """A process that runs commands with spoiled I/O below `root`; close it at the end."""

    def __init__(self, room: Path) -> None:
        self.root = room / "root"
        self.root.mkdir()
        self._output = room / "output"
        library = room / "io_faults.so"
        build = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "io_faults.c")]
        subprocess.run([*build, "-ldl"], check=True)
        state = room / "state"
        state.write_bytes(bytes(_STATE.size))
        with state.open("r+b") as file:
            self._state = mmap.mmap(file.fileno(), _STATE.size)
        own = {
            "LD_PRELOAD": str(library),
            "IO_FAULTS_ROOT": str(self.root),
            "IO_FAULTS_STATE": str(state),
            "PYTHONPATH": str(PROJECT),
            "HOME": str(self.root / "home"),
            "XDG_STATE_HOME": str(self.root / "home/state"),
            "XDG_CACHE_HOME": str(self.root / "home/cache"),
            "NO_COLOR": "1",
            KEY_VARIABLE: "sk-test-abcdefgh",
            "POLARS_MAX_THREADS": "1",
        }
        self._driver = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver"],
            env={**os.environ, **own},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        cwd: Path,
        *argv: str,
        at: int = 0,
        how: int = FAIL,
        error: int = errno.EIO,
        part: int = 8_000_000,
    ) -> Ended:
        """One command, of whose I/O calls the one numbered `at` (from 1) is spoiled.

        `part` is the size of one share of a source in bytes; with several, there are workers.
        """
        assert self._driver.stdin
        assert self._driver.stdout
        self._state[:] = _STATE.pack(0, at, how, error)
        order = {"argv": argv, "cwd": str(cwd), "output": str(self._output), "seconds": SECONDS}
        self._driver.stdin.write(json.dumps({**order, "part": part}) + "\n")
        self._driver.stdin.flush()
        answer = self._driver.stdout.readline()
        assert answer, "the driver ended"
        calls = _STATE.unpack(self._state[:])[0]
        return Ended(json.loads(answer), self._output.read_text("utf-8"), calls)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._driver.communicate()
        self._state.close()
