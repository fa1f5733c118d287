"""OpenAI's Responses records: input items and output items, with flat tools and instructions.

Source: OpenAI's OpenAPI document 2.3.0 (messages, function_call, function_call_output, reasoning).
"""

from __future__ import annotations

from typing import Any

from dataprep.finding import Fault
from dataprep.formats.declarations import declared
from dataprep.formats.endings import refuse_unfinished
from dataprep.formats.format import (
    Reading,
    Row,
    RowFormat,
    Unreadable,
    without_deep_nulls,
)
from dataprep.formats.loss_marks import weight_of
from dataprep.formats.transcript import Known, Transcript, defined_keys, read_keys

NAME = "responses"
ASKED: tuple[str, ...] = ("instructions", "input", "tools")
ANSWERED: tuple[str, ...] = ("output", "status", "incomplete_details")
"""The keys of a record, by the half in which a batch has them."""

_PART: Known = {**read_keys("type text"), "logprobs": "defined"}
_ITEMS: dict[str, Known] = {
    "message": {**read_keys("type role id status"), "content": _PART},
    "function_call": read_keys("type call_id name arguments id status"),
    "function_call_output": read_keys("type call_id output id status"),
    "reasoning": {
        **read_keys("type id status"),
        **defined_keys("encrypted_content"),
        **dict.fromkeys(("summary", "content"), read_keys("type text")),
    },
}
"""The items that are read, and the keys of each."""

_TEXTS = (None, "text", "input_text", "output_text", "summary_text", "reasoning_text")
"""The types of parts that are texts."""


def recognise(row: Row) -> bool:
    """Whether input is a list of items and output one of them too."""
    asked, said = row.get("input"), row.get("output")
    return _are_items(said) and (isinstance(asked, str) or _are_items(asked))


def _are_items(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(i, dict) and (i.get("type") in (*_ITEMS,) or "role" in i) for i in value)


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
    if isinstance(row["input"], str):
        made.add("user", row["input"], "input")
    else:
        _add_items(made, row["input"], "input")
    asked = len(made.messages)
    _add_items(made, row["output"], "output")
    if all(message["role"] != "assistant" for message in made.messages[asked:]):
        raise Unreadable("C001", "output", "output holds no answer")
    functions = declared(made, row.get("tools"), uses)
    return made.reading(uses, {"tools": functions} if functions else {})


def _add_items(made: Transcript, items: list[Row], key: str) -> None:
    """Add the items of one side, and carry along what they hold beside what is read."""
    for number, item in enumerate(items):
        at, kind = f"{key}[{number}]", item.get("type", "message")
        add = _ADD.get(kind)
        if add is None:
            raise Unreadable("S004", at, f"{at} is an item of the type {kind}, which is not read")
        add(made, item, at)
        made.carry_turn(item, f"{key}[]", _known(item, kind))


def _known(item: Row, kind: str) -> Known:
    """The keys of an item that are read; the summary of thoughts that are there is none."""
    if kind == "reasoning" and item.get("content"):
        return {key: use for key, use in _ITEMS[kind].items() if key != "summary"}
    return _ITEMS[kind]


def _add_reasoning(made: Transcript, item: Row, at: str) -> None:
    """Add what was thought, or where that is not told its summary."""
    key = "content" if item.get("content") else "summary"
    if item.get(key):
        for text, path in _texts(item[key], f"{at}.{key}"):
            made.think(path, text)


def _add_result(made: Transcript, item: Row, at: str) -> None:
    result = item.get("output")
    if not isinstance(result, str):
        raise Unreadable("C112", f"{at}.output", f"{at}.output is no text")
    made.add("tool", result, f"{at}.output", tool_call_id=str(item.get("call_id")))


def _add_call(made: Transcript, item: Row, at: str) -> None:
    """Add a call to the message before it, where that is the assistant's."""
    call = {
        "id": str(item.get("call_id")),
        "type": "function",
        "function": {"name": item.get("name"), "arguments": item.get("arguments")},
    }
    last = made.messages[-1] if made.messages else {}
    if last.get("role") == "assistant":
        last.setdefault("tool_calls", []).append(call)
        last.update(weight_of(item, "assistant"))
        made.settle()
    else:
        weight = weight_of(item, "assistant")
        made.add("assistant", "", f"{at}.arguments", tool_calls=[call], **weight)
        made.pieces.pop()
    made.note(f"{at}.arguments", str(item.get("arguments")), "assistant")


def _add_message(made: Transcript, item: Row, at: str) -> None:
    if not isinstance(item.get("role"), str):
        raise Unreadable("S004", at, f"{at} is an item of the type message without a role")
    texts = _texts(item.get("content"), f"{at}.content")
    role = "system" if item["role"] == "developer" else item["role"]
    said = "\n\n".join(text for text, _ in texts)
    made.add(role, said, texts[0][1], **weight_of(item, role))


_ADD = {
    "message": _add_message,
    "function_call": _add_call,
    "function_call_output": _add_result,
    "reasoning": _add_reasoning,
}


def _texts(content: Any, path: str) -> list[tuple[str, str]]:
    """The texts of a content, each with its path; raises Unreadable for parts of other kinds."""
    if isinstance(content, str):
        return [(content, path)]
    texts = []
    for number, part in enumerate(content if isinstance(content, list) else ()):
        at = f"{path}[{number}]"
        is_text = isinstance(part, dict) and isinstance(part.get("text"), str)
        if not is_text or part.get("type") not in _TEXTS:
            raise Unreadable("S004", at, f"{at} is a part of another kind than text")
        texts.append((part["text"], f"{at}.text"))
    if not texts:
        raise Unreadable("S001", path, f"{path} holds no text")
    return texts


FORMAT = RowFormat(NAME, "conversations (OpenAI Responses)", recognise, read, tidy)
