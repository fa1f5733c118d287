"""What lies under the name of JSONL and is none is one cause, and its rows are read."""

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dataprep.example import Record
from dataprep.finding import Finding
from dataprep.sources import Input, items, parts, read
from dataprep.sources.jsonl_form import JsonlForm, form_of
from dataprep.sources.lines import Lines

PAIRS = [
    {"prompt": "Capital of Kenya?", "completion": "Nairobi"},
    {"prompt": "Capital of Peru?", "completion": "Lima"},
    {"prompt": "Capital of Chad?", "completion": "N'Djamena"},
]
CELLS = "\n".join('"' + json.dumps(row).replace('"', '""') + '"' for row in PAIRS)


def given(folder: Path, raw: bytes | str, name: str = "t.jsonl") -> Input:
    path = folder / name
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return Input(path, name, "jsonl")


def seen(item: Record | Finding) -> Any:
    return (
        item.value if isinstance(item, Record) else (item.code, item.severity.value, item.message)
    )


def converted(folder: Path, raw: bytes | str) -> list[Any]:
    return [seen(item) for item in read(given(folder, raw))]


def checked(folder: Path, raw: bytes | str) -> list[Any]:
    found = []
    for item in items(given(folder, raw)):
        if isinstance(item, Lines):
            assert all(isinstance(r, Record) for r in map(item.read, range(len(item.raws))))
            found += [seen(item.read(index)) for index in range(len(item.raws))]
        else:
            found.append(seen(item))
    return found


def lined(rows: Any, end: str = "\n") -> str:
    return "".join(json.dumps(row) + end for row in rows)


CAUSES = {
    "indented": (
        "\n".join(json.dumps(row, indent=2) for row in PAIRS),
        "J013",
        "3 rows stand over 12 lines: objects that are indented, or not divided by line ends",
    ),
    "on one line": (
        "".join(map(json.dumps, PAIRS)),
        "J013",
        "3 rows stand on one line: objects that are indented, or not divided by line ends",
    ),
    "CR alone": (
        "\r".join(map(json.dumps, PAIRS)),
        "J013",
        "3 rows stand on one line: objects that are indented, or not divided by line ends",
    ),
    "an indented list": (
        json.dumps(PAIRS, indent=2),
        "J013",
        "3 rows stand over 14 lines, as one JSON list of rows",
    ),
    "a list on one line": (
        json.dumps(PAIRS),
        "J013",
        "3 rows stand on one line, as one JSON list of rows",
    ),
    "a wrapper": (
        json.dumps({"train": PAIRS}),
        "J013",
        "3 rows stand on one line, as the rows under 'train' of one JSON object",
    ),
    "columns": (
        json.dumps({key: [row[key] for row in PAIRS] for key in PAIRS[0]}),
        "J013",
        "3 rows stand on one line, as one JSON object of columns",
    ),
    "a list with a row a line": (
        "[\n" + ",\n".join(map(json.dumps, PAIRS)) + "\n]\n",
        "J015",
        "3 rows stand one a line in a JSON list, with commas between them",
    ),
    "commas": (lined(PAIRS, ",\n"), "J015", "3 lines end with a comma"),
    "Python": ("\n".join(map(repr, PAIRS)), "J014", "3 lines are Python dicts, not JSON"),
    "a table": (
        "prompt,completion\n" + "".join(f"{r['prompt']},{r['completion']}\n" for r in PAIRS),
        "J017",
        "the file is a table (CSV), not JSONL",
    ),
    "tabs": (
        "prompt\tcompletion\n" + "".join(f"{r['prompt']}\t{r['completion']}\n" for r in PAIRS),
        "J017",
        "the file is a table (CSV), not JSONL",
    ),
    "semicolons": (
        "prompt;completion\n" + "".join(f"{r['prompt']};{r['completion']}\n" for r in PAIRS),
        "J017",
        "the file is a table (CSV), not JSONL",
    ),
    "cells": (
        CELLS,
        "J017",
        "the rows are JSON that was quoted as the cells of a table (CSV)",
    ),
    "cells below a header": (
        "row\n" + CELLS + "\n",
        "J017",
        "the rows are JSON that was quoted as the cells of a table (CSV)",
    ),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(("raw", "code", "words"), CAUSES.values(), ids=list(CAUSES))
def test_a_cause_is_one_error_of_check_and_convert_reads_the_rows(
    tmp_path: Path, raw: str, code: str, words: str, packed: bool
) -> None:
    content = gzip.compress(raw.encode()) if packed else raw.encode()
    for found, severity in ((checked, "error"), (converted, "info")):
        told = found(tmp_path, content)
        assert [item for item in told if isinstance(item, dict)] == PAIRS
        assert [item for item in told if isinstance(item, tuple)] == [(code, severity, words)]


@pytest.mark.parametrize(("raw", "code", "words"), CAUSES.values(), ids=list(CAUSES))
def test_a_cause_in_utf_16_is_two_causes(tmp_path: Path, raw: str, code: str, words: str) -> None:
    told = checked(tmp_path, raw.encode("utf-16"))
    assert [item for item in told if isinstance(item, dict)] == PAIRS
    assert {item[0] for item in told if isinstance(item, tuple)} == {"J002", code}


def test_utf_16_is_read_as_what_it_says(tmp_path: Path) -> None:
    raw = lined([{"a": "é 😀"}, {"a": "b"}]).encode("utf-16")
    rows = [{"a": "é 😀"}, {"a": "b"}]
    words = "the file is UTF-16, not UTF-8"
    assert checked(tmp_path, raw) == [("J002", "error", words), *rows]
    assert converted(tmp_path, raw) == [("J002", "info", words), *rows]


def test_convert_says_that_it_read_on_and_how_to_mend_the_file(tmp_path: Path) -> None:
    *_, note = read(given(tmp_path, lined(PAIRS, ",\n")))
    assert isinstance(note, Finding)
    assert note.remedy == "It was read all the same; to mend the file: dataprep check FILE --fix"


@pytest.mark.parametrize(
    ("raw", "what", "ending"),
    [
        (b"PK\x03\x04 xl/workbook.xml", "an Excel workbook", ".xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook of before 2007", ".xls"),
        (b"PAR1 and more", "a Parquet file", ".parquet"),
    ],
)
def test_a_table_that_is_no_text_is_named_with_its_right_name(
    tmp_path: Path, raw: bytes, what: str, ending: str
) -> None:
    for found in (read, items):
        (finding,) = found(given(tmp_path, raw))
        assert isinstance(finding, Finding)
        assert (finding.code, finding.severity) == ("J017", "error")
        assert finding.message == f"the file is {what}, not JSONL"
        assert finding.remedy == f"Rename it, and convert it: mv t.jsonl t{ending}"


def test_a_missing_comma_is_one_error_of_check_and_one_a_line_of_convert(tmp_path: Path) -> None:
    lines = [json.dumps(row) for row in PAIRS]
    lines[0] = lines[0].replace('", "comp', '" "comp')
    lines[2] = lines[2].replace('", "comp', '" "comp')
    raw = "\n".join(lines)
    assert checked(tmp_path, raw) == [
        *PAIRS,
        ("J016", "error", "2 lines lack a comma between two keys"),
    ]
    words = "lacks a comma between two keys"
    assert converted(tmp_path, raw) == [
        ("J016", "error", words),
        PAIRS[1],
        ("J016", "error", words),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        '{"prompt": "a", "completion": "b"\n' + lined(PAIRS),
        '{"prompt": "a", "completion": "b\n' + lined(PAIRS),
        "some words, and more words\n" + lined(PAIRS),
        "prompt,completion\n" + lined(PAIRS),
        '["a", "b"]\n' + lined(PAIRS),
        '[{"a": 1}]\n[{"a": 2}]\n',
        "\n\n" + lined(PAIRS),
        "[1, 2]",
        '{"rows": []}',
        '{"messages": [{"role": "user", "content": "Hi?"}]}',
    ],
)
def test_lines_stay_lines_where_the_first_is_broken_or_no_row(tmp_path: Path, raw: str) -> None:
    file = given(tmp_path, raw)
    assert form_of(file.path, file.name) is JsonlForm.LINES


def test_rows_of_a_file_with_one_odd_line_are_read_as_lines(tmp_path: Path) -> None:
    raw = lined(PAIRS[:1]) + repr(PAIRS[1]) + "\n" + json.dumps(PAIRS[2]) + ",\n"
    assert converted(tmp_path, raw) == [
        *PAIRS,
        ("J014", "info", "1 line is a Python dict, not JSON"),
        ("J015", "info", "1 line ends with a comma"),
    ]


def test_a_document_is_not_cut_into_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dataprep.sources.PART_SIZE", 100)
    assert parts(given(tmp_path, json.dumps(PAIRS * 20, indent=1))) == (None,)
    assert len(parts(given(tmp_path, lined(PAIRS * 20)))) > 3


def test_the_causes_of_lines_are_counted_part_by_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dataprep.sources.PART_SIZE", 200)
    file = given(tmp_path, lined(PAIRS * 4, ",\n"))
    found = [seen(item) for part in parts(file) for item in read(file, part)]
    assert [item for item in found if isinstance(item, dict)] == PAIRS * 4
    assert {item[0] for item in found if isinstance(item, tuple)} == {"J015"}


def test_a_workbook_that_is_zip_is_told_from_text(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
    file = given(tmp_path, stream.getvalue())
    assert form_of(file.path, file.name) is JsonlForm.EXCEL


def test_a_first_line_too_long_to_be_read_is_told_by_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dataprep.sources.jsonl_form.LONG", 20)
    wanted = {
        lined(PAIRS): JsonlForm.LINES,
        json.dumps(PAIRS[0]): JsonlForm.LINES,
        json.dumps(PAIRS): JsonlForm.DOCUMENT,
        json.dumps({"train": PAIRS}): JsonlForm.DOCUMENT,
        "".join(map(json.dumps, PAIRS)): JsonlForm.DOCUMENT,
        '{"prompt": "' + "x" * 40: JsonlForm.LINES,
    }
    for raw, form in wanted.items():
        file = given(tmp_path, raw)
        assert form_of(file.path, file.name) is form
