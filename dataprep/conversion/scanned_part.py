"""A part of an export by the compiled reader: its plain tasks as rows, all others as objects.

The output is what the object path alone makes, to the byte; `tests/unit/conversion/test_scanned.py`
holds the two together.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import msgspec
import polars as pl

from dataprep import jsonio, scan, shapes, sources
from dataprep.annotation import PartUnit, Task
from dataprep.batching import ExampleRows
from dataprep.conversion.dividing_fields import fields_of
from dataprep.conversion.file_shaping import FileShaping
from dataprep.conversion.template_fields import named_in
from dataprep.example import EXAMPLES, Example, Record
from dataprep.finding import Place
from dataprep.recipe import Source

_TEXTS = msgspec.json.Decoder(list[str])
_STRATA = ("classification", "rating")
"""The kinds whose answer is the stratum."""
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
    shape = shaping.shape
    assert isinstance(shape, shapes.TaskShape)  # noqa: S101  only such a shape has a plan
    return _in_order(part, found, _PlainTasks(found, shaping, shape), ahead)


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
    """Hands out the rows of plain tasks, and counts them as their tasks would be.

    `sums` are running sums over the rows: of annotations, of the parts of answers, and of those of
    all annotations (`given`).
    """

    found: scan.ScannedTasks
    shaping: FileShaping
    shape: shapes.TaskShape
    rows: ExampleRows = field(init=False)
    sums: dict[str, array[int]] = field(init=False)
    unique_ids: tuple[list[str], list[int]] = field(init=False)
    agreed: deque[tuple[int, str, str, str, int]] = field(init=False)

    def __post_init__(self) -> None:
        plain, ids = self.found.plain, self.found.unique_ids
        frame = _examples(plain, self.shaping.file.name, self.shape)
        self.rows = ExampleRows(frame, _running(plain["length"]), 0, len(plain))
        self.sums = {name: _running(plain[name]) for name in ("annotated", "marked")}
        alone = (plain["annotated"] == 1).cast(pl.Int64)
        self.sums |= {"alone": _running(alone), "regions alone": _running(alone * plain["regions"])}
        for unit, name in _PARTS.items():
            self.sums[unit] = _running(plain[name])
            self.sums[f"given {unit}"] = _running(plain[name] * plain["annotated"])
        self.unique_ids = ids["unique_id"].to_list(), ids["task"].to_list()
        several = plain.with_row_index("row").filter(pl.col("annotated") > 1)
        shown = several.select("row", "annotators", "output", "data", "regions")
        self.agreed = deque(shown.iter_rows())

    def until(self, row: int) -> Iterator[ExampleRows]:
        """The rows before one that were not handed out yet."""
        here, self.rows = self.rows.until(row), self.rows.since(row)
        if len(here):
            self._count(here)
            yield here

    def _between(self, rows: ExampleRows, name: str) -> int:
        """The sum over some rows."""
        return self.sums[name][rows.stop] - self.sums[name][rows.start]

    def accounts(self, rows: ExampleRows) -> Iterator[shapes.PartAccount]:
        """What became of the parts of answers; cut where a unit is first met, for stages stand so.

        All annotators of a task gave the same.
        """
        sums = self.sums
        met = {bisect_right(sums[unit], sums[unit][rows.start]) - 1 for unit in _PARTS}
        cuts = sorted({rows.start, rows.stop, *(row for row in met if row < rows.stop)})
        for start, stop in pairwise(cuts):
            account = shapes.PartAccount()
            for unit in _PARTS:
                kept, given = (s[stop] - s[start] for s in (sums[unit], sums[f"given {unit}"]))
                account.give({unit: given})
                account.keep({unit: kept})
                account.drop({unit: given - kept}, shapes.MERGED)
            yield account

    def _count(self, rows: ExampleRows) -> None:
        """Count tasks as `FileShaping` and `ShardRun.records` count those that are objects."""
        shaping, shape = self.shaping, self.shape
        annotated = self.sums["annotated"]
        start, stop = annotated[rows.start], annotated[rows.stop]
        shaping.read.records += len(rows)
        shaping.named.fill(_NOTHING)
        shaping.named.records += len(rows) - 1
        shaping.run.count_plain(len(rows), stop - start)
        if shape.partition and shape.partition.applies(()):
            for account in self.accounts(rows):
                shaping.run.count_parts(account, ())
        if shape.compares_borders:
            alone = self._between(rows, "alone"), self._between(rows, "regions alone")
            shaping.run.made.consensus.add_same(*alone)
        if shape.look.offsets and (marked := self._between(rows, "marked")):
            shape.look.offsets.counts["codepoint"] += marked
        ids, tasks = self.unique_ids
        shaping.unique_ids.extend(ids[start:stop], tasks[start:stop])
        while self.agreed and self.agreed[0][0] < rows.stop:
            _, annotators, output, data, regions = self.agreed.popleft()
            if shape.compares_borders:
                shaping.run.made.consensus.add_agreed(regions)
            answer = _answer(output, data, shape)
            votes = [(who, answer) for who in _TEXTS.decode(annotators)]
            shaping.run.count_agreement(votes, shape, shaping.file.name)


_PARTS: dict[PartUnit, str] = {"region": "regions", "choice": "choices", "answer": "answers"}
"""The columns of the parts of answers, by their unit."""


def _running(numbers: pl.Series) -> array[int]:
    """The sums of the numbers before each row, and of all."""
    sums = array("q", (0,))
    sums.frombytes(numbers.cum_sum().to_numpy().tobytes())
    return sums


def _answer(output: str, data: str, shape: shapes.TaskShape) -> Collection[Any]:
    """The answer that annotators agree on, as its kind reads it."""
    match shape.kind.name:
        case "rating" | "number":
            return (int(output),)
        case "classification" if shape.control.multiple:
            return tuple(jsonio.loads(data.encode())["labels"])
        case "spans":
            return frozenset(_marks(jsonio.loads(data.encode())))
        case "structured":
            return frozenset(_fields(jsonio.loads(data.encode())))
    return (output,)


def _marks(data: Mapping[str, Any]) -> Iterator[tuple[int, int, str]]:
    """The spans of an answer."""
    for span in data["spans"]:
        yield span["start"], span["end"], span["label"]


def _fields(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The values and the spans of an answer, each with its control."""
    for name in data["learned"]:
        yield name, jsonio.canonical(data["answers"][name]).decode()
    for name, region in data["regions"].items():
        yield from ((name, mark) for mark in _marks(region))


def _examples(plain: pl.DataFrame, file: str, shape: shapes.TaskShape) -> pl.DataFrame:
    """The frame of the examples of plain tasks, as `Batch.of` makes it."""
    kind = shape.kind.name
    given = {name: pl.col(name) for name in plain.columns if name in EXAMPLES}
    numbers = {"line": pl.lit(None, pl.Int64), "probability": pl.lit(None, pl.Float64)}
    nothing = pl.lit(None, pl.String)
    same = {
        "file": pl.lit(file),
        "shape": pl.lit(kind),
        "label": pl.col("output") if kind in _STRATA else nothing,
        "weight": pl.lit(1.0),
        "meta": pl.lit("{}"),
    }
    known = {**given, **numbers, **same}
    return plain.select(known.get(name, nothing).alias(name) for name in EXAMPLES)
