"""Rows of a fine-tuning file that are conversations, in whichever format each of them is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding
from dataprep.formats import alpaca, chat, preference, reinforcement, sharegpt, trl_preference
from dataprep.recipe import Source

_CHAT = frozenset({"messages", "tools", "parallel_tool_calls", "functions"})
_ALPACA = frozenset({"instruction", "output"})

_SHAPES = {
    "conversations (messages)": chat.shape,
    "preferences (input, preferred_output, non_preferred_output)": preference.preference,
    "preferences (chosen, rejected)": trl_preference.read,
    "items for a grader (messages that end with a question)": reinforcement.read,
    "conversations (ShareGPT)": sharegpt.read,
    "conversations (Alpaca with system or history)": alpaca.read,
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
