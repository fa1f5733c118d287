"""The rows of a document are read strictly, one by one, wherever they stand in it."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.example import Record
from dataprep.finding import Finding, Severity
from dataprep.sources import Input, items, read
from dataprep.sources.lines import Lines

PAIRS = [{"prompt": "Hi?", "completion": "Ho."}, {"prompt": "Who?", "completion": "I."}]


def given(folder: Path, raw: bytes | str, name: str = "data.json") -> Input:
    path = folder / name
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return Input(path, name, "json")


def converted(folder: Path, raw: bytes | str) -> list[Record | Finding]:
    return list(read(given(folder, raw)))


def checked(folder: Path, raw: bytes | str) -> list[Record | Finding]:
    found = list(items(given(folder, raw)))
    assert not any(isinstance(item, Lines) for item in found)
    return [item for item in found if not isinstance(item, Lines)]


def rows(found: list[Record | Finding]) -> list[Any]:
    return [
        item.value
        if isinstance(item, Record)
        else (item.code, item.severity.value, item.place.line, item.place.path)
        for item in found
    ]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    "value",
    [
        PAIRS,
        {"train": PAIRS},
        {"version": 1, "data": PAIRS},
        {"rows": [{"row_idx": 0, "row": row, "truncated_cells": []} for row in PAIRS]},
        {"0": PAIRS[0], "1": PAIRS[1]},
        {"prompt": ["Hi?", "Who?"], "completion": ["Ho.", "I."]},
        {"prompt": {"0": "Hi?", "1": "Who?"}, "completion": {"0": "Ho.", "1": "I."}},
    ],
)
def test_the_same_rows_come_of_every_layout(tmp_path: Path, value: Any, indent: int | None) -> None:
    raw = json.dumps(value, indent=indent)
    assert rows(converted(tmp_path, raw)) == PAIRS
    assert rows(checked(tmp_path, raw)) == PAIRS
    assert rows(converted(tmp_path, gzip.compress(raw.encode()))) == PAIRS


@pytest.mark.parametrize("between", ["\n", "", ",\n", "\n\n", "\r"])
def test_objects_one_after_another_are_rows(tmp_path: Path, between: str) -> None:
    raw = between.join(json.dumps(row, indent=2) for row in PAIRS)
    assert rows(converted(tmp_path, raw)) == PAIRS


def test_a_row_has_the_line_the_index_and_the_byte_at_which_it_begins(tmp_path: Path) -> None:
    raw = '{"name": "é",\n "train": [\n  {"a": 1},\n  {"a": 2}]}'.encode()
    found = converted(tmp_path, raw)
    assert [(i.place.line, i.place.path) for i in found] == [(3, "[0]"), (4, "[1]")]
    assert [raw[i.offset :][:8] for i in found if isinstance(i, Record)] == [
        b'{"a": 1}',
        b'{"a": 2}',
    ]


@pytest.mark.parametrize(
    ("broken", "code", "line", "words"),
    [
        ('{"a": }', "J001", 3, "expecting value (row [1], byte 18)"),
        ('{"a": 1,\n "a": 2}', "J003", 4, 'the key "a" stands twice in one object'),
        ('{"a": NaN}', "J004", 3, "NaN is not a finite number"),
        ('{"a": "\\ud83d"}', "J007", 3, "holds half of a surrogate pair"),
        ("[1]", "J005", 3, "is not an object"),
    ],
)
def test_a_broken_row_in_the_middle_is_one_error_and_hides_no_other(
    tmp_path: Path, broken: str, code: str, line: int, words: str
) -> None:
    for found in (checked, converted):
        first, error, last = found(tmp_path, '[\n{"n": 0},\n' + broken + ',\n{"n": 2}\n]')
        assert isinstance(first, Record)
        assert isinstance(error, Finding)
        assert isinstance(last, Record)
        assert (error.code, error.place.line, error.place.path) == (code, line, "[1]")
        assert words in error.message
        assert (first.value, last.value, last.place.path) == ({"n": 0}, {"n": 2}, "[2]")


@pytest.mark.parametrize(
    ("raw", "index", "line", "words"),
    [
        ('[\n{"n": 0},\n{"n": 1', "[1]", 3, "byte 19"),
        ('[\n{"n": 0},\n{"n": "x},\n{"n": 2}]', "[1]", 3, "byte 22"),
        ('[\n{"n": 0},\n{"n": 1}', "[2]", 3, "byte 20"),
        ('[\n{"n": 0},\n{"n": [1},\n{"n": 2}]', "[1]", 3, "byte 20"),
        ('[{"n": 0}] and more', "[1]", 1, "byte 11"),
    ],
)
def test_a_document_whose_brackets_do_not_close_is_one_error_and_no_row(
    tmp_path: Path, raw: str, index: str, line: int, words: str
) -> None:
    for found in (checked, converted):
        (error,) = found(tmp_path, raw)
        assert isinstance(error, Finding)
        assert (error.code, error.place.path, error.place.line) == ("J001", index, line)
        assert words in error.message
        assert error.remedy == "The file is cut off or damaged: export again."


def test_rows_under_two_keys_are_refused_with_both_and_the_command_that_takes_one(
    tmp_path: Path,
) -> None:
    for found in (checked, converted):
        (error,) = found(tmp_path, json.dumps({"train": PAIRS, "test": PAIRS[:1]}))
        assert isinstance(error, Finding)
        assert error.code == "J005"
        assert error.message == "rows stand under 2 keys of one object: 'train' (2) and 'test' (1)"
        assert error.remedy == "Take one of them: jq -c '.[\"train\"][]' IN > OUT.jsonl"


def test_tasks_of_an_export_inside_an_object_are_named_with_the_way_out(tmp_path: Path) -> None:
    task = {"id": 1, "data": {"text": "a"}, "annotations": [{"result": []}]}
    (error,) = converted(tmp_path, json.dumps({"tasks": [task], "project": 7}))
    assert isinstance(error, Finding)
    assert error.message == (
        "tasks of Label Studio stand inside of one object, as the rows under 'tasks' of one JSON "
        "object; left out: project"
    )
    assert error.remedy == "Take them out: jq '.[\"tasks\"]' IN > OUT.json"


def test_what_the_viewer_has_cut_off_is_not_learned(tmp_path: Path) -> None:
    cut = {"row_idx": 1, "row": {"prompt": "Hi?"}, "truncated_cells": ["completion"]}
    whole = {"row_idx": 0, "row": PAIRS[0], "truncated_cells": []}
    row, error = converted(tmp_path, json.dumps({"rows": [whole, cut]}))
    assert isinstance(row, Record)
    assert isinstance(error, Finding)
    assert (error.code, error.message) == ("S001", "the viewer has cut off completion")


def test_a_comma_behind_the_last_row_is_an_error_of_check_and_read_by_convert(
    tmp_path: Path,
) -> None:
    raw = "[\n" + ",\n".join(map(json.dumps, PAIRS)) + ",\n]"
    assert rows(checked(tmp_path, raw)) == [("J015", "error", None, ""), *PAIRS]
    assert rows(converted(tmp_path, raw)) == [("J015", "info", None, ""), *PAIRS]


def test_a_comma_that_is_missing_between_rows_is_for_somebody_to_put(tmp_path: Path) -> None:
    raw = "[\n" + "\n".join(map(json.dumps, PAIRS)) + "\n]"
    assert rows(checked(tmp_path, raw)) == [("J016", "error", None, ""), *PAIRS]
    assert rows(converted(tmp_path, raw)) == [("J016", "error", None, "")]


def test_a_list_that_python_printed_is_one_cause_and_its_rows(tmp_path: Path) -> None:
    raw = str([{**row, "id": None} for row in PAIRS])
    wanted = [{**row, "id": None} for row in PAIRS]
    assert rows(checked(tmp_path, raw)) == [*wanted, ("J014", "error", 1, "")]
    assert rows(converted(tmp_path, raw)) == [*wanted, ("J014", "info", 1, "")]
    found = checked(tmp_path, raw)[-1]
    assert isinstance(found, Finding)
    assert found.message == "2 rows are Python dicts, not JSON"


def test_a_comma_that_one_row_lacks_between_two_keys_is_named(tmp_path: Path) -> None:
    raw = '[{"prompt": "Hi?"\n "completion": "Ho."}, {"prompt": "Who?", "completion": "I."}]'
    assert rows(checked(tmp_path, raw)) == [*PAIRS, ("J016", "error", 1, "")]
    assert rows(converted(tmp_path, raw)) == [("J016", "error", 1, "[0]"), PAIRS[1]]


def test_a_document_in_utf_16_is_read_by_convert_and_an_error_of_check(tmp_path: Path) -> None:
    raw = json.dumps(PAIRS).encode("utf-16")
    assert rows(checked(tmp_path, raw)) == [("J002", "error", 1, ""), *PAIRS]
    assert rows(converted(tmp_path, raw)) == [("J002", "info", 1, ""), *PAIRS]
    (broken,) = converted(tmp_path, b"\xff\xfe" + b"\x00\xd8" * 3)
    assert isinstance(broken, Finding)
    assert (broken.code, broken.severity) == ("J002", Severity.ERROR)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "J009"),
        (b" \n", "J009"),
        (b"[]", "J009"),
        (b"<!DOCTYPE html><p>", "J010"),
        (b'"words"', "J005"),
        (b"just words", "J001"),
        (gzip.compress(b'[{"a": 1}]', mtime=0)[:-9], "J011"),
    ],
)
def test_what_holds_no_row_is_one_finding(tmp_path: Path, raw: bytes, code: str) -> None:
    for found in (checked, converted):
        (finding,) = found(tmp_path, raw)
        assert isinstance(finding, Finding)
        assert finding.code == code


def test_a_key_that_stands_twice_in_a_wrapper_or_in_columns_is_an_error(tmp_path: Path) -> None:
    for raw in ('{"train": [{"a": 1}], "train": [{"a": 2}]}', '{"a": ["b"], "a": ["c"]}'):
        (error,) = converted(tmp_path, raw)
        assert isinstance(error, Finding)
        assert error.code == "J003"
