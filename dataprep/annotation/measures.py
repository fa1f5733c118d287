"""The formulae of agreement: kappa, alpha, and F1 of spans, from counts.

All arithmetic is exact until the last division, so the order of what was counted never shows in
a result. Where a measure has no meaning it is None with a reason, never NaN.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any, Literal, NamedTuple

Level = Literal["nominal", "ordinal", "interval"]
Exact = int | Fraction

NOTHING_SHARED = "no task has two answers"
ONE_CATEGORY = "all answers are the same, so chance cannot be told from agreement"
NO_SPANS = "nobody marked a span"


class Measure(NamedTuple):
    """A value, or None and the reason why there is none."""

    value: float | None
    reason: str = ""


class SpanF1(NamedTuple):
    """How well two sets of spans agree: with the same borders, and with overlapping ones."""

    exact: Measure
    overlap: Measure


def cohen_kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> Measure:
    """Agreement of two annotators beyond chance; one pair of answers for each task.

    Source: Cohen 1960, A coefficient of agreement for nominal scales, Educational and
    Psychological Measurement 20(1): (p_o - p_e) / (1 - p_e).
    """
    known = list(pairs)
    same = sum(a == b for a, b in known)
    return cohen(len(known), same, Counter(a for a, _ in known), Counter(b for _, b in known))


def cohen(n: int, same: int, left: Mapping[Any, int], right: Mapping[Any, int]) -> Measure:
    """Cohen's kappa from `n` tasks, those answered alike, and how often each said what."""
    if n == 0:
        return Measure(None, NOTHING_SHARED)
    chance = Fraction(sum(left[c] * right.get(c, 0) for c in left), n * n)
    return _beyond(Fraction(same, n), chance)


def fleiss_kappa(table: Sequence[Sequence[int]]) -> Measure:
    """Agreement of several annotators beyond chance, the same number for each task.

    A row is a task, a column a category, a cell how many annotators chose it. Source: Fleiss
    1971, Measuring nominal scale agreement among many raters, Psychological Bulletin 76(5).
    """
    raters = Counter(sum(row) for row in table)
    same = Counter({sum(row): 0 for row in table})
    for row in table:
        same[sum(row)] += sum(n * (n - 1) for n in row)
    values = Counter({c: sum(column) for c, column in enumerate(zip(*table, strict=True))})
    return fleiss(raters, same, values)


def fleiss(tasks: Mapping[int, int], same: Mapping[int, int], values: Mapping[Any, int]) -> Measure:
    """Fleiss' kappa from counts by number of answers: tasks, and ordered pairs alike."""
    if not tasks:
        return Measure(None, NOTHING_SHARED)
    if len(tasks) > 1:
        said = f"tasks have {min(tasks):,} to {max(tasks):,} answers, and it wants one number"
        return Measure(None, said)
    ((raters, n),) = tasks.items()
    if raters < 2:
        return Measure(None, NOTHING_SHARED)
    seen = Fraction(same.get(raters, 0), n * raters * (raters - 1))
    return _beyond(seen, Fraction(_squares(values), (n * raters) ** 2))


def krippendorff_alpha(units: Iterable[Sequence[Any]], level: Level = "nominal") -> Measure:
    """Agreement of any number of annotators, answers missing or not; a unit is one task.

    None stands for a missing answer. `ordinal` and `interval` want numbers. Source:
    Krippendorff 2011, Computing Krippendorff's Alpha-Reliability: 1 - D_o / D_e over the
    coincidences of values, with the metrics of its section C.
    """
    known = [[v for v in unit if v is not None] for unit in units]
    pairable = [unit for unit in known if len(unit) > 1]
    tasks = Counter(map(len, pairable))
    values = Counter(v for unit in pairable for v in unit)
    if level == "interval":
        apart = [(len(unit), squared_distances(unit)) for unit in pairable]
        spread: dict[int, Exact] = {}
        for size, distance in apart:
            spread[size] = spread.get(size, 0) + distance
        return alpha(tasks, spread, *moments(values))
    if level == "ordinal":
        coincidences: Counter[tuple[int, Any, Any]] = Counter()
        for unit in pairable:
            count_coincidences(coincidences, unit)
        return ordinal_alpha(tasks, coincidences, values)
    differing: Counter[int] = Counter()
    for unit in pairable:
        differing[len(unit)] += (len(unit) ** 2 - _squares(Counter(unit))) // 2
    return nominal_alpha(tasks, differing, values)


def count_coincidences(
    counts: Counter[tuple[int, Any, Any]], values: Sequence[Any], times: int = 1
) -> None:
    """Count the pairs of different values in one task, each pair once, the lower value first."""
    each = sorted(Counter(values).items())
    for (one, n), (other, more) in combinations(each, 2):
        counts[len(values), one, other] += n * more * times


def nominal_alpha(
    tasks: Mapping[int, int], differing: Mapping[int, int], values: Mapping[Any, int]
) -> Measure:
    """Krippendorff's alpha where answers are the same or not; `differing` counts pairs."""
    n = values_of(tasks)
    # Two different values are one apart, so their squares differ from the square of all.
    return _alpha(tasks, differing, Fraction(n * n - _squares(values), 2))


def ordinal_alpha(
    tasks: Mapping[int, int],
    coincidences: Mapping[tuple[int, Any, Any], int],
    values: Mapping[Any, int],
) -> Measure:
    """Krippendorff's alpha where only the order counts: the interval metric on mean ranks."""
    ranks: dict[Any, int] = {}  # twice the mean rank, which is whole
    below = 0
    for value in sorted(values):
        ranks[value] = 2 * below + values[value]
        below += values[value]
    apart: dict[int, Exact] = {}
    for (size, one, other), n in coincidences.items():
        apart[size] = apart.get(size, 0) + n * (ranks[one] - ranks[other]) ** 2
    total = sum(n * ranks[v] for v, n in values.items())
    squares = sum(n * ranks[v] ** 2 for v, n in values.items())
    return alpha(tasks, apart, total, squares)


def alpha(
    tasks: Mapping[int, int], apart: Mapping[int, Exact], total: Exact, squares: Exact
) -> Measure:
    """Krippendorff's alpha for squared distances, from the sums of all values and squares."""
    n = values_of(tasks)
    return _alpha(tasks, apart, n * Fraction(squares) - Fraction(total) ** 2)


def _alpha(tasks: Mapping[int, int], apart: Mapping[int, Exact], expected: Fraction) -> Measure:
    """1 - D_o / D_e; `apart` and `expected` sum distances over unordered pairs of values."""
    n = values_of(tasks)
    if n == 0:
        return Measure(None, NOTHING_SHARED)
    if expected == 0:
        return Measure(None, ONE_CATEGORY)
    observed = sum((Fraction(d) / (size - 1) for size, d in apart.items()), Fraction())
    return Measure(float(1 - observed * (n - 1) / expected))


def squared_distances(values: Sequence[int | float]) -> Exact:
    """The squared distances of all unordered pairs of values."""
    total, squares = moments(Counter(values))
    return len(values) * squares - total * total


def exact(value: int | float) -> Exact:
    """A number without rounding; whole numbers stay fast."""
    return value if isinstance(value, int) else Fraction(value)


def moments(values: Mapping[Any, int]) -> tuple[Exact, Exact]:
    """The sum of the values, and of their squares; exact, whatever their size."""
    total: Exact = 0
    squares: Exact = 0
    for value, n in values.items():
        x = exact(value)
        total += x * n
        squares += x * x * n
    return total, squares


def values_of(tasks: Mapping[int, int]) -> int:
    """All answers, from the number of tasks by number of answers."""
    return sum(size * n for size, n in tasks.items())


def span_f1(a: Collection[tuple[Any, ...]], b: Collection[tuple[Any, ...]]) -> SpanF1:
    """F1 of two sets of spans (start, end, label), in either direction the same.

    `exact` wants the same span; `overlap` wants one common position and the same label, each
    span standing for one other at most.
    """
    total = len(a) + len(b)
    if not total:
        return SpanF1(Measure(None, NO_SPANS), Measure(None, NO_SPANS))
    same = 2 * len(frozenset(a) & frozenset(b)) / total
    return SpanF1(Measure(same), Measure(2 * overlapping(a, b) / total))


def overlapping(a: Iterable[tuple[Any, ...]], b: Iterable[tuple[Any, ...]]) -> int:
    """The most spans of `a` that can be paired with spans of `b` they overlap.

    Going by their ends, each takes the overlapping span that ends first: whatever else the
    later spans overlap, they overlap the span left over as well.
    """
    by_label: dict[Any, tuple[list[tuple[int, int]], list[tuple[int, int]]]] = {}
    for start, end, label, *_ in a:
        by_label.setdefault(label, ([], []))[0].append((end, start))
    for start, end, label, *_ in b:
        by_label.setdefault(label, ([], []))[1].append((start, end))
    found = 0
    for mine, theirs in by_label.values():
        theirs.sort(reverse=True)
        ends: list[int] = []
        for end, start in sorted(mine):
            while theirs and theirs[-1][0] < end:
                insort(ends, theirs.pop()[1])
            if (at := bisect_right(ends, start)) < len(ends):
                del ends[at]
                found += 1
    return found


def _squares(values: Mapping[Any, int]) -> int:
    return sum(n * n for n in values.values())


def _beyond(seen: Fraction, chance: Fraction) -> Measure:
    if chance == 1:
        return Measure(None, ONE_CATEGORY)
    return Measure(float((seen - chance) / (1 - chance)))
