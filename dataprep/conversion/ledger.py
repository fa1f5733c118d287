"""Conservation: every stage counts what came in, what went on, and what it dropped and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Stage:
    """One row of the ledger, in one unit: entered = out + the sum of the drops."""

    stage: str
    unit: str
    entered: int = 0
    out: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def balanced(self) -> bool:
        """Whether nothing was lost or made up."""
        return self.entered == self.out + self.dropped.total()

    def pass_on(self, units: int) -> None:
        """Count units of which all go on."""
        self.entered += units
        self.out += units

    def to_json(self) -> dict[str, Any]:
        """The row as the manifest holds it."""
        return {
            "stage": self.stage,
            "unit": self.unit,
            "in": self.entered,
            "out": self.out,
            "dropped": dict(sorted(self.dropped.items())),
        }


class Ledger:
    """The stages of a run, in the order in which they first counted."""

    def __init__(self) -> None:
        self.stages: dict[str, Stage] = {}

    def stage(self, name: str, unit: str) -> Stage:
        """The row of that stage, made at its first use."""
        if name not in self.stages:
            self.stages[name] = Stage(name, unit)
        return self.stages[name]

    def add(self, other: Ledger) -> None:
        """Count what another ledger has counted."""
        for theirs in other.stages.values():
            stage = self.stage(theirs.stage, theirs.unit)
            stage.entered += theirs.entered
            stage.out += theirs.out
            stage.dropped += theirs.dropped

    def check(self) -> None:
        """Raises AssertionError when a stage does not balance: that is a defect of ours."""
        for stage in self.stages.values():
            if not stage.balanced:
                raise AssertionError(f"the ledger does not balance: {stage.to_json()}")
