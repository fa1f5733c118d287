"""Bedrock's Converse rows (Nova): content parts without a type, a system of text parts.

Source: Amazon Nova, preparing data for fine-tuning, 2026-11. The schema version is spelled
`bedrock-conversion-2024` in the prose there and `bedrock-conversation-2024` in the example.
"""

from __future__ import annotations

import json
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

NAME = "bedrock"
_VERSION = "schemaVersion"
_PREFERENCE = "preferenceLabel"


def recognise(row: Row) -> bool:
    """Whether the schema version says so, or the parts have a text and no type."""
    messages = row.get("messages")
    if not isinstance(messages, list) or not messages:
        return False
    if str(row.get(_VERSION, "")).startswith("bedrock-"):
        return True
    first = messages[0].get("content") if isinstance(messages[0], dict) else None
    part = first[0] if isinstance(first, list) and first else None
    return isinstance(part, dict) and "type" not in part and isinstance(part.get("text"), str)


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row without nulls."""
    return without_deep_nulls(row)


def read(row: Row) -> Reading:
    """The conversation in OpenAI's words; of two candidates at its end, a preference."""
    made = Transcript()
    uses = {"messages": "messages"}
    if _VERSION in row:
        uses[_VERSION] = "the format"
    if "system" in row:
        uses["system"] = "system"
        for number, part in enumerate(_list(row["system"], "system")):
            made.add("system", _text(part, f"system[{number}]"), f"system[{number}].text")
    for number, message in enumerate(row["messages"]):
        at = f"messages[{number}]"
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise Unreadable("S001", at, f"{at} is no message")
        if "candidates" in message:
            return _candidates(made, message, at, uses)
        _add(made, message["role"], _list(message.get("content"), f"{at}.content"), at)
    return Reading(
        kind="chat",
        messages=made.messages,
        uses=uses,
        places=made.places,
        pieces=made.pieces,
        carried=aside_of(row["messages"], "messages", ("role", "content"), "content", _IN_PARTS),
    )


_IN_PARTS = ("text", "reasoningContent", "toolUse", "toolResult", "cachePoint")


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable("S001", path, f"{path} is no list of parts")
    return value


def _text(part: Any, path: str) -> str:
    if isinstance(part, dict) and isinstance(part.get("text"), str):
        return str(part["text"])
    raise Unreadable("S004", path, f"{path} is no text part, and is not read")


def _add(made: Transcript, role: str, parts: list[Any], at: str) -> None:
    """Add a message of text parts, calls and results; what else there is, is refused."""
    texts: list[tuple[str, str]] = []
    more: Row = {}
    for number, part in enumerate(parts):
        path = f"{at}.content[{number}]"
        match part:
            case {"text": str(text)}:
                texts.append((f"{path}.text", text))
            case {"reasoningContent": {"reasoningText": {"text": str(thought)}}}:
                more["reasoning"] = thought
                made.note(f"{path}.reasoningContent.reasoningText.text", thought, role)
            case {"toolUse": {"toolUseId": str(called), "name": str(name)}}:
                arguments = json.dumps(part["toolUse"].get("input", {}), ensure_ascii=False)
                function = {"name": name, "arguments": arguments}
                call = {"id": called, "type": "function", "function": function}
                more.setdefault("tool_calls", []).append(call)
                made.note(f"{path}.toolUse.input", arguments, role)
            case {"toolResult": {"toolUseId": str(called), "content": list(inner)}}:
                said = "\n\n".join(
                    p["text"] if isinstance(p.get("text"), str) else json.dumps(p.get("json"))
                    for p in inner
                )
                made.add("tool", said, f"{path}.toolResult.content[0].text", tool_call_id=called)
            case _:
                _text(part, path)
    if texts or "tool_calls" in more:
        joined = "\n\n".join(text for _, text in texts)
        made.add(role, joined, texts[0][0] if texts else f"{at}.content", **more)
        if len(texts) > 1:
            made.pieces.pop()
            for path, text in texts:
                made.note(path, text, role)


def _candidates(made: Transcript, message: Row, at: str, uses: dict[str, str]) -> Reading:
    by_label: dict[str, tuple[str, str]] = {}
    for number, candidate in enumerate(_list(message["candidates"], f"{at}.candidates")):
        path = f"{at}.candidates[{number}]"
        parts = _list(candidate.get("content"), f"{path}.content")
        label = str(candidate.get(_PREFERENCE))
        by_label[label] = (_text(parts[0], f"{path}.content[0]"), f"{path}.content[0].text")
    if by_label.keys() != {"preferred", "non-preferred"}:
        words = f"{at}.candidates are not one preferred and one non-preferred"
        raise Unreadable("C202", f"{at}.candidates", words)
    text, path = by_label["preferred"]
    made.add("assistant", text, path)
    worse, where = by_label["non-preferred"]
    made.note(where, worse, "assistant")
    made.places["rejected"] = where
    return Reading(
        kind="preference",
        messages=made.messages,
        rejected=[{"role": "assistant", "content": worse}],
        uses=uses,
        places=made.places,
        pieces=made.pieces,
    )


FORMAT = RowFormat(NAME, "conversations (Bedrock Converse)", recognise, read, tidy)
