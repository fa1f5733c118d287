"""Family C on conversations and pairs."""

from typing import Any

import pytest

from dataprep.checks.per_row.chat import chat_faults
from tests.unit.checks.rows import assistant, chat, check, pair, user

SYSTEM = {"role": "system", "content": "Greet."}
PICTURE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}


TOOLS = [{"type": "function", "function": {"name": "rain"}}]


def call(arguments: str) -> dict[str, Any]:
    function = {"name": "rain", "arguments": arguments}
    return {"id": "call_1", "type": "function", "function": function}


@pytest.mark.parametrize(
    "row",
    [
        chat(user("Hi"), assistant("Hello")),
        chat({"role": "system", "content": "Greet."}, assistant("Hello")),
        chat(user([PICTURE]), assistant("A cat.")),
        chat(user([{"type": "text", "text": "What?"}, PICTURE]), assistant("A cat.")),
        chat(user("Hi"), assistant([{"type": "text", "text": "Hello"}])),
        chat(user("Rain?"), {"role": "assistant", "tool_calls": [call("{}")]}, tools=TOOLS),
        chat(user("Rain?"), assistant(None, tool_calls=[call("{}")]), tools=TOOLS),
        chat(user("Bomb?"), {"role": "assistant", "refusal": "No."}),
        chat(user("Hi"), assistant("", weight=0), user("Well?"), assistant("Hello")),
        chat(user("Hi"), assistant("Hm", weight=0), user("Well?"), assistant("Hello", weight=1)),
        pair("Hi", "Hello"),
        pair("Hi", " Hello"),
    ],
)
def test_a_sound_row_has_no_finding(row: dict[str, Any]) -> None:
    assert check(row) == []


@pytest.mark.parametrize(
    ("row", "code", "path", "message"),
    [
        (chat(user("Hi")), "C001", "messages", "no message is the assistant's"),
        (
            chat(user("Hi"), assistant("Hello"), user("Thanks")),
            "C002",
            "messages[2]",
            "the last message is of the role user, not assistant",
        ),
        (chat(user("Hi"), assistant("")), "C003", "messages[1].content", None),
        (chat(user("Hi"), assistant(" \n\t")), "C003", "messages[1].content", None),
        (chat(user("Hi"), assistant(None)), "C003", "messages[1].content", None),
        (
            chat(user("Hi"), assistant([{"type": "text", "text": " "}])),
            "C003",
            "messages[1].content",
            "messages[1].content is empty",
        ),
        (
            chat(user("Hi"), {"role": "assistant"}),
            "C003",
            "messages[1].content",
            None,
        ),
        (chat(user("Hi"), assistant("Hello", weight=0)), "C004", "messages", None),
        (
            chat(user(" "), assistant("Hello")),
            "C005",
            "messages[0].content",
            "messages[0].content is empty: nothing is asked",
        ),
        (
            chat(assistant("Hello")),
            "C005",
            "messages[0]",
            "the assistant speaks, and nothing was asked before",
        ),
        (pair("Hi", "\u00a0"), "C003", "completion", "completion is empty"),
        (pair("\n", "Hello"), "C005", "prompt", "prompt is empty"),
    ],
)
def test_a_broken_row_is_found_where_it_is_broken(
    row: dict[str, Any], code: str, path: str, message: str | None
) -> None:
    (finding,) = check(row)
    assert (finding.code, finding.place.path) == (code, path)
    assert finding.place.line == 1
    assert message is None or finding.message == message


def test_each_of_several_faults_is_found() -> None:
    row = chat(user(""), assistant("", weight=1.0), user("Thanks"))
    assert [fault.code for fault in chat_faults(row)] == ["C005", "C010", "C003", "C002"]


def test_a_weight_that_is_no_whole_number_is_found() -> None:
    (fault,) = chat_faults(chat(user("Hi"), assistant("Hello", weight=1.0)))
    assert fault[:3] == ("C010", "messages[1].weight", "the weight is written 1.0")


def test_a_developer_message_is_found_at_its_role() -> None:
    row = chat({"role": "developer", "content": "Greet."}, user("Hi"), assistant("Hello"))
    (fault,) = chat_faults(row)
    assert fault[:3] == ("C008", "messages[0].role", "messages[0] is the developer's")


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([SYSTEM, SYSTEM, user("Hi")], "the system message messages[1] is a second one"),
        (
            [user("Hi"), SYSTEM],
            "the system message messages[1] comes after the conversation began",
        ),
    ],
)
def test_a_system_message_out_of_place_is_found(messages: list[Any], words: str) -> None:
    (fault,) = chat_faults(chat(*messages, assistant("Hello")))
    assert (fault.code, fault.path, fault.message) == ("C012", "messages[1]", words)
