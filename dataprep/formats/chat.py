"""Rows that are conversations: `messages` with roles, tools and weights, kept whole in turns.

What a turn has no column for (`refusal`, `function_call`) goes to `data["of_messages"]`, under
the index of its message, so a writer can give back the very row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from dataprep import jsonio
from dataprep.example import Example, Record, Turn, content_id
from dataprep.finding import Drop, Finding
from dataprep.formats.example_of import broken, canonical, claimed, dropped, named
from dataprep.formats.format import BuildRow, Row, Texts
from dataprep.recipe import Source, Target

_INSTRUCTING = ("system", "developer")
_COLUMNS = frozenset({"role", "content", "name", "tool_calls", "tool_call_id", "weight"})

Message = Mapping[str, Any]

TURN = "\x1e"
"""Stands between the turns of a conversation that is told as one text: ASCII's record separator."""

BESIDE = ("tools", "parallel_tool_calls", "functions")
"""Keys of a row that stand beside its messages."""

_decode = msgspec.json.Decoder().decode


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


def _last_answer(row: Row) -> int:
    """The index of the last assistant message, or -1."""
    messages = row["messages"]
    for index in range(len(messages) - 1, -1, -1):
        if messages[index]["role"] == "assistant":
            return index
    return -1


def answer(row: Row) -> str | None:
    at = _last_answer(row)
    content = row["messages"][at].get("content") if at >= 0 else None
    return content if isinstance(content, str) else None


def halves(row: Row) -> tuple[bytes, bytes] | None:
    """All before the last answer, and the answer: as text where it is text alone."""
    at = _last_answer(row)
    if at < 0:
        return None
    before = row["messages"][:at]
    answer = {key: value for key, value in row["messages"][at].items() if key != "weight"}
    if not row.get("tools") and all(map(_is_plain, (*before, answer))):
        turns = [turn for m in before for turn in (m["role"], m["content"])]
        return TURN.join(turns).encode(), answer["content"].encode()
    asked = jsonio.canonical([before, row.get("tools")]) if before else b""
    return asked, jsonio.canonical(answer)


def _is_plain(message: Row) -> bool:
    content = message.get("content")
    return len(message) == 2 and isinstance(content, str) and TURN not in content


def texts_of_messages(path: str, messages: list[Row]) -> Texts:
    for index, message in enumerate(messages):
        at = f"{path}[{index}]"
        content = message.get("content")
        if isinstance(content, str):
            yield f"{at}.content", content
        else:
            for number, part in enumerate(content or ()):
                if "text" in part:
                    yield f"{at}.content[{number}].text", part["text"]
        if isinstance(refusal := message.get("refusal"), str):
            yield f"{at}.refusal", refusal
        for number, call in enumerate(message.get("tool_calls") or ()):
            arguments = call["function"]["arguments"]
            yield f"{at}.tool_calls[{number}].function.arguments", arguments


def texts(row: Row) -> Texts:
    return texts_of_messages("messages", row["messages"])


def chat_row(target: Target) -> BuildRow:
    """OpenAI's chat messages, with the tools that came with a conversation."""

    def build(example: Example) -> Row:
        if not example.turns:
            return {"messages": _exchange(example, target.system)}
        data = _decode(example.data) if example.data != "{}" else {}
        messages = conversation(example, data.get("of_messages", {}))
        if target.system is not None and messages[0]["role"] not in ("system", "developer"):
            messages.insert(0, {"role": "system", "content": target.system})
        row: Row = {"messages": messages}
        if data:
            row.update((key, data[key]) for key in BESIDE if key in data)
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


def conversation(example: Example, more: Row) -> list[Row]:
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
