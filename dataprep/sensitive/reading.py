"""One view of a text, and what is seen of it once: its names, its words, its runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache, lru_cache

from dataprep.patterns import LatePattern
from dataprep.sensitive.assignments import TOLD
from dataprep.sensitive.literals import Literals
from dataprep.sensitive.match import SensitiveKind
from dataprep.sensitive.names import NAME_WORDS, names_in
from dataprep.sensitive.replies import ASKED
from dataprep.sensitive.secrets import PRIVATE_KEYS
from dataprep.sensitive.sentences import FROM_AFAR, PASSWORD_WORDS
from dataprep.sensitive.tables import HEAD_WORDS, TITLE_WORDS
from dataprep.sensitive.views import View
from dataprep.sensitive.words import PASSWORDS_TOO, long_words, tokens_in


class ViewReading:
    """One view of a text, with what is quick to see of it."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.text = view.text
        self.longs = long_words(view.text)
        self._lower = ""
        self._names: list[int] | None = None
        self._found: dict[str, list[int]] | None = None
        self._numbers: list[int] | None = None
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
        for words, tried in _tried_for(every, self.words(every=every), self.has(PASSWORD_WORDS)):
            hits += [(at, words) for at in self._matching(tried, self._word_by_word(words))]
        if names := self.names():
            hits += [(at, ()) for at in self._matching(_of_names(every), names)]
        for at, words in sorted(hits):
            yield kinds[at], words

    def tokens(self) -> list[SensitiveKind]:
        """The kinds of tokens that match: all of a token is one word, and a long one."""
        return [kind for kind in tokens_in(self.longs) if compiled(kind.pattern).search(self.longs)]

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
        """The words of the kinds that stand in the text."""
        return frozenset(self._standing().keys() & _by_word(every).keys())

    def _standing(self) -> dict[str, list[int]]:
        """The words that are looked for, and where each of them begins, if it does."""
        if self._found is None:
            literals, loud = _literals()
            self._found = {
                literals.words[number]: places
                for number, places in literals.places_in(self.lower_case()).items()
            }
            for low in self._found.keys() & loud.keys():
                places = self._found[low] if low in _known_words() else self._found.pop(low)
                for word in loud[low]:
                    if spelled := [at for at in places if self.text.startswith(word, at)]:
                        self._found[word] = spelled
        return self._found

    def has(self, words: Collection[str]) -> bool:
        """Whether one of some known words stands in the text."""
        return not self._standing().keys().isdisjoint(words)

    def places_of(self, words: frozenset[str]) -> list[int]:
        """Where some known words begin, in the order of the text."""
        standing = self._standing()
        return sorted([at for word in standing.keys() & words for at in standing[word]])

    def _word_by_word(self, words: tuple[str, ...]) -> list[int]:
        """Where some words begin, word by word."""
        if len(words) == 1:
            return self.places(words[0])
        return [place for word in words for place in self.places(word)]

    def places(self, word: str) -> list[int]:
        """Where a word begins; a lower-case one in any case. Each word is looked for once."""
        standing = self._standing()
        if word not in standing and word not in _known_words():
            text = self.lower_case() if word.islower() else self.text
            standing[word] = list(_places_in(text, word))
        return standing.get(word, [])

    def names(self) -> list[int]:
        """Where the names of variables begin that may tell a secret."""
        if self._names is None:
            standing = self._standing()
            words = [word for word in NAME_WORDS if word in standing]
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


_NUMBER = LatePattern(
    r"(?<![\w.+/=-])(?:[A-Z]{2}\d\d|\d{1,3}\.\d|[A-Z\d+(](?=(?:[A-Z ./()-]{0,6}\d){5}))"
)
"""How an IBAN begins, the address of a computer, and any other number: by six digits."""


def _places_in(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


_AFAR = frozenset(PASSWORDS_TOO.index(kind) for kind in (*FROM_AFAR, *ASKED))
"""The numbers of the kinds that begin with a common word and need one of a password, too."""

NumberedKind = tuple[int, SensitiveKind]


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
def _literals() -> tuple[Literals, dict[str, list[str]]]:
    """All words in lower case, and for some of these the words in their own case."""
    loud: dict[str, list[str]] = {}
    for word in _known_words():
        if (low := "".join(map(_lower_one, word))) != word:
            loud.setdefault(low, []).append(word)
    return Literals((*_known_words(), *loud)), loud


@cache
def _known_words() -> dict[str, None]:
    """The words of the kinds, of names, of heads and titles and of private keys."""
    return dict.fromkeys(
        (
            *_by_word(True),
            *(*NAME_WORDS, *PASSWORD_WORDS, *HEAD_WORDS, *TITLE_WORDS),
            *(word for kind in PRIVATE_KEYS for word in kind.words),
        )
    )


def _lower_one(character: str) -> str:
    return character.lower() if len(character.lower()) == 1 else character


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when it is first needed: all of them take some 100 ms."""
    return re.compile(pattern)
