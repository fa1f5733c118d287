"""The command `train`, and the closed road below it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from dataprep.cli import open_weights
from dataprep.cli.loading import trainer
from dataprep.cli.screen import console

train = App(
    name="train",
    help="Train from a converted dataset: t5, llama, mistral and dpo here, openai at a provider.",
    help_format="plaintext",
)
for command in (open_weights.t5, open_weights.llama, open_weights.mistral, open_weights.dpo):
    train.command(command)


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

    closed = trainer("openai", "openai")
    outcome = closed.train(
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


def _ask(question: str) -> bool:
    from rich.prompt import Confirm

    return Confirm.ask(question, console=console(), default=False)
