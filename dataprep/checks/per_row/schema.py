"""Whether a row is of a known format and keeps that format's schema (S001, S003)."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from dataprep.checks.context import Context
from dataprep.checks.demands import demand_faults
from dataprep.checks.per_file.lengths import length_faults
from dataprep.checks.per_row.by_format import JUDGES
from dataprep.checks.per_row.completions import completion_faults, schema_faults
from dataprep.checks.per_row.malformed import named_faults
from dataprep.checks.per_row.privacy import privacy_faults
from dataprep.checks.per_row.redaction import discreet, strings
from dataprep.checks.per_row.text_quality import quality_faults
from dataprep.contracts import contract
from dataprep.finding import Fault, UsageError, excerpt
from dataprep.formats.catalogue import BY_NAME, sniff
from dataprep.formats.format import Format, Row
from dataprep.rules import CATALOGUE, holds

_USUAL = "messages, or prompt and completion, or text"


def format_named(name: str) -> Format:
    """The format of that name; raises UsageError with the nearest one."""
    if name in BY_NAME:
        return BY_NAME[name]
    near = difflib.get_close_matches(name, BY_NAME, n=1)
    remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(BY_NAME)}."
    raise UsageError(f"{excerpt(name)!r} is not a format that can be checked.", remedy)


def unknown_faults(row: Any, wanted: Format | None) -> Iterator[Fault]:
    """S001 for a row of no format, or of another than the one that was asked for; and secrets."""
    yield from discreet([_unknown(row, wanted), *_private(row)], row)


def _unknown(row: Any, wanted: Format | None) -> Fault:
    if not isinstance(row, dict):
        return Fault("J005", "", "the row is not a JSON object")
    form = sniff(row)
    if form is not None and wanted is not None:
        return Fault("S001", "", f"the row is {form.name}, not {wanted.name}")
    keys = excerpt(", ".join(islice(row, 10))) or "no keys"
    if isinstance(row.get("annotations", row.get("completions")), list):
        return Fault("S001", "", "the row is a task of Label Studio: dataprep convert reads those")
    return Fault("S001", "", f"the row has {keys}: expected {_USUAL}")


def broken_faults(row: Row, form: Format, context: Context, *, explain: bool) -> Iterator[Fault]:
    """What is wrong with a row that breaks the schema of its format.

    What has a code of its own comes first; S001 is for the rest, in detail only where asked.
    """
    named, rest = named_faults(row, form.name)
    faults = list(_held(named, form, context))
    if contract(form.name).accepts(rest):
        faults += (f for f in sound_faults(rest, form, context) if not f.code.startswith("P"))
    elif explain:
        faults += schema_faults("S001", rest, contract(form.name), "the row")
    else:
        said = f"the row breaks the format {form.name}, like many before it"
        faults.append(Fault("S001", "", said))
    yield from discreet([*faults, *_private(row)], row)


def sound_faults(row: Row, form: Format, context: Context) -> Iterator[Fault]:
    """Everything that a row tells by itself, once it keeps the schema of its format."""
    return iter(discreet(list(_held(_sound(row, form, context), form, context)), row))


def _private(row: Any) -> Iterator[Fault]:
    """The secrets in a row of which only the JSON is known."""
    for path, text in strings(row):
        yield from privacy_faults(path, text)


def _held(faults: Iterable[Fault], form: Format, context: Context) -> Iterator[Fault]:
    """The faults of rules that hold for the format as the provider reads it.

    Only rules of family C name formats and providers; the targets of others are datasets.
    """
    for fault in faults:
        rule = CATALOGUE[fault.code]
        if not fault.code.startswith("C") or holds(rule, form.name, context.provider):
            yield fault


def _sound(row: Row, form: Format, context: Context) -> Iterator[Fault]:
    for judge in JUDGES[form.name]:
        yield from judge(row)
    yield from length_faults(row, context)
    if context.provider is not None:
        yield from demand_faults(row, form.name, context.provider)
    for path, text in form.texts(row):
        yield from privacy_faults(path, text)
        yield from quality_faults(path, text, context)
    answer = form.answer(row)
    if context.completion is not None and answer is not None:
        yield from completion_faults(answer, context.completion)
    if context.survival is not None and answer is not None:
        yield from context.survival(answer)
