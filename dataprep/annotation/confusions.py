"""What annotators say of each label, and what others say in its place: F1 and confusions.

Whole numbers only, over all pairs of annotators in both directions, so the tallies of several
workers add up to the same in any order. Both what is kept and a single task have a bound.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from itertools import accumulate, combinations
from typing import Any

from dataprep.annotation.measures import NOTHING_SHARED, Measure
from dataprep.annotation.tallies import CELLS, RATERS

LABELS = 1_000
"""Different labels, beyond which they are not told apart: free text is no label."""
TOO_MANY_LABELS = f"more than {LABELS:,} different labels, or {CELLS:,} confusions of two"
TOO_MANY_ANSWERS_TO_ONE = f"more than {RATERS} answers to one task"
NO_LABELS = "answers are no labels"

_Span = tuple[int, int, str]
_FEW = 16
"""Spans that are looked at one by one."""
_LONGEST = 200
_BORDERS, _NOTHING = 0, 1
"""What stands in the place of another label, where none does."""


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """How far annotators agree on one label.

    `answers` gave it, on tasks with two answers or more. `f1` is over all pairs of annotators:
    twice what both gave, by what either gave. Of the others, by times: `instead` are the labels
    that one of the pair gave where the other gave this one, the most frequent first;
    `other_borders` of the same label that overlap; `nothing` where the other gave none.
    """

    label: str
    answers: int
    f1: Measure
    instead: tuple[tuple[str, int], ...]
    other_borders: int
    nothing: int


@dataclass(slots=True)
class LabelCounts:
    """Counts labels; `given_up` says why no longer, where the bound is passed."""

    answers: Counter[str] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)
    same: Counter[str] = field(default_factory=Counter)
    instead: Counter[tuple[str, str | int]] = field(default_factory=Counter)
    given_up: str = ""

    def add_labels(self, answers: Sequence[frozenset[str] | None], times: int = 1) -> None:
        """Count the labels that the annotators of one task gave; None is an answer without."""
        if any(answer is None for answer in answers):
            self._give_up(NO_LABELS)
        known = [answer for answer in answers if answer is not None]
        if self._fits(known):
            for label in (label for answer in known for label in answer):
                self.answers[label] += times
            for one, other in combinations(known, 2):
                self._compare(one, other, times)
            self._bound()

    def add_spans(self, answers: Sequence[frozenset[Any]], times: int = 1) -> None:
        """Count the spans (start, end, label) that the annotators of one task marked."""
        if not self._fits(answers):
            return
        for _, _, label in (span for spans in answers for span in spans):
            self.answers[_short(label)] += times
        for one, other in combinations(answers, 2):
            for _, _, label in one & other:
                self._agree(_short(label), times)
            if one != other:
                for label, instead in (*stand_ins(one, other), *stand_ins(other, one)):
                    self._differ(label, instead, times)
        self._bound()

    def absorb(self, other: LabelCounts) -> None:
        """Count what another worker counted."""
        if other.given_up:
            self._give_up(other.given_up)
        if self.given_up:
            return
        for mine, theirs in zip(self._counters(), other._counters(), strict=True):
            mine.update(theirs)
        self._bound()

    def result(self) -> tuple[LabelAgreement, ...]:
        """The labels, those that were given most first."""
        instead: dict[str, list[tuple[str, int]]] = {}
        for (label, other), times in self.instead.items():
            if isinstance(other, str):
                instead.setdefault(label, []).append((other, times))
        return tuple(
            LabelAgreement(
                label=label,
                answers=answers,
                f1=_share(self.same[label], self.given[label]),
                instead=tuple(sorted(instead.get(label, ()), key=_most_first)),
                other_borders=self.instead[label, _BORDERS],
                nothing=self.instead[label, _NOTHING],
            )
            for label, answers in sorted(self.answers.items(), key=_most_first)
        )

    def _compare(self, one: frozenset[str], other: frozenset[str], times: int) -> None:
        """Count two answers; where each has one label that the other has not, they differ in it."""
        for label in one & other:
            self._agree(label, times)
        for mine, theirs in ((one - other, other - one), (other - one, one - other)):
            single = len(mine) == len(theirs) == 1
            for label in mine:
                self._differ(label, next(iter(theirs)) if single else _NOTHING, times)

    def _agree(self, label: str, times: int) -> None:
        self.given[label] += 2 * times
        self.same[label] += 2 * times

    def _differ(self, label: str, instead: str | int, times: int) -> None:
        self.given[label] += times
        self.instead[label, instead] += times

    def _fits(self, answers: Collection[Any]) -> bool:
        if len(answers) > RATERS:
            self._give_up(TOO_MANY_ANSWERS_TO_ONE)
        return not self.given_up

    def _bound(self) -> None:
        if len(self.answers) > LABELS or len(self.instead) > CELLS:
            self._give_up(TOO_MANY_LABELS)

    def _give_up(self, why: str) -> None:
        # Of several reasons the first of the alphabet: whatever the order of the workers.
        self.given_up = min(filter(None, (self.given_up, why)))
        for counter in self._counters():
            counter.clear()

    def _counters(self) -> tuple[Counter[Any], ...]:
        return self.answers, self.given, self.same, self.instead


def stand_ins(one: frozenset[Any], other: frozenset[Any]) -> list[tuple[str, str | int]]:
    """The label of each span that the second has not, and what stands there in its place.

    The label at the same borders; else the same label on an overlapping span; else the label of
    the first span that overlaps. Spans that both have stand for themselves.
    """
    mine = one - other
    if not mine:
        return []
    theirs = sorted((start, end, _short(label)) for start, end, label in other - one)
    named = [(start, end, _short(label)) for start, end, label in mine]
    if len(theirs) <= _FEW:
        return [(span[2], _among_few(span, theirs)) for span in named]
    marked = _Marked(theirs)
    return [(span[2], marked.instead_of(span)) for span in named]


def _among_few(span: _Span, theirs: Sequence[_Span]) -> str | int:
    """What `_Marked.instead_of` gives, by looking at each; a property test holds the two."""
    start, end, label = span
    other: str | None = None
    borders = False
    for begin, until, theirs_label in theirs:
        if begin == start and until == end:
            return theirs_label
        if begin < end and start < until:
            borders = borders or theirs_label == label
            other = theirs_label if other is None else other
    if borders:
        return _BORDERS
    return _NOTHING if other is None else other


class _Marked:
    """The spans of one annotator, sorted, to be looked up by place."""

    def __init__(self, ordered: Sequence[_Span]) -> None:
        self._ordered = ordered
        self._ends = list(accumulate((end for _, end, _ in ordered), max))
        self._of: dict[str, _Marked] = {}

    def instead_of(self, span: _Span) -> str | int:
        """What stands where another annotator marked a span that is not here."""
        start, end, label = span
        at = bisect_left(self._ordered, (start, end, ""))
        if at < len(self._ordered) and self._ordered[at][:2] == (start, end):
            return self._ordered[at][2]
        if self._labelled(label)._overlapping(start, end) is not None:
            return _BORDERS
        other = self._overlapping(start, end)
        return _NOTHING if other is None else other

    def _labelled(self, label: str) -> _Marked:
        if label not in self._of:
            self._of[label] = _Marked([span for span in self._ordered if span[2] == label])
        return self._of[label]

    def _overlapping(self, start: int, end: int) -> str | None:
        """The label of the first span that has a position in common."""
        at = bisect_right(self._ends, start)
        if at < len(self._ordered) and self._ordered[at][0] < end:
            return self._ordered[at][2]
        return None


def labels_of(answer: Any) -> frozenset[str] | None:
    """The labels of an answer, shortened where they are long; None where it is none of labels."""
    given = (answer,) if isinstance(answer, str) else answer
    if not isinstance(given, tuple | frozenset) or not all(isinstance(a, str) for a in given):
        return None
    return frozenset(map(_short, given))


def confused_labels(
    one: frozenset[str] | None, other: frozenset[str] | None
) -> list[tuple[str, str]]:
    """The one label in which two answers differ, as either gives it; none where they are more."""
    if one is None or other is None:
        return []
    mine, theirs = one - other, other - one
    if len(mine) == len(theirs) == 1:
        return [(next(iter(mine)), next(iter(theirs)))]
    return []


def confused_spans(one: frozenset[Any], other: frozenset[Any]) -> list[tuple[str, str]]:
    """The labels of each span of the first, and of what stands in its place, where it differs."""
    return [(label, there) for label, there in stand_ins(one, other) if isinstance(there, str)]


def macro_f1(given: Mapping[str, int], same: Mapping[str, int]) -> Measure:
    """The mean of F1 over labels: how often either of two gave each, and both (counted twice)."""
    if not given:
        return Measure(None, NOTHING_SHARED)
    shares = (Fraction(same.get(label, 0), n) for label, n in given.items())
    return Measure(float(sum(shares, Fraction()) / len(given)))


def _short(label: Hashable) -> str:
    """A label whose length is bounded, and which is told from others like it."""
    text = str(label)
    if len(text) <= _LONGEST:
        return text
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{text[: _LONGEST - 12]}... {digest}"


def _share(same: int, of: int) -> Measure:
    return Measure(same / of) if of else Measure(None, NOTHING_SHARED)


def _most_first(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]
