"""The words of the field: what stands in names of fields, variables, methods and files.

`technical_words.txt` holds the words that stand in the names of at least forty of the modules of
Python's library and the packages from its index, less those that people like to make passwords
of (colours, animals, seasons, places), and the words of forms, manuals, databases and servers in
English, German, French, Spanish, Portuguese, Italian, Dutch and Polish, without accents.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from dataprep.patterns import LatePattern

_RUN = LatePattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_OF_NAMES = LatePattern(
    r"\A(?=[A-Za-z0-9]{0,400}[_./:|,;()\[\]+ -])[A-Za-z0-9_./:|,;()\[\]+ -]{1,400}\Z"
)
"""Letters and digits with a mark among them that names and rules have."""

_LATIN = 0x24F
"""The last letter of Latin scripts."""

_LEAST = 3
"""Letters of a word; fewer may be any."""


@cache
def technical_words() -> frozenset[str]:
    """The words of names, in lower case."""
    text = Path(__file__).with_name("technical_words.txt").read_text("utf-8")
    return frozenset(text.split())


def words_of_people(text: str) -> list[str]:
    """The words of three letters or more that names of the field do not have: `winterhude_44`."""
    return [word for word in _RUN.findall(text) if len(word) >= _LEAST and not _technical(word)]


def names_only(text: str) -> bool:
    """Whether a text with marks is made of the words of names: `user-input-2`, `min:8|max:64`."""
    if not _OF_NAMES.match(text):
        return False
    runs = _RUN.findall(text)
    words = [run for run in runs if len(run) >= _LEAST]
    return len(runs) <= 3 * len(words) and all(map(_technical, words))


def _technical(word: str) -> bool:
    """Whether a word, or what it is a form of, is a word of the field."""
    known, low = technical_words(), word.lower()
    return low in known or any(
        low.removesuffix(ending) in known for ending in ("s", "es", "d", "ed", "ing")
    )


def without_accents(text: str) -> str:
    """Latin letters as those of ASCII that they are made of; text of other scripts is no word."""
    if text.isascii():
        return text
    if any(ord(c) > _LATIN for c in text):
        return ""
    pieces = (unicodedata.normalize("NFD", c)[0] for c in text)
    return "".join(c if c.isascii() else "O" if c.isupper() else "o" for c in pieces)
