"""Rows that are conversations: `messages` with roles, tools and weights, kept whole in turns.

What a turn has no column for (`refusal`, `function_call`) goes to `data["of_messages"]`, under
the index of its message, so a writer can give back the very row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dataprep.example import Example, Record, Turn, content_id
from dataprep.finding import Drop, Finding
from dataprep.recipe import Source
from dataprep.shapes.making import canonical, dropped, named
from dataprep.shapes.pairs import broken, claimed

_INSTRUCTING = ("system", "developer")
_COLUMNS = frozenset({"role", "content", "name", "tool_calls", "tool_call_id", "weight"})

Message = Mapping[str, Any]


def shape(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """One example with its turns; `input` and `output` are the last question and answer.

    A row that breaks the schema `openai-chat` gives a finding S001 a violation.
    """
    row = claimed(record.value, source)
    if violations := broken(record, "openai-chat", row):
        yield from violations
        yield dropped(record, "S001")
        return
    messages: list[Message] = row["messages"]
    question, answer = _last_exchange(messages)
    first = messages[0]
    yield Example(
        id=content_id("messages", canonical(row)),
        file=record.place.file,
        line=record.place.line,
        shape="messages",
        input=text_of(question) if question else "",
        output=_answer(answer) if answer else "",
        system=text_of(first) if first["role"] in _INSTRUCTING else None,
        label=named(record.value, source.label),
        group=named(record.value, source.group),
        data=canonical(_data(record.value, messages)),
        turns=[turn(message) for message in messages],
    )


def turn(message: Message) -> Turn:
    """A message as a turn.

    `parts` is the canonical JSON of content that is not text: a list of parts, or null. It is
    None where content is text or is absent, and `content` then tells the two apart.
    """
    content = message.get("content")
    special = "content" in message and not isinstance(content, str)
    return Turn(
        role=message["role"],
        content=None if content is None else text_of(message),
        name=message.get("name"),
        tool_calls=canonical(message["tool_calls"]) if "tool_calls" in message else None,
        tool_call_id=message.get("tool_call_id"),
        weight=message.get("weight"),
        parts=canonical(content) if special else None,
    )


def _last_exchange(messages: Sequence[Message]) -> tuple[Message | None, Message | None]:
    """The last assistant message and the last user message before it, where there are such."""
    at = max((i for i, m in enumerate(messages) if m["role"] == "assistant"), default=None)
    before = messages if at is None else messages[:at]
    question = next((m for m in reversed(before) if m["role"] == "user"), None)
    return question, None if at is None else messages[at]


def text_of(message: Message) -> str:
    """The text of a message; of content parts, the texts one below the other."""
    content = message.get("content")
    if isinstance(content, list):
        return "\n".join(part["text"] for part in content if part["type"] == "text")
    return content or ""


def _answer(message: Message) -> str:
    """What the assistant says; where it says nothing, what it calls, as JSON, or its refusal."""
    if text := text_of(message):
        return text
    for key in ("tool_calls", "function_call"):
        if key in message:
            return canonical(message[key])
    return message.get("refusal") or ""


def _data(row: Mapping[str, Any], messages: Sequence[Message]) -> dict[str, Any]:
    data = {key: value for key, value in row.items() if key != "messages"}
    rest = of_messages(messages)
    return {**data, "of_messages": rest} if rest else data


def of_messages(messages: Sequence[Message]) -> dict[str, Any]:
    """By the index of a message, what a turn has no column for."""
    return {
        str(index): kept
        for index, message in enumerate(messages)
        if (kept := {k: v for k, v in message.items() if k not in _COLUMNS})
    }
