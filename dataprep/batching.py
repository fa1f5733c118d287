"""Examples on their way, as objects or as rows of a frame, gathered into batches in their order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

from dataprep.example import Batch, Example

if TYPE_CHECKING:
    import polars as pl

LIMIT = 4_000_000
"""Characters of text in a batch, about; a longer example is a batch by itself."""


@dataclass(frozen=True, slots=True)
class ExampleRows:
    """Examples without turns that never were objects: the rows of a frame from `start` to `stop`.

    `lengths` has a number more than the frame has rows: the characters of the rows before each.
    """

    frame: pl.DataFrame
    lengths: Sequence[int]
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def until(self, row: int) -> ExampleRows:
        """Those before a row."""
        return replace(self, stop=row)

    def since(self, row: int) -> ExampleRows:
        """Those from a row on."""
        return replace(self, start=row)


def batches(items: Iterable[Example | ExampleRows], limit: int = LIMIT) -> Iterator[Batch]:
    """Gather examples into batches of at most `limit` characters of text (and at least one).

    Where they end depends on the examples alone, and not on whether they come as rows.
    """
    waiting = _Waiting(limit)
    for item in items:
        if isinstance(item, ExampleRows):
            yield from waiting.add_rows(item)
            continue
        length = _length(item)
        if not waiting.fits(length):
            yield waiting.take()
        waiting.add(item, length)
        del item
    if waiting.any:
        yield waiting.take()


def _length(example: Example) -> int:
    length = len(example.input) + len(example.output) + len(example.data)
    if example.turns:
        length += sum(len(t.content or t.parts or t.tool_calls or "") for t in example.turns)
    return length


@dataclass(slots=True)
class _Waiting:
    """What waits for its batch to be full: objects, and rows, each with the objects before them."""

    limit: int
    size: int = 0
    objects: list[Example] = field(default_factory=list)
    rows: list[tuple[int, ExampleRows]] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return bool(self.objects or self.rows)

    def fits(self, length: int) -> bool:
        return not self.any or self.size + length <= self.limit

    def add(self, example: Example, length: int) -> None:
        self.objects.append(example)
        self.size += length

    def add_rows(self, rows: ExampleRows) -> Iterator[Batch]:
        """Add rows, and give every batch that is full."""
        while len(rows):
            before = rows.lengths[rows.start]
            fitting = bisect_right(rows.lengths, self.limit - self.size + before, rows.start + 1)
            stop = min(fitting - 1, rows.stop)
            if not self.any:
                stop = max(stop, rows.start + 1)
            if stop > rows.start:
                self.rows.append((len(self.objects), rows.until(stop)))
                self.size += rows.lengths[stop] - before
                rows = rows.since(stop)
            if len(rows):
                yield self.take()

    def take(self) -> Batch:
        """The batch of what waits, of which nothing waits afterwards."""
        objects, rows = self.objects, self.rows
        self.objects, self.rows, self.size = [], [], 0
        if rows:
            return _joined(objects, rows)
        made = Batch.of(objects)
        return Batch(made.examples, made.turns, objects)


def _joined(objects: Sequence[Example], rows: Sequence[tuple[int, ExampleRows]]) -> Batch:
    """The batch of objects and rows, the frame in their order."""
    import polars as pl

    made = Batch.of(objects)
    frames = [*(one.frame[one.start : one.stop] for one in _neighbours(rows)), made.examples]
    frame = pl.concat(frames, rechunk=True)
    if objects:
        frame = frame[pl.Series(_order(len(objects), rows), dtype=pl.UInt32)]
    return Batch(frame, made.turns)


def _neighbours(rows: Sequence[tuple[int, ExampleRows]]) -> Iterator[ExampleRows]:
    """The rows, those that follow each other in their frame put together."""
    last: ExampleRows | None = None
    for _, one in rows:
        if last is not None and last.frame is one.frame and last.stop == one.start:
            last = last.until(one.stop)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def _order(objects: int, rows: Sequence[tuple[int, ExampleRows]]) -> list[int]:
    """Where each example of a batch stands, in a frame of all rows and then all objects."""
    behind = sum(len(one) for _, one in rows)
    pieces, row, at = [], 0, 0
    for before, one in rows:
        pieces += [range(behind + at, behind + before), range(row, row + len(one))]
        at, row = before, row + len(one)
    return [*chain(*pieces, range(behind + at, behind + objects))]
