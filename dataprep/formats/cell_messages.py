"""Messages that a cell of a table, or a JSON string, holds as the text of their list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from dataprep.finding import Fault
from dataprep.formats.format import Row
from dataprep.formats.literals import from_cell


def messages_as_list(row: Row) -> Iterator[Fault]:
    """C018: the conversation as the JSON, or the Python list, that a cell of a table holds."""
    said = row.get("messages")
    if isinstance(said, str) and isinstance(value := from_cell(said), list):
        row["messages"] = value
        yield Fault("C018", "messages", "messages is a string that holds the list")


def lists_from_cells(row: Row, keys: Sequence[str]) -> tuple[Row, list[Fault]]:
    """C018: the row with the lists and objects of messages that cells hold as strings."""
    held: Row = {}
    for key in keys:
        if not isinstance(said := row.get(key), str):
            continue
        if said.lstrip().startswith("{"):
            told = from_cell(said.strip())
            holds = isinstance(told, dict) and isinstance(told.get("messages"), list)
            held.update({key: told} if holds else {})
        elif turns := messages_from_cell(said):
            held[key] = turns
    if not held:
        return row, []
    words = "{} is a string that holds the list"
    return {**row, **held}, [Fault("C018", key, words.format(key)) for key in held]


def messages_from_cell(text: str) -> list[Any] | None:
    """The messages that a string holds as a list; None for a string that is one text."""
    if not begins_a_list(text):
        return None
    value = from_cell(text.strip())
    if isinstance(value, list) and all(isinstance(turn, dict) for turn in value):
        says = all({"role", "content"} <= t.keys() or {"from", "value"} <= t.keys() for t in value)
        return value if says else None
    return None


def begins_a_list(text: str) -> bool:
    """Whether a text begins like a list of objects."""
    return _BEGINS.match(text) is not None


_BEGINS = re.compile(r"\s*\[\s*\{")
