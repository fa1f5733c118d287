"""The columns of a file that name the classes of which another has the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataprep.formats.format import Row
from dataprep.formats.verdict_words import number_of


def names_of(answered: str, rows: Sequence[Row]) -> frozenset[str]:
    """The columns whose words stand for the whole numbers of another, one to one.

    Told where some number comes twice, and there are two of them: else any column would do.
    """
    numbers = [number for row in rows if (number := _whole(row.get(answered))) is not None]
    if len(numbers) < len(rows) or not 2 <= len(set(numbers)) < len(numbers):
        return frozenset()
    keys = {key for row in rows for key in row} - {answered}
    return frozenset(key for key in keys if _are_names([row.get(key) for row in rows], numbers))


def _are_names(said: Sequence[Any], numbers: Sequence[int]) -> bool:
    """Whether each number has a word of its own, and each word a number."""
    if not all(isinstance(one, str) and one.strip() and _whole(one) is None for one in said):
        return False
    pairs = set(zip(numbers, said, strict=True))
    return len(pairs) == len(set(numbers)) == len(set(said))


def _whole(value: Any) -> int | None:
    """A whole number, or the text of one; None for another value."""
    number = None if isinstance(value, bool) else number_of(value)
    return int(number) if number is not None and number.is_integer() else None
