"""Whether words for a person would show a piece of a secret that stands in a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from dataprep.sensitive.fields import items_named, named
from dataprep.sensitive.match import with_stand_ins
from dataprep.sensitive.matching import matches, secrets
from dataprep.sensitive.names import REMEMBERED, names_secret
from dataprep.sensitive.pins import names_pin
from dataprep.sensitive.views import bare
from dataprep.sensitive.words import is_short_word

PIECE = 6
"""Characters in a row of a secret that nobody may see."""

OF_A_PERSON = 12
"""The same of what is personal, in which a plain word may stand."""


def strings(value: Any, path: str = "", name: str = "") -> Iterator[tuple[str, str, str]]:
    """Every text in a JSON value with its path and the name that may tell what it is.

    A key that is private is a text, too, at the path of its object.
    """
    if isinstance(value, str):
        yield path, value, name
    elif isinstance(value, dict):
        for key, inside, told in named(value, name):
            private = _is_private(key)
            if private:
                yield path, key, ""
            below = path if private else f"{path}.{key}".removeprefix(".")
            yield from strings(inside, below, told)
    elif isinstance(value, list):
        for number, inside, told in items_named(value, name):
            yield from strings(inside, f"{path}[{number}]", told)


def texts_in(value: Any) -> list[str]:
    """The same texts in any order, without their paths, which takes a fraction of the time.

    Among them are the names of keys that tell a secret; the role of a message is none of them.
    """
    found: list[str] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict):
            found += [told for key in one if (told := _tells(key))]
            waiting += [inside for key, inside in one.items() if not _is_role(key, inside)]
        elif isinstance(one, list):
            waiting += one
    return found


def _is_role(key: str, value: Any) -> bool:
    """Whether a value only says who speaks: `user` is a word of many kinds, and none by itself."""
    return key in _ROLES and isinstance(value, str) and is_short_word(value)


_ROLES = ("role", "from")


@lru_cache(maxsize=REMEMBERED)
def _is_private(key: str) -> bool:
    """Whether the name of a key is itself a secret, or personal data."""
    return any(True for _ in matches(key))


@lru_cache(maxsize=REMEMBERED)
def _tells(key: str) -> str:
    """The key, if it is private; a word that is looked for, if it says that its value is."""
    if names_secret(key) or names_pin(key):
        return "password"
    return key if _is_private(key) else ""


def pieces_shown(
    rows: Iterable[Any], words: Iterable[str], of_a_person: int = PIECE
) -> frozenset[str]:
    """The pieces of what is private in some rows that some words show, both as `bare` spells them.

    A piece has six characters, of personal data as many as `of_a_person`. Every one of a secret
    is looked up among those of the words, so that the time is that of both lengths together.
    """
    sights: dict[int, set[str]] = {}
    spelled = [bare(word) for word in words]
    shown = set()
    for row in rows:
        for secret, code in _private(row):
            whole = bare(secret)
            size = min(of_a_person if code.startswith("P1") else PIECE, len(whole))
            if size not in sights:
                sights[size] = {piece for word in spelled for piece in _cut(word, size)}
            shown.update(sights[size].intersection(_cut(whole, size)))
    return frozenset(shown)


def shows(words: str, rows: Iterable[Any]) -> bool:
    """Whether words hold a piece of a secret of some rows, or more of what is personal."""
    return bool(pieces_shown(rows, [words], OF_A_PERSON))


def without_keys(words: str) -> str:
    """Words with a stand-in for every key or token in them."""
    return with_stand_ins(words, secrets(words))


def _private(row: Any) -> Iterator[tuple[str, str]]:
    """What is private in a row, with the code of its kind."""
    for _, text, name in strings(row):
        for match in matches(text, name):
            yield text[match.start : match.end], match.kind.code


def _cut(text: str, size: int) -> Iterator[str]:
    """Every piece of so many characters."""
    return (text[at : at + size] for at in range(len(text) - size + 1)) if size else iter(())
