"""Excel workbooks: the first sheet that holds rows, read by openpyxl without loading it whole."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dataprep import rules
from dataprep.example import Record
from dataprep.finding import (
    DataprepError,
    Finding,
    Place,
    UnreadableFile,
    UsageError,
    excerpt,
    extra_missing,
)
from dataprep.jsonio import encoded
from dataprep.sources.row_limits import MAX_KEYS, too_large

Cells = tuple[Any, ...]

MAX_ROWS = 1_048_576
"""Rows of a sheet, as many as Excel has. A file of 300 bytes may name the row 999,999,999."""

MAX_CELLS = 50_000_000
"""Cells of a sheet, with the empty ones that stand before the last one of each row."""


def sheets(path: Path, name: str) -> str:
    """Which sheet is read, and which are not, in words; empty where there is one alone."""
    with _workbook(path, name) as book:
        chosen = _chosen(book)
        others = [excerpt(title) for title in book.sheetnames if title != chosen]
    if chosen is None or not others:
        return ""
    return f"the sheet {excerpt(chosen)!r}; not read: {', '.join(others)}"


def rows(path: Path, name: str) -> Iterator[Record | Finding]:
    """The rows below the header, in order; `line` of their place is the row of the sheet.

    Dates become ISO 8601 text, numbers that are whole become integers, empty cells null. Raises
    UsageError for a header that is none or a file that is none, and EnvironmentProblem without
    the extra `excel`.
    """
    with _workbook(path, name) as book:
        chosen = _chosen(book)
        header: list[str | None] = []
        number = 0
        for line, cells in enumerate(_cells(book, chosen) if chosen else (), 1):
            if all(cell.value is None for cell in cells):
                continue
            place = Place(file=name, line=line)
            if not header:
                header = _header([cell.value for cell in cells], place)
                continue
            number += 1
            yield _row(header, cells, place)
    if not number:
        words = "the workbook holds a header and no row" if header else "the workbook is empty"
        yield rules.found("J009", words, Place(file=name))


@contextmanager
def _workbook(path: Path, name: str) -> Iterator[Any]:
    try:
        import openpyxl
    except ModuleNotFoundError:
        raise extra_missing("excel", "openpyxl") from None
    with _library_errors(name), path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        try:
            yield book
        finally:
            book.close()


@contextmanager
def _library_errors(name: str) -> Iterator[None]:
    """Damage is whatever zlib, zipfile, the XML parser and openpyxl say of it, all in their ways.

    Only what is raised in openpyxl or below it counts: an error of our own stays one.
    """
    try:
        yield
    except DataprepError:
        raise
    except Exception as error:
        if not _of_library(error):
            raise
        words = excerpt(str(error) or type(error).__name__)
        remedy = "Save it again as .xlsx, or as CSV."
        raise UnreadableFile(f"{name} is not an Excel workbook: {words}.", remedy) from None


def _of_library(error: Exception) -> bool:
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return any(str(frame.f_globals.get("__name__")).startswith("openpyxl") for frame in frames)


def _chosen(book: Any) -> str | None:
    """The first sheet in which any cell holds something; None where none does."""
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        rows = _bounded(sheet.iter_rows(values_only=True), sheet.title)
        if any(cell is not None for cells in rows for cell in cells):
            return str(sheet.title)
    return None


def _cells(book: Any, title: str) -> Iterator[Cells]:
    sheet = book[title]
    sheet.reset_dimensions()
    yield from _bounded(sheet.iter_rows(), title)


def _bounded(rows: Iterable[Cells], title: str) -> Iterator[Cells]:
    """The rows of a sheet; raises UsageError where it has too many of them, or of cells."""
    count = 0
    for number, cells in enumerate(rows, 1):
        count += len(cells)
        if number > MAX_ROWS or count > MAX_CELLS:
            most = f"{MAX_ROWS:,} rows" if number > MAX_ROWS else f"{MAX_CELLS:,} cells"
            words = f"the sheet {excerpt(title)!r} has more than {most}."
            raise UsageError(words, "Save it as CSV, or remove what is empty.")
        yield cells


def _header(values: list[Any], place: Place) -> list[str | None]:
    """The names of the columns; None for one without a name, which may hold nothing.

    A first column without a name is an index, as pandas writes it.
    """
    if len(values) > MAX_KEYS:
        words = f"the header has {len(values):,} columns, more than {MAX_KEYS:,}."
        raise UsageError(words, "Write only the columns that the rows need.", place=place)
    names = [None if value is None else str(value) for value in values]
    if names[0] is None:
        names[0] = ""
    for index, title in enumerate(names):
        if title is not None and title in names[:index]:
            words = f"the header has the column {excerpt(title)!r} twice."
            raise UsageError(words, "Give every column its own name.", place=place)
    return names


def _row(header: list[str | None], cells: Cells, place: Place) -> Record | Finding:
    row: dict[str, Any] = {}
    for index, cell in enumerate(cells):
        title = header[index] if index < len(header) else None
        if title is None:
            if cell.value is not None:
                words = f"has a value in column {index + 1}, which has no name"
                return rules.found("S001", words, place, remedy="Name the column, or empty it.")
            continue
        if cell.data_type == "e":
            words = f"{excerpt(title)} holds the error {excerpt(str(cell.value))}"
            return rules.found("S001", words, place, remedy="Mend the formula of the cell.")
        row[title] = _value(cell.value)
    for title in header[len(cells) :]:
        if title is not None:
            row[title] = None
    return too_large(row, len(encoded(row)), place) or Record(place, 0, row)


def _value(value: Any) -> Any:
    from dataprep.sources.parquet import plain

    if isinstance(value, float) and value.is_integer():
        return int(value)
    return plain(value)
