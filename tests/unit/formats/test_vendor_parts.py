"""Calls, thoughts and texts in the messages of other vendors: none is lost, wherever it stands."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.finding import Fault
from dataprep.formats import Reading, RowReader

Row = dict[str, Any]
ASKED = {"role": "user", "parts": [{"text": "Is it wet?"}]}
CALL = {"functionCall": {"name": "rain", "args": {}}}
TOOL = {"type": "function", "name": "rain", "parameters": {"type": "object", "properties": {}}}
SAID = {"type": "message", "role": "assistant", "content": "One moment."}
THOUGHT = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "I ask."}]}
CALLED = {"type": "function_call", "call_id": "c", "name": "rain", "arguments": "{}"}


def read(row: Row) -> Reading:
    found = RowReader([row]).read(row)
    assert found.faults == []
    assert found.reading is not None
    return found.reading


def fault(row: Row) -> Fault:
    (found,) = RowReader([row]).read(row).faults
    return found


def gemini(*parts: Row, **beside: Any) -> Row:
    return {"contents": [ASKED, {"role": "model", "parts": [*parts]}], **beside}


def bedrock(*parts: Row) -> Row:
    asked = {"role": "user", "content": [{"text": "Is it wet?"}]}
    answer = {"role": "assistant", "content": [*parts]}
    return {"schemaVersion": "bedrock-conversation-2024", "messages": [asked, answer]}


def anthropic(*blocks: Row) -> Row:
    asked = {"role": "user", "content": "Is it wet?"}
    return {"system": "Be brief.", "messages": [asked, {"role": "assistant", "content": [*blocks]}]}


def thinking(text: str) -> Row:
    return {"reasoningContent": {"reasoningText": {"text": text}}}


@pytest.mark.parametrize(
    "row",
    [
        gemini({"text": "One moment.", **CALL}),
        bedrock(
            {"text": "One moment.", "toolUse": {"toolUseId": "c", "name": "rain", "input": {}}}
        ),
        {"input": "Is it wet?", "output": [SAID, CALLED]},
    ],
)
def test_a_text_and_a_call_in_one_are_both_kept(row: Row) -> None:
    answer = read(row).messages[-1]
    assert answer["content"] == "One moment."
    assert [call["function"]["name"] for call in answer["tool_calls"]] == ["rain"]


@pytest.mark.parametrize(
    "row",
    [
        gemini(
            {"text": "First.", "thought": True},
            {"text": "Then.", "thought": True},
            {"text": "No."},
        ),
        bedrock(thinking("First."), thinking("Then."), {"text": "No."}),
        anthropic(
            {"type": "thinking", "thinking": "First."},
            {"type": "thinking", "thinking": "Then."},
            {"type": "text", "text": "No."},
        ),
    ],
)
def test_several_thoughts_are_all_kept(row: Row) -> None:
    assert read(row).messages[-1] == {
        "role": "assistant",
        "content": "No.",
        "reasoning": "First.\n\nThen.",
    }


def test_a_content_of_thoughts_alone_goes_with_the_answer_behind_it() -> None:
    thought = {"role": "model", "parts": [{"text": "I look.", "thought": True}]}
    row = gemini({"text": "No."})
    row["contents"].insert(1, thought)
    assert [m.get("reasoning") for m in read(row).messages] == [None, "I look."]


@pytest.mark.parametrize(
    ("row", "path"),
    [
        (gemini({"text": "I look.", "thought": True}), "contents[1].parts[0].text"),
        (bedrock(thinking("I.")), "messages[1].content[0].reasoningContent.reasoningText.text"),
        (anthropic({"type": "thinking", "thinking": "I."}), "messages[1].content[0].thinking"),
        (
            {"input": [THOUGHT, {"role": "user", "content": "Is it wet?"}], "output": [SAID]},
            "input[0].summary[0].text",
        ),
    ],
)
def test_a_thought_that_no_answer_follows_is_refused(row: Row, path: str) -> None:
    found = fault(row)
    assert (found.code, found.path) == ("C003", path)


@pytest.mark.parametrize("output", [[SAID, THOUGHT, CALLED], [THOUGHT, SAID, CALLED]])
def test_what_was_thought_before_a_call_is_kept_with_it(output: list[Row]) -> None:
    answer = read({"input": "Is it wet?", "output": output, "tools": [TOOL]}).messages[-1]
    assert (answer["content"], answer["reasoning"]) == ("One moment.", "I ask.")
    assert len(answer["tool_calls"]) == 1


def test_the_text_of_reasoning_is_read_and_its_summary_carried_along() -> None:
    whole = {**THOUGHT, "content": [{"type": "reasoning_text", "text": "It may rain."}]}
    reading = read({"input": "Is it wet?", "output": [whole, SAID]})
    assert reading.messages[-1]["reasoning"] == "It may rain."
    assert "output[].summary" in reading.carried


def test_an_earlier_item_that_was_cut_off_is_refused() -> None:
    earlier = {"role": "assistant", "content": "It was", "status": "incomplete"}
    row = {"input": [earlier, {"role": "user", "content": "Go on."}], "output": [SAID]}
    found = fault(row)
    assert (found.code, found.path) == ("C001", "input[0].status")


@pytest.mark.parametrize("key", ["inlineData", "executableCode"])
def test_a_part_that_says_more_than_its_text_is_refused(key: str) -> None:
    found = fault(gemini({"text": "No.", key: {"data": ""}}))
    assert (found.code, found.path) == ("S004", "contents[1].parts[0]")


def test_a_result_answers_the_call_with_its_id() -> None:
    calls = [{"functionCall": {"name": "rain", "args": {}, "id": one}} for one in "ab"]
    results = [
        {"functionResponse": {"name": "rain", "id": one, "response": {"said": one}}} for one in "ba"
    ]
    row = gemini(*calls)
    row["contents"] += [
        {"role": "user", "parts": results},
        {"role": "model", "parts": [{"text": "."}]},
    ]
    told = [m["tool_call_id"] for m in read(row).messages if m["role"] == "tool"]
    assert told == ["b", "a"]


def test_a_result_without_a_text_is_refused() -> None:
    result = {"toolUseId": "c", "content": [{"image": {"format": "png"}}]}
    found = fault(bedrock({"toolResult": result}))
    assert (found.code, found.path) == ("S004", "messages[1].content[0].toolResult.content")


def test_a_result_that_is_an_error_is_carried_along_and_judges_nothing() -> None:
    block = {"type": "tool_result", "tool_use_id": "c", "content": "None.", "is_error": True}
    row = anthropic({"type": "tool_use", "id": "c", "name": "rain", "input": {}})
    row["messages"] += [
        {"role": "user", "content": [block]},
        {"role": "assistant", "content": "I do not know."},
    ]
    reading = read(row)
    assert reading.kind == "chat"
    assert True in reading.carried["messages[].content[].is_error"]


# Tools.

RAIN = {"name": "rain", "description": "Rain?", "parameters": {"type": "object", "properties": {}}}


@pytest.mark.parametrize(
    "tool",
    [
        {"functionDeclarations": [RAIN]},
        {"type": "function", "function": RAIN},
        {"type": "function", **RAIN},
        RAIN,
    ],
)
@pytest.mark.parametrize("row", [gemini({"text": "No."}), {"input": "Wet?", "output": [SAID]}])
def test_a_function_is_read_in_the_form_of_any_vendor(row: Row, tool: Row) -> None:
    reading = read({**row, "tools": [tool]})
    assert reading.beside == {"tools": [{"type": "function", "function": RAIN}]}
    assert reading.carried == {}


@pytest.mark.parametrize(
    ("row", "tool", "path"),
    [
        (gemini({"text": "No."}), {"googleSearch": {}}, "tools[].googleSearch"),
        ({"input": "?", "output": [SAID]}, {"type": "web_search"}, "tools[] (web_search)"),
        (
            anthropic({"type": "text", "text": "No."}),
            {"type": "bash_1", "name": "b"},
            "tools[] (bash_1)",
        ),
    ],
)
def test_a_tool_that_is_no_function_is_carried_along_by_its_name(
    row: Row, tool: Row, path: str
) -> None:
    beside_one = {**row, "tools": [RAIN, tool]}
    assert RowReader([beside_one]).read(beside_one).keys[path] == "carried along"
    alone = {**row, "tools": [tool]}
    assert RowReader([alone]).read(alone).keys["tools"] == "carried along"


# Preferences.


def scored(*scores: float) -> Row:
    parts = [{"parts": [{"text": f"Answer {n}"}]} for n, _ in enumerate(scores)]
    told = [{"score": s, "completion": c} for s, c in zip(scores, parts, strict=True)]
    return {"contents": [ASKED], "completions": told}


def candidates(*labels: str) -> Row:
    row = bedrock()
    row["messages"][1] = {
        "role": "assistant",
        "candidates": [
            {"content": [{"text": f"Answer {n}"}, {"text": "."}], "preferenceLabel": label}
            for n, label in enumerate(labels)
        ],
    }
    return row


@pytest.mark.parametrize(
    "row",
    [
        scored(1, 0, 0),
        scored(1, 1, 0),
        scored(1, 1),
        scored(1, 0.5),
        candidates("preferred", "non-preferred", "non-preferred"),
        candidates("preferred", "preferred", "non-preferred"),
    ],
)
def test_a_preference_has_one_better_and_one_worse_answer(row: Row) -> None:
    assert fault(row).code == "C202"


def test_all_texts_of_a_candidate_are_read() -> None:
    reading = read(candidates("non-preferred", "preferred"))
    assert reading.messages[-1]["content"] == "Answer 1\n\n."
    assert reading.rejected == [{"role": "assistant", "content": "Answer 0\n\n."}]


@pytest.mark.parametrize("key", ["functionCall", "thought"])
def test_a_completion_that_is_more_than_a_text_is_refused(key: str) -> None:
    row = scored(1, 0)
    row["completions"][0]["completion"]["parts"][0][key] = CALL.get(key, True)
    assert fault(row).code == "S001"


def test_a_better_answer_that_was_cut_off_is_refused() -> None:
    row = scored(1, 0)
    row["completions"][0]["completion"]["finishReason"] = "MAX_TOKENS"
    assert fault(row).code == "C001"


def test_what_stands_behind_or_beside_candidates_is_refused() -> None:
    row = candidates("preferred", "non-preferred")
    row["messages"].append({"role": "user", "content": [{"text": "More."}]})
    assert (fault(row).code, fault(row).path) == ("S001", "messages[2]")
    row = candidates("preferred", "non-preferred")
    row["messages"][1]["content"] = [{"text": "Another."}]
    assert (fault(row).code, fault(row).path) == ("S001", "messages[1].content")


def test_several_values_of_one_key_in_a_message_are_all_carried_along() -> None:
    row = gemini({"text": "No.", "node": 1}, {"text": "It is dry.", "node": 2})
    assert read(row).carried == {"contents[].parts[].node": [None, [1, 2]]}


@pytest.mark.parametrize("systems", [True, False])
def test_a_verdict_is_on_its_own_message_whatever_stands_before(systems: bool) -> None:
    row = gemini({"text": "No."}, **({"systemInstruction": "Be brief."} if systems else {}))
    row["contents"].insert(1, {"role": "model", "parts": [{"text": "I look.", "thought": True}]})
    row["contents"][-1]["approved"] = False
    found = RowReader([row]).read(row)
    assert found.keys["contents[].approved"] == "verdict"
    assert found.reading is not None
    assert not found.reading.verdict


@pytest.mark.parametrize("thought", ["Count.", [{"type": "text", "text": "Count."}]])
def test_a_thought_in_a_part_of_an_answer_is_its_reasoning(thought: Any) -> None:
    parts = [{"type": "thinking", "thinking": thought}, {"type": "text", "text": "1."}]
    row = {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": parts},
        ]
    }
    reading = read(row)
    assert reading.messages[2] == {"role": "assistant", "content": "1.", "reasoning": "Count."}
    assert reading.uses["messages[].content[].thinking"] == "reasoning"


def test_an_answer_with_a_part_of_another_kind_is_not_read_for_its_thought() -> None:
    parts = [{"type": "thinking", "thinking": "Count."}, {"type": "image_url", "text": "1."}]
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": parts},
    ]
    assert fault({"messages": messages}).code == "S001"
