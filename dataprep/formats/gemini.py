"""Gemini's and Vertex AI's rows: contents with parts, a system instruction, function calls.

With `completions` and scores of 1 and 0 they are preferences. Older rows have input_text and
output_text, which is a table of two columns. Source: cloud.google.com, Vertex AI, tuning, 2026-11.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from dataprep.finding import Fault
from dataprep.formats.calls import ARGUMENTS, call_among
from dataprep.formats.declarations import declared
from dataprep.formats.endings import refuse_reasons
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

NAME = "gemini"
_SYSTEM = ("systemInstruction", "system_instruction")
KEYS = ("contents", *_SYSTEM, "tools")
"""The keys of a request."""

_PART: Known = {
    **read_keys("text thought thoughtSignature"),
    "functionCall": read_keys("name id", *ARGUMENTS),
    "functionResponse": read_keys("name response id"),
}
_CONTENT: Known = {"role": "read", "parts": _PART}
_COMPLETION: Known = {"score": "read", "completion": _CONTENT}
_UNREAD = frozenset(("inlineData", "fileData", "executableCode", "codeExecutionResult"))
"""Keys of parts that say something, and that nobody here reads."""

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
    waiting: list[_Call] = []
    for number, content in enumerate(row["contents"]):
        role = content.get("role", "user")
        if role not in _ROLES:
            path = f"contents[{number}].role"
            raise Unreadable("C007", path, f"{path} is {role!r}")
        _add(made, _ROLES[role], content, f"contents[{number}].parts", waiting)
        made.carry_turn(content, "contents[]", _CONTENT)
    tools = _tools(made, row.get("tools"), uses)
    if "completions" in row:
        return _scored(made, row, uses, tools)
    return made.reading(uses, tools)


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
    made.carry(value, key, {"role": "read", "parts": read_keys("text")}, 0)


class _Call(NamedTuple):
    """A call that waits for its result; `given` says that its id stands in the row."""

    called: str
    name: str
    given: bool


def _add(made: Transcript, role: str, content: Row, at: str, waiting: list[_Call]) -> None:
    """Add the message that some parts are; a result is a message of its own."""
    said = MessageParts()
    for number, part in enumerate(content["parts"]):
        path = f"{at}[{number}]"
        if not isinstance(part, dict) or not _is_read(part):
            words = f"{path} is a part of another kind than text and calls, and is not read"
            raise Unreadable("S004", path, words)
        if isinstance(text := part.get("text"), str):
            if part.get("thought") is True and role == "assistant":
                made.think(f"{path}.text", text)
            else:
                said.texts.append((f"{path}.text", text))
        if "functionCall" in part:
            call = part["functionCall"]
            given = isinstance(call.get("id"), str) and call["id"] != ""
            called = call["id"] if given else f"call{len(made.messages):04}{number % 10}"
            waiting.append(_Call(called, call["name"], given))
            arguments = said.call(called, call_among(call, f"{path}.functionCall"))
            made.note(f"{path}.functionCall.args", arguments, role)
        if "functionResponse" in part:
            _add_result(made, part["functionResponse"], path, waiting)
    made.add_parts(role, said, f"{at}[0]", **weight_of(content, role))


def _is_read(part: Row) -> bool:
    """Whether a part holds a text, a call or a result, and nothing that says more and is unread."""
    tools = [part[key] for key in ("functionCall", "functionResponse") if key in part]
    named = all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in tools)
    says = bool(tools) or isinstance(part.get("text"), str)
    return named and says and _UNREAD.isdisjoint(part)


def _add_result(made: Transcript, response: Row, path: str, waiting: list[_Call]) -> None:
    """Add a result as the answer to the call with its id, else to the first with its name."""
    name = response["name"]
    same = [call for call in waiting if call.given and call.called == response.get("id")]
    same += [c for c in waiting if c.name == name and not (c.given and "id" in response)]
    if not same:
        raise Unreadable("C104", path, f"{path} answers {name}, which was not called")
    waiting.remove(same[0])
    result = json.dumps(response.get("response"), ensure_ascii=False)
    made.add("tool", result, f"{path}.functionResponse", tool_call_id=same[0].called)


def _scored(made: Transcript, row: Row, uses: dict[str, str], tools: Row) -> Reading:
    """A preference: the completion of score 1 is the better one."""
    uses["completions"] = "answer and rejected"
    answers = []
    for number, one in enumerate(row["completions"]):
        at = f"completions[{number}]"
        score, parts = float(one["score"]), one["completion"]["parts"]
        if len(parts) != 1 or not isinstance(parts[0].get("text"), str) or _says_more(parts[0]):
            raise Unreadable("S001", at, f"{at} is no scored text")
        if score not in (0.0, 1.0):
            words = "completions are not one of score 1 and one of score 0"
            raise Unreadable("C202", "completions", words)
        if score:
            refuse_reasons(one["completion"], f"{at}.completion")
        path = f"{at}.completion.parts[0].text"
        answers.append(RankedAnswer(score == 1, parts[0]["text"], path))
    made.carry(row["completions"], "completions[]", _COMPLETION)
    return preference(made, answers, "completions", uses, tools)


def _says_more(part: Row) -> bool:
    """Whether a part of a text holds a call beside it, or is none of an answer."""
    return "thought" in part or any(key.startswith("function") for key in part)


def _tools(made: Transcript, tools: Any, uses: dict[str, str]) -> Row:
    functions = declared(made, tools, uses)
    for tool in functions:
        tool["function"]["parameters"] = _lower(tool["function"].get("parameters", {}))
    return {"tools": functions} if functions else {}


def _lower(schema: Any) -> Any:
    """A schema with its types as JSON Schema spells them: object, not OBJECT."""
    if isinstance(schema, dict):
        return {
            key: value.lower() if key == "type" and isinstance(value, str) else _lower(value)
            for key, value in schema.items()
        }
    return [_lower(one) for one in schema] if isinstance(schema, list) else schema


FORMAT = RowFormat(NAME, "conversations (Gemini contents)", recognise, read, tidy)
