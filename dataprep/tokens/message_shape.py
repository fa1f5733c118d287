"""In which of their spellings a chat template takes messages, found by trying it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from dataprep.example import Message
from dataprep.tokens.answer_spans import MARK
from dataprep.tokens.messages import REASONING

_USER: Message = {"role": "user", "content": "a"}
_SAID: Message = {"role": "assistant", "content": "b"}
_NAME = "f_0"
_RESULT: Message = {"role": "tool", "tool_call_id": "abcdefghi", "name": _NAME, "content": "c"}
_DESCRIBED = {"description": "d", "parameters": {"type": "object", "properties": {}}}
_TOOLS = [{"type": "function", "function": {"name": _NAME, **_DESCRIBED}}]


@dataclass(frozen=True, slots=True)
class MessageShape:
    """In which of their spellings a template takes messages: each is one that some other refuses.

    `parts`: content as a list of parts. `text_arguments`: the arguments of calls as JSON text.
    `thought_parts`: what was thought as a part of the content.
    """

    parts: bool = False
    text_arguments: bool = False
    thought_parts: bool = False

    def shaped(self, messages: Sequence[Message]) -> list[Message]:
        """Messages as `as_templates_know` gives them, in this shape; without what is null."""
        shown = [
            {key: part for key, part in m.items() if part is not None}
            if None in m.values()
            else dict(m)
            for m in messages
        ]
        plain = not (self.parts or self.text_arguments or self.thought_parts)
        return shown if plain else list(map(self._shaped, shown))

    def _shaped(self, message: Message) -> Message:
        calls, content = message.get("tool_calls"), message.get("content")
        if self.text_arguments and calls:
            message["tool_calls"] = list(map(_written_call, calls))
        if not isinstance(content, str):
            return message
        thought = message.get(REASONING) if self.thought_parts else None
        parts: list[Message] = [{"type": "thinking", "thinking": thought}] if thought else []
        if self.parts or parts:
            said = {"type": "text", "text": content}
            message["content"] = [*parts, said] if content or not parts else parts
        return message


_PLAIN = MessageShape()


_SHAPES = (_PLAIN, MessageShape(text_arguments=True))

Try = Callable[[MessageShape, Sequence[Message], Any], str]
"""The text of messages in a shape, with tools; none where the template refuses them."""


def shape_of_calls(tried: Try) -> MessageShape:
    """The first of the shapes of texts and calls that a template writes whole."""
    said = [_USER, {**_SAID, "content": MARK}]
    parts = MessageShape(parts=True)
    if not _writes_mark(tried(_PLAIN, said, None)) and _writes_mark(tried(parts, said, None)):
        return parts
    call = {**_SAID, "content": "", "tool_calls": [_calling({"x": MARK})]}
    for shape, tools in product(_SHAPES, (_TOOLS, None)):
        text = tried(shape, [_USER, call, _RESULT, _SAID], tools)
        if MARK in text and _NAME in text:
            return shape
    return _PLAIN


def shape_of_thoughts(tried: Try, shape: MessageShape) -> MessageShape | None:
    """That shape, or the same with thoughts as parts; None where neither writes any."""
    thinking = {**_SAID, **dict.fromkeys((REASONING, "thinking", "reasoning"), MARK)}
    calling = {**thinking, "tool_calls": [_calling({})]}
    for one in (shape, replace(shape, thought_parts=True)):
        for talk in ([_USER, thinking], [_USER, calling], [_USER, _SAID, _USER, thinking]):
            if _writes_mark(tried(one, talk, None)):
                return one
    return None


def _calling(arguments: dict[str, Any]) -> dict[str, Any]:
    function = {"name": _NAME, "arguments": arguments}
    return {"id": "abcdefghi", "type": "function", "function": function}


def _writes_mark(text: str) -> bool:
    """Whether the mark is written, and no list around it as JSON."""
    return MARK in text and not re.search(f"""['"]{MARK}['"]""", text)


def _written_call(call: Message) -> Message:
    function = dict(call["function"])
    if not isinstance(function.get("arguments"), str):
        function["arguments"] = json.dumps(function.get("arguments"), ensure_ascii=False)
    return {**call, "function": function}
