"""Who agrees with whom: counts by annotator and by pair of annotators.

As in `tallies`, they add up to the same in any order of the workers, and have a bound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Any

from dataprep.annotation import measures
from dataprep.annotation.measures import ONE_CATEGORY, Measure
from dataprep.annotation.tallies import CELLS, RATERS, TOO_MANY_PAIRS


@dataclass(slots=True)
class Shared:
    """What two annotators, or one and all others, said alike: `same` of `of` on `tasks`.

    `given` counts the labels that either of two gave, `both` those that both did, twice;
    `confused` what one of them gave in the place of what the other did.
    """

    tasks: int = 0
    same: int = 0
    of: int = 0
    left: Counter[Any] = field(default_factory=Counter)
    right: Counter[Any] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)
    both: Counter[str] = field(default_factory=Counter)
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)

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
        self.confused.update(other.confused)

    def counters(self) -> tuple[Counter[Any], ...]:
        """What grows with the labels; what both gave is among what either did."""
        return self.left, self.right, self.given, self.confused

    def share(self, reason: str) -> Measure:
        """The share that is alike."""
        return Measure(self.same / self.of) if self.of else Measure(None, reason)

    def kappa(self) -> Measure:
        """Cohen's kappa of the two."""
        return measures.cohen(self.tasks, self.same, self.left, self.right)


Compare = Callable[[Any, Any], tuple[int, int]]


@dataclass(slots=True)
class People:
    """Who agrees with whom. An annotator without a name counts for the others only.

    `confuse` gives the labels in which two answers differ, where answers have any.
    """

    compare: Compare
    marginals: bool
    confuse: Callable[[Any, Any], Iterable[tuple[str, str]]] | None = None
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
        said = [value for _, value in given] if labels is None else labels
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
                if self.confuse and same != of:
                    self._confuse(pair, self.confuse(said[one], said[other]), times)
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

    def _confuse(self, pair: Shared, labels: Iterable[tuple[str, str]], times: int) -> None:
        """Count what two annotators gave in the place of each other's labels."""
        before = len(pair.confused)
        for both in labels:
            pair.confused[both] += times
        self.cells += len(pair.confused) - before

    def absorb(self, other: People) -> None:
        """Count what another worker counted."""
        self.annotators = _joined(self.annotators, other.annotators)
        self.pairs = _joined(self.pairs, other.pairs)
        pairs = (self.pairs or {}).values()
        self.cells = sum(1 + sum(map(len, p.counters())) for p in pairs)
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


def _joined(one: dict[Any, Shared] | None, other: dict[Any, Shared] | None) -> Any:
    if one is None or other is None:
        return None
    for key, shared in other.items():
        one.setdefault(key, Shared()).absorb(shared)
    return one
