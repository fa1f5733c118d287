"""Bedrock's Converse rows (Nova): content parts without a type, a system of text parts.

Source: Amazon Nova, preparing data for fine-tuning, 2026-11. The schema version is spelled
`bedrock-conversion-2024` in the prose there and `bedrock-conversation-2024` in the example.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dataprep.finding import Fault
from dataprep.formats.calls import ARGUMENTS, call_among
from dataprep.formats.format import (
    Reading,
    Row,
    RowFormat,
    Unreadable,
    without_deep_nulls,
)
from dataprep.formats.loss_marks import weight_of
from dataprep.formats.transcript import (
    Known,
    MessageParts,
    RankedAnswer,
    Transcript,
    preference,
    read_keys,
)

NAME = "bedrock"
_VERSION = "schemaVersion"
_PREFERENCE = "preferenceLabel"
_PART: Known = {
    "text": "read",
    "reasoningContent": {"reasoningText": read_keys("text signature")},
    "toolUse": read_keys("toolUseId name", *ARGUMENTS),
    "toolResult": {
        "toolUseId": "read",
        "content": read_keys("text json"),
        "status": "defined",
    },
    "cachePoint": "defined",
}
_CANDIDATE: Known = {"content": _PART, _PREFERENCE: "read"}
_MESSAGE: Known = {"role": "read", "content": _PART, "candidates": _CANDIDATE}


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
        made.carry(row["system"], "system[]", read_keys("text"), 0)
    for number, message in enumerate(row["messages"]):
        at = f"messages[{number}]"
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise Unreadable("S001", at, f"{at} is no message")
        if "candidates" in message:
            _refuse_more(row["messages"], number)
            made.carry_turn(message, "messages[]", _MESSAGE)
            answers, weight = [*_candidates(message, at)], weight_of(message, "assistant")
            return preference(made, answers, f"{at}.candidates", uses, None, **weight)
        _add(made, message, _list(message.get("content"), f"{at}.content"), at)
        made.carry_turn(message, "messages[]", _MESSAGE)
    return made.reading(uses)


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable("S001", path, f"{path} is no list of parts")
    return value


def _text(part: Any, path: str) -> str:
    if isinstance(part, dict) and isinstance(part.get("text"), str):
        return str(part["text"])
    raise _not_read(path)


def _add(made: Transcript, message: Row, parts: list[Any], at: str) -> None:
    """Add a message of text parts, calls and results; what else there is, is refused."""
    role, said = message["role"], MessageParts()
    for number, part in enumerate(parts):
        path = f"{at}.content[{number}]"
        if not isinstance(part, dict) or not part.keys() & _PART.keys():
            raise _not_read(path)
        if "text" in part:
            said.texts.append((f"{path}.text", _text(part, path)))
        if "reasoningContent" in part:
            match part["reasoningContent"]:
                case {"reasoningText": {"text": str(thought)}}:
                    made.think(f"{path}.reasoningContent.reasoningText.text", thought)
                case _:
                    raise _not_read(path)
        if "toolUse" in part:
            _add_call(made, part["toolUse"], path, role, said)
        if "toolResult" in part:
            _add_result(made, part["toolResult"], path)
    made.add_parts(role, said, f"{at}.content", **weight_of(message, role))


def _add_call(made: Transcript, call: Any, path: str, role: str, said: MessageParts) -> None:
    match call:
        case {"toolUseId": str(called), "name": str()}:
            arguments = said.call(called, call_among(call, f"{path}.toolUse"))
            made.note(f"{path}.toolUse.input", arguments, role)
        case _:
            raise _not_read(path)


def _add_result(made: Transcript, result: Any, path: str) -> None:
    match result:
        case {"toolUseId": str(called), "content": list(parts)}:
            texts = [_result_text(p, f"{path}.toolResult.content") for p in parts]
            where = f"{path}.toolResult.content[0].text"
            made.add("tool", "\n\n".join(texts), where, tool_call_id=called)
        case _:
            raise _not_read(path)


def _result_text(part: Any, path: str) -> str:
    """What one part of a result says: a text, or JSON."""
    if isinstance(part, dict) and isinstance(part.get("text"), str):
        return str(part["text"])
    if isinstance(part, dict) and "json" in part:
        return json.dumps(part["json"], ensure_ascii=False)
    raise _not_read(path)


def _not_read(path: str) -> Unreadable:
    return Unreadable("S004", path, f"{path} is no text part, and is not read")


def _refuse_more(messages: list[Any], number: int) -> None:
    """Raise Unreadable for what stands beside or behind two candidates, and would be lost."""
    if "content" in messages[number]:
        at = f"messages[{number}].content"
        raise Unreadable("S001", at, f"{at} stands beside candidates, which are its contents")
    if len(messages) > number + 1:
        at = f"messages[{number + 1}]"
        raise Unreadable("S001", at, f"{at} stands behind candidates, which end a conversation")


def _candidates(message: Row, at: str) -> Iterator[RankedAnswer]:
    """The answers of a preference; raises Unreadable for one that is more than texts."""
    for number, candidate in enumerate(_list(message["candidates"], f"{at}.candidates")):
        path = f"{at}.candidates[{number}]"
        parts = _list(candidate.get("content"), f"{path}.content")
        for n, part in enumerate(parts):
            if part.keys() & _PART.keys() != {"text"}:
                raise _not_read(f"{path}.content[{n}]")
        texts = [_text(part, f"{path}.content[{n}]") for n, part in enumerate(parts)]
        is_better = candidate.get(_PREFERENCE) == "preferred"
        yield RankedAnswer(is_better, "\n\n".join(texts), f"{path}.content[0].text")


FORMAT = RowFormat(NAME, "conversations (Bedrock Converse)", recognise, read, tidy)
