"""One view of a text, and what is seen of it once: its names, its words, its runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

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

    def kinds(self, told: tuple[SensitiveKind, ...]) -> Iterator[SensitiveKind]:
        """The kinds of which a name or another word stands in the text."""
        names = self.names()
        lower = self.lower_case()
        kinds = PASSWORDS_TOO if told is PASSWORDS_TOO else TOLD
        present: set[int] = set()
        for stem, words in _by_stems(told is PASSWORDS_TOO, self.text.isascii()):
            if stem in lower:
                for word, low, ats in words:
                    if word in (lower if low else self.text):
                        present.update(ats)
        if not present.isdisjoint(_AFAR) and not any(map(lower.__contains__, PASSWORD_WORDS)):
            present -= _AFAR
        for at, kind in enumerate(kinds):
            if at in present or (names and kind.at == "names"):
                yield kind

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

_STEMS = (
    *("key", "pass", "token", "secret", "auth", "login", "cred", "ldap", "-u", "$", "=", ":", '"'),
    *(".", "_", "(", "-", "sql", "akia", "snmp", "bundle", "enable "),
)
"""What stands in many words: none of them need be asked for in a text without it."""


@cache
def _by_stems(every: bool, ascii_only: bool) -> list[tuple[str, list[tuple[str, bool, list[int]]]]]:
    """The words of the kinds by what stands in each of them in lower case.

    With each word, whether it is lower-case, and which kinds have it. In a text of ASCII no other
    word can stand.
    """
    found: dict[str, dict[str, list[int]]] = {}
    for at, kind in enumerate(PASSWORDS_TOO if every else TOLD):
        for word in kind.words if kind.at != "names" else ():
            if word.isascii() or not ascii_only:
                low = word.lower()
                stem = next((stem for stem in _STEMS if stem in low), low)
                found.setdefault(stem, {}).setdefault(word, []).append(at)
    return [
        (stem, [(word, word.islower(), ats) for word, ats in words.items()])
        for stem, words in found.items()
    ]


def _lower_one(character: str) -> str:
    return character.lower() if len(character.lower()) == 1 else character


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when it is first needed: all of them take some 100 ms."""
    return re.compile(pattern)
