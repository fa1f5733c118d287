"""Tables become rows with the lines they stand on; nothing is guessed or filled in."""

import datetime as dt
import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dataprep.example import Record
from dataprep.finding import Finding, UsageError
from dataprep.sources import parquet, tables


def read(tmp_path: Path, raw: bytes, suffix: str = ".csv") -> list[Record | Finding]:
    path = tmp_path / f"table{suffix}"
    path.write_bytes(raw)
    return list(tables.read(path, f"table{suffix}"))


def seen(items: list[Record | Finding]) -> list[Any]:
    return [
        (i.place.line, i.value) if isinstance(i, Record) else (i.code, i.place.line) for i in items
    ]


def test_rows_are_objects_of_text(tmp_path: Path) -> None:
    items = read(tmp_path, b"q,a\n2 + 2?,4\nName?,\n")
    assert seen(items) == [(2, {"q": "2 + 2?", "a": "4"}), (3, {"q": "Name?", "a": ""})]


def test_a_cell_of_many_lines_moves_the_lines_and_offsets_of_the_rows_after_it(
    tmp_path: Path,
) -> None:
    raw = b'q,a\n"one\r\ntwo\nthree",x\nlast,y\n'
    items = read(tmp_path, raw)
    assert seen(items) == [(2, {"q": "one\r\ntwo\nthree", "a": "x"}), (5, {"q": "last", "a": "y"})]
    assert [i.offset for i in items if isinstance(i, Record)] == [4, 23]
    assert raw[23:].startswith(b"last")


def test_a_row_with_too_many_or_too_few_cells_is_found_on_its_line(tmp_path: Path) -> None:
    items = read(tmp_path, b'q,a\n"x\ny",1\n1,2,3\nalone\nok,4\n')
    assert seen(items) == [
        (2, {"q": "x\ny", "a": "1"}),
        ("S001", 4),
        ("S001", 5),
        (6, {"q": "ok", "a": "4"}),
    ]
    assert isinstance(items[1], Finding)
    assert items[1].message == "has 3 cells, and the header has 2 columns"


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    assert seen(read(tmp_path, b"q,a\n\n1,2\n\n")) == [(3, {"q": "1", "a": "2"})]


def test_tabs_divide_a_tsv(tmp_path: Path) -> None:
    assert seen(read(tmp_path, b"q\ta\n1,5\t2\n", ".tsv")) == [(2, {"q": "1,5", "a": "2"})]


def test_the_format_that_is_said_beats_the_suffix(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_bytes(b"q\ta\n1\t2\n")
    assert seen(list(tables.read(path, "t", "tsv"))) == [(2, {"q": "1", "a": "2"})]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"q,q\n1,2\n", "has the column 'q' twice"),
        (b"q,\n1,2\n", "column 2 of the header has no name"),
        (b"q;a\n1;2\n", "are the cells divided by ';'?"),
        (b"q,a\r1,2\r", "bare CR"),
    ],
)
def test_a_header_that_cannot_be_used_is_an_error(tmp_path: Path, raw: bytes, words: str) -> None:
    with pytest.raises(UsageError) as error:
        read(tmp_path, raw)
    assert words in str(error.value)
    assert "table.csv:1" in str(error.value)


def test_a_mark_that_is_said_and_divides_nothing_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"q;a\n1;2\n")
    with pytest.raises(UsageError, match=r"are the cells divided by \';\'\?"):
        [*tables.read(path, "table.csv", mark="|")]
    path.write_bytes(b"q, and why\n1\n")
    assert seen([*tables.read(path, "table.csv", "tsv")]) == [(2, {"q, and why": "1"})]


def test_a_row_that_is_not_utf_8_is_found_with_its_line_and_column(tmp_path: Path) -> None:
    items = read(tmp_path, b"q,a\n1,2\ncaf\xe9,3\n4,5\n")
    assert seen(items) == [
        (2, {"q": "1", "a": "2"}),
        ("J002", 3),
        (4, {"q": "4", "a": "5"}),
    ]
    assert isinstance(items[1], Finding)
    assert items[1].place.column == 4


def test_a_byte_order_mark_is_a_warning_and_no_part_of_the_first_name(tmp_path: Path) -> None:
    items = read(tmp_path, b"\xef\xbb\xbfq,a\n1,2\n")
    assert seen(items) == [("J006", None), (2, {"q": "1", "a": "2"})]


def test_text_after_a_closing_quote_is_found_and_the_next_row_is_read(tmp_path: Path) -> None:
    items = read(tmp_path, b'q,a\n"x"y,1\n2,3\n')
    assert seen(items) == [("S001", 2), (3, {"q": "2", "a": "3"})]


def test_a_quote_that_is_never_closed_is_found_where_it_opens(tmp_path: Path) -> None:
    assert seen(read(tmp_path, b'q,a\n1,2\n"open,3\n4,5\n')) == [
        (2, {"q": "1", "a": "2"}),
        ("S001", 3),
    ]


def test_a_cell_of_a_million_characters_is_read(tmp_path: Path) -> None:
    ((line, row),) = seen(read(tmp_path, b"q,a\n" + b"x" * 1_000_000 + b",1\n"))
    assert (line, len(row["q"])) == (2, 1_000_000)


@pytest.mark.parametrize("raw", [b"", b"q,a\n", b"\n\n"])
def test_a_table_without_rows_is_found_empty(tmp_path: Path, raw: bytes) -> None:
    assert seen(read(tmp_path, raw)) == [("J009", None)]


def test_an_html_page_under_the_name_of_a_table_is_found(tmp_path: Path) -> None:
    assert seen(read(tmp_path, b"<!doctype html>\n<p>no</p>\n")) == [("J010", 1)]


def test_a_gzipped_table_is_read_as_what_it_holds(tmp_path: Path) -> None:
    packed = gzip.compress(b"q,a\n1,2\n3,4\n")
    assert seen(read(tmp_path, packed, ".csv.gz")) == [
        (2, {"q": "1", "a": "2"}),
        (3, {"q": "3", "a": "4"}),
    ]
    assert seen(read(tmp_path, packed[:-9], ".csv.gz"))[-1] == ("J011", None)


def test_the_index_of_pandas_is_a_column_under_the_empty_name(tmp_path: Path) -> None:
    assert seen(read(tmp_path, b",q,a\n0,Hi?,Ho\n1,Who?,You\n")) == [
        (2, {"": "0", "q": "Hi?", "a": "Ho"}),
        (3, {"": "1", "q": "Who?", "a": "You"}),
    ]
    assert seen(read(tmp_path, b'"","q"\n"1","a"\n')) == [(2, {"": "1", "q": "a"})]
    assert seen(read(tmp_path, b"Unnamed: 0,q\n0,a\n")) == [(2, {"Unnamed: 0": "0", "q": "a"})]


def test_two_columns_without_a_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="column 2 of the header has no name"):
        read(tmp_path, b",,q\n1,2,3\n")


def test_parquet_values_become_json_values(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame(
        {
            "text": ["a", None],
            "n": [1, 2],
            "day": [dt.date(2026, 11, 22), None],
            "at": [dt.datetime(2026, 11, 22, 10, 30), None],  # noqa: DTZ001
            "price": pl.Series([Decimal("1.10"), None], dtype=pl.Decimal(10, 2)),
            "tags": [["x", "y"], []],
            "who": [{"name": "Ada"}, {"name": None}],
            "raw": [b"\x00\xff", None],
            "kind": pl.Series(["k", None], dtype=pl.Categorical),
        }
    ).write_parquet(path)
    first, second = list(tables.read(path, "t.parquet"))
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert first.value == {
        "text": "a",
        "n": 1,
        "day": "2026-11-22",
        "at": "2026-11-22T10:30:00",
        "price": "1.10",
        "tags": ["x", "y"],
        "who": {"name": "Ada"},
        "raw": "AP8=",
        "kind": "k",
    }
    assert second.place.line == 2
    assert second.value["text"] is None


def test_a_parquet_row_with_nan_is_found_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"x": [1.0, float("nan"), 2.5]}).write_parquet(path)
    assert seen(list(tables.read(path, "t"))) == [(1, {"x": 1.0}), ("J004", 2), (3, {"x": 2.5})]


def test_parquet_is_read_in_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "SLICE", 3)
    path = tmp_path / "t[1].parquet"
    pl.DataFrame({"n": list(range(8))}).write_parquet(path, row_group_size=5)
    assert seen(list(tables.read(path, "t"))) == [(n + 1, {"n": n}) for n in range(8)]


def test_an_empty_parquet_table_is_found_empty(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"n": []}).write_parquet(path)
    assert seen(list(tables.read(path, "t"))) == [("J009", None)]


def test_a_damaged_parquet_file_is_a_usage_error(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"n": list(range(1000)), "t": ["text"] * 1000}).write_parquet(path)
    whole = path.read_bytes()
    for cut in (whole[:50], whole[: len(whole) // 2], b"PAR1" + b"\x00" * 40 + b"PAR1"):
        path.write_bytes(cut)
        with pytest.raises(UsageError, match="t cannot be read as Parquet"):
            list(tables.read(path, "t"))


def test_no_flipped_byte_of_a_parquet_file_ends_in_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"n": list(range(100)), "t": ["text"] * 100}).write_parquet(path)
    whole = path.read_bytes()
    for at in range(0, len(whole), max(len(whole) // 60, 1)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            list(tables.read(path, "t", "parquet"))
        except UsageError as error:
            assert "t cannot be read as Parquet" in str(error)
