"""JSONL: one JSON object a line, read strictly. A broken line never hides the others.

What lies under the name of JSONL and is none (rows over several lines, a table, two or four bytes
a character) is read by the cause: one finding says it, and the rows come by its safe fix.
"""

from __future__ import annotations

import io
import mmap
from collections.abc import Container, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataprep.example import Record
from dataprep.finding import Finding, Place
from dataprep.rules import found
from dataprep.sources import json_rows, tables
from dataprep.sources.causes import Cause, RowCauses, cause
from dataprep.sources.jsonl_form import (
    ENDINGS,
    JsonlForm,
    cell_value,
    delimiter_of,
    form_of,
    form_of_text,
)
from dataprep.sources.layout import Layout
from dataprep.sources.lines import Lines, blocks, blocks_of
from dataprep.sources.memory_map import mapped_in_utf_8
from dataprep.sources.opening import BOM, has_bom, opened
from dataprep.sources.positions import line_count

if TYPE_CHECKING:
    from dataprep.sources.slicing import Part

LinesItem = Lines | Record | Finding | Cause

MENDED = frozenset(("J013", "J014", "J015", "J016", "J017", "J002"))
"""The rules by whose fixes a file can be read; J002 where all of it is UTF-16 or UTF-32."""

READ_ON = MENDED - {"J016"}
"""Those by which convert reads: a missing comma is somebody's to put."""

_PIECE = 1024 * 1024
_MARKS = 3
"""Lines of a list with a row a line that hold no row: its two brackets, and one that is blank."""

_ONE_A_LINE = "Write one object a line: jq -c {} IN > OUT; or dataprep check FILE --fix."


def items(path: Path, name: str, mended: Container[str] = MENDED) -> Iterator[LinesItem]:
    """The lines of a file, many at a time, or its rows where it is no file of lines.

    `mended` are the rules by whose fixes rows are read: each gives one cause, at the end where
    it is of lines, ahead where it is of the whole file.
    """
    form = form_of(path, name)
    if form in ENDINGS:
        yield _no_text(form, name)
        return
    causes = RowCauses(name, mended)
    if form is JsonlForm.LINES:
        yield from blocks(path, name, causes)
    else:
        text, encoding = mapped_in_utf_8(path, name)
        if encoding is not None:
            yield json_rows.wide_cause(encoding, name)
        if isinstance(text, Finding):
            yield text
            return
        if encoding is not None:
            form = form_of_text(text)
        yield from _of_text(text, form, name, causes, mended)
    yield from causes.causes()


def read(path: Path, name: str, part: Part | None = None) -> Iterator[Record | Finding]:
    """The rows of a JSONL file, plain or gzipped, in order, and what is wrong with the others.

    With `part`, those on its lines. A cause by whose fix rows were read is noted, as no error.
    """
    for item in items(path, name, READ_ON) if part is None else _of_part(path, name, part):
        if isinstance(item, Lines):
            yield from item.rows()
        else:
            yield item.note if isinstance(item, Cause) else item


def _of_part(path: Path, name: str, part: Part) -> Iterator[Lines | Finding | Cause]:
    with opened(path, name) as file:
        file.seek(part.start)
        text = file.read(part.end - part.start)
    offset = part.start
    if not offset and (finding := has_bom(text, name)):
        yield finding
        text, offset = text.removeprefix(BOM), len(BOM)
    raws = text.removesuffix(b"\n").split(b"\n")
    causes = RowCauses(name, READ_ON)
    yield Lines(name, part.first + 1, offset, raws, causes)
    yield from causes.causes()


def _of_text(
    text: mmap.mmap, form: JsonlForm, name: str, causes: RowCauses, mended: Container[str]
) -> Iterator[LinesItem]:
    """The rows of a text that is mapped, in UTF-8."""
    if form is JsonlForm.DOCUMENT:
        said = partial(document_cause, lines=line_count(text), name=name)
        yield from json_rows.rows_of(text, name, mended, said=said)
    elif form in (JsonlForm.TABLE, JsonlForm.CELLS):
        yield table_cause(form, name)
        yield from table_rows(text, form, name)
    else:
        yield from blocks_of(stream_of(text), name, causes)


def document_cause(layout: Layout, lines: int, name: str) -> Cause:
    """Why a document is no JSONL: J015 for a list of a row a line, else J013."""
    rows = f"{layout.rows:,} row{'s' * (layout.rows != 1)}"
    over = f"over {lines:,} lines" if lines > 1 else "on one line"
    if layout.kind == "list" and layout.rows > 1 and 0 <= lines - layout.rows <= _MARKS:
        words = f"{rows} stand one a line in a JSON list, with commas between them"
        return cause("J015", words, name, 1)
    if layout.kind == "objects":
        words = f"{rows} stand {over}: objects that are indented, or not divided by line ends"
        return cause("J013", words, name, 1, _ONE_A_LINE.format("."))
    one_a_line = _ONE_A_LINE.format(f"'{layout.jq}'")
    remedy = "Mend it: dataprep check FILE --fix." if layout.is_columnar else one_a_line
    return cause("J013", f"{rows} stand {over}, as {layout.words}", name, 1, remedy)


def table_cause(form: JsonlForm, name: str) -> Cause:
    """J017 for a table that is text."""
    words = "the file is a table (CSV), not JSONL"
    if form is JsonlForm.CELLS:
        words = "the rows are JSON that was quoted as the cells of a table (CSV)"
    return cause("J017", words, name, 1)


def _no_text(form: JsonlForm, name: str) -> Finding:
    """J017 for a table that is no text, with its right name."""
    remedy = f"Rename it, and convert it: mv {name} {Path(name).stem}{ENDINGS[form]}"
    return found("J017", f"the file is {form}, not JSONL", Place(file=name), remedy=remedy)


def table_rows(text: mmap.mmap, form: JsonlForm, name: str) -> Iterator[Record | Finding]:
    """The rows of a table that is text: objects of its cells, or the objects in its cells."""
    stream = stream_of(text)
    delimiter = delimiter_of(stream.peek(4096).decode("utf-8", "replace"))
    if form is JsonlForm.TABLE:
        yield from tables.delimited(stream, name, delimiter)
        return
    for number, item in enumerate(tables.cells(stream, name, delimiter)):
        place, offset, cells = item
        if isinstance(cells, Finding):
            yield cells
            continue
        value = cell_value(cells[0]) if len(cells) == 1 else None
        if isinstance(value, dict):
            yield Record(place, offset, value)
        elif number:
            yield found("J005", "is a cell that holds no JSON object", place)


def stream_of(text: mmap.mmap) -> io.BufferedReader:
    """A text that is mapped, as a file that is read from its beginning."""
    return io.BufferedReader(_Mapped(text), _PIECE)


class _Mapped(io.RawIOBase):
    """The bytes of a map, from the first to the last."""

    def __init__(self, text: mmap.mmap) -> None:
        self._text, self._at = text, 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill as much of the buffer as there is."""
        piece = self._text[self._at : self._at + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)
