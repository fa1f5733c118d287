"""Rows for oracles: sound ones of each format, and the same with one thing changed."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

from tests.unit.checks.rows import assistant, chat, user

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ"
    "/pLvAAAAAElFTkSuQmCC"
)
SYSTEM = {"role": "system", "content": "Be brief."}
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {
    "type": "function",
    "function": {"name": "rain", "description": "Does it rain?", "parameters": CITY},
}
FUNCTION = {"name": "rain", "arguments": '{"city": "Lima"}'}
CALL = {"id": "a1B2c3D4e", "type": "function", "function": FUNCTION}
RESULT = {"role": "tool", "tool_call_id": "a1B2c3D4e", "content": "no"}
PARTS = [
    {"type": "text", "text": "What is this?"},
    {"type": "image_url", "image_url": {"url": PIXEL}},
]

TEXT = [
    chat(user("Hi"), assistant("Hello")),
    chat(SYSTEM, user("Hi"), assistant("Hello", weight=0), user("And?"), assistant("Well.")),
]
CALLS = [
    chat(user("Rain?"), assistant(None, tool_calls=[CALL]), tools=[TOOL]),
    chat(
        SYSTEM,
        user("Rain?"),
        {"role": "assistant", "tool_calls": [CALL]},
        RESULT,
        assistant("No.", weight=1),
        tools=[TOOL],
        parallel_tool_calls=True,
    ),
]
PICTURES = [chat(user(PARTS), assistant([{"type": "text", "text": "A dot."}]))]
PAIRS = [
    {
        "input": {"messages": [SYSTEM, user("Who wrote Faust?")]},
        "preferred_output": [assistant("Goethe.")],
        "non_preferred_output": [assistant("Kant.")],
    }
]
ITEMS = [
    chat({"role": "developer", "content": "Be brief."}, user("2 + 2?"), answer="4"),
    chat(user("Hi"), assistant("Hello"), user("2 + 2?"), answer={"is": 4}, tools=[TOOL]),
]

_VALUES = (
    None,
    True,
    False,
    0,
    1,
    1.0,
    0.5,
    2,
    "",
    " ",
    "x",
    "user",
    "assistant",
    "system",
    "tool",
)
_MORE: tuple[Any, ...] = ([], {}, ["x"], [{}], {"x": 1}, {"type": "text", "text": "Hi"})
_KEYS = (
    "x",
    "functions",
    "function_call",
    "role",
    "content",
    "weight",
    "name",
    "tool_calls",
    "tool_call_id",
    "refusal",
    "tools",
)


def mutated(rows: list[dict[str, Any]], many: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """The rows themselves, then `many` copies of them with one to three changes."""
    yield from copy.deepcopy(rows)
    chance = random.Random(seed)  # noqa: S311  no secret
    for _ in range(many):
        row = copy.deepcopy(chance.choice(rows))
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            _change(row, chance)
        yield row


def _change(row: dict[str, Any], chance: random.Random) -> None:
    """Change, remove, add, double or swap something anywhere in the row."""
    places = list(_containers(row))
    place = chance.choice(places)
    value = copy.deepcopy(chance.choice(_VALUES + _MORE))
    if isinstance(place, dict):
        if place and chance.random() < 0.8:
            key = chance.choice(sorted(place))
            if chance.random() < 0.3:
                del place[key]
            else:
                place[key] = value
        else:
            place[chance.choice(_KEYS)] = value
    elif place:
        at = chance.randrange(len(place))
        match chance.randrange(4):
            case 0:
                del place[at]
            case 1:
                place.insert(at, copy.deepcopy(place[at]))
            case 2:
                place[at] = value
            case _:
                chance.shuffle(place)


def _containers(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _containers(inner)
    elif isinstance(value, list):
        yield value
        for inner in value:
            yield from _containers(inner)
