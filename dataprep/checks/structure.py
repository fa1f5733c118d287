"""Whether a row is of a known format and keeps that format's schema (S001, S003)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from itertools import islice
from typing import Any

from dataprep.checks.broken import named_faults
from dataprep.checks.completions import completion_faults, schema_faults
from dataprep.checks.context import Context, Fault, Format, Row
from dataprep.checks.demands import demand_faults
from dataprep.checks.formats import BY_NAME, sniff
from dataprep.checks.privacy import privacy_faults
from dataprep.checks.quality import quality_faults
from dataprep.contracts import contract
from dataprep.finding import UsageError, excerpt

_USUAL = "messages, or prompt and completion, or text"


def format_named(name: str) -> Format:
    """The format of that name; raises UsageError with the nearest one."""
    if name in BY_NAME:
        return BY_NAME[name]
    near = difflib.get_close_matches(name, BY_NAME, n=1)
    remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(BY_NAME)}."
    raise UsageError(f"{excerpt(name)!r} is not a format that can be checked.", remedy)


def unknown_format(row: Any, wanted: Format | None) -> Fault:
    """S001 for a row of no format, or of another than the one that was asked for."""
    if not isinstance(row, dict):
        return Fault("J005", "", "the row is not a JSON object")
    form = sniff(row)
    if form is not None and wanted is not None:
        return Fault("S001", "", f"the row is {form.name}, not {wanted.name}")
    keys = excerpt(", ".join(islice(row, 10))) or "no keys"
    return Fault("S001", "", f"the row has {keys}: expected {_USUAL}")


def broken_faults(row: Row, form: Format, context: Context, *, explain: bool) -> Iterator[Fault]:
    """What is wrong with a row that breaks the schema of its format.

    What has a code of its own comes first; S001 is for the rest, in detail only where asked.
    """
    named, rest = named_faults(row, form.name)
    yield from named
    if contract(form.name).accepts(rest):
        yield from sound_faults(rest, form, context)
    elif explain:
        yield from schema_faults("S001", rest, contract(form.name), "the row")
    else:
        yield Fault("S001", "", f"the row breaks the format {form.name}, like many before it")


def sound_faults(row: Row, form: Format, context: Context) -> Iterator[Fault]:
    """Everything that a row tells by itself, once it keeps the schema of its format."""
    yield from form.faults(row, context)
    if context.provider is not None:
        yield from demand_faults(row, form.name, context.provider)
    for path, text in form.texts(row):
        yield from privacy_faults(path, text)
        yield from quality_faults(path, text, context)
    if context.completion is not None and (answer := form.answer(row)) is not None:
        yield from completion_faults(answer, context.completion)
