"""Tables: csv and tsv through the standard library, gzipped too; Parquet through polars in slices.

Cells of csv and tsv are text as it stands there; Parquet values become JSON values.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from dataprep import rules
from dataprep.example import Record
from dataprep.finding import Finding, Place, UnreadableFile, UsageError, excerpt
from dataprep.sources.gzip_faults import BROKEN_GZIP, GZIP, gzip_fault
from dataprep.sources.lines import Stream, rest_of_line
from dataprep.sources.opening import BOM, has_bom, opened, wrong_kind
from dataprep.sources.row_limits import MAX_KEYS, MAX_TEXT, too_long

MAX_CELL = 16_000_000

TableFormat = Literal["csv", "tsv", "parquet"]


_MARKS = (",", ";", "\t", "|")
HEAD = 8_192
"""Bytes of a table by which its mark is told."""


def mark_of(path: Path, name: str) -> str:
    """What divides the cells of a table of text: the mark by which its first rows are alike.

    A comma, where several do or none does.
    """
    with opened(path, name) as file:
        stream = gzip.GzipFile(fileobj=file) if file.peek(2).startswith(GZIP) else file
        try:
            head = stream.read(HEAD)
        except BROKEN_GZIP:
            return ","
    columns = _by_mark(head)
    return max(_MARKS, key=lambda mark: columns[mark]) if columns[","] < 2 else ","


def is_table(head: bytes) -> bool:
    """Whether a text begins with rows that one mark divides into as many cells each."""
    return head.count(b"\n") > 1 and b"\0" not in head and max(_by_mark(head[:HEAD]).values()) > 1


def _by_mark(head: bytes) -> dict[str, int]:
    """In how many cells each mark divides every row of the beginning of a table."""
    lines = head.removeprefix(BOM).decode("utf-8", "replace").splitlines(keepends=True)
    whole = lines if len(head) < HEAD else lines[:-1]
    return {mark: _columns(whole, mark) for mark in _MARKS}


def _columns(lines: list[str], mark: str) -> int:
    """In how many cells a mark divides every row; 0 where they differ."""
    import csv

    try:
        sizes = {len(row) for row in csv.reader(lines, delimiter=mark, strict=True) if row}
    except csv.Error:
        return 0
    return sizes.pop() if len(sizes) == 1 else 0


def read(
    path: Path, name: str, table: TableFormat | None = None, mark: str = ","
) -> Iterator[Record | Finding]:
    """The rows of a table as objects, in order; `table` is told from name and bytes if None.

    `mark` divides the cells of csv.

    A first column without a name, the index of pandas or R, is read under the empty one. Raises
    UsageError when the header lacks another name or repeats one, or a Parquet file is damaged.
    """
    with opened(path, name) as file:
        if table == "parquet" or (table is None and file.peek(4).startswith(b"PAR1")):
            from dataprep.sources import parquet

            yield from parquet.rows(path, name)
            return
        tabs = table == "tsv" or (table is None and path.suffix.lower() in (".tsv", ".tab"))
        delimiter = "\t" if tabs else mark
        if not file.peek(2).startswith(GZIP):
            yield from delimited(file, name, delimiter, by_format=tabs)
            return
        try:
            unzipped = gzip.GzipFile(fileobj=file)
            yield from delimited(unzipped, name, delimiter, by_format=tabs)
        except BROKEN_GZIP:
            fault = gzip_fault(path)
            yield rules.found("J011", fault.words, Place(file=name), remedy=fault.remedy)


class _Lines:
    """The lines of a file as text, with where they stand and which of them are not UTF-8."""

    def __init__(self, stream: Stream, name: str) -> None:
        self.stream = stream
        self.name = name
        self.number = 0
        self.offset = 0
        self.bad: Finding | None = None

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        raw = self.stream.readline(MAX_TEXT + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        self.offset += len(raw)
        if len(raw) > MAX_TEXT:
            skipped = 0 if raw.endswith(b"\n") else rest_of_line(self.stream)
            self.offset += skipped
            place = Place(file=self.name, line=self.number)
            self.bad = self.bad or too_long(len(raw) + skipped, place, MAX_TEXT)
            return "\n"
        if self.number == 1:
            raw = raw.removeprefix(BOM)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            column = len(raw[: error.start].decode("utf-8")) + 1
            place = Place(file=self.name, line=self.number, column=column)
            words = f"byte 0x{raw[error.start]:02x} is not UTF-8"
            self.bad = self.bad or rules.found("J002", words, place)
            return raw.decode("utf-8", "surrogateescape")


def delimited(
    stream: Stream, name: str, delimiter: str, *, by_format: bool = False
) -> Iterator[Record | Finding]:
    """The rows of a table of text as objects. Raises UsageError for a header that is none.

    `by_format` says that nobody asked for the delimiter: it is that of the format, as a tab is of
    tsv, where one column may hold any other mark.
    """
    head = stream.peek(512)
    if finding := wrong_kind(head, name):
        yield finding
        return
    if finding := has_bom(head, name):
        yield finding
    header: list[str] | None = None
    empty = True
    for place, offset, row in cells(stream, name, delimiter):
        if isinstance(row, Finding):
            if header is None:
                raise UnreadableFile(f"the header {row.message}.", row.remedy, place=place)
            empty = False
            yield row
        elif header is None:
            header = _header(row, place, delimiter, by_format=by_format)
        else:
            empty = False
            yield _row(header, row, place, offset)
    if empty:
        words = "the file holds no row" if header is None else "the file holds a header and no row"
        yield rules.found("J009", words, Place(file=name))


def cells(
    stream: Stream, name: str, delimiter: str
) -> Iterator[tuple[Place, int, list[str]] | tuple[Place, int, Finding]]:
    """Place, offset, and the cells of each row or what is wrong with it; blank lines are none."""
    import csv

    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL))
    lines = _Lines(stream, name)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        place, offset = Place(file=lines.name, line=lines.number + 1), lines.offset
        lines.bad = None
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield place, offset, _broken(str(error), place)
            if "field limit" in str(error):
                return
            continue
        if lines.bad:
            yield place, offset, lines.bad
        elif (size := lines.offset - offset) > MAX_TEXT:
            yield place, offset, too_long(size, place, MAX_TEXT)
        elif row:
            yield place, offset, row


def _broken(reason: str, place: Place) -> Finding:
    if "new-line character" in reason:
        words = "has a bare CR outside quotes"
        remedy = "Convert the line ends, for example: tr '\\r' '\\n' < IN > OUT."
    elif "field limit" in reason:
        words = f"has a cell of more than {MAX_CELL:,} characters; the rest was not read"
        remedy = "Look for a quote that is opened and never closed."
    else:
        words = "has a quote that is not closed, or text after a closing quote"
        remedy = 'Double the quotes inside a quoted cell: "He said ""no"".".'
    return rules.found("S001", words, place, remedy=remedy)


def _header(names: list[str], place: Place, delimiter: str, *, by_format: bool) -> list[str]:
    # By commas is how a table is read where nothing tells.
    others = [] if by_format else [c for c in ";\t|," if c != delimiter]
    if len(names) == 1 and any(c in names[0] for c in others):
        other = next(c for c in others if c in names[0])
        words = f"the header is one column, {excerpt(names[0])!r}: are the cells divided by "
        said = "tab" if other == "\t" else f"'{other}'"
        resave = "" if other == "," else "; or save it with commas"
        remedy = f"dataprep init and convert take --delimiter {said}{resave}."
        raise UsageError(words + f"{other!r}?", remedy, place=place)
    if len(names) > MAX_KEYS:
        words = f"the header has {len(names):,} columns, more than {MAX_KEYS:,}."
        raise UsageError(words, "Write only the columns that the rows need.", place=place)
    before: set[str] = set()
    for index, name in enumerate(names):
        if not name.strip() and index:
            words = f"column {index + 1} of the header has no name."
            raise UsageError(words, "Name every column.", place=place)
        if name in before:
            words = f"the header has the column {excerpt(name)!r} twice."
            raise UsageError(words, "Give every column its own name.", place=place)
        before.add(name)
    return names


def _row(header: list[str], cells: list[str], place: Place, offset: int) -> Record | Finding:
    if len(cells) != len(header):
        words = f"has {len(cells)} cells, and the header has {len(header)} columns"
        remedy = "Quote cells that hold the delimiter, and write empty cells for missing values."
        return rules.found("S001", words, place, remedy=remedy)
    return Record(place, offset, dict(zip(header, cells, strict=True)))
