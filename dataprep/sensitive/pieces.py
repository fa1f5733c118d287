"""Whether words for a person would show a piece of a secret that stands in a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from dataprep.sensitive.matching import SECRET, matches, secrets

PIECE = 6
"""Characters in a row of a secret that nobody may see."""

OF_A_PERSON = 12
"""The same of what is personal, in which a plain word may stand."""


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a JSON value with its path; a key that is private is one, at its object's."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inside in value.items():
            private = _is_private(key)
            if private:
                yield path, key
            yield from strings(inside, path if private else f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from strings(inside, f"{path}[{number}]")


def texts_in(value: Any) -> list[str]:
    """The same texts in any order, without their paths, which takes a fraction of the time."""
    found: list[str] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict):
            found += filter(_is_private, one)
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return found


@lru_cache(maxsize=4096)
def _is_private(key: str) -> bool:
    """Whether the name of a key is itself a secret, or personal data."""
    return any(True for _ in matches(key))


def pieces(row: Any) -> Iterator[str]:
    """Every piece of what is private in a row."""
    for secret, _ in _private(row):
        yield from _cut(secret, PIECE)


def shows(words: str, rows: Iterable[Any]) -> bool:
    """Whether words hold a piece of a secret of some rows, or more of what is personal."""
    return any(
        piece in words
        for row in rows
        for secret, code in _private(row)
        for piece in _cut(secret, PIECE if code in SECRET else OF_A_PERSON)
    )


def without_keys(words: str) -> str:
    """Words with a stand-in for every key or token in them."""
    for match in reversed(list(secrets(words))):
        words = words[: match.start] + match.kind.stand_in + words[match.end :]
    return words


def _private(row: Any) -> Iterator[tuple[str, str]]:
    """What is private in a row, with the code of its kind."""
    for _, text in strings(row):
        for match in matches(text):
            yield text[match.start : match.end], match.kind.code


def _cut(secret: str, size: int) -> Iterator[str]:
    return (secret[at : at + size] for at in range(max(1, len(secret) - size + 1)))
