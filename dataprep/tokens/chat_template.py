"""A chat template: the text of a conversation, and where in it the answers stand.

An answer is all that the template writes for the assistant's turn, from where its header ends:
reasoning, text, tool calls and the token that closes it. A turn of which the template leaves out
what would be learned is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from dataprep.example import Message
from dataprep.patterns import LatePattern
from dataprep.tokens.answer_spans import AnswerSpans
from dataprep.tokens.message_shape import MessageShape, shape_of_calls, shape_of_thoughts
from dataprep.tokens.messages import (
    TemplateError,
    TextSpan,
    before_thoughts,
    lost_of_calls,
    refused,
    thought_of,
)
from dataprep.tokens.token_pattern import token_pattern

if TYPE_CHECKING:
    from dataprep.tokens.chat_renderer import ChatRenderer
    from dataprep.tokens.outlines import Drawn
    from dataprep.tokens.template_marks import Regions
    from dataprep.tokens.traced_texts import Trace

_USER: Message = {"role": "user", "content": "a"}
_SAID: Message = {"role": "assistant", "content": "b"}
_TAG = LatePattern(r"<[^<>]+>|\[[^\[\]]+\]")


class Rendered(NamedTuple):
    """What the model reads, and the spans of it (in code points) that it learns to say.

    Of the `turns` that are learned so many are `unclosed`: they end without a token that closes
    them. `hollow` are the indexes of those of which no more than the end is learned. Of the
    `thoughts` before them so many are `thoughtless`: the template leaves the thought out.
    """

    text: str
    answers: tuple[TextSpan, ...]
    turns: int = 0
    unclosed: int = 0
    hollow: tuple[int, ...] = ()
    thoughts: int = 0
    thoughtless: int = 0


class ChatTemplate:
    """The template of a `transformers` tokenizer, which is called `name` in errors.

    It renders as `apply_chat_template` does, within limits: `dataprep.tokens.metered_jinja`.
    """

    def __init__(self, backend: Any, name: str, day: date | None = None) -> None:
        self._backend = backend
        self._name = name
        self._day = day or datetime.now(UTC).astimezone().date()

    @cached_property
    def day(self) -> date | None:
        """The day that it writes as today's; None for a template that asks for none."""
        from dataprep.tokens.template_marks import reads_clock

        asks = any(reads_clock(source, self._name) for source in self._sources)
        return self._day if asks else None

    @cached_property
    def special(self) -> re.Pattern[str]:
        """The spellings of special tokens, which no text of a user may become."""
        return token_pattern(self._special_tokens)

    @cached_property
    def special_in_answers(self) -> re.Pattern[str]:
        """The same for what an assistant says: what the template looks for there may stay."""
        return token_pattern(self._special_tokens - self._parsed)

    @cached_property
    def _special_tokens(self) -> set[str]:
        added = self._backend.added_tokens_decoder.values()
        return {t.content for t in added if t.special} | set(self._backend.all_special_tokens)

    @cached_property
    def _added(self) -> re.Pattern[str]:
        """The spellings that stand for one token each, special or not."""
        added = self._backend.added_tokens_decoder.values()
        return token_pattern({token.content for token in added} | self._special_tokens)

    @cached_property
    def _sources(self) -> list[str]:
        sources = self._backend.chat_template
        if not isinstance(sources, dict):
            return [str(sources)]
        from dataprep.tokens.metered_jinja import LONGEST, oversized

        named = list(map(str, sources.values()))
        if (length := sum(map(len, named))) > LONGEST:
            what = f"has {length:,} characters in its {len(named):,} versions, over {LONGEST:,}"
            raise oversized(self._name, what)
        return named

    @cached_property
    def _parsed(self) -> frozenset[str]:
        from dataprep.tokens.template_marks import parsed_texts

        return frozenset().union(*(parsed_texts(source, self._name) for source in self._sources))

    @cached_property
    def thoughts_apart(self) -> bool:
        """Whether it writes a thought in front of an answer, and never looks for one in it."""
        return self.takes_reasoning and "</think>" not in self._parsed

    @property
    def takes_reasoning(self) -> bool:
        """Whether the template writes what a message holds as its reasoning."""
        return self._reasoning is not None

    @cached_property
    def shape(self) -> MessageShape:
        """In which of their spellings the template takes messages."""
        return self._reasoning or shape_of_calls(self._tried)

    @cached_property
    def _reasoning(self) -> MessageShape | None:
        return shape_of_thoughts(self._tried, shape_of_calls(self._tried))

    def _tried(self, shape: MessageShape, messages: Sequence[Message], tools: Any) -> str:
        """The text of messages in a shape; none where the template refuses them."""
        try:
            return self._renderer.rendered(shape.shaped(messages), tools, asked=False)
        except TemplateError:
            return ""

    def text(self, messages: Sequence[Message], tools: Any, *, asked: bool = False) -> str:
        """The conversation as the model reads it; `asked` opens the answer that comes next.

        Raises TemplateError for a conversation that the template refuses, OversizedTemplate for a
        template over its limits.
        """
        shape = self.shape.shaped
        return self._renderer.text(list(messages), tools, asked=asked, shape=shape)

    def regions(self, messages: Sequence[Message], tools: Any) -> Regions | None:
        """The runs that each message writes; None where the template hides them."""
        return self._renderer.regions(self.shape.shaped(messages), tools)

    @cached_property
    def _renderer(self) -> ChatRenderer:
        from dataprep.tokens.chat_renderer import ChatRenderer

        _ = self._sources  # which are refused if they are too long
        return ChatRenderer(self._backend, self._name, self._clock)

    @cached_property
    def _clock(self) -> dict[str, Any]:
        """What a template asks for the date, if it does."""
        from dataprep.tokens.metered_jinja import Bounded, pinned_clock
        from dataprep.tokens.template_marks import CLOCK

        return {CLOCK: Bounded(pinned_clock(self.day))} if self.day else {}

    def marks_generation(self, tools: Any) -> bool:
        """Whether the template says by `{% generation %}` what an assistant says."""
        from dataprep.tokens.template_marks import has_generation

        return self._marks_any and has_generation(self._renderer.source(tools), self._name)

    @cached_property
    def _marks_any(self) -> bool:
        from dataprep.tokens.template_marks import has_generation

        return any(has_generation(source, self._name) for source in self._sources)

    def rendered(self, messages: list[Message], learned: list[int], tools: Any) -> Rendered:
        """The text, and the spans of the answers at the indexes `learned`.

        Raises TemplateError for a conversation that the template refuses, or writes in a way that
        hides or loses what is to be learned.
        """
        whole, spans = self._told(messages, learned, tools)
        unclosed = thoughts = thoughtless = 0
        hollow: list[int] = []
        for index, turn in zip(learned, spans, strict=True):
            message, said = messages[index], "".join([whole[start:end] for start, end in turn])
            self._refuse_loss(message, index, said)
            unclosed += not self.closes(said)
            if self._ends(said):
                hollow.append(index)
            if thought := thought_of(message):
                thoughts += 1
                thoughtless += thought not in said
        return Rendered(
            whole,
            tuple([span for turn in spans for span in turn]),
            turns=len(learned),
            unclosed=unclosed,
            hollow=tuple(hollow),
            thoughts=thoughts,
            thoughtless=thoughtless,
        )

    def _told(
        self, messages: list[Message], learned: list[int], tools: Any
    ) -> tuple[str, list[tuple[TextSpan, ...]]]:
        """The text, and the spans of each answer."""

        def draw(trace: Trace, traced: list[Message]) -> Drawn:
            from dataprep.tokens.outline_spans import OutlineTemplate

            return OutlineTemplate(self, self._renderer, trace).drawn(traced, tools, learned)

        key, shape = ("spans", tuple(learned)), self.shape.shaped
        text, spans = self._renderer.filled(key, messages, tools, draw, shape=shape)
        if spans is None or (not text.isascii() and self._marks.search(text)):
            found = AnswerSpans(self, messages, tools, text)
            spans = [found.of(index) for index in learned]
        return text, spans

    @cached_property
    def _marks(self) -> LatePattern[str]:
        from dataprep.tokens.template_marks import MARKS

        return MARKS

    def _ends(self, said: str) -> bool:
        """Whether no more is said than tokens that are marks."""
        return self._marks_alone.fullmatch(said) is not None

    @cached_property
    def _marks_alone(self) -> re.Pattern[str]:
        return re.compile(rf"(?:{self._added.pattern}|\s)*")

    def closes(self, said: str) -> bool:
        """Whether a special token is the last that is said, without blanks behind it."""
        said = said.rstrip()
        end = None
        for found in self.special.finditer(said):
            end = found.end()
        return end == len(said)

    def closed(self, *parts: str) -> bool:
        """The same of what is said in parts."""
        return self.closes("".join(parts))

    def _refuse_loss(self, message: Message, index: int, said: str) -> None:
        """Raises TemplateError where the template leaves out a call, or what was said."""
        answer = self._answer(message)
        functions = [call["function"] for call in message.get("tool_calls") or ()]
        if legacy := message.get("function_call"):
            functions.append(legacy)
        if functions and (lost := lost_of_calls(functions, said, answer)):
            raise refused(f"leaves out {lost} in messages[{index}]")
        for text in before_thoughts(message):
            if text.strip() not in said:
                raise refused(f"leaves out what is said before a thought in messages[{index}]")
        if answer not in said:
            beside = " beside the tool call" if functions else ""
            raise refused(f"leaves out what is said{beside} in messages[{index}]")

    def _answer(self, message: Message) -> str:
        """What is said behind any thought that the template would cut off."""
        answer = str(message.get("content") or "")
        for mark in self._before_answers:
            if mark in answer:
                answer = answer.rpartition(mark)[2]
        return answer.strip()

    @cached_property
    def _before_answers(self) -> frozenset[str]:
        return frozenset(("</think>", *filter(_TAG.fullmatch, self._parsed)))

    def opening(
        self, before: Sequence[Message], tools: Any, text: Callable[..., str] | None = None
    ) -> str:
        """What the template writes to open an answer behind some messages, by their `text`."""
        text = text or self.text
        for messages in (before, [_USER]):
            try:
                told, asked = text(messages, tools), text(messages, tools, asked=True)
            except TemplateError:
                continue
            if asked == told and not self._opens:
                return self._own_opening
            if asked == told and messages is before and before[-1]["role"] == "assistant":
                continue  # it opens none behind an answer, but behind a question
            if asked.startswith(told):
                return asked[len(told) :]
            same = next((n for n, (a, b) in enumerate(zip(told, asked, strict=False)) if a != b), 0)
            return asked[max((b for b in self.borders(asked) if b <= same), default=0) :]
        return ""

    @cached_property
    def ends_late(self) -> bool:
        """Whether it writes more for an answer where a question follows."""
        try:
            alone = self.text([_USER, _SAID], None)
        except TemplateError:
            return True
        told = self.regions([_USER, _SAID, _USER], None)
        return told is None or 1 not in told.runs or told.runs[1][-1][1] > len(alone)

    @cached_property
    def late_closing(self) -> str:
        """The special token that closes an answer where a question follows, in front of that."""
        alone = self.regions([_USER, _USER], None)
        behind = self.regions([_USER, _SAID, _USER], None)
        if not alone or not behind or 1 not in alone.runs or 2 not in behind.runs:
            return ""
        question = alone.text[slice(*alone.runs[1][0])]
        extra = behind.text[slice(*behind.runs[2][0])].removesuffix(question)
        closing = self.special.match(extra) if extra != question else None
        return closing[0] if closing else ""

    @cached_property
    def _opens(self) -> bool:
        """Whether the template opens an answer on request, and not always or never."""
        try:
            return self.text([_USER], None, asked=True) != self.text([_USER], None)
        except TemplateError:
            return True

    @cached_property
    def _own_opening(self) -> str:
        """What a template writes behind the last message, where it opens no answer on request.

        Where that is nothing, the model has to open its answers itself.
        """
        told = self.regions([_USER], None)
        return told.text[told.runs[0][-1][1] :] if told and 0 in told.runs else ""

    def borders(self, text: str) -> list[int]:
        """Where a text may be cut: behind a token of its own, or behind a line."""
        marks = [*self._added.finditer(text), *re.finditer("\n", text)]
        return sorted(mark.end() for mark in marks)
