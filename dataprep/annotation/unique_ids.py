"""Annotations that stand in two tasks of a file, known by their unique_id: exports were joined.

Of an annotation 16 bytes are kept: a 64-bit hash of its unique_id, the same in every process,
and its task. Among a million annotations the chance that any two share a hash is 1 in 37 million.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from hashlib import blake2b

from dataprep.annotation.task import Task

_NO_NUMBER = -1


class UniqueIds:
    """The unique_ids of one file, or of a part of it."""

    def __init__(self) -> None:
        self._hashes = array("Q")
        self._tasks = array("q")

    def add(self, task: Task) -> None:
        """Remember the annotations of a task; one that stands in it twice counts once."""
        known = {a.unique_id for a in task.annotations or () if isinstance(a.unique_id, str)}
        number = task.id if isinstance(task.id, int) and 0 <= task.id < 2**63 else _NO_NUMBER
        for key in sorted(known):
            digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            self._hashes.append(int.from_bytes(digest))
            self._tasks.append(number)

    def merge(self, later: UniqueIds) -> None:
        """Put those of a later part of the file behind."""
        self._hashes.extend(later._hashes)
        self._tasks.extend(later._tasks)

    def twins(self) -> Iterator[tuple[int | None, int | None]]:
        """Each task that holds an annotation of an earlier task, and that task, in their order.

        None stands for a task whose id is no number.
        """
        import polars as pl  # heavy, and only here

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
