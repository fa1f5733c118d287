"""Rows in a JSON document, whichever way they stand in it: each is read strictly by itself.

The document is mapped, never read whole, and a broken row does not hide the others. Where the
brackets do not close nobody knows what is a row: that is one finding, and no row is given.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path
from typing import Any

from dataprep import jsonio
from dataprep.example import Record
from dataprep.finding import Finding, Place, excerpt
from dataprep.rules import found
from dataprep.sources.causes import Cause, RowCauses, byte_of, cause
from dataprep.sources.encodings import WideEncoding
from dataprep.sources.json_layout import first_row, layout_of
from dataprep.sources.json_values import (
    BrokenOff,
    Elements,
    MappedText,
    Member,
    Members,
    TextSlice,
    objects,
    skip_blanks,
)
from dataprep.sources.label_studio_forms import looks_like_tasks
from dataprep.sources.layout import VIEWER, Layout, SeveralLists, jq_path
from dataprep.sources.memory_map import mapped, mapped_in_utf_8
from dataprep.sources.opening import BOM, has_bom, wrong_kind
from dataprep.sources.positions import Positions
from dataprep.sources.row_limits import MAX_LINE, too_large, too_long

JsonItem = Record | Finding | Cause

_NO_ROW = "the list is empty: it holds no row, and no task"
_CUT_OFF = "The file is cut off or damaged: export again."


def read(
    path: Path, name: str, mended: Container[str], layout: Layout | None = None
) -> Iterator[JsonItem]:
    """The rows of a document, plain or gzipped, in order, and what is wrong with the others.

    The place of a row has the line that it begins on, and its index as path. `mended` are the
    rules by whose fixes rows are read; `layout` is known where it was told before.
    """
    text, encoding = mapped_in_utf_8(path, name)
    if encoding is not None:
        yield wide_cause(encoding, name)
    if isinstance(text, Finding):
        yield text
        return
    yield from rows_of(text, name, mended, layout=layout)


def layout_in(path: Path, name: str) -> Layout | None:
    """Where the rows of a document stand; None where it cannot be told, or is not UTF-8."""
    text = mapped(path, name, "J011")
    if isinstance(text, Finding) or wrong_kind(text[:512], name):
        return None
    layout = find_layout(text, name, len(BOM) if text[: len(BOM)] == BOM else 0)
    return layout if isinstance(layout, Layout) else None


def wide_cause(encoding: WideEncoding, name: str) -> Cause:
    """J002 for a whole file, which is read as what it says in UTF-8."""
    remedy = f"Save it as UTF-8, for example: {encoding.iconv}; or dataprep check FILE --fix."
    return cause("J002", f"the file is {encoding.words}, not UTF-8", name, 1, remedy)


def rows_of(
    text: mmap.mmap,
    name: str,
    mended: Container[str],
    *,
    layout: Layout | Finding | None = None,
    said: Callable[[Layout], Cause] | None = None,
) -> Iterator[JsonItem]:
    """The rows of a document that is mapped, in UTF-8; `said` tells what is wrong with a layout."""
    if finding := wrong_kind(text[:512], name):
        yield finding
        return
    if finding := has_bom(text[:512], name):
        yield finding
    layout = layout or find_layout(text, name, len(BOM) if finding else 0)
    if isinstance(layout, Finding):
        yield layout
        return
    if said is not None:
        yield said(layout)
    for fault in faults_of_list(layout, name):
        if fault.finding.code not in mended:
            yield fault.finding
            return
        yield fault
    if not layout.rows:
        yield found("J009", _NO_ROW if layout.kind != "empty" else "is empty", Place(file=name))
        return
    causes = RowCauses(name, mended, "row")
    yield from rows_by_layout(text, layout, name, causes)
    yield from causes.causes()


def find_layout(text: MappedText, name: str, start: int = 0) -> Layout | Finding:
    """The layout of a document, or why it has none."""
    head = skip_blanks(text, start)
    if head < len(text) and text[head : head + 1] not in (b"[", b"{"):
        return _no_rows(text, head, name)
    try:
        layout = layout_of(text, start)
        return _apart(text, layout, name) or _of_tasks(text, layout, name) or layout
    except SeveralLists as several:
        names = [f"{excerpt(key)!r} ({n:,})" for key, n in several.found.items()]
        words = f"rows stand under {len(names)} keys of one object: {' and '.join(names)}"
        first = several.layouts[0]
        out = "OUT.json" if first.is_columnar else "OUT.jsonl"
        remedy = f"Take one of them: jq -c '{first.jq}' IN > {out}"
        return found("J005", words, Place(file=name), remedy=remedy)
    except BrokenOff as broken:
        return _broken(text, start, broken, name)


def _apart(text: MappedText, layout: Layout, name: str) -> Finding | None:
    """What keeps the rows of a layout from being told apart."""
    if (fault := layout.fault) is None:
        return None
    line, column = Positions(text, 0).position(fault.at)
    place = Place(file=name, line=line, column=column)
    return found(fault.code, fault.message, place, remedy=fault.remedy)


def _of_tasks(text: MappedText, layout: Layout, name: str) -> Finding | None:
    """J005 for tasks of Label Studio inside an object, which are read where they stand alone."""
    if layout.kind not in ("under", "by-key") or not looks_like_tasks(first_row(text, layout)):
        return None
    words = f"tasks of Label Studio stand inside of one object, as {layout.words}"
    taken = jq_path(layout.path) if layout.kind == "under" else f"[{layout.jq}]"
    return found(
        "J005", words, Place(file=name), remedy=f"Take them out: jq '{taken}' IN > OUT.json"
    )


def faults_of_list(layout: Layout, name: str) -> Iterator[Cause]:
    """What is wrong with the commas of a list."""
    if layout.extra_comma:
        yield cause("J015", "a comma stands behind the last row of the list", name)
    if layout.lacks_commas:
        count = layout.lacks_commas
        words = "1 row has" if count == 1 else f"{count:,} rows have"
        yield cause("J016", f"{words} no comma before them", name)


def rows_by_layout(
    text: MappedText, layout: Layout, name: str, causes: RowCauses
) -> Iterator[Record | Finding]:
    """The rows of a layout, each read strictly; `causes` mends those that it knows."""
    spans: Iterable[TextSlice]
    match layout.kind:
        case "columns" | "by-index":
            yield from _of_columns(text, layout, name)
            return
        case "by-key":
            spans = (TextSlice(m.start, m.end) for m in Members(text, layout.start))
        case "objects":
            spans = objects(text, layout.start)
        case _:
            spans = Elements(text, layout.start)
    rows = _Rows(text, name, causes)
    for index, span in enumerate(spans):
        row = rows.read(index, span)
        yield _unwrap(row) if layout.wrapped else row


class _Rows:
    """Reads the rows of a text one by one, in their order, and knows the line of each."""

    def __init__(self, text: MappedText, name: str, causes: RowCauses) -> None:
        self._text, self._name, self._causes = text, name, causes
        self._positions = Positions(text, 0)

    def read(self, index: int, span: TextSlice) -> Record | Finding:
        """One row, strictly, or as it was meant where a cause explains it."""
        line, column = self._positions.position(span.start)
        place = Place(file=self._name, line=line, path=f"[{index}]")
        if (size := span.end - span.start) > MAX_LINE:
            return too_long(size, place, MAX_LINE)
        raw = self._text[span.start : span.end]
        try:
            value = jsonio.loads(raw)
        except jsonio.JsonError as error:
            meant = self._causes.mend(raw, index, place) if error.code == "J001" else None
            if meant is None:
                return _refused(raw, error, span.start, place, column)
            if isinstance(meant, Finding):
                return meant
            try:
                value = jsonio.loads(meant.text)
            except jsonio.JsonError as still:
                return found(still.code, f"{still.message} (row {place.path})", place)
        if not isinstance(value, dict):
            return found("J005", "is not an object", place)
        return too_large(value, size, place) or Record(place, span.start, value)


def _refused(raw: bytes, error: jsonio.JsonError, start: int, place: Place, column: int) -> Finding:
    """A row that is no JSON as we read it, with the line, the column and the byte of the file."""
    line = (place.line or 1) + (error.line or 1) - 1
    ahead = column - 1 if error.line == 1 else 0
    at = Place(file=place.file, line=line, column=(error.column or 1) + ahead, path=place.path)
    words = f"{error.message} (row {place.path}, byte {start + byte_of(raw, error):,})"
    return found(error.code, words, at, by_hand=error.code == "J002")  # its fix is of whole files


def _unwrap(item: Record | Finding) -> Record | Finding:
    """The row that the viewer's element holds; a finding where it has cut the cells off."""
    if isinstance(item, Finding):
        return item
    row = item.value.get(VIEWER)
    if not isinstance(row, dict):
        return found("J005", f"has no {VIEWER!r} that is an object", item.place)
    if cut := item.value.get("truncated_cells"):
        shown = ", ".join(excerpt(str(name)) for name in cut)
        remedy = "Download the data set itself, for example as Parquet."
        return found("S001", f"the viewer has cut off {shown}", item.place, remedy=remedy)
    return Record(item.place, item.offset, row)


def _of_columns(text: MappedText, layout: Layout, name: str) -> Iterator[Record | Finding]:
    """A row of each index, of columns that are walked side by side."""
    keys, walks = [], []
    for member in Members(text, layout.start):
        keys.append(str(jsonio.loads(member.key)))
        listed = layout.kind == "columns"
        walks.append(iter(Elements(text, member.start) if listed else Members(text, member.start)))
    positions = Positions(text, 0)
    for index, cells in enumerate(zip(*walks, strict=True)):
        at = cells[0].start
        place = Place(file=name, line=positions.position(at)[0], path=f"[{index}]")
        yield _of_cells(text, keys, cells, place)


def _of_cells(
    text: MappedText, keys: Iterable[str], cells: Iterable[TextSlice | Member], place: Place
) -> Record | Finding:
    row: dict[str, Any] = {}
    first, size = None, 0
    for key, cell in zip(keys, cells, strict=True):
        first = cell.start if first is None else first
        raw = text[cell.start : cell.end]
        try:
            row[key] = jsonio.loads(raw)
        except jsonio.JsonError as error:
            at = cell.start + byte_of(raw, error)
            words = f"{error.message} ({excerpt(key)}{place.path}, byte {at:,})"
            return found(error.code, words, place)
        size += len(raw)
    return too_large(row, size, place) or Record(place, first or 0, row)


def _broken(text: MappedText, start: int, broken: BrokenOff, name: str) -> Finding:
    """Why the brackets of a document do not close: the first row that is no JSON, else there."""
    head = skip_blanks(text, start)
    code, message, at, index = "J001", broken.message, broken.at, broken.index
    for number, span in enumerate(_values_before_break(text, head)):
        if wrong := _strictly(text, span.start, span.end):
            code, message, at = wrong
            index = number
            break
    else:
        if len(text) < MAX_LINE and (wrong := _strictly(text, head, len(text))):
            code, message, at = wrong
    line, column = Positions(text, start).position(at)
    path = "" if index is None else f"[{index}]"
    row = "" if index is None else f"row {path}, "
    place = Place(file=name, line=line, column=column, path=path)
    words = f"{message} ({row}byte {at:,}); what stands behind it cannot be told apart"
    return found(code, words, place, remedy=_CUT_OFF)


def _strictly(text: MappedText, start: int, end: int) -> tuple[str, str, int] | None:
    """What keeps a piece from being one JSON text: code, message and byte; None where it is one."""
    try:
        jsonio.loads(text[start : min(end, start + MAX_LINE)])
    except jsonio.JsonError as error:
        if error.code in ("J001", "J008"):
            return error.code, error.message, start + byte_of(text[start:end], error)
    return None


def _no_rows(text: MappedText, at: int, name: str) -> Finding:
    """Why a text that begins neither as a list nor as an object holds no row."""
    place = Place(file=name, line=Positions(text, 0).position(at)[0])
    try:
        jsonio.loads(text[at : at + MAX_LINE])
    except jsonio.JsonError as error:
        line = (place.line or 1) + (error.line or 1) - 1
        return found(error.code, error.message, Place(file=name, line=line, column=error.column))
    return found("J005", "is JSON, but neither a list of rows nor an object", place)


def _values_before_break(text: MappedText, at: int) -> Iterator[TextSlice]:
    """The values of a list, or of objects one after another, as far as they can be followed."""
    listed = text[at : at + 1] == b"["
    try:
        yield from Elements(text, at) if listed else objects(text, at)
    except BrokenOff:
        return
