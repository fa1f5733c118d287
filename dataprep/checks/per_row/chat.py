"""Family C: what a conversation or a pair would teach. Rows here keep their format's schema.

What breaks the schema and has a code of its own is in malformed.py, what only some providers demand
in demands.py, calls and images in tools.py and images.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dataprep.example import INSTRUCTING
from dataprep.finding import Fault
from dataprep.formats.format import Row

UNSAID = frozenset(("<nooutput>", "[deleted]", "[removed]", "nan"))
"""What stands for an answer that is not there: in Alpaca's first data, on Reddit, from pandas."""


def unsaid(path: str, text: str) -> Fault:
    """C003 for an answer that says that there is none."""
    return Fault("C003", path, f"{path} is {text.strip()}, which stands for no answer")


def pair_faults(row: Row) -> Iterator[Fault]:
    """C003 and C005 for a prompt-completion row."""
    if not row["completion"].strip():
        yield Fault("C003", "completion", "completion is empty")
    elif row["completion"].strip() in UNSAID:
        yield unsaid("completion", row["completion"])
    if not row["prompt"].strip():
        yield Fault("C005", "prompt", "prompt is empty")


def chat_faults(row: Row) -> Iterator[Fault]:
    """C001 to C005, C008, C010 and C012 for a conversation, in one walk over its messages."""
    messages = row["messages"]
    answers = trained = asked = 0
    begun = next((n for n, m in enumerate(messages) if m["role"] not in INSTRUCTING), len(messages))
    for index, message in enumerate(messages):
        if message["role"] != "assistant":
            asked += not blank(message.get("content"))
            yield from _other(index, message, begun)
            continue
        answers += 1
        weight = message.get("weight")
        if weight is not None and type(weight) is not int:
            yield Fault("C010", f"messages[{index}].weight", f"the weight is written {weight!r}")
        if weight == 0:
            continue
        trained += 1
        if _says_nothing(message):
            yield Fault("C003", _at(index), f"{_at(index)} is empty")
        elif isinstance(content := message.get("content"), str) and content.strip() in UNSAID:
            yield unsaid(_at(index), content)
    if not answers:
        yield Fault("C001", "messages", "no message is the assistant's")
        return
    yield from _whole(messages, trained=trained, asked=asked)


def _other(index: int, message: Row, begun: int) -> Iterator[Fault]:
    """C005, C008 and C012 for a message that is not the assistant's; `begun` is the first turn."""
    role = message["role"]
    if role == "user" and blank(message.get("content")):
        yield Fault("C005", _at(index), f"{_at(index)} is empty: nothing is asked")
    elif role == "developer":
        yield Fault("C008", f"messages[{index}].role", f"messages[{index}] is the developer's")
    if index and role in INSTRUCTING:
        place = "comes after the conversation began" if begun < index else "is a second one"
        yield Fault("C012", f"messages[{index}]", f"the {role} message messages[{index}] {place}")


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


def _says_nothing(message: Row) -> bool:
    return blank(message.get("content")) and not (
        message.get("tool_calls") or message.get("function_call") or message.get("refusal")
    )


def blank(content: Any) -> bool:
    """Whether a content (text, null, or parts) shows the model no text and no picture."""
    if isinstance(content, str):
        return not content or content.isspace()
    return all(part["type"] == "text" and not part["text"].strip() for part in content or ())


def _at(index: int) -> str:
    return f"messages[{index}].content"
