"""Anthropic's Messages, as Bedrock tunes Claude with them: a top-level system, content blocks.

Blocks: text, image, tool_use, tool_result, thinking. Source: docs.anthropic.com, Messages;
Amazon Bedrock, fine-tuning Claude 3 Haiku; 2026-11.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from dataprep.finding import Fault
from dataprep.formats.format import (
    Reading,
    Row,
    RowFormat,
    Unreadable,
    aside_of,
    without_deep_nulls,
)
from dataprep.formats.transcript import Transcript

NAME = "anthropic"
_BLOCKS = frozenset(("tool_use", "tool_result", "thinking", "redacted_thinking", "image"))


def recognise(row: Row) -> bool:
    """Whether messages hold blocks that only Anthropic has, or a system stands beside them."""
    messages = row.get("messages")
    if not isinstance(messages, list) or not all(isinstance(m, dict) for m in messages):
        return False
    if not messages or any(m.get("role") not in ("user", "assistant") for m in messages):
        return False
    if any(_is_block(b) for m in messages for b in _blocks(m)):
        return True
    return isinstance(row.get("system"), str | list) and not any("name" in m for m in messages)


def _blocks(message: Row) -> list[Any]:
    content = message.get("content")
    return content if isinstance(content, list) else []


def _is_block(block: Any) -> bool:
    if not isinstance(block, dict):
        return False
    kind = block.get("type")
    return isinstance(kind, str) and kind in _BLOCKS and "image_url" not in block


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row without nulls."""
    return without_deep_nulls(row)


def read(row: Row) -> Reading:
    """The conversation in OpenAI's words: blocks of tools become calls and results."""
    made = Transcript()
    uses = {"messages": "messages"}
    if "system" in row:
        uses["system"] = "system"
        system = row["system"]
        text = system if isinstance(system, str) else _texts(system, "system")
        if text.strip():
            made.add("system", text, "system" if isinstance(system, str) else "system[0].text")
    for number, message in enumerate(row["messages"]):
        _add(made, message, f"messages[{number}]")
    beside = _tools(row.get("tools"))
    if "tools" in row:
        uses["tools"] = "tools"
    return Reading(
        kind="chat",
        messages=made.messages,
        beside=beside,
        uses=uses,
        places=made.places,
        pieces=made.pieces,
        carried=aside_of(row["messages"], "messages", _IN_MESSAGES, "content", _IN_BLOCKS),
    )


_IN_MESSAGES = ("role", "content")
_IN_BLOCKS = frozenset(
    (
        *("type", "text", "thinking", "signature", "data", "id", "name", "input"),
        *("tool_use_id", "content", "is_error", "source", "cache_control"),
    )
)


def _texts(blocks: Any, path: str) -> str:
    if not isinstance(blocks, list) or not all(
        isinstance(b, dict) and isinstance(b.get("text"), str) for b in blocks
    ):
        raise Unreadable("S001", path, f"{path} is no text, nor a list of text blocks")
    return "\n\n".join(block["text"] for block in blocks)


@dataclass(slots=True)
class _Blocks:
    """What the blocks of one message say: paths and texts, thoughts, and calls."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    thoughts: list[tuple[str, str]] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)


def _add(made: Transcript, message: Row, at: str) -> None:
    role, content = message["role"], message.get("content")
    if isinstance(content, str):
        made.add(role, content, f"{at}.content")
        return
    blocks = _Blocks()
    for number, block in enumerate(content if isinstance(content, list) else ()):
        _take(made, block, f"{at}.content[{number}]", role, blocks)
    _close(made, role, blocks, at)


def _take(made: Transcript, block: Any, path: str, role: str, blocks: _Blocks) -> None:
    """Sort one block; a result is a message of its own."""
    match block:
        case {"type": "text", "text": str(text)}:
            blocks.texts.append((f"{path}.text", text))
        case {"type": "thinking", "thinking": str(thought)}:
            blocks.thoughts.append((f"{path}.thinking", thought))
        case {"type": "tool_use", "id": str(called), "name": str(name)}:
            arguments = json.dumps(block.get("input", {}), ensure_ascii=False)
            function = {"name": name, "arguments": arguments}
            blocks.calls.append({"id": called, "type": "function", "function": function})
            made.note(f"{path}.input", arguments, role)
        case {"type": "tool_result", "tool_use_id": str(called)}:
            result, where = _result(block.get("content"), path)
            made.add("tool", result, where, tool_call_id=called)
        case {"type": str(kind)}:
            words = f"{path} is a block of the type {kind}, which is not read"
            raise Unreadable("S004", path, words)
        case _:
            raise Unreadable("S001", path, f"{path} is no content block")


def _close(made: Transcript, role: str, blocks: _Blocks, at: str) -> None:
    """Add what a message says after its results, with its calls and what was thought."""
    texts = blocks.texts
    if not (texts or blocks.calls):
        return
    more: Row = {"tool_calls": blocks.calls} if blocks.calls else {}
    if blocks.thoughts:
        more["reasoning"] = "\n\n".join(text for _, text in blocks.thoughts)
        for path, text in blocks.thoughts:
            made.note(path, text, role)
    joined = "\n\n".join(text for _, text in texts)
    made.add(role, joined, texts[0][0] if texts else f"{at}.content", **more)
    if len(texts) > 1:
        made.pieces.pop()
        for path, text in texts:
            made.note(path, text, role)


def _result(content: Any, path: str) -> tuple[str, str]:
    if content is None:
        return "", f"{path}.content"
    if isinstance(content, str):
        return content, f"{path}.content"
    return _texts(content, f"{path}.content"), f"{path}.content[0].text"


def _tools(tools: Any) -> Row:
    if not isinstance(tools, list) or not tools:
        return {}
    return {
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": tool.get("name"),
                    **({"description": tool["description"]} if "description" in tool else {}),
                    "parameters": tool.get("input_schema", {}),
                },
            }
            for tool in tools
            if isinstance(tool, dict)
        ]
    }


FORMAT = RowFormat(NAME, "conversations (Anthropic Messages)", recognise, read, tidy)
