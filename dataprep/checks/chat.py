"""Family C: what a conversation or a pair would teach. Rows here keep their format's schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dataprep import jsonio
from dataprep.checks.context import Fault, Row


def pair_faults(row: Row) -> Iterator[Fault]:
    """C003 and C005 for a prompt-completion row."""
    if not row["completion"].strip():
        yield Fault("C003", "completion", "completion is empty")
    if not row["prompt"].strip():
        yield Fault("C005", "prompt", "prompt is empty")


def chat_faults(row: Row) -> Iterator[Fault]:
    """C001 to C006 for a conversation, in one walk over its messages."""
    messages = row["messages"]
    answers = trained = asked = 0
    for index, message in enumerate(messages):
        if message["role"] != "assistant":
            asked += not _blank(message.get("content"))
            if message["role"] == "user" and _blank(message.get("content")):
                yield Fault("C005", _at(index), f"{_at(index)} is empty: nothing is asked")
            continue
        answers += 1
        if message.get("weight") == 0:
            continue
        trained += 1
        if _says_nothing(message):
            yield Fault("C003", _at(index), f"{_at(index)} is empty")
        if "tool_calls" in message or "function_call" in message:
            yield from _calls(index, message)
    if not answers:
        yield Fault("C001", "messages", "no message is the assistant's")
        return
    yield from _whole(messages, trained=trained, asked=asked)


def _whole(messages: list[Row], *, trained: int, asked: int) -> Iterator[Fault]:
    """What can be said once all messages were seen."""
    last = len(messages) - 1
    if (role := messages[last]["role"]) != "assistant":
        yield Fault(
            "C002", f"messages[{last}]", f"the last message is of the role {role}, not assistant"
        )
    if not trained:
        yield Fault("C004", "messages", "every assistant message has the weight 0")
    if not asked and messages[0]["role"] == "assistant":
        yield Fault("C005", "messages[0]", "the assistant speaks, and nothing was asked before")


def _calls(index: int, message: Row) -> Iterator[Fault]:
    """C006 for the tool calls of one message, and for the older function call."""
    calls = [
        (f"messages[{index}].tool_calls[{n}].function.arguments", call["function"])
        for n, call in enumerate(message.get("tool_calls") or ())
    ]
    if "function_call" in message:
        calls.append((f"messages[{index}].function_call.arguments", message["function_call"]))
    for path, call in calls:
        if problem := _not_an_object(call["arguments"]):
            yield Fault("C006", path, f"{path}: {problem}")


def _not_an_object(arguments: str) -> str:
    try:
        value = jsonio.loads(arguments.encode())
    except jsonio.JsonError as error:
        return f"{error.message} (column {error.column})"
    return "" if isinstance(value, dict) else "is JSON, but not an object"


def _says_nothing(message: Row) -> bool:
    return _blank(message.get("content")) and not (
        message.get("tool_calls") or message.get("function_call") or message.get("refusal")
    )


def _blank(content: Any) -> bool:
    """Whether a content (text, null, or parts) shows the model no text and no picture."""
    if isinstance(content, str):
        return not content or content.isspace()
    return all(part["type"] == "text" and not part["text"].strip() for part in content or ())


def _at(index: int) -> str:
    return f"messages[{index}].content"
