"""`dataprep check FILE`: rows in, findings out, in the order of the file; duplicates last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Protocol

import msgspec

from dataprep.checks.context import Batched, Context, Watch
from dataprep.checks.per_file import watches
from dataprep.checks.per_row.schema import AskedTexts, RowJudge
from dataprep.checks.text_judges import TextJudges
from dataprep.example import Record
from dataprep.finding import Fault, Finding, Place
from dataprep.formats import (
    LOOKED_AT,
    ContentAccount,
    Plain,
    Row,
    RowFormat,
    RowRead,
    RowReader,
    format_named,
    with_file,
)
from dataprep.rules import found

if TYPE_CHECKING:
    from dataprep.checks.columnar import Columnar


SMALL = 200_000
"""Bytes of lines that are read one by one before the frames of the fast way would be loaded."""


class UnreadLines(Protocol):
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


CheckedItem = Record | Finding | UnreadLines


@dataclass(slots=True)
class _File:
    """What is known of a file: how its rows are read, and how many of them were broken."""

    name: str
    judge: RowJudge
    watches: list[Watch]
    reader: RowReader
    content: ContentAccount
    texts: TextJudges
    columnar: Columnar | None = None


def check_rows(
    items: Iterable[CheckedItem], target: str | None = None, context: Context | None = None
) -> Iterator[Finding]:
    """The findings of one file: what its reader found, and what its rows show.

    `target` names the format that is wanted; without it the first row decides. Raises
    UsageError for an unknown one. Memory grows by some 40 bytes a row, for duplicates.
    """
    return check_splits({"": items}, target, context)


def check_splits(
    files: Mapping[str, Iterable[CheckedItem]],
    target: str | None = None,
    context: Context | None = None,
) -> Iterator[Finding]:
    """The same for files that are splits of one dataset, and the leaks between them (D003)."""
    wanted = format_named(target) if target else None
    return _checked(files, wanted, context or Context())


def _checked(
    files: Mapping[str, Iterable[CheckedItem]], wanted: RowFormat | None, context: Context
) -> Iterator[Finding]:
    looking = watches(context)
    judge = RowJudge(context, wanted)
    with TextJudges(context.workers, context.language) as texts:
        for name, given in files.items():
            rows, items = _first_rows(given)
            file = _opened(name, rows, judge, looking, context, texts=texts)
            for item in _together(items):
                found = _check_item(item, file, context)
                yield from (f for f in found if f.code in context.selection)
            if unlabelled := file.content.unlabelled():
                before = context.seen.notes.get(name)
                words = f"rows without a class, which teach nothing: {unlabelled}"
                context.seen.notes[name] = "; ".join(filter(None, (before, words)))
    for number, watch in enumerate(looking):
        context.progress("comparing rows", number, len(looking))
        yield from (f for f in watch.findings() if f.code in context.selection)
    context.progress("comparing rows", len(looking), len(looking))


def _opened(
    name: str,
    rows: list[Row],
    judge: RowJudge,
    looking: list[Watch],
    context: Context,
    *,
    texts: TextJudges,
) -> _File:
    """A file with its reader, made of its first rows."""
    reader = RowReader(rows, wanted=judge.asked_for, broken=judge.broken)
    form = reader.form.name if reader.form else ""
    content = context.seen.content.setdefault(name, ContentAccount(form))
    if rows and form:
        context.seen.formats[name] = form
    return _File(name, judge, looking, reader, content, texts)


def _first_rows(items: Iterable[CheckedItem]) -> tuple[list[Row], Iterator[CheckedItem]]:
    """The first rows of a file, which decide its format, and all items again."""
    iterator = iter(items)
    rows: list[Row] = []
    kept: list[CheckedItem] = []
    while len(rows) < LOOKED_AT and (item := next(iterator, None)) is not None:
        kept.append(item)
        if isinstance(item, Record):
            rows += [item.labelled] if isinstance(item.value, dict) else []
        elif not isinstance(item, Finding):
            for index in range(len(item.raws)):
                read = item.read(index)
                if isinstance(read, Record):
                    rows.append(read.value)
                if len(rows) >= LOOKED_AT:
                    break
    return rows, chain(kept, iterator)


def _together(items: Iterable[CheckedItem]) -> Iterator[UnreadLines | list[Record | Finding]]:
    """Lines, and what comes one by one: rows a few at a time, where they tell their size."""
    some: list[Record] = []
    for item in items:
        if some and not (isinstance(item, Record) and _goes_on(item, some)):
            yield [*some]
            some = []
        if isinstance(item, Record):
            some.append(item)
        else:
            yield [item] if isinstance(item, Finding) else item
    if some:
        yield [*some]


def _goes_on(row: Record, some: Sequence[Record]) -> bool:
    """Whether a row stands close behind some others in its file.

    Those of Parquet, Arrow and Excel have no offset: a few of them may be of any size.
    """
    begun, before = some[0].offset, some[-1].offset
    return len(some) < _FEW and before < row.offset < begun + _BYTES


_FEW = 100
_BYTES = 500_000
"""Rows, and bytes of them, whose texts are judged together: enough for several processes."""


def _check_item(
    item: UnreadLines | list[Record | Finding], file: _File, context: Context
) -> Iterator[Finding]:
    if isinstance(item, list):
        yield from _check_read(item, file, context)
    else:
        yield from _check_lines(item, file, context)


def _check_lines(lines: UnreadLines, file: _File, context: Context) -> Iterator[Finding]:
    """Many at once where the format allows it, and the doubtful ones one by one."""
    raws = lines.raws
    columnar = _columnar(raws, file, context)
    if columnar is None:
        yield from _check_each(lines, range(len(raws)), file, context)
        return
    plain, left = columnar.settle(raws, lines.first)
    context.seen.rows += len(plain.lines)
    for watch in file.watches if len(plain.lines) else ():
        _show(plain, watch, file, lines.name)
    yield from _check_each(lines, left, file, context)


def _check_each(
    lines: UnreadLines, indices: Iterable[int], file: _File, context: Context
) -> Iterator[Finding]:
    """Some of the lines, of which a few are read at a time."""
    some: list[Record | Finding] = []
    size = 0
    for index in indices:
        some.append(lines.read(index))
        size += len(lines.raws[index])
        if size >= _BYTES:
            yield from _check_read(some, file, context)
            some, size = [], 0
    yield from _check_read(some, file, context)


def _columnar(raws: Sequence[bytes], file: _File, context: Context) -> Columnar | None:
    """What settles many lines at once; None where it does not know them, or they are few."""
    form = file.reader.form
    if file.columnar is None and form is not None and sum(map(len, raws)) > SMALL:
        from dataprep.checks.columnar import Columnar

        if Columnar.knows(form, context) and not file.reader.is_marked:
            file.columnar = Columnar(form, context, file.judge, file.texts)
    return file.columnar


def _show(plain: Plain, watch: Watch, file: _File, name: str) -> None:
    """Let a watch see rows that are settled, in the way that it has for them."""
    form = file.reader.form
    assert form is not None  # noqa: S101  rows are settled once the format is known
    if isinstance(watch, Batched):
        watch.add_plain(plain, form, name, file.name)
        return
    from dataprep.formats.plain_rows import reading_again

    for line, asked, answer in plain.halves():
        read = RowRead(form, reading=reading_again(asked, answer, form))
        watch.add(read, Place(file=name, line=line), file.name)


def _check_read(
    items: Sequence[Record | Finding], file: _File, context: Context
) -> Iterator[Finding]:
    """Rows in their order, and what was found where there is none."""
    records = [item for item in items if isinstance(item, Record)]
    reads = [file.reader.record(record) for record in records]
    asked = [AskedTexts.of(r.value, read) for r, read in zip(records, reads, strict=True)]
    told = zip(reads, file.texts.told(asked), strict=True)
    for item in items:
        if isinstance(item, Record):
            yield from _check_row(item, *next(told), file, context)
        else:
            yield item


def _check_row(
    record: Record, read: RowRead, told: Sequence[Fault], file: _File, context: Context
) -> Iterator[Finding]:
    place = record.place
    context.seen.rows += 1
    for fault in file.judge.all_of(record.value, read, told):
        yield finding_of(fault, place)
    if read.reading is None:
        if read.reason:
            file.content.add(read)
        return
    file.content.add(read)
    for watch in file.watches:
        watch.add(read, place, file.name)


def finding_of(fault: Fault, place: Place, example: str = "") -> Finding:
    """The finding of a fault inside a row or example that stands at `place`."""
    path = f"{place.path}.{fault.path}".strip(".")
    where = msgspec.structs.replace(place, path=path) if fault.path else place
    return found(
        fault.code,
        fault.message,
        where,
        remedy=with_file(fault.remedy, place.file),
        example=example,
        by_hand=fault.by_hand,
    )
