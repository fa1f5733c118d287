"""Requests joined with their results, of any interface; and answers that are no whole ones."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.checks import Context, RowJudge
from dataprep.formats import RowReader
from dataprep.formats.format import RowRead
from tests.unit.formats.rows import example

Row = dict[str, Any]
ASKED = {"role": "user", "content": "Q"}
ANSWERED = {"role": "assistant", "content": "A"}
CHAT: Row = {"choices": [{"message": ANSWERED, "finish_reason": "stop"}]}
CONTENTS = {"contents": [{"role": "user", "parts": [{"text": "Q"}]}]}
PART = {"role": "model", "parts": [{"text": "A"}]}
CANDIDATES: Row = {"candidates": [{"content": PART, "finishReason": "STOP"}]}
ITEM = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "A"}]}


def read(row: Row, **beside: Any) -> RowRead:
    return RowReader([row], broken=RowJudge(Context()).broken).read({**row, **beside})


@pytest.mark.parametrize(
    ("row", "asked", "answered"),
    [
        (
            {"custom_id": "r", "request": {"body": {"messages": [ASKED]}}, "response": CHAT},
            "request.body.messages[0]",
            "response",
        ),
        ({"object": "chat.completion", "input": [ASKED], **CHAT}, "input[0]", "choices"),
        ({"input": {"messages": [ASKED]}, **CHAT}, "input.messages[0]", "choices"),
        ({"input": "Q", **CHAT}, "input", "choices"),
        ({"messages": [ASKED], **CHAT}, "messages[0]", "choices"),
        (
            {"request": CONTENTS, "response": CANDIDATES, "status": ""},
            "request.contents[0].parts[0]",
            "response.candidates[0].content.parts[0]",
        ),
        (
            {"custom_id": "r", "body": {"input": "Q"}, "response": {"body": {"output": [ITEM]}}},
            "body.input",
            "response.body.output[0].content[0]",
        ),
    ],
)
def test_what_is_asked_is_read_from_where_it_stands(row: Row, asked: str, answered: str) -> None:
    found = read(row)
    assert found.faults == []
    reading = found.reading
    assert reading is not None
    assert reading.messages == [ASKED, ANSWERED]
    assert [reading.places[f"messages[{n}]"] for n in (0, 1)] == [asked, answered]
    assert {"prompt", "answer"} <= set(found.keys.values())
    assert set(found.keys) == set(row)


def test_what_is_wrong_inside_is_named_where_it_stands() -> None:
    row = {"request": CONTENTS, "response": {"candidates": [{"content": {"parts": "A"}}]}}
    (fault,) = read(row).faults
    assert (fault.code, fault.path) == ("S001", "response.candidates[0].content.parts")
    picture = {"parts": [{"inlineData": {"data": ""}}]}
    row = {"request": CONTENTS, "response": {"candidates": [{"content": picture}]}}
    (fault,) = read(row).faults
    assert (fault.code, fault.path) == ("S004", "response.candidates[0].content.parts[0]")


@pytest.mark.parametrize("status", ["Bad Request: too long", "INTERNAL"])
def test_a_request_of_vertex_that_failed_is_told(status: str) -> None:
    (fault,) = read({"request": CONTENTS, "response": {}, "status": status}).faults
    assert (fault.code, fault.path) == ("C001", "response")
    assert status in fault.message


def test_a_table_of_options_is_no_batch() -> None:
    row = {"input": "Which?", "choices": ["Rain", "Snow"], "output": "Rain"}
    form = RowReader([row]).form
    assert form is not None
    assert form.name == "columns"


SOUND = [
    {"messages": [ASKED, ANSWERED]},
    {"system": "Be brief.", "messages": [ASKED, ANSWERED]},
    {"prompt": "Q", "completion": "A"},
    {"question": "Q", "answer": "A"},
    {"prompt": "Q", "completion": "A", "label": True},
    {"conversations": [{"from": "human", "value": "Q"}, {"from": "gpt", "value": "A"}]},
]


@pytest.mark.parametrize("row", SOUND)
@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("finish_reason", "length"),
        ("finishReason", "MAX_TOKENS"),
        ("stop_reason", "refusal"),
        ("stopReason", "content_filtered"),
    ],
)
def test_an_answer_that_was_cut_off_is_refused_in_every_format(
    row: Row, key: str, reason: str
) -> None:
    (fault,) = read(row, **{key: reason}).faults
    assert (fault.code, fault.path) == ("C001", key)
    assert read(row, **{key: "stop"}).reading is not None
    assert read(row, **{key: 7, "note": None}).reading is not None


def test_a_worse_answer_may_be_cut_off() -> None:
    worse = {"role": "assistant", "content": "B", "finish_reason": "length"}
    row = {"prompt": "Q", "chosen": [ANSWERED], "rejected": [worse]}
    assert read(row).reading is not None
    row = {"prompt": "Q", "chosen": [worse], "rejected": [ANSWERED]}
    assert [fault.path for fault in read(row).faults] == ["chosen[0].finish_reason"]


CHOICE = CHAT["choices"][0]
CANDIDATE = CANDIDATES["candidates"][0]
OF_CHAT = {"custom_id": "r", "request": {"body": {"messages": [ASKED]}}}


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"messages": [ASKED], "choices": [{**CHOICE, "note": "n"}]}, "choices[].note"),
        (
            {"request": CONTENTS, "response": {"candidates": [{**CANDIDATE, "note": "n"}]}},
            "response.candidates[].note",
        ),
        ({**OF_CHAT, "response": {"body": CHAT, "note": "n"}}, "response.note"),
        ({**OF_CHAT, "response": {"body": {**CHAT, "note": "n"}}}, "response.body.note"),
        ({**OF_CHAT, "response": {"body": {**CHAT, "tools": [1]}}}, "response.body.tools"),
        (
            {"request": {"body": {"messages": [ASKED]}, "note": "n"}, "response": CHAT},
            "request.note",
        ),
        ({"input": {"messages": [ASKED], "note": "n"}, **CHAT}, "input.note"),
        (
            {"request": {"messages": [ASKED], "input": "n"}, "response": CHAT},
            "request.input",
        ),
    ],
)
def test_what_stands_around_what_is_read_is_carried_along(row: Row, path: str) -> None:
    found = read(row)
    assert found.keys[path] == "carried along"
    assert found.reading is not None
    assert path in found.reading.carried


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [ASKED], "choices": [{**CHOICE, "approved": False}]},
        {"request": CONTENTS, "response": {"candidates": [{**CANDIDATE, "approved": False}]}},
        {**OF_CHAT, "response": {"body": {**CHAT, "approved": False}}},
        {**OF_CHAT, "response": {"body": CHAT, "label": "bad"}},
        {
            "custom_id": "r",
            "body": {"input": "Q"},
            "response": {"body": {"output": [{**ITEM, "approved": False}]}},
        },
    ],
)
def test_a_verdict_anywhere_in_a_response_is_on_its_answer(row: Row) -> None:
    reading = read(row).reading
    assert reading is not None
    assert (reading.kind, reading.verdict) == ("feedback", False)


def test_a_scale_in_a_response_is_asked_for_by_a_flag_that_is_taken() -> None:
    row = {**OF_CHAT, "response": {"body": {**CHAT, "rating": 3}}}
    (fault,) = read(row).faults
    assert (fault.code, fault.path) == ("S004", "response.body.rating")
    assert "--leave-out response.body.rating" in fault.remedy
    assert example(row, leave_out=["response.body.rating"]).output == "A"
    assert "response.body.rating" in example(row, carry=["response.body.rating"]).meta


def test_what_the_interfaces_say_of_every_response_is_no_verdict() -> None:
    usage = {"completion_tokens_details": {"rejected_prediction_tokens": 0}}
    rated = [{"category": "HARM_CATEGORY_HATE_SPEECH", "probability": "NEGLIGIBLE"}]
    for row, path in (
        ({**OF_CHAT, "response": {"body": {**CHAT, "usage": usage}}}, "response.body.usage"),
        ({"messages": [ASKED], **CHAT, "usage": usage}, "usage"),
        (
            {
                "request": CONTENTS,
                "response": {"candidates": [{**CANDIDATE, "safetyRatings": rated}]},
            },
            "response.candidates[].safetyRatings",
        ),
    ):
        found = read(row)
        assert (found.faults, found.keys[path]) == ([], "carried along")


def test_what_was_thought_before_a_choice_is_kept() -> None:
    answered = {**ANSWERED, "reasoning_content": "It is A."}
    row = {"messages": [ASKED], "choices": [{"message": answered, "finish_reason": "stop"}]}
    reading = read(row).reading
    assert reading is not None
    assert reading.messages[-1]["reasoning"] == "It is A."


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"messages": [ASKED], **CHAT, "stop_reason": "max_tokens"}, "stop_reason"),
        (
            {**OF_CHAT, "response": {"body": {**CHAT, "finish_reason": "length"}}},
            "response.body.finish_reason",
        ),
        (
            {"messages": [ASKED], "choices": [{**CHOICE, "stop_reason": "length"}]},
            "choices[0].stop_reason",
        ),
    ],
)
def test_a_reason_of_a_cut_stands_at_any_height_of_a_response(row: Row, path: str) -> None:
    (fault,) = read(row).faults
    assert (fault.code, fault.path) == ("C001", path)


def test_choices_behind_the_first_are_named_as_left_out() -> None:
    row = {"messages": [ASKED], "choices": [CHOICE, CHOICE]}
    assert read(row).keys["choices[] (not the first)"] == "left out"
