"""Rows of other fine-tuning formats become examples: preferences, items, Alpaca, ShareGPT."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.example import Turn
from dataprep.finding import Drop, Finding
from dataprep.formats import FORMATS, ContentAccount, recognise
from dataprep.formats.reader import RowReader
from tests.unit.formats.rows import example, shaped, shaped_rows

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


def dropped(row: Any) -> list[str]:
    return [item.reason for item in shaped(row) if isinstance(item, Drop)]


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (PREFERENCE, "preference"),
        (TRL, "trl-preference"),
        (ITEM, "reinforcement"),
        (SHAREGPT, "sharegpt"),
        (ALPACA, "alpaca"),
        ({"messages": [USER]}, "openai-chat"),
        ({"instruction": "Add.", "input": "2 2", "output": "4"}, "alpaca"),
        ({"instruction": "Add.", "context": "2 2", "response": "4"}, "columns"),
        ({"text": "It rains."}, "text"),
    ],
)
def test_the_keys_of_a_row_tell_its_format(row: Any, name: str) -> None:
    assert recognise(row) is FORMATS[name]


def test_templates_of_the_recipe_write_a_row_of_alpaca_as_that_of_any_table() -> None:
    made = example(ALPACA, prompt="{{ instruction }}: {{ input }}", completion="{{ output }}")
    assert (made.input, made.output) == ("Add.: 2 2", "4")
    assert made.system == "Be right."


def test_a_column_that_the_recipe_names_makes_no_item_of_a_conversation() -> None:
    row = {"messages": [USER, {"role": "assistant", "content": "4"}], "topic": "sums"}
    assert example(row, label="topic").shape == "messages"


def test_a_preference_is_a_pair_with_a_worse_answer() -> None:
    made = example(PREFERENCE)
    assert (made.shape, made.input, made.output, made.rejected) == ("preference", "2+2?", "4", "5")
    assert (made.system, made.turns, made.data) == (None, (), "{}")


def test_both_spellings_of_a_preference_are_the_same_example() -> None:
    assert example(TRL).id == example(PREFERENCE).id
    with_lists = {**TRL, "prompt": [USER], "chosen": "4", "rejected": "5"}
    assert example(with_lists).id == example(PREFERENCE).id


def test_what_both_conversations_begin_with_is_asked() -> None:
    row = {
        "chosen": [USER, {"role": "assistant", "content": "4"}],
        "rejected": [USER, {"role": "assistant", "content": "5"}],
    }
    assert example(row).id == example(PREFERENCE).id
    assert dropped({"chosen": "4", "rejected": "5"}) == ["C207"]
    apart = {**row, "rejected": [{**USER, "content": "3+3?"}, row["rejected"][1]]}
    assert dropped(apart) == ["C207"]


def test_a_longer_question_is_kept_in_turns_and_the_better_answer_ends_them() -> None:
    before = [USER, {"role": "assistant", "content": "4"}, {"role": "user", "content": "Sure?"}]
    tools = [{"type": "function", "function": {"name": "f"}}]
    made = example({**PREFERENCE, "input": {"messages": before, "tools": tools}})
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


def test_an_item_answers_with_its_reference_and_with_no_other_key_of_the_grader() -> None:
    made = example(ITEM)
    assert (made.shape, made.input, made.output) == ("reinforcement", "2+2?", "4")
    assert made.data == '{"item":{"reference_answer":"4"}}'
    assert example({"messages": [USER], "sum": 4, "unit": "kg"}).output == ""


def test_alpaca_is_a_conversation_of_history_instruction_and_output() -> None:
    made = example({**ALPACA, "history": [["1+1?", "2"]]})
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
    made = example({**SHAREGPT, "system": "Be right."})
    assert (made.system, made.input, made.output) == ("Be right.", "2+2?", "4")


def test_calls_of_sharegpt_get_ids() -> None:
    call = {"from": "function_call", "value": '{"name": "add", "arguments": {"to": 2}}'}
    result = {"from": "observation", "value": "4"}
    human, gpt = SHAREGPT["conversations"]
    tools = '[{"name": "add", "parameters": {"type": "object"}}]'
    made = example({"conversations": [human, call, result, gpt], "tools": tools})
    assert [turn.role for turn in made.turns] == ["user", "assistant", "tool", "assistant"]
    assert made.turns[2].tool_call_id in (made.turns[1].tool_calls or "")
    assert '"name":"add"' in made.data


@pytest.mark.parametrize(
    ("row", "good", "code"),
    [
        ({**PREFERENCE, "preferred_output": []}, PREFERENCE, "S001"),
        ({**TRL, "chosen": 7}, TRL, "S001"),
        ({**ITEM, "messages": [{"role": "user"}, USER]}, ITEM, "S001"),
        ({"conversations": [{"from": "nobody", "value": "x"}]}, SHAREGPT, "C007"),
        ({**ALPACA, "history": [["x"]]}, ALPACA, "S001"),
        ({**ALPACA, "output": False}, ALPACA, "S001"),
        ({**ALPACA, "output": {"x": 1}}, ALPACA, "S001"),
    ],
)
def test_a_row_that_breaks_its_format_is_a_finding_and_a_drop(
    row: Any, good: Any, code: str
) -> None:
    _, *found = shaped_rows([good, row])
    assert [item.reason for item in found if isinstance(item, Drop)] == [code]
    assert {item.code for item in found if isinstance(item, Finding)} == {code}


def test_an_output_that_is_no_text_is_named_as_one() -> None:
    row = {**ALPACA, "output": False}
    for wanted in (None, FORMATS["alpaca"]):
        (fault,) = RowReader([ALPACA], wanted=wanted).read(row).faults
        assert (fault.code, fault.path) == ("S001", "output")
        assert "a boolean" in fault.message


def test_a_table_of_answers_that_are_no_texts_is_no_alpaca() -> None:
    assert example({"instruction": "Is it so?", "output": False}).output == "false"


def test_two_better_answers_are_dropped() -> None:
    both = PREFERENCE["preferred_output"]
    assert dropped({**PREFERENCE, "preferred_output": [*both, *both]}) == ["C202"]


@pytest.mark.parametrize("row", [PREFERENCE, ITEM, SHAREGPT, ALPACA])
def test_label_and_group_are_read_from_columns_of_the_recipe(row: Any) -> None:
    made = example({**row, "topic": "sums", "person": 7}, label="topic", group="person")
    assert (made.label, made.group) == ("sums", "7")
    assert made.input == example(row).input


def test_what_became_of_each_column_is_one_line_with_the_rows_where_not_all_have_it() -> None:
    rows: list[Any] = [
        {"id": 1, "context": "Lima.", "question": "Where?", "answer": "There."},
        {"id": 2, "question": "Who?", "answer": "She.", "note": None, "url": "a"},
    ]
    reader, account = RowReader(rows), ContentAccount("columns")
    for row in rows:
        account.add(reader.read(row))
    assert account.words() == (
        "question → prompt, answer → completion, context → prompt (1); carried along: id, url (1)"
    )


def test_a_column_that_is_called_what_it_became_is_named_too() -> None:
    rows: list[Any] = [
        {"question": "Who?", "answer": "She.", "system": "Be brief.", "weight": 0.5},
        {"question": "Who?", "answer": "She.", "reasoning": "Ada.", "rejected": "He."},
    ]
    reader, account = RowReader(rows), ContentAccount("columns")
    for row in rows:
        account.add(reader.read(row))
    assert account.words() == (
        "question → prompt, answer → completion, system (1), weight (1), reasoning (1), "
        "rejected (1)"
    )
