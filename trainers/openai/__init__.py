"""Fine-tuning behind an API: a plan that says everything, then one job and never a second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from dataprep.shell import command_line
from trainers.openai import cost, gates, jobs
from trainers.openai.client import (
    ONCE_MORE,
    TRIES,
    UnexpectedAnswer,
    explain,
    field,
    pages,
    passing,
    patient,
    pause_after,
    plain,
    platform_words,
    troubles,
    words,
)
from trainers.openai.ending import JobOutcome
from trainers.openai.job import POLL_SECONDS, job_of, run
from trainers.openai.jobs import cancel, listed, local
from trainers.openai.names import FileNames, named
from trainers.openai.preview import JobPlan, plan
from trainers.openai.remembered import unreadable
from trainers.openai.results import decoded
from trainers.openai.server import Server, server_of
from trainers.openai.show import show_jobs, show_outcome, show_plan, show_way_back, watching

__all__ = [
    "ONCE_MORE",
    "TRIES",
    "FileNames",
    "JobOutcome",
    "JobPlan",
    "Server",
    "UnexpectedAnswer",
    "attach",
    "cancel",
    "decoded",
    "explain",
    "field",
    "listed",
    "local",
    "named",
    "pages",
    "passing",
    "patient",
    "pause_after",
    "plain",
    "plan",
    "platform_words",
    "run",
    "server_of",
    "show_jobs",
    "show_outcome",
    "show_plan",
    "train",
    "troubles",
    "unreadable",
    "words",
]


def train(
    folder: Path,
    *,
    console: Console,
    progress: Console | None = None,
    dry_run: bool = False,
    yes: bool = False,
    confirm: Callable[[str], bool] | None = None,
    poll: float = POLL_SECONDS,
    **options: Any,
) -> JobOutcome | None:
    """Show the plan, pass the gates, ask, and run; None after a dry run or a no.

    `options` are those of `plan`. The plan and the result go to `console`, the progress to
    `progress`. Without `yes`, and with nobody at `confirm`, it is a dry run and says so.
    """
    made = plan(folder, **options)
    show_plan(made, console)
    screen = progress or console
    known = job_of(made)
    if dry_run:
        screen.print(_after_dry_run(made))
        return None
    if known is None:
        if not yes and confirm is None:
            screen.print("Nobody is there to agree to a paid job: this was a dry run, and nothing")
            screen.print("was sent. To start it: --yes, and --max-cost USD to set a limit.")
            return None
        gates.refuse(made.gates)
        if not yes and confirm is not None and not confirm(_question(made)):
            return None
    try:
        with watching(screen) as say:
            outcome = run(made, say=say, poll=poll)
    except KeyboardInterrupt:
        show_way_back(job_of(made), made.server, screen)
        raise
    show_outcome(outcome, console)
    return outcome


def attach(
    job_id: str,
    *,
    console: Console,
    progress: Console | None = None,
    provider: str | None = None,
    base_url: str | None = None,
    key_variable: str | None = None,
    runs: Path = jobs.RUNS,
    poll: float = POLL_SECONDS,
) -> JobOutcome:
    """Come back to a job: follow it to its end and show what it made. Ctrl-C leaves it running."""
    screen = progress or console
    try:
        with watching(screen) as say:
            outcome = jobs.attach(
                job_id, provider, base_url, key_variable, folder=runs, say=say, poll=poll
            )
    except KeyboardInterrupt:
        server = None
        if provider or base_url:
            server = server_of(provider, base_url, key_variable=key_variable)[0]
        show_way_back(job_id, server, screen)
        raise
    show_outcome(outcome, console)
    return outcome


def _after_dry_run(made: JobPlan) -> str:
    """That nothing was sent, and what starts the job, or what else there is."""
    shut = ", ".join(gate.name for gate in made.gates if not gate.passed)
    if not shut:
        return "Nothing was sent. To start the job, which asks first: the same without --dry-run"
    other = command_line("advise", made.folder)
    return f"Nothing was sent, and the job would be refused: {shut}. Other roads: {other}"


def _question(made: JobPlan) -> str:
    most = "an unknown sum" if made.most is None else f"at most {cost.usd(made.most)}"
    return f"Upload the files and start the job for {most}?"
