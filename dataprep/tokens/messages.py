"""Messages as chat templates know them, and the texts in them."""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from dataprep.example import Message
from dataprep.finding import DataprepError
from dataprep.patterns import LatePattern

TextSpan = tuple[int, int]

REASONING = "reasoning_content"
"""The key under which a message tells what was thought before it was said."""

THOUGHT = LatePattern(r"\A\s*<think>(.*?)</think>\s*", re.DOTALL)
"""What was thought, written in front of what is said."""

_OPENS, _ENDS = "<think>", "</think>"


class TemplateError(DataprepError):
    """A chat template refuses a conversation, or hides where an answer stands."""


def refused(what: str) -> TemplateError:
    """The error for a template that does so with a conversation."""
    return TemplateError(
        f"the chat template {what}", "Give the answer weight 0, or use another template."
    )


def learned_turns(messages: Sequence[Message]) -> list[int]:
    """The indexes of the answers that have a weight."""
    return [
        index
        for index, message in enumerate(messages)
        if message["role"] == "assistant" and message.get("weight", 1) != 0
    ]


def as_templates_know(
    messages: Sequence[Message], *, thoughts_apart: bool = False
) -> list[Message]:
    """The messages without weights: arguments of calls as objects, content as a text.

    With `thoughts_apart` a thought that stands in front of an answer is moved under its key. Raises
    TemplateError for a message that tells one thought in its key and another in its text.
    """
    shown = [_shown(message) for message in messages]
    _name_results(shown)
    for index, message in enumerate(shown):
        thought = message.get(REASONING)
        told = thought or (thoughts_apart and message["role"] == "assistant")
        if told and (inline := THOUGHT.match(message["content"])):
            if thought and inline[1].strip() != thought.strip():
                raise TemplateError(
                    f"messages[{index}] thinks twice: in its reasoning, and in its text",
                    "Keep one of them.",
                )
            thought = inline[1].strip()
            message["content"] = message["content"][inline.end() :]
        if thought:  # transformers 5 gives it the old names too
            message.update(dict.fromkeys((REASONING, "thinking", "reasoning"), thought))
    return shown


def _shown(message: Message) -> Message:
    shown = dict(message)
    shown.pop("weight", None)
    if isinstance(content := shown.get("content"), list):
        shown["content"] = "".join(part.get("text", "") for part in content)
    elif content is None:
        shown["content"] = ""
    if calls := shown.get("tool_calls"):
        shown["tool_calls"] = [_read_call(call) for call in calls]
    if not shown.get(REASONING):  # an empty one would keep templates from reading the text
        shown.pop(REASONING, None)
    return shown


def _name_results(messages: Sequence[Message]) -> None:
    """Say in each result which function it is of: templates look for it, OpenAI's rows have it not.

    A result has the name of the call that it answers by its id.
    """
    names: dict[str, str] = {}
    for message in messages:
        for call in message.get("tool_calls") or ():
            names[call.get("id")] = call["function"].get("name")
        if message["role"] == "tool" and (name := names.get(message.get("tool_call_id", ""))):
            message.setdefault("name", name)


def _read_call(call: Message) -> Message:
    function = dict(call["function"])
    if isinstance(function.get("arguments"), str):
        with contextlib.suppress(ValueError, RecursionError):  # what is no JSON stays the text
            function["arguments"] = json.loads(function["arguments"])
    return {**call, "function": function}


def thought_of(message: Message) -> str:
    """What was thought before a message was said, by its key or in front of its text."""
    if thought := message.get(REASONING):
        return str(thought).strip()
    content = str(message.get("content") or "")
    if "</think>" not in content:
        return ""
    return content.partition("</think>")[0].rpartition("<think>")[2].strip()


def before_thoughts(message: Message) -> list[str]:
    """What is said before each thought in the text of a message."""
    content = str(message.get("content") or "")
    found, last = [], 0
    while (start := content.find(_OPENS, last)) >= 0 and (end := content.find(_ENDS, start)) >= 0:
        found.append(content[last:start])
        last = end + len(_ENDS)
    return found


def lost_of_calls(functions: Sequence[Message], said: str, answer: str) -> str:
    """What of calls is not in what is said beside the answer, in words; nothing where all is."""
    for name, times in Counter(function["name"] for function in functions).items():
        if said.count(name) < times + answer.count(name):
            return "the tool call"
    for leaf in (leaf for f in functions for leaf in texts_of(f.get("arguments"))):
        if leaf.strip() not in said and _written(leaf) not in said:
            return "an argument of the tool call"
    return ""


def _written(text: str) -> str:
    """A text as it stands inside JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def texts_of(value: Any) -> list[str]:
    """Every text in a message but its role."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        found: list[str] = []
        for key, part in value.items():
            if key != "role":
                found += (part,) if type(part) is str else texts_of(part)
        return found
    if isinstance(value, list):
        return [text for part in value for text in texts_of(part)]
    return []


def broken(value: Any, spelled: re.Pattern[str], gap: str) -> Any:
    """The value with a gap behind the first character of each spelling, in every text but roles."""
    if isinstance(value, str):
        return spelled.sub(lambda found: found[0][0] + gap + found[0][1:], value)
    if isinstance(value, dict):
        return {k: v if k == "role" else broken(v, spelled, gap) for k, v in value.items()}
    return [broken(part, spelled, gap) for part in value] if isinstance(value, list) else value


def without_gap(gap: str, text: str, span: TextSpan) -> TextSpan:
    """Where a span of the text stands once the gaps are taken out."""
    start, end = span
    return start - text.count(gap, 0, start), end - text.count(gap, 0, end)
