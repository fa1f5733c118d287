"""Annotations that stand in two tasks of a file, known by their unique_id: exports were joined.

Of an annotation 16 bytes are kept: a 64-bit hash of its unique_id, within one version of Polars
the same in every process, and its task. Among a million annotations the chance that any two share
a hash is 1 in 37 million.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from dataprep.annotation.task import Task

_NO_NUMBER = -1
_FLUSH = 8_192
"""Ids that wait to be hashed together."""
_SEED = 14


class UniqueIds:
    """The unique_ids of one file, or of a part of it."""

    def __init__(self) -> None:
        self._hashes = array("Q")
        self._tasks = array("q")
        self._waiting: list[str] = []

    def add(self, task: Task) -> None:
        """Remember the annotations of a task; one that stands in it twice counts once."""
        known = [a.unique_id for a in task.annotations or () if type(a.unique_id) is str]
        if len(known) > 1:
            known = list(dict.fromkeys(known))
        number = task.id if type(task.id) is int and 0 <= task.id < 2**63 else _NO_NUMBER
        self.extend(known, [number] * len(known))

    def extend(self, known: Sequence[str], tasks: Sequence[int]) -> None:
        """Remember annotations by their unique_ids, and the number of the task of each."""
        self._tasks.extend(tasks)
        self._waiting += known
        if len(self._waiting) >= _FLUSH:
            self.flush()

    def flush(self) -> None:
        """Hash the ids that wait; those that wait when it is done by itself are few."""
        import polars as pl  # heavy, and only here

        hashed = pl.Series(self._waiting, dtype=pl.String).hash(_SEED)
        self._hashes.extend(hashed)
        self._waiting.clear()

    def merge(self, later: UniqueIds) -> None:
        """Put those of a later part of the file behind."""
        self.flush()
        later.flush()
        self._hashes.extend(later._hashes)
        self._tasks.extend(later._tasks)

    def twins(self) -> Iterator[tuple[int | None, int | None]]:
        """Each task that holds an annotation of an earlier task, and that task, in their order.

        None stands for a task whose id is no number.
        """
        import polars as pl

        self.flush()
        hashes = pl.Series("hash", self._hashes, pl.UInt64)
        ordered = hashes.sort()
        twice = ordered.filter(ordered == ordered.shift()).unique()
        if not len(twice):
            return
        rows = pl.DataFrame([hashes, pl.Series("task", self._tasks, pl.Int64)])
        rows = rows.filter(pl.col("hash").is_in(twice.implode()))
        first = pl.col("task").first().over("hash")
        rows = rows.with_columns(first=first, nth=pl.int_range(pl.len()).over("hash"))
        found = rows.filter(pl.col("nth") > 0).select("task", "first").unique(maintain_order=True)
        for task, other in found.iter_rows():
            yield _number(task), _number(other)


def _number(task: int) -> int | None:
    return None if task == _NO_NUMBER else task
