"""Rendered conversations by their structure: what a template writes around what is said.

Conversations of one structure have the same roles and keys. Those of which a template's questions
have the same answers are written alike: their outline is filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from threading import Lock
from typing import Any, NamedTuple

from dataprep.example import Message
from dataprep.tokens.messages import TextSpan
from dataprep.tokens.meter import ALLOWED
from dataprep.tokens.traced_texts import Script, Slot, Trace, TracedText, Untraceable

STRUCTURES = 512
"""Structures whose outlines are kept; when there are more, all begin anew."""

CHARACTERS = 32_000_000
"""Characters of all outlines that are kept."""

TRIALS = 24
"""Renderings that are traced before a structure has to show that it comes again."""

_READ = 64
"""Units that a use of a text costs at most for each of its characters."""

_PATH = 500
"""What a part of an outline, or a question on the way to it, counts as characters."""

_BY_VALUE = ("role", "type")
_SAID = ("role", "content")
_HOLE = object()

OutlinePart = str | Slot
"""What a template writes, or the slot of what is said."""

Position = tuple[int, int]
"""A place in a text: the number of a part, and the characters of it that stand before."""


def structure(messages: Any) -> tuple[tuple[Any, ...], list[str]]:
    """What tells conversations apart that a template may write otherwise, and the texts said.

    Raises Untraceable for what is no JSON.
    """
    key: list[Any] = []
    texts: list[str] = []
    _take(messages, key, texts)
    return tuple(key), texts


def _said_alone(messages: list[Message]) -> tuple[tuple[str, ...], list[str]] | None:
    """The roles and texts of messages that hold nothing else: quicker than `structure`."""
    if list(map(tuple, messages)) != [_SAID] * len(messages):
        return None
    roles = [message["role"] for message in messages]
    texts = [message["content"] for message in messages]
    plain = {*map(type, messages)} == {dict} and {*map(type, roles), *map(type, texts)} == {str}
    return (tuple(roles), texts) if plain else None


def _take(value: Any, key: list[Any], texts: list[str]) -> None:
    if type(value) is dict:
        key.append(tuple(value))
        if not all(type(name) is str for name in value):
            raise Untraceable("a key that is no text")
        for name, inner in value.items():
            if type(inner) is not str:
                _take(inner, key, texts)
            elif name in _BY_VALUE:
                key.append(inner)
            else:
                key.append(_HOLE)
                texts.append(inner)
    elif type(value) is str:
        key.append(_HOLE)
        texts.append(value)
    elif type(value) is list:
        key.append(len(value))
        for inner in value:
            _take(inner, key, texts)
    elif value is None or type(value) in (bool, int, float):
        key.append((type(value), repr(value)))
    else:
        raise Untraceable(f"a {type(value).__name__}")


def _traced(value: Any, texts: Iterator[TracedText]) -> Any:
    """The value with the next of the texts in the place of each of its own."""
    if type(value) is dict:
        return {
            name: inner if type(inner) is str and name in _BY_VALUE else _traced(inner, texts)
            for name, inner in value.items()
        }
    if type(value) is list:
        return [_traced(inner, texts) for inner in value]
    return next(texts) if type(value) is str else value


class Drawn(NamedTuple):
    """The parts of a text that is rendered of traced texts, and the spans of each answer in it.

    `spans` is None where they are not the same for all that is written alike.
    """

    parts: list[OutlinePart]
    spans: list[list[tuple[Position, Position]]] | None = None


Drawing = Callable[[Trace, list[Any]], Drawn]
"""Renders messages that hold the texts of a trace."""


SpellMessages = Callable[[list[Message]], list[Message]]
"""Spells messages as a template takes them."""


class FilledOutline(NamedTuple):
    """The text of a conversation, and the spans (in code points) of each answer, if known."""

    text: str
    spans: list[tuple[TextSpan, ...]] | None


@dataclass(slots=True)
class _Outline:
    """A drawing that is kept; `load` is how often the most used text is read or written."""

    parts: list[OutlinePart]
    spans: list[list[tuple[Position, Position]]] | None
    load: int

    def filled(self, script: Script, values: list[Any]) -> FilledOutline:
        """The text of a conversation with these values."""
        value = script.value
        pieces = [p if type(p) is str else value(values, p.at) for p in self.parts]  # type: ignore[union-attr]
        if self.spans is None:
            return FilledOutline("".join(pieces), None)
        starts = [0, *accumulate(map(len, pieces))]
        spans = [
            tuple([(starts[one] + a, starts[other] + b) for (one, a), (other, b) in turn])
            for turn in self.spans
        ]
        return FilledOutline("".join(pieces), spans)


@dataclass(slots=True)
class _Question:
    slot: int
    answers: dict[Any, _Question | _Outline] = field(default_factory=dict)


@dataclass(slots=True)
class _Kept:
    """What is known of a structure."""

    script: Script
    first: _Question | _Outline | None = None
    traces: int = 0
    uses: int = 0
    off: bool = False


class Outlines:
    """The outlines of one template, or of one way to render it."""

    def __init__(self) -> None:
        self._kept: dict[Any, _Kept] = {}
        self._seen: set[int] = set()
        self._characters = 0
        self._lock = Lock()

    def filled(
        self,
        key: Any,
        messages: list[Message],
        draw: Drawing,
        plainly: Callable[[], str],
        shape: SpellMessages = list,
    ) -> FilledOutline:
        """The text of messages, equal to what `plainly` renders, and the spans of answers if known.

        `key` is all that decides it beside the messages. `shape` spells messages as the template
        takes them: of a role and a text it makes the same, or puts the text into a part. Raises
        what `plainly` raises.
        """
        try:
            of, texts = _said_alone(messages) or structure(shape(messages))
            whole = (key, of)
            kept = self._kept.get(whole)
        except (Untraceable, RecursionError, TypeError):
            return FilledOutline(plainly(), None)
        if kept is None:
            if hash(whole) not in self._seen:  # it may be the only one
                self._remember(hash(whole))
                return FilledOutline(plainly(), None)
            kept = self._begin(whole, len(texts))
        if kept.off:
            return FilledOutline(plainly(), None)
        known = _known(kept, texts)
        if known is not None:
            kept.uses += 1
            return known
        text = plainly()
        if self._lock.acquire(blocking=False):
            try:
                self._learn(kept, shape(messages), texts, draw, text)
            finally:
                self._lock.release()
        return FilledOutline(text, None)

    def _remember(self, key: int) -> None:
        if len(self._seen) >= 100 * STRUCTURES:
            self._seen.clear()
        self._seen.add(key)

    def _begin(self, key: Any, texts: int) -> _Kept:
        if len(self._kept) >= STRUCTURES:
            self._clear()
        return self._kept.setdefault(key, _Kept(Script(texts)))

    def _learn(
        self, kept: _Kept, messages: list[Any], texts: list[str], draw: Drawing, text: str
    ) -> None:
        """Trace a rendering, and keep its outline where that gives the text that is right."""
        kept.traces += 1
        if kept.traces > TRIALS and kept.uses < 4 * kept.traces:
            kept.off = True
            return
        trace = Trace(kept.script, texts)
        try:
            drawn = draw(trace, _traced(messages, iter(trace.texts)))
            outline = _Outline(*drawn, max(trace.loads.values(), default=0))
            right = outline.filled(kept.script, kept.script.values(texts)).text == text
        except Exception:  # the template is foreign code, and may fail in any way
            right = False
        if not right or not _keep(kept, trace, outline):
            kept.off = True
            return
        self._characters += _PATH * (len(outline.parts) + len(trace.answers))
        self._characters += sum(len(part) for part in outline.parts if type(part) is str)
        if self._characters > CHARACTERS:
            self._clear()

    def _clear(self) -> None:
        self._kept.clear()
        self._characters = 0


def _known(kept: _Kept, texts: list[str]) -> FilledOutline | None:
    """The text of a conversation whose answers are known; None for another."""
    node, script = kept.first, kept.script
    values = script.values(texts)
    try:
        while type(node) is _Question:
            node = node.answers.get(script.value(values, node.slot))
        if type(node) is not _Outline or node.load * _READ * sum(map(len, texts)) > ALLOWED // 2:
            return None
        return node.filled(script, values)
    except Exception:  # a step fails that did not for others, as the template may
        return None


def _keep(kept: _Kept, trace: Trace, outline: _Outline) -> bool:
    """Put an outline behind its answers; false where a template asks now this, now that."""
    asked = list(trace.answers.items())
    node: Any = kept.first
    if node is None:
        node = kept.first = _Question(asked[0][0].at) if asked else outline
    for at, (slot, answer) in enumerate(asked):
        if type(node) is not _Question or node.slot != slot.at:
            return False
        following = _Question(asked[at + 1][0].at) if at + 1 < len(asked) else outline
        node = node.answers.setdefault(answer, following)
    return type(node) is _Outline
