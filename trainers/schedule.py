"""The learning rate over a run: a warm-up, then a way down, under transformers' names."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

ScheduleType = Literal["linear", "cosine", "constant", "constant_with_warmup"]
WARM_UP = 0.05
"""The share of the steps in which the rate rises, where nothing else is asked for."""

_FALLS: dict[str, Callable[[float], float]] = {
    "linear": lambda done: 1 - done,
    "cosine": lambda done: (1 + math.cos(math.pi * done)) / 2,
    "constant": lambda _: 1.0,
    "constant_with_warmup": lambda _: 1.0,
}
SCHEDULES = tuple(_FALLS)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule of transformers' `get_scheduler`; the warm-up is a step ahead of it.

    There the first step has a rate of 0, and learns nothing.
    """

    kind: ScheduleType = "linear"
    warmup_ratio: float | None = None
    warmup_steps: int | None = None

    def warm_up(self, steps: int) -> int:
        """The steps of the warm-up in a run of so many; `constant` has none."""
        if self.kind == "constant":
            return 0
        if self.warmup_steps is not None:
            return self.warmup_steps
        return math.ceil(steps * (WARM_UP if self.warmup_ratio is None else self.warmup_ratio))

    def share(self, step: int, steps: int, time_done: float = 0.0) -> float:
        """The share of the learning rate at a step, counted from 0.

        `time_done` is the share of its time that the run has used: it comes down with that, where
        that is further than its steps.
        """
        warm = self.warm_up(steps)
        rising = min((step + 1) / max(warm, 1), 1.0)
        done = (step - warm) / max(steps - warm, 1)
        return rising * _FALLS[self.kind](min(max(done, time_done, 0.0), 1.0))
