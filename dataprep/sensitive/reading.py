"""One view of a text, and what is seen of it once: its names, its words, its runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise

from dataprep.patterns import LatePattern
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
        self._numbers: list[int] | None = None
        self._places: dict[str, list[int]] = {}
        self._runs: dict[str, tuple[int, int]] = {}

    def kinds(
        self, told: tuple[SensitiveKind, ...]
    ) -> Iterator[tuple[SensitiveKind, tuple[str, ...]]]:
        """The kinds that match where a name or a word of theirs stands, with these words.

        Of hundreds of kinds a word stands in most texts, and few match: those are passed by here.
        """
        every = told is PASSWORDS_TOO
        kinds = PASSWORDS_TOO if every else TOLD
        hits: list[tuple[int, tuple[str, ...]]] = []
        for words, tried in _tried_for(every, self.words(every=every), self._may_be_afar()):
            hits += [(at, words) for at in self._matching(tried, self._places_of(words))]
        if names := self.names():
            hits += [(at, ()) for at in self._matching(_of_names(every), names)]
        for at, words in sorted(hits):
            yield kinds[at], words

    def _matching(self, tried: tuple[NumberedKind, ...], places: list[int]) -> Iterator[int]:
        """The numbers of the kinds that match at one of some places, or that try everywhere."""
        text = self.text
        for at, kind in tried:
            if not kind.at:
                yield at
                continue
            match = compiled(kind.pattern).match
            for place in places:
                if match(text, place):
                    yield at
                    break

    def words(self, *, every: bool) -> frozenset[str]:
        """The words of the kinds that stand in the text, of those that two characters let in it."""
        text, lower = self.text, self.lower_case()
        index = _by_pairs(every, text.isascii())
        found: set[str] = set()
        for pair in index.keys() & {_ALONE, *pairwise(lower)}:
            for word, low in index[pair]:
                if word in (lower if low else text):
                    found.add(word)
        return frozenset(found)

    def _may_be_afar(self) -> bool:
        """Whether a word of a password stands in the text."""
        return any(map(self.lower_case().__contains__, PASSWORD_WORDS))

    def _places_of(self, words: tuple[str, ...]) -> list[int]:
        """Where some words begin, word by word."""
        if len(words) == 1:
            return self.places(words[0])
        return [place for word in words for place in self.places(word)]

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

    def numbers(self) -> list[int]:
        """Where numbers of somebody's may begin, which may have letters in them."""
        if self._numbers is None:
            self._numbers = [found.start() for found in _NUMBER.finditer(self.text)]
        return self._numbers

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


_NUMBER = LatePattern(r"(?<![\w.+/=-])[A-Z\d+(]")


def _places_in(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


_AFAR = frozenset(PASSWORDS_TOO.index(kind) for kind in (*FROM_AFAR, *ASKED))
"""The numbers of the kinds that begin with a common word and need one of a password, too."""

KindWord = tuple[str, bool]
"""A word of some kinds, and whether it is lower-case."""

NumberedKind = tuple[int, SensitiveKind]

_ALONE = ("", "")
"""In place of two characters, for words of one."""


@lru_cache(maxsize=1024)
def _tried_for(
    every: bool, present: frozenset[str], afar: bool
) -> tuple[tuple[tuple[str, ...], tuple[NumberedKind, ...]], ...]:
    """The kinds to be tried where some words stand, by those of their words that do.

    `afar` tells whether those that need a word of a password, too, are among them.
    """
    kinds = PASSWORDS_TOO if every else TOLD
    with_word = _by_word(every)
    found: dict[tuple[str, ...], list[NumberedKind]] = {}
    for at in {at for word in present for at in with_word[word]}:
        if afar or at not in _AFAR:
            words = tuple(word for word in kinds[at].words if word in present)
            found.setdefault(words, []).append((at, kinds[at]))
    return tuple((words, tuple(tried)) for words, tried in found.items())


@cache
def _by_word(every: bool) -> dict[str, list[int]]:
    """The numbers of the kinds of each word."""
    found: dict[str, list[int]] = {}
    for at, kind in enumerate(PASSWORDS_TOO if every else TOLD):
        for word in kind.words if kind.at != "names" else ():
            found.setdefault(word, []).append(at)
    return found


@cache
def _of_names(every: bool) -> tuple[NumberedKind, ...]:
    """The kinds that are tried where the name of a secret stands."""
    kinds = PASSWORDS_TOO if every else TOLD
    return tuple((at, kind) for at, kind in enumerate(kinds) if kind.at == "names")


@cache
def _by_pairs(every: bool, ascii_only: bool) -> dict[tuple[str, str], list[KindWord]]:
    """The words of the kinds by two characters in a row that texts seldom have, in lower case.

    In a text of ASCII no other word can stand.
    """
    words = {
        word: None
        for kind in (PASSWORDS_TOO if every else TOLD)
        for word in (kind.words if kind.at != "names" else ())
        if word.isascii() or not ascii_only
    }
    index: dict[tuple[str, str], list[KindWord]] = {_ALONE: []}
    for word in words:
        pair = max(pairwise(map(_lower_one, word)), key=_rarity, default=_ALONE)
        index.setdefault(pair, []).append((word, word.islower()))
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
