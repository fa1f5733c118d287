"""`dataprep.train` at a provider: a plan that sends nothing, or with `yes` one paid job."""

from __future__ import annotations

import difflib
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, get_type_hints

from dataprep.api.loading import trainer
from dataprep.api.numbers import ANY, JOBS
from dataprep.api.options import typed
from dataprep.api.paths import several
from dataprep.finding import UsageError, excerpt

if TYPE_CHECKING:
    from rich.console import Console

    from trainers.openai import JobOutcome, JobPlan

PROVIDERS = ("openai", "azure", "nebius", "together")
_USUAL_MODEL = "gpt-4o-mini"
_NAMED_MODEL = ("nebius", "together")
"""Providers of open models, which have no usual one."""


class JobChoices(TypedDict, total=False):
    """What a job at a provider may be told; not every provider takes all of it."""

    target: str | None
    dry_run: bool
    yes: bool
    max_cost: float | None
    accept: str | Sequence[str]
    n_epochs: int | None
    batch_size: int | None
    learning_rate_multiplier: float | None
    beta: float | None
    suffix: str | None
    seed: int | None
    poll: float
    base_url: str | None
    key_variable: str | None
    attach: str | None
    provider: str | None
    accept_shutdown: bool
    learning_rate: float | None
    lora_rank: int | None


_OF_OPENAI = {"provider", "accept_shutdown"}
_OF_OPEN_MODELS = {"learning_rate", "lora_rank"}


def job_options(kind: str) -> set[str]:
    """The names of the options that jobs of a provider take, beside the model and the folders."""
    others = _OF_OPEN_MODELS if kind not in _NAMED_MODEL else set()
    return JobChoices.__annotations__.keys() - others - (_OF_OPENAI if kind != "openai" else set())


def train_at(
    kind: str, folder: Path | None, out: Path | None, model: str | None, options: dict[str, Any]
) -> JobPlan | JobOutcome:
    """The plan of a job, and nothing is sent; with `yes`, the job, made and followed to its end.

    What the command prints meanwhile is not shown; at Ctrl-C it is a note of the error.
    """
    from dataprep.report import console

    known, kinds = job_options(kind), get_type_hints(JobChoices)
    for name in options.keys() - known:
        near = difflib.get_close_matches(name, known, n=1)
        remedy = f"Did you mean {near[0]}?" if near else f"See: dataprep train {kind} --help"
        raise UsageError(f"{excerpt(name)} is no option of train {kind}.", remedy)
    given = {n: typed(n, value, kinds[n], JOBS.get(n, ANY)) for n, value in options.items()}
    given["accept"] = several(given.get("accept", ()))
    if model is None and kind in _NAMED_MODEL:
        raise UsageError(f"Which model is {kind} to train?", "Name it with --model.")
    named = given.pop("provider", None) if kind == "openai" else kind
    said = io.StringIO()
    screen = console(said)
    try:
        ended = run_job(
            named, folder, model or _USUAL_MODEL, out, given, console=screen, progress=screen
        )
    except KeyboardInterrupt as stopped:
        stopped.add_note(said.getvalue())
        raise
    if ended is not None:
        return ended
    assert folder is not None  # noqa: S101  run_job has refused that
    plan: Callable[..., JobPlan] = trainer("openai", "openai").plan
    of_plan = {n: v for n, v in given.items() if n not in ("dry_run", "yes", "poll", "attach")}
    return plan(folder, provider=named, model=model or _USUAL_MODEL, run_dir=out, **of_plan)


def run_job(
    provider: str | None,
    folder: Path | None,
    model: str,
    out: Path | None,
    options: dict[str, Any],
    *,
    console: Console,
    progress: Console,
    confirm: Callable[[str], bool] | None = None,
) -> JobOutcome | None:
    """What the command line and `train` both do; None where nothing was sent.

    Without `yes` and without somebody at `confirm` it is a dry run.
    """
    given = {**options}
    poll, attach = given.get("poll", 10.0), given.pop("attach", None)
    closed = trainer("openai", "openai")
    screens = {"console": console, "progress": progress}
    if attach is not None:
        followed: JobOutcome = closed.attach(
            attach,
            provider=provider,
            base_url=given.get("base_url"),
            key_variable=given.get("key_variable"),
            poll=poll,
            **screens,
        )
        return followed
    if folder is None:
        raise UsageError(
            "Which folder?", "Give one made by convert; or --attach JOB to come back to a job."
        )
    made: JobOutcome | None = closed.train(
        folder, provider=provider, model=model, run_dir=out, confirm=confirm, **screens, **given
    )
    return made
