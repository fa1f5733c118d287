"""Calls as others than OpenAI write them: arguments are read, and nothing vanishes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep.formats import RowReader
from tests.unit.formats.rows import example

Row = dict[str, Any]
CITY = {"city": "Rome"}
ASKED = {"from": "human", "value": "Weather?"}
TOLD = {"from": "observation", "value": "Sunny"}
END = {"from": "gpt", "value": "It is sunny."}


def talk(call: Any) -> Row:
    said = {"from": "function_call", "value": json.dumps(call)}
    return {"conversations": [ASKED, said, TOLD, END]}


def calls_of(row: Row) -> list[Row]:
    turn = next(turn for turn in example(row).turns if turn.tool_calls)
    calls: list[Row] = json.loads(turn.tool_calls or "")
    return calls


def refusal(row: Row) -> tuple[str, str]:
    (fault,) = RowReader([row]).read(row).faults
    return fault.code, fault.message


@pytest.mark.parametrize("key", ["arguments", "parameters", "args", "input"])
@pytest.mark.parametrize("value", [CITY, '{"city": "Rome"}'])
def test_the_arguments_of_a_call_as_text_are_read_under_each_name(key: str, value: Any) -> None:
    (call,) = calls_of(talk({"name": "weather", key: value}))
    assert call["function"] == {"name": "weather", "arguments": '{"city": "Rome"}'}


@pytest.mark.parametrize(
    "call",
    [
        {"id": "call_7", "type": "function", "function": {"name": "weather", "parameters": CITY}},
        {"id": "call_7", "name": "weather", "arguments": CITY},
        {"call_id": "call_7", "type": "function", "name": "weather", "input": CITY},
    ],
)
def test_a_call_as_text_keeps_its_id(call: Row) -> None:
    assert calls_of(talk(call)) == [
        {
            "id": "call_7",
            "type": "function",
            "function": {"name": "weather", "arguments": '{"city": "Rome"}'},
        }
    ]


def test_a_call_without_arguments_has_none() -> None:
    (call,) = calls_of(talk({"name": "now"}))
    assert call["function"]["arguments"] == "{}"


@pytest.mark.parametrize(
    ("call", "key"),
    [
        ({"name": "weather", "kwargs": CITY}, "kwargs"),
        ({"name": "weather", "arguments": {}, "parameters": CITY}, "parameters"),
        ({"function": {"name": "weather", "arguments": CITY}, "thought": "Rome?"}, "thought"),
    ],
)
def test_another_key_of_a_call_is_refused(call: Row, key: str) -> None:
    code, words = refusal(talk(call))
    assert code == "S004"
    assert repr(key) in words


@pytest.mark.parametrize("spelled", [json.dumps, list])
def test_calls_beside_a_text_are_read_as_a_list_and_as_its_string(spelled: Any) -> None:
    beside = {
        "from": "gpt",
        "value": "",
        "tool_calls": spelled([{"name": "f", "parameters": CITY}]),
    }
    (call,) = calls_of({"conversations": [ASKED, beside, TOLD, END]})
    assert call["function"] == {"name": "f", "arguments": '{"city": "Rome"}'}


def test_calls_that_are_no_calls_are_refused() -> None:
    beside = {"from": "gpt", "value": "", "tool_calls": [{"tool": "f"}]}
    assert refusal({"conversations": [ASKED, beside, TOLD, END]})[0] == "S001"


def gemini(call: Row, response: Row) -> Row:
    return {
        "contents": [
            {"role": "user", "parts": [{"text": "Weather?"}]},
            {"role": "model", "parts": [call]},
            {"role": "user", "parts": [response]},
            {"role": "model", "parts": [{"text": "Sunny."}]},
        ]
    }


ANSWER = {"functionResponse": {"name": "weather", "response": {"sky": "clear"}}}


def test_gemini_s_calls_keep_their_ids() -> None:
    call = {"functionCall": {"id": "a1", "name": "weather", "args": CITY}}
    answer = {"functionResponse": {"id": "a1", **ANSWER["functionResponse"]}}
    (made,) = calls_of(gemini(call, answer))
    assert (made["id"], made["function"]["arguments"]) == ("a1", '{"city": "Rome"}')


def test_more_in_a_call_of_gemini_s_is_carried_along() -> None:
    call = {"functionCall": {"name": "weather", "args": CITY, "partialArgs": [1]}}
    made = example(gemini(call, ANSWER))
    (path,) = json.loads(made.meta)
    assert path == "contents[].parts[].functionCall.partialArgs"


def test_a_text_and_a_call_in_one_part_of_gemini_s_are_both_read() -> None:
    call = {"text": "I look.", "functionCall": {"name": "weather", "args": CITY}}
    row = gemini(call, ANSWER)
    assert example(row).turns[1].content == "I look."
    (made,) = calls_of(row)
    assert made["function"]["arguments"] == '{"city": "Rome"}'


def bedrock(call: Row, *results: Row) -> Row:
    told = {"toolResult": {"toolUseId": "a", "content": [*results]}}
    return {
        "messages": [
            {"role": "user", "content": [{"text": "Weather?"}]},
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [told]},
            {"role": "assistant", "content": [{"text": "Sunny."}]},
        ]
    }


def test_bedrock_s_results_are_texts_and_json() -> None:
    call = {"toolUse": {"toolUseId": "a", "name": "weather", "input": CITY}}
    made = example(bedrock(call, {"text": "Clear."}, {"json": {"c": 20}}))
    assert made.turns[2].content == 'Clear.\n\n{"c": 20}'


def test_more_in_a_call_of_bedrock_s_is_carried_along() -> None:
    call = {"toolUse": {"toolUseId": "a", "name": "weather", "input": CITY, "why": "?"}}
    made = example(bedrock(call, {"text": "x"}))
    assert json.loads(made.meta) == {"messages[].content[].toolUse.why": [None, "?", None, None]}


def test_a_picture_in_a_result_of_bedrock_s_is_refused() -> None:
    call = {"toolUse": {"toolUseId": "a", "name": "weather", "input": CITY}}
    assert refusal(bedrock(call, {"image": {"format": "png"}}))[0] == "S004"


def test_two_thoughts_before_an_answer_are_both_kept() -> None:
    parts = [{"text": "One.", "thought": True}, {"text": "Two.", "thought": True}, {"text": "A"}]
    asked = {"role": "user", "parts": [{"text": "Q"}]}
    made = example({"contents": [asked, {"role": "model", "parts": parts}]})
    assert made.turns[1].reasoning == "One.\n\nTwo."


@pytest.mark.parametrize("key", ["parameters", "args", "input"])
@pytest.mark.parametrize("bare", [True, False])
def test_calls_of_messages_have_their_arguments_under_other_names_too(key: str, bare: bool) -> None:
    function = {"name": "weather", key: CITY}
    around = {"id": "a", "type": "function", "function": function}
    row = {
        "messages": [
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "tool_calls": [function if bare else around]},
            {"role": "tool", "content": "Sunny"},
            {"role": "assistant", "content": "It is sunny."},
        ]
    }
    (call,) = calls_of(row)
    assert call["function"] == {"name": "weather", "arguments": '{"city": "Rome"}'}
    assert "C103" in [fault.code for fault in RowReader([row]).read(row).mended]


def test_two_names_of_the_arguments_are_refused() -> None:
    function = {"name": "weather", "arguments": "{}", "parameters": CITY}
    call = {"id": "a", "type": "function", "function": function}
    said = {"role": "assistant", "tool_calls": [call]}
    row = {"messages": [{"role": "user", "content": "Weather?"}, said]}
    assert refusal(row)[0] == "S001"


def test_the_result_of_a_function_keeps_another_name_than_that_of_the_call() -> None:
    row = {
        "messages": [
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "function_call": {"name": "weather", "arguments": "{}"}},
            {"role": "function", "name": "sky", "content": "clear"},
            {"role": "assistant", "content": "It is clear."},
        ]
    }
    assert "name" in refusal(row)[1]
