"""What a template of a recipe may print, and the filters that could make it longer than its fields.

A list and an object tell when they are turned into a text, and a filter takes no huge number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any

import minijinja

from dataprep.finding import UsageError

MAX_OUTPUT = 16_000_000
MOST = 10_000
"""A filter moves a text so far to the right at most, and makes so many parts."""

TIMES = 4
"""A text is too long that has more than MAX_OUTPUT characters, and so many times its fields'."""


class StructurePrinted(UsageError):
    """A template prints a list or an object, and does not say how it is written out."""


def text_length(value: Any) -> int:
    """Characters of all the texts in a value, at any depth."""
    return _length(value, 0)


VALUE = 20
"""What a value that is no text weighs, in characters."""


def size(value: Any) -> int:
    """Characters of all the texts in a value, and VALUE for each value in it, at any depth."""
    return _length(value, VALUE)


def _length(value: Any, other: int) -> int:
    """Characters of the texts in a value, and so many for each of its other values."""
    total, stack = 0, [value]
    while stack:
        inner = stack.pop()
        if isinstance(inner, str):
            total += len(inner)
            continue
        total += other
        if isinstance(inner, Mapping):
            stack += inner.values()
        elif isinstance(inner, Iterable):
            stack += inner
    return total


STRUCTURE = "a list or an object is no text"


class NotText(Exception):
    """What a template prints is no text; a method's address would differ from run to run."""

    def __init__(self, reason: str, error: type[UsageError] = UsageError) -> None:
        super().__init__(reason)
        self.error = error


class Printed:
    """What one filling-in has printed: how many characters, and whether a structure was there."""

    def __init__(self, length: int) -> None:
        self.limit = max(MAX_OUTPUT, TIMES * length)
        self.length = 0
        self.structure = False

    @property
    def is_too_long(self) -> bool:
        """Whether more was printed than the text may have, what a `set` holds counted twice."""
        return self.length > 2 * self.limit


PRINTED: ContextVar[Printed | None] = ContextVar("PRINTED", default=None)


def printed_text(value: Any) -> Any:
    """What a template prints, where it is a text or a number."""
    if isinstance(value, str):
        printed = PRINTED.get()
        if printed is not None:
            printed.length += len(value)
            if printed.is_too_long:
                raise NotText("too long")
        return value
    if isinstance(value, bool | int | float):
        return value
    if value is None:
        raise NotText("null is no text: say what stands there, with `or` or an else")
    if callable(value):
        raise NotText("a method is no text")
    raise NotText(STRUCTURE, StructurePrinted)


def guarded(fields: Mapping[str, Any], source: str, printed: Printed) -> Mapping[str, Any]:
    """The fields; lists and objects among them tell when they are turned into a text."""
    return {
        key: _guard(value, printed) if isinstance(value, list | dict) and key in source else value
        for key, value in fields.items()
    }


def _guard(value: Any, printed: Printed) -> Any:
    if isinstance(value, dict):
        guarded = _Object((key, _guard(inside, printed)) for key, inside in value.items())
        guarded._printed = printed
        return guarded
    if isinstance(value, list):
        listed = _List(_guard(inside, printed) for inside in value)
        listed._printed = printed
        return listed
    return value


class _List(list[Any]):
    """A list that tells when a filter, or ~, turns it into a text as Python would write it."""

    _printed: Printed  # a name that no template reaches

    def __repr__(self) -> str:
        self._printed.structure = True
        return ""


class _Object(dict[str, Any]):
    """The same of an object."""

    _printed: Printed  # a name that no template reaches

    def __repr__(self) -> str:
        self._printed.structure = True
        return ""


def _bounded(name: str) -> Callable[..., Any]:
    """A filter of minijinja that takes no number above MOST: it makes texts as long as that."""
    plain = minijinja.Environment()

    def apply(*given: Any, **named: Any) -> Any:
        numbers = (n for n in (*given[1:], *named.values()) if isinstance(n, int | float))
        if any(n > MOST for n in numbers):
            raise NotText(f"{name} takes a number up to {MOST:,}")
        asked = f"given[0] | {name}(*given[1:]{', **named' if named else ''})"
        return plain.eval_expr(asked, given=list(given), named=named)

    return apply


def _to_json(value: Any, indent: int | bool | None = None) -> str:
    """JSON as a person writes it: minijinja's own spells < and ' as escapes, for HTML."""
    if indent is not None and indent > MOST:
        raise NotText(f"tojson takes a number up to {MOST:,}")
    spaces = 2 if indent is True else indent or None
    return json.dumps(value, ensure_ascii=False, indent=spaces, allow_nan=False, default=list)


BOUNDED_FILTERS = {
    "tojson": _to_json,
    **{name: _bounded(name) for name in ("indent", "batch", "slice")},
}
