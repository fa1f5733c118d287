"""What a shape makes of one record: examples, drops, findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding
from dataprep.shapes.merging import BorderCounts
from dataprep.shapes.partition import PartAccount


class Shaped(msgspec.Struct, gc=False):
    """One record, shaped. `annotations` and `merged` count what came in and what was used.

    `votes` are the answers of a task that several annotators answered, by annotator, `unasked` the
    controls that each of them was not asked about, where not all were asked the same, `questions`
    what they say of single labels, where they were asked about different ones; `disputed`
    is that task as Label Studio imports it, where they came to no agreement on it, or on a part.
    `parts` counts the parts of the answers, and `borders` those regions that each rule for borders
    would keep. `truths` are the annotators who hold a ground truth that the policy passes over.
    """

    examples: list[Example] = []
    drops: list[Drop] = []
    findings: list[Finding] = []
    annotations: int = 0
    merged: int = 0
    votes: list[tuple[str, Any]] = []
    unasked: list[frozenset[str]] = []
    questions: list[tuple[str, list[tuple[str, tuple[str, ...]]]]] = []
    disputed: dict[str, Any] | None = None
    parts: PartAccount | None = None
    borders: BorderCounts | None = None
    truths: list[str] = []


Shape = Callable[[Record], Shaped]


def gathered(items: Iterable[Example | Drop | Finding]) -> Shaped:
    """The items of one record, sorted by what they are."""
    shaped = Shaped()
    for item in items:
        if isinstance(item, Example):
            shaped.examples.append(item)
        elif isinstance(item, Drop):
            shaped.drops.append(item)
        else:
            shaped.findings.append(item)
    return shaped
