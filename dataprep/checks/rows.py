"""`dataprep check FILE`: rows in, findings out, in the order of the file; duplicates last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from dataprep.checks.context import Context, Fault
from dataprep.checks.duplicates import CODES, Duplicates
from dataprep.checks.structure import (
    Format,
    broken_faults,
    format_named,
    sniff,
    sound_faults,
    unknown_format,
)
from dataprep.contracts import contract
from dataprep.example import Record
from dataprep.finding import Finding, Place
from dataprep.rules import found

EXPLAINED = 1_000
"""Rows of a file whose broken schema is explained; beyond, the same is said without detail."""


@dataclass(slots=True)
class _File:
    """What is known of a file so far: the format it is in, and how many rows broke it."""

    name: str
    wanted: Format | None
    duplicates: Duplicates | None
    first: Format | None = None
    broken: int = 0


def check_rows(
    items: Iterable[Record | Finding], target: str | None = None, context: Context | None = None
) -> Iterator[Finding]:
    """The findings of one file: what its reader found, and what its rows show.

    `target` names the format that is wanted; without it the first row decides. Raises
    UsageError for an unknown one. Memory grows by some 40 bytes a row, for duplicates.
    """
    return check_splits({"": items}, target, context)


def check_splits(
    files: Mapping[str, Iterable[Record | Finding]],
    target: str | None = None,
    context: Context | None = None,
) -> Iterator[Finding]:
    """The same for files that are splits of one dataset, and the leaks between them (D003)."""
    wanted = format_named(target) if target else None
    return _checked(files, wanted, context or Context())


def _checked(
    files: Mapping[str, Iterable[Record | Finding]], wanted: Format | None, context: Context
) -> Iterator[Finding]:
    duplicates = Duplicates() if context.selection.any_of(*CODES) else None
    for name, items in files.items():
        file = _File(name, wanted, duplicates)
        for item in items:
            faults = [item] if isinstance(item, Finding) else _check_row(item, file, context)
            yield from (finding for finding in faults if finding.code in context.selection)
    if duplicates is not None:
        yield from (f for f in duplicates.findings() if f.code in context.selection)


def _check_row(record: Record, file: _File, context: Context) -> Iterator[Finding]:
    row, place = record.value, record.place
    context.seen.rows += 1
    form = sniff(row)
    if form is None or (file.wanted is not None and form is not file.wanted):
        yield finding_of(unknown_format(row, file.wanted), place)
        return
    if file.first is None:
        file.first = form
        context.seen.formats[file.name or place.file] = form.name
    if form is not file.first:
        message = f"the row is {form.name}, in a file of {file.first.name}"
        yield finding_of(Fault("S003", "", message), place)
    if not contract(form.name).accepts(row):
        file.broken += 1
        for fault in broken_faults(row, form, explain=file.broken <= EXPLAINED):
            yield finding_of(fault, place)
        return
    for fault in sound_faults(row, form, context):
        yield finding_of(fault, place)
    if file.duplicates is not None and (halves := form.halves(row)) is not None:
        file.duplicates.add(*halves, place=place, part=file.name)


def finding_of(fault: Fault, place: Place, example: str = "") -> Finding:
    """The finding of a fault inside a row or example that stands at `place`."""
    where = msgspec.structs.replace(place, path=fault.path) if fault.path else place
    return found(fault.code, fault.message, where, example=example)
