"""Rows that break their schema in a way that has a code of its own."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.checks.per_row.extra_keys import extra_key_faults
from dataprep.checks.per_row.malformed import named_faults
from dataprep.contracts import contract
from dataprep.finding import Fault
from dataprep.formats import FORMATS, strict
from tests.unit.checks.rows import assistant, chat, user
from tests.unit.checks.test_preference import pair
from tests.unit.checks.test_tools import asked, call, calls, result, tool

PICTURE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
TEXT = [{"type": "text", "text": "no"}]
OBJECT = call() | {"function": {"name": "rain", "arguments": {"city": "Lima"}}}
BARE = {"role": "tool", "content": "no"}


def told(row: dict[str, Any], name: str) -> tuple[list[Fault], dict[str, Any]]:
    """All that has a code of its own in a row, by the three rooms that know it, and the rest."""
    form = FORMATS[name]
    tidy, mended = form.tidy(row)
    named, rest = named_faults(strict(tidy, form), name)
    return [*mended, *named, *extra_key_faults(tidy, form)], rest


def broken(row: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return row | changes


@pytest.mark.parametrize(
    ("form", "row", "expected"),
    [
        (
            "openai-chat",
            chat({"role": "narrator", "content": "Hi"}, {"content": "Hi"}, assistant("Hello")),
            [("C007", "messages[0].role"), ("C007", "messages[1].role")],
        ),
        (
            "openai-chat",
            chat(user("Hi") | {"date": 7}, assistant("Hello"), source="atlas"),
            [("C009", "source"), ("C009", "messages[0].date")],
        ),
        (
            "openai-chat",
            chat(user("Hi"), assistant("Hello", weight=True)),
            [("C010", "messages[1].weight")],
        ),
        (
            "openai-chat",
            chat(user("Hi") | {"weight": 0}, assistant("Hello", weight="1")),
            [("C011", "messages[0].weight"), ("C010", "messages[1].weight")],
        ),
        (
            "openai-chat",
            asked(calls(OBJECT)),
            [("C103", "messages[1].tool_calls[0].function.arguments")],
        ),
        (
            "openai-chat",
            asked(calls(call(name="a b")), tools=[tool("a b")]),
            [
                ("C110", "tools[0].function.name"),
                ("C110", "messages[1].tool_calls[0].function.name"),
            ],
        ),
        (
            "openai-chat",
            asked(calls(call()), result() | {"content": TEXT}, assistant("No.")),
            [("C112", "messages[2].content")],
        ),
        (
            "openai-chat",
            asked(calls(call()), BARE, assistant("No.")),
            [("C113", "messages[2]")],
        ),
        (
            "openai-chat",
            chat(user("Draw."), assistant([PICTURE])),
            [("C301", "messages[1].content[0]")],
        ),
        (
            "reinforcement",
            chat(user("Hi") | {"weight": 1}, answer="4"),
            [("C011", "messages[0].weight")],
        ),
        (
            "preference",
            broken(pair(), preferred_output=[user("Goethe.")]),
            [("C203", "preferred_output[0].role")],
        ),
        (
            "preference",
            {"input": pair()["input"], "preferred_completion": [assistant("A")]}
            | {"non_preferred_completion": [assistant("B")]},
            [("C205", "preferred_completion"), ("C205", "non_preferred_completion")],
        ),
        (
            "preference",
            broken(pair(), non_preferred_output=[calls(call())]),
            [("C206", "non_preferred_output[0]")],
        ),
        (
            "preference",
            pair(user([PICTURE])),
            [("C206", "input.messages[0].content")],
        ),
        (
            "preference",
            broken(pair(user(""), good=""), note="x"),
            [
                ("C009", "note"),
                ("C005", "input.messages[0].content"),
                ("C003", "preferred_output[0].content"),
            ],
        ),
    ],
)
def test_each_is_named_and_nothing_is_left(
    form: str, row: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    before = copy.deepcopy(row)
    assert not contract(form).accepts(row)
    faults, rest = told(row, form)
    assert sorted((fault.code, fault.path) for fault in faults) == sorted(expected)
    assert contract(form).accepts(rest)
    assert row == before


def test_what_has_no_code_is_left_as_it_was() -> None:
    row = chat(user(7), assistant("Hello"))
    assert named_faults(row, "openai-chat") == ([], row)
    assert named_faults({"prompt": 1}, "prompt-completion") == ([], {"prompt": 1})


def test_who_speaks_without_a_role_is_taken_for_the_one_whose_turn_it_is() -> None:
    elf = {"role": "elf", "content": "Hello"}
    row = chat(user("Hi"), elf, {"content": "And you?"}, assistant("Fine."))
    _, rest = named_faults(row, "openai-chat")
    roles = [message["role"] for message in rest["messages"]]
    assert roles == ["user", "assistant", "user", "assistant"]


def test_who_speaks_last_without_a_role_is_taken_for_the_one_who_answers() -> None:
    row = chat(user("Hi"), assistant("Hello"), {"role": "assitant", "content": "And you?"})
    assert [fault.code for fault in named_faults(row, "openai-chat")[0]] == ["C007"]
    _, rest = named_faults(row, "openai-chat")
    assert rest["messages"][-1]["role"] == "assistant"


def test_a_result_without_an_id_is_taken_for_the_next_call_that_waits() -> None:
    row = asked(calls(call(), call(id_="call_2")), result(), BARE, assistant("No."))
    _, rest = named_faults(row, "openai-chat")
    assert rest["messages"][3]["tool_call_id"] == "call_2"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "user", "assistant"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messages", "role", "content", "tool_calls", "function", "input"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["messages", "input", "tools", "preferred_output"]), json_values
    ),
    st.sampled_from(["openai-chat", "preference", "reinforcement"]),
)
def test_no_row_is_too_strange(row: dict[str, Any], form: str) -> None:
    faults, _ = told(row, form)
    assert all(fault.message.isprintable() for fault in faults)
