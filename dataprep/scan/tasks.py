"""The tasks of a piece of an export: the plain ones as columns, the places of all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from dataprep.scan import columns
from dataprep.scan.build import library
from dataprep.scan.library import DONE, opened

_CONTROL, _FIELD, _LABEL, _ALLOWED, _PIECE, _TEXT, _ANSWER, _WHOLE, _VOTING = range(9)
_LEARNED, _BOUNDS, _REQUIRED, _TOGETHER, _JOINT = range(9, 14)
_PLACES = {"text": _TEXT, "answer": _ANSWER}

_OF_TASKS = ("id", "task", "annotations", "annotators", "input", "output", "data")
_COLUMNS = (
    *_OF_TASKS,
    *("unique_id", "length", "annotated", "task_of", "rare", "rare_start", "rare_end"),
    *("regions", "marked", "choices", "answers"),
)
"""The columns of `source/scan.h`, in the order of their numbers."""
_NUMBERS = ("length", "annotated", "regions", "marked", "choices", "answers")

ValueKind = Literal["choice", "choices", "free", "text", "rating", "number", "spans"]
"""What the values of a control are: one label; one or several, as a list; one, counted as a part
where it is not known whether there may be more; a text; a whole number; or labelled spans."""


@dataclass(frozen=True, slots=True)
class LearnedControl:
    """A control whose values a scan reads.

    `labels` are those that it may have, in the order of the config, all where None; `bounds` are
    the least and the greatest whole number.
    """

    name: str
    kind: ValueKind
    labels: tuple[str, ...] | None = None
    bounds: tuple[int | None, int | None] = (None, None)


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """What a scan looks for: the values of the `learned` controls about the text in `field`.

    There is one control, whose values are the answer, joined by `joint`; or they are an object of
    JSON with a key a control, where they are learned `together`, in the order of the config.
    `control` is the one by which examples are named. Every annotation has to answer those that are
    `required`; `allowed` are controls and the objects that each may answer, and with `whole` there
    are no others. With `voting` several annotators who agree make one example. `pieces` are the
    prompt: text as it stands, then by turns the name of what is filled in, `text` or `answer`, and
    text as it stands.
    """

    control: str
    field: str
    learned: tuple[LearnedControl, ...]
    together: bool
    joint: str
    required: tuple[str, ...]
    allowed: tuple[tuple[str, str], ...]
    whole: bool
    voting: bool
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScannedTasks:
    """What stood in a piece of an export.

    `plain` has a row a plain task: the columns of its example, the characters (`length`) of prompt,
    answer and data together, and how many annotations it is made of (`annotated`). Of the parts of
    its answer there are so many `regions`, `choices` of several and other `answers`; so many
    results of its annotations `marked` a span. `unique_ids` are those of all annotations of the
    plain tasks, with the id of their task. `rare` are the other tasks: the number of each among
    all, its first byte, and the byte behind its last.
    """

    plain: pl.DataFrame
    unique_ids: pl.DataFrame
    rare: Sequence[tuple[int, int, int]]


def read_tasks(plan: TaskPlan, piece: bytes) -> ScannedTasks | None:
    """The tasks of a piece, with commas between them; None where they must be read the plain way.

    `tests/unit/scan/test_tasks.py` holds it and the object path together.
    """
    known = opened(library())
    if isinstance(known, str) or any(one.labels == () for one in plan.learned):
        return None
    try:
        additions = [*_additions(plan)]
    except UnicodeEncodeError:  # half a character, which no task can hold
        return None
    made = known.scan_plan_new()
    found = None
    try:
        if any(known.scan_plan_add(made, *addition) != DONE for addition in additions):
            return None
        found = known.scan_tasks(made, piece, len(piece))
        if known.scan_outcome(found) != DONE:
            return None
        taken = [columns.take(known, found, number) for number in range(len(_COLUMNS))]
    finally:
        known.scan_free(found)
        known.scan_plan_free(made)
    named = zip(_COLUMNS, taken, strict=True)
    whole = {name: one.alias(name) for name, one in named if one is not None}
    return _tables(whole) if len(whole) == len(_COLUMNS) else None


def _tables(found: dict[str, pl.Series]) -> ScannedTasks:
    plain = pl.DataFrame([found[name] for name in (*_OF_TASKS, *_NUMBERS)])
    ids = pl.DataFrame([found["unique_id"], found["task_of"].alias("task")])
    rare = pl.DataFrame([found[name] for name in ("rare", "rare_start", "rare_end")])
    return ScannedTasks(plain, ids, rare.rows())


def _additions(plan: TaskPlan) -> Iterator[tuple[int, bytes, int, bytes, int]]:
    """What is added to the library's own plan, one after the other."""
    yield _addition(_CONTROL, plan.control)
    yield _addition(_FIELD, plan.field)
    yield _addition(_JOINT, plan.joint)
    for learned in plan.learned:
        yield from _learned(learned)
    for name in plan.required:
        yield _addition(_REQUIRED, name)
    for control, thing in plan.allowed:
        yield _addition(_ALLOWED, control, thing)
    for number, piece in enumerate(plan.pieces):
        yield _addition(_PLACES[piece] if number % 2 else _PIECE, piece)
    if plan.whole:
        yield _addition(_WHOLE)
    if plan.voting:
        yield _addition(_VOTING)
    if plan.together:
        yield _addition(_TOGETHER)


def _learned(control: LearnedControl) -> Iterator[tuple[int, bytes, int, bytes, int]]:
    yield _addition(_LEARNED, control.name, control.kind)
    for label, rank in sorted((label, rank) for rank, label in enumerate(control.labels or ())):
        yield _addition(_LABEL, label, str(rank))
    yield _addition(_BOUNDS, *("" if bound is None else str(bound) for bound in control.bounds))


def _addition(what: int, first: str = "", second: str = "") -> tuple[int, bytes, int, bytes, int]:
    one, other = first.encode(), second.encode()
    return what, one, len(one), other, len(other)
