"""The commands that look at something: explain, show, verify, schema, providers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from dataprep.cli.next_steps import for_dataset, name_next, trainable
from dataprep.cli.numbers import at_least
from dataprep.cli.screen import console
from dataprep.finding import UsageError
from dataprep.names import CARD

if TYPE_CHECKING:
    from dataprep.example import Example
    from dataprep.tokens import Shown


def explain(
    *codes: str,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Say what a rule means, why it matters, and show a bad and a good case.

    Example: dataprep explain J003

    Parameters
    ----------
    codes
        Codes of rules, like J003.
    all_
        Every rule of the catalogue.
    json
        As JSON, for programs.
    """
    from dataprep import report

    if json:
        report.write(report.catalogue_json(codes), sys.stdout)
        return 0
    if not codes and not all_:
        raise UsageError("Which rule?", "Example: dataprep explain J003, or --all")
    pages = [report.explain_all()] if all_ else [report.explain(code) for code in codes]
    for page in pages:
        report.print_markdown(page, report.console(sys.stdout))
    if codes:
        name_next(f"dataprep check FILE --select {','.join(codes)}")
    return 0


def show(
    folder: Path,
    *,
    examples: Annotated[int, Parameter(name=["--examples", "-n"]), at_least(1)] = 3,
    split: Literal["train", "validation", "test"] = "train",
    example: str | None = None,
    tokens: Annotated[bool, Parameter(negative="")] = False,
    target: Literal["t5", "causal"] | None = None,
) -> int:
    """Show examples of a converted dataset as the model will read them.

    Example: dataprep show out/ -n 2 --tokens

    Parameters
    ----------
    folder
        A folder made by convert.
    examples
        How many.
    split
        Of which split; of another one where that is empty, which is said.
    example
        Only the one with this id.
    tokens
        Token by token, with those that are learned in green and underlined.
    target
        Whose tokens, where there are several tokenised targets.
    """
    from dataprep import report, showing, store

    def rows(of: str) -> list[Shown]:
        return showing.tokenised(folder, of, examples, example, target)

    def whole(of: str) -> list[Example]:
        return showing.examples(folder, of, examples, example)

    def say(of: str) -> None:
        if of != split:
            said = f"The {split} split of {folder} is empty: shown is {of}."
            console().print(said, soft_wrap=True)

    if tokens or target:
        shown, of = showing.of_a_split(rows, split)
        say(of)
        report.show_tokens(shown, report.console(sys.stdout))
    else:
        found, of = showing.of_a_split(whole, split)
        say(of)
        report.show_examples(found, report.console(sys.stdout))
    name_next(for_dataset(folder, trainable(store.read_manifest(folder)), otherwise="advise"))
    return 0


def verify(folder: Path) -> int:
    """Hash the files of a dataset again and compare with its manifest.

    Its card, README.md, may be edited: that is said and is no fault.

    Example: dataprep verify out/
    """
    from dataprep import report, store

    problems = store.verify(folder)
    for problem in problems:
        console().print(problem)
    report.print_notes(store.beside_data(folder), console())
    if not problems:
        count = len(store.read_manifest(folder)["files"].keys() - {CARD})
        console().print(f"{folder}: {count} files, all as they were written.")
    return 1 if problems else 0


def schema(name: str | None = None) -> int:
    """Print a JSON Schema, or the names of all.

    Example: dataprep schema recipe > recipe.schema.json
    """
    import json

    from dataprep import contracts, report

    if name is None:
        report.write("\n".join(contracts.schema_names()) + "\n", sys.stdout)
    else:
        report.write(
            json.dumps(contracts.load(name), indent=2, ensure_ascii=False) + "\n", sys.stdout
        )
    return 0


def providers(
    name: str | None = None, *, json: Annotated[bool, Parameter(negative="")] = False
) -> int:
    """Print what each provider takes, costs and until when, with its source and age.

    Example: dataprep providers openai

    A file of your own, named by DATAPREP_PROVIDERS, overrides the table; it holds only what
    differs. See: dataprep schema providers

    Parameters
    ----------
    name
        Only this provider.
    json
        As JSON, for programs.
    """
    from datetime import date

    from dataprep import report

    today = date.today()  # noqa: DTZ011  a day of the user's calendar
    if json:
        report.write(report.providers_json(today, name=name), sys.stdout)
    else:
        report.show_providers(sys.stdout, today, name=name)
    return 0
