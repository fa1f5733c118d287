"""Paths into a row, as findings write them: messages[2].content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from dataprep.finding import excerpt

_INDEX = re.compile(r"\[(\d+)\]")


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


def conversations(row: dict[str, Any]) -> Iterable[list[dict[str, Any]]]:
    """Every list of messages of a row, whatever its format."""
    asked = row.get("input")
    found = [asked.get("messages")] if isinstance(asked, dict) else []
    names = ("messages", "preferred_output", "non_preferred_output")
    found += [row.get(name) for name in (*names, "prompt", "chosen", "rejected")]
    for messages in found:
        if isinstance(messages, list) and all(isinstance(m, dict) for m in messages):
            yield messages
