"""Conversations as mistral-common takes them: texts, calls with ids of nine letters and digits."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from dataprep.example import Message
from dataprep.patterns import LatePattern
from dataprep.tokens.messages import REASONING, TemplateError, as_templates_know

_ID = LatePattern(r"[a-zA-Z0-9]{9}")
_LETTERS = string.digits + string.ascii_letters


_THOUGHTS = (REASONING, "thinking", "reasoning")


def as_mistral_knows(messages: Sequence[Message], *, thoughts: bool = True) -> list[Message]:
    """The messages in OpenAI's spelling, with the ids of calls as Mistral's models have them.

    The weight of each answer is 0 or 1. Without `thoughts` those under a key are left out. Raises
    TemplateError for a message with a picture or a file, which is not encoded.
    """
    for index, message in enumerate(messages):
        content = message.get("content")
        if isinstance(content, list) and any("text" not in part for part in content):
            raise TemplateError(
                f"messages[{index}] holds more than text, which is not encoded",
                "Leave the row out, or its pictures.",
            )
    if not thoughts:
        messages = [{k: part for k, part in m.items() if k not in _THOUGHTS} for m in messages]
    called = _with_calls(messages)
    known = as_templates_know(called)
    for shown, message in zip(known, called, strict=True):
        if calls := message.get("tool_calls"):  # arguments that are a text stay that text
            shown["tool_calls"] = [{**call, "id": short_id(call.get("id"))} for call in calls]
        if shown["role"] == "tool":
            shown["tool_call_id"] = short_id(shown.get("tool_call_id"))
        if shown["role"] == "assistant":
            shown["weight"] = int(message.get("weight", 1) != 0)
    return known


def short_id(name: Any) -> Any:
    """The id of a call in nine letters and digits: as it is where it has them, else a digest.

    From v3 on mistral-common takes no other, and up to v11 the model reads and writes them.
    """
    if not isinstance(name, str) or _ID.fullmatch(name):
        return name
    number = int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest())
    digits = []
    for _ in range(9):
        number, digit = divmod(number, len(_LETTERS))
        digits.append(_LETTERS[digit])
    return "".join(digits)


def learned_answers(messages: Sequence[Message]) -> list[bool]:
    """Whether each answer is learned, of messages that `as_mistral_knows` made.

    mistral-common makes one answer of those that follow on each other with the same weight.
    """
    groups = groupby(messages, lambda message: (message["role"], message.get("weight")))
    return [bool(weight) for (role, weight), _ in groups if role == "assistant"]


def _with_calls(messages: Sequence[Message]) -> list[Message]:
    """The messages with OpenAI's older calls of functions as calls of tools, in pairs by order."""
    made: list[Message] = []
    last: str | None = None
    for index, message in enumerate(messages):
        if function := message.get("function_call"):
            last = f"function_call {index}"
            rest = {key: part for key, part in message.items() if key != "function_call"}
            made.append({**rest, "tool_calls": [{"id": last, "function": function}]})
        elif message["role"] == "function":
            made.append({**message, "role": "tool", "tool_call_id": last})
        else:
            made.append(message)
    return made
