"""What agreement is reckoned from: counts of answers, and of who said the same as whom.

Whole numbers and exact fractions only, so tallies of several workers add up to the same bits in
any order. Each tally has a bound; what outgrows it is given up with a reason (None here), and
the bound is on what all workers saw together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from itertools import combinations
from math import inf
from typing import Any, Literal

from dataprep.annotation import measures
from dataprep.annotation.measures import NOTHING_SHARED, ONE_CATEGORY, Exact, Measure

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


@dataclass(slots=True)
class Shared:
    """What two annotators, or one and all others, said alike: `same` of `of` on `tasks`.

    `given` counts the labels that either of two gave, `both` those that both did, twice.
    """

    tasks: int = 0
    same: int = 0
    of: int = 0
    left: Counter[Any] = field(default_factory=Counter)
    right: Counter[Any] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)
    both: Counter[str] = field(default_factory=Counter)

    def add(self, same: int, of: int) -> None:
        """Count one comparison."""
        self.same += same
        self.of += of

    def absorb(self, other: Shared) -> None:
        """Count what another worker counted."""
        self.tasks += other.tasks
        self.add(other.same, other.of)
        self.left.update(other.left)
        self.right.update(other.right)
        self.given.update(other.given)
        self.both.update(other.both)

    def share(self, reason: str) -> Measure:
        """The share that is alike."""
        return Measure(self.same / self.of) if self.of else Measure(None, reason)

    def kappa(self) -> Measure:
        """Cohen's kappa of the two."""
        return measures.cohen(self.tasks, self.same, self.left, self.right)


Compare = Callable[[Any, Any], tuple[int, int]]


@dataclass(slots=True)
class People:
    """Who agrees with whom. An annotator without a name counts for the others only."""

    compare: Compare
    marginals: bool
    annotators: dict[str, Shared] | None = field(default_factory=dict)
    pairs: dict[tuple[str, str], Shared] | None = field(default_factory=dict)
    cells: int = 0

    def add(
        self,
        given: Sequence[tuple[str, Any]],
        times: int = 1,
        labels: Sequence[frozenset[str] | None] | None = None,
    ) -> None:
        """Compare the answers to one task, sorted by annotator, each with each.

        `labels` are those of each answer, where answers are labels.
        """
        if len(given) > RATERS:
            self.annotators = self.pairs = None
            return
        known = [self._known(who, times) for who, _ in given]
        for (one, mine), (other, theirs) in combinations(enumerate(given), 2):
            same, of = self.compare(mine[1], theirs[1])
            for shared in (known[one], known[other]):
                if shared is not None:
                    shared.add(same * times, of * times)
            if self.pairs is not None and mine[0] and theirs[0]:
                pair = self._pair(self.pairs, mine, theirs, times)
                pair.add(same * times, of * times)
                if labels is not None:
                    self._label(pair, labels[one], labels[other], times)
        self._bound()

    def _known(self, who: str, times: int) -> Shared | None:
        """The tally of an annotator who answers more tasks; none for one without a name."""
        if not who or self.annotators is None:
            return None
        shared = self.annotators.get(who)
        if shared is None:
            shared = self.annotators[who] = Shared()
        shared.tasks += times
        return shared

    def _pair(
        self,
        pairs: dict[tuple[str, str], Shared],
        mine: tuple[str, Any],
        theirs: tuple[str, Any],
        times: int,
    ) -> Shared:
        """The tally of two annotators who answer more tasks, and what each of them said."""
        names = mine[0], theirs[0]
        pair = pairs.get(names)
        if pair is None:
            pair = pairs[names] = Shared()
            self.cells += 1
        pair.tasks += times
        if self.marginals:
            self.cells += (mine[1] not in pair.left) + (theirs[1] not in pair.right)
            pair.left[mine[1]] += times
            pair.right[theirs[1]] += times
        return pair

    def _label(
        self, pair: Shared, mine: frozenset[str] | None, theirs: frozenset[str] | None, times: int
    ) -> None:
        """Count the labels that two annotators gave to one task."""
        if mine is None or theirs is None:
            return
        before = len(pair.given)
        for label in (*mine, *theirs):
            pair.given[label] += times
        for label in mine & theirs:
            pair.both[label] += 2 * times
        self.cells += len(pair.given) - before

    def absorb(self, other: People) -> None:
        """Count what another worker counted."""
        self.annotators = _joined(self.annotators, other.annotators)
        self.pairs = _joined(self.pairs, other.pairs)
        pairs = (self.pairs or {}).values()
        self.cells = sum(1 + len(p.left) + len(p.right) + len(p.given) for p in pairs)
        self._bound()

    def cohen(self) -> Measure:
        """Cohen's kappa, the mean over pairs of annotators, weighted by tasks."""
        if self.pairs is None:
            return Measure(None, TOO_MANY_PAIRS)
        if not self.pairs:
            return Measure(None, "no two named annotators share a task")
        kappas = [(pair.tasks, pair.kappa().value) for pair in self.pairs.values()]
        known = [(n, Fraction(kappa)) for n, kappa in kappas if kappa is not None]
        if not known:
            return Measure(None, ONE_CATEGORY)
        total = sum((n * kappa for n, kappa in known), Fraction())
        return Measure(float(total / sum(n for n, _ in known)))

    def _bound(self) -> None:
        if self.annotators is not None and len(self.annotators) > CELLS:
            self.annotators = None
        if self.cells > CELLS:
            self.pairs, self.cells = None, 0


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


def _joined(one: dict[Any, Shared] | None, other: dict[Any, Shared] | None) -> Any:
    if one is None or other is None:
        return None
    for key, shared in other.items():
        one.setdefault(key, Shared()).absorb(shared)
    return one
