"""A JSONL file as it was meant: one row a line, in UTF-8, by the safe fixes of what is wrong.

The rows are those that `items` gives, so that a file reads the same before and after. What no
cause explains stays byte for byte.
"""

from __future__ import annotations

import mmap
from collections.abc import Container, Iterator
from pathlib import Path
from typing import NamedTuple

from dataprep import jsonio
from dataprep.finding import Finding
from dataprep.patterns import LatePattern
from dataprep.sources import json_rows
from dataprep.sources.causes import RowCauses, mend_row
from dataprep.sources.fine_tuning import document_cause, stream_of, table_rows
from dataprep.sources.json_values import Elements, TextSlice, objects
from dataprep.sources.jsonl_form import ENDINGS, JsonlForm, form_of, form_of_text
from dataprep.sources.layout import Layout
from dataprep.sources.lines import BLANK
from dataprep.sources.memory_map import mapped_in_utf_8
from dataprep.sources.opening import BOM
from dataprep.sources.positions import line_count
from dataprep.sources.row_limits import MAX_LINE

_BREAK = LatePattern(rb"[ \t\r]*\n[ \t\r\n]*|\r[ \t\r\n]*")
_BREAK_BEHIND_COMMA = LatePattern(rb",(?:[ \t\r]*\n|\r)[ \t\r\n]*")


class NewLine(NamedTuple):
    """One line of the new file; `line` is that of the old one on which it begins."""

    line: int
    text: bytes
    changed: bool


class Unwritable(Exception):
    """A row of the file cannot be read, so that nobody knows how to write it on one line."""


def rewrite(path: Path, codes: Container[str]) -> Iterator[NewLine]:
    """The lines of a file with the causes of those rules mended; nothing where none applies.

    Raises Unwritable for a document or a table of which a row is broken.
    """
    name = str(path)
    form = form_of(path, name)
    if form in ENDINGS or (form is JsonlForm.WIDE and "J002" not in codes):
        return
    text, _ = mapped_in_utf_8(path, name)
    if isinstance(text, Finding):
        return
    wide = form is JsonlForm.WIDE
    form = form_of_text(text) if wide else form
    if form in (JsonlForm.TABLE, JsonlForm.CELLS) and "J017" in codes:
        yield from _with_mark(text, _of_table(text, form, name))
    elif form is JsonlForm.DOCUMENT and (layout := _mendable(text, name, codes)):
        yield from _with_mark(text, _of_document(text, layout, name, codes))
    else:
        yield from _of_lines(text, codes if form is JsonlForm.LINES else ())


def _with_mark(text: mmap.mmap, lines: Iterator[NewLine]) -> Iterator[NewLine]:
    """The lines behind the byte order mark that the old file has: it is another rule's."""
    if text[: len(BOM)] == BOM and (first := next(lines, None)) is not None:
        yield first._replace(text=BOM + first.text)
    yield from lines


def _mendable(text: mmap.mmap, name: str, codes: Container[str]) -> Layout | None:
    """The layout of a document, where all that is wrong with it is to be mended."""
    start = len(BOM) if text[: len(BOM)] == BOM else 0
    layout = json_rows.find_layout(text, name, start)
    if isinstance(layout, Finding):
        return None
    said = document_cause(layout, line_count(text), name)
    wrong = [said, *json_rows.faults_of_list(layout, name)]
    return layout if all(cause.finding.code in codes for cause in wrong) else None


def _of_document(
    text: mmap.mmap, layout: Layout, name: str, codes: Container[str]
) -> Iterator[NewLine]:
    """A line for each row; its text as it stands there, where it stands in one piece."""
    spans: Iterator[TextSlice] | None = None
    if not layout.wrapped and layout.kind in ("list", "under"):
        spans = iter(Elements(text, layout.start))
    elif layout.kind == "objects":
        spans = objects(text, layout.start)
    for item in json_rows.rows_by_layout(text, layout, name, RowCauses(name, codes)):
        if isinstance(item, Finding):
            raise Unwritable(item.message)
        span = next(spans) if spans is not None else None
        row = jsonio.dumps(item.value) if span is None else _row(text[span.start : span.end])
        yield NewLine(item.place.line or 1, on_one_line(row) + b"\n", changed=True)


def _row(raw: bytes) -> bytes:
    """The text of a row, as it was meant where a cause explains it."""
    try:
        jsonio.loads(raw)
    except jsonio.JsonError as error:
        made = mend_row(raw) if error.code == "J001" else None
        return raw if made is None else made.text
    return raw


def on_one_line(row: bytes) -> bytes:
    """A JSON text without line ends: none stands in a string, so that values stay as written."""
    return _BREAK.sub(b"", _BREAK_BEHIND_COMMA.sub(b", ", row))


def _of_table(text: mmap.mmap, form: JsonlForm, name: str) -> Iterator[NewLine]:
    for item in table_rows(text, form, name):
        if isinstance(item, Finding):
            raise Unwritable(item.message)
        yield NewLine(item.place.line or 1, jsonio.dumps(item.value) + b"\n", changed=True)


def _of_lines(text: mmap.mmap, codes: Container[str]) -> Iterator[NewLine]:
    stream = stream_of(text)
    number, whole = 0, True
    while raw := stream.readline(MAX_LINE):
        number += whole
        begins, whole = whole, raw.endswith(b"\n")
        meant = _meant(raw, codes) if begins and len(raw) < MAX_LINE else None
        yield NewLine(number, raw if meant is None else meant, changed=meant is not None)


def _meant(raw: bytes, codes: Container[str]) -> bytes | None:
    """The line that was meant, with its line end; None where it stays as it is."""
    body = raw.removeprefix(BOM)
    text = body.strip(BLANK)
    try:
        jsonio.loads(text)
    except jsonio.JsonError as error:
        made = mend_row(text) if error.code == "J001" else None
        if made is None or made.code not in codes:
            return None
        ending = body[len(body.rstrip(b"\r\n")) :]
        return raw[: len(raw) - len(body)] + made.text + ending
    return None
