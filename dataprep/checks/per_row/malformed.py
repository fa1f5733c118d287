"""Rows that break their schema in a way that has a code of its own, before S001 says the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dataprep.checks.per_row.tools import NAME
from dataprep.example import INSTRUCTING
from dataprep.finding import Fault, excerpt
from dataprep.formats import Row
from dataprep.formats.chat import BESIDE, KEYS, SAID
from dataprep.formats.format import objects_of
from dataprep.formats.preference import OUTPUTS
from dataprep.jsonio import copied

_PLAIN = dict.fromkeys(KEYS, SAID)
"""The same for pairs, which are text alone."""

_ROW = frozenset((*BESIDE, "messages"))
_EMPTY = {"assistant": "C003", "user": "C005"}
_SILENT = {"role", "name", "weight"}
_STAND_IN = "-"
"""What stands for a text that was found wrong, so that nothing else is said of its place."""


def named_faults(row: Row, form_name: str) -> tuple[list[Fault], Row]:
    """C003, C007, C009 to C011, C110, C112, C113, C203, C206 and C301, and what is left.

    What is left is a copy of the row in which all that was found is as it should be, at the same
    paths: S001 is for what still breaks the schema there, and the other rules for what does not.
    """
    judge = _JUDGES.get(form_name)
    if judge is None:
        return [], row
    rest: Row = copied(row)
    return list(judge(rest)), rest


def _chat(row: Row) -> Iterator[Fault]:
    yield from _item(row, last="assistant")


def _item(row: Row, last: str = "user") -> Iterator[Fault]:
    for number, tool in objects_of(row.get("tools")):
        if isinstance(function := tool.get("function"), dict):
            yield from _name(f"tools[{number}].function", function)
    yield from _talk("messages", row.get("messages"), KEYS, last)


def _pair(row: Row) -> Iterator[Fault]:
    if isinstance(asked := row.get("input"), dict):
        yield from _extra("input", asked, _ROW)
        yield from _plain("input.messages", asked.get("messages"))
        yield from _talk("input.messages", asked.get("messages"), _PLAIN)
    for name in OUTPUTS:
        yield from _outputs(name, row.get(name))


def _outputs(name: str, answers: Any) -> Iterator[Fault]:
    """C203, and what holds for any message."""
    yield from _plain(name, answers)
    for index, answer in objects_of(answers):
        role = _role(answer)
        if role in KEYS and role != "assistant":
            yield Fault("C203", f"{name}[{index}].role", f"{name}[{index}] has the role {role}")
            answer["role"] = "assistant"
    yield from _talk(name, answers, _PLAIN)


def _plain(path: str, messages: Any) -> Iterator[Fault]:
    """C206, and C003 and C005 for what pairs may not leave empty."""
    for index, message in objects_of(messages):
        at, role = f"{path}[{index}]", _role(message)
        if role in ("tool", "function") or "tool_calls" in message or "function_call" in message:
            yield Fault("C206", at, f"{at} calls a tool, or brings its result")
            role = role if role in (*INSTRUCTING, "assistant") else "user"
            messages[index] = {"role": role, "content": _STAND_IN}
        elif isinstance(message.get("content"), list):
            yield Fault("C206", f"{at}.content", f"{at}.content is a list of parts")
            message["content"] = _STAND_IN
        elif message.get("content") == "" and role in _EMPTY:
            yield Fault(_EMPTY[role], f"{at}.content", f"{at}.content is empty")
            message["content"] = _STAND_IN


def _extra(path: str, value: Row, known: frozenset[str]) -> Iterator[Fault]:
    """C009; removes what it finds."""
    for key in [key for key in value if key not in known]:
        shown = excerpt(key)
        where = path or "the row"
        yield Fault("C009", f"{path}.{shown}".strip("."), f"{where} has the unknown key {shown!r}")
        del value[key]


def _talk(
    path: str, messages: Any, keys: Mapping[str, frozenset[str]], last: str = "user"
) -> Iterator[Fault]:
    """What is wrong with messages; one of no known role is taken for an answer behind a question.

    At the end it is taken for what stands there in the format.
    """
    waiting: list[Any] = []
    for index, message in objects_of(messages):
        at = f"{path}[{index}]"
        role = _role(message)
        if role not in KEYS:
            words = f"is {excerpt(str(message['role']))!r}" if "role" in message else "is missing"
            yield Fault("C007", f"{at}.role", f"{at}.role {words}")
            asked = index and _role(messages[index - 1]) == "user"
            taken = last if index == len(messages) - 1 else "assistant" if asked else "user"
            messages[index] = {"role": taken, "content": _STAND_IN}
            continue
        if keys is KEYS:
            yield from _weight(at, message)
            yield from _silence(at, message)
        yield from _extra(at, message, keys[role])
        yield from _calls(at, message)
        yield from _pictures(at, message)
        if role == "tool":
            yield from _result(at, message, waiting)
        else:
            waiting = [call.get("id") for _, call in objects_of(message.get("tool_calls"))]


def _weight(at: str, message: Row) -> Iterator[Fault]:
    if "weight" not in message:
        return
    weight = message["weight"]
    if message["role"] != "assistant":
        yield Fault("C011", f"{at}.weight", f"{at} is the {message['role']}'s, and has a weight")
        del message["weight"]
    elif isinstance(weight, bool) or weight not in (0, 1):
        shown = excerpt(json.dumps(weight))
        yield Fault("C010", f"{at}.weight", f"the weight is written {shown}")
        message["weight"] = 1


def _silence(at: str, message: Row) -> Iterator[Fault]:
    """C003 for an answer without any key that could say something."""
    if message["role"] == "assistant" and not (KEYS["assistant"] - _SILENT) & message.keys():
        yield Fault("C003", f"{at}.content", f"{at}.content is empty")
        message["content"] = _STAND_IN


def _calls(at: str, message: Row) -> Iterator[Fault]:
    """C110."""
    for number, call in objects_of(message.get("tool_calls")):
        if not isinstance(function := call.get("function"), dict):
            continue
        path = f"{at}.tool_calls[{number}].function"
        yield from _name(path, function)


def _name(path: str, function: Row) -> Iterator[Fault]:
    """C110."""
    name = function.get("name")
    if isinstance(name, str) and not NAME.fullmatch(name):
        yield Fault("C110", f"{path}.name", f"the name is {excerpt(name)!r}")
        function["name"] = re.sub(r"[^a-zA-Z0-9_-]", "_", name)[:64] or _STAND_IN


def _result(at: str, message: Row, waiting: list[Any]) -> Iterator[Fault]:
    """C112 and C113; a result without an id is taken for that of the next call that waits."""
    if isinstance(message.get("content"), list):
        yield Fault("C112", f"{at}.content", f"{at}.content is a list of parts")
        message["content"] = _STAND_IN
    if "tool_call_id" not in message:
        yield Fault("C113", at, f"{at} does not say which call it answers")
        message["tool_call_id"] = waiting.pop(0) if waiting else ""
    elif message["tool_call_id"] in waiting:
        waiting.remove(message["tool_call_id"])


def _pictures(at: str, message: Row) -> Iterator[Fault]:
    if message["role"] == "user":
        return
    for number, part in objects_of(message.get("content")):
        if part.get("type") == "image_url":
            path = f"{at}.content[{number}]"
            yield Fault("C301", path, f"{path} is a picture of the {message['role']}'s")
            message["content"][number] = {"type": "text", "text": _STAND_IN}


def _role(message: Any) -> str:
    """The role of a message, empty where it has none or is no message."""
    role = message.get("role") if isinstance(message, dict) else None
    return role if isinstance(role, str) else ""


_JUDGES: dict[str, Callable[[Row], Iterator[Fault]]] = {
    "openai-chat": _chat,
    "preference": _pair,
    "reinforcement": _item,
}
