"""How the rows stand in a document is told from the document, and said in words."""

import json
from typing import Any

import pytest

from dataprep.sources.json_layout import layout_of
from dataprep.sources.layout import Layout, SeveralLists

PAIRS = [{"prompt": "Hi?", "completion": "Ho."}, {"prompt": "Who?", "completion": "I."}]
TURNS = [{"role": "user", "content": "Hi?"}, {"role": "assistant", "content": "Ho."}]


def layout(value: Any) -> Layout:
    return layout_of(json.dumps(value, indent=1).encode())


@pytest.mark.parametrize("key", ["data", "examples", "train", "rows", "instances", "anything"])
def test_a_list_of_objects_under_one_key_holds_the_rows(key: str) -> None:
    told = layout({key: PAIRS})
    assert (told.kind, told.key, told.rows, told.wrapped) == ("under", key, 2, False)
    assert told.words == f"the rows under {key!r} of one JSON object"


def test_what_stands_beside_the_list_is_named() -> None:
    told = layout({"version": "1.1", "data": PAIRS, "licence": "CC0"})
    assert told.words == ("the rows under 'data' of one JSON object; left out: version, licence")


def test_the_rows_of_the_viewer_are_those_in_its_rows() -> None:
    rows = [{"row_idx": n, "row": row, "truncated_cells": []} for n, row in enumerate(PAIRS)]
    told = layout({"features": [{"name": "prompt"}], "rows": rows, "num_rows_total": 2})
    assert (told.kind, told.key, told.wrapped) == ("under", "rows", True)
    assert told.words == (
        "the rows under 'rows' of one JSON object, each in its 'row'; "
        "left out: features, num_rows_total"
    )


@pytest.mark.parametrize(
    ("value", "kind", "rows"),
    [
        (PAIRS, "list", 2),
        ([], "list", 0),
        ({"0": PAIRS[0], "1": PAIRS[1]}, "by-key", 2),
        ({"a-7": PAIRS[0], "b-9": PAIRS[1]}, "by-key", 2),
        ({"0": PAIRS[0]}, "by-key", 1),
        ({"prompt": ["Hi?", "Who?"], "completion": ["Ho.", "I."]}, "columns", 2),
        ({"question": ["Hi?"], "answer": ["Ho."]}, "columns", 1),
        ({"messages": [TURNS, TURNS], "id": [1, 2]}, "columns", 2),
        (
            {"prompt": {"0": "Hi?", "1": "Who?"}, "completion": {"0": "Ho.", "1": "I."}},
            "by-index",
            2,
        ),
    ],
)
def test_rows_stand_in_a_list_by_key_or_in_columns(value: Any, kind: str, rows: int) -> None:
    told = layout(value)
    assert (told.kind, told.rows) == (kind, rows)


@pytest.mark.parametrize(
    "row",
    [
        PAIRS[0],
        {"messages": TURNS},
        {"messages": TURNS, "tools": [{"type": "function"}]},
        {"conversations": [{"from": "human", "value": "Hi?"}]},
        {"conversations": ["Hi?", "Ho."]},
        {"prompt": TURNS[:1], "completion": TURNS[1:]},
        {"chosen": TURNS, "rejected": TURNS},
        {"input": {"messages": TURNS[:1]}, "preferred_output": TURNS[1:]},
        {"a": "b"},
        {},
        {"prompt": ["Hi?"], "completion": ["Ho.", "I."]},
        {"question": "Hi?", "answer": "Ho.", "contexts": [{"text": "A page."}]},
        {**PAIRS[0], "examples": PAIRS},
    ],
)
def test_an_object_that_is_a_row_is_no_wrapper(row: Any) -> None:
    told = layout(row)
    assert (told.kind, told.rows, told.words) == ("objects", 1, "")


def test_rows_that_have_the_name_of_their_wrapper_are_found_in_it() -> None:
    assert layout({"messages": [{"messages": TURNS}]}).key == "messages"
    assert layout({"conversations": [{"conversations": [{"from": "a", "value": "b"}]}]}).key == (
        "conversations"
    )


def test_two_lists_of_rows_in_one_object_are_not_chosen_between() -> None:
    with pytest.raises(SeveralLists) as several:
        layout({"train": PAIRS, "test": PAIRS[:1], "name": "mine"})
    assert several.value.found == {"train": 2, "test": 1}


def test_objects_one_after_another_are_counted_with_and_without_commas() -> None:
    for between in (b"\n", b"", b",\n", b"\r"):
        text = between.join(json.dumps(row, indent=2).encode() for row in PAIRS)
        told = layout_of(text)
        assert (told.kind, told.rows, told.words) == (
            "objects",
            2,
            "JSON objects one after another",
        )


def test_an_object_of_very_many_rows_is_told_without_holding_them() -> None:
    many = {str(n): {"prompt": "a", "completion": "b"} for n in range(5_000)}
    assert layout(many) == Layout("by-key", 0, 5_000)
    assert layout({**many, "note": "mine"}) == Layout("objects", 0, 1)


def test_a_key_that_stands_twice_is_left_to_the_strict_reader() -> None:
    told = layout_of(b'{"train": [{"a": 1}], "train": [{"a": 2}]}')
    assert told.kind == "objects"


COLUMNS = {"prompt": ["Hi?", "Who?"], "completion": ["Ho.", "I."]}
BY_INDEX = {"prompt": {"0": "Hi?", "1": "Who?"}, "completion": {"0": "Ho.", "1": "I."}}


@pytest.mark.parametrize(
    ("value", "kind", "key"),
    [
        ({"data": {"train": PAIRS}}, "under", "data.train"),
        ({"data": {"train": PAIRS, "info": {"made": "by hand"}}}, "under", "data.train"),
        ({"version": 1, "dataset": {"rows": PAIRS}}, "under", "dataset.rows"),
        ({"train": COLUMNS}, "columns", "train"),
        ({"train": BY_INDEX}, "by-index", "train"),
        ({"data": {"0": PAIRS[0], "1": PAIRS[1]}}, "by-key", "data"),
        ({"authors": [{"name": "A"}], "data": {"train": PAIRS}}, "under", "data.train"),
    ],
)
def test_rows_of_a_known_format_are_found_under_two_keys(value: Any, kind: str, key: str) -> None:
    told = layout(value)
    assert (told.kind, told.key, told.rows) == (kind, key, 2)
    assert key in told.words


def test_what_stands_beside_nested_rows_is_named() -> None:
    told = layout({"version": 1, "data": {"train": PAIRS, "note": "mine"}})
    assert told.words == ("the rows under 'data.train' of one JSON object; left out: version, note")
    assert layout({"version": 1, "train": COLUMNS}).words == (
        "one JSON object of columns, under 'train'; left out: version"
    )


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"data": {"train": PAIRS, "test": PAIRS[:1]}}, {"data.train": 2, "data.test": 1}),
        (
            {"train": {"rows": PAIRS}, "test": {"rows": PAIRS[:1]}},
            {"train.rows": 2, "test.rows": 1},
        ),
        ({"train": COLUMNS, "test": COLUMNS}, {"train": 2, "test": 2}),
    ],
)
def test_two_nested_sets_of_rows_are_not_chosen_between(value: Any, found: dict[str, int]) -> None:
    with pytest.raises(SeveralLists) as several:
        layout(value)
    assert several.value.found == found


@pytest.mark.parametrize(
    "row",
    [
        {"question": "Hi?", "answer": "Ho.", "meta": {"pairs": PAIRS}},
        {"data": {"messages": TURNS}},
        {"q": "Hi?", "meta": {"sources": [{"url": "a page"}]}},
        {"a": {"b": {"c": PAIRS}}},
    ],
)
def test_an_object_inside_a_row_is_no_wrapper(row: Any) -> None:
    assert layout(row).kind == "objects"


def test_jq_is_told_where_rows_stand() -> None:
    assert layout({"data": {"train": PAIRS}}).jq == '.["data"]["train"][]'
    assert layout({"train": COLUMNS}).jq == '.["train"]'
    assert layout({"rows": [{"row": PAIRS[0]}]}).jq == '.["rows"][].row'
    assert layout(PAIRS).jq == ".[]"


def test_rows_under_their_own_keys_are_not_looked_into() -> None:
    asked = {"role": "user", "content": "Where is Quito?"}
    answered = {"role": "assistant", "content": "It is in Ecuador."}
    row = {"system": [{"type": "text", "text": "Be brief."}], "messages": [asked, answered]}
    assert layout({"r0": row, "r1": {**row, "system": "Be kind."}}).kind == "by-key"
