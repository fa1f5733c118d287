"""One view of a text, and what is seen of it once: its names, its words, its runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from dataprep.sensitive.assignments import TOLD
from dataprep.sensitive.match import SensitiveKind
from dataprep.sensitive.names import NAME_WORDS, names_in
from dataprep.sensitive.replies import ASKED
from dataprep.sensitive.sentences import FROM_AFAR, PASSWORD_WORDS
from dataprep.sensitive.views import View
from dataprep.sensitive.words import PASSWORDS_TOO, long_words


class ViewReading:
    """One view of a text, with what is quick to see of it."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.text = view.text
        self.longs = long_words(view.text)
        self._lower = ""
        self._names: list[int] | None = None
        self._places: dict[str, list[int]] = {}
        self._runs: dict[str, tuple[int, int]] = {}

    def kinds(self, told: tuple[SensitiveKind, ...]) -> Iterator[tuple[SensitiveKind, list[str]]]:
        """The kinds of which a name or another word stands in the text, with these words."""
        names = self.names()
        lower = self.lower_case()
        kinds = PASSWORDS_TOO if told is PASSWORDS_TOO else TOLD
        present: dict[int, list[tuple[int, str]]] = {}
        for word, low, ats in self._likely(every=told is PASSWORDS_TOO):
            if word in (lower if low else self.text):
                for at, number in ats:
                    present.setdefault(at, []).append((number, word))
        afar = not _AFAR.isdisjoint(present) and any(map(lower.__contains__, PASSWORD_WORDS))
        numbers = sorted(present) if not names else range(len(kinds))
        for at in numbers:
            kind = kinds[at]
            if (at in present and (afar or at not in _AFAR)) or (names and kind.at == "names"):
                yield kind, [word for _, word in sorted(present.get(at, ()))]

    def _likely(self, *, every: bool) -> Iterator[KindWord]:
        """The words that may stand in the text, by two of their characters."""
        index = _by_pairs(every, self.text.isascii())
        for pair in index.keys() & set(pairwise(self.lower_case())):
            yield from index[pair]
        yield from index[_ALONE]

    def places(self, word: str) -> list[int]:
        """Where a word begins; a lower-case one in any case. Each word is looked for once."""
        if word not in self._places:
            text = self.lower_case() if word.islower() else self.text
            self._places[word] = list(_places_in(text, word))
        return self._places[word]

    def names(self) -> list[int]:
        """Where the names of variables begin that may tell a secret."""
        if self._names is None:
            lower = self.lower_case()
            words = [word for word in NAME_WORDS if word in lower]
            self._names = sorted(names_in(self.text, words, self.places)) if words else []
        return self._names

    def end_of_run(self, characters: str, at: int) -> int:
        """Where a run of a class of characters ends; each run is read once."""
        start, end = self._runs.get(characters, (0, 0))
        if not start <= at < end:
            found = compiled(f"{characters}*+={{0,2}}").match(self.text, at)
            start, end = self._runs[characters] = (at, found.end() if found else at)
        return end

    def lower_case(self) -> str:
        """The text in lower case, where every character keeps its place."""
        if not self._lower:
            lower = self.text.lower()
            same = len(lower) == len(self.text)
            self._lower = lower if same else "".join(map(_lower_one, self.text))
        return self._lower


def _places_in(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


_AFAR = frozenset(PASSWORDS_TOO.index(kind) for kind in (*FROM_AFAR, *ASKED))
"""The numbers of the kinds that begin with a common word and need one of a password, too."""

KindWord = tuple[str, bool, list[tuple[int, int]]]
"""A word with whether it is lower-case, which kinds have it, and as which of their words."""

_ALONE = ("", "")
"""In place of two characters, for words of one."""


@cache
def _by_pairs(every: bool, ascii_only: bool) -> dict[tuple[str, str], list[KindWord]]:
    """The words of the kinds by two characters in a row that texts seldom have, in lower case.

    In a text of ASCII no other word can stand.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    for at, kind in enumerate(PASSWORDS_TOO if every else TOLD):
        for number, word in enumerate(kind.words if kind.at != "names" else ()):
            if word.isascii() or not ascii_only:
                found.setdefault(word, []).append((at, number))
    index: dict[tuple[str, str], list[KindWord]] = {_ALONE: []}
    for word, ats in found.items():
        lower = "".join(map(_lower_one, word))
        pair = max(pairwise(lower), key=_rarity, default=_ALONE)
        index.setdefault(pair, []).append((word, word.islower(), ats))
    return index


_OFTEN = "etaoinsrhldcumfpgwybvkxjqz"
"""Letters, those that English has most often first."""


def _rarity(pair: tuple[str, str]) -> int:
    """How seldom two characters stand in a text; a blank is as frequent as any letter."""
    return sum(_OFTEN.index(c) if c in _OFTEN else len(_OFTEN) * (c != " ") for c in pair)


def _lower_one(character: str) -> str:
    return character.lower() if len(character.lower()) == 1 else character


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when it is first needed: all of them take some 100 ms."""
    return re.compile(pattern)
