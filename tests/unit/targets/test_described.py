"""An example as a row: pairs, chats that come back as they were, rows as a recipe describes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.contracts import contract
from dataprep.example import Batch, Example, Turn
from dataprep.finding import UsageError
from dataprep.formats.chat import chat_row
from dataprep.formats.pair import pair_row
from dataprep.recipe import Target
from dataprep.targets.described import described_row
from tests.building import example, texts
from tests.unit.formats import rows

CHAT = Target(name="openai-chat")
CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"at":"x"}'}}
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
USER = {"role": "user", "content": "Hi"}
ANSWER = {"role": "assistant", "content": "Ho"}


def through_frames(found: Example) -> Example:
    """The example as a stage further down sees it."""
    (back,) = Batch.of([found]).rows()
    return back


def conversation(row: dict[str, Any]) -> Example:
    return through_frames(rows.example(row))


def described(fields: dict[str, Any], found: Example) -> dict[str, Any]:
    target = Target.model_validate({"name": "qa", "schema": "qa.json", "fields": fields})
    return described_row(target)(through_frames(found))


# --- pairs


def test_a_pair_is_prompt_and_completion() -> None:
    build = pair_row(Target(name="prompt-completion"))
    assert build(example(1)) == {"prompt": "question 1", "completion": "answer 1"}


def test_the_system_message_stands_before_the_prompt() -> None:
    build = pair_row(Target(name="prompt-completion"))
    assert build(example(1, system="Be kind."))["prompt"] == "Be kind.\n\nquestion 1"
    assert build(example(1, system=""))["prompt"] == "question 1"


# --- chats


def test_a_pair_is_a_short_conversation() -> None:
    assert chat_row(CHAT)(example(1)) == {
        "messages": [
            {"role": "user", "content": "question 1"},
            {"role": "assistant", "content": "answer 1"},
        ]
    }


def test_the_system_message_of_the_example_stands_above_that_of_the_target() -> None:
    build = chat_row(Target(name="openai-chat", system="From the target."))
    own = build(example(1, system="Its own."))["messages"]
    assert own[0] == {"role": "system", "content": "Its own."}
    assert build(example(1))["messages"][0] == {"role": "system", "content": "From the target."}
    assert [m["role"] for m in own] == ["system", "user", "assistant"]


@pytest.mark.parametrize("role", ["system", "developer"])
def test_a_conversation_with_an_instruction_gets_no_second_one(role: str) -> None:
    row = {"messages": [{"role": role, "content": "Its own."}, USER, ANSWER]}
    build = chat_row(Target(name="openai-chat", system="From the target."))
    own = {"role": "system", "content": "Its own."}
    assert build(conversation(row))["messages"] == [own, USER, ANSWER]
    without = build(conversation({"messages": [USER, ANSWER]}))["messages"]
    assert without == [{"role": "system", "content": "From the target."}, USER, ANSWER]


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [USER, ANSWER]},
        {"messages": [USER, ANSWER, USER, {**ANSWER, "weight": 0}, USER, {**ANSWER, "weight": 1}]},
        {
            "messages": [
                {"role": "system", "content": [{"type": "text", "text": "Be kind."}]},
                {**USER, "name": "ada"},
                {"role": "assistant", "tool_calls": [CALL]},
                {"role": "tool", "tool_call_id": "c1", "content": "Sun."},
                {"role": "assistant", "content": None, "tool_calls": [CALL, CALL]},
                {"role": "tool", "tool_call_id": "c1", "content": ""},
                {"role": "assistant", "content": "It is sunny.", "weight": 1},
            ],
            "tools": [TOOL],
            "parallel_tool_calls": False,
        },
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "What is it?"},
                        {
                            "type": "image_url",
                            "image_url": {"url": "https://example.com/a.png", "detail": "low"},
                        },
                    ],
                },
                {"role": "assistant", "content": [{"type": "text", "text": "A cat."}]},
            ]
        },
        {"messages": [USER, {"role": "assistant", "content": None, "refusal": "No."}]},
        {"messages": [USER, {"role": "assistant", "refusal": "No.", "weight": 0}]},
        {"messages": [{"role": "assistant", "content": ""}]},
    ],
)
def test_a_conversation_comes_back_as_it_was(row: dict[str, Any]) -> None:
    assert contract("openai-chat").accepts(row)
    back = chat_row(CHAT)(conversation(row))
    assert back == row
    weights = [m["weight"] for m in back["messages"] if "weight" in m]
    assert all(type(weight) is int for weight in weights)


said = st.one_of(
    texts,
    st.none(),
    st.lists(texts.map(lambda t: {"type": "text", "text": t}), min_size=1, max_size=2),
)
assistants = st.builds(
    lambda content, extra: {"role": "assistant", "content": content, **extra},
    said,
    st.fixed_dictionaries(
        {},
        optional={
            "weight": st.sampled_from([0, 1]),
            "name": texts,
            "refusal": texts,
            "tool_calls": st.just([CALL]),
        },
    ),
)
users = st.builds(lambda t: {"role": "user", "content": t}, texts)


@given(st.lists(users | assistants, max_size=5), assistants)
@settings(deadline=None)
def test_every_conversation_that_keeps_the_contract_comes_back(said: list[Any], last: Any) -> None:
    row = {"messages": [*said, last]}
    assert contract("openai-chat").accepts(row)
    assert chat_row(CHAT)(conversation(row)) == row


# --- rows that a recipe describes


def test_templates_stand_at_the_leaves_of_any_structure() -> None:
    fields = {
        "question": "Q: {{ input }}",
        "meta": {"from": ["{{ file }}", {"line": "line {{ data.line }}"}], "fixed": 7, "no": None},
    }
    assert described(fields, example(1, data='{"line":3}')) == {
        "question": "Q: question 1",
        "meta": {"from": ["t.jsonl", {"line": "line 3"}], "fixed": 7, "no": None},
    }


def test_a_leaf_that_is_one_expression_keeps_its_type() -> None:
    data = {"spans": [{"start": 0, "label": "PER"}], "n": 3, "ok": True, "none": None, "x": 1.5}
    fields = {
        "spans": "{{ spans }}",
        "first": " {{ spans[0].label }}\n",
        "n": "{{ n }}",
        "more": "{{ n + 1 }}",
        "text": "{{ n }}!",
        "two": "{{ n }}{{ n }}",
        "ok": "{{ ok }}",
        "none": "{{ none_ | default(none) }}",
        "x": "{{- x -}}",
        "labels": "{{ spans | map(attribute='label') | list }}",
    }
    assert described(fields, example(1, data=json.dumps(data))) == {
        "spans": [{"start": 0, "label": "PER"}],
        "first": "PER",
        "n": 3,
        "more": 4,
        "text": "3!",
        "two": "33",
        "ok": True,
        "none": None,
        "x": "1.5",
        "labels": ["PER"],
    }


def test_a_row_sees_the_example_its_data_and_its_messages() -> None:
    found = example(
        1,
        label="A",
        split="test",
        task="7",
        shape="classification",
        annotators='["1","2"]',
        data='{"label":"of the data","lang":"en"}',
    )
    fields = {
        "all": "{{ [id, input, output, label, shape, split, file, task, lang, data.label] }}",
        "annotators": "{{ annotators }}",
        "system": "{{ system }}",
        "messages": "{{ messages }}",
    }
    assert described(fields, found) == {
        "all": [
            "0000000000000001",
            "question 1",
            "answer 1",
            "A",
            "classification",
            "test",
            "t.jsonl",
            "7",
            "en",
            "of the data",
        ],
        "annotators": ["1", "2"],
        "system": None,
        "messages": [],
    }
    row = {"messages": [USER, {"role": "assistant", "content": None, "refusal": "No."}]}
    assert described({"m": "{{ messages }}"}, conversation(row)) == {"m": row["messages"]}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"a": {"b": ["{{ nope }}"]}}, "qa.a.b[0]: nope is undefined."),
        ({"a": "x {{ nope }}"}, "qa.a: undefined value: `nope` is undefined (in qa.a:1)."),
        ({"a": "{{ input"}, "qa.a: syntax error"),
        ({"a": "{{ }}"}, "qa.a: syntax error"),
    ],
)
def test_a_template_that_does_not_fit_is_named_by_its_place_in_the_recipe(
    fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        described(fields, example(1))
    assert str(caught.value).startswith(said)


def test_a_pair_holds_all_of_a_conversation_before_its_last_answer() -> None:
    said = [
        Turn(role="system", content="Be brief."),
        Turn(role="user", content="Capital of Mali?"),
        Turn(role="assistant", content="Bamako."),
        Turn(role="user", content="And of Kenya?"),
        Turn(role="assistant", content="Nairobi."),
    ]
    row = pair_row(Target(name="prompt-completion"))(
        example(1, input="And of Kenya?", output="Nairobi.", turns=said)
    )
    assert row == {
        "prompt": "Be brief.\n\nuser: Capital of Mali?\nassistant: Bamako.\nuser: And of Kenya?",
        "completion": "Nairobi.",
    }
