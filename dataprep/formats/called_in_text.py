"""Calls that stand as text in an answer, and their results in the messages behind it.

Hermes and Qwen write each call as JSON between `<tool_call>` marks, and each result between
`<tool_response>` marks; ToolACE writes a list of calls as Python does, and their results as one
JSON list; Glaive one call behind `<functioncall>`. Read only where a tool answers: a call that
nobody answered stays the text that it is.
Source: the data cards of hermes-function-calling-v1, ToolACE and glaive-function-calling-v2,
2026-11.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from dataprep.finding import Fault
from dataprep.formats.calls import call_of, is_call
from dataprep.formats.format import Row, Unreadable, objects_of
from dataprep.formats.literals import from_cell

_MARKS = {
    "<tool_call>": re.compile(r"<tool_call>\s*(.*?)\s*</tool_call>", re.DOTALL),
    "<functioncall>": re.compile(r"<functioncall>\s*(\{.*\})", re.DOTALL),
}
"""By what begins a call."""

_RESULT = re.compile(r"<tool_response>\s*(.*?)\s*</tool_response>", re.DOTALL)
_NAMED = re.compile(r"\s*([^\W\d][^()\[\]{}'\"=,]*)\(")


class Called(NamedTuple):
    """What an answer says beside its calls, the calls in OpenAI's words, and their results."""

    text: str
    calls: list[Row]
    results: list[str]


def called_in(answer: str, behind: Sequence[str]) -> Called | None:
    """The calls of an answer with what the messages behind it say; None where it is no such text.

    Each call has one result: a message of its own, or a part of the one message that there is.
    """
    mark = next((mark for name, mark in _MARKS.items() if name in answer), None)
    text, calls = ("", _listed(answer.strip())) if mark is None else _marked(answer, mark)
    if not calls or not behind:
        return None
    results = [_of_one(said) for said in behind]
    if len(calls) > 1 and len(behind) == 1:
        results = _of_several(behind[0])
    return Called(text, calls, results) if len(results) == len(calls) else None


def _marked(text: str, mark: re.Pattern[str]) -> tuple[str, list[Row]]:
    """What stands beside the marks of calls, and the calls in them; no call where one is none."""
    held = [from_cell(found) for found in mark.findall(text)]
    return mark.sub("", text).strip(), _in_our_words(held)


def _listed(text: str) -> list[Row]:
    """The calls of a list as Python writes it, [rain(city="Lima"), ...]; none for another text."""
    if not (text.startswith("[") and text.endswith(")]")):
        return []
    calls: list[Row] = []
    at, end = 1, len(text) - 1
    while at < end:
        named = _NAMED.match(text, at, end)
        closes = _closing(text, named.end(), end) if named else None
        if named is None or closes is None:
            return []
        arguments = _keywords(text[named.end() : closes])
        if arguments is None:
            return []
        calls.append({"name": named[1].strip(), "arguments": arguments})
        rest = text[closes + 1 : end].lstrip()
        if rest and not rest.startswith(","):
            return []
        at = end - len(rest) + 1 if rest else end
    return _in_our_words(calls)


def _closing(text: str, at: int, end: int) -> int | None:
    """Where the bracket closes that opens before `at`; brackets in quotes do not count."""
    depth, quote = 1, ""
    while at < end:
        sign = text[at]
        if quote:
            if sign == "\\":
                at += 1
            elif sign == quote:
                quote = ""
        elif sign in "'\"":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
            if not depth:
                return at
        at += 1
    return None


def _keywords(text: str) -> dict[str, Any] | None:
    """Named arguments and their plain values; None for any other."""
    try:
        call = ast.parse(f"_({text})", mode="eval").body
        if not isinstance(call, ast.Call) or call.args:
            return None
        return {str(given.arg): _literal(given.value) for given in call.keywords if given.arg}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _literal(value: ast.expr) -> Any:
    """A plain value; the words of JSON are Python's too. Raises ValueError for any other."""
    if isinstance(value, ast.Name) and value.id in _WORDS:
        return _WORDS[value.id]
    if isinstance(value, ast.List):
        return [*map(_literal, value.elts)]
    if isinstance(value, ast.Dict):
        keys = [ast.literal_eval(key) if key else None for key in value.keys]
        if not all(isinstance(key, str) for key in keys):
            raise ValueError
        return dict(zip(keys, map(_literal, value.values), strict=True))
    plain = ast.literal_eval(value)
    if not isinstance(plain, str | int | float | bool | None):
        raise ValueError
    return plain


_WORDS = {"true": True, "false": False, "null": None}


def _in_our_words(calls: Sequence[Any]) -> list[Row]:
    """Calls in OpenAI's words; none where one of them is no call, or says more than one."""
    if not all(map(is_call, calls)):
        return []
    try:
        return [call_of(call, "") for call in calls]
    except Unreadable:
        return []


def _of_one(text: str) -> str:
    """One result without its marks."""
    held = _RESULT.findall(text)
    return held[0] if len(held) == 1 and not _RESULT.sub("", text).strip() else text


def _of_several(text: str) -> list[str]:
    """The results of several calls in one text; none where it does not say which is which."""
    if held := _RESULT.findall(text):
        return held if not _RESULT.sub("", text).strip() else []
    listed = from_cell(text.strip())
    if not isinstance(listed, list):
        return []
    return [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in listed]


def calls_from_text(row: Row) -> Iterator[Fault]:
    """C121: calls that stand as text in an answer, where the messages behind it are results."""
    messages = row.get("messages")
    turns = messages if isinstance(messages, list) else []
    made = 0
    for index, message in objects_of(turns):
        if message.get("role") != "assistant" or not isinstance(message.get("content"), str):
            continue
        behind = _results_behind(turns, index)
        said = [result["content"] for result in behind]
        told = None if "tool_calls" in message else called_in(message["content"], said)
        if told is None or len(behind) != len(told.calls):
            continue
        message["tool_calls"] = told.calls
        for call, result in zip(told.calls, behind, strict=True):
            made += 1
            call["id"] = result["tool_call_id"] = f"text{made:05}"
        if told.text:
            message["content"] = told.text
        else:
            del message["content"]
        for result, text in zip(behind, told.results, strict=True):
            result["content"] = text
        path = f"messages[{index}].content"
        yield Fault("C121", path, f"{path} holds a call as text")


def _results_behind(turns: Sequence[Any], index: int) -> list[Row]:
    """The texts of tools that follow a message, and do not say which call they answer."""
    found: list[Row] = []
    for turn in turns[index + 1 :]:
        if not isinstance(turn, dict) or turn.get("role") != "tool" or "tool_call_id" in turn:
            break
        if not isinstance(turn.get("content"), str):
            break
        found.append(turn)
    return found
