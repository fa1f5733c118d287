"""A conversation keeps every turn so exactly that its row can be written again."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.contracts import contract
from dataprep.example import Example, Turn
from dataprep.finding import Drop, Finding
from tests.unit.formats.rows import example, shaped

CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Nairobi"}'},
}
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
PARTS = [
    {"type": "text", "text": "What is this?"},
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
    {"type": "text", "text": "Be short."},
]


def written_again(made: Example) -> dict[str, Any]:
    """The row that an example came from, out of its turns and data alone."""
    data = json.loads(made.data)
    rest = data.pop("of_messages", {})
    rows = []
    for index, turn in enumerate(made.turns):
        row: dict[str, Any] = {"role": turn.role}
        if turn.parts is not None:
            row["content"] = json.loads(turn.parts)
        elif turn.content is not None:
            row["content"] = turn.content
        for name in ("name", "tool_call_id", "weight"):
            if (value := getattr(turn, name)) is not None:
                row[name] = value
        if turn.tool_calls is not None:
            row["tool_calls"] = json.loads(turn.tool_calls)
        rows.append(row | rest.get(str(index), {}))
    return {"messages": rows, **data}


def test_the_last_question_and_answer_are_input_and_output() -> None:
    made = example(
        {
            "messages": [
                {"role": "system", "content": "Be short."},
                {"role": "user", "content": "Capital of Kenya?"},
                {"role": "assistant", "content": "Nairobi", "weight": 0},
                {"role": "user", "content": "Of Uganda?", "name": "ada"},
                {"role": "assistant", "content": "Kampala", "weight": 1},
            ]
        }
    )
    assert (made.input, made.output, made.system) == ("Of Uganda?", "Kampala", "Be short.")
    assert (made.shape, made.line, made.data) == ("messages", 3, "{}")
    assert list(made.turns) == [
        Turn(role="system", content="Be short."),
        Turn(role="user", content="Capital of Kenya?"),
        Turn(role="assistant", content="Nairobi", weight=0),
        Turn(role="user", content="Of Uganda?", name="ada"),
        Turn(role="assistant", content="Kampala", weight=1),
    ]


def test_tools_and_calls_are_kept_as_canonical_json() -> None:
    row: dict[str, Any] = {
        "messages": [
            {"role": "developer", "content": "Use tools."},
            {"role": "user", "content": "Weather in Nairobi?"},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "content": "22 C", "tool_call_id": "call_1"},
            {"role": "assistant", "tool_calls": [CALL]},
        ],
        "tools": [TOOL],
        "parallel_tool_calls": False,
    }
    made = example(row)
    call = (
        '[{"function":{"arguments":"{\\"city\\": \\"Nairobi\\"}","name":"weather"},'
        '"id":"call_1","type":"function"}]'
    )
    assert made.turns[2] == Turn(role="assistant", tool_calls=call, parts="null")
    assert made.turns[3] == Turn(role="tool", content="22 C", tool_call_id="call_1")
    assert made.turns[4] == Turn(role="assistant", tool_calls=call)
    assert (made.output, made.system) == (call, "Use tools.")
    assert json.loads(made.data) == {"tools": [TOOL], "parallel_tool_calls": False}
    row["messages"][0]["role"] = "system"
    assert written_again(made) == row


def test_content_parts_are_kept_and_their_texts_are_the_content() -> None:
    row = {
        "messages": [
            {"role": "user", "content": PARTS},
            {"role": "assistant", "content": [{"type": "text", "text": "A dot."}]},
        ]
    }
    made = example(row)
    assert (made.input, made.output) == ("What is this?\nBe short.", "A dot.")
    assert json.loads(made.turns[0].parts or "") == PARTS
    assert written_again(made) == row


def test_refusals_are_kept_and_calls_of_functions_become_calls_of_tools() -> None:
    row = {
        "messages": [
            {"role": "user", "content": "Do it."},
            {"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "function", "name": "f", "content": None},
            {"role": "assistant", "content": None, "refusal": "No."},
        ],
        "functions": [{"name": "f"}],
    }
    made = example(row)
    assert made.output == "No."
    call = {"id": "call00001", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    assert written_again(made) == {
        "messages": [
            {"role": "user", "content": "Do it."},
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call00001", "content": ""},
            {"role": "assistant", "content": None, "refusal": "No."},
        ],
        "tools": [{"type": "function", "function": {"name": "f"}}],
    }


@pytest.mark.parametrize(
    ("row", "given"),
    [
        ([{"role": "user", "content": "Hi"}], ("Hi", "")),
        ([{"role": "assistant", "content": "Hello"}], ("", "Hello")),
        (
            [
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello"},
                {"role": "user", "content": "Thanks"},
            ],
            ("Hi", "Hello"),
        ),
    ],
)
def test_a_conversation_without_an_exchange_is_left_to_the_checks(
    row: list[dict[str, str]], given: tuple[str, str]
) -> None:
    made = example({"messages": row})
    assert (made.input, made.output) == given


def test_each_violation_is_a_finding_with_its_json_path() -> None:
    *found, last = shaped(
        {
            "messages": [
                {"role": "user", "content": 7},
                {"role": "assistant", "content": "x", "weight": 2},
            ],
        }
    )
    paths = sorted((f.place.path, f.message) for f in found if isinstance(f, Finding))
    assert paths == [
        ("messages[0].content", "messages[0].content is a number, not string"),
        ("messages[1].weight", "messages[1].weight is 2, not one of 0, 1"),
    ]
    assert isinstance(last, Drop)
    assert (last.unit, last.reason) == ("record", "S001")


def test_columns_that_the_recipe_names_may_stand_beside_the_messages() -> None:
    row = {"messages": [{"role": "assistant", "content": "x"}], "topic": "sea", "author": "ada"}
    made = example(row, label="topic", group="author")
    assert (made.label, made.group) == ("sea", "ada")


content = st.text(max_size=5)
some = st.text(min_size=1, max_size=5)
text_parts = st.lists(content.map(lambda t: {"type": "text", "text": t}), min_size=1, max_size=3)
assistant = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": st.none() | content | text_parts},
    optional={
        "weight": st.sampled_from([0, 1]),
        "name": some,
        "refusal": some,
        "tool_calls": st.just([CALL]),
    },
)
others = st.sampled_from(["system", "user"]).flatmap(
    lambda role: st.fixed_dictionaries(
        {"role": st.just(role), "content": content | text_parts}, optional={"name": some}
    )
)
talks = st.builds(
    lambda said, last: [*said, last], st.lists(assistant | others, max_size=4), assistant
)


@given(
    st.fixed_dictionaries(
        {"messages": talks},
        optional={"tools": st.just([TOOL]), "parallel_tool_calls": st.booleans()},
    )
)
def test_any_conversation_can_be_written_again(row: dict[str, Any]) -> None:
    assert contract("openai-chat").accepts(row)
    assert written_again(example(row)) == row
