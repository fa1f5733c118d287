"""Columns by index are joined by their indexes, or refused with the column and the index."""

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.example import Record
from dataprep.finding import Finding
from dataprep.recipe import Source
from dataprep.sources import Input, files, items, read
from dataprep.sources.json_layout import layout_of


def refusal(folder: Path, raw: str, name: str = "table.json") -> Finding:
    """The one thing that check and convert say of a document, which is the same."""
    path = folder / name
    path.write_text(raw, "utf-8")
    (file,) = files(Source(path=str(path)), Path())
    (checked,), (converted,) = list(items(file)), list(read(file))
    assert isinstance(checked, Finding)
    assert isinstance(converted, Finding)
    assert checked.code == converted.code
    assert checked.message == converted.message
    return checked


@pytest.mark.parametrize("name", ["table.json", "table.jsonl"])
def test_columns_whose_indexes_come_in_another_order_are_not_paired_by_position(
    tmp_path: Path, name: str
) -> None:
    raw = '{"question":{"0":"Peru?","1":"Mali?"},"answer":{"1":"Bamako","0":"Lima"}}'
    said = refusal(tmp_path, raw, name)
    assert said.code == "J005"
    assert said.message == (
        "column 'answer' has its indexes in another order than 'question', from '1' on"
    )
    assert "keys_unsorted" in said.remedy


def test_a_column_that_lacks_an_index_is_named_with_it(tmp_path: Path) -> None:
    raw = '{"prompt":{"0":"a b","1":"c d"},"completion":{"0":"e f","2":"g h"}}'
    said = refusal(tmp_path, raw)
    assert said.code == "J005"
    assert said.message == "column 'completion' has no index '1', which column 'prompt' has"


@pytest.mark.parametrize(
    ("prompt", "completion", "lacking", "index"),
    [
        ({"0": "a", "1": "b"}, {"0": "c"}, "completion", "1"),
        ({"0": "a"}, {"0": "b", "1": "c"}, "prompt", "1"),
        ({"0": "a"}, {}, "completion", "0"),
    ],
)
def test_columns_of_unlike_length_are_no_row(
    tmp_path: Path, prompt: Any, completion: Any, lacking: str, index: str
) -> None:
    said = refusal(tmp_path, json.dumps({"prompt": prompt, "completion": completion}))
    assert said.message.startswith(f"column '{lacking}' has no index '{index}', which column ")


@pytest.mark.parametrize(
    "raw",
    [
        '{"question":{"0":"A?","0":"B?"},"answer":{"0":"x","7":"y"}}',
        '{"question":{"0":"A?","0":"B?"},"answer":{"0":"x","0":"y"}}',
        '{"question":{"0":"A?","1":"B?"},"answer":{"0":"x","0":"y"}}',
        '{"question":{"0":"A?","1":"B?"},"answer":{"0":"x","1":"y","0":"z"}}',
        '{"question":{"5":"A?","1":"B?","5":"C?"},"answer":{"5":"x","1":"y","5":"z"}}',
        '{"question":{"0":"A?","\\u0030":"B?"},"answer":{"0":"x","\\u0030":"y"}}',
    ],
)
def test_an_index_that_stands_twice_is_a_duplicate_key(tmp_path: Path, raw: str) -> None:
    said = refusal(tmp_path, raw)
    assert said.code == "J003"
    assert "stands twice in one object" in said.message


def test_indexes_in_one_order_are_joined_whatever_they_are_and_however_written(
    tmp_path: Path,
) -> None:
    path = tmp_path / "table.json"
    path.write_text(
        '{"prompt":{"7":"a","3":"b","x":"c"},"completion":{"\\u0037":"d","3":"e","x":"f"}}', "utf-8"
    )
    (file,) = files(Source(path=str(path)), Path())
    assert [item.value for item in read(file) if isinstance(item, Record)] == [
        {"prompt": "a", "completion": "d"},
        {"prompt": "b", "completion": "e"},
        {"prompt": "c", "completion": "f"},
    ]


def test_a_key_that_stands_twice_among_very_many_rows_is_found() -> None:
    rows = ",".join(f'"{n}":{{"prompt":"a","completion":"b"}}' for n in (*range(2_000), 7))
    layout = layout_of(b"{" + rows.encode() + b"}")
    assert layout.fault is not None
    assert layout.fault.code == "J003"


def test_a_comma_that_columns_lack_is_said(tmp_path: Path) -> None:
    raw = '{"prompt":["a" "b"],"completion":["c","d",]}'
    path = tmp_path / "table.json"
    path.write_text(raw, "utf-8")
    found = [i.code for i in items(Input(path, "table.json", "json")) if isinstance(i, Finding)]
    assert found == ["J015", "J016"]
