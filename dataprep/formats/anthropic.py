"""Anthropic's Messages, as Bedrock tunes Claude with them: a top-level system, content blocks.

Blocks: text, image, tool_use, tool_result, thinking. Source: docs.anthropic.com, Messages;
Amazon Bedrock, fine-tuning Claude 3 Haiku; 2026-11.
"""

from __future__ import annotations

from typing import Any

from dataprep.finding import Fault
from dataprep.formats.calls import ARGUMENTS, call_among
from dataprep.formats.declarations import declared
from dataprep.formats.format import (
    Reading,
    Row,
    RowFormat,
    Unreadable,
    objects_of,
    without_deep_nulls,
)
from dataprep.formats.loss_marks import weight_of
from dataprep.formats.transcript import Known, MessageParts, Transcript, read_keys

NAME = "anthropic"
_BLOCKS = frozenset(("tool_use", "tool_result", "thinking", "redacted_thinking", "image"))
_TEXT: Known = read_keys("type text cache_control")
_KNOWN: dict[str, Known] = {
    "text": _TEXT,
    "thinking": read_keys("type thinking signature cache_control"),
    "tool_use": read_keys("type id name cache_control", *ARGUMENTS),
    "tool_result": {
        **read_keys("type tool_use_id cache_control"),
        "content": _TEXT,
        "is_error": "defined",
    },
}
"""The blocks that are read, and the keys of each."""


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
        made.carry(system, "system[]", _TEXT, 0)
    for number, message in enumerate(row["messages"]):
        _add(made, message, f"messages[{number}]")
        made.carry_turn(message, "messages[]", read_keys("role content"))
        for _, block in objects_of(message.get("content")):
            made.carry(block, "messages[].content[]", _KNOWN[block["type"]])
    functions = declared(made, row.get("tools"), uses)
    for tool in functions:
        tool["function"].setdefault("parameters", {})
    return made.reading(uses, {"tools": functions} if functions else {})


def _texts(blocks: Any, path: str) -> str:
    if not isinstance(blocks, list) or not all(
        isinstance(b, dict) and isinstance(b.get("text"), str) for b in blocks
    ):
        raise Unreadable("S001", path, f"{path} is no text, nor a list of text blocks")
    return "\n\n".join(block["text"] for block in blocks)


def _add(made: Transcript, message: Row, at: str) -> None:
    role, content = message["role"], message.get("content")
    if isinstance(content, str):
        made.add(role, content, f"{at}.content", **weight_of(message, role))
        return
    blocks = MessageParts()
    for number, block in enumerate(content if isinstance(content, list) else ()):
        _take(made, block, f"{at}.content[{number}]", role, blocks)
    made.add_parts(role, blocks, f"{at}.content", **weight_of(message, role))


def _take(made: Transcript, block: Any, path: str, role: str, blocks: MessageParts) -> None:
    """Sort one block; a result is a message of its own."""
    match block:
        case {"type": "text", "text": str(text)}:
            blocks.texts.append((f"{path}.text", text))
        case {"type": "thinking", "thinking": str(thought)}:
            made.think(f"{path}.thinking", thought)
        case {"type": "tool_use", "id": str(called), "name": str()}:
            made.note(f"{path}.input", blocks.call(called, call_among(block, path)), role)
        case {"type": "tool_result", "tool_use_id": str(called)}:
            result, where = _result(block.get("content"), path)
            made.add("tool", result, where, tool_call_id=called)
        case {"type": str(kind)}:
            words = f"{path} is a block of the type {kind}, which is not read"
            raise Unreadable("S004", path, words)
        case _:
            raise Unreadable("S001", path, f"{path} is no content block")


def _result(content: Any, path: str) -> tuple[str, str]:
    if content is None:
        return "", f"{path}.content"
    if isinstance(content, str):
        return content, f"{path}.content"
    return _texts(content, f"{path}.content"), f"{path}.content[0].text"


FORMAT = RowFormat(NAME, "conversations (Anthropic Messages)", recognise, read, tidy)
