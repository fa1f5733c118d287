"""The commands that train: `train t5` and `train openai`."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated, Literal

from cyclopts import App, Parameter

from dataprep.cli.screen import console
from dataprep.finding import extra_missing

train = App(
    name="train", help="Train from a converted dataset: t5 or openai.", help_format="plaintext"
)


@train.command
def t5(
    folder: Path,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])] = Path("runs/t5"),
    model: str | None = None,
    size: Literal["tiny", "mini", "small"] = "tiny",
    epochs: float = 10,
    max_minutes: float | None = None,
    batch_tokens: int = 1500,
    accumulate: int = 1,
    learning_rate: float | None = None,
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto",
    seed: int = 0,
) -> int:
    """Train a T5 on this machine, and evaluate it on the test split.

    Example: dataprep train t5 out/ --model google-t5/t5-small --epochs 3

    Parameters
    ----------
    folder
        A folder made by convert with the target t5.
    out
        The run folder: model, tokenizer, metrics, evaluation.
    model
        A hub name or a local folder. Left out: a new model of --size is made.
    size
        Of a new model.
    epochs
        Passes over the train split.
    max_minutes
        Stop in good order after so many minutes.
    batch_tokens
        Tokens of a batch, source and target with their padding.
    accumulate
        Batches that make one step.
    learning_rate
        Adafactor's, relative to the size of each parameter; by default 1e-2 for a new model and
        1e-3 for a given one.
    precision
        auto takes bf16 where the hardware has it; fp16 is refused, as T5 overflows in it.
    seed
        Of the weights and of the order.
    """
    from dataprep import report

    trainer = _trainer("t5", "train")
    run = trainer.train(
        folder,
        out=out,
        model=model,
        size=size,
        epochs=epochs,
        max_minutes=max_minutes,
        batch_tokens=batch_tokens,
        accumulate=accumulate,
        learning_rate=learning_rate,
        precision=precision,
        seed=seed,
    )
    report.print_markdown((run / "README.md").read_text("utf-8"), report.console(sys.stdout))
    console().print(f"The run is in {run}.", markup=False)
    return 0


@train.command
def openai(
    folder: Path,
    *,
    model: str = "gpt-4o-mini",
    provider: str | None = None,
    base_url: str | None = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative="")] = False,
    max_cost: float | None = None,
    n_epochs: int | None = None,
    suffix: str | None = None,
    seed: int | None = None,
    accept_shutdown: Annotated[bool, Parameter(negative="")] = False,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    poll: float = 10.0,
) -> int:
    """Let a provider that speaks OpenAI's protocol train: plan, gates, upload, job, watching.

    Example: dataprep train openai out/ --dry-run

    The key comes from OPENAI_API_KEY and is never printed. Started again, it goes on where it
    was; it never makes a second job.

    Parameters
    ----------
    folder
        A folder made by convert with the target openai-chat.
    model
        The base model.
    provider
        Whose limits, prices and dates hold; see schemas/providers.schema.json.
    base_url
        Another server that speaks the protocol.
    dry_run
        Show the plan and send nothing.
    yes
        Start the paid job without asking.
    max_cost
        Refuse above so many US dollars.
    n_epochs
        By default as the platform would choose.
    suffix
        Part of the name of the trained model.
    seed
        Of the training, at the platform.
    accept_shutdown
        Go on although the model or the platform is shut down soon.
    out
        The run folder, with the ledger of every call.
    poll
        Seconds between two looks at the job.
    """
    from dataprep import report

    trainer = _trainer("openai", "openai")
    outcome = trainer.train(
        folder,
        console=report.console(sys.stdout),
        progress=console(),
        dry_run=dry_run,
        yes=yes,
        confirm=_ask if sys.stdin.isatty() else None,
        poll=poll,
        model=model,
        provider=provider,
        base_url=base_url,
        max_cost=max_cost,
        n_epochs=n_epochs,
        suffix=suffix,
        seed=seed,
        accept_shutdown=accept_shutdown,
        run_dir=out,
    )
    if outcome is None and not dry_run:
        console().print("Nothing was sent.")
    return 0


def _trainer(name: str, extra: str) -> ModuleType:
    """A trainer, loaded when it is asked for; raises EnvironmentProblem without its extra."""
    try:
        return import_module(f"trainers.{name}")
    except ModuleNotFoundError as error:
        raise extra_missing(extra, str(error.name)) from None


def _ask(question: str) -> bool:
    from rich.prompt import Confirm

    return Confirm.ask(question, console=console(), default=False)
