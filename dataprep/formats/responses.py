"""OpenAI's Responses records: input items and output items, with flat tools and instructions.

Source: OpenAI's OpenAPI document 2.3.0 (messages, function_call, function_call_output, reasoning).
"""

from __future__ import annotations

from typing import Any

from dataprep.finding import Fault
from dataprep.formats.endings import refuse_unfinished
from dataprep.formats.format import (
    Reading,
    Row,
    RowFormat,
    Unreadable,
    without_deep_nulls,
)
from dataprep.formats.transcript import Transcript

NAME = "responses"
ASKED: tuple[str, ...] = ("instructions", "input", "tools")
ANSWERED: tuple[str, ...] = ("output", "status", "incomplete_details")
"""The keys of a record, by the half in which a batch has them."""

_ITEMS = ("message", "function_call", "function_call_output", "reasoning")


def recognise(row: Row) -> bool:
    """Whether input is a list of items and output one of them too."""
    asked, said = row.get("input"), row.get("output")
    return _are_items(said) and (isinstance(asked, str) or _are_items(asked))


def _are_items(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(i, dict) and (i.get("type") in _ITEMS or "role" in i) for i in value)


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row without nulls."""
    return without_deep_nulls(row)


def read(row: Row) -> Reading:
    """The conversation in OpenAI's chat: calls in a row are one message, with the text before."""
    refuse_unfinished(row)
    made = Transcript()
    uses = {"input": "prompt", "output": "answer"}
    if isinstance(row.get("instructions"), str):
        uses["instructions"] = "system"
        if row["instructions"]:
            made.add("system", row["instructions"], "instructions")
    thought: list[str] = []
    if isinstance(row["input"], str):
        made.add("user", row["input"], "input")
    else:
        for number, item in enumerate(row["input"]):
            _add(made, item, f"input[{number}]", thought)
    asked = len(made.messages)
    for number, item in enumerate(row["output"]):
        _add(made, item, f"output[{number}]", thought)
    if all(message["role"] != "assistant" for message in made.messages[asked:]):
        raise Unreadable("C001", "output", "output holds no answer")
    if "tools" in row:
        uses["tools"] = "tools"
    return Reading(
        kind="chat",
        messages=made.messages,
        beside=_tools(row.get("tools")),
        uses=uses,
        places=made.places,
        pieces=made.pieces,
    )


def _add(made: Transcript, item: Row, at: str, thought: list[str]) -> None:
    kind = item.get("type", "message")
    more: Row = {}
    if kind == "reasoning":
        for number, part in enumerate(item.get("summary") or ()):
            if isinstance(part, dict) and isinstance(part.get("text"), str):
                thought.append(part["text"])
                made.note(f"{at}.summary[{number}].text", part["text"], "assistant")
        return
    if kind == "function_call_output":
        result = item.get("output")
        if not isinstance(result, str):
            raise Unreadable("C112", f"{at}.output", f"{at}.output is no text")
        made.add("tool", result, f"{at}.output", tool_call_id=str(item.get("call_id")))
        return
    if kind == "function_call":
        call = {
            "id": str(item.get("call_id")),
            "type": "function",
            "function": {"name": item.get("name"), "arguments": item.get("arguments")},
        }
        last = made.messages[-1] if made.messages else {}
        if last.get("role") == "assistant":
            last.setdefault("tool_calls", []).append(call)
        else:
            more = {"reasoning": "\n\n".join(thought)} if thought else {}
            made.add("assistant", "", f"{at}.arguments", tool_calls=[call], **more)
            made.pieces.pop()
            thought.clear()
        made.note(f"{at}.arguments", str(item.get("arguments")), "assistant")
        return
    if kind != "message" or not isinstance(item.get("role"), str):
        raise Unreadable("S004", at, f"{at} is an item of the type {kind}, which is not read")
    text, path = _content(item.get("content"), f"{at}.content")
    if item["role"] == "assistant" and thought:
        more["reasoning"] = "\n\n".join(thought)
        thought.clear()
    role = "system" if item["role"] == "developer" else item["role"]
    made.add(role, text, path, **more)


def _content(content: Any, path: str) -> tuple[str, str]:
    if isinstance(content, str):
        return content, path
    texts = []
    for number, part in enumerate(content if isinstance(content, list) else ()):
        if not isinstance(part, dict) or not isinstance(part.get("text"), str):
            at = f"{path}[{number}]"
            raise Unreadable("S004", at, f"{at} is a part of another kind than text")
        texts.append(part["text"])
    if not texts:
        raise Unreadable("S001", path, f"{path} holds no text")
    return "\n\n".join(texts), f"{path}[0].text"


def _tools(tools: Any) -> Row:
    kept = [
        {"type": "function", "function": {k: v for k, v in tool.items() if k != "type"}}
        for tool in (tools if isinstance(tools, list) else ())
        if isinstance(tool, dict) and tool.get("type") == "function"
    ]
    return {"tools": kept} if kept else {}


FORMAT = RowFormat(NAME, "conversations (OpenAI Responses)", recognise, read, tidy)
