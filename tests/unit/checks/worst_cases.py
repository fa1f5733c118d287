"""Texts on which a pattern would be slow if it could be: made of what it is looking for.

For each place of a pattern where something repeats there is a text that leads there and repeats it
to the end, and one that begins again and again; all end in what fits nothing.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

LENGTH = 8_000
"""Characters of a case: a quadratic search takes half a second of them, a linear one 20 ms."""

NEAR_MISS = "\x01!"
_CATEGORIES = {sre.CATEGORY_DIGIT: "7", sre.CATEGORY_SPACE: " ", sre.CATEGORY_WORD: "a"}
_NOT = {sre.CATEGORY_NOT_SPACE: "a", sre.CATEGORY_NOT_WORD: "-", sre.CATEGORY_NOT_DIGIT: "a"}


def cases(pattern: str) -> Iterator[str]:
    """The worst cases of a pattern, each of `LENGTH` characters or few more."""
    repeats: list[tuple[str, str]] = []
    sample = _sample(_parser.parse(pattern), "", repeats)
    units = {sample, sample[:-1], sample[: len(sample) // 2]}
    for before, unit in repeats:
        units |= {before + unit, unit}
        yield before + _filled(unit) + NEAR_MISS
        yield f"{before}{_filled(unit)}{NEAR_MISS}{before}{unit}{sample}"
    for unit in sorted(units - {""}):
        yield _filled(unit) + NEAR_MISS


def _filled(unit: str) -> str:
    return unit * (LENGTH // len(unit) + 1)


def _sample(parsed: Any, before: str, repeats: list[tuple[str, str]]) -> str:
    """A text that a parsed pattern matches; what repeats in it is noted with what leads there."""
    made = ""
    for operator, value in parsed:
        if operator in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            least, most, inside = value
            unit = _sample(inside, before + made, repeats)
            if unit and most > 1:
                repeats.append((before + made, unit))
            made += unit * max(int(least), 1)
        else:
            made += _one(operator, value, before + made, repeats)
    return made


def _one(operator: Any, value: Any, before: str, repeats: list[tuple[str, str]]) -> str:
    if operator is sre.LITERAL:
        return chr(value)
    if operator is sre.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if operator is sre.ANY:
        return "a"
    if operator is sre.IN:
        return _member(value)
    if operator is sre.SUBPATTERN:
        return _sample(value[-1], before, repeats)
    if operator is sre.ATOMIC_GROUP:
        return _sample(value, before, repeats)
    if operator is sre.BRANCH:
        return next(_sample(branch, before, repeats) for branch in value[1])
    return ""  # what looks around or stands at an edge has no width


def _member(items: Any) -> str:
    """A character of a class, a letter where it has one."""
    if items[0][0] is sre.NEGATE:
        return "a"
    found = [_of_item(*item) for item in items]
    return next((c for c in found if c.isalpha()), found[0])


def _of_item(operator: Any, value: Any) -> str:
    if operator is sre.RANGE:
        return chr(value[0])
    if operator is sre.LITERAL:
        return chr(value)
    return _CATEGORIES.get(value) or _NOT[value]


def seconds(search: Callable[[str], object], text: str) -> float:
    """Processor seconds of a search, the best of two."""

    def once() -> float:
        start = time.process_time()
        search(text)
        return time.process_time() - start

    return min(once(), once())


def grows_too_fast(search: Callable[[str], object], text: str, quarter: str = "") -> bool:
    """Whether four times a text takes far more than four times as long: eight, or more.

    A text whose first quarter is none of its kind (half a JSON list) comes with one that is.

    Where all of it takes less than 60 ms, nobody need ask.
    """
    whole = seconds(search, text)
    return whole > 0.06 and whole > 8 * seconds(search, quarter or text[: len(text) // 4])


def search_all(pattern: str) -> Callable[[str], object]:
    """What finds every match of a pattern in a text."""
    compiled = re.compile(pattern)
    return lambda text: sum(1 for _ in compiled.finditer(text))
