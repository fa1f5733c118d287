"""The commands of the closed road: train openai, azure, nebius, together; jobs."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from dataprep.api.loading import trainer
from dataprep.api.numbers import JOBS
from dataprep.cli.numbers import within
from dataprep.cli.screen import Flag, console

RUNS = Path("runs")


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class JobFlags:
    """How a job is made, the same at every provider."""

    target: str | None = None
    "Which target of the folder is uploaded, where there are several that fit."
    dry_run: Flag = False
    "Show the plan and send nothing. So it is too where nobody is there to answer."
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative="")] = False
    "Start the paid job without asking."
    max_cost: Annotated[float | None, within(JOBS["max_cost"])] = None
    "Refuse above so many US dollars."
    accept: Annotated[tuple[str, ...], Parameter(negative="")] = ()
    "Open a gate by its name: findings, secrets, personal-data, cost, shutdown."
    n_epochs: Annotated[int | None, within(JOBS["n_epochs"])] = None
    "By default as the platform would choose."
    batch_size: Annotated[int | None, within(JOBS["batch_size"])] = None
    "By default as the platform chooses."
    learning_rate_multiplier: Annotated[float | None, within(JOBS["learning_rate_multiplier"])] = (
        None
    )
    "By default as the platform chooses."
    beta: Annotated[float | None, within(JOBS["beta"])] = None
    "Of preference data (DPO), above 0 and at most 2."
    suffix: str | None = None
    "Part of the name of the trained model."
    seed: Annotated[int | None, within(JOBS["seed"])] = None
    "Of the training, at the platform; another seed is another job."
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None
    "The run folder, with the ledger of every call."
    poll: Annotated[float, within(JOBS["poll"])] = 10.0
    "Seconds between two looks at the job."
    base_url: str | None = None
    "Another server that speaks the protocol. It gets no key that is not named for it."
    key_variable: str | None = None
    "The environment variable that holds the key; never the key."
    attach: str | None = None
    "Come back to this job, and follow it to its end."


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """What those that train open models take besides."""

    learning_rate: Annotated[float | None, within(JOBS["learning_rate"])] = None
    "By default as the platform chooses."
    lora_rank: Annotated[int | None, within(JOBS["lora_rank"])] = None
    "Train adapters of this rank."


def openai(
    folder: Path | None = None,
    *,
    model: str = "gpt-4o-mini",
    provider: str | None = None,
    accept_shutdown: Flag = False,
    job: JobFlags = JobFlags(),
) -> int:
    """Let OpenAI, or a server that speaks its protocol, train: plan, gates, upload, job.

    Example: dataprep train openai out/ --dry-run

    The key comes from OPENAI_API_KEY and is never printed. Started again, it goes on where it
    was, from any folder; it never makes a second job. Another --seed is another job.

    Parameters
    ----------
    folder
        A folder made by convert with the target openai-chat or preference.
    model
        The base model.
    provider
        Whose limits, prices and dates hold; see dataprep providers.
    accept_shutdown
        The same as --accept shutdown.
    """
    return _train(folder, provider, model, job, {"accept_shutdown": accept_shutdown})


def azure(
    folder: Path | None = None, *, model: str = "gpt-4o-mini", job: JobFlags = JobFlags()
) -> int:
    """Let Azure OpenAI train, for its customers until April 2027.

    Example: dataprep train azure out/ --dry-run

    AZURE_OPENAI_ENDPOINT names your resource, AZURE_OPENAI_API_KEY holds its key.

    Parameters
    ----------
    folder
        A folder made by convert with the target azure.
    model
        The base model.
    """
    return _train(folder, "azure", model, job)


def nebius(
    folder: Path | None = None,
    *,
    model: str,
    job: JobFlags = JobFlags(),
    adapters: Adapters = Adapters(),
) -> int:
    """Let Nebius Token Factory train LLaMA and others.

    Example:
    dataprep train nebius out/ --model meta-llama/Llama-3.3-70B-Instruct --dry-run

    The key comes from NEBIUS_API_KEY.

    Parameters
    ----------
    folder
        A folder made by convert with the target nebius or openai-chat.
    model
        The base model.
    """
    return _train(folder, "nebius", model, job, asdict(adapters))


def together(
    folder: Path | None = None,
    *,
    model: str,
    job: JobFlags = JobFlags(),
    adapters: Adapters = Adapters(),
) -> int:
    """Let Together train LLaMA, Mistral and others, by its own protocol.

    Example:
    dataprep train together out/ --model meta-llama/Llama-3.3-70B-Instruct --dry-run

    The key comes from TOGETHER_API_KEY.

    Parameters
    ----------
    folder
        A folder made by convert with the target together or openai-chat.
    model
        The base model.
    """
    return _train(folder, "together", model, job, asdict(adapters))


def jobs(
    *,
    provider: str | None = None,
    base_url: str | None = None,
    key_variable: str | None = None,
    local: Flag = False,
    cancel: str | None = None,
    runs: Path = RUNS,
) -> int:
    """List the fine-tuning jobs at a provider, or cancel one.

    Example: dataprep jobs --provider nebius

    Parameters
    ----------
    provider
        openai, azure, nebius or together; openai if left out.
    base_url
        Another server that speaks the protocol. It gets no key that is not named for it.
    key_variable
        The environment variable that holds the key; never the key.
    local
        Only what the run folders here know; asks nobody.
    cancel
        Cancel this job.
    runs
        Where the run folders are.
    """
    from dataprep import report

    closed = trainer("openai", "openai")
    if cancel is not None:
        rows = [closed.cancel(cancel, provider, base_url, key_variable, folder=runs)]
    else:
        named = (provider, base_url, key_variable)
        rows = closed.local(runs) if local else closed.listed(*named, folder=runs)
    if cancel is None and local:
        for problem in closed.unreadable(runs):
            console().print(f"Passed over: {problem}")
        if not rows:
            console().print(f"No run folder with a job in {runs}. Name another with --runs.")
            return 0
    closed.show_jobs(rows, report.console(sys.stdout))
    return 0


def _train(
    folder: Path | None,
    provider: str | None,
    model: str,
    job: JobFlags,
    more: dict[str, Any] | None = None,
) -> int:
    from dataprep import report
    from dataprep.api.jobs import run_job

    options = asdict(job)
    out = options.pop("out")
    confirm = _ask if sys.stdin.isatty() else None
    outcome = run_job(
        provider,
        folder,
        model,
        out,
        {**options, **(more or {})},
        console=report.console(sys.stdout),
        progress=console(),
        confirm=confirm,
    )
    if outcome is None and confirm is not None and not job.dry_run:
        console().print("Nothing was sent.")
    return 0


def _ask(question: str) -> bool:
    from rich.prompt import Confirm

    from dataprep import report

    return Confirm.ask(report.plain(question), console=console(), default=False)
