"""What the compiled reader has to know of a file, where it can make the examples of its tasks."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dataprep.annotation import INDEX, Control
from dataprep.scan import LearnedControl, TaskPlan, ValueKind
from dataprep.shapes.classification import joint_of
from dataprep.shapes.entities import Entities
from dataprep.shapes.kind import AnswerKind
from dataprep.shapes.short import shows_text_alone
from dataprep.shapes.single import Classes, Texts, Values
from dataprep.shapes.structured import Structured
from dataprep.shapes.tasks import TaskShape
from dataprep.templates import pieces_of

_FILLED = ("text", "answer")
_PROBE = {"text": 'a "text"\n', "answer": "an answer"}
"""Held against the template itself, whose engine has the last word on what it renders."""

_LARGEST = 10**18
"""Beyond all whole numbers that a scan reads."""


def scan_plan(shape: TaskShape) -> TaskPlan | None:
    """What a scan looks for in the tasks of a file; None where they are no scan's.

    What it then makes of a task is what `TaskShape` makes of it; `tests/unit/scan/test_tasks.py`
    holds the two together.
    """
    learned = _learned(shape)
    if learned is None or (pieces := _pieces(shape)) is None:
        return None
    source, allowed, control = shape.source, shape.allowed, shape.control
    alone = None if isinstance(shape.kind, Structured) else shape.kind
    voting = source.annotators == "majority" and 0.5 <= source.agreement <= 1
    firm = not shape.kind.parts or source.borders in ("exact", "trim")
    return TaskPlan(
        control=control.name,
        field=str(shape.look.field),
        learned=learned,
        together=alone is None,
        joint=joint_of(control) if isinstance(alone, Classes) else "",
        required=tuple(allowed.required),
        allowed=tuple((name, thing) for name, things in allowed.known.items() for thing in things),
        whole=not allowed.config.inferred,
        voting=voting and firm,
        pieces=pieces,
    )


def _learned(shape: TaskShape) -> tuple[LearnedControl, ...] | None:
    """The controls that a scan reads; None where there is more to a task than their values."""
    kind, source = shape.kind, shape.source
    asked = _controls(kind)
    plain = shape.estimation is None and shows_text_alone(source, shape.look)
    names = {control.name for control in asked}
    if not (asked and plain) or kind.relations or kind.reads != names or not _counts_points(shape):
        return None
    learned: list[LearnedControl] = []
    for control in asked:
        values = _kind_of(control, together=isinstance(kind, Structured))
        bounds = _bounds(control)
        if values is None or bounds is None or not _is_plain(control):
            return None
        learned.append(LearnedControl(control.name, values, control.labels, bounds))
    return tuple(learned)


def _controls(kind: AnswerKind) -> Sequence[Control]:
    """The controls whose values are the answer, in their order; none for other kinds of answers."""
    match kind:
        case Structured():
            written = all(one.form == "json" for one in kind.entities.values())
            return [*kind.controls.values()] if written else ()
        case Entities(form="json") | Classes() | Texts() | Values():
            return (kind.control,)
    return ()


def _counts_points(shape: TaskShape) -> bool:
    """Whether spans, where there are any, are read in code points first."""
    offsets = shape.look.offsets
    return offsets is None or (offsets.usual == "codepoint" and offsets.mode != "utf16")


def _is_plain(control: Control) -> bool:
    """Whether all that is known of a control stands in the config, and says it of one text."""
    apart = control.task_labels or control.labeling or control.per_region or control.more_names
    votes = control.against and control.labels is None
    return not (apart or votes or INDEX in control.name)


def _kind_of(control: Control, *, together: bool) -> ValueKind | None:
    match control.task:
        case "classification" if control.multiple:
            return "choices"
        case "classification":
            return "free" if together and control.labels is None else "choice"
        case "generation":
            return "text"
        case "rating":
            return "rating"
        case "number":
            return "number"
        case "spans":
            return "spans"
    return None


def _bounds(control: Control) -> tuple[int | None, int | None] | None:
    """The least and the greatest of the whole numbers from 0 on; None where there are none."""
    least, most = control.bounds
    if any(bound is not None and not math.isfinite(bound) for bound in control.bounds):
        return None
    lowest = None if least is None or least <= 0 else math.ceil(least)
    highest = None if most is None or most >= _LARGEST else math.floor(most)
    if (highest is not None and highest < 0) or (lowest or 0) >= _LARGEST:
        return None
    return lowest, highest


def _pieces(shape: TaskShape) -> tuple[str, ...] | None:
    """The prompt by turns as text and as the name of what is filled in; the instruction is text."""
    split = pieces_of(shape.templates.of_prompt)
    if split is None:
        return None
    instruction = shape.kind.instruction
    pieces = split[:1]
    for name, behind in zip(split[1::2], split[2::2], strict=True):
        if name == "instruction":
            pieces[-1] += instruction + behind
        elif name in _FILLED:
            pieces += (name, behind)
        else:
            return None
    filled = "".join(_PROBE[p] if at % 2 else p for at, p in enumerate(pieces))
    same = shape.templates.prompt({**_PROBE, "instruction": instruction}) == filled
    return tuple(pieces) if same else None
