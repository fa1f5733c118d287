"""What a shape makes of one record: examples, drops, findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding


class Shaped(msgspec.Struct, gc=False):
    """One record, shaped. `annotations` and `merged` count what came in and what was used.

    `votes` are the answers of a task that several annotators answered, by annotator; `disputed`
    is that task as Label Studio imports it, where they came to no agreement.
    """

    examples: list[Example] = []
    drops: list[Drop] = []
    findings: list[Finding] = []
    annotations: int = 0
    merged: int = 0
    votes: list[tuple[str, Any]] = []
    disputed: dict[str, Any] | None = None


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
