"""Marks of other trainers that say whether a turn is learned: read as a weight, or asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep.finding import Drop, UsageError
from dataprep.formats import FORMATS, ColumnChoices, RowReader
from tests.unit.formats.rows import example, shaped

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
        ("loss", 0),
        ("loss", 0.0),
        ("loss_mask", 0),
        ("loss_scale", 0.0),
        ("lossScale", "0"),
        ("loss_weight", 0.0),
        ("trainable", False),
        ("compute_loss", False),
        ("learn", "no"),
        ("train_on_turn", False),
        ("masked", True),
        ("masked", 1),
        ("masked", "yes"),
        ("mask", True),
        ("ignore", True),
        ("weight", "0.0"),
        ("weight", False),
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


@pytest.mark.parametrize(
    ("key", "value"),
    [("train", True), ("training", "True"), ("loss", 1), ("loss_scale", 1.0), ("masked", "no")],
)
def test_a_turn_that_is_learned_weighs_as_the_others(key: str, value: Any) -> None:
    assert [turn.weight for turn in example(talk(**{key: value})).turns] == [None] * 4


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("train_detail", SPANS),
        ("training_detail", SPANS),
        ("train", "some of it"),
        ("loss", 0.5),
        ("loss_scale", 2.0),
        ("loss_weight", "high"),
        ("masked", "sometimes"),
        ("mask", 1),
        ("token_loss_scale", [0.5]),
    ],
)
def test_a_mark_that_is_not_understood_is_asked_for(key: str, value: Any) -> None:
    path = f"messages[].{key}"
    (fault,) = RowReader([talk(**{key: value})]).read(talk(**{key: value})).faults
    assert (fault.code, fault.path) == ("S004", path)
    with pytest.raises(UsageError, match="which part of a message is learned"):
        example(talk(**{key: value}))
    assert example(talk(**{key: value}), carry=[path]).turns
    choices = ColumnChoices(leave_out=frozenset([path]))
    read = RowReader([talk(**{key: value})], choices).read(talk(**{key: value}))
    assert (read.faults, read.keys[path]) == ([], "left out")


MASKED: dict[str, Row] = {
    "gemini": {
        "contents": [
            {"role": "user", "parts": [{"text": "Q"}]},
            {"role": "model", "parts": [{"text": "One."}], "weight": 0},
            {"role": "user", "parts": [{"text": "Q"}]},
            {"role": "model", "parts": [{"text": "Two."}]},
        ]
    },
    "anthropic": {
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": "Q"},
            {"role": "assistant", "content": "One.", "weight": 0},
            {"role": "user", "content": [{"type": "text", "text": "Q"}]},
            {"role": "assistant", "content": "Two."},
        ],
    },
    "bedrock": {
        "messages": [
            {"role": "user", "content": [{"text": "Q"}]},
            {"role": "assistant", "content": [{"text": "One."}], "weight": 0},
            {"role": "user", "content": [{"text": "Q"}]},
            {"role": "assistant", "content": [{"text": "Two."}]},
        ]
    },
    "prompt-completion": {
        "prompt": [ASKED],
        "completion": [
            {"role": "assistant", "content": "One.", "weight": 0},
            ASKED,
            {"role": "assistant", "content": "Two."},
        ],
    },
    "responses": {
        "input": [{"role": "user", "content": "Q"}],
        "output": [
            {"type": "message", "role": "assistant", "content": "One.", "weight": 0},
            {"type": "message", "role": "user", "content": "Q"},
            {"type": "message", "role": "assistant", "content": "Two."},
        ],
    },
    "sharegpt": {
        "conversations": [
            {"from": "human", "value": "Q"},
            {"from": "gpt", "value": "One.", "weight": 0},
            {"from": "human", "value": "Q"},
            {"from": "gpt", "value": "Two."},
        ]
    },
}


def marked(row: Row, mark: str, value: Any) -> Row:
    """The row with another mark in the place of its weight of 0."""
    text = json.dumps(row).replace('"weight": 0', f"{json.dumps(mark)}: {json.dumps(value)}")
    made: Row = json.loads(text)
    return made


@pytest.mark.parametrize("name", MASKED)
@pytest.mark.parametrize(("mark", "value"), [("weight", 0), ("loss_scale", 0.0), ("masked", 1)])
def test_every_conversation_reads_the_marks(name: str, mark: str, value: Any) -> None:
    row = marked(MASKED[name], mark, value)
    assert RowReader([row]).form is FORMATS[name]
    weights = {t.content: t.weight for t in example(row).turns if t.role == "assistant"}
    assert weights == {"One.": 0, "Two.": None}


@pytest.mark.parametrize("name", MASKED)
@pytest.mark.parametrize("flag", ["carry", "leave_out"])
def test_a_mark_that_nobody_understands_stops_with_flags_that_work(name: str, flag: str) -> None:
    row = marked(MASKED[name], "loss_scale", 0.5)
    (fault,) = RowReader([row]).read(row).faults
    assert fault.code == "S004"
    assert f"--{flag.replace('_', '-')} '{fault.path}'" in fault.remedy
    answers = [t for t in example(row, **{flag: [fault.path]}).turns if t.role == "assistant"]
    assert [turn.weight for turn in answers] == [None, None]


PAIR: Row = {
    "prompt": "Q",
    "chosen": [{"role": "assistant", "content": "A"}],
    "rejected": [{"role": "assistant", "content": "B"}],
}


def preference(better: Row | None = None, worse: Row | None = None) -> Row:
    return {
        "prompt": "Q",
        "chosen": [PAIR["chosen"][0] | (better or {})],
        "rejected": [PAIR["rejected"][0] | (worse or {})],
    }


def test_a_preference_whose_better_answer_weighs_nothing_is_dropped() -> None:
    (drop,) = shaped(preference({"weight": 0}))
    assert isinstance(drop, Drop)
    assert drop.reason == "weight-0"
    assert example(preference({"loss": 1}, {"weight": 1})).rejected == "B"


@pytest.mark.parametrize(("answer", "value"), [("rejected", 0), ("chosen", 0.5)])
@pytest.mark.parametrize("flag", ["carry", "leave_out"])
def test_another_mark_in_a_preference_is_asked_for(answer: str, value: Any, flag: str) -> None:
    row = preference(**{"worse" if answer == "rejected" else "better": {"weight": value}})
    (fault,) = RowReader([row]).read(row).faults
    assert (fault.code, fault.path) == ("S004", f"{answer}[].weight")
    assert example(row, **{flag: [fault.path]}).rejected == "B"


def test_marks_before_the_answers_of_a_preference_say_nothing() -> None:
    begun = [ASKED, {"role": "assistant", "content": "Hm", "weight": 0}, ASKED]
    row = {name: begun + preference()[name] for name in ("chosen", "rejected")}
    assert [turn.weight for turn in example(row).turns] == [None] * 4
