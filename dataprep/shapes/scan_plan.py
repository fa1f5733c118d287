"""What the compiled reader has to know to take the short way of a file, where it can take it."""

from __future__ import annotations

from dataprep.scan import TaskPlan
from dataprep.shapes.short import ShortWay
from dataprep.shapes.tasks import TaskShape
from dataprep.templates import pieces_of

_FILLED = ("text", "answer")
_PROBE = {"text": 'a "text"\n', "answer": "an answer"}
"""Held against the template itself, whose engine has the last word on what it renders."""


def scan_plan(shape: TaskShape) -> TaskPlan | None:
    """What a scan looks for in the tasks of a file; None where their short way is no scan's."""
    short = shape.short
    if short is None or (pieces := _pieces(short)) is None:
        return None
    return TaskPlan(
        control=short.control,
        field=short.field,
        labels=None if short.labels is None else tuple(short.labels),
        allowed=tuple((name, thing) for name, things in short.allowed.items() for thing in things),
        whole=short.whole,
        voting=short.voting,
        several=short.several,
        pieces=pieces,
    )


def _pieces(short: ShortWay) -> tuple[str, ...] | None:
    """The prompt by turns as text and as the name of what is filled in; the instruction is text."""
    split = pieces_of(short.template)
    if split is None:
        return None
    pieces = split[:1]
    for name, behind in zip(split[1::2], split[2::2], strict=True):
        if name == "instruction":
            pieces[-1] += short.instruction + behind
        elif name in _FILLED:
            pieces += (name, behind)
        else:
            return None
    filled = "".join(_PROBE[p] if at % 2 else p for at, p in enumerate(pieces))
    same = short.prompt({**_PROBE, "instruction": short.instruction}) == filled
    return tuple(pieces) if same else None
