"""The commands that look at both roads: advise before, evaluate after, rescue on the way out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from dataprep.api.loading import trainer
from dataprep.api.numbers import EVALUATE
from dataprep.cli.numbers import at_least, within
from dataprep.cli.screen import console

Many = Annotated[tuple[str, ...], Parameter(negative="")]


def advise(
    data: Path,
    *,
    epochs: Annotated[int | None, at_least(1)] = None,
    providers: Path | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Say which road fits your data: what each costs, takes and lasts, with the arithmetic.

    Example: dataprep advise out/

    Nothing leaves the machine.

    Parameters
    ----------
    data
        A folder made by convert, or anything that convert reads.
    epochs
        As the platforms would choose if left out.
    providers
        Your own table of limits and prices, or what differs in it.
    json
        As JSON, for programs.
    """
    import json as encoding

    from dataprep import advising, report

    advice = advising.advise(data, epochs=epochs, table=providers)
    if json:
        report.write(encoding.dumps(advice, indent=2, ensure_ascii=False) + "\n", sys.stdout)
    else:
        report.print_markdown(advising.page(advice), report.console(sys.stdout))
    return 0


def evaluate(
    folder: Path,
    *,
    run: Annotated[tuple[Path, ...], Parameter(negative="")] = (),
    endpoint: str | None = None,
    model: Many = (),
    split: Literal["train", "validation", "test"] = "test",
    key_variable: str | None = None,
    max_tokens: Annotated[int, within(EVALUATE["max_tokens"])] = 512,
    temperature: Annotated[float, within(EVALUATE["temperature"])] = 0.0,
    concurrency: Annotated[int, within(EVALUATE["concurrency"])] = 4,
    limit: Annotated[int | None, within(EVALUATE["limit"])] = None,
    out: Annotated[Path, Parameter(name=["--out", "-o"])] = Path("runs/evaluation"),
) -> int:
    """Ask trained models the held-out prompts, and score their answers side by side.

    Example:
    dataprep evaluate out/ --run runs/t5 --endpoint https://HOST/v1 --model NAME

    Started again, it goes on; a question that was answered is not asked twice.

    Parameters
    ----------
    folder
        A folder made by convert.
    run
        A run folder of `dataprep train`; works offline. May be given several times.
    endpoint
        A server that speaks OpenAI's protocol. Nothing is sent without it.
    model
        A model of the endpoint, one column each.
    split
        Whose prompts are asked.
    key_variable
        The environment variable that holds the key; never the key. Left out: the provider's
        own, and none for any other server.
    max_tokens
        Of one answer.
    temperature
        Of the answers.
    concurrency
        Questions on their way at once.
    limit
        Only the first so many.
    out
        A folder for the answers and the scores.
    """
    from dataprep import report
    from dataprep.api import asking

    with report.Bars(console()) as bars:
        made = asking.evaluate(
            folder,
            out=out,
            split=split,
            run=run,
            endpoint=endpoint,
            model=model,
            key_variable=key_variable,
            max_tokens=max_tokens,
            temperature=temperature,
            concurrency=concurrency,
            limit=limit,
            progress=bars,
        )
    report.print_markdown(made.page, report.console(sys.stdout))
    console().print(f"Answers and scores are in {made.folder}.")
    return 0


def rescue(
    *ids: str,
    out: Annotated[Path, Parameter(name=["--out", "-o"])] = Path("rescued"),
    provider: str | None = None,
    base_url: str | None = None,
    key_variable: str | None = None,
) -> int:
    """Fetch the files of your earlier fine-tuning jobs from a platform that closes.

    Example: dataprep rescue -o rescued/

    Nothing is changed at the server. The key comes from OPENAI_API_KEY.
    What cannot be fetched is listed at the end, with the command that tries
    again; what is here is not fetched again.

    Exit code: 0 all is here that can be had, 1 something is missing, 4 the key,
    the network or the disk stopped the run, 5 the key would go unencrypted.

    Parameters
    ----------
    ids
        Jobs (ftjob-...) or files (file-...); all jobs if none is given.
    out
        One folder a job: its files, settings, events and results.
    provider
        openai, azure or nebius.
    base_url
        Another server that speaks the protocol. It gets no key that is not named for it.
    key_variable
        The environment variable that holds the key; never the key.
    """
    from dataprep import report

    fetching = trainer("rescue", "openai")
    screen = console()
    made = fetching.rescue(
        out,
        only=ids,
        provider=provider,
        base_url=base_url,
        key_variable=key_variable,
        say=screen.print,
    )
    report.print_markdown(fetching.page(made), report.console(sys.stdout))
    code: int = made.exit_code
    return code
