"""Texts that a chat template handles without seeing them: each use of one is noted.

A template is rendered once with such texts in the place of what a conversation says. What it makes
of them (`strip`, `split`, `~`) becomes a step, and what it asks about them (`in`, `==`, whether one
is empty) a question with its answer. Any conversation that gives the same answers is written alike.
"""

from __future__ import annotations

import operator
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from dataprep.patterns import LatePattern

OPEN, CLOSE = "\ue0f0", "\ue0f1"
_NONCE = secrets.token_hex(8)
"""What no template, tool or role can hold: a mark that stands in one would be read as ours."""

_UNKNOWN: Any = object()


class Untraceable(Exception):
    """What a template does with a text cannot be noted."""


class Slot(NamedTuple):
    """The number of a value in a script: a text of the conversation, or what a step makes."""

    at: int


class Step(NamedTuple):
    """A function and what it is called with, the values of slots among it."""

    function: Callable[..., Any]
    given: tuple[Any, ...]


class Script:
    """The steps that a template takes with `texts` texts, and the values of one conversation."""

    def __init__(self, texts: int) -> None:
        self.texts = texts
        self._steps: list[Step] = []
        self._known: dict[tuple[Any, ...], Slot] = {}

    def __len__(self) -> int:
        """The number of steps."""
        return len(self._steps)

    def slot(self, function: Callable[..., Any], given: tuple[Any, ...]) -> Slot:
        """The slot of a step; the same step has the same slot."""
        known = (function, *((type(value), value) for value in given))
        if known not in self._known:
            self._known[known] = Slot(self.texts + len(self._steps))
            self._steps.append(Step(function, given))
        return self._known[known]

    def summands(self, slot: Slot) -> Iterator[str | Slot]:
        """What a slot is joined of: texts of the template, and slots that are not joined."""
        function, given = self.step(slot)
        if function is not _concatenated:
            yield slot
            return
        for part in given:
            yield from self.summands(part) if type(part) is Slot else (part,)

    def step(self, slot: Slot) -> Step:
        """The step of a slot; a text of the conversation has one that does nothing."""
        return self._steps[slot.at - self.texts] if slot.at >= self.texts else Step(str, ())

    def values(self, texts: list[str]) -> list[Any]:
        """The values of all slots, those of steps not yet known."""
        return texts + [_UNKNOWN] * len(self._steps)

    def value(self, values: list[Any], at: int) -> Any:
        """The value of a slot; raises what its step raises."""
        found = values[at]
        if found is _UNKNOWN:
            function, given = self._steps[at - self.texts]
            if len(given) == 1 and type(given[0]) is Slot:  # as most are
                found = values[at] = function(self.value(values, given[0].at))
                return found
            known = [self.value(values, g.at) if type(g) is Slot else g for g in given]
            found = values[at] = function(*known)
        return found


class Trace:
    """One rendering: what it asks about the texts of a conversation, and what is answered.

    `loads` counts, for each of the texts, how often the template reads or writes it.
    """

    def __init__(self, script: Script, texts: Sequence[str]) -> None:
        self.script = script
        self.loads: Counter[int] = Counter()
        self.answers: dict[Slot, Any] = {}
        self._values: list[Any] = list(texts)
        self._held: dict[Slot, Counter[int]] = {}
        self.texts = [TracedText(self, Slot(at)) for at in range(script.texts)]

    def touch(self, slot: Slot) -> None:
        """Note that a text is read or written."""
        self.loads.update(self._texts_in(slot))

    def made(self, function: Callable[..., str], *given: Any) -> TracedText:
        """The text that a step makes."""
        return TracedText(self, self._step(function, given))

    def parts(self, function: Callable[..., Sequence[str]], *given: Any) -> Sequence[TracedText]:
        """The texts that a step parts one into; how many they are is a question."""
        parts = self._step(function, given)
        many = self.asked(len, parts)
        made = [self.made(operator.getitem, parts, at) for at in range(many)]
        return tuple(made) if function in (str.partition, str.rpartition) else made

    def asked(self, function: Callable[..., Any], *given: Any) -> Any:
        """The answer to a question."""
        slot = self._step(function, given)
        if slot not in self.answers:
            self.answers[slot] = self._value(slot)
        return self.answers[slot]

    def _step(self, function: Callable[..., Any], given: tuple[Any, ...]) -> Slot:
        slot = self.script.slot(function, tuple(map(_plain, given)))
        self.touch(slot)
        return slot

    def _texts_in(self, slot: Slot) -> Counter[int]:
        if slot not in self._held:
            held: Counter[int] = Counter()
            if slot.at < self.script.texts:
                held[slot.at] = 1
            function, given = self.script.step(slot)
            for part in given:
                for _ in range(GROWTH.get(function, 1)):
                    held.update(self._texts_in(part) if type(part) is Slot else {})
            self._held[slot] = held
        return self._held[slot]

    def _value(self, slot: Slot) -> Any:
        more = self.script.texts + len(self.script) - len(self._values)
        self._values += [_UNKNOWN] * more
        return self.script.value(self._values, slot.at)


def _plain(value: Any) -> Any:
    """A value as a step is given it."""
    if isinstance(value, TracedText):
        return value._slot
    if type(value) is Slot:
        return value
    if isinstance(value, tuple):
        if not all(type(part) is str for part in value):
            raise Untraceable("a tuple of no texts")
    elif type(value) not in (str, int, bool, type(None)):
        raise Untraceable(f"a {type(value).__name__}")
    return value


def mark_of(slot: Slot) -> str:
    """What stands for the value of a slot in a text."""
    return f"{OPEN}{_NONCE}:{slot.at}{CLOSE}"


MARKED = LatePattern(f"{OPEN}{_NONCE}:([0-9]+){CLOSE}")
"""A printed text, by the number of its slot."""


class TracedText(str):  # noqa: PLW1641  # `__hash__` is refused
    """A text of a conversation; printed it is a mark that tells its slot."""

    _trace: Trace
    _slot: Slot

    def __new__(cls, trace: Trace, slot: Slot) -> TracedText:
        """The text of a slot in a rendering."""
        text = super().__new__(cls, mark_of(slot))
        text._trace, text._slot = trace, slot
        return text

    def __str__(self) -> str:
        """Itself: what is made of it is traced."""
        return self

    def __bool__(self) -> bool:
        """Whether it is not empty."""
        return bool(self._trace.asked(bool, self))

    def __contains__(self, other: Any) -> bool:
        """Whether another text is in it."""
        return contained_in(self._trace, other, self)

    def __eq__(self, other: object) -> bool:
        """Whether it equals another text."""
        return isinstance(other, str) and bool(self._trace.asked(operator.eq, self, other))

    def __ne__(self, other: object) -> bool:
        """Whether it differs from another text."""
        return not self == other

    def __add__(self, other: str) -> TracedText:
        """Both, one behind the other."""
        return joined(self._trace, (self, other))

    def __radd__(self, other: str) -> TracedText:
        """Both, one behind the other."""
        return joined(self._trace, (other, self))

    def __getitem__(self, at: Any) -> TracedText:
        """A slice of it, or a character."""
        if isinstance(at, slice):
            return self._trace.made(_slice, self, at.start, at.stop, at.step)
        if isinstance(at, str):
            raise TypeError("string indices must be integers")
        if type(at) is not int:
            raise Untraceable("a character by no number")
        if not self._trace.asked(_has_character, self, at):
            raise IndexError("string index out of range")
        return self._trace.made(operator.getitem, self, at)

    def replace(self, old: Any, new: Any, count: Any = -1) -> TracedText:
        """The text with another in the place of each `old`, at most twice as long."""
        plain = type(old) is str and type(new) is str and type(count) is int
        if not plain or not old or len(new) > 2 * len(old):
            raise Untraceable("a text that may grow")
        return self._trace.made(str.replace, self, old, new, count)


def contained_in(trace: Trace, item: Any, text: str) -> bool:
    """Whether a text is in another, one of them traced."""
    if not isinstance(item, str):
        raise Untraceable("something else in a text")
    return bool(trace.asked(operator.contains, text, item))


def joined(trace: Trace, parts: Sequence[str]) -> TracedText:
    """Some texts, one behind the other."""
    if not all(type(part) in (str, TracedText) for part in parts):
        raise Untraceable("a sum of no texts")
    return trace.made(_concatenated, *parts)


def _concatenated(*parts: str) -> str:
    return "".join(parts)


def _has_character(text: str, at: int) -> bool:
    return -len(text) <= at < len(text)


def _slice(text: str, start: int | None, stop: int | None, step: int | None) -> str:
    return text[start:stop:step]


class TracedMarkup(TracedText):
    """A text that is marked as safe: it may be printed, and nothing else is known of it."""

    def __add__(self, other: str) -> TracedText:
        """Refused: the other would be escaped."""
        raise Untraceable("a sum of safe texts")

    __radd__ = __add__

    def __getattribute__(self, name: str) -> Any:
        """Refused but for what is needed to print it."""
        if name.startswith("_"):
            return super().__getattribute__(name)
        raise Untraceable("a method of a safe text")


class TracedLength:  # noqa: PLW1641
    """How long a traced text is, where it is only compared."""

    __slots__ = ("_text",)

    def __init__(self, text: TracedText) -> None:
        self._text = text

    def _compared(self, function: Callable[..., bool], other: Any) -> bool:
        if type(other) is not int:
            raise Untraceable("a length beside no number")
        return bool(self._text._trace.asked(_length_compared, self._text, function.__name__, other))

    def __bool__(self) -> bool:
        """Whether the text is not empty."""
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        """Whether the text is so long."""
        return self._compared(operator.eq, other)

    def __ne__(self, other: object) -> bool:
        """Whether the text is not so long."""
        return self._compared(operator.ne, other)

    def __lt__(self, other: Any) -> bool:
        """Whether the text is shorter."""
        return self._compared(operator.lt, other)

    def __le__(self, other: Any) -> bool:
        """Whether the text is no longer."""
        return self._compared(operator.le, other)

    def __gt__(self, other: Any) -> bool:
        """Whether the text is longer."""
        return self._compared(operator.gt, other)

    def __ge__(self, other: Any) -> bool:
        """Whether the text is no shorter."""
        return self._compared(operator.ge, other)


def _length_compared(text: str, comparison: str, other: int) -> bool:
    return bool(getattr(operator, comparison)(len(text), other))


GROWTH: dict[Callable[..., Any], int] = {
    str.replace: 2,
    **dict.fromkeys((str.capitalize, str.casefold, str.lower, str.title, str.upper), 3),
}
"""How many times as long a step may make a text."""

_MAKING = "capitalize casefold lower lstrip removeprefix removesuffix rstrip strip title upper"
_PARTING = "partition rpartition rsplit split splitlines"
_ASKING = (
    "count endswith find rfind startswith isalnum isalpha isascii isdecimal isdigit isidentifier"
    " islower isnumeric isprintable isspace istitle isupper"
)
_UNTOUCHED = (
    *("__class__", "__new__", "__init__", "__init_subclass__", "__subclasshook__", "__doc__"),
    *("__getattribute__", "__setattr__", "__delattr__", "__dir__"),
)


def _method(kind: Callable[..., Any], name: str) -> Callable[..., Any]:
    function = getattr(str, name)

    def call(text: TracedText, *given: Any) -> Any:
        return kind(text._trace, function, text, *given)

    return call


def _refused(name: str) -> Callable[..., Any]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise Untraceable(name)

    return refuse


def _cover(of: type, base: type) -> None:
    """Let every method of a base that is not traced be refused."""
    for kind, names in ((Trace.made, _MAKING), (Trace.parts, _PARTING), (Trace.asked, _ASKING)):
        for name in names.split() if of is TracedText else ():
            setattr(of, name, _method(kind, name))
    own = {name for name, value in vars(of).items() if value is not None}  # not `__hash__`
    for name in set(dir(base)) - {*_UNTOUCHED} - own:
        setattr(of, name, _refused(name))


_cover(TracedText, str)
_cover(TracedLength, int)
