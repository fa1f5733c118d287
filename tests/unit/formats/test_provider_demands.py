"""What a provider cannot take is dropped by a reason; what is left is written as it was."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.contracts import contract
from dataprep.formats.format import NotTaken
from dataprep.recipe import Target
from dataprep.targets import CATALOGUE
from tests.unit.targets.test_described import conversation

USER = {"role": "user", "content": "Hi"}
ANSWER = {"role": "assistant", "content": "Ho"}
SYSTEM = {"role": "system", "content": "Be kind."}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CALLS = {"role": "assistant", "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "7"}
PARTS = [{"type": "text", "text": "What is it?"}]


def picture(url: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}


def built(target: str, *messages: dict[str, Any], **beside: Any) -> dict[str, Any]:
    form = CATALOGUE[target]
    assert form.row
    row = form.row(Target(name=target))(conversation({"messages": list(messages), **beside}))
    assert contract(form.schema).accepts(row)
    return row


BYTES = picture("data:image/png;base64,AAAA")
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
    ("target", "reason", "messages"),
    [
        ("together", "roles-do-not-alternate", (USER, USER, ANSWER)),
        ("together", "roles-do-not-alternate", (USER, ANSWER, ANSWER)),
        ("together", "opens-with-an-answer", (ANSWER, USER, ANSWER)),
        ("together", "system-not-first", (USER, SYSTEM, ANSWER)),
        ("together", "role-not-taken", ({**SYSTEM, "role": "developer"}, USER, ANSWER)),
        ("together", "picture-by-address", (URL, {**ANSWER, "content": PARTS})),
        ("together", "mixed-contents", (BYTES, ANSWER)),
        ("fireworks", "system-not-first", (USER, ANSWER, SYSTEM, ANSWER)),
        ("fireworks", "role-not-taken", ({**SYSTEM, "role": "developer"}, USER, ANSWER)),
        ("fireworks", "picture-by-address", (URL, ANSWER)),
        ("nebius", "last-not-an-answer", (USER, ANSWER, USER)),
        ("nebius", "last-not-an-answer", (USER, CALLS)),
        ("reinforcement", "no-question-at-the-end", (USER, CALLS, RESULT, ANSWER)),
        ("reinforcement", "no-question-at-the-end", (ANSWER,)),
        ("sharegpt", "more-than-texts", (USER, CALLS, RESULT, ANSWER)),
        ("sharegpt", "more-than-texts", (BYTES, ANSWER)),
    ],
)
def test_what_a_provider_does_not_take_has_a_reason(
    target: str, reason: str, messages: tuple[dict[str, Any], ...]
) -> None:
    with pytest.raises(NotTaken) as refused:
        built(target, *messages)
    assert refused.value.reason == reason
    assert refused.value.detail


@pytest.mark.parametrize("target", ["together", "fireworks"])
def test_a_key_that_a_provider_does_not_know_is_not_left_out_in_silence(target: str) -> None:
    with pytest.raises(NotTaken, match="parallel_tool_calls"):
        built(target, USER, ANSWER, parallel_tool_calls=False)
    calling = {"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}}
    with pytest.raises(NotTaken, match="function_call"):
        built(target, USER, calling, USER, ANSWER)


def test_pictures_as_bytes_are_taken_where_the_provider_says_so() -> None:
    assert built("fireworks", BYTES, ANSWER)["messages"] == [BYTES, ANSWER]
    in_parts = {**ANSWER, "content": PARTS}
    assert built("together", BYTES, in_parts)["messages"] == [BYTES, in_parts]


def test_an_item_for_a_grader_holds_the_answer_beside_the_question() -> None:
    row = built("reinforcement", SYSTEM, USER, {**ANSWER, "weight": 0}, USER, ANSWER)
    said = [{**SYSTEM, "role": "developer"}, USER, ANSWER, USER]
    assert row == {"messages": said, "reference_answer": "Ho"}
