"""One example as one JSON row: the pair, the chat, and the rows that a recipe describes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import msgspec

from dataprep.example import Example, Turn
from dataprep.recipe import Target
from dataprep.templates import compile_template, evaluate
from dataprep.tokens import render_pair

Row = dict[str, Any]
BuildRow = Callable[[Example], Row]


class NotTaken(Exception):
    """The reader of the target does not take such an example; it is dropped by this reason."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


_decode = msgspec.json.Decoder().decode
_BESIDE_MESSAGES = ("tools", "parallel_tool_calls", "functions")
_ONE_EXPRESSION = re.compile(r"\{\{(?![-+])((?:(?!\}\}).)*)(?<![-+])\}\}", re.DOTALL)


def pair_row(_: Target) -> BuildRow:
    """Prompt and completion; a system message, and what was said before, stand in the prompt."""

    def build(example: Example) -> Row:
        if example.turns:
            pair = render_pair(example)
            return {"prompt": pair.input, "completion": pair.target}
        prompt = f"{example.system}\n\n{example.input}" if example.system else example.input
        return {"prompt": prompt, "completion": example.output}

    return build


def chat_row(target: Target) -> BuildRow:
    """OpenAI's chat messages, with the tools that came with a conversation."""

    def build(example: Example) -> Row:
        if not example.turns:
            return {"messages": _exchange(example, target.system)}
        data = _decode(example.data) if example.data != "{}" else {}
        messages = _conversation(example, data.get("of_messages", {}))
        if target.system is not None and messages[0]["role"] not in ("system", "developer"):
            messages.insert(0, {"role": "system", "content": target.system})
        row: Row = {"messages": messages}
        if data:
            row.update((key, data[key]) for key in _BESIDE_MESSAGES if key in data)
        return row

    return build


def _exchange(example: Example, system: str | None) -> list[Row]:
    """The pair as a short conversation; a system message of its own comes before the target's."""
    messages = [
        {"role": "user", "content": example.input},
        {"role": "assistant", "content": example.output},
    ]
    if (said := example.system if example.system is not None else system) is not None:
        messages.insert(0, {"role": "system", "content": said})
    return messages


def _conversation(example: Example, more: Row) -> list[Row]:
    """The turns as they came; `more` holds what only this format knows, by index of the message.

    That is a refusal, or a function_call.
    """
    if not more:
        return [_message(turn) for turn in example.turns]
    return [_message(t) | more.get(str(i), {}) for i, t in enumerate(example.turns)]


def _message(turn: Turn) -> Row:
    """One turn; content that was null stays null, and content that was absent stays absent."""
    message: Row = {"role": turn.role}
    if turn.parts is not None:
        message["content"] = _decode(turn.parts)
    elif turn.content is not None:
        message["content"] = turn.content
    if turn.tool_calls is not None:
        message["tool_calls"] = _decode(turn.tool_calls)
    if turn.name is not None:
        message["name"] = turn.name
    if turn.tool_call_id is not None:
        message["tool_call_id"] = turn.tool_call_id
    if turn.weight is not None:
        message["weight"] = int(turn.weight) if turn.weight == int(turn.weight) else turn.weight
    return message


def described_row(target: Target) -> BuildRow:
    """A row as the recipe's `fields` describe it: templates at the leaves of any structure.

    A leaf that is one expression, like "{{ spans }}", keeps its JSON type.
    """
    fields = target.fields or {}

    def build(example: Example) -> Row:
        row = _filled(fields, _fields_of(example), target.name)
        assert isinstance(row, dict)  # noqa: S101  fields is an object in the recipe's schema
        return row

    return build


def check_templates(target: Target) -> None:
    """Raise UsageError for a template of `fields` that does not parse."""
    leaves: list[tuple[str, Any]] = [(target.name, target.fields)]
    while leaves:
        name, part = leaves.pop()
        if isinstance(part, dict):
            leaves += [(f"{name}.{key}", value) for key, value in part.items()]
        elif isinstance(part, list):
            leaves += [(f"{name}[{i}]", value) for i, value in enumerate(part)]
        elif isinstance(part, str):
            compile_template(part, name)


def _fields_of(example: Example) -> dict[str, Any]:
    data = json.loads(example.data)
    more = data.get("of_messages", {}) if example.turns else {}
    return {
        **data,
        "data": data,
        "id": example.id,
        "input": example.input,
        "output": example.output,
        "system": example.system,
        "label": example.label,
        "shape": example.shape,
        "split": example.split,
        "file": example.file,
        "task": example.task,
        "messages": _conversation(example, more),
        "annotators": json.loads(example.annotators),
    }


def _filled(part: Any, fields: dict[str, Any], name: str) -> Any:
    if isinstance(part, dict):
        return {key: _filled(value, fields, f"{name}.{key}") for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, fields, f"{name}[{i}]") for i, value in enumerate(part)]
    if not isinstance(part, str):
        return part
    if match := _ONE_EXPRESSION.fullmatch(part.strip()):
        return evaluate(match[1].strip(), fields, name)
    return compile_template(part, name)(fields)
