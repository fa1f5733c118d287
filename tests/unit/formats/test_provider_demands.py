"""What a provider cannot take is dropped by its rule; what is left is written as it was."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.checks import Selection
from dataprep.contracts import contract
from dataprep.conversion.judges import Judges
from dataprep.formats.format import NotTaken
from dataprep.recipe import Target
from dataprep.targets import CATALOGUE
from tests.unit.checks.oracle_rows import PIXEL
from tests.unit.targets.test_described import conversation

USER = {"role": "user", "content": "Hi"}
ANSWER = {"role": "assistant", "content": "Ho"}
SYSTEM = {"role": "system", "content": "Be kind."}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CALLS = {"role": "assistant", "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "7"}
PARTS = [{"type": "text", "text": "What is it?"}]
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


def picture(url: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}


def built(target: str, *messages: dict[str, Any], **beside: Any) -> dict[str, Any]:
    form = CATALOGUE[target]
    assert form.row
    return form.row(Target(name=target))(conversation({"messages": list(messages), **beside}))


def refused(target: str, *messages: dict[str, Any], **beside: Any) -> list[str]:
    """The codes by which the row is dropped, or the reason why none is built."""
    try:
        row = built(target, *messages, **beside)
    except NotTaken as refusal:
        return [refusal.reason]
    judge = Judges(Selection()).of_target(CATALOGUE[target])
    assert judge
    codes = [fault.code for fault in judge(row)]
    assert codes or contract(CATALOGUE[target].schema).accepts(row)
    return codes


BYTES = picture(PIXEL)
URL = picture("https://example.com/a.png")


@pytest.mark.parametrize("target", ["together", "fireworks", "nebius"])
@pytest.mark.parametrize(
    "messages",
    [
        (SYSTEM, USER, ANSWER),
        (USER, {**ANSWER, "weight": 0}, USER, {**ANSWER, "weight": 1}),
        (SYSTEM, USER, CALLS, RESULT, ANSWER),
        (USER, {**CALLS, "tool_calls": [CALL, CALL]}, RESULT, RESULT, ANSWER),
    ],
)
def test_what_all_providers_take_is_written_as_it_was(
    target: str, messages: tuple[dict[str, Any], ...]
) -> None:
    assert built(target, *messages)["messages"] == list(messages)


@pytest.mark.parametrize(
    ("target", "reasons", "messages"),
    [
        ("together", ["C013"], (USER, USER, ANSWER)),
        ("together", ["C013"], (USER, ANSWER, ANSWER)),
        ("together", ["C014"], (ANSWER, USER, ANSWER)),
        ("together", ["C019"], (USER, SYSTEM, ANSWER)),
        ("together", ["C308"], (URL, {**ANSWER, "content": PARTS})),
        ("together", ["C309"], (BYTES, ANSWER)),
        ("fireworks", ["C019"], (USER, ANSWER, SYSTEM, ANSWER)),
        ("fireworks", ["C308"], (URL, ANSWER)),
        ("nebius", ["C020"], (USER, CALLS)),
        ("reinforcement", ["no-question-at-the-end"], (USER, CALLS, RESULT, ANSWER)),
        ("reinforcement", ["no-question-at-the-end"], (ANSWER,)),
        ("sharegpt", ["more-than-texts"], (USER, {**CALLS, "content": "Wait."}, RESULT, ANSWER)),
        ("sharegpt", ["more-than-texts"], (BYTES, ANSWER)),
        ("openai-chat", [], (USER, USER, ANSWER)),
    ],
)
def test_what_a_provider_does_not_take_has_a_reason(
    target: str, reasons: list[str], messages: tuple[dict[str, Any], ...]
) -> None:
    tools = {"tools": [TOOL]} if RESULT in messages else {}
    assert refused(target, *messages, **tools) == reasons


@pytest.mark.parametrize("target", ["together", "fireworks"])
def test_a_key_that_a_provider_does_not_know_is_not_left_out_in_silence(target: str) -> None:
    messages = (USER, CALLS, RESULT, ANSWER)
    assert refused(target, *messages, tools=[TOOL], parallel_tool_calls=False) == ["C021"]


@pytest.mark.parametrize("target", ["together", "fireworks", "openai-chat"])
def test_what_a_developer_says_is_written_as_the_system(target: str) -> None:
    assert built(target, {**SYSTEM, "role": "developer"}, USER, ANSWER)["messages"][0] == SYSTEM


def test_pictures_as_bytes_are_taken_where_the_provider_says_so() -> None:
    assert built("fireworks", BYTES, ANSWER)["messages"] == [BYTES, ANSWER]
    in_parts = {**ANSWER, "content": PARTS}
    assert built("together", BYTES, in_parts)["messages"] == [BYTES, in_parts]


def test_an_item_for_a_grader_holds_the_answer_beside_the_question() -> None:
    row = built("reinforcement", SYSTEM, USER, {**ANSWER, "weight": 0}, USER, ANSWER)
    said = [{**SYSTEM, "role": "developer"}, USER, ANSWER, USER]
    assert row == {"messages": said, "reference_answer": "Ho"}
