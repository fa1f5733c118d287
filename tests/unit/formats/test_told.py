"""Rows of other fine-tuning formats become examples: preferences, items, Alpaca, ShareGPT."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.example import Example, Record, Turn
from dataprep.finding import Drop, Finding, Place
from dataprep.formats import told
from dataprep.recipe import Source
from dataprep.shapes.choose import choose_way

USER = {"role": "user", "content": "2+2?"}
PREFERENCE = {
    "input": {"messages": [USER]},
    "preferred_output": [{"role": "assistant", "content": "4"}],
    "non_preferred_output": [{"role": "assistant", "content": "5"}],
}
TRL = {
    "prompt": "2+2?",
    "chosen": [{"role": "assistant", "content": "4"}],
    "rejected": [{"role": "assistant", "content": "5"}],
}
ITEM = {"messages": [USER], "reference_answer": "4"}
SHAREGPT = {"conversations": [{"from": "human", "value": "2+2?"}, {"from": "gpt", "value": "4"}]}
ALPACA = {"instruction": "Add.", "input": "2 2", "output": "4", "system": "Be right."}


def read(row: Any, **source: Any) -> list[Example | Drop | Finding]:
    record = Record(Place(file="c.jsonl", line=1), 0, row)
    return list(told.shape(record, Source(path="c.jsonl", **source)))


def one(row: Any, **source: Any) -> Example:
    (made,) = read(row, **source)
    assert isinstance(made, Example), made
    return made


def dropped(row: Any) -> list[str]:
    return [item.reason for item in read(row) if isinstance(item, Drop)]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (PREFERENCE, "preferences (input, preferred_output, non_preferred_output)"),
        (TRL, "preferences (chosen, rejected)"),
        (ITEM, "items for a grader (messages that end with a question)"),
        (SHAREGPT, "conversations (ShareGPT)"),
        (ALPACA, "conversations (Alpaca with system or history)"),
        ({"messages": [USER]}, "conversations (messages)"),
    ],
)
def test_the_keys_of_the_first_row_tell_the_format(row: Any, why: str) -> None:
    record = Record(Place(file="c.jsonl", line=1), 0, row)
    assert choose_way(record, Source(path="c.jsonl")) == ("messages", why)


def test_an_alpaca_row_without_system_or_history_stays_a_row_of_a_table() -> None:
    row = {"instruction": "Add.", "input": "2 2", "output": "4"}
    record = Record(Place(file="c.jsonl", line=1), 0, row)
    assert choose_way(record, Source(path="c.jsonl"))[0] == "columns"


def test_templates_of_the_recipe_write_a_row_of_alpaca_as_that_of_any_table() -> None:
    record = Record(Place(file="c.jsonl", line=1), 0, ALPACA)
    source = Source(path="c.jsonl", prompt="{{ system }} {{ instruction }}")
    assert choose_way(record, source)[0] == "columns"


def test_a_column_that_the_recipe_names_makes_no_item_of_a_conversation() -> None:
    row = {"messages": [USER], "topic": "sums"}
    assert told.told(row, Source(path="c", label="topic")) == "conversations (messages)"
    assert told.told(row, Source(path="c")) != "conversations (messages)"


def test_a_preference_is_a_pair_with_a_worse_answer() -> None:
    made = one(PREFERENCE)
    assert (made.shape, made.input, made.output, made.rejected) == ("preference", "2+2?", "4", "5")
    assert (made.system, made.turns, made.data) == (None, [], "{}")


def test_both_spellings_of_a_preference_are_the_same_example() -> None:
    assert one(TRL).id == one(PREFERENCE).id
    with_lists = {**TRL, "prompt": [USER], "chosen": "4", "rejected": "5"}
    assert one(with_lists).id == one(PREFERENCE).id


def test_what_both_conversations_begin_with_is_asked() -> None:
    row = {
        "chosen": [USER, {"role": "assistant", "content": "4"}],
        "rejected": [USER, {"role": "assistant", "content": "5"}],
    }
    assert one(row).id == one(PREFERENCE).id
    assert dropped({"chosen": "4", "rejected": "5"}) == ["no-common-prompt"]
    apart = {**row, "rejected": [{**USER, "content": "3+3?"}, row["rejected"][1]]}
    assert dropped(apart) == ["no-common-prompt"]


def test_a_longer_question_is_kept_in_turns_and_the_better_answer_ends_them() -> None:
    before = [USER, {"role": "assistant", "content": "4"}, {"role": "user", "content": "Sure?"}]
    tools = [{"type": "function", "function": {"name": "f"}}]
    made = one({**PREFERENCE, "input": {"messages": before, "tools": tools}})
    assert made.turns == [
        Turn(role="user", content="2+2?"),
        Turn(role="assistant", content="4"),
        Turn(role="user", content="Sure?"),
        Turn(role="assistant", content="4"),
    ]
    assert (made.input, made.data) == (
        "Sure?",
        '{"tools":[{"function":{"name":"f"},"type":"function"}]}',
    )


def test_an_item_answers_with_its_reference_or_with_all_that_the_grader_gets() -> None:
    made = one(ITEM)
    assert (made.shape, made.input, made.output) == ("reinforcement", "2+2?", "4")
    assert made.data == '{"item":{"reference_answer":"4"}}'
    assert one({"messages": [USER], "sum": 4, "unit": "kg"}).output == '{"sum":4,"unit":"kg"}'


def test_alpaca_is_a_conversation_of_history_instruction_and_output() -> None:
    made = one({**ALPACA, "history": [["1+1?", "2"]]})
    assert (made.shape, made.system, made.input, made.output) == (
        "messages",
        "Be right.",
        "Add.\n\n2 2",
        "4",
    )
    assert [turn.role for turn in made.turns] == [
        *("system", "user", "assistant", "user", "assistant")
    ]


def test_sharegpt_is_a_conversation() -> None:
    made = one({**SHAREGPT, "system": "Be right."})
    assert (made.system, made.input, made.output) == ("Be right.", "2+2?", "4")


def test_calls_of_sharegpt_have_no_ids_and_are_dropped() -> None:
    call = {"from": "function_call", "value": "{}"}
    assert dropped({"conversations": [*SHAREGPT["conversations"], call]}) == ["tool-calls"]
    assert dropped({**SHAREGPT, "tools": "[]"}) == ["tool-calls"]


@pytest.mark.parametrize(
    "row",
    [
        {**PREFERENCE, "preferred_output": []},
        {**TRL, "chosen": 7},
        {**TRL, "chosen": ""},
        {**ITEM, "messages": [{"role": "user"}, USER]},
        {"conversations": [{"from": "nobody", "value": "x"}]},
        {**ALPACA, "history": [["x"]]},
    ],
)
def test_a_row_that_breaks_its_schema_is_a_finding_and_a_drop(row: Any) -> None:
    found = read(row)
    assert [item.reason for item in found if isinstance(item, Drop)] == ["S001"]
    assert {item.code for item in found if isinstance(item, Finding)} == {"S001"}


def test_two_better_answers_are_dropped() -> None:
    both = PREFERENCE["preferred_output"]
    assert dropped({**PREFERENCE, "preferred_output": [*both, *both]}) == ["several-answers"]


@pytest.mark.parametrize("row", [PREFERENCE, ITEM, SHAREGPT, ALPACA])
def test_label_and_group_are_read_from_columns_of_the_recipe(row: Any) -> None:
    made = one({**row, "topic": "sums", "person": 7}, label="topic", group="person")
    assert (made.label, made.group) == ("sums", "7")
    assert made.id == one(row).id
