"""A part of an export by the compiled reader: its plain tasks as rows, all others as objects.

The output is what the object path alone makes, to the byte; `tests/unit/conversion/test_scanned.py`
holds the two together.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

import msgspec
import polars as pl

from dataprep import scan, shapes, sources
from dataprep.annotation import Task
from dataprep.batching import ExampleRows
from dataprep.conversion.dividing_fields import fields_of
from dataprep.conversion.file_shaping import FileShaping
from dataprep.conversion.template_fields import named_in
from dataprep.example import EXAMPLES, Example, Record
from dataprep.finding import Place
from dataprep.recipe import Source

_ANNOTATORS = msgspec.json.Decoder(list[str])
_NOTHING = Record(Place(file=""), 0, Task(data={}))
"""A task of which templates read only what all tasks have."""


def may_be_scanned(source: Source, file: sources.Input) -> bool:
    """Whether a scan gives all that a recipe asks of the tasks of a file."""
    beside = (*fields_of(source), source.split_by, source.settled, file.split)
    return scan.available() and not any(beside)


def plan_of(shape: shapes.Shape, source: Source) -> scan.TaskPlan | None:
    """What a scan of a file looks for; None where its records go the plain way."""
    if not isinstance(shape, shapes.TaskShape):
        return None
    named = named_in(source)
    named.fill(_NOTHING)
    return None if named.missing else shapes.scan_plan(shape)


def scanned_part(
    plan: scan.TaskPlan, part: sources.PartBytes, shaping: FileShaping, ahead: int
) -> Iterator[Example | ExampleRows] | None:
    """The examples of a part in their order; None where it must be read the plain way.

    Until it is known which, nothing is counted. The first `ahead` records are read before any of
    them is shaped, as where the shape is told by them: what cannot be read is noted first.
    """
    found = scan.read_tasks(plan, part.bytes)
    if found is None:
        return None
    return _in_order(part, found, _PlainTasks(found, shaping, plan.several), ahead)


def _in_order(
    part: sources.PartBytes, found: scan.ScannedTasks, plain: _PlainTasks, ahead: int
) -> Iterator[Example | ExampleRows]:
    shaping = plain.shaping
    read = _read_ahead(part, found, shaping, ahead)
    for nth, place in enumerate(found.rare):
        yield from plain.until(place[0] - nth)
        for record in read.popleft() if read else _records(part, place, shaping):
            yield from shaping(record)
    yield from plain.until(len(found.plain))


def _read_ahead(
    part: sources.PartBytes, found: scan.ScannedTasks, shaping: FileShaping, ahead: int
) -> deque[list[Record]]:
    """The rare tasks among the first records, each as one record or none."""
    read: deque[list[Record]] = deque()
    records = 0
    for nth, place in enumerate(found.rare):
        if place[0] - nth + records >= ahead:
            break
        read.append(_records(part, place, shaping))
        records += len(read[-1])
    return read


def _records(
    part: sources.PartBytes, place: tuple[int, int, int], shaping: FileShaping
) -> list[Record]:
    return [*shaping.run.records(shaping.read, (part.task(*place),))]


@dataclass(slots=True)
class _PlainTasks:
    """Hands out the rows of plain tasks, and counts them as their tasks would be."""

    found: scan.ScannedTasks
    shaping: FileShaping
    several: bool
    rows: ExampleRows = field(init=False)
    annotated: array[int] = field(init=False)
    unique_ids: tuple[list[str], list[int]] = field(init=False)
    agreed: deque[tuple[int, str, str]] = field(init=False)

    def __post_init__(self) -> None:
        plain, ids = self.found.plain, self.found.unique_ids
        lengths, annotated = (accumulate(plain[n], initial=0) for n in ("length", "annotated"))
        frame = _examples(plain, self.shaping.file.name)
        self.rows = ExampleRows(frame, array("q", lengths), 0, len(plain))
        self.annotated = array("q", annotated)
        self.unique_ids = ids["unique_id"].to_list(), ids["task"].to_list()
        several = plain.with_row_index("row").filter(pl.col("annotated") > 1)
        self.agreed = deque(several.select("row", "annotators", "output").iter_rows())

    def until(self, row: int) -> Iterator[ExampleRows]:
        """The rows before one that were not handed out yet."""
        here, self.rows = self.rows.until(row), self.rows.since(row)
        if len(here):
            self._count(here)
            yield here

    def _count(self, rows: ExampleRows) -> None:
        """Count tasks as `FileShaping` and `ShardRun.records` count those that are objects."""
        shaping = self.shaping
        start, stop = self.annotated[rows.start], self.annotated[rows.stop]
        shaping.read.records += len(rows)
        shaping.named.fill(_NOTHING)
        shaping.named.records += len(rows) - 1
        shaping.run.count_plain(len(rows), stop - start, several=self.several)
        ids, tasks = self.unique_ids
        shaping.unique_ids.extend(ids[start:stop], tasks[start:stop])
        while self.agreed and self.agreed[0][0] < rows.stop:
            _, annotators, label = self.agreed.popleft()
            votes = [(who, (label,)) for who in _ANNOTATORS.decode(annotators)]
            shaping.run.count_agreement(votes, shaping.shape, shaping.file.name)


def _examples(plain: pl.DataFrame, file: str) -> pl.DataFrame:
    """The frame of the examples of plain tasks, as `Batch.of` makes it."""
    given = {name: pl.col(name) for name in plain.columns if name in EXAMPLES}
    numbers = {"line": pl.lit(None, pl.Int64), "probability": pl.lit(None, pl.Float64)}
    same = {
        "file": pl.lit(file),
        "shape": pl.lit("classification"),
        "label": pl.col("output"),
        "weight": pl.lit(1.0),
        "meta": pl.lit("{}"),
    }
    known = {**given, **numbers, **same}
    nothing = pl.lit(None, pl.String)
    return plain.select(known.get(name, nothing).alias(name) for name in EXAMPLES)
