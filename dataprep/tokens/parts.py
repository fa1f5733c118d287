"""Which texts of a training row are counted, and what stands around them.

Each message of a chat costs 3 tokens and its role 1 (amitness.com/notes/openai-finetuning-cost,
2025-03). What tools, tool calls, names and images cost is not documented.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

MESSAGE_TOKENS = 3  # <|im_start|>, <|im_sep|>, <|im_end|>
ROLE_TOKENS = 1
PICTURE_TOKENS = 85  # detail=low; what other details cost is not documented

_LOOSE = ("name", "tool_calls", "function_call", "refusal")


class Parts(msgspec.Struct, gc=False):
    """What a row is made of: texts, texts whose cost is not documented (`loose`), and the rest."""

    texts: list[str]
    loose: list[str]
    messages: int = 0
    pictures: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing in the row has an undocumented cost."""
        return not self.loose and not self.pictures

    @property
    def characters(self) -> int:
        """The length of all texts."""
        return sum(map(len, self.texts)) + sum(map(len, self.loose))

    def fixed(self, per_message: int) -> int:
        """Tokens of what is no text."""
        return self.messages * per_message + self.pictures * PICTURE_TOKENS


def parts_of(row: Mapping[str, Any]) -> Parts:
    """The parts of a row of any format; both answers of a preference pair count."""
    parts = Parts([], [])
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


def _add_tools(parts: Parts, row: Mapping[str, Any]) -> None:
    for key in ("tools", "functions"):
        if key in row:
            parts.loose.append(_json(row[key]))


def _add_messages(parts: Parts, messages: Iterable[Mapping[str, Any]]) -> None:
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
