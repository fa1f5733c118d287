"""Gemini's and Vertex AI's rows: contents with parts, a system instruction, function calls.

With `completions` and scores of 1 and 0 they are preferences. Older rows have input_text and
output_text, which is a table of two columns. Source: cloud.google.com, Vertex AI, tuning, 2026-11.
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
    objects_of,
    without_deep_nulls,
)
from dataprep.formats.transcript import Transcript

NAME = "gemini"
_SYSTEM = ("systemInstruction", "system_instruction")
KEYS = ("contents", *_SYSTEM, "tools")
"""The keys of a request."""

_ROLES = {"user": "user", "model": "assistant", "function": "tool", "tool": "tool"}


def recognise(row: Row) -> bool:
    """Whether there are contents of parts."""
    contents = row.get("contents")
    if not isinstance(contents, list) or not contents:
        return False
    return all(isinstance(c, dict) and isinstance(c.get("parts"), list) for c in contents)


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row without nulls."""
    return without_deep_nulls(row)


def read(row: Row) -> Reading:
    """The conversation in OpenAI's words; calls get ids, results the id of the call before."""
    made = Transcript()
    uses = {"contents": "messages"}
    for key in _SYSTEM:
        if key in row:
            uses[key] = "system"
            _add_system(made, row[key], key)
    waiting: list[tuple[str, str]] = []
    for number, content in enumerate(row["contents"]):
        role = content.get("role", "user")
        if role not in _ROLES:
            path = f"contents[{number}].role"
            raise Unreadable("C007", path, f"{path} is {role!r}")
        _add(made, _ROLES[role], content["parts"], f"contents[{number}].parts", waiting)
    beside = _tools(row.get("tools"))
    if "tools" in row:
        uses["tools"] = "tools"
    reading = Reading(
        kind="chat",
        messages=made.messages,
        beside=beside,
        uses=uses,
        places=made.places,
        pieces=made.pieces,
        carried=aside_of(row["contents"], "contents", ("role", "parts"), "parts", _IN_PARTS),
    )
    return _scored(reading, made, row["completions"]) if "completions" in row else reading


_IN_PARTS = ("text", "thought", "thoughtSignature", "functionCall", "functionResponse")


def _add_system(made: Transcript, value: Any, key: str) -> None:
    parts = value.get("parts") if isinstance(value, dict) else None
    if isinstance(value, str):
        made.add("system", value, key)
        return
    texts = [p.get("text") if isinstance(p, dict) else None for p in parts or ()]
    if not texts or not all(isinstance(t, str) for t in texts):
        raise Unreadable("S001", key, f"{key} holds no text parts")
    if any(str(text).strip() for text in texts):
        made.add("system", "\n\n".join(map(str, texts)), f"{key}.parts[0].text")


def _add(
    made: Transcript, role: str, parts: list[Any], at: str, waiting: list[tuple[str, str]]
) -> None:
    texts: list[tuple[str, str]] = []
    more: Row = {}
    for number, part in enumerate(parts):
        path = f"{at}[{number}]"
        match part:
            case {"text": str(thought), "thought": True}:
                more["reasoning"] = thought
                made.note(f"{path}.text", thought, role)
            case {"text": str(text)}:
                texts.append((f"{path}.text", text))
            case {"functionCall": {"name": str(name)}}:
                arguments = json.dumps(part["functionCall"].get("args", {}), ensure_ascii=False)
                called = f"call{len(made.messages):04}{number % 10}"
                waiting.append((called, name))
                function = {"name": name, "arguments": arguments}
                call = {"id": called, "type": "function", "function": function}
                more.setdefault("tool_calls", []).append(call)
                made.note(f"{path}.functionCall.args", arguments, role)
            case {"functionResponse": {"name": str(name)}}:
                answered = next((call for call in waiting if call[1] == name), None)
                if answered is None:
                    raise Unreadable("C104", path, f"{path} answers {name}, which was not called")
                waiting.remove(answered)
                result = json.dumps(part["functionResponse"].get("response"), ensure_ascii=False)
                made.add("tool", result, f"{path}.functionResponse", tool_call_id=answered[0])
            case _:
                words = f"{path} is a part of another kind than text and calls, and is not read"
                raise Unreadable("S004", path, words)
    if texts or "tool_calls" in more:
        made.add(
            role, "\n\n".join(t for _, t in texts), texts[0][0] if texts else f"{at}[0]", **more
        )
        if len(texts) > 1:
            made.pieces.pop()
            for path, text in texts:
                made.note(path, text, role)


def _scored(reading: Reading, made: Transcript, completions: Any) -> Reading:
    """A preference: the completion of score 1 is the better one."""
    by_score: dict[Any, tuple[str, str]] = {}
    for number, one in enumerate(completions if isinstance(completions, list) else ()):
        match one:
            case {"score": score, "completion": {"parts": [{"text": str(text)}]}}:
                path = f"completions[{number}].completion.parts[0].text"
                by_score[float(score)] = (text, path)
            case _:
                at = f"completions[{number}]"
                raise Unreadable("S001", at, f"{at} is no scored text")
    if by_score.keys() != {0.0, 1.0}:
        words = "completions are not one of score 1 and one of score 0"
        raise Unreadable("C202", "completions", words)
    (better, path), (worse, where) = by_score[1.0], by_score[0.0]
    made.add("assistant", better, path)
    made.note(where, worse, "assistant")
    made.places["rejected"] = where
    reading.kind = "preference"
    reading.rejected = [{"role": "assistant", "content": worse}]
    reading.uses["completions"] = "answer and rejected"
    return reading


def _tools(tools: Any) -> Row:
    declared = [
        {"type": "function", "function": {**f, "parameters": _lower(f.get("parameters", {}))}}
        for tool in (tools if isinstance(tools, list) else ())
        if isinstance(tool, dict)
        for key in ("functionDeclarations", "function_declarations")
        for _, f in objects_of(tool.get(key))
    ]
    return {"tools": declared} if declared else {}


def _lower(schema: Any) -> Any:
    """A schema with its types as JSON Schema spells them: object, not OBJECT."""
    if isinstance(schema, dict):
        return {
            key: value.lower() if key == "type" and isinstance(value, str) else _lower(value)
            for key, value in schema.items()
        }
    return [_lower(one) for one in schema] if isinstance(schema, list) else schema


FORMAT = RowFormat(NAME, "conversations (Gemini contents)", recognise, read, tidy)
