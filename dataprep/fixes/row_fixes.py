"""Fixes of a row. Each changes it in place, and leaves alone what it is not sure of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from dataprep.fixes.paths import conversations, parent

Row = dict[str, Any]
Repair = Callable[[Row, Sequence[str]], Row | None]


def _messages(row: Row) -> Iterator[Row]:
    for messages in conversations(row):
        yield from messages


def _integer_weight(row: Row, _: Sequence[str]) -> Row:
    """1.0, true and "1" say 1; 0.5 says nothing that could be kept."""
    for message in _messages(row):
        weight = message.get("weight")
        if isinstance(weight, bool | float | str) and weight in (0, 1, "0", "1"):
            message["weight"] = int(weight)
    return row


def _drop_weight_of_others(row: Row, _: Sequence[str]) -> Row:
    for message in _messages(row):
        if message.get("role") != "assistant":
            message.pop("weight", None)
    return row


def _developer_as_system(row: Row, _: Sequence[str]) -> Row:
    for message in _messages(row):
        if message.get("role") == "developer":
            message["role"] = "system"
    return row


def _arguments_as_string(row: Row, _: Sequence[str]) -> Row:
    for message in _messages(row):
        calls = message.get("tool_calls")
        functions = [c.get("function") for c in calls or () if isinstance(c, dict)]
        for function in (*functions, message.get("function_call")):
            if isinstance(function, dict) and isinstance(function.get("arguments"), dict):
                function["arguments"] = json.dumps(function["arguments"], ensure_ascii=False)
    return row


def _text_parts_as_string(row: Row, paths: Sequence[str]) -> Row:
    """Chat templates write the texts of one message after each other, and so does this."""
    for path in paths:
        holder, key = parent(row, path)
        parts = None if holder is None else holder[key]
        if isinstance(parts, list) and parts and all(map(_is_text, parts)):
            holder[key] = "".join(part["text"] for part in parts)
    return row


def _is_text(part: Any) -> bool:
    return (
        isinstance(part, dict)
        and part.keys() == {"type", "text"}
        and part["type"] == "text"
        and isinstance(part["text"], str)
    )


def _drop_trailing_turns(row: Row, _: Sequence[str]) -> Row:
    """What follows the last assistant message; a conversation without one stays as it is."""
    messages = row.get("messages")
    if not isinstance(messages, list):
        return row
    roles = [m.get("role") if isinstance(m, dict) else None for m in messages]
    if "assistant" in roles:
        del messages[len(roles) - roles[::-1].index("assistant") :]
    return row


def _drop_unknown_keys(row: Row, paths: Sequence[str]) -> Row:
    for path in paths:
        holder, key = parent(row, path)
        if isinstance(holder, dict):
            del holder[key]
    return row


def _rename_preference_fields(row: Row, _: Sequence[str]) -> Row:
    """The names of OpenAI's OpenAPI document, where the platforms read others."""
    renamed = {old: new for old, new in _PREFERENCE.items() if old in row and new not in row}
    return {renamed.get(key, key): value for key, value in row.items()}


_PREFERENCE = {
    "preferred_completion": "preferred_output",
    "non_preferred_completion": "non_preferred_output",
}


def _merge_turns(row: Row, _: Sequence[str]) -> Row:
    """Two messages of one role become one, with a blank line between their texts."""
    for messages in conversations(row):
        merged: list[Row] = []
        for message in messages:
            if merged and _same_speaker(merged[-1], message):
                merged[-1]["content"] += f"\n\n{message['content']}"
            else:
                merged.append(message)
        messages[:] = merged
    return row


def _same_speaker(one: Row, other: Row) -> bool:
    """Whether two messages differ in their texts alone."""
    plain = one.keys() == other.keys() and "role" in one and one["role"] != "tool"
    texts = isinstance(one.get("content"), str) and isinstance(other.get("content"), str)
    return plain and texts and all(one[key] == other[key] for key in one if key != "content")


def _repair_mojibake(row: Row, paths: Sequence[str]) -> Row:
    import ftfy  # a tenth of a second, and only here

    return _on_texts(row, paths, ftfy.fix_encoding)


def _redact(row: Row, paths: Sequence[str]) -> Row:
    from dataprep.sensitive import redacted

    return _on_texts(row, paths, redacted)


def _on_texts(row: Row, paths: Sequence[str], change: Callable[[str], str]) -> Row:
    for path in paths:
        holder, key = parent(row, path)
        if holder is not None and isinstance(holder[key], str):
            holder[key] = change(holder[key])
    return row


ROW_FIXES: dict[str, Repair] = {
    "integer-weight": _integer_weight,
    "drop-weight-of-others": _drop_weight_of_others,
    "developer-as-system": _developer_as_system,
    "arguments-as-string": _arguments_as_string,
    "text-parts-as-string": _text_parts_as_string,
    "drop-trailing-turns": _drop_trailing_turns,
    "drop-unknown-keys": _drop_unknown_keys,
    "rename-preference-fields": _rename_preference_fields,
    "merge-turns": _merge_turns,
    "repair-mojibake": _repair_mojibake,
    "redact": _redact,
}
