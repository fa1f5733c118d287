"""One call of a tool as others than OpenAI write it: of it nothing vanishes that could be said.

The arguments are called `arguments` (OpenAI, Hermes, Mistral), `parameters` (Llama 3), `args`
(Gemini) or `input` (Anthropic, Bedrock). Source: the model cards and APIs of these, 2026-11.
"""

from __future__ import annotations

import json
from typing import Any

from dataprep.finding import excerpt
from dataprep.formats.format import Row, Unreadable
from dataprep.formats.literals import from_cell

ARGUMENTS = ("arguments", "parameters", "args", "input")
"""What the arguments of a call are called."""

CALLING = ("function_call", "tool_call")
"""Speakers whose text is a call."""

_IDS = ("id", "call_id", "tool_call_id", "toolUseId")
_TYPES = ("function", "tool_call", "function_call", "tool_use")
_REMEDY = "Write the call as its name and its arguments, and take out every other key."


def is_call(value: Any) -> bool:
    """Whether an object names a function that it calls."""
    if not isinstance(value, dict):
        return False
    inner = value.get("function")
    return isinstance(inner.get("name") if isinstance(inner, dict) else value.get("name"), str)


def call_of(value: Row, path: str) -> Row:
    """A call in OpenAI's words, with the id that it came with; it stands at `path`.

    Raises Unreadable (S004) for a key that would vanish, and for two that hold the arguments.
    """
    inner = value.get("function")
    outer, called = (value, inner) if isinstance(inner, dict) else ({}, value)
    said = {key: v for key, v in called.items() if v is not None and key != "name"}
    given = [key for key in ARGUMENTS if key in said]
    ids = [key for key in _IDS if isinstance(outer.get(key, said.get(key)), str)]
    around = {key: v for key, v in outer.items() if v is not None and key != "function"}
    rest = [key for key in (*around, *said) if key not in (*given[:1], *ids[:1])]
    if open_ := [key for key in rest if not (key == "type" and value.get(key) in _TYPES)]:
        shown = excerpt(open_[0])
        words = f"{path} is a call with the key {shown!r}, and nothing says what becomes of it"
        raise Unreadable("S004", path, words, _REMEDY)
    call: Row = {"id": outer.get(ids[0], said.get(ids[0]))} if ids else {}
    arguments = as_string(said[given[0]]) if given else "{}"
    function = {"name": called["name"], "arguments": arguments}
    return {**call, "type": "function", "function": function}


def calls_said(text: Any, path: str) -> list[Row]:
    """The calls that a text holds as JSON, one object or a list of them, in OpenAI's words.

    No call for a text that holds none. Raises Unreadable as `call_of` does.
    """
    value: Any = from_cell(text.strip(), arrays=False) if isinstance(text, str) else None
    calls: list[Any] = value if isinstance(value, list) else [value]
    return [call_of(call, path) for call in calls] if all(map(is_call, calls)) else []


def call_among(value: Row, path: str) -> Row:
    """The same of an object whose other keys are carried along by their path."""
    return call_of({key: value[key] for key in ("name", *ARGUMENTS) if key in value}, path)


def as_string(arguments: Any) -> str:
    """Arguments as the JSON in a string that OpenAI wants."""
    if isinstance(arguments, str):
        return arguments
    return json.dumps(arguments, ensure_ascii=False)
