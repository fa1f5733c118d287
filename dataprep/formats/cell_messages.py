"""Messages that a cell of a table, or a JSON string, holds as the text of their list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dataprep.finding import Fault
from dataprep.formats.format import Row
from dataprep.formats.literals import from_cell
from dataprep.patterns import LatePattern


def messages_as_list(row: Row) -> Iterator[Fault]:
    """C018: the conversation as the JSON, or the Python list, that a cell of a table holds."""
    said = row.get("messages")
    if isinstance(said, str) and isinstance(value := from_cell(said), list):
        row["messages"] = value
        yield Fault("C018", "messages", "messages is a string that holds the list")


def lists_from_cells(row: Row, keys: Sequence[str]) -> tuple[Row, list[Fault]]:
    """C018: the row with the messages, one or a list of them, that cells hold as strings."""
    held = {
        key: told
        for key in keys
        if isinstance(said := row.get(key), str) and (told := from_string(said)) is not None
    }
    words = "{} is a string that holds the list"
    faults = [Fault("C018", key, words.format(key)) for key in held]
    return ({**row, **held}, faults) if held else (row, [])


def from_string(said: str) -> Any:
    """The messages, in a list, or the object with such a list that a string holds; else None."""
    if not said.lstrip().startswith("{"):
        return messages_from_cell(said) or None
    told = from_cell(said.strip())
    if not isinstance(told, dict):
        return None
    if isinstance(told.get("messages"), list):
        return told
    return [told] if _is_message(told) and told.keys() <= _OF_ONE else None


def messages_from_cell(text: str) -> list[Any] | None:
    """The messages that a string holds as a list; None for a string that is one text."""
    if not begins_a_list(text):
        return None
    value = from_cell(text.strip())
    if isinstance(value, list) and all(isinstance(turn, dict) for turn in value):
        return value if all(map(_is_message, value)) else None
    return None


def begins_a_list(text: str) -> bool:
    """Whether a text begins like a list of objects."""
    return _BEGINS.match(text) is not None


_BEGINS = LatePattern(r"\s*\[\s*\{")


_OF_ONE = {"role", "content", "from", "value", "weight", "name", "tool_calls"}
"""Keys of a message that stands alone: with others, it may be what a model shall write."""


def _is_message(turn: Row) -> bool:
    """Whether an object says who speaks and what."""
    return {"role", "content"} <= turn.keys() or {"from", "value"} <= turn.keys()
