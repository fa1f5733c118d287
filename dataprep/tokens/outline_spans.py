"""Where the answers stand in an outline: the same for every conversation that is written alike.

`AnswerSpans` is asked, with texts in which a mark stands in the place of what is said. Such a text
answers only what is true whatever is said, and raises Untraceable for all else.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import jinja2

from dataprep.example import Message
from dataprep.tokens.answer_spans import AnswerSpans
from dataprep.tokens.messages import TemplateError
from dataprep.tokens.outlines import Drawn, OutlinePart, Position
from dataprep.tokens.traced_jinja import parts_of
from dataprep.tokens.traced_texts import CLOSE, MARKED, OPEN, Slot, Trace, Untraceable, mark_of

if TYPE_CHECKING:
    from dataprep.tokens.chat_renderer import ChatRenderer
    from dataprep.tokens.chat_template import ChatTemplate
    from dataprep.tokens.template_marks import Regions


class OutlineText(str):
    """A rendered text with marks in the place of what is said."""

    def __getitem__(self, at: Any) -> OutlineText:
        """A part of it."""
        return OutlineText(super().__getitem__(at))

    def __iter__(self) -> Iterator[str]:
        """Its characters, if nothing said is in it."""
        return super(OutlineText, self._plain()).__iter__()

    def __contains__(self, other: Any) -> bool:
        """Whether another text is in it, if nothing said is."""
        return str.__contains__(self._plain(), other)

    def __eq__(self, other: object) -> bool:
        """Whether it equals another, whatever is said."""
        if not isinstance(other, str):
            return False
        if len(self) == len(other) and str.__eq__(self, other):
            return True
        _part_for_sure(self, str.__str__(other))
        return False

    def __ne__(self, other: object) -> bool:
        """Whether it differs from another, whatever is said."""
        return not self == other

    __hash__ = str.__hash__

    def __bool__(self) -> bool:
        """Whether it is not empty, whatever is said."""
        if len(self) and not MARKED.sub("", self):
            raise Untraceable("what is said may be empty")
        return len(self) > 0

    def startswith(self, other: Any, at: Any = 0, *_: Any) -> bool:
        """Whether it begins with another, whatever is said."""
        if not isinstance(other, str):
            raise Untraceable("several beginnings")
        if str.startswith(self, other, at):
            return True
        _part_for_sure(str.__getitem__(self, slice(at, None)), other)
        return False

    def lstrip(self, chars: Any = None) -> OutlineText:
        """It without blanks in front."""
        rest = str.lstrip(self, chars)
        if not rest or rest.startswith(OPEN):
            raise Untraceable("blanks before what is said")
        return OutlineText(rest)

    def strip(self, chars: Any = None) -> OutlineText:
        """It without blanks, if nothing said is in it."""
        return OutlineText(str.strip(self._plain(), chars))

    def find(self, *given: Any) -> int:
        """Where another text stands in it, if nothing said is in it."""
        return str.find(self._plain(), *given)

    def _plain(self) -> OutlineText:
        if str.__contains__(self, OPEN):
            raise Untraceable("what is said in an outline")
        return self


def _part_for_sure(one: str, other: str) -> None:
    """Raise Untraceable unless both differ in what the template writes, behind the same."""
    for a, b in zip(str.__iter__(one), str.__iter__(other), strict=False):
        if a != b:
            alike = str.__getitem__(one, slice(len(_common(one, other))))
            if OPEN in (a, b) or str.rfind(alike, OPEN) > str.rfind(alike, CLOSE):
                raise Untraceable("what is said decides")
            return
    longer = max(one, other, key=len)
    if not MARKED.sub("", str.__getitem__(longer, slice(min(len(one), len(other)), None))):
        raise Untraceable("what is said decides")


def _common(one: str, other: str) -> str:
    same = 0
    for a, b in zip(str.__iter__(one), str.__iter__(other), strict=False):
        if a != b:
            break
        same += 1
    return str.__getitem__(one, slice(same))


def _refused(name: str) -> Callable[..., Any]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise Untraceable(name)

    return refuse


_UNKNOWN = (
    *("count", "endswith", "format", "index", "join", "partition", "replace", "rfind", "rindex"),
    *("rpartition", "rsplit", "rstrip", "split", "splitlines", "__add__", "__mod__"),
    *("__lt__", "__le__", "__gt__", "__ge__"),
)
for _name in _UNKNOWN:
    setattr(OutlineText, _name, _refused(_name))


class OutlineTemplate:
    """A chat template as `AnswerSpans` asks it, for messages that hold the texts of a trace.

    The messages are in the template's shape; those that are already stay as they are in it.
    """

    def __init__(self, template: ChatTemplate, renderer: ChatRenderer, trace: Trace) -> None:
        self._template = template
        self._renderer = renderer
        self._trace = trace

    def drawn(self, messages: list[Message], tools: Any, learned: Sequence[int]) -> Drawn:
        """The parts of the whole text, and the spans of the answers at the indexes `learned`."""
        marked = self._renderer.traced_text(self._trace, messages, tools)
        parts = parts_of(self._trace.script, marked)
        whole = _flat(parts)
        try:
            found = AnswerSpans(self, messages, tools, whole)
            spans = [list(found.of(index)) for index in learned]
            return Drawn(parts, [_positions(turn, parts) for turn in spans])
        except (Untraceable, TemplateError):
            return Drawn(parts)

    def text(self, messages: Sequence[Message], tools: Any, *, asked: bool = False) -> OutlineText:
        """The conversation as the model reads it."""
        said = self._template.shape.shaped(messages)
        try:
            marked = self._renderer.traced_text(self._trace, said, tools, asked=asked)
        except jinja2.TemplateError as error:
            raise TemplateError(str(error), "Change the roles or their order.") from None
        return _flat(parts_of(self._trace.script, marked))

    def regions(self, messages: Sequence[Message], tools: Any) -> Regions:
        """The runs that each message writes."""
        from dataprep.tokens.template_marks import MARKS, read_marks

        marked = self._renderer.traced_text(self._trace, messages, tools, marked=True)
        flat = _flat(parts_of(self._trace.script, marked))
        for piece in MARKS.split(flat):
            self._refuse_blank(piece)
        told = read_marks(str.__str__(flat), messages)
        return told._replace(text=OutlineText(told.text))

    def _refuse_blank(self, piece: str) -> None:
        """Raise Untraceable for a piece of which it depends on what is said if it is blank."""
        held = [Slot(int(number)) for number in MARKED.findall(piece)]
        if held and not MARKED.sub("", piece).strip():
            blank = [self._trace.asked(_is_blank, slot) for slot in held]
            if all(blank):
                raise Untraceable("an answer of blanks")

    @property
    def special(self) -> re.Pattern[str]:
        """Refused: a pattern would be looked for in marks."""
        raise Untraceable("special tokens in what is said")

    @property
    def ends_late(self) -> bool:
        """Whether the template writes more for an answer where a question follows."""
        return self._template.ends_late

    @property
    def late_closing(self) -> str:
        """The special token that closes an answer where a question follows, in front of that."""
        return self._template.late_closing

    def closes(self, said: str) -> bool:
        """Whether a special token is the last that is said, without blanks behind it."""
        parts = parts_of(self._trace.script, said)
        if any(OPEN in part for part in parts if isinstance(part, str)):
            raise Untraceable("a cut in what is said")
        return bool(self._trace.asked(self._template.closed, *parts))

    def marks_generation(self, tools: Any) -> bool:
        """Whether the template says by `{% generation %}` what an assistant says."""
        return self._template.marks_generation(tools)

    def opening(self, before: Sequence[Message], tools: Any) -> str:
        """What the template writes to open an answer behind some messages."""
        return self._template.opening(before, tools, self.text)

    def borders(self, text: str) -> list[int]:
        """Where a text may be cut, in which nothing said stands."""
        if OPEN in str.__str__(text):
            raise Untraceable("borders in what is said")
        return self._template.borders(text)


def _is_blank(text: str) -> bool:
    return not text.strip()


def _flat(parts: Sequence[OutlinePart]) -> OutlineText:
    return OutlineText("".join(map(_spelled, parts)))


def _spelled(part: OutlinePart) -> str:
    return mark_of(part) if isinstance(part, Slot) else part


def _positions(
    spans: Sequence[tuple[int, int]], parts: Sequence[OutlinePart]
) -> list[tuple[Position, Position]]:
    """The spans of an outline by its parts."""
    starts = [0, *accumulate(len(_spelled(part)) for part in parts)]

    def position(place: int) -> Position:
        number = bisect_right(starts, place) - 1
        if starts[number] != place and isinstance(parts[number], Slot):
            raise Untraceable("a cut in what is said")
        return number, place - starts[number]

    return [(position(start), position(end)) for start, end in spans]
