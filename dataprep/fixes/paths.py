"""Paths into a row, as findings write them: messages[2].content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dataprep.finding import excerpt
from dataprep.formats import pair, preference, trl_preference
from dataprep.patterns import LatePattern

_INDEX = LatePattern(r"\[(\d+)\]")


def parent(holder: Any, path: str) -> tuple[Any, Any]:
    """The object or list that holds what a path names, and its key there; (None, "") if none.

    Keys stand in a path as excerpts, and may hold dots and brackets themselves.
    """
    if isinstance(holder, list):
        index = _INDEX.match(path)
        if index is None or int(index[1]) >= len(holder):
            return None, ""
        at, rest = int(index[1]), path[index.end() :]
        return (holder, at) if not rest else parent(holder[at], rest.removeprefix("."))
    for key, value in holder.items() if isinstance(holder, dict) else ():
        shown = excerpt(key).strip(".")
        if shown == path:
            return holder, key
        if path.startswith((f"{shown}.", f"{shown}[")):
            found = parent(value, path[len(shown) :].removeprefix("."))
            if found[0] is not None:
                return found
    return None, ""


_LISTS = (*preference.OUTPUTS, *pair.SIDES, trl_preference.BETTER, trl_preference.WORSE)
"""Keys of a preference, or of a pair, under which messages may stand."""


def conversations(row: dict[str, Any]) -> Iterable[list[dict[str, Any]]]:
    """Every list of messages of a row, whatever its format."""
    for holder in holders(row):
        messages = holder.get("messages")
        if isinstance(messages, list) and all(isinstance(m, dict) for m in messages):
            yield messages


def holders(row: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Every object of a row that has a conversation under `messages`, or one made for it.

    What is changed in the messages is changed in the row.
    """
    asked = row.get(preference.INPUT)
    yield from (each for each in (row, asked) if isinstance(each, dict) and "messages" in each)
    for name in _LISTS:
        if isinstance(messages := row.get(name), list):
            yield {"messages": messages}
