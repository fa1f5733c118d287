"""Where the answers of one conversation stand in its rendered text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dataprep.example import Message
from dataprep.tokens.messages import TemplateError, TextSpan, refused

if TYPE_CHECKING:
    from dataprep.tokens.chat_template import ChatTemplate

MARK = "\ue000\ue001\ue000"
"""A text that no conversation holds, to find again what a template writes."""

_RESULTS = ("tool", "function")


class AnswerSpans:
    """The spans of a conversation's answers in `whole`, the text that its template gives."""

    def __init__(
        self, template: ChatTemplate, messages: Sequence[Message], tools: Any, whole: str
    ) -> None:
        self._template = template
        self._messages = messages
        self._tools = tools
        self._whole = whole

    def span(self, index: int) -> TextSpan:
        """From where the header of a turn ends to where the turn does.

        Raises TemplateError for a turn that the template hides, or mixes with a tool's result.
        """
        return self._as_added(index) or self._as_region(index) or self._as_marked(index)

    def _as_added(self, index: int) -> TextSpan | None:
        """What is added with the turn, where that stays so when the others follow."""
        messages, whole = self._messages, self._whole
        if not index:
            return None
        after = ""
        try:
            before = self._template.text(messages[:index], self._tools, asked=True)
            if whole.startswith(before):
                last = index + 1 == len(messages)
                after = whole if last else self._template.text(messages[: index + 1], self._tools)
        except TemplateError:
            return None
        if after.startswith(before) and whole.startswith(after) and after:
            return len(before), len(after)
        return None

    def _as_region(self, index: int) -> TextSpan | None:
        """The run of the text that the template writes for the turn, without its header."""
        runs = self._regions.get(index, [])
        if len(runs) != 1:
            return None
        if self._holds_results(index):
            raise refused(f"writes the result of a tool call into the turn of messages[{index}]")
        start, end = runs[0]
        header = self._header(index, self._whole[start:end])
        return None if header is None else (start + header, end)

    @cached_property
    def _regions(self) -> dict[int, list[TextSpan]]:
        found = self._template.regions(self._messages, self._tools)
        return found.runs if found and found.text == self._whole else {}

    @cached_property
    def _with_marked_results(self) -> tuple[str, dict[int, list[TextSpan]]]:
        marked = [{**m, "content": MARK} if m["role"] in _RESULTS else m for m in self._messages]
        found = self._template.regions(marked, self._tools)
        return found or ("", {})

    def _holds_results(self, index: int) -> bool:
        if not any(message["role"] in _RESULTS for message in self._messages):
            return False
        text, runs = self._with_marked_results
        return any(MARK in text[start:end] for start, end in runs.get(index, []))

    def _header(self, index: int, turn: str) -> int | None:
        """How much of a turn opens it: as much as there is of what the template opens one with."""
        opening = self._template.opening(self._messages[:index], self._tools)
        blank = len(turn) - len(turn.lstrip())
        for at in (0, blank):
            if turn.startswith(opening, at):
                return at + len(opening)
        parts = (opening[:border] for border in reversed(self._template.borders(opening)))
        return next(
            (at + len(part) for part in parts for at in (0, blank) if turn.startswith(part, at)),
            None,
        )

    def _as_marked(self, index: int) -> TextSpan:
        """The text alone, found by a mark in its place, up to the special token behind it."""
        message = self._messages[index]
        if message.get("tool_calls"):
            raise refused(f"hides where the tool call of messages[{index}] stands")
        if not message.get("content"):
            raise refused(f"hides where the answer in messages[{index}] stands")
        marked = [*self._messages]
        marked[index] = {**message, "content": MARK}
        before, found, after = self._template.text(marked, self._tools).partition(MARK)
        if not found or not (self._whole.startswith(before) and self._whole.endswith(after)):
            raise refused(f"leaves the answer in messages[{index}] out")
        end = len(self._whole) - len(after)
        closing = self._template.special.match(after)
        return len(before), end + (closing.end() if closing else 0)
