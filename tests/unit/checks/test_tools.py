"""Tools, the calls of an assistant, and their results."""

from typing import Any

import pytest

from dataprep.checks.per_row.tools import tool_faults
from tests.unit.checks.rows import assistant, chat, user

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
ARGUMENTS = "messages[1].tool_calls[0].function.arguments"


def tool(name: str = "rain", parameters: Any = CITY) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


def call(
    arguments: str = '{"city": "Lima"}', id_: str = "call_1", name: str = "rain"
) -> dict[str, Any]:
    return {"id": id_, "type": "function", "function": {"name": name, "arguments": arguments}}


def calls(*made: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "tool_calls": list(made), **more}


def result(id_: str = "call_1") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": id_, "content": "no"}


def asked(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return chat(user("Rain?"), *messages, **{"tools": [tool()]} | more)


def shown(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(fault.code, fault.path) for fault in tool_faults(row)]


@pytest.mark.parametrize(
    "row",
    [
        chat(user("Hi"), assistant("Hello")),
        asked(calls(call())),
        asked(calls(call()), result(), assistant("No.")),
        asked(calls(call(), call(id_="call_2")), result("call_2"), result(), assistant("No.")),
        asked(calls(call()), result(), calls(call()), result(), assistant("No.")),
        asked(calls(call()), result(), user("Sure?"), assistant("Yes.")),
        asked(calls(call("{}")), tools=[tool(parameters={"type": "object"})]),
        asked(calls(call("{}")), tools=[tool(parameters={})]),
        asked(calls(call("nope"), weight=0), result(), assistant("No.")),
        asked(calls(call()), tools=[tool(parameters={"items": [{"type": "string"}]})]),
        asked(assistant("Which city?")),
    ],
)
def test_a_sound_row_has_no_fault(row: dict[str, Any]) -> None:
    assert list(tool_faults(row)) == []


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
    (fault,) = tool_faults(asked(calls(call(arguments))))
    assert fault[:3] == ("C006", ARGUMENTS, message)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ('{"city": 7}', "city is a number, not string"),
        ("{}", "lacks 'city'"),
    ],
)
def test_arguments_that_break_the_declared_parameters_are_found(arguments: str, words: str) -> None:
    (fault,) = tool_faults(asked(calls(call(arguments))))
    assert fault[:3] == ("C102", ARGUMENTS, f"{ARGUMENTS}: {words}")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (asked(calls(call(name="wind"))), [("C101", "messages[1].tool_calls[0].function.name")]),
        (
            chat(user("Rain?"), calls(call())),
            [("C101", "messages[1].tool_calls[0].function.name")],
        ),
        (
            asked(calls(call()), result(), result(), assistant("No.")),
            [("C104", "messages[3].tool_call_id")],
        ),
        (asked(result(), assistant("No.")), [("C104", "messages[1].tool_call_id")]),
        (asked(calls(call()), assistant("No.")), [("C105", "messages[1].tool_calls[0]")]),
        (
            asked(calls(call(), call(id_="call_2")), result(), user("And?"), assistant("No.")),
            [("C105", "messages[1].tool_calls[1]")],
        ),
        (
            asked(assistant("?"), tools=[tool(parameters={"type": "text"})]),
            [("C106", "tools[0].function.parameters")],
        ),
        (asked(assistant("?"), tools=[tool(), tool()]), [("C107", "tools[1].function")]),
        (asked(calls(call(), call())), [("C108", "messages[1].tool_calls[1].id")]),
        (
            asked(calls(call(), call(id_="b")), parallel_tool_calls=False),
            [("C116", "messages[1].tool_calls")],
        ),
        (asked(assistant("?"), tools=[tool(f"t{n}") for n in range(129)]), [("C117", "tools")]),
        (asked(assistant("?"), tools=[tool(f"t{n}") for n in range(128)]), []),
    ],
)
def test_each_fault_is_found_where_it_is(
    row: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert shown(row) == expected


def test_the_older_function_calls_are_read_too() -> None:
    old = {"role": "assistant", "function_call": {"name": "rain", "arguments": "city=Lima"}}
    row = chat(user("Rain?"), old, functions=[{"name": "rain", "parameters": CITY}])
    assert shown(row) == [
        ("C111", "functions"),
        ("C006", "messages[1].function_call.arguments"),
    ]
    assert shown(chat(user("Rain?"), old))[0] == ("C111", "messages[1].function_call")


def test_functions_that_are_none_are_found() -> None:
    row = chat(user("Hi"), assistant("Hello"), functions=["x", {}, {"name": "a b"}])
    assert shown(row) == [
        ("C110", "functions[0]"),
        ("C110", "functions[1]"),
        ("C110", "functions[2].name"),
        ("C111", "functions"),
    ]
    row = chat(user("Hi"), assistant("Hello"), functions=[{"name": "rain", "parameters": 7}])
    assert shown(row)[0] == ("C106", "functions[0].parameters")


def test_nothing_outside_the_parameters_is_fetched() -> None:
    outside = {"$ref": "https://example.com/city.json"}
    assert shown(asked(calls(call()), tools=[tool(parameters=outside)])) == []


def test_messages_hold_little_of_what_the_user_wrote() -> None:
    row = asked(calls(call('{"city": "' + "x" * 500 + '", "n": ' + "9" * 300 + "}", id_="y" * 99)))
    row["tools"] = [tool(parameters={"properties": {"city": {"maxLength": 3}, "n": False}})]
    row["messages"].append(result("z" * 99))
    found = list(tool_faults(row))
    assert {fault.code for fault in found} == {"C102", "C104"}
    assert all(letter * 41 not in fault.message for fault in found for letter in "xyz9")
