"""The types of the columns are told so that `datasets` gives back the rows as they were written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from dataprep.formats.plain_rows import (
    WeighedMessage,
    WrittenChat,
    WrittenMessage,
    WrittenPair,
)
from dataprep.targets import ColumnTypes, features_of, spelled_out

Rows = Sequence[dict[str, Any]]

ASK = {"role": "user", "content": "Does it rain?"}
ANSWER = {"role": "assistant", "content": "No."}
LEARNED = {"role": "assistant", "content": "12", "weight": 1}
SEEN = {"role": "user", "content": [{"type": "text", "text": "what?"}]}
TOOL = {"type": "function", "function": {"name": "rain", "parameters": {"city": {}}}}
CHAT = {"messages": [ASK, ANSWER]}

SPLITS: dict[str, tuple[Rows, Rows]] = {
    "a key of messages that only the test split has": ([CHAT], [{"messages": [ASK, LEARNED]}]),
    "a column that only the test split has": ([CHAT], [{**CHAT, "tools": [TOOL]}]),
    "parts of which the train split knows none": (
        [CHAT],
        [{"messages": [SEEN, {"role": "assistant", "content": "12"}]}],
    ),
    "lists that are empty in the train split": (
        [{"output": "a", "history": []}],
        [{"output": "b", "history": [["c", "d"]]}],
    ),
    "nothing but null in the train split": ([{"a": "x", "b": None}], [{"a": "y", "b": "z"}]),
    "texts that look like days": ([{"a": "2024-01-01"}], [{"a": "2024-01-02T03:04"}]),
    "texts that look like days in one split": (
        [{"a": "2024-01-01"}, {"a": "never"}],
        [{"a": "2024-01-01 10:00:00Z"}],
    ),
    "days inside objects, and what spells a number": (
        [{"a": [{"b": "2024-01-01", "c": "1"}]}],
        [{"a": [{"b": "7", "c": "x"}]}],
    ),
    "whole numbers and others": ([{"a": 1}], [{"a": 1.5}]),
    "objects without keys": ([{"a": {"b": 1}}], [{"a": {}}]),
}


def types_of(splits: dict[str, Rows]) -> ColumnTypes:
    types = ColumnTypes()
    for split, rows in splits.items():
        for row in rows:
            types.add(split, row)
    return types


@pytest.mark.parametrize("what", SPLITS)
def test_datasets_gives_back_what_was_written(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    splits = dict(zip(("train", "test"), SPLITS[what], strict=True))
    for split, rows in splits.items():
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"{split}.jsonl").write_text(text)
    told = types_of(splits).of_all(is_seen_whole=True)
    assert told is not None
    head = {
        "configs": [
            {
                "config_name": "all",
                "data_files": [{"split": one, "path": f"{one}.jsonl"} for one in splits],
            }
        ],
        "dataset_info": [{"config_name": "all", "features": features_of(told)}],
    }
    (tmp_path / "README.md").write_text(f"---\n{yaml.safe_dump(head)}---\n")
    loaded = datasets.load_dataset(str(tmp_path))
    for split, rows in splits.items():
        found = [{k: v for k, v in row.items() if v is not None} for row in loaded[split]]
        assert found == [{k: v for k, v in row.items() if v is not None} for row in rows]


def test_types_have_the_names_of_a_card() -> None:
    rows = [{"a": "x", "b": 1, "c": 1.5, "d": True, "e": [["x"]], "f": {"g": [{"h": None}]}}]
    told = types_of({"train": rows}).of_all(is_seen_whole=True)
    assert told is not None
    assert features_of(told) == [
        {"name": "a", "dtype": "string"},
        {"name": "b", "dtype": "int64"},
        {"name": "c", "dtype": "float64"},
        {"name": "d", "dtype": "bool"},
        {"name": "e", "list": {"list": "string"}},
        {"name": "f", "struct": [{"name": "g", "list": [{"name": "h", "dtype": "null"}]}]},
    ]


def test_what_needs_a_new_version_is_told_only_where_the_first_split_does_not_tell_it() -> None:
    mixed = types_of({"train": [CHAT, {"messages": [ASK, LEARNED]}], "test": [CHAT]})
    assert mixed.of_all(is_seen_whole=True) is None
    assert mixed.of_all(is_seen_whole=False) == {"messages": ["json"]}
    assert types_of({"train": [CHAT]}).of_all(is_seen_whole=True) is not None


def test_plain_rows_are_seen_like_others_and_those_after_the_first_too() -> None:
    types = ColumnTypes()
    said = [WrittenMessage("user", "a"), WrittenMessage("assistant", "b")]
    for _ in range(2):
        types.add("train", WrittenChat(said))
    assert types.splits["train"] == {"messages": [{"role": "string", "content": "string"}]}
    types.add("train", WrittenChat([*said, WeighedMessage("assistant", "b", 0)]))
    assert types.splits["train"] == {"messages": ["json"]}
    days = ColumnTypes()
    for answer in ("2024-01-01", "2024-01-02", "never"):
        days.add("train", WrittenPair("When?", answer))
    assert days.splits["train"] == {"prompt": "string", "completion": "string"}


def test_types_of_parts_come_together() -> None:
    one = types_of({"train": [{"a": None, "b": "2024-01-01"}]})
    one.merge(types_of({"train": [{"a": 1, "b": "x"}], "test": [{"c": []}]}))
    assert one.of_all(is_seen_whole=True) == {"a": "int64", "b": "string", "c": ["null"]}


@pytest.mark.parametrize("text", ["12", "-", "007", "1.", "true", "[1]", '"x"', " 1 "])
def test_a_text_that_is_read_as_something_else_is_found(text: str) -> None:
    assert spelled_out(text) and spelled_out([text])
    days = types_of({"train": [{"a": "2024-01-01"}], "test": [{"a": text}]})
    assert days.open_columns() == ["a"]


def test_a_text_that_is_read_as_it_is_is_none() -> None:
    assert not any(map(spelled_out, ["2024-01-01", "x", "", "12 o'clock", 12, None, ["x"]]))
