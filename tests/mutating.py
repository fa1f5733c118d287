"""Rows of the formats with one thing wrong in them, at every depth."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

FORMATS = Path(__file__).parent / "formats"
GOOD = sorted(FORMATS.glob("*/good*.jsonl"))
WRONG: tuple[Any, ...] = (None, [], {}, 5, [None], {"x": 1}, "", True, ["x"], [{}], "x y")
"""What stands where another type was meant."""

_DROPPED = object()
_MORE: tuple[tuple[str, Any], ...] = (
    ("role", ["user"]),
    ("role", "assitant"),
    ("content", [None]),
    ("content", [{"type": "text", "text": 5}]),
    ("tool_calls", [{}]),
    ("tool_calls", [{"function": {"name": "rain", "arguments": ["x"]}}]),
    ("name", {"x": 1}),
    ("system", [None]),
    ("history", [["x"]]),
    ("tools", [{"type": []}]),
    ("label", "true"),
    ("kto_tag", "false"),
    ("rejected", [None]),
    ("rejected_message", None),
    ("choices", [None]),
    ("response", {"body": {"choices": 5}}),
    ("train", False),
    ("weight", [1]),
)
"""Keys that mean something, beside what is there."""

Row = dict[str, Any]
Way = tuple[str | int, ...]


def good_rows() -> Iterator[tuple[str, Row]]:
    """Every good row of every format, with the name of the format."""
    for path in GOOD:
        for line in path.read_text("utf-8").splitlines():
            yield path.parent.name, json.loads(line)


def mutations(row: Row, each: int, random: Random) -> Iterator[Row]:
    """The row with one place changed: every place in as many ways as `each` says, by chance."""
    for path, value in _places(row):
        ways = [(path, wrong) for wrong in (*WRONG, _DROPPED)] if path else []
        if isinstance(value, dict):
            ways += [((*path, key), more) for key, more in _MORE]
        yield from (_changed(row, *way) for way in random.sample(ways, min(each, len(ways))))


def _places(value: Any, path: Way = ()) -> Iterator[tuple[Way, Any]]:
    yield path, value
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, held in inner:
            yield from _places(held, (*path, key))


def _changed(row: Row, path: Way, value: Any) -> Row:
    changed = copy.deepcopy(row)
    holder: Any = changed
    for key in path[:-1]:
        holder = holder[key]
    if value is _DROPPED:
        del holder[path[-1]]
    else:
        holder[path[-1]] = copy.deepcopy(value)
    return changed
