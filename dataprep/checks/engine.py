"""`dataprep check FILE`: rows in, findings out, in the order of the file; duplicates last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from dataprep.checks.context import Batched, Context, Watch
from dataprep.checks.per_file import watches
from dataprep.checks.per_row.schema import broken_faults, format_named, sound_faults, unknown_faults
from dataprep.contracts import contract
from dataprep.example import Record
from dataprep.finding import Fault, Finding, Place
from dataprep.formats.catalogue import sniff
from dataprep.formats.format import Format, Plain
from dataprep.rules import found

if TYPE_CHECKING:
    from dataprep.checks.columnar import Fast

EXPLAINED = 1_000
"""Rows of a file whose broken schema is explained; beyond, the same is said without detail."""


SMALL = 200_000
"""Bytes of lines that are read one by one before the frames of the fast way would be loaded."""


class Lines(Protocol):
    """Lines of a file that nobody has read yet; the first has the number `first`."""

    @property
    def name(self) -> str:
        """What messages call the file."""

    @property
    def first(self) -> int:
        """The number of the first line."""

    @property
    def raws(self) -> Sequence[bytes]:
        """Each line, without its end."""

    def read(self, index: int) -> Record | Finding:
        """One of them, read strictly."""


Item = Record | Finding | Lines


@dataclass(slots=True)
class _File:
    """What is known of a file so far: the format it is in, and how many rows broke it."""

    name: str
    wanted: Format | None
    watches: list[Watch]
    first: Format | None = None
    broken: int = 0
    fast: Fast | None = None


def check_rows(
    items: Iterable[Item], target: str | None = None, context: Context | None = None
) -> Iterator[Finding]:
    """The findings of one file: what its reader found, and what its rows show.

    `target` names the format that is wanted; without it the first row decides. Raises
    UsageError for an unknown one. Memory grows by some 40 bytes a row, for duplicates.
    """
    return check_splits({"": items}, target, context)


def check_splits(
    files: Mapping[str, Iterable[Item]],
    target: str | None = None,
    context: Context | None = None,
) -> Iterator[Finding]:
    """The same for files that are splits of one dataset, and the leaks between them (D003)."""
    wanted = format_named(target) if target else None
    return _checked(files, wanted, context or Context())


def _checked(
    files: Mapping[str, Iterable[Item]], wanted: Format | None, context: Context
) -> Iterator[Finding]:
    looking = watches(context)
    for name, items in files.items():
        file = _File(name, wanted, looking)
        for item in items:
            yield from (f for f in _check_item(item, file, context) if f.code in context.selection)
    for watch in looking:
        yield from (f for f in watch.findings() if f.code in context.selection)


def _check_item(item: Item, file: _File, context: Context) -> Iterator[Finding]:
    if isinstance(item, Finding):
        yield item
    elif isinstance(item, Record):
        yield from _check_row(item, file, context)
    else:
        yield from _check_lines(item, file, context)


def _check_lines(lines: Lines, file: _File, context: Context) -> Iterator[Finding]:
    """One by one until the format is known; then all at once, and the doubtful one by one."""
    raws, start = lines.raws, 0
    while file.first is None and start < len(raws):
        yield from _check_item(lines.read(start), file, context)
        start += 1
    fast = _fast(raws, file, context)
    if fast is None:
        for index in range(start, len(raws)):
            yield from _check_item(lines.read(index), file, context)
        return
    plain, left = fast.settle(raws[start:], lines.first + start)
    context.seen.rows += len(plain.lines)
    for watch in file.watches:
        _show(plain, watch, file, lines.name)
    for index in left:
        yield from _check_item(lines.read(start + index), file, context)


def _fast(raws: Sequence[bytes], file: _File, context: Context) -> Fast | None:
    """What settles many lines at once; None where it does not know them, or they are few."""
    if file.fast is None and file.first is not None and sum(map(len, raws)) > SMALL:
        from dataprep.checks.columnar import Fast

        if Fast.knows(file.first, context):
            file.fast = Fast(file.first, context)
    return file.fast


def _show(plain: Plain, watch: Watch, file: _File, name: str) -> None:
    """Let a watch see rows that are settled, in the way that it has for them."""
    assert file.first is not None  # noqa: S101  rows are settled once the format is known
    if isinstance(watch, Batched):
        watch.add_plain(plain, file.first, name, file.name)
        return
    from dataprep.checks.columnar import as_row

    for line, asked, answer, _ in zip(*plain, strict=True):
        row = as_row(asked, answer, file.first)
        watch.add(row, file.first, Place(file=name, line=line), file.name)


def _check_row(record: Record, file: _File, context: Context) -> Iterator[Finding]:
    row, place = record.value, record.place
    context.seen.rows += 1
    form = sniff(row, file.wanted or file.first)
    if form is None or (file.wanted is not None and form is not file.wanted):
        for fault in unknown_faults(row, file.wanted):
            yield finding_of(fault, place)
        return
    if file.first is None:
        file.first = form
        context.seen.formats[file.name or place.file] = form.name
    if form is not file.first:
        message = f"the row is {form.name}, in a file of {file.first.name}"
        yield finding_of(Fault("S003", "", message), place)
    if not contract(form.name).accepts(row):
        file.broken += 1
        for fault in broken_faults(row, form, context, explain=file.broken <= EXPLAINED):
            yield finding_of(fault, place)
        return
    for fault in sound_faults(row, form, context):
        yield finding_of(fault, place)
    for watch in file.watches:
        watch.add(row, form, place, file.name)


def finding_of(fault: Fault, place: Place, example: str = "") -> Finding:
    """The finding of a fault inside a row or example that stands at `place`."""
    path = f"{place.path}.{fault.path}".strip(".")
    where = msgspec.structs.replace(place, path=path) if fault.path else place
    return found(fault.code, fault.message, where, example=example)
