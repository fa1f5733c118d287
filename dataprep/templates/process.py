"""A process beside ours, in which a template runs that could take any memory and any time.

The system itself limits the process: a template that needs more ends it, and not us. Where the
system knows no such limits (Windows), the process holds the memory and the time, and has no bound.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess

SECONDS = 5
"""Processor time for one request, and a second more for each megabyte that is handed in."""

MEMORY = 1_000_000_000
"""Bytes for one request, and sixteen more for each byte that is handed in."""

_HEADER = 8
_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from dataprep.templates import serve; serve()"


class Unfinished(Exception):
    """What a request needs that it may not have, in words."""


class TemplateProcess:
    """The process, started at the first request and again after one that was too much for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(self, *request: Any) -> Any:
        """The answer to a request, both of them JSON types.

        Raises Unfinished for a request over the limits.
        """
        import pickle

        sent = pickle.dumps(request)
        with self._lock:
            process = self._started()
            try:
                return self._exchange(process, sent)
            except BaseException:
                self.close()
                raise

    def _exchange(self, process: subprocess.Popen[bytes], sent: bytes) -> Any:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(len(sent).to_bytes(_HEADER))
            process.stdin.write(sent)
            process.stdin.flush()
        head = process.stdout.read(_HEADER)
        answer = process.stdout.read(int.from_bytes(head)) if len(head) == _HEADER else b""
        if not answer:
            raise Unfinished(_reason(process.wait()))
        return json.loads(answer)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._owner != os.getpid():
            import subprocess

            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-c", _PROGRAM, *sys.path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._owner = os.getpid()
            atexit.register(self.close)
        return self._process

    def close(self) -> None:
        """End the process, if it is ours and runs."""
        process, self._process = self._process, None
        atexit.unregister(self.close)
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _reason(status: int) -> str:
    import signal

    if status == -getattr(signal, "SIGXCPU", 0):
        return f"takes over {SECONDS} seconds"
    if status == -signal.SIGSEGV:
        return "nests too deep"
    return f"takes over {MEMORY / 1e9:g} GB of memory"


def serve(answer: Callable[..., Any]) -> None:
    """Answer requests from standard input until it ends, each within its limits."""
    import pickle

    read, write = sys.stdin.buffer, sys.stdout.buffer
    base = _address_space()
    while len(head := read.read(_HEADER)) == _HEADER:
        size = int.from_bytes(head)
        _limit(size, base)
        said = json.dumps(answer(*pickle.loads(read.read(size)))).encode()  # noqa: S301  our own
        write.write(len(said).to_bytes(_HEADER))
        write.write(said)
        write.flush()


def _address_space() -> int:
    """Bytes of addresses that this process has before its first request."""
    with contextlib.suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 1_000_000_000


def _limit(size: int, base: int) -> None:
    """Limit processor time and memory for a request of so many bytes."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + SECONDS + size // 1_000_000
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, base + MEMORY + 16 * size),
    ):
        hard = resource.getrlimit(kind)[1]
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
