"""What writing one target came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dataprep.example import Example
from dataprep.finding import Drop, Finding


@dataclass(slots=True)
class Written:
    """Rows written, what was found and dropped on the way, and the manifest's entry.

    `lost` counts the rows in which something of the example is not there, by what it is.
    """

    rows: int = 0
    findings: list[Finding] = field(default_factory=list)
    drops: list[Drop] = field(default_factory=list)
    entry: dict[str, Any] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)

    def drop(self, example: Example, reason: str, detail: str = "") -> None:
        """Note that an example is not in this target."""
        self.drops.append(Drop(unit="example", reason=reason, place=example.place, detail=detail))

    def merge(self, later: Written) -> None:
        """Add what was written after this; of an entry, the counts of its splits."""
        self.rows += later.rows
        self.findings += later.findings
        self.drops += later.drops
        counts = self.entry.setdefault("splits", {})
        for split, n in later.entry.get("splits", {}).items():
            counts[split] = counts.get(split, 0) + n
        for name, n in later.lost.items():
            self.lost[name] = self.lost.get(name, 0) + n
