"""Which texts of a training row are counted, and the counts of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from dataprep.tokens import Count, CountedTexts, Counter

_LOOSE = ("name", "tool_calls", "function_call", "refusal")


def count(row: Mapping[str, Any], counter: Counter) -> int:
    """The tokens of one row, markers included."""
    return counter.measure([counted_texts(row)])[0].tokens


def measure(rows: Iterable[Mapping[str, Any]], counter: Counter) -> list[Count]:
    """The counts of many rows, with what is not sure about them, in one batch."""
    return counter.measure([counted_texts(row) for row in rows])


def counted_texts(row: Mapping[str, Any]) -> CountedTexts:
    """The parts of a row of any format; both answers of a preference pair count."""
    parts = CountedTexts([], [])
    _add_tools(parts, row)
    _add_messages(parts, row.get("messages") or ())
    if isinstance(asked := row.get("input"), dict):
        _add_tools(parts, asked)
        _add_messages(parts, asked.get("messages") or ())
    for key in ("preferred_output", "non_preferred_output", "prompt", "chosen", "rejected"):
        if isinstance(row.get(key), list):
            _add_messages(parts, row[key])
    for turn in row.get("conversations") or ():
        parts.messages += 1
        parts.texts.append(turn["value"])
    for key in _FIELDS:
        if isinstance(text := row.get(key), str):
            parts.texts.append(text)
    return parts


_FIELDS = (
    *("prompt", "completion", "chosen", "rejected"),
    *("instruction", "input", "output", "system", "text"),
)


def _add_tools(parts: CountedTexts, row: Mapping[str, Any]) -> None:
    for key in ("tools", "functions"):
        if key in row:
            parts.loose.append(_json(row[key]))


def _add_messages(parts: CountedTexts, messages: Iterable[Mapping[str, Any]]) -> None:
    for message in messages:
        parts.messages += 1
        content = message.get("content")
        if isinstance(content, str):
            parts.texts.append(content)
        for part in content if isinstance(content, list) else ():
            if part.get("type") == "text":
                parts.texts.append(part["text"])
            else:
                parts.pictures += 1
        for key in _LOOSE:
            if message.get(key):
                parts.loose.append(_json(message[key]))


def _json(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
