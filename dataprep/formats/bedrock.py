"""Bedrock's Converse rows (Nova): content parts without a type, a system of text parts.

Source: Amazon Nova, preparing data for fine-tuning, 2026-11. The schema version is spelled
`bedrock-conversion-2024` in the prose there and `bedrock-conversation-2024` in the example.
"""

from __future__ import annotations

import json
from typing import Any

from dataprep.finding import Fault, excerpt
from dataprep.formats.calls import call_of
from dataprep.formats.format import (
    Reading,
    Row,
    RowFormat,
    Transcript,
    Unreadable,
    aside_of,
    joined,
    marks_used,
    objects_of,
    without_deep_nulls,
)
from dataprep.formats.loss_marks import weight_of

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
    uses = {"messages": "messages", **marks_used(row["messages"], "messages")}
    carried = aside_of(row["messages"], "messages", _IN_MESSAGES, "content", _IN_PARTS)
    carried |= _statuses(row["messages"])
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
            if number + 1 < len(row["messages"]) or "content" in message:
                words = f"{at}.candidates do not stand alone at the end"
                raise Unreadable("S004", f"{at}.candidates", words)
            return _candidates(made, row["messages"], uses, carried)
        _list(message.get("content"), f"{at}.content")
        _add(made, message, at)
    return Reading(
        kind="chat",
        messages=made.messages,
        uses=uses,
        places=made.places,
        pieces=made.pieces,
        carried=carried,
    )


_IN_MESSAGES = ("role", "content", "candidates")
_IN_PARTS = ("text", "reasoningContent", "toolUse", "toolResult")


def _statuses(messages: list[Row]) -> Row:
    """Whether calls succeeded, as their results say, by path and message."""
    found: Row = {}
    for number, message in objects_of(messages):
        for _, part in objects_of(message.get("content")):
            result = part.get("toolResult")
            if isinstance(result, dict) and "status" in result:
                at = "messages[].content[].toolResult.status"
                found.setdefault(at, [None] * len(messages))[number] = result["status"]
    return found


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable("S001", path, f"{path} is no list of parts")
    return value


def _text(part: Any, path: str) -> str:
    if isinstance(part, dict) and isinstance(part.get("text"), str):
        return str(part["text"])
    raise Unreadable("S004", path, f"{path} is no text part, and is not read")


def _add(made: Transcript, message: Row, at: str) -> None:
    """Add a message of text parts, calls and results; what else there is, is refused."""
    role = message["role"]
    texts: list[tuple[str, str]] = []
    more: Row = {**weight_of(message, role)}
    for number, part in enumerate(message["content"]):
        path = f"{at}.content[{number}]"
        if isinstance(part, dict) and len(part.keys() & set(_IN_PARTS)) > 1:
            words = f"{path} holds several things, and a part is one of them"
            raise Unreadable("S004", path, words, "Write each as a part of its own.")
        match part:
            case {"text": str(text)}:
                texts.append((f"{path}.text", text))
            case {"reasoningContent": {"reasoningText": {"text": str(thought)}}}:
                more["reasoning"] = joined(more.get("reasoning"), thought)
                made.note(f"{path}.reasoningContent.reasoningText.text", thought, role)
            case {"toolUse": {"toolUseId": str(), "name": str()}}:
                call = call_of(part["toolUse"], f"{path}.toolUse")
                more.setdefault("tool_calls", []).append(call)
                made.note(f"{path}.toolUse.input", call["function"]["arguments"], role)
            case {"toolResult": {"toolUseId": str(called), "content": list()}}:
                said = _result(part["toolResult"], f"{path}.toolResult")
                made.add("tool", said, f"{path}.toolResult.content[0].text", tool_call_id=called)
            case _:
                _text(part, path)
    if texts or more.keys() & {"tool_calls", "reasoning"}:
        whole = "\n\n".join(text for _, text in texts)
        made.add(role, whole, texts[0][0] if texts else f"{at}.content", **more)
        if len(texts) > 1:
            made.pieces.pop()
            for path, text in texts:
                made.note(path, text, role)


def _result(result: Row, at: str) -> str:
    """The texts and the JSON of a result; raises Unreadable for what is neither."""
    said = []
    for number, part in enumerate(result["content"]):
        match part:
            case {"text": str(text)} if len(part) == 1:
                said.append(text)
            case {"json": value} if len(part) == 1:
                said.append(json.dumps(value))
            case _:
                path = f"{at}.content[{number}]"
                raise Unreadable("S004", path, f"{path} is no text and no JSON, and is not read")
    if open_ := result.keys() - {"toolUseId", "content", "status"}:
        words = f"{at} holds {excerpt(min(open_))!r}, which is not read"
        raise Unreadable("S004", at, words, "Take it out, or write it into the content.")
    return "\n\n".join(said)


def _candidates(
    made: Transcript, messages: list[Row], uses: dict[str, str], carried: Row
) -> Reading:
    at = f"messages[{len(messages) - 1}]"
    by_label: dict[str, tuple[str, str]] = {}
    candidates = _list(messages[-1]["candidates"], f"{at}.candidates")
    for number, candidate in enumerate(candidates):
        path = f"{at}.candidates[{number}].content"
        parts = _list(candidate.get("content"), path)
        text = "\n\n".join(_text(part, f"{path}[{n}]") for n, part in enumerate(parts))
        by_label[str(candidate.get(_PREFERENCE))] = (text, f"{path}[0].text")
    if by_label.keys() != {"preferred", "non-preferred"}:
        words = f"{at}.candidates are not one preferred and one non-preferred"
        raise Unreadable("C202", f"{at}.candidates", words)
    text, path = by_label["preferred"]
    made.add("assistant", text, path, **weight_of(messages[-1], "assistant"))
    worse, where = by_label["non-preferred"]
    made.note(where, worse, "assistant")
    made.places["rejected"] = where
    carried |= aside_of(messages, "messages", _IN_MESSAGES, "candidates", ("content", _PREFERENCE))
    return Reading(
        kind="preference",
        messages=made.messages,
        rejected=[{"role": "assistant", "content": worse}],
        uses=uses,
        places=made.places,
        pieces=made.pieces,
        carried=carried,
    )


FORMAT = RowFormat(NAME, "conversations (Bedrock Converse)", recognise, read, tidy)
