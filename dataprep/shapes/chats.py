"""Rows of a fine-tuning file that are conversations, in whichever format each of them is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding
from dataprep.recipe import Source
from dataprep.shapes import judged, messages, retold

_CHAT = frozenset({"messages", "tools", "parallel_tool_calls", "functions"})
_ALPACA = frozenset({"instruction", "output"})

_SHAPES = {
    "conversations (messages)": messages.shape,
    "preferences (input, preferred_output, non_preferred_output)": judged.preference,
    "preferences (chosen, rejected)": judged.trl,
    "items for a grader (messages that end with a question)": judged.reinforcement,
    "conversations (ShareGPT)": retold.sharegpt,
    "conversations (Alpaca with system or history)": retold.alpaca,
}
_CONVERSATIONS, _PREFERENCES, _TRL, _ITEMS, _SHAREGPT, _ALPACA_ROWS = _SHAPES


def shape(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """One example from the row, by the format that its keys tell; else as `messages`."""
    kind = told(record.value, source) if isinstance(record.value, dict) else None
    return _SHAPES[kind or _CONVERSATIONS](record, source, seed=seed)


def told(row: Mapping[str, Any], source: Source) -> str | None:
    """What the keys of a row say that it is, in words; None for no conversation."""
    if "messages" in row:
        return _ITEMS if _is_item(row, source) else _CONVERSATIONS
    if isinstance(row.get("input"), dict) and "preferred_output" in row:
        return _PREFERENCES
    if {"chosen", "rejected"} <= row.keys():
        return _TRL
    if isinstance(row.get("conversations"), list):
        return _SHAREGPT
    templates = source.prompt or source.completion or source.system
    if not templates and row.keys() >= _ALPACA and row.keys() & {"system", "history"}:
        return _ALPACA_ROWS
    return None


def _is_item(row: Mapping[str, Any], source: Source) -> bool:
    """Whether it ends with a question, and has keys of its own for the grader."""
    said = row["messages"]
    last = said[-1] if isinstance(said, list) and said else None
    asks = isinstance(last, dict) and last.get("role") == "user"
    return asks and not _CHAT.union((source.label, source.group)).issuperset(row)
