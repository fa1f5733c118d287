"""Calls that stand as text in an answer, and their results in the messages behind it.

Hermes and Qwen write each call as JSON between `<tool_call>` marks, and each result between
`<tool_response>` marks; ToolACE writes a list of calls as Python does, and their results as one
JSON list; Glaive one call behind `<functioncall>`. Read only where a tool answers: a call that
nobody answered stays the text that it is. Where a result names its call, the two are paired by it.
Source: the data cards of hermes-function-calling-v1, ToolACE and glaive-function-calling-v2,
2026-11.
"""

from __future__ import annotations

import ast
import json
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from dataprep import jsonio
from dataprep.finding import Fault
from dataprep.formats.calls import call_of, is_call
from dataprep.formats.format import Row, Unreadable, objects_of
from dataprep.formats.literals import from_cell
from dataprep.patterns import LatePattern

_FUNCTION_CALL = LatePattern(r"<functioncall>\s*+(?=\{)")
_ENDS = ("<|endoftext|>", "<|im_end|>", "</s>")
_NAMED = LatePattern(r"\s*([^\W\d][^()\[\]{}'\"=,]*)\(")
_BLANKS = LatePattern(r"\s*+")
_ARGUMENT = LatePattern(r"\s*([^\W\d]\w*)\s*=\s*")
_IDS = ("tool_call_id", "call_id", "id")


class ToolResult(NamedTuple):
    """What a message of a tool says, and the name of the call that it answers, where it has one."""

    text: str
    name: Any = None


class Called(NamedTuple):
    """What an answer says beside its calls, the calls in OpenAI's words, and their results.

    `of` tells of each result the number of its call.
    """

    text: str
    calls: list[Row]
    results: list[str]
    of: list[int]

    @property
    def in_order(self) -> list[str]:
        """The results in the order of their calls."""
        return [text for _, text in sorted(zip(self.of, self.results, strict=True))]


def called_in(answer: str, behind: Sequence[ToolResult]) -> Called | None:
    """The calls of an answer with what the messages behind it say; None where it is no such text.

    Each call has one result: a message of its own, or a part of the one message that there is.
    """
    if "<tool_call>" in answer:
        text, calls = _marked(*_between(answer, "tool_call"))
    elif "<functioncall>" in answer:
        text, calls = _marked(*_function_call(answer))
    else:
        text, calls = "", _listed(answer.strip())
    if not calls or not behind:
        return None
    results = [ToolResult(_of_one(said.text), said.name) for said in behind]
    if len(calls) > 1 and len(behind) == 1:
        results = _of_several(behind[0].text)
    if len(results) != len(calls):
        return None
    of = _paired(calls, results)
    return None if of is None else Called(text, calls, [one.text for one in results], of)


def _between(text: str, name: str) -> tuple[list[str], str]:
    """What stands between <name> and the next </name>, and the text without it."""
    held: list[str] = []
    beside: list[str] = []
    at = 0
    while (begin := text.find(f"<{name}>", at)) >= 0:
        inside = begin + len(name) + 2
        if (end := text.find(f"</{name}>", inside)) < 0:
            break
        beside.append(text[at:begin])
        held.append(text[inside:end].strip())
        at = end + len(name) + 3
    return held, "".join((*beside, text[at:]))


def _function_call(text: str) -> tuple[list[str], str]:
    """The one object behind <functioncall>, up to the last brace, and the text without it."""
    end = text.rfind("}") + 1
    if (begin := _FUNCTION_CALL.search(text, 0, end)) is None:
        return [], text
    return [text[begin.end() : end]], text[: begin.start()] + text[end:]


def _marked(found: Sequence[str], beside: str) -> tuple[str, list[Row]]:
    """What stands beside the marks of calls, and the calls in them; no call where one is none."""
    held = [from_cell(text, arrays=False) for text in found]
    beside = beside.strip()
    while beside.endswith(_ENDS):
        beside = beside[: beside.rindex("<")].rstrip()
    return beside, _in_our_words(held)


def _listed(text: str) -> list[Row]:
    """The calls of a list as Python writes it, [rain(city="Lima"), ...]; none for another text."""
    if not (text.startswith("[") and text.endswith("]")):
        return []
    calls: list[Row] = []
    at, end = 1, len(text) - 1
    while at < end:
        named = _NAMED.match(text, at, end)
        closes = _end_of(text, named.end(), end, ")") if named else None
        if named is None or closes is None:
            return []
        arguments = _arguments(text[named.end() : closes])
        if arguments is None:
            return []
        calls.append({"name": named[1].strip(), "arguments": arguments})
        at = _BLANKS.match(text, closes + 1, end).end()  # type: ignore[union-attr]
        if at < end and text[at] != ",":
            return []
        at = _BLANKS.match(text, at + 1, end).end() if at < end else end  # type: ignore[union-attr]
    return _in_our_words(calls)


def _end_of(text: str, at: int, end: int, sign: str) -> int | None:
    """Where a sign stands first outside quotes and brackets; None where it does not."""
    depth, quote = 0, ""
    while at < end:
        here = text[at]
        if quote:
            if here == "\\":
                at += 1
            elif here == quote:
                quote = ""
        elif not depth and here == sign:
            return at
        elif here in "'\"":
            quote = here
        elif here in "([{":
            depth += 1
        elif here in ")]}":
            depth -= 1
        at += 1
    return None


def _arguments(text: str) -> Row | None:
    """Named arguments and their plain values; None for any other, and for one given twice."""
    given: Row = {}
    at, end = 0, len(text.rstrip())
    while at < end:
        named = _ARGUMENT.match(text, at)
        if named is None or named[1] in given:
            return None
        ends = _end_of(text, named.end(), len(text), ",")
        try:
            tree = ast.parse(text[named.end() : ends].strip(), mode="eval")
            given[named[1]] = _literal(tree.body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        at = len(text) if ends is None else ends + 1
    return given


def _literal(value: ast.expr) -> Any:
    """A plain value; the words of JSON are Python's too. Raises ValueError for any other."""
    if isinstance(value, ast.Name) and value.id in _WORDS:
        return _WORDS[value.id]
    if isinstance(value, ast.List):
        return [*map(_literal, value.elts)]
    if isinstance(value, ast.Dict):
        keys = [_literal(key) if key else None for key in value.keys]
        if not all(isinstance(key, str) for key in keys) or len(set(keys)) < len(keys):
            raise ValueError
        return dict(zip(keys, map(_literal, value.values), strict=True))
    plain = ast.literal_eval(value)
    if not isinstance(plain, str | int | float | bool | None):
        raise ValueError
    return plain


_WORDS = {"true": True, "false": False, "null": None}


def _in_our_words(calls: Sequence[Any]) -> list[Row]:
    """Calls in OpenAI's words; none where one of them is no call, or holds what JSON does not."""
    if not all(map(is_call, calls)):
        return []
    try:
        told = [jsonio.loads(json.dumps(call, allow_nan=False).encode()) for call in calls]
        return [call_of(call, "") for call in told]
    except (Unreadable, ValueError, TypeError):
        return []


def _of_one(text: str) -> str:
    """One result without its marks."""
    held, beside = _between(text, "tool_response")
    return held[0] if len(held) == 1 and not beside.strip() else text


def _of_several(text: str) -> list[ToolResult]:
    """The results of several calls in one text; none where it does not say which is which."""
    held, beside = _between(text, "tool_response")
    if held:
        return [] if beside.strip() else [ToolResult(said) for said in held]
    listed = from_cell(text.strip(), arrays=False)
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return []
    results = [ToolResult(json.dumps(one, ensure_ascii=False), one.get("name")) for one in listed]
    return results if all(isinstance(one.name, str) for one in results) else []


def _paired(calls: Sequence[Row], results: Sequence[ToolResult]) -> list[int] | None:
    """The number of the call that each result answers; None where one says that it is another.

    By what a result says of its call, its id before its name; else in order.
    """
    said = [_said_of_call(result) for result in results]
    ids = [call.get("id") for call in calls]
    names = [call["function"]["name"] for call in calls]
    for mine, told in ((ids, [one[0] for one in said]), (names, [one[1] for one in said])):
        if {one for one in mine if one is not None}.isdisjoint(told):
            continue
        if sorted(map(str, mine)) != sorted(map(str, told)):
            return None
        waiting: dict[Any, deque[int]] = {}
        for number, one in enumerate(mine):
            waiting.setdefault(one, deque()).append(number)
        return [waiting[one].popleft() for one in told]
    is_named = any(isinstance(result.name, str) for result in results)
    return None if is_named else [*range(len(calls))]


def _said_of_call(result: ToolResult) -> tuple[str | None, str | None]:
    """The id and the name of the call that a result answers, as far as it says them."""
    inner = from_cell(result.text.strip(), arrays=False)
    held = inner if isinstance(inner, dict) else {}
    name = result.name if isinstance(result.name, str) else held.get("name")
    told = next((held[key] for key in _IDS if isinstance(held.get(key), str)), None)
    return told, name if isinstance(name, str) else None


def calls_from_text(row: Row) -> Iterator[Fault]:
    """C121: calls that stand as text in an answer, where the messages behind it are results."""
    messages = row.get("messages")
    turns = messages if isinstance(messages, list) else []
    made = 0
    for index, message in objects_of(turns):
        if message.get("role") != "assistant" or not isinstance(message.get("content"), str):
            continue
        behind = _results_behind(turns, index)
        said = [ToolResult(result["content"], result.get("name")) for result in behind]
        told = None if "tool_calls" in message else called_in(message["content"], said)
        if told is None or len(behind) != len(told.calls):
            continue
        message["tool_calls"] = told.calls
        if told.text:
            message["content"] = told.text
        else:
            del message["content"]
        for call in told.calls:
            made += 1
            call["id"] = f"text{made:05}"
        for number, result, text in zip(told.of, behind, told.results, strict=True):
            result["tool_call_id"], result["content"] = told.calls[number]["id"], text
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
