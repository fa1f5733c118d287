"""What another rule for borders, or the ground truth, would make of the tasks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from dataprep import shapes
from dataprep.annotation import BORDER_RULES

MOST_HOLDERS = 20_000
"""Annotators whose ground truths are told apart; of more it is not said whose they are."""


@dataclass(slots=True)
class ConsensusCounts:
    """Counts of the tasks that annotators answered.

    `kept_tasks` and `kept_regions` say by the rule for borders what goes on of tasks with regions,
    beside the `same_tasks` and `same_regions` that go on under every rule.
    Of those with several answers, `with_truth` hold an annotation marked as ground truth that the
    policy passes over, `open_with_truth` of them are disputed, as a whole or in a part, and
    `several_truths` of them hold more than one mark;
    `holders` are the annotators of those marks, None where there are too many.
    """

    same_tasks: int = 0
    same_regions: int = 0
    kept_tasks: Counter[str] = field(default_factory=Counter)
    kept_regions: Counter[str] = field(default_factory=Counter)
    with_truth: int = 0
    open_with_truth: int = 0
    several_truths: int = 0
    holders: Counter[str] | None = field(default_factory=Counter)

    def add(self, shaped: shapes.Shaped) -> None:
        """Count one task."""
        if shaped.borders is not None and len(shaped.borders) == 1:
            self.add_same(*shaped.borders[0])
        elif shaped.borders is not None:
            for rule, (tasks, regions) in zip(BORDER_RULES, shaped.borders, strict=True):
                self.kept_tasks[rule] += tasks
                self.kept_regions[rule] += regions
        if shaped.truths:
            self.with_truth += 1
            self.open_with_truth += shaped.disputed is not None
            self.several_truths += len(shaped.truths) > 1
            self._hold(Counter(shaped.truths))

    def add_same(self, tasks: int, regions: int) -> None:
        """Count tasks that go on with their regions under every rule for borders."""
        self.same_tasks += tasks
        self.same_regions += regions

    def add_agreed(self, regions: int) -> None:
        """Count a task on whose regions several annotators agree under every rule for borders."""
        for rule in BORDER_RULES:
            self.kept_tasks[rule] += 1
            self.kept_regions[rule] += regions

    def absorb(self, other: ConsensusCounts) -> None:
        """Count what another part of the input said."""
        self.same_tasks += other.same_tasks
        self.same_regions += other.same_regions
        self.kept_tasks.update(other.kept_tasks)
        self.kept_regions.update(other.kept_regions)
        self.with_truth += other.with_truth
        self.open_with_truth += other.open_with_truth
        self.several_truths += other.several_truths
        self._hold(other.holders)

    def to_json(self) -> dict[str, Any]:
        """The counts as the manifest holds them; empty where there is nothing to say."""
        made: dict[str, Any] = {}
        if self.kept_regions.total():
            made["borders"] = {
                rule: {
                    "tasks": self.same_tasks + self.kept_tasks[rule],
                    "regions": self.same_regions + self.kept_regions[rule],
                }
                for rule in BORDER_RULES
            }
        if self.with_truth:
            held = None if self.holders is None else dict(sorted(self.holders.items()))
            made["ground_truth"] = {
                "tasks": self.with_truth,
                "disputed": self.open_with_truth,
                "annotators": held,
            }
            if self.several_truths:
                made["ground_truth"]["several"] = self.several_truths
        return made

    def _hold(self, more: Counter[str] | None) -> None:
        if self.holders is None or more is None:
            self.holders = None
            return
        self.holders.update(more)
        if len(self.holders) > MOST_HOLDERS:
            self.holders = None
