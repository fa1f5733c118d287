"""The commands that look at something: check, explain, show, verify, schema."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from dataprep.cli.screen import console
from dataprep.finding import Severity, UsageError

Codes = Annotated[tuple[str, ...], Parameter(negative="")]


def check(
    *files: Path,
    target: str | None = None,
    select: Codes = (),
    ignore: Codes = (),
    output_format: Literal["text", "json", "jsonl"] = "text",
    fail_on: Literal["error", "warning", "info"] = "error",
    completion_schema: Path | None = None,
) -> int:
    """Judge training files before they are uploaded or trained on. Nothing is written.

    Example: dataprep check train.jsonl --target openai-chat

    Several files are taken as splits of one dataset, and searched for leaks.

    Parameters
    ----------
    files
        JSONL files of chat messages or prompt-completion pairs, or a folder made by convert.
    target
        Who reads the file: openai-chat or prompt-completion. Told from the rows if left out.
    select
        Only these rules or families.
    ignore
        Not these rules or families.
    output_format
        text for people; json and jsonl for programs, on standard output.
    fail_on
        The least severity that makes the exit code 1.
    completion_schema
        A JSON Schema that every completion must match.
    """
    from dataprep import checking, report

    if not files:
        raise UsageError("There is nothing to check.", "Example: dataprep check train.jsonl")
    context = checking.context(select, ignore, completion_schema)
    findings = checking.check(files, target, context)
    if output_format == "text":
        counts = report.Counts.of(findings)
        report.print_counts(counts, report.console(sys.stdout), rows=context.seen.rows)
    else:
        write = report.findings_json if output_format == "json" else report.findings_jsonl
        counts = write(findings, sys.stdout.buffer)
    return 1 if counts.at_least(Severity(fail_on)) else 0


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
        sys.stdout.write(report.catalogue_json(codes))
        return 0
    if not codes and not all_:
        raise UsageError("Which rule?", "Example: dataprep explain J003, or --all")
    pages = [report.explain_all()] if all_ else [report.explain(code) for code in codes]
    for page in pages:
        report.print_markdown(page, report.console(sys.stdout))
    return 0


def show(
    folder: Path,
    *,
    examples: Annotated[int, Parameter(name=["--examples", "-n"])] = 3,
    split: Literal["train", "validation", "test"] = "train",
    example: str | None = None,
) -> int:
    """Show examples of a converted dataset as the model will read them.

    Example: dataprep show out/ -n 2

    Parameters
    ----------
    folder
        A folder made by convert.
    examples
        How many.
    split
        Of which split.
    example
        Only the one with this id.
    """
    from dataprep import report, showing

    found = showing.examples(folder, split, examples, example)
    report.show_examples(found, report.console(sys.stdout))
    return 0


def verify(folder: Path) -> int:
    """Hash the files of a dataset again and compare with its manifest.

    Example: dataprep verify out/
    """
    from dataprep import store

    problems = store.verify(folder)
    for problem in problems:
        console().print(problem, markup=False)
    count = len(store.read_manifest(folder)["files"])
    if not problems:
        console().print(f"{folder}: {count} files, all as they were written.")
    return 1 if problems else 0


def schema(name: str | None = None) -> int:
    """Print a JSON Schema, or the names of all.

    Example: dataprep schema recipe > recipe.schema.json
    """
    import json

    from dataprep import contracts

    if name is None:
        sys.stdout.write("\n".join(contracts.schema_names()) + "\n")
    else:
        sys.stdout.write(json.dumps(contracts.load(name), indent=2, ensure_ascii=False) + "\n")
    return 0
