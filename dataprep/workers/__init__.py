"""Where work runs: in this process, or in a pool of spawned ones; the work does not know it.

Results come back in the order of the units, so what is made of them is the same with any number
of workers. In a pool each process has one Polars thread.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import connection, parent_process
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, TypeVar

from dataprep.finding import EnvironmentProblem

WorkUnit = TypeVar("WorkUnit")
UnitResult = TypeVar("UnitResult")

_AHEAD = 2
"""Units that wait for each worker, so that none is idle and few results are held."""

_THREADS = "POLARS_MAX_THREADS"


Work = Callable[[Iterable[Any]], Iterator[Any]]
"""What gives the result of each unit, in order."""


def ordered(
    make: Callable[[], Callable[[WorkUnit], UnitResult]], units: Iterable[WorkUnit], workers: int
) -> Iterator[UnitResult]:
    """The result of each unit, in order. Every process calls `make` once, for its work.

    With more than one worker `make`, units and results are pickled. An error in a worker is
    raised here as it was there; a worker that dies is an EnvironmentProblem.
    """
    with crew(make, workers) as work:
        yield from work(units)


@contextmanager
def crew(make: Callable[[], Callable[[Any], Any]], workers: int) -> Iterator[Work]:
    """The same for several rounds of units, by the same processes."""
    if workers == 1:
        one = make()
        yield lambda units: map(one, units)
        return
    with _one_thread_each(), _pool(make, workers) as pool:
        yield partial(_ordered, pool, workers)


def _ordered(pool: ProcessPoolExecutor, workers: int, units: Iterable[WorkUnit]) -> Iterator[Any]:
    waiting: deque[Future[Any]] = deque()
    try:
        for unit in units:
            waiting.append(pool.submit(_call, unit))
            if len(waiting) >= workers * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise EnvironmentProblem(
            "A worker process ended before its work was done.",
            "It may have run out of memory: use fewer workers.",
        ) from None


@contextmanager
def _pool(make: Callable[[], Any], workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool that is stopped on any error: what runs is finished, what waits is not begun."""
    pool = ProcessPoolExecutor(workers, _Context(), initializer=_begin, initargs=(make,))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Process(SpawnProcess):
    """A process that does not run the caller's script again: nothing of it is needed there.

    So a script needs no `if __name__ == "__main__":`, and a cell of a notebook is no script.
    """

    def start(self) -> None:
        """Start it while a module without a file stands in the place of the script."""
        with _STARTING:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                super().start()
            finally:
                sys.modules["__main__"] = main


_STARTING = threading.Lock()
"""One start at a time: two would put back what the other had put there."""


class _Context(SpawnContext):
    Process: ClassVar[type[SpawnProcess]] = _Process


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """The environment of the processes that are spawned meanwhile; this one has read its own."""
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_THREADS]
        else:
            os.environ[_THREADS] = before


_work: Callable[[Any], Any] | None = None
"""What this worker process does with a unit."""


def _begin(make: Callable[[], Callable[[Any], Any]]) -> None:
    global _work  # noqa: PLW0603  a pool gives its processes no other place
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _work = make()


def _call(unit: Any) -> Any:
    assert _work is not None  # noqa: S101  the pool calls _begin first
    return _work(unit)


def _end_with_parent() -> None:
    """A parent that was killed cannot stop its pool."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def cores(quota: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """The processors that this process may use: fewer than there are, in many a container."""
    seen = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    with suppress(OSError, ValueError):
        microseconds, period = quota.read_text("ascii").split()
        return max(1, min(seen or 1, int(microseconds) // int(period)))  # "max" is no number
    return seen or 1


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for cycles meanwhile: a share makes many objects, and none that wait for it."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
