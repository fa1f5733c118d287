"""Where a training stands: its clock, its journal, and a bar on a terminal."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from transformers import TrainerCallback

from dataprep.finding import UsageError
from trainers.run_folder import RunFolder
from trainers.schedule import Schedule


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """Optimiser steps done and in all, the loss, real tokens a second, and seconds so far."""

    step: int
    steps: int
    loss: float
    tokens_per_second: float
    seconds: float


ReportProgress = Callable[[TrainingProgress], None]


@contextmanager
def shown(report: ReportProgress | None) -> Iterator[ReportProgress]:
    """The caller's own report; without one a bar on stderr, if that is a terminal."""
    if report is not None or not sys.stderr.isatty():
        yield report or (lambda _: None)
        return
    from rich import progress

    from dataprep.report import console

    with progress.Progress(
        progress.TextColumn("training"),
        progress.BarColumn(bar_width=20),
        progress.TextColumn("{task.fields[said]}", markup=False),
        progress.TimeRemainingColumn(),
        console=console(),
    ) as bar:
        task = bar.add_task("training", said="")

        def update(now: TrainingProgress) -> None:
            said = f"loss {now.loss:.3f}, {now.tokens_per_second:,.0f} tokens/s"
            bar.update(task, total=now.steps, completed=now.step, said=said)

        yield update


class Clock:
    """How far a run is: by its steps or by its minutes, whichever is further."""

    def __init__(self, steps: int, minutes: float | None, schedule: Schedule | None = None) -> None:
        self.steps = steps
        self.schedule = schedule or Schedule()
        self.seconds = minutes * 60 if minutes else None
        self.start = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the training began."""
        return time.monotonic() - self.start

    @property
    def over(self) -> bool:
        """Whether the time is used up."""
        return self.seconds is not None and self.elapsed >= self.seconds

    def share_of_rate(self, step: int) -> float:
        """The share of the learning rate, which comes down with the steps or with the time."""
        time_done = self.elapsed / self.seconds if self.seconds else 0.0
        return self.schedule.share(step, self.steps, time_done)


class TrainingJournal(TrainerCallback):
    """Writes metrics.jsonl, reports progress, marks whole checkpoints, stops at NaN and in time."""

    def __init__(
        self,
        run: RunFolder,
        clock: Clock,
        report: ReportProgress,
        tokens: list[int],
        *,
        lead: bool = True,
    ) -> None:
        """`tokens` are the real tokens of each step; only the `lead` of several ranks writes."""
        self.run, self.clock, self.report, self.tokens = run, clock, report, tokens
        self.lead = lead
        self._last = (0, 0.0)

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Start the clock: loading is not training."""
        spent = self.run.spent(state.global_step)
        self.clock.start = time.monotonic() - spent
        self._last = (state.global_step, spent)
        if state.global_step and self.lead:
            self.run.log(step=state.global_step, resumed=True)
        if state.global_step and args.metric_for_best_model:
            self._find_best(state)

    def _find_best(self, state: Any) -> None:
        """The best checkpoint where the run folder stands now; if it is gone, that of this step."""
        best = self.run.checkpoint(state.best_global_step or 0)
        if best is None:
            at = (line for line in state.log_history if line["step"] == state.global_step)
            held = next((line["eval_loss"] for line in at if "eval_loss" in line), None)
            best = self.run.checkpoint(state.global_step) if held is not None else None
            state.best_metric, state.best_global_step = held, state.global_step if best else None
        state.best_model_checkpoint = str(best) if best else None

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Stop when the minutes are used up; look at the loss before it goes into a checkpoint."""
        if self.clock.over:
            control.should_training_stop = control.should_log = True
        judged = args.eval_strategy != "no"
        if control.should_training_stop and judged:
            control.should_save = True  # the last weights may be the best
        if control.should_save:
            control.should_log = True
            control.should_evaluate = judged

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Mark a checkpoint whole, when every rank has written its part."""
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.barrier()
        if self.lead:
            self.run.mark_whole(state.global_step)

    def on_log(self, args: Any, state: Any, control: Any, **found: Any) -> None:
        """One line of metrics.jsonl; the rate counts real tokens, without padding."""
        logs = found["logs"]
        if "eval_loss" in logs and self.lead:
            self.run.log(step=state.global_step, held_out_loss=float(logs["eval_loss"]))
        if "loss" not in logs:
            return
        loss = float(logs["loss"])
        step, seconds = state.global_step, self.clock.elapsed
        before, then = self._last
        rate = sum(self.tokens[before:step]) / max(seconds - then, 1e-9)
        self._last = (step, seconds)
        if self.lead:
            self.run.log(
                step=step,
                loss=loss,
                gradient_norm=logs.get("grad_norm"),
                learning_rate=logs.get("learning_rate"),
                tokens_per_second=round(rate),
                seconds=round(seconds, 2),
            )
        if not math.isfinite(loss):
            raise UsageError(
                f"The loss became {loss} at step {step}.",
                f"Lower --learning-rate; the journal so far is {self.run.folder}/metrics.jsonl.",
            )
        self.report(TrainingProgress(step, self.clock.steps, loss, rate, seconds))
