"""How large one row may be, whatever file it stands in, so that it is judged in seconds."""

from __future__ import annotations

from typing import Any

from dataprep import rules
from dataprep.finding import Finding, Place
from dataprep.pictures import is_picture

MAX_LINE = 128 * 1024 * 1024
"""Bytes of one row with its pictures: ten of 10 MB fit in it."""

MAX_TEXT = 32 * 1024 * 1024
"""Bytes of one row without them: such a text is judged in ten to twenty seconds."""

MAX_KEYS = 10_000
"""Keys, or columns, of one row: each is accounted for."""

MAX_VALUES = 500_000
"""Values at any depth of one row: each is looked at."""

_LOOKED_INTO = 1_000_000
"""Bytes from which on a row can hold too many values: none is shorter than two."""


def too_large(value: Any, size: int, place: Place) -> Finding | None:
    """J012 for a row of too many bytes, keys or values; `size` is that of its JSON."""
    if size > MAX_LINE:
        return too_long(size, place, MAX_LINE)
    if isinstance(value, dict) and len(value) > MAX_KEYS:
        words = f"has {len(value):,} keys, more than {MAX_KEYS:,}"
        return rules.found("J012", words, place)
    if size < _LOOKED_INTO:
        return None
    count, pictures = _measured(value)
    if count > MAX_VALUES:
        return rules.found("J012", f"holds more than {MAX_VALUES:,} values", place)
    if (text := size - pictures) > MAX_TEXT:
        return too_long(text, place, what=" without its pictures" if pictures else "")
    return None


def too_long(size: int, place: Place, most: int = MAX_TEXT, what: str = "") -> Finding:
    """J012 for a row of so many bytes; `what` says which of them count."""
    words = f"is {size:,} bytes long{what}, more than {most:,}"
    return rules.found("J012", words, place)


def _measured(value: Any) -> tuple[int, int]:
    """How many values stand in a value, at most one over MAX_VALUES, and the bytes of pictures."""
    waiting, count, pictures = [value], 0, 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            pictures += len(one) if is_picture(one) else 0
        elif isinstance(one, dict | list):
            count += len(one)
            if count > MAX_VALUES:
                return MAX_VALUES + 1, 0
            waiting += one.values() if isinstance(one, dict) else one
    return count, pictures
