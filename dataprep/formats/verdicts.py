"""What a column that judges the answers says: by a truth, a word or a number, and by its name.

A column is taken as a whole: where its first values go beyond 0, 1 and -1 it is a scale, of which
nobody but the user knows what is good; where some of its words judge, all of them must. Words were
gathered from public data sets and annotation tools, 2026-11.
"""

from __future__ import annotations

import enum
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from dataprep.formats.format import Reading, Row
from dataprep.formats.literals import from_cell
from dataprep.formats.meanings import Meaning, folded, meaning_of, says_when_gone, several, words_of


class Saying(enum.Enum):
    """What a value says of the answer beside it."""

    GOOD = "approved"
    BAD = "not approved"
    NOTHING = "no verdict"
    UNCLEAR = "a verdict that nobody explained"


def _words(text: str) -> frozenset[str]:
    return frozenset(map(folded, text.split()))


_TRUE = _words("true t yes y")
_FALSE = _words("false f no n nope")
_GOOD = _words(
    "accept accepted acceptable approve approved good up like liked correct right valid "
    "pass passed success successful succeeded solved safe helpful harmless desirable "
    "preferred better chosen excellent great ok okay verified validated thumbs_up 👍 "
    "complete completed submitted done"
)
_BAD = _words(
    "reject rejected bad down dislike disliked fail failed failure error ignore ignored deleted "
    "removed incorrect wrong invalid false_answer unsafe unhelpful harmful toxic undesirable "
    "dispreferred worse worst poor terrible awful unacceptable discard discarded declined denied "
    "skip skipped excluded incomplete disapproved refused deny low wrong_answer runtime_error "
    "hallucinated hallucination tie bad_answer thumbs_down 👎"
)
_FEELINGS = {"positive": Saying.GOOD, "negative": Saying.BAD}
"""Words that judge, unless the column may hold classes."""

_STRICT = _words(
    "reject rejected disapproved declined discarded fail failed incorrect wrong_answer unsafe "
    "harmful thumbs_down 👎 dispreferred undesirable"
)
_OF_CLASSES = _words("label labels status state tag")
"""Names of columns that hold classes as often as verdicts."""

_OF_SCALES = several(
    "rating ratings rated score scores stars reward rewards helpfulness grade votes vote "
    "upvotes downvotes likes quality"
)
_GOOD_IF_TRUE = several(
    "good correct accepted accept acceptable approved approve valid verified verify pass passed "
    "safe helpful harmless factual faithful solved resolved success successful usable keep liked "
    "like desirable preferred won win upvote better label feedback verdict review quality rating "
    "score reward grade outcome decision eval correctness thumb thumbs vote tag"
)
_BAD_IF_TRUE = several(
    "deleted removed toxic harmful unsafe rejected reject discard discarded exclude excluded skip "
    "skipped flagged spam bad wrong incorrect invalid fail failed hallucination hallucinated "
    "hallucinations disliked dislike downvote unacceptable unhelpful unverified disapproved worse "
    "undesirable ignore ignored"
)
_IF_TRUE_GONE = several(
    "deleted removed discard discarded exclude excluded skip skipped ignore ignored"
)
_PLAIN_WORDS = several(
    "is was be has answer response completion output human solution problem math user ai my row "
    "flag kto example item record sample result up"
)
"""Words that stand beside the one that judges, and turn nothing round."""

_NUMBERS = (0, 1, -1)
_BOTH = ({"0", "1"}, {"0.0", "1.0"}, {"y", "n"})
_FEW = 12
"""Values of a column without a name that are looked at; one with more holds no verdicts."""

_UNSAID = {"", "None"}
"""What a column holds, as text, in a row of which it says nothing."""

_SAYS_UNANSWERABLE = _words("is_impossible impossible unanswerable is_unanswerable")


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

    def _look(self, name: str, value: Any) -> None:
        for one in value if isinstance(value, list) else [value]:
            self._values.setdefault(name, Counter())[str(one)] += 1
            number = number_of(one)
            if number is not None:
                self._largest[name] = max(self._largest.get(name, 0), abs(number))
                if number not in _NUMBERS:
                    self._scales.add(name)
            if isinstance(one, str) and _of_word(_plain(one), name) is not None:
                self._judging.add(name)

    def _look_at_unnamed(self, name: str, value: str | float) -> None:
        """Keep what a column with a name that says nothing holds, as far as it is a word."""
        said = self._unnamed.setdefault(name, {})
        if len(said) <= _FEW:
            said.setdefault(_plain(str(value)), str(value))

    @cached_property
    def expected(self) -> tuple[str, ...]:
        """The columns that a row says something in, if its answer was judged.

        The first rows approve or reject in them. Where they only ever say that something is wrong
        (flagged, deleted), there is nothing wrong with the rows that say nothing.
        """
        return tuple(name for name, said in self._values.items() if self._is_expected(name, said))

    def example(self, name: str) -> str:
        """A value of a column that approves, or where none does, one that rejects."""
        values = [value for value in self._values[name] if value not in _UNSAID]
        said = {self._judged(name, value): value for value in reversed(values)}
        return said.get(Saying.GOOD) or said[Saying.BAD]

    def _is_expected(self, name: str, values: Counter[str]) -> bool:
        given = values.keys() - _UNSAID
        is_verdict = meaning_of(name) is Meaning.VERDICT or None not in map(truth_of, given)
        if is_of_row(name) or not is_verdict:
            return False
        said = {self._judged(name, value) for value in given} & {Saying.GOOD, Saying.BAD}
        only_bad = said == {Saying.BAD} and (sounds_bad(name) or is_removal(name))
        return bool(said) and not only_bad

    def may_judge(self, name: str) -> bool:
        """Whether a column judges by its first values, whatever it is called.

        Some of its few words approve and others do not, or it holds 0 and 1 and nothing else.
        """
        said = self._unnamed.get(name, {}).keys() - {""}
        if said in _BOTH:
            return True
        return 1 < len(said) <= _FEW and bool(said & _GOOD) and bool(said & _BAD)

    def saying(self, name: str, value: Any, reading: Reading) -> Saying:
        """What one value says of the answer of its row."""
        if folded(name) in _SAYS_UNANSWERABLE:
            known = truth_of(value) is False or "unanswerable" in reading.uses.values()
            return Saying.NOTHING if known else Saying.UNCLEAR
        if reading.kind == "preference" and _is_of_numbers(value):
            return Saying.NOTHING  # ratings of the answers, of which one is better all the same
        if isinstance(value, list):
            said = {self.saying(name, one, reading) for one in value}
            return said.pop() if len(said) == 1 else Saying.UNCLEAR
        return self._judged(name, value)

    def of_chosen(self, name: str, value: Any) -> Saying:
        """What a column like chosen_correct says of the answer that was chosen."""
        said = words_of(name)
        if "chosen" not in said or number_of(value) is not None:
            return Saying.NOTHING
        rest = said - _PLAIN_WORDS - {"chosen"}
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
            good = next((word for word in said if _plain(word) in _GOOD), None)
            return f'== "{good}"' if good is not None and '"' not in good else ""
        if name not in self._scales or number is None:
            return bound_of(number)
        return bound_of(max(self._largest[name], abs(number)), of_scale=True)

    def _judged(self, name: str, value: Any) -> Saying:
        if says_when_gone(name):
            return Saying.UNCLEAR
        number = number_of(value)
        if number is not None:
            is_scale = name in self._scales or bool(words_of(name) & _OF_SCALES)
            if is_scale or number not in _NUMBERS:
                return Saying.UNCLEAR
            if number < 0:
                return Saying.BAD if good_if_true(name) else Saying.UNCLEAR
        if (truth := truth_of(value)) is not None:
            if (good := good_if_true(name)) is None:
                is_same = self.is_same(name, value) and not (truth and _says_bad(name))
                return Saying.NOTHING if is_same else Saying.UNCLEAR
            return Saying.GOOD if truth is good else Saying.BAD
        if not isinstance(value, str):
            return Saying.UNCLEAR
        told = _of_word(_plain(value), name)
        if told is not None:
            return Saying.UNCLEAR if sounds_bad(name) else told
        is_class = name not in self._judging and folded(name) in _OF_CLASSES
        return Saying.NOTHING if is_class else Saying.UNCLEAR


def bound_of(number: float | None, *, of_scale: bool = False) -> str:
    """A bound of what is good on a scale that goes so far."""
    if number in _NUMBERS and not of_scale:
        return "== 1"
    return ">= 0.5" if number is not None and abs(number) <= 1 else ">= 4"


_OF_VERDICTS = (Meaning.VERDICT, Meaning.REJECTED, Meaning.CORRECTED)


def good_if_true(name: str) -> bool | None:
    """Whether true, under such a name, approves; None for a name of which it is not known."""
    said = words_of(name)
    if "thumbs" in said and "down" in said:
        return False
    if len(said) > 1:
        said -= _PLAIN_WORDS
    if len(said) > 1 and said <= _GOOD_IF_TRUE:
        return True
    if len(said) != 1:
        return None
    return True if said <= _GOOD_IF_TRUE else False if said <= _BAD_IF_TRUE else None


_TURNING = _BAD_IF_TRUE | several(
    "low poor issue issues violation negative down below needs error errors complaint tie archived "
    "not non no without never impossible downvotes dislikes toxicity harm hacking duplicate "
    "duplicated duplicates refusal refusals refuses contaminated leaked nsfw offensive abusive "
    "hate biased bias profanity trash junk noisy garbage superseded invalidated buggy broken "
    "problematic corrupt corrupted violations downvoted fails blocked"
)


def sounds_bad(name: str) -> bool:
    """Whether something in a name says that true, or much, is nothing good."""
    return good_if_true(name) is False or bool(words_of(name) & _TURNING)


def _says_bad(name: str) -> bool:
    """Whether true says something bad of an answer, and is no note that something was done."""
    said = words_of(name)
    return bool(said & _TURNING - _IF_TRUE_GONE) and not said & _NEGATING


_NEGATING = several("free not non no without never")


def is_removal(name: str) -> bool:
    """Whether a column says of the whole row that it is gone, and not of its answer."""
    return is_of_row(name) or folded(name) in ("status", "state")


def is_of_row(name: str) -> bool:
    """Whether a name says that a row is gone, so that its being there approves nothing."""
    return bool(words_of(name) & _IF_TRUE_GONE)


def is_strict(value: Any, *, of_state: bool = False) -> bool:
    """Whether a value is a word that rejects an answer, whatever its column is called.

    Of a state also one that says that the row is gone.
    """
    if isinstance(value, list):
        return any(is_strict(one, of_state=of_state) for one in value)
    words = _STRICT | _IF_TRUE_GONE if of_state else _STRICT
    return isinstance(value, str) and _plain(value) in words


def truth_of(value: Any) -> bool | None:
    """True or false, as a truth, as 1 or 0, or as words; None for what is neither."""
    if isinstance(value, bool):
        return value
    if (number := number_of(value)) is not None:
        return bool(number) if number in (0, 1) else None
    if not isinstance(value, str):
        return None
    said = _plain(value)
    return True if said in _TRUE else False if said in _FALSE else None


def number_of(value: Any) -> float | None:
    """A number, or a text that is one; None for another value, and for a truth."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _is_of_numbers(value: Any) -> bool:
    """Whether a value is a number that is no index, or a list of numbers."""
    if isinstance(value, list):
        return all(number_of(one) is not None for one in value)
    number = number_of(value)
    return number is not None and number not in (0, 1)


def _plain(text: str) -> str:
    return folded(text.strip().strip("!.?\"'"))


def _of_word(said: str, name: str) -> Saying | None:
    """What one word says wherever it stands; None for truths and for words that do not judge."""
    if said in _GOOD:
        return Saying.GOOD
    if said in _BAD:
        return Saying.BAD
    return None if folded(name) in _OF_CLASSES else _FEELINGS.get(said)


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
