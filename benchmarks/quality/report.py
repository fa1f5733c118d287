"""The tables: means over seeds with the interval that holds 95 % of such means (Student's t)."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from scipy.stats import t as student

if TYPE_CHECKING:
    from .kept import Scores
    from .sides import Setting

LEAST = 2
"""Seeds that an interval needs."""


def interval(values: Sequence[float]) -> str:
    """The mean and half of its 95 % interval."""
    if len(values) < LEAST:
        return f"{values[0]:.3f} (one seed)" if values else "-"
    return f"{statistics.fmean(values):.3f} ± {_half(values):.3f}"


def verdict(differences: Sequence[float]) -> str:
    """Whether the mean of differences by seed is other than nothing."""
    if len(differences) < LEAST:
        return "too few seeds"
    mean, half = statistics.fmean(differences), _half(differences)
    word = "no difference shown" if abs(mean) <= half else "higher" if mean > 0 else "lower"
    return f"{mean:+.3f} ± {half:.3f}: {word}"


def _half(values: Sequence[float]) -> float:
    spread = statistics.stdev(values) / math.sqrt(len(values))
    return spread * float(student.ppf(0.975, len(values) - 1))


class Compared(NamedTuple):
    """The scores of our training and of the usual script by seed, each at its best setting."""

    ours: Sequence[Scores]
    usual: Sequence[Scores]
    our_setting: Setting
    usual_setting: Setting


def training(name: str, kind: str, compared: Compared | None) -> None:
    """One line: both sides on the held-out texts, and the difference by seed."""
    if compared is None:
        print(f"training   {name:10} {kind:6} not whole yet: settings are still to be tried")
        return
    ours, usual, our_setting, usual_setting = compared
    sides = [[scores["held out"] for scores in side] for side in (ours, usual)]
    differences = [one - other for one, other in zip(*sides, strict=True)]
    steps = int(ours[0]["steps"]) if ours else 0
    print(
        f"training   {name:10} {kind:6} seeds {len(ours)}, steps {steps}: "
        f"dataprep ({our_setting[1]:g}) {interval(sides[0])}, "
        f"usual script ({usual_setting[0]} {usual_setting[1]:g}) {interval(sides[1])}; "
        f"{verdict(differences)}",
        flush=True,
    )


def splits(name: str, pairs: Sequence[tuple[Scores, Scores]]) -> None:
    """How far each own test is from the held-out texts, and which model is the better."""
    print(f"splits     {name:10} seeds {len(pairs)}")
    for at, side in enumerate(("at random", "dataprep")):
        scores = [pair[at] for pair in pairs]
        told = interval([s["own test"] for s in scores])
        true = interval([s["held out"] for s in scores])
        flattery = verdict([s["own test"] - s["held out"] for s in scores])
        print(f"           {side:16} own test {told}, held out {true}; own - held out {flattery}")
    better = verdict([ours["held out"] - random["held out"] for random, ours in pairs])
    print(f"           the model of our splits: {better}", flush=True)


def annotators(name: str, ways: Mapping[str, Sequence[Scores]]) -> None:
    """Each way to choose, and its difference from the first annotator's labels."""
    base = next(iter(ways.values()))
    print(f"annotators {name:10} seeds {len(base)}")
    for way, scores in ways.items():
        differences = [
            one["held out"] - other["held out"] for one, other in zip(scores, base, strict=True)
        ]
        against = "" if scores is base else f"; against the first {verdict(differences)}"
        rows = statistics.fmean(s["rows"] for s in scores) if scores else 0
        wrong = statistics.fmean(s["wrong"] / s["rows"] for s in scores) if scores else 0
        print(
            f"           {way:16} rows {rows:.0f}, {wrong:.1%} wrong, held out "
            f"{interval([s['held out'] for s in scores])}{against}",
            flush=True,
        )
