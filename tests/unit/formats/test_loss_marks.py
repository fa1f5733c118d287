"""Marks of other trainers that say whether a turn is learned: read as a weight, or asked for."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.finding import UsageError
from dataprep.formats import ColumnChoices, RowReader
from tests.unit.formats.rows import example

Row = dict[str, Any]
ASKED = {"role": "user", "content": "Q"}
SPANS = [{"begin_offset": 0, "end_offset": 1, "train": False}]


def talk(**marks: Any) -> Row:
    first = {"role": "assistant", "content": "One.", **marks}
    return {"messages": [ASKED, first, ASKED, {"role": "assistant", "content": "Two."}]}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("train", False),
        ("training", False),
        ("training", "false"),
        ("train", 0),
        ("loss", False),
        ("masked", True),
        ("masked", 1),
    ],
)
def test_a_turn_that_is_not_learned_weighs_nothing(key: str, value: Any) -> None:
    said = talk(**{key: value})
    assert [turn.weight for turn in example(said).turns] == [None, 0, None, None]
    turns = [
        {"from": {"user": "human", "assistant": "gpt"}[m.pop("role")], "value": m.pop("content")}
        | m
        for m in map(dict, said["messages"])
    ]
    made = example({"conversations": turns})
    assert [turn.weight for turn in made.turns] == [None, 0, None, None]


@pytest.mark.parametrize(("key", "value"), [("train", True), ("training", "True"), ("loss", 0.5)])
def test_a_turn_that_is_learned_weighs_as_the_others(key: str, value: Any) -> None:
    assert [turn.weight for turn in example(talk(**{key: value})).turns] == [None] * 4


@pytest.mark.parametrize(
    ("key", "value"),
    [("train_detail", SPANS), ("training_detail", SPANS), ("train", "some of it")],
)
def test_a_mark_of_a_part_of_a_turn_is_asked_for(key: str, value: Any) -> None:
    path = f"messages[].{key}"
    (fault,) = RowReader([talk(**{key: value})]).read(talk(**{key: value})).faults
    assert (fault.code, fault.path) == ("S004", path)
    with pytest.raises(UsageError, match="which part of a message is learned"):
        example(talk(**{key: value}))
    assert example(talk(**{key: value}), carry=[path]).turns
    choices = ColumnChoices(leave_out=frozenset([path]))
    read = RowReader([talk(**{key: value})], choices).read(talk(**{key: value}))
    assert (read.faults, read.keys[path]) == ([], "left out")
