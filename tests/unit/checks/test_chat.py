"""Family C on conversations and pairs."""

from typing import Any

import pytest

from tests.unit.checks.rows import assistant, chat, check, codes, pair, user

PICTURE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}


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
        chat(user("Rain?"), {"role": "assistant", "tool_calls": [call("{}")]}),
        chat(user("Rain?"), assistant(None, tool_calls=[call('{"city": "Lima"}')])),
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
            chat(user("Hi"), {"role": "assistant", "refusal": None}),
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


ARGUMENTS = "messages[1].tool_calls[0].function.arguments"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", f"{ARGUMENTS}: expecting value (column 1)"),
        ("{nope", f"{ARGUMENTS}: expecting property name enclosed in double quotes (column 2)"),
        ("[]", f"{ARGUMENTS}: is JSON, but not an object"),
        ('"{}"', f"{ARGUMENTS}: is JSON, but not an object"),
        ('{"a": 1, "a": 2}', f'{ARGUMENTS}: the key "a" stands twice in one object (column 10)'),
        ('{"a": NaN}', f"{ARGUMENTS}: NaN is not a finite number (column 7)"),
    ],
)
def test_arguments_that_are_no_json_object_are_found(arguments: str, message: str) -> None:
    row = chat(user("Rain?"), {"role": "assistant", "tool_calls": [call(arguments)]})
    (finding,) = check(row)
    assert (finding.code, finding.place.path, finding.message) == ("C006", ARGUMENTS, message)


def test_the_older_function_call_is_read_too() -> None:
    old = {"role": "assistant", "function_call": {"name": "rain", "arguments": "city=Lima"}}
    assert codes(chat(user("Rain?"), old)) == ["C006"]


def test_each_of_several_faults_is_found() -> None:
    row = chat(user(""), assistant("", tool_calls=[call("x"), call("[]")]), user("Thanks"))
    assert codes(row) == ["C005", "C006", "C006", "C002"]
