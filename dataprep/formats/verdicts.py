"""What a column that judges the answers says: by a truth, a word or a number, and by its name.

A column is taken as a whole: where its first values go beyond 0, 1 and -1 it is a scale, of which
nobody but the user knows what is good; where some of its words judge, all of them must.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from dataprep.formats.format import Reading, Row
from dataprep.formats.literals import from_cell
from dataprep.formats.meanings import Meaning, folded, meaning_of, says_when_gone, words_of
from dataprep.formats.spellings import ROLES
from dataprep.formats.verdict_words import (
    BAD,
    GOOD,
    NUMBERS,
    OF_CLASSES,
    OF_SCALES,
    PLAIN_WORDS,
    Saying,
    bound_of,
    folded_words,
    good_if_true,
    is_of_numbers,
    is_of_row,
    is_removal,
    number_of,
    of_word,
    plain,
    says_bad,
    says_good,
    sounds_bad,
    truth_of,
)

_BOTH = ({"0", "1"}, {"0.0", "1.0"}, {"y", "n"})
_FEW = 12
"""Values of a column without a name that are looked at; one with more holds no verdicts."""

_UNSAID = {"", "None"}
"""What a column holds, as text, in a row of which it says nothing."""

_SAYS_UNANSWERABLE = folded_words("is_impossible impossible unanswerable is_unanswerable")


class VerdictColumns:
    """The columns of one file that judge answers, by their values in the first rows."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._largest: dict[str, float] = {}
        self._judging: set[str] = set()
        self._scales: set[str] = set()
        self._rows = len(rows)
        self._values: dict[str, Counter[str]] = {}
        self._unnamed: dict[str, dict[str, str]] = {}
        for row in rows:
            for name, value in row.items():
                meaning = meaning_of(name)
                if meaning in _OF_VERDICTS:
                    self._look(name, value)
                elif meaning is None and isinstance(value, str | int | float):
                    self._look_at_unnamed(name, value)
                for path, inner in judged_inside(name, value):
                    self._look(path, inner)

    def _look(self, name: str, value: Any) -> None:
        for one in value if isinstance(value, list) else [value]:
            self._values.setdefault(name, Counter())[str(one)] += 1
            number = number_of(one)
            if number is not None:
                self._largest[name] = max(self._largest.get(name, 0), abs(number))
                if number not in NUMBERS:
                    self._scales.add(name)
            is_word = isinstance(one, str) and of_word(plain(one), name) is not None
            if is_word or truth_of(one) is not None:
                self._judging.add(name)

    def _look_at_unnamed(self, name: str, value: str | float) -> None:
        """Keep what a column with a name that says nothing holds, as far as it is a word."""
        said = self._unnamed.setdefault(name, {})
        if len(said) <= _FEW:
            said.setdefault(plain(str(value)), str(value))

    @cached_property
    def expected(self) -> tuple[str, ...]:
        """The columns that a row says something in, if its answer was judged.

        The first rows approve or reject in them. Where they only ever say that something is wrong
        (flagged, deleted), there is nothing wrong with the rows that say nothing.
        """
        return tuple(name for name, said in self._values.items() if self._is_expected(name, said))

    def _is_expected(self, name: str, values: Counter[str]) -> bool:
        given = values.keys() - _UNSAID
        key = name.rpartition(".")[2]
        is_verdict = meaning_of(key) is Meaning.VERDICT or None not in map(truth_of, given)
        if is_of_row(key) or not is_verdict:
            return False
        said = {self._judged(key, value) for value in given} & {Saying.GOOD, Saying.BAD}
        only_bad = said == {Saying.BAD} and (sounds_bad(key) or is_removal(key))
        return bool(said) and not only_bad

    def may_judge(self, name: str, value: Any) -> bool:
        """Whether a column judges by its first values and by this, whatever it is called.

        Some of its few words approve and others do not, or it holds 0 and 1 and nothing else.
        """
        said = {*self._unnamed.get(name, {})} - {""}
        if isinstance(value, str) and said and said <= GOOD:
            said.add(plain(value))
        if said in _BOTH:
            return True
        return 1 < len(said) <= _FEW and bool(said & GOOD) and bool(said & BAD)

    def saying(self, name: str, value: Any, reading: Reading) -> Saying:
        """What one value says of the answer of its row."""
        if folded(name) in _SAYS_UNANSWERABLE:
            known = truth_of(value) is False or "unanswerable" in reading.uses.values()
            return Saying.NOTHING if known else Saying.UNCLEAR
        if reading.kind == "preference" and is_of_numbers(value):
            return Saying.NOTHING  # ratings of the answers, of which one is better all the same
        if isinstance(value, list):
            said = {self.saying(name, one, reading) for one in value}
            return said.pop() if len(said) == 1 else Saying.UNCLEAR
        return self._judged(name, value)

    def rejects(self, name: str, value: Any) -> bool:
        """Whether one value under a name clearly rejects what it stands beside."""
        return self._judged(name, value) is Saying.BAD

    def of_chosen(self, name: str, value: Any) -> Saying:
        """What a column like chosen_correct says of the answer that was chosen."""
        said = words_of(name)
        if "chosen" not in said or number_of(value) is not None:
            return Saying.NOTHING
        rest = said - PLAIN_WORDS - {"chosen"}
        return self._judged("_".join(sorted(rest)), value) if rest else Saying.NOTHING

    def is_same(self, name: str, value: Any) -> bool:
        """Whether a column has that value in all of the first rows, of which there are several."""
        counts = self._values.get(name, Counter())
        return 1 < self._rows == counts[str(value)] == counts.total()

    def bound(self, name: str, value: Any) -> str:
        """A bound of what is good on the scale of a column, for the user to put right.

        Of words it is one that approves, where the first rows have such a word.
        """
        number = number_of(value)
        if number is None and isinstance(value, str):
            said = (*self._values.get(name, ()), *self._unnamed.get(name, {}).values())
            good = next((word for word in said if plain(word) in GOOD), None)
            return f'== "{good}"' if good is not None and '"' not in good else ""
        if name not in self._scales or number is None:
            return bound_of(number)
        return bound_of(max(self._largest[name], abs(number)), of_scale=True)

    def _judged(self, name: str, value: Any) -> Saying:
        if says_when_gone(name):
            return Saying.UNCLEAR
        number = number_of(value)
        if number is not None:
            is_scale = name in self._scales or bool(words_of(name) & OF_SCALES)
            if is_scale or number not in NUMBERS:
                return Saying.UNCLEAR
            if number < 0:
                return Saying.BAD if good_if_true(name) else Saying.UNCLEAR
        if (truth := truth_of(value)) is not None:
            if (good := good_if_true(name)) is None:
                speaks = says_bad(name) if truth else says_good(name)
                is_same = self.is_same(name, value) and not speaks
                return Saying.NOTHING if is_same else Saying.UNCLEAR
            return Saying.GOOD if truth is good else Saying.BAD
        if not isinstance(value, str):
            return Saying.UNCLEAR
        told = of_word(plain(value), name)
        if told is not None:
            return Saying.UNCLEAR if sounds_bad(name) else told
        is_class = name not in self._judging and folded(name) in OF_CLASSES
        return Saying.NOTHING if is_class else Saying.UNCLEAR


_OF_VERDICTS = (Meaning.VERDICT, Meaning.REJECTED, Meaning.CORRECTED)


def inside(value: Any, path: str) -> Iterator[tuple[str, str, Any]]:
    """The verdicts that stand deeper in a value: by the path in a template, the name, the value.

    The JSON of a list or an object, which a cell of a table holds, is looked into as well.
    """
    if isinstance(value, str):
        value = from_cell(value)
    if isinstance(value, dict):
        for name, inner in value.items():
            at = f"{path}.{name}" if name.isidentifier() else f'{path}["{name}"]'
            if isinstance(inner, dict | list):
                yield from inside(inner, at)
            elif inner not in (None, "") and _judges(name, inner):
                yield at, name, inner
    elif isinstance(value, list):
        for number, inner in enumerate(value[:_MOST_INSIDE]):
            yield from inside(inner, f"{path}[{number}]")


def _judges(name: str, value: Any) -> bool:
    """Whether a key deep in a row is a verdict, as one called bad is that says true."""
    meaning = meaning_of(name)
    return meaning is Meaning.VERDICT or (meaning in _OF_VERDICTS and truth_of(value) is not None)


_MOST_INSIDE = 20
"""Entries of a list that are looked into."""


def judged_inside(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The verdicts one step inside a column: in an object, or in the last answer of a list.

    By the path of each: `metadata.is_correct`, `messages[].rating`.
    """
    held, between = (value, ".") if isinstance(value, dict) else (last_answer_in(value), "[].")
    for name, inner in held.items():
        if meaning_of(name) in _OF_VERDICTS:
            yield f"{key}{between}{name}", inner


def last_answer_in(value: Any) -> Row:
    """The last message of an assistant in a list; an empty one where there is none."""
    turns: list[Any] = value if isinstance(value, list) else []
    for turn in reversed(turns):
        if isinstance(turn, dict):
            speaker = next((turn[name] for name in _SPEAKER if name in turn), None)
            if isinstance(speaker, str) and ROLES.get(speaker.lower()) == "assistant":
                return turn
    return {}


_SPEAKER = ("role", "from")


def says_nothing(row: Row, path: str) -> bool:
    """Whether a row has no verdict at a path, as `judged_inside` gives it."""
    if path in row or "." not in path:
        return row.get(path) in _EMPTY
    outer, _, name = path.rpartition(".")
    value = row.get(outer.removesuffix("[]"))
    held = value if isinstance(value, dict) else last_answer_in(value)
    return held.get(name) in _EMPTY


_EMPTY: tuple[Any, ...] = (None, "", [], {})
