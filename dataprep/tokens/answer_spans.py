"""Where the answers of one conversation stand in its rendered text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dataprep.example import Message
from dataprep.tokens.messages import TemplateError, TextSpan, refused

if TYPE_CHECKING:
    from dataprep.tokens.chat_template import ChatTemplate
    from dataprep.tokens.outline_spans import OutlineTemplate
    from dataprep.tokens.template_marks import Regions

MARK = "\ue000\ue001\ue000"
"""A text that no conversation holds, to find again what a template writes."""

_RESULTS = ("tool", "function")


def _marked_result(message: Message) -> Message:
    return {**message, "content": MARK} if message["role"] in _RESULTS else message


class AnswerSpans:
    """The spans of a conversation's answers in `whole`, the text that its template gives."""

    def __init__(
        self,
        template: ChatTemplate | OutlineTemplate,
        messages: Sequence[Message],
        tools: Any,
        whole: str,
    ) -> None:
        self._template = template
        self._messages = messages
        self._tools = tools
        self._whole = whole

    def of(self, index: int) -> tuple[TextSpan, ...]:
        """From where the header of a turn ends to where the turn does, without tools' results.

        A template that says by `{% generation %}` what an assistant says is taken at its word.
        Raises TemplateError for a turn that the template hides, or mixes with a tool's result.
        """
        if (generated := self._as_generated(index)) is not None:
            return generated
        spans = self._found(index) or (self._as_marked(index),)
        return (*spans[:-1], self._to_its_end(index, spans[-1]))

    def _found(self, index: int) -> tuple[TextSpan, ...] | None:
        added = self._as_added(index)
        if added and self._is_whole(index, added):
            return (added,)
        region = self._as_region(index)
        if not added or not region:
            return region or (added and (added,))
        return (*region[:-1], (region[-1][0], max(region[-1][1], added[1])))

    def _is_whole(self, index: int, added: TextSpan) -> bool:
        """Whether what was added is the turn, without its header and with its end.

        Behind an answer a template that is asked may open none, so that the header is added too;
        and it may close a turn only where another follows.
        """
        if index and self._messages[index - 1]["role"] == "assistant":
            return False
        last = index + 1 == len(self._messages)
        return last or not self._template.ends_late or self._closed(added)

    def _closed(self, span: TextSpan) -> bool:
        return self._template.closes(self._whole[slice(*span)])

    def _to_its_end(self, index: int, span: TextSpan) -> TextSpan:
        """The span, with the token that closes it where that is written with the next question."""
        late, (start, end) = self._template.late_closing, span
        asked = index + 1 < len(self._messages) and self._messages[index + 1]["role"] == "user"
        if not late or not asked or not self._whole.startswith(late, end):
            return span
        return span if self._closed(span) else (start, end + len(late))

    def _as_generated(self, index: int) -> tuple[TextSpan, ...] | None:
        """What the template itself marks; None for one that has no such marks, or hides them."""
        if not self._generation:
            return None
        generated = self._told.generated if self._told else None
        if generated is None:
            return None
        if not generated.get(index):
            raise refused(f"marks nothing in messages[{index}] as generated")
        return tuple(generated[index])

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

    def _as_region(self, index: int) -> tuple[TextSpan, ...] | None:
        """The run of the text that the template writes for the turn, without its header."""
        runs = self._regions.get(index, [])
        if len(runs) != 1:
            return None
        start, end = runs[0]
        header = self._header(index, self._whole[start:end])
        if header is None:
            return None
        if self._holds_results(index):
            return self._around_results(index, (start, end), start + header)
        return ((start + header, end),)

    @cached_property
    def _generation(self) -> bool:
        return self._template.marks_generation(self._tools)

    @cached_property
    def _told(self) -> Regions | None:
        found = self._template.regions(self._messages, self._tools)
        return found if found and found.text == self._whole else None

    @property
    def _regions(self) -> dict[int, list[TextSpan]]:
        return self._told.runs if self._told else {}

    @cached_property
    def _with_marked_results(self) -> Regions | None:
        return self._template.regions(list(map(_marked_result, self._messages)), self._tools)

    def _holds_results(self, index: int) -> bool:
        if not any(message["role"] in _RESULTS for message in self._messages):
            return False
        told = self._with_marked_results
        return told is not None and any(
            MARK in told.text[start:end] for start, end in told.runs.get(index, [])
        )

    def _around_results(self, index: int, turn: TextSpan, first: int) -> tuple[TextSpan, ...]:
        """What is said before the results of tools in a turn, and what is said behind them.

        Before them stands what the turn would begin with if no result came; behind them what is
        said begins with the text. Raises TemplateError where neither can be told apart.
        """
        mixed = refused(f"writes the result of a tool call into the turn of messages[{index}]")
        try:
            ending = self._template.text(self._messages[: index + 1], self._tools)
        except TemplateError:
            raise mixed from None
        start, end = turn
        alike = start
        for alike in range(start, min(end, len(ending))):
            if self._whole[alike] != ending[alike]:
                break
        else:
            alike = min(end, len(ending))
        if self._whole[:start] != ending[:start]:
            raise mixed
        cuts = [border for border in self._template.borders(self._whole) if border <= alike]
        stop = max(cuts, default=start)
        marked = self._marked_turn(index)
        before, behind = marked.partition(MARK)[0], marked.rpartition(MARK)[2]
        if stop <= first or stop - start > len(before):
            raise mixed
        spans = ((first, stop),)
        said = str(self._messages[index].get("content") or "").strip()
        if not said or said in self._whole[first:stop]:
            return spans
        at = behind.find(said)
        if at < 0 or behind.find(said, at + 1) >= 0:
            raise mixed
        return (*spans, (end - len(behind) + at, end))

    def _marked_turn(self, index: int) -> str:
        """The turn, with a mark for each result that stands in it."""
        told = self._with_marked_results
        runs = told.runs.get(index, []) if told else []
        return told.text[runs[0][0] : runs[-1][1]] if told and runs else ""

    def _header(self, index: int, turn: str) -> int | None:
        """How much of a turn opens it: as much as there is of what the template opens one with."""
        opening = self._template.opening(self._messages[:index], self._tools)
        blank = len(turn) - len(turn.lstrip())
        for at in (0, blank):
            if turn.startswith(opening, at):
                return at + len(opening)
        if opening.strip() and (at := turn.find(opening)) > 0:  # a system text comes before it
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
