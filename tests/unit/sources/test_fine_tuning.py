"""JSONL is read strictly, and one broken line never hides the others."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.example import Record
from dataprep.finding import EnvironmentProblem, Finding, Severity, UsageError
from dataprep.sources import fine_tuning, lines, opening

PAIR = b'{"prompt": "Capital of Kenya?", "completion": "Nairobi"}'


def read(tmp_path: Path, raw: bytes, name: str = "train.jsonl") -> list[Record | Finding]:
    path = tmp_path / "any"
    path.write_bytes(raw)
    return list(fine_tuning.read(path, name))


def seen(items: list[Record | Finding]) -> list[Any]:
    """Values of records and (code, line, column) of findings."""
    return [
        i.value if isinstance(i, Record) else (i.code, i.place.line, i.place.column) for i in items
    ]


def test_rows_come_in_order_with_line_and_byte_offset(tmp_path: Path) -> None:
    first, second = read(tmp_path, '{"a": "é"}\n{"a": 2}\n'.encode())
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert (first.value, first.place.line, first.offset) == ({"a": "é"}, 1, 0)
    assert (second.value, second.place.line, second.offset) == ({"a": 2}, 2, 12)
    assert second.place.file == "train.jsonl"


def test_a_last_line_without_newline_is_a_row(tmp_path: Path) -> None:
    assert seen(read(tmp_path, b'{"a": 1}\n{"a": 2}')) == [{"a": 1}, {"a": 2}]


def test_crlf_line_ends_are_read(tmp_path: Path) -> None:
    assert seen(read(tmp_path, b'{"a": 1}\r\n{"a": 2}\r\n')) == [{"a": 1}, {"a": 2}]


def test_a_line_separator_inside_a_string_does_not_end_the_line(tmp_path: Path) -> None:
    assert seen(read(tmp_path, '{"a": "x\u2028y\x85"}\n'.encode())) == [{"a": "x\u2028y\x85"}]


def test_a_blank_line_is_found_and_named(tmp_path: Path) -> None:
    items = read(tmp_path, b'{"a": 1}\n\n \t\r\n{"a": 2}\n')
    assert seen(items) == [{"a": 1}, ("J005", 2, None), ("J005", 3, None), {"a": 2}]


def test_blank_lines_at_the_beginning_are_found_before_the_first_row(tmp_path: Path) -> None:
    assert seen(read(tmp_path, b'\n\n{"a": 1}\n')) == [
        ("J005", 1, None),
        ("J005", 2, None),
        {"a": 1},
    ]


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        (b'{"a": 1', "J001", 8),
        (b'{"a": "caf\xe9"}', "J002", 11),
        (b'{"a": 1, "a": 2}', "J003", 10),
        (b'{"a": NaN}', "J004", 7),
        (b'["a"]', "J005", None),
        (b'"a"', "J005", None),
        (b"null", "J005", None),
        (b'{"a": "\\ud83d"}', "J007", 7),
    ],
)
def test_a_broken_line_is_named_and_the_others_are_read(
    tmp_path: Path, line: bytes, code: str, column: int | None
) -> None:
    items = read(tmp_path, PAIR + b"\n" + line + b"\n" + PAIR + b"\n")
    pair = {"prompt": "Capital of Kenya?", "completion": "Nairobi"}
    assert seen(items) == [pair, (code, 2, column), pair]


def test_a_byte_order_mark_is_a_warning_and_the_line_is_read_without_it(tmp_path: Path) -> None:
    mark, row = read(tmp_path, b"\xef\xbb\xbf" + PAIR + b"\n")
    assert isinstance(mark, Finding)
    assert (mark.code, mark.severity) == ("J006", Severity.WARNING)
    assert isinstance(row, Record)
    assert row.value["completion"] == "Nairobi"


@pytest.mark.parametrize("raw", [b"", b"\n", b" \r\n\t\n", b"\xef\xbb\xbf"])
def test_a_file_without_rows_is_found_empty(tmp_path: Path, raw: bytes) -> None:
    assert ("J009", None, None) in seen(read(tmp_path, raw))
    assert not any(isinstance(item, Record) for item in read(tmp_path, raw))


@pytest.mark.parametrize("start", [b"<!DOCTYPE html>", b"\n  <HTML>", b'<?xml version="1.0"?>'])
def test_an_html_page_is_one_finding_not_one_a_line(tmp_path: Path, start: bytes) -> None:
    assert seen(read(tmp_path, start + b"\n<title>Not found</title>\n")) == [("J010", 1, None)]


def test_a_gzipped_file_is_read_as_it_stands(tmp_path: Path) -> None:
    assert seen(read(tmp_path, gzip.compress(b'{"a": 1}\n{"a": 2}\n'))) == [{"a": 1}, {"a": 2}]


def test_a_gzip_stream_that_breaks_off_is_found(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(b'{"a": %d}\n' % n for n in range(1000)))
    items = read(tmp_path, whole[:-12])
    assert items
    assert isinstance(items[-1], Finding)
    assert (items[-1].code, items[-1].place.line) == ("J011", len(items) - 1)
    assert items[-1].message == "the gzip stream breaks off after this line"


def test_a_line_longer_than_the_limit_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MAX_LINE", 100)
    long = b'{"a": "' + b"x" * 5000 + b'"}\n'
    items = read(tmp_path, b'{"a": 1}\n' + long + b'{"a": 2}\n')
    assert seen(items) == [{"a": 1}, ("J012", 2, None), {"a": 2}]
    assert isinstance(items[1], Finding)
    assert items[1].message == "is 5,009 bytes long, more than 100"
    assert isinstance(items[2], Record)
    assert items[2].offset == 9 + 5010


@pytest.mark.parametrize("start", [b"", b"[", b'{"a": "', b'{"a": 1}\n{"a": "', b"\x00"])
def test_a_line_longer_than_the_limit_needs_no_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(lines, "MAX_LINE", 100)
    items = read(tmp_path, start + b"x" * 5_000)
    assert [item.code for item in items if isinstance(item, Finding)] == ["J012"]


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"train\.jsonl cannot be read: no such file"):
        list(fine_tuning.read(tmp_path / "none", "train.jsonl"))


def test_a_file_that_may_not_be_read_is_an_environment_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(EnvironmentProblem), opening.opened(tmp_path / "x", "x"):
        pass


PARTS = [b'{"a":1}', b"\n", b"\r", b"{", b'"', b"\x1f\x8b", b"\xef\xbb\xbf", b"[", b"NaN"]
PARTS += [b"\\ud800", b"\x00", b"\xff", b"1e999", b"<html", b"9" * 5000, b"[" * 100]


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=300)
    | st.lists(st.sampled_from(PARTS), max_size=20).map(b"".join)
    | st.binary(max_size=60).map(lambda b: gzip.compress(b, mtime=0)[:-3])
)
def test_no_bytes_make_the_reader_raise(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.jsonl"
    path.write_bytes(raw)
    items = list(fine_tuning.read(path, "fuzz.jsonl"))
    assert items
    assert all(isinstance(item, Record | Finding) for item in items)
