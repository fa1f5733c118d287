"""What the benchmark of quality says of its trainings: intervals by hand, and each made once."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
FIVE = [0.1, 0.2, 0.3, 0.4, 0.5]
"""Standard deviation 0.15811, of the mean 0.07071; t of four degrees 2.77645."""


def module(name: str) -> Any:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return importlib.import_module(f"quality.{name}")
    finally:
        sys.path.remove(str(BENCHMARKS))


def test_the_interval_of_five_seeds_is_students() -> None:
    interval = module("report").interval
    assert interval(FIVE) == "0.300 ± 0.196"
    assert interval([0.5]) == "0.500 (one seed)"
    assert interval([]) == "-"


@pytest.mark.parametrize(
    ("differences", "said"),
    [
        (FIVE, "+0.300 ± 0.196: higher"),
        ([-each for each in FIVE], "-0.300 ± 0.196: lower"),
        ([each - 0.2 for each in FIVE], "+0.100 ± 0.196: no difference shown"),
        ([0.5], "too few seeds"),
    ],
)
def test_a_difference_counts_where_its_interval_is_off_zero(
    differences: list[float], said: str
) -> None:
    assert module("report").verdict(differences) == said


def test_a_training_is_made_once_and_is_there_in_the_next_run(tmp_path: Path) -> None:
    kept_class = module("kept").Kept
    file = tmp_path / "trainings.jsonl"
    made: list[int] = []

    def train() -> dict[str, float]:
        made.append(1)
        return {"held out": 0.5}

    first = kept_class(file)
    assert first.scores({"set": "R8", "seed": 0}, train) == {"held out": 0.5}
    assert first.scores({"set": "R8", "seed": 0}, train) == {"held out": 0.5}
    again = kept_class(file)
    assert again.scores({"seed": 0, "set": "R8"}, train) == {"held out": 0.5}
    assert len(made) == 1
    assert again.scores({"set": "R8", "seed": 1}, train) == {"held out": 0.5}
    assert (again.made, len(made)) == (1, 2)


@pytest.mark.parametrize("limits", [{"train": False}, {"minutes": 0.0}])
def test_what_may_not_be_trained_now_is_unknown(tmp_path: Path, limits: dict[str, Any]) -> None:
    kept = module("kept").Kept(tmp_path / "trainings.jsonl", **limits)
    assert kept.scores({"set": "R8"}, lambda: {"held out": 0.5}) is None
    assert not (tmp_path / "trainings.jsonl").exists()
