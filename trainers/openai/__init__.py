"""Fine-tuning behind an API: a plan that says everything, then one job and never a second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from dataprep.finding import Refused
from trainers.openai import cost, gates
from trainers.openai.job import Outcome, job_of, run
from trainers.openai.preview import Plan, plan
from trainers.openai.show import progress_on, show_outcome, show_plan

__all__ = ["Outcome", "Plan", "plan", "run", "show_outcome", "show_plan", "train"]


def train(
    folder: Path,
    *,
    console: Console,
    progress: Console | None = None,
    dry_run: bool = False,
    yes: bool = False,
    confirm: Callable[[str], bool] | None = None,
    poll: float = 10.0,
    **options: Any,
) -> Outcome | None:
    """Show the plan, pass the gates, ask, and run; None after a dry run or a no.

    `options` are those of `plan`. The plan and the result go to `console`, the progress to
    `progress`. Raises Refused when neither `yes` nor a person at `confirm` agrees to pay.
    """
    made = plan(folder, **options)
    show_plan(made, console)
    if dry_run:
        return None
    if job_of(made) is None:
        gates.refuse(made.gates)
        if not yes and not _agreed(made, confirm):
            return None
    outcome = run(made, say=progress_on(progress or console), poll=poll)
    show_outcome(outcome, console)
    return outcome


def _agreed(made: Plan, confirm: Callable[[str], bool] | None) -> bool:
    if confirm is None:
        raise Refused(
            "Nobody is there to agree to a paid job.", "Pass --yes, or --dry-run to see the plan."
        )
    most = "an unknown sum" if made.most is None else f"at most {cost.usd(made.most)}"
    return confirm(f"Upload the files and start the job for {most}?")
