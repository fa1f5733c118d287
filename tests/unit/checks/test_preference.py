"""Preference pairs, OpenAI's and TRL's."""

from typing import Any

import pytest

from dataprep.checks.per_row.preference import preference_faults
from dataprep.finding import Severity
from tests.unit.checks.rows import assistant, check, codes, user


def pair(*asked: dict[str, Any], good: str = "Goethe.", bad: str = "Kant.") -> dict[str, Any]:
    return {
        "input": {"messages": list(asked) or [user("Who wrote Faust?")]},
        "preferred_output": [assistant(good)],
        "non_preferred_output": [assistant(bad)],
    }


def trl(chosen: Any, rejected: Any, **more: Any) -> dict[str, Any]:
    return {"chosen": chosen, "rejected": rejected, **more}


def test_a_sound_pair_has_no_fault() -> None:
    assert list(preference_faults(pair())) == []
    asked = (user("Who?"), assistant("Who what?"), user("Who wrote Faust?"))
    assert list(preference_faults(pair(*asked))) == []
    assert list(preference_faults(pair(good="Goethe", bad="goethe"))) == []


@pytest.mark.parametrize(
    ("row", "code", "path"),
    [
        (pair(good="Goethe.", bad="Goethe.\n"), "C201", "non_preferred_output"),
        (
            pair() | {"preferred_output": [assistant("A"), assistant("B")]},
            "C202",
            "preferred_output",
        ),
        (pair(user("Who?"), assistant("He.")), "C204", "input.messages[1]"),
        (pair(good=" "), "C003", "preferred_output[0].content"),
        (pair(bad=" "), "C003", "non_preferred_output[0].content"),
        (pair(user(" ")), "C005", "input.messages[0].content"),
        (
            pair({"role": "developer", "content": "Be brief."}, user("Who?")),
            "C008",
            "input.messages[0].role",
        ),
        (
            pair(user("Who?"), {"role": "system", "content": "Be brief."}),
            "C012",
            "input.messages[1]",
        ),
    ],
)
def test_each_fault_of_a_pair_is_found(row: dict[str, Any], code: str, path: str) -> None:
    (fault,) = preference_faults(row)
    assert (fault.code, fault.path) == (code, path)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (trl("Goethe", "Kant", prompt="Who wrote Faust?"), []),
        (trl([user("Who?"), assistant("A")], [user("Who?"), assistant("B")]), []),
        (trl("Goethe", " Goethe", prompt="Who wrote Faust?"), ["C201"]),
        (trl([user("Who?"), assistant("A")], [user("Who?"), assistant("A ")]), ["C201"]),
        (trl("", "Kant", prompt="Who wrote Faust?"), ["C003"]),
        (trl([user("Who?"), assistant(" ")], [user("Who?"), assistant("B")]), ["C003"]),
        (trl("Goethe", "Kant", prompt=" "), ["C005"]),
    ],
)
def test_each_fault_of_a_pair_for_trl_is_found(row: dict[str, Any], expected: list[str]) -> None:
    assert codes(row) == expected


@pytest.mark.parametrize("kind", ["openai", "trl"])
def test_the_tools_of_a_pair_are_judged_where_they_stand(kind: str) -> None:
    tools = [
        {"type": "function", "function": {"name": "rain", "parameters": {"type": "objekt"}}},
        {"type": "function", "function": {"name": "rain"}},
    ]
    if kind == "openai":
        asked = pair(user("Does it rain?"))
        row = {**asked, "input": {**asked["input"], "tools": tools}}
        at = "input.tools"
    else:
        row = trl([assistant("Yes.")], [assistant("No.")], prompt=[user("Rain?")], tools=tools)
        at = "tools"
    found = [f for f in check(row) if f.severity is Severity.ERROR]
    assert [(f.code, f.place.path) for f in found] == [
        ("C106", f"{at}[0].function.parameters"),
        ("C107", f"{at}[1].function"),
    ]
    assert found[0].message.startswith(f"{at}[0].function.parameters: ")


CALL = {
    "role": "assistant",
    "tool_calls": [
        {"id": "a", "type": "function", "function": {"name": "rain", "arguments": "{}"}}
    ],
}
TOOLS = [{"type": "function", "function": {"name": "rain", "parameters": {"type": "object"}}}]


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (trl([assistant("A")], [assistant("B")], prompt=[user("Rain?"), CALL]), "prompt"),
        (trl([CALL], [assistant("B")], prompt=[user("Rain?")]), "chosen"),
        (trl([assistant("A")], [CALL], prompt=[user("Rain?")]), "rejected"),
    ],
)
def test_a_call_in_a_pair_is_said_to_be_one_where_it_stands(
    row: dict[str, Any], place: str
) -> None:
    fault = next(f for f in check({**row, "tools": TOOLS}) if f.code == "C206")
    assert fault.place.path == place
    assert fault.message.startswith(f"{place} calls a tool")
