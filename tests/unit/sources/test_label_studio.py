"""An export is split into tasks without being read whole; what is wrong is named in its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.annotation import Task
from dataprep.example import Record
from dataprep.finding import EnvironmentProblem, Finding
from dataprep.sources import label_studio
from tests.building import annotated, choices, json_values, of_task, texts

TWO = [of_task("One", annotated(choices("Positive"))), of_task("Two", id=2)]


def read(path: Path, raw: bytes | str) -> list[Record | Finding]:
    path = path / "export.json"
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return list(label_studio.read(path, "export.json"))


def only(path: Path, raw: bytes | str) -> tuple[str, str]:
    """Code and words of the one thing that was read, which is a finding."""
    (item,) = read(path, raw)
    assert isinstance(item, Finding), item
    return item.code, f"{item.place}: {item.message}"


def texts_of(items: list[Record | Finding]) -> list[Any]:
    return [item.value.data["text"] if isinstance(item, Record) else item.code for item in items]


def test_tasks_come_in_the_order_of_the_file_with_their_ids_and_offsets(tmp_path: Path) -> None:
    raw = json.dumps(TWO).encode()
    items = read(tmp_path, raw)
    assert texts_of(items) == ["One", "Two"]
    for item in items:
        assert isinstance(item, Record)
        assert isinstance(item.value, Task)
        assert raw[item.offset :].startswith(b'{"id": ' + str(item.place.task).encode())
    assert [str(item.place) for item in items] == ["export.json task 1", "export.json task 2"]


def test_equal_tasks_have_offsets_of_their_own(tmp_path: Path) -> None:
    items = read(tmp_path, b'[{"data": {}} ,\n {"data": {}},{"data": {}}]')
    assert [item.offset for item in items if isinstance(item, Record)] == [1, 17, 30]
    assert [item.place.task for item in items] == [0, 1, 2]


@pytest.mark.parametrize("dumped", [{"indent": 2}, {"separators": (",", ":")}, {}])
def test_every_way_of_writing_json_is_read(tmp_path: Path, dumped: dict[str, Any]) -> None:
    assert texts_of(read(tmp_path, json.dumps(TWO, **dumped) + "\n")) == ["One", "Two"]


def test_a_broken_task_does_not_hide_the_others(tmp_path: Path) -> None:
    raw = '[{"data": {"text": "a"}}, {"data": {"text": 1, "text": 2}}, {"data": {"text": "b"}}]'
    assert texts_of(read(tmp_path, raw)) == ["a", "J003", "b"]


def test_a_finding_names_line_column_and_index(tmp_path: Path) -> None:
    raw = '[\n  {"data": {}},\n  {"data": {\n    "n": 1e400}}\n]'
    _, broken = read(tmp_path, raw)
    assert (broken.place.line, broken.place.column, broken.place.path) == (4, 10, "[1]")


def test_a_column_counts_characters_from_the_start_of_its_line(tmp_path: Path) -> None:
    first = '{"data": {"text": "é😀"}}'
    _, broken = read(tmp_path, f'[{first}, {{"data": {{"n": 1e400}}}}]')
    assert (broken.place.line, broken.place.column) == (1, 1 + len(first) + 2 + 15 + 1)
    _, broken = read(tmp_path, f'[{first},\n   {{"data": {{"n": 1e400}}}}]')
    assert (broken.place.line, broken.place.column) == (2, 3 + 15 + 1)


def test_a_finding_without_a_column_stands_at_the_start_of_its_task(tmp_path: Path) -> None:
    _, broken, _, again = read(
        tmp_path, '[{"data": {}},\n  {"data": 7},\n{"data": {}},\n    {"data": 8}]'
    )
    assert (broken.place.line, broken.place.column) == (2, 3)
    assert (again.place.line, again.place.column) == (4, 5)


def test_what_is_no_task_says_which_export_is_meant(tmp_path: Path) -> None:
    (item,) = read(tmp_path, '[{"id": 1, "text": "Fine.", "sentiment": "Positive"}]')
    assert isinstance(item, Finding)
    assert (item.code, item.message) == ("S001", "has no 'data', so it is no task of an export")
    assert item.remedy == "Export the project again, as JSON (not as JSON_MIN or CSV)."


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    assert only(tmp_path, b"") == ("J009", "export.json: is empty")


def test_an_export_without_tasks_is_named(tmp_path: Path) -> None:
    assert only(tmp_path, b"[]") == ("J009", "export.json: holds no task")
    assert only(tmp_path, b" [ \n ] ") == ("J009", "export.json: holds no task")


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><body>404</body></html>",
        "\n \n<html>",
        "\n" * 200 + "<?xml version='1.0'?>",
        "\ufeff<html>",
    ],
)
def test_an_error_page_saved_as_json_is_named(tmp_path: Path, page: str) -> None:
    *_, item = read(tmp_path, page)
    assert isinstance(item, Finding)
    assert (item.code, item.message) == ("J010", "is an HTML or XML page, not an export")


def test_a_truncated_export_is_named_where_it_ends_and_yields_no_task(tmp_path: Path) -> None:
    raw = json.dumps(TWO)
    code, said = only(tmp_path, raw[:-20])
    assert code == "J001"
    assert said.startswith("export.json:1:")
    (item,) = read(tmp_path, raw[:-20])
    assert isinstance(item, Finding)
    assert item.remedy == "The file is cut off or damaged: export again."


def test_an_export_cut_off_at_any_byte_is_one_error(tmp_path: Path) -> None:
    raw = '[{"data": {"text": "é😀\\n"}}, {"id": 2, "data": {}}]'.encode()
    for end in range(1, len(raw)):
        *_, item = read(tmp_path, raw[:end])
        assert isinstance(item, Finding), end
        assert item.code in ("J001", "J002"), end


def test_an_object_is_no_list_of_tasks(tmp_path: Path) -> None:
    assert only(tmp_path, b'{"detail": "Not found."}') == (
        "J005",
        "export.json: is an object, where an export is a list of tasks",
    )
    assert only(tmp_path, b'"text"')[1] == (
        "export.json: is not a list, where an export is a list of tasks"
    )


@pytest.mark.parametrize("item", ["5", "null", '"text"', "[]"])
def test_an_item_that_is_no_object_is_named(tmp_path: Path, item: str) -> None:
    assert only(tmp_path, f"[ {item} ]") == ("J005", "export.json:1:3: is not an object")


def test_text_after_the_list_is_named(tmp_path: Path) -> None:
    assert only(tmp_path, b"[] []")[0] == "J001"


def test_a_byte_order_mark_is_a_warning_and_the_tasks_are_read(tmp_path: Path) -> None:
    raw = b"\xef\xbb\xbf" + json.dumps(TWO).encode()
    items = read(tmp_path, raw)
    assert texts_of(items) == ["J006", "One", "Two"]
    assert [raw[i.offset : i.offset + 1] for i in items if isinstance(i, Record)] == [b"{", b"{"]


def test_utf_16_is_named(tmp_path: Path) -> None:
    code, said = only(tmp_path, json.dumps(TWO).encode("utf-16"))
    assert (code, said) == ("J002", "export.json:1: the file is UTF-16, not UTF-8")


def test_a_truncated_file_of_any_size_is_named_where_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_studio, "_EXPLAINED", 10)
    assert only(tmp_path, '[{"data": {}},\n{"data": {"a":') == (
        "J001",
        "export.json:2: is not valid JSON from here on",
    )
    assert only(tmp_path, '[{"data": {}},\n{"data": nil}') == (
        "J001",
        "export.json:2: is not valid JSON from here on",
    )


def test_bytes_that_are_not_utf_8_are_named(tmp_path: Path) -> None:
    items = read(tmp_path, b'[{"data": {"text": "a"}}, {"data": {"text": "\xff"}}]')
    assert texts_of(items) == ["a", "J002"]


def test_a_file_that_may_not_be_read_is_a_problem_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "export.json"
    path.write_text("[]")

    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(EnvironmentProblem, match=r"export\.json may not be read"):
        list(label_studio.read(path, "export.json"))


def test_many_findings_in_one_long_line_cost_no_more_than_the_file(tmp_path: Path) -> None:
    # Counting lines from the start for each of them would take minutes here.
    items = read(tmp_path, "[" + ",".join(['{"data": 7, "x": "' + "é" * 500 + '"}'] * 20_000) + "]")
    assert len(items) == 20_000
    assert items[-1].place.column == 2 + 19_999 * (len('{"data": 7, "x": ""}') + 500 + 1)


tasks = st.lists(
    st.builds(lambda data: {"data": data}, st.dictionaries(texts, json_values, max_size=3)),
    min_size=1,
    max_size=4,
)


@given(tasks, st.sampled_from([None, 1]))
@settings(deadline=None)
def test_every_list_of_tasks_is_read_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, tasks: list[Any], indent: int | None
) -> None:
    items = read(tmp_path_factory.getbasetemp(), json.dumps(tasks, indent=indent))
    assert [i.value.data if isinstance(i, Record) else i for i in items] == [
        json.loads(json.dumps(t["data"])) for t in tasks
    ]
