"""What agreement is reckoned from: counts of answers, and of who said the same as whom.

Whole numbers and exact fractions only, so tallies of several workers add up to the same bits in
any order. Each tally has a bound; what outgrows it is given up with a reason (None here), and
the bound is on what all workers saw together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from math import inf
from typing import Any, Literal

from dataprep.annotation import measures
from dataprep.annotation.measures import NOTHING_SHARED, Exact, Measure

ScaleKind = Literal["nominal", "ordinal", "interval", "spans", "text"]

CATEGORIES = 2_000
"""Different answers, beyond which chance is not reckoned: free text is no scale."""
CELLS = 20_000
"""Counts that are kept for annotators, for their pairs, and for pairs of values."""
RATERS = 256
"""Answers to one task that are compared one by one."""

TOO_MANY_ANSWERS = f"more than {CATEGORIES:,} different answers, so they are no categories"
TOO_MANY_PAIRS = "too many annotators, or answers to one task, to compare each with each"
FOR_SPANS = "answers are spans: see F1"
FOR_NUMBERS = "answers are numbers: see alpha"
FOR_TEXT = "answers are free text, which no chance makes alike"
NO_CATEGORIES = {"spans": FOR_SPANS, "interval": FOR_NUMBERS, "text": FOR_TEXT}
"""Why an answer that is no category has no kappa."""
_LONGEST = 40


@dataclass(slots=True)
class Scale:
    """Answers on a scale. `order` lists those of an ordinal scale; else they are numbers."""

    kind: ScaleKind
    order: Sequence[Hashable] | None = None
    tasks: Counter[int] = field(default_factory=Counter)
    same: Counter[int] = field(default_factory=Counter)
    values: Counter[Any] | None = field(default_factory=Counter)
    coincidences: Counter[tuple[int, Any, Any]] | None = field(default_factory=Counter)
    apart: dict[int, Exact] = field(default_factory=dict)
    sums: tuple[Exact, Exact] = (0, 0)

    def read(self, answer: Any) -> Any:
        """What stands for an answer in the counts; None for one that is not on the scale.

        A number may come in a tuple of one. Of a set of parts only spans count, as (start, end,
        label): neither notes on them nor relations.
        """
        if answer is None:
            return None
        if self.kind == "spans":
            return frozenset(p for p in answer if len(p) == 3 and isinstance(p[0], int))
        if self.kind in ("nominal", "text"):
            return _category(answer)
        if self.order is not None:
            return self.order.index(answer) if answer in self.order else None
        if isinstance(answer, tuple) and len(answer) == 1:
            answer = answer[0]
        number = isinstance(answer, int | float) and not isinstance(answer, bool)
        return answer if number and abs(answer) < inf else None

    def add(self, values: Sequence[Any], times: int = 1) -> tuple[float, Exact]:
        """Count the answers to one task: the share of pairs alike, and how far they spread.

        So many other tasks, counted in `times`, were answered alike.
        """
        size, each = len(values), Counter(values)
        alike = sum([n * (n - 1) for n in each.values()])
        self.tasks[size] += times
        self.same[size] += alike * times
        share = alike / (size * (size - 1))
        if self.kind in ("spans", "text"):
            return share, 0
        if self.kind == "interval":
            total, squares = measures.moments(each)
            apart = times * (size * squares - total * total)
            self.apart[size] = self.apart.get(size, 0) + apart
            self.sums = self.sums[0] + times * total, self.sums[1] + times * squares
        elif self.values is not None:
            for value, n in each.items():
                self.values[value] += n * times
        if len(each) > RATERS:
            self.coincidences = None
        elif self.kind == "ordinal" and self.coincidences is not None:
            measures.count_coincidences(self.coincidences, values, times)
        self._bound()
        if self.kind == "nominal" or len(each) == 1:
            return share, 0
        return share, measures.exact(max(each)) - measures.exact(min(each))

    def absorb(self, other: Scale) -> None:
        """Count what another worker counted."""
        self.tasks.update(other.tasks)
        self.same.update(other.same)
        for size, distance in other.apart.items():
            self.apart[size] = self.apart.get(size, 0) + distance
        self.sums = self.sums[0] + other.sums[0], self.sums[1] + other.sums[1]
        self.values = _sum(self.values, other.values)
        self.coincidences = _sum(self.coincidences, other.coincidences)
        self._bound()

    def observed(self) -> Measure:
        """The mean over tasks of the share of pairs that are alike (Fleiss 1971)."""
        tasks = self.tasks.total()
        if not tasks:
            return Measure(None, NOTHING_SHARED)
        shares = (Fraction(n, size * (size - 1)) for size, n in self.same.items())
        return Measure(float(sum(shares, Fraction()) / tasks))

    def fleiss(self) -> Measure:
        """Fleiss' kappa, for categories."""
        if self.kind in NO_CATEGORIES:
            return Measure(None, NO_CATEGORIES[self.kind])
        if self.values is None:
            return Measure(None, TOO_MANY_ANSWERS)
        return measures.fleiss(self.tasks, self.same, self.values)

    def alpha(self) -> Measure:
        """Krippendorff's alpha, with the metric of the scale."""
        if self.kind in ("spans", "text"):
            return Measure(None, NO_CATEGORIES[self.kind])
        if self.kind == "interval":
            return measures.alpha(self.tasks, self.apart, *self.sums)
        if self.values is None or self.coincidences is None:
            return Measure(None, TOO_MANY_ANSWERS)
        if self.kind == "ordinal":
            return measures.ordinal_alpha(self.tasks, self.coincidences, self.values)
        differing = {
            size: (size * (size - 1) * n - self.same[size]) // 2 for size, n in self.tasks.items()
        }
        return measures.nominal_alpha(self.tasks, differing, self.values)

    def _bound(self) -> None:
        if self.values is not None and len(self.values) > CATEGORIES:
            self.values = None
        if self.coincidences is not None and len(self.coincidences) > CELLS:
            self.coincidences = None


def _category(answer: Any) -> Hashable:
    """A short key for any answer, the same in every process; a long one by its digest."""
    match answer:
        case str():
            key = answer
        case (str() as only,) if isinstance(answer, tuple) and len(only) <= _LONGEST:
            return answer
        case int() | float() if answer == answer:  # noqa: PLR0124  # NaN is not
            return answer
        case _:
            key = "\0" + _spelled(answer)
    if len(key) <= _LONGEST:
        return key
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=12).digest()


def _spelled(answer: Any) -> str:
    """An answer as text, its sets in one order."""
    if isinstance(answer, set | frozenset):
        return "{" + ",".join(sorted(map(_spelled, answer))) + "}"
    if isinstance(answer, tuple | list):
        return "(" + ",".join(map(_spelled, answer)) + ")"
    return repr(answer)


def _sum(one: Counter[Any] | None, other: Counter[Any] | None) -> Counter[Any] | None:
    return None if one is None or other is None else one + other
