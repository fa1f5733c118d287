"""What lies under the name of a JSONL file: lines of objects, or something else by its first line.

A first line that is an object by itself, or nearly, makes a file of lines. All else is told by
what the text goes on with.
"""

from __future__ import annotations

import gzip
import io
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from dataprep import jsonio
from dataprep.finding import Finding
from dataprep.sources.causes import mend_row
from dataprep.sources.encodings import LOOKED_AT, wide_encoding
from dataprep.sources.gzip_faults import BROKEN_GZIP, GZIP
from dataprep.sources.json_layout import first_row, layout_of
from dataprep.sources.json_values import (
    BrokenOff,
    Elements,
    MappedText,
    TextSlice,
    skip_blanks,
    value_end,
)
from dataprep.sources.layout import SeveralLists
from dataprep.sources.lines import BLANK, Stream
from dataprep.sources.memory_map import mapped_in_utf_8
from dataprep.sources.opening import BOM, opened
from dataprep.sources.row_limits import MAX_LINE


class JsonlForm(StrEnum):
    """What a file holds: lines of objects, a document over many lines, a table, or no text."""

    LINES = "lines"
    DOCUMENT = "document"
    TABLE = "table"
    CELLS = "cells"
    WIDE = "utf-16 or utf-32"
    EXCEL = "an Excel workbook"
    OLD_EXCEL = "an Excel workbook of before 2007"
    PARQUET = "a Parquet file"


_MAGIC = {
    b"PK\x03\x04": JsonlForm.EXCEL,
    b"\xd0\xcf\x11\xe0": JsonlForm.OLD_EXCEL,
    b"PAR1": JsonlForm.PARQUET,
}
ENDINGS = {
    JsonlForm.EXCEL: ".xlsx",
    JsonlForm.OLD_EXCEL: ".xls",
    JsonlForm.PARQUET: ".parquet",
}
"""The endings that files have which are no text."""

LONG = 4 * 1024 * 1024
"""Bytes of a first line that are read, at most, to tell what it is."""

_PROBED = 256 * 1024
_ROWS = 3
_NAME = 64
"""Characters of the name of a column, at most."""


def form_of(path: Path, name: str) -> JsonlForm:
    """The form of a file; LINES too where it cannot be told, for the reader of lines to say why."""
    with opened(path, name) as file:
        head = file.peek(8)[:8]
        for magic, form in _MAGIC.items():
            if head.startswith(magic):
                return form
        try:
            stream = gzip.GzipFile(fileobj=file) if head.startswith(GZIP) else file
            if wide_encoding(stream.peek(LOOKED_AT)) is not None:
                return JsonlForm.WIDE
            first, more = _first_line(stream)
        except BROKEN_GZIP:
            return JsonlForm.LINES
    if not first or (len(first) <= LONG and _is_line(first, alone=not more)):
        return JsonlForm.LINES
    text, _ = mapped_in_utf_8(path, name)
    return JsonlForm.LINES if isinstance(text, Finding) else form_of_text(text)


def holds_lines(path: Path, name: str) -> bool:
    """Whether a file whose name does not say so holds a row on each of several lines."""
    with opened(path, name) as file:
        try:
            stream = gzip.GzipFile(fileobj=file) if file.peek(2).startswith(GZIP) else file
            if wide_encoding(stream.peek(LOOKED_AT)) is not None:
                return False
            first, more = _first_line(stream)
        except BROKEN_GZIP:
            return False
    return more and len(first) <= LONG and _is_line(first, alone=False)


def form_of_text(text: MappedText) -> JsonlForm:
    """The form of a text that is mapped, in UTF-8."""
    start = len(BOM) if text[: len(BOM)] == BOM else 0
    at = skip_blanks(text, start)
    end = text.find(b"\n", at)
    end = end if end >= 0 else len(text)
    first = text[at : min(end, at + LONG + 1)]
    alone = skip_blanks(text, end) == len(text)
    if len(first) > LONG:
        return _form_of_long(text, at, end, alone=alone)
    if not first or _is_line(first, alone=alone):
        return JsonlForm.LINES
    if first[:1] in (b"{", b"["):
        return JsonlForm.DOCUMENT if _is_document(text, at, first, alone) else JsonlForm.LINES
    return _table_form(text[start : start + _PROBED]) or JsonlForm.LINES


def _form_of_long(text: MappedText, at: int, end: int, *, alone: bool) -> JsonlForm:
    """The form by a first line too long to be read for it: what it opens closes at its end."""
    try:
        whole = skip_blanks(text, value_end(text, at)) >= end
    except BrokenOff:
        return JsonlForm.LINES
    listed = text[at : at + 1] == b"["
    document = (listed and alone) or not whole or (alone and not _holds_one_row(text))
    return JsonlForm.DOCUMENT if document else JsonlForm.LINES


def _first_line(stream: Stream) -> tuple[bytes, bool]:
    """The first line that is not blank, or its beginning, and whether anything stands behind it."""
    first = b""
    while not first and (raw := stream.readline(LONG + 1)):
        first = raw.removeprefix(BOM).strip(BLANK)
    while first and (raw := stream.readline(_PROBED)):
        if raw.strip(BLANK):
            return first, True
    return first, False


def _is_line(first: bytes, *, alone: bool) -> bool:
    """Whether a line is a row by itself, or would be but for a cause of its own."""
    if not first.startswith(b"{") and mend_row(first) is None:
        return False
    try:
        jsonio.loads(first)
    except jsonio.JsonError as error:
        return error.code != "J001" or mend_row(first) is not None
    return not alone or _holds_one_row(first)


def _holds_one_row(text: MappedText) -> bool:
    """Whether a text of one line is a row, and does not hold rows of a format that is known."""
    from dataprep.formats import recognise

    try:
        layout = layout_of(text)
    except (BrokenOff, SeveralLists):
        return True
    return layout.kind == "objects" or recognise(first_row(text, layout)) is None


def _is_document(text: MappedText, at: int, first: bytes, alone: bool) -> bool:
    """Whether a text goes on over many lines as one list, or as objects one after another."""
    listed = first.startswith(b"[")
    if listed and not alone and _is_json(first):
        return False  # a list on each line
    try:
        spans = list(islice(Elements(text, at), _ROWS)) if listed else [_object(text, at)]
    except BrokenOff:
        return first in (b"[", b"{") or (listed and first[1:].lstrip().startswith(b"{"))
    slices = [text[span.start : span.end] for span in spans if span.end - span.start < MAX_LINE]
    if not slices or not all(raw.startswith(b"{") for raw in slices):
        return False
    return first in (b"[", b"{") or any(_is_json(raw) for raw in slices)


def _object(text: MappedText, at: int) -> TextSlice:
    return TextSlice(at, value_end(text, at))


def _is_json(raw: bytes) -> bool:
    try:
        jsonio.loads(raw)
    except jsonio.JsonError as error:
        return error.code != "J001"
    return True


def _table_form(head: bytes) -> JsonlForm | None:
    """TABLE for a header and rows, CELLS for rows of JSON that are quoted as cells."""
    import csv

    try:
        text = head.decode("utf-8", "replace")
        delimiter = delimiter_of(text)
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _ROWS))
    except csv.Error:
        return None
    rows = [row for row in rows if row]
    if rows and all(_holds_json(row) for row in rows[1:] or rows):
        return JsonlForm.CELLS
    if len(rows) < 2 or len(rows[0]) < 2 or any(len(row) != len(rows[0]) for row in rows[:2]):
        return None
    if any(row[0].lstrip()[:1] in ("{", "[") for row in rows):
        return None  # JSON whose commas are those of a table
    names = [name.strip() for name in rows[0]]
    named = sum(1 for name in names if name)
    sound = len(set(names)) == len(names) and named >= len(names) - 1
    return JsonlForm.TABLE if sound and all(len(name) <= _NAME for name in names) else None


def delimiter_of(text: str) -> str:
    """What divides the cells of a first line: the most frequent of comma, tab and semicolon."""
    first = text.partition("\n")[0]
    return max(",\t;", key=first.count)


def _holds_json(row: list[str]) -> bool:
    """Whether a row of a table is one cell that holds an object."""
    return len(row) == 1 and isinstance(cell_value(row[0]), dict)


def cell_value(cell: str) -> Any:
    """The value that a cell holds as JSON; None where it holds none."""
    try:
        return jsonio.loads(cell.strip().encode("utf-8", "surrogatepass"))
    except jsonio.JsonError:
        return None
