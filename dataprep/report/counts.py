"""What a stream of findings amounts to: counts by rule and severity, and the first of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from dataprep.finding import Finding, Severity

HELD = 50
"""Findings of one rule that are kept to be shown; of the others only the number is."""


@dataclass(slots=True)
class Counts:
    """How many findings there are of each rule and severity; `first` holds at most HELD each.

    `by_hand` counts those that the fix of their rule cannot mend.
    """

    rules: Counter[str] = field(default_factory=Counter)
    by_hand: Counter[str] = field(default_factory=Counter)
    severities: Counter[Severity] = field(default_factory=Counter)
    first: dict[str, list[Finding]] = field(default_factory=dict)

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Counts:
        """The counts of some findings, in one pass and bounded memory."""
        counts = cls()
        for finding in findings:
            counts.add(finding)
        return counts

    def add(self, finding: Finding) -> None:
        """Count one finding."""
        self.rules[finding.code] += 1
        self.severities[finding.severity] += 1
        if finding.by_hand:
            self.by_hand[finding.code] += 1
        held = self.first.setdefault(finding.code, [])
        if len(held) < HELD:
            held.append(finding)

    def merge(self, later: Counts) -> None:
        """Count what was found after these."""
        self.rules += later.rules
        self.severities += later.severities
        self.by_hand += later.by_hand
        for code, findings in later.first.items():
            held = self.first.setdefault(code, [])
            held += findings[: HELD - len(held)]

    @property
    def total(self) -> int:
        """All findings."""
        return self.rules.total()

    def at_least(self, severity: Severity) -> int:
        """How many findings are of this severity or worse: what `--fail-on` asks."""
        return sum(n for found, n in self.severities.items() if found.rank <= severity.rank)

    def worst_first(self) -> list[str]:
        """The codes: errors before warnings, then the most frequent, then by code."""
        return sorted(
            self.rules,
            key=lambda code: (self.first[code][0].severity.rank, -self.rules[code], code),
        )
