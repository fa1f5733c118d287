"""Excel workbooks: one sheet of rows, typed as JSON, and the others named."""

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import pytest

from dataprep.example import Record
from dataprep.finding import EnvironmentProblem, Finding, UsageError
from dataprep.recipe import Source
from dataprep.sources import excel, files, read

openpyxl = pytest.importorskip("openpyxl")

HEADER = ["prompt", "completion"]


def workbook(folder: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / "book.xlsx"
    book.save(path)
    return path


def seen(path: Path) -> list[Any]:
    return [
        (i.place.line, i.value) if isinstance(i, Record) else (i.place.line, i.code, i.message)
        for i in excel.rows(path, "book.xlsx")
    ]


def test_rows_are_objects_with_the_row_of_the_sheet_as_their_line(tmp_path: Path) -> None:
    path = workbook(tmp_path, Rows=[HEADER, ["Hi?", "Ho."], [None, None], ["Who?", None]])
    assert seen(path) == [
        (2, {"prompt": "Hi?", "completion": "Ho."}),
        (4, {"prompt": "Who?", "completion": None}),
    ]


def test_values_are_those_of_json_and_dates_are_text(tmp_path: Path) -> None:
    moment = dt.datetime(2026, 11, 28, 9, 30)  # noqa: DTZ001  Excel knows no zones
    row = [7, 1.5, 3.0, True, moment, dt.date(2026, 11, 28), dt.time(9)]
    path = workbook(tmp_path, Rows=[list("abcdefg"), row])
    assert seen(path) == [
        (
            2,
            {
                "a": 7,
                "b": 1.5,
                "c": 3,
                "d": True,
                "e": "2026-11-28T09:30:00",
                "f": "2026-11-28T00:00:00",
                "g": "09:00:00",
            },
        )
    ]


def test_the_first_sheet_with_rows_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, Cover=[], Rows=[HEADER, ["Hi?", "Ho."]], Notes=[["by Ada"]], Old=[HEADER]
    )
    (file,) = files(Source(path=str(path)), Path())
    assert (file.format, file.note) == ("xlsx", "the sheet 'Rows'; not read: Cover, Notes, Old")
    assert [i.value for i in read(file) if isinstance(i, Record)] == [
        {"prompt": "Hi?", "completion": "Ho."}
    ]


def test_the_index_of_pandas_is_a_column_under_the_empty_name(tmp_path: Path) -> None:
    path = workbook(tmp_path, Rows=[[None, *HEADER], [0, "Hi?", "Ho."]])
    assert seen(path) == [(2, {"": 0, "prompt": "Hi?", "completion": "Ho."})]


def test_a_value_below_no_name_and_an_error_of_a_formula_are_found(tmp_path: Path) -> None:
    path = workbook(tmp_path, Rows=[HEADER, ["Hi?", "Ho.", "lost"], ["Who?", "#REF!"]])
    assert seen(path) == [
        (2, "S001", "has a value in column 3, which has no name"),
        (3, "S001", "completion holds the error #REF!"),
    ]


def test_a_header_that_repeats_a_name_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, Rows=[["prompt", "prompt"], ["a", "b"]])
    with pytest.raises(UsageError, match="the column 'prompt' twice"):
        seen(path)


@pytest.mark.parametrize(
    ("rows", "words"),
    [([], "the workbook is empty"), ([HEADER], "the workbook holds a header and no row")],
)
def test_a_workbook_without_rows_is_found(
    tmp_path: Path, rows: list[list[Any]], words: str
) -> None:
    assert seen(workbook(tmp_path, Rows=rows)) == [(None, "J009", words)]


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 and no more", b"a,b\n1,2\n"])
def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(raw)
    with pytest.raises(UsageError, match=r"book\.xlsx is not an Excel workbook"):
        seen(path)


def test_without_the_library_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path, Rows=[HEADER, ["Hi?", "Ho."]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(EnvironmentProblem, match=r"dataprep-tune\[excel\]"):
        seen(path)


def test_rows_of_a_workbook_are_findings_and_records_only(tmp_path: Path) -> None:
    path = workbook(tmp_path, Rows=[HEADER, ["Hi?", "Ho."]])
    assert all(isinstance(i, Record | Finding) for i in excel.rows(path, "book.xlsx"))
