"""Calls that stand as text before their results are calls, in every spelling; others stay text."""

import json
from time import process_time
from typing import Any

import pytest

from dataprep import jsonio
from dataprep.example import Example
from dataprep.finding import Drop, Finding
from dataprep.fixes.mend import mend
from dataprep.formats.called_in_text import ToolResult, called_in
from tests.unit.formats.rows import example, shaped, shaped_rows

RAIN = '<tool_call>\n{"name": "rain", "arguments": {"city": "Lima"}}\n</tool_call>'
SNOW = "<tool_call>{'name': 'snow', 'arguments': {'deep': True}}</tool_call>"


def row(answer: str, *results: str, way: str = "messages") -> dict[str, Any]:
    """A conversation in which a tool answers what an answer says."""
    said = [("user", "Rain?"), ("assistant", answer), *(("tool", text) for text in results)]
    said.append(("assistant", "It is dry."))
    if way == "messages":
        return {"messages": [{"role": role, "content": text} for role, text in said]}
    return {"conversations": [{"from": role, "value": text} for role, text in said]}


def calls_of(made: Example) -> list[tuple[str, dict[str, Any]]]:
    """The names and arguments of all calls of an example."""
    functions = [call["function"] for t in made.turns for call in json.loads(t.tool_calls or "[]")]
    return [(one["name"], json.loads(one["arguments"])) for one in functions]


@pytest.mark.parametrize("way", ["messages", "conversations"])
@pytest.mark.parametrize(
    ("answer", "calls"),
    [
        (RAIN, [("rain", {"city": "Lima"})]),
        (f"I look.\n{RAIN}", [("rain", {"city": "Lima"})]),
        ('[rain(city="Lima")]', [("rain", {"city": "Lima"})]),
        ("[rain()]", [("rain", {})]),
        (
            '[Rain_API(city="a, (b)]", days=[1, 2.5], of={"x": true}, no=None)]',
            [("Rain_API", {"city": "a, (b)]", "days": [1, 2.5], "of": {"x": True}})],
        ),
    ],
)
def test_a_call_in_text_is_a_call_where_a_tool_answers(
    way: str, answer: str, calls: list[tuple[str, dict[str, Any]]]
) -> None:
    made = example(row(answer, "<tool_response>\nno\n</tool_response>", way=way))
    found = calls_of(made)
    assert [(name, {k: v for k, v in given.items() if k != "no"}) for name, given in found] == calls
    assert [turn.content for turn in made.turns if turn.role == "tool"] == ["no"]
    called = made.turns[1]
    assert (called.content or "") == ("I look." if answer.startswith("I") else "")
    result = next(turn for turn in made.turns if turn.role == "tool")
    assert json.loads(called.tool_calls or "")[0]["id"] == result.tool_call_id


@pytest.mark.parametrize(
    "results",
    [
        ["no", "yes"],
        ["<tool_response>no</tool_response>\n<tool_response>yes</tool_response>"],
    ],
)
def test_each_of_several_calls_gets_its_own_result(results: list[str]) -> None:
    made = example(row(f"{RAIN}\n{SNOW}", *results, way="conversations"))
    assert calls_of(made) == [("rain", {"city": "Lima"}), ("snow", {"deep": True})]
    assert [turn.content for turn in made.turns if turn.role == "tool"] == ["no", "yes"]


@pytest.mark.parametrize(
    ("answer", "results"),
    [
        ("<tool_call>{rain}</tool_call>", ["no"]),
        ('<tool_call>{"name": "rain", "mood": "sad"}</tool_call>', ["no"]),
        (f"{RAIN}{SNOW}", ["no"]),
        (f"{RAIN}{SNOW}", ["[1]"]),
        (RAIN, ["no", "yes"]),
        (RAIN, []),
        (f"{RAIN}{SNOW}", ['["no", "yes"]']),
        (f"{RAIN}{SNOW}", ['{"name": "snow"}', '{"name": "hail"}']),
        ('<tool_call>{"name": "rain", "arguments": {"a": 1, "a": 2}}</tool_call>', ["no"]),
        ("<tool_call>{'name': 'rain', 'arguments': {'a': 1, 'a': 2}}</tool_call>", ["no"]),
        ("[rain(city=1, city=2)]", ["no"]),
        ('[rain(city={"a": 1, "a": 2})]', ["no"]),
        ('[rain(city=1, **{"b": 2})]', ["no"]),
        ("[rain(city=1e400)]", ["no"]),
        ('[rain(city="\\ud83d")]', ["no"]),
        ("[rain(city)]", ["no"]),
        ("[rain(city=open)]", ["no"]),
        ('[rain(city="Lima"]', ["no"]),
        ('[rain(city="Lima") snow()]', ["no"]),
        ("[1, 2]", ["no"]),
        ("[see below (1)]", ["no"]),
        ("It rains.", ["no"]),
    ],
)
def test_what_is_no_call_or_has_no_result_of_its_own_is_left_alone(
    answer: str, results: list[str]
) -> None:
    assert called_in(answer, [*map(ToolResult, results)]) is None


@pytest.mark.parametrize("way", ["messages", "conversations"])
@pytest.mark.parametrize("how", ["inside", "beside", "id"])
def test_a_result_that_says_its_call_is_paired_by_it(way: str, how: str) -> None:
    whole = row(f"{RAIN}\n{SNOW}", "deep", "wet", way=way)
    key, said = ("messages", "content") if way == "messages" else ("conversations", "value")
    _, call, *results, _ = whole[key]
    for result, name in zip(results, ("snow", "rain"), strict=True):
        if how == "beside":
            result["name"] = name
        else:
            told = "name" if how == "inside" else "id"
            result[said] = json.dumps({told: name, "is": result[said]})
    if how == "id":
        call[said] = call[said].replace('{"name"', '{"id": "rain", "name"')
        call[said] = call[said].replace("{'name'", "{'id': 'snow', 'name'")
    made = example(whole)
    ids = {c["function"]["name"]: c["id"] for c in json.loads(made.turns[1].tool_calls or "")}
    told = {t.tool_call_id: t.content or "" for t in made.turns if t.role == "tool"}
    assert "wet" in told[ids["rain"]]
    assert "deep" in told[ids["snow"]]


def test_observations_that_name_their_calls_are_paired_by_it() -> None:
    calls = '[{"name": "rain", "arguments": {}}, {"name": "snow", "arguments": {}}]'
    turns: list[dict[str, str]] = [
        {"from": "human", "value": "Rain?"},
        {"from": "function_call", "value": calls},
        {"from": "observation", "name": "snow", "value": "deep"},
        {"from": "observation", "name": "rain", "value": "wet"},
        {"from": "gpt", "value": "It is."},
    ]
    made = example({"conversations": turns})
    first, second = json.loads(made.turns[1].tool_calls or "")
    assert [t.tool_call_id for t in made.turns if t.role == "tool"] == [second["id"], first["id"]]


@pytest.mark.parametrize("said", ['{"name": "f", "arguments": {"a": NaN}}', "{", "call f", "[]"])
def test_a_turn_whose_speaker_calls_is_never_learned_as_text(said: str) -> None:
    turns = [{"from": "human", "value": "Rain?"}, {"from": "function_call", "value": said}]
    assert {type(made) for made in shaped({"conversations": turns})} == {Finding, Drop}
    messages = [{"role": "user", "content": "Rain?"}, {"role": "tool_call", "content": said}]
    assert {type(made) for made in shaped({"messages": messages})} == {Finding, Drop}


def test_roles_that_call_and_answer_are_read_in_messages() -> None:
    messages = [
        {"role": "user", "content": "Rain?"},
        {"role": "tool_call", "content": '{"name": "rain", "arguments": {"city": "Lima"}}'},
        {"role": "tool_response", "content": "no"},
        {"role": "assistant", "content": "It is dry."},
    ]
    made = example({"messages": messages})
    assert calls_of(made) == [("rain", {"city": "Lima"})]
    assert [turn.role for turn in made.turns] == ["user", "assistant", "tool", "assistant"]


def test_a_call_that_nobody_answers_stays_the_text_that_it_is() -> None:
    said = {"conversations": [{"from": "human", "value": "Rain?"}, {"from": "gpt", "value": RAIN}]}
    made = example(said)
    assert made.output == RAIN


@pytest.mark.parametrize("way", ["messages", "conversations"])
def test_the_fix_writes_what_convert_reads(way: str) -> None:
    whole = row(f"{RAIN}", "<tool_response>no</tool_response>", way=way)
    paths = ["messages[1].content"] if way == "messages" else ["conversations[1]"]
    mended = mend("calls-from-text", jsonio.dumps(whole), paths)
    assert mended is not None
    (made,) = shaped(jsonio.loads(mended))
    assert isinstance(made, Example)
    assert calls_of(made) == calls_of(example(whole))
    assert mend("calls-from-text", mended, paths) == mended


def test_an_observation_that_names_another_function_is_refused() -> None:
    turns: list[dict[str, str]] = [
        {"from": "human", "value": "Rain?"},
        {"from": "function_call", "value": '{"name": "rain", "arguments": {}}'},
        {"from": "observation", "name": "wind", "value": "strong"},
        {"from": "gpt", "value": "It blows."},
    ]
    tools = [{"type": "function", "function": {"name": name}} for name in ("rain", "wind")]
    found = shaped({"conversations": turns, "tools": tools})
    assert [one.code for one in found if isinstance(one, Finding)] == ["C104"]
    turns[2]["name"] = "Weather service"
    assert {type(one) for one in shaped({"conversations": turns, "tools": tools})} == {Example}


@pytest.mark.parametrize("odd", [None, 5, True, [], "x"])
def test_a_message_that_is_no_object_is_a_finding_beside_a_result(odd: Any) -> None:
    rows = {"messages": [{"role": "user", "content": "Hi"}, {"role": "tool", "content": "x"}, odd]}
    assert {"S001"} <= {one.code for one in shaped(rows) if isinstance(one, Finding)}


TALK = {"conversations": [{"from": "human", "value": "Hi?"}, {"from": "gpt", "value": "Ho."}]}


def test_a_call_without_an_id_in_a_file_of_turns_is_no_internal_error() -> None:
    odd = [{"role": "tool", "content": "x", "tool_calls": [{"function": {"name": "x"}}]}]
    made = shaped_rows([TALK, TALK, {"messages": odd}])
    assert isinstance(made[-1], Drop)


@pytest.mark.parametrize("content", [{}, {"content": None}])
def test_a_call_needs_no_text_in_a_file_of_turns(content: dict[str, Any]) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "rain", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": "Hi?"},
        {"role": "assistant", "tool_calls": [call], **content},
        {"role": "tool", "tool_call_id": "c1", "content": "dry"},
        {"role": "assistant", "content": "Dry."},
    ]
    *_, made = shaped_rows([TALK, TALK, {"messages": messages}])
    assert isinstance(made, Example)
    assert calls_of(made) == [("rain", {})]


def test_the_mark_of_an_end_is_nothing_that_is_said() -> None:
    told = called_in(f"{RAIN} <|endoftext|>", [ToolResult("dry")])
    assert told is not None
    assert told.text == ""


@pytest.mark.parametrize("role", ["gpt", "assistant", "Assistant"])
@pytest.mark.parametrize("mark", ["train", "trainable", "loss"])
def test_the_mark_of_an_answer_is_kept_whatever_its_role_is_called(role: str, mark: str) -> None:
    messages = [
        {"role": "human", "content": "Q1?"},
        {"role": role, "content": "Bad one.", mark: False},
        {"role": "human", "content": "Q2?"},
        {"role": role, "content": "Good one."},
    ]
    mended = mend("integer-weight", jsonio.dumps({"messages": messages}))
    assert mended is not None
    assert [m.get("weight") for m in jsonio.loads(mended)["messages"]] == [None, 0, None, None]


def test_many_calls_and_their_named_results_take_no_more_than_their_share_of_time() -> None:
    count = 20_000
    answer = "[" + ", ".join(f"rain(n={n})" for n in range(count)) + "]"
    results = json.dumps([{"name": "rain", "n": n} for n in range(count)])
    start = process_time()
    found = called_in(answer, [ToolResult(results)])
    assert process_time() - start < 5
    assert found is not None
    assert (len(found.calls), found.of[-1]) == (count, count - 1)
