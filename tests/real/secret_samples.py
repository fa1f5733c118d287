"""Random texts of a pattern: every choice that it leaves is drawn."""

from __future__ import annotations

import random
import string
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

WORD = string.ascii_letters + string.digits
MORE = 24
"""Repeats beyond the least, where a pattern sets no end."""


def sample(pattern: str, rng: random.Random) -> str:
    """A text that a pattern matches; what it looks for around the match is not made."""
    return _all(_parser.parse(pattern), rng)


def _all(parsed: Any, rng: random.Random) -> str:
    return "".join(_one(operator, value, rng) for operator, value in parsed)


def _one(operator: Any, value: Any, rng: random.Random) -> str:
    if operator in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        least, most, inside = value
        if inside[0] == (sre.LITERAL, ord(" ")):
            most = 1
        times = rng.randint(int(least), min(int(most), int(least) + MORE))
        return "".join(_all(inside, rng) for _ in range(times))
    if operator is sre.LITERAL:
        return chr(value)
    if operator is sre.IN:
        return rng.choice(_members(value))
    if operator is sre.SUBPATTERN:
        return _all(value[-1], rng)
    if operator is sre.BRANCH:
        return _all(rng.choice(value[1]), rng)
    return rng.choice(WORD) if operator in (sre.ANY, sre.NOT_LITERAL) else ""


def _members(items: Any) -> str:
    """The ASCII letters, digits and marks of a class."""
    if items[0][0] is sre.NEGATE:
        return WORD
    found = ""
    for operator, value in items:
        if operator is sre.RANGE:
            found += "".join(map(chr, range(value[0], value[1] + 1)))
        elif operator is sre.LITERAL:
            found += chr(value)
        else:
            found += {sre.CATEGORY_DIGIT: string.digits, sre.CATEGORY_SPACE: " "}.get(value, WORD)
    return found
