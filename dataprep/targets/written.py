"""What writing one target came to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from dataprep.example import Batch, Example
from dataprep.finding import Drop, Finding
from dataprep.targets.column_types import ColumnTypes

Batches = Callable[[str | None], Iterable[Batch]]
"""The examples of a split, or of all for None, batch by batch."""


@dataclass(slots=True)
class Written:
    """Rows written, what was found and dropped on the way, and the manifest's entry.

    `examples` are those that were written, where one is one row or several.

    `lost` counts the rows in which something of the example is not there, by what it is; `kept`
    is what is there beyond what the target keeps of any dataset. `columns` are the types of JSON
    rows.
    """

    rows: int = 0
    examples: int = 0
    findings: list[Finding] = field(default_factory=list)
    drops: list[Drop] = field(default_factory=list)
    entry: dict[str, Any] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    columns: ColumnTypes = field(default_factory=ColumnTypes)

    def drop(self, example: Example, reason: str, detail: str = "") -> None:
        """Note that an example is not in this target."""
        self.drops.append(Drop(unit="example", reason=reason, place=example.place, detail=detail))

    def merge(self, later: Written) -> None:
        """Add what was written after this; of an entry, the counts of its splits."""
        self.rows += later.rows
        self.examples += later.examples
        self.findings += later.findings
        self.drops += later.drops
        counts = self.entry.setdefault("splits", {})
        for split, n in later.entry.get("splits", {}).items():
            counts[split] = counts.get(split, 0) + n
        for name, n in later.lost.items():
            self.lost[name] = self.lost.get(name, 0) + n
        self.columns.merge(later.columns)


def why_not(shape: str) -> tuple[str, str]:
    """The reason of a drop, and its detail, for a shape that a target leaves out."""
    if shape == "disapproved":
        return "not-approved", "the answer was not approved"
    if shape == "comparison":
        return "compared-again", "the best answer to this prompt is learned once"
    return "not-for-this-target", f"a {shape} example"
