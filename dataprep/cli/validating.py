"""`dataprep check`: judge training files, count what they cost, and mend a copy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from dataprep.api.numbers import CHECK
from dataprep.cli.flag_owners import owned, owned_counts
from dataprep.cli.next_steps import name_next
from dataprep.cli.numbers import within
from dataprep.cli.screen import Flag, Quiet, console
from dataprep.shell import command_line

FEW = 3
"""Files that a command names again."""

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dataprep.api.checking import PreparedCheck
    from dataprep.fixes import Fixed
    from dataprep.report import Counts
    from dataprep.tokens import TokenAccount

Codes = Annotated[tuple[str, ...], Parameter(negative="")]


def check(
    *files: Path,
    target: str | None = None,
    select: Codes = (),
    ignore: Codes = (),
    output_format: Literal["text", "json", "jsonl", "sarif", "github", "junit"] = "text",
    fail_on: Literal["error", "warning", "info"] | None = None,
    fix: Literal["safe", "all"] | None = None,
    diff: Flag = False,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    tokens: Flag = False,
    tokenizer: str | None = None,
    epochs: Annotated[int | None, within(CHECK["epochs"])] = None,
    evaluation: Annotated[tuple[Path, ...], Parameter(negative="")] = (),
    completion_schema: Path | None = None,
    language: str | None = None,
    near_duplicates: bool = True,
    providers: Path | None = None,
    workers: Annotated[int | None, within(CHECK["workers"])] = None,
    quiet: Quiet = False,
) -> int:
    """Judge training files before they are uploaded or trained on. Nothing leaves the machine.

    Example: dataprep check train.jsonl --target openai:gpt-4o-mini

    Several files are taken as splits of one dataset, and searched for leaks. Settings may stand
    in pyproject.toml, in the table [tool.dataprep.check]; flags stand above it.

    Parameters
    ----------
    files
        JSONL, JSON documents, CSV, TSV, Excel, Parquet, Arrow, gzip, folders of them, a folder
        made by convert, or a data set of the Hugging Face Hub (hf://datasets/OWNER/NAME).
    target
        Who reads the file: a format like openai-chat, a provider like together, or one of its
        models like azure:gpt-4o-mini. Told from the rows if left out.
    select
        Only these rules, families (C) or beginnings (C1).
    ignore
        Not these.
    output_format
        text for people; json, jsonl, sarif, github and junit for programs, on standard output.
    fail_on
        The least severity that makes the exit code 1; error unless said otherwise.
    fix
        Write a mended copy, train.fixed.jsonl: --fix makes the fixes that cannot change what is
        learned, --fix=all the others too.
    diff
        Show what --fix would change, and write nothing.
    output
        The name of the mended copy.
    tokens
        Count tokens, epochs and cost; exactly where the tokenizer is at hand.
    tokenizer
        Counts with this: a rank file, tokenizer.json, .model, or a folder.
    epochs
        For the cost; as the platform would choose if left out.
    evaluation
        Your own evaluation files, whose prompts must not be trained on.
    completion_schema
        A JSON Schema that every completion must match.
    language
        The language that answers should have, like en.
    near_duplicates
        Search for examples that are nearly the same.
    providers
        Your own table of limits and prices, or what differs in it.
    workers
        Processes that judge texts; if left out, more than one where that pays. The findings are
        the same with any number.
    """
    from dataprep.api.checking import prepared_check
    from dataprep.api.mending import is_mending

    named: dict[str, str | Path | bool] = {
        "target": target or False,
        "select": ",".join(select) or False,
        "ignore": ",".join(ignore) or False,
        "fail_on": fail_on or False,
        "no_near_duplicates": not near_duplicates,
        "completion_schema": completion_schema or False,
        "language": language or False,
        "providers": providers or False,
    }
    again = "the same with" if len(files) > FEW else command_line("check", *files, **named)
    with prepared_check(
        files,
        target=target,
        select=select,
        ignore=ignore,
        fail_on=fail_on,
        tokens=tokens,
        tokenizer=tokenizer,
        epochs=epochs,
        evaluation=evaluation,
        completion_schema=completion_schema,
        language=language,
        near_duplicates=near_duplicates,
        providers=providers,
        workers=workers,
    ) as made:
        if is_mending(fix=fix, diff=diff, output=output):
            return _mend(made, fix=fix, diff=diff, output=output, command=again)
        counts = _judge(made, output_format=output_format, quiet=quiet, command=again)
        account = made.account
        if account is not None and account.splits:
            _show(account, output_format)
        elif account is not None:
            console().print("There is no text whose tokens could be counted.")
        if not counts.total and output_format == "text" and not quiet:
            _name_conversion(files, made.context.seen.formats.values())
        return 1 if counts.at_least(made.fail_on) else 0


def _judge(made: PreparedCheck, *, output_format: str, quiet: bool, command: str) -> Counts:
    """Print what is found, in the format that is asked for; `command` is what was typed."""
    from dataprep import fixes, report

    on_screen = output_format == "text" or not sys.stdout.isatty()
    with report.Bars(console(quiet or not on_screen)) as bars:
        found = owned(made.findings(bars), ("check",))
        if output_format != "text":
            return report.FORMATS[output_format](found, sys.stdout.buffer)
        counts, context = report.Counts.of(found), made.context
    screen = report.console(sys.stdout)
    if quiet:
        report.print_found(counts, screen)
        return counts
    if not made.target:
        report.print_formats(context.seen.formats, screen)
    report.print_notes([f"{name}: {note}" for name, note in context.seen.notes.items()], screen)
    fixable = all(map(fixes.is_mendable, made.files))
    rows = context.seen.rows
    report.print_counts(counts, screen, rows=rows, fixable=fixable, command=command)
    return counts


def _show(account: TokenAccount, output_format: str) -> None:
    """The account on the screen; beside a format for programs, on standard error."""
    from dataprep import report

    report.show_account(account, sys.stdout if output_format == "text" else sys.stderr)


def _name_conversion(files: Sequence[Path], formats: Collection[str]) -> None:
    """Name the conversion of one file without findings, by what it was read as."""
    from dataprep.formats import FORMATS

    if len(files) == 1 and files[0].is_file():
        for form in formats:
            if form in FORMATS and FORMATS[form].writes:
                name_next(f"{command_line('convert', *files, to=form)} -o out/")


def _mend(
    made: PreparedCheck, *, fix: str | None, diff: bool, output: Path | None, command: str
) -> int:
    """Write mended copies, or show what would change in them; 1 where findings are left.

    0 says that a copy without them was written, or that there was nothing to mend.
    """
    from dataprep.api.mending import mended

    left = changes = False
    for fixed in mended(made, fix=fix, diff=sys.stdout if diff else None, output=output):
        if diff:
            changes = changes or fixed.changed + fixed.removed > 0 or bool(fixed.file_changes)
            continue
        _show_fixed(fixed, command)
        left = left or fixed.after.at_least(made.fail_on) > 0
    if diff and not changes:
        console().print("Nothing would be changed.")
    elif diff:
        name_next(f"{command} {'--fix=all' if fix == 'all' else '--fix'}")
    return 1 if left else 0


def _show_fixed(made: Fixed, command: str) -> None:
    """What was mended on standard error, what is left on standard output."""
    from dataprep import report

    for orphan in made.not_swept:
        console().print(f"{orphan}: a killed run left it, and it cannot be removed.")
    report.print_fixed(
        made.out,
        console(),
        changed=made.changed,
        removed=made.removed,
        mended=made.mended,
        left=made.left,
        copies_made=made.copies_made,
        file_changes=made.file_changes,
    )
    counts, screen = owned_counts(made.after, ("check",)), report.console(sys.stdout)
    report.print_counts(counts, screen, command=command)
    if made.out is not None and not counts.total:
        name_next(command_line("check", made.out))
