"""What an assistant says as one text, and which answer an example teaches last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dataprep import jsonio
from dataprep.example import Example
from dataprep.formats.chat import chat_row, last_learned_answer

_ROW = chat_row(None)


def taught(example: Example) -> str | None:
    """The last answer of an example that is learned; None where it teaches no answer."""
    if not any(turn.weight == 0 for turn in example.turns):
        return example.output
    messages = _ROW(example)["messages"]
    at = last_learned_answer(messages)
    return said(messages[at]) if at >= 0 else None


def said(message: Mapping[str, Any]) -> str:
    """The words of an assistant's message; where it has none, the tools that it calls, as JSON."""
    content = message.get("content")
    if isinstance(content, list):
        content = "\n".join(p["text"] for p in content if isinstance(p.get("text"), str))
    if content:
        return str(content)
    return _calls(message.get("tool_calls") or []) or str(message.get("refusal") or "")


def plain_calls(text: str) -> str:
    """A text that is a list of tool calls, without what is not the model's to choose (the ids)."""
    if not text.lstrip().startswith("[{"):
        return text
    try:
        return _calls(json.loads(text)) or text
    except (ValueError, RecursionError):
        return text


def _calls(calls: Any) -> str:
    try:
        made = [
            {"name": c["function"]["name"], "arguments": json.loads(c["function"]["arguments"])}
            for c in calls
        ]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return jsonio.canonical(made).decode() if made else ""
