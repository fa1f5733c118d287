"""Texts of made-up words, and near copies of them: rows for what is done with near copies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

WORDS = 120
"""Words of a text: three of them changed leave nine tenths of its runs of three."""


def text(dice: Random, words: int = WORDS) -> list[str]:
    """A text that is like no other."""
    return [f"{dice.choice('bcdfgh')}{dice.randrange(100_000)}" for _ in range(words)]


def near(dice: Random, words: Sequence[str]) -> list[str]:
    """The same text with three words changed."""
    copy = [*words]
    for at in dice.sample(range(len(words)), 3):
        copy[at] = f"changed{dice.randrange(100_000)}"
    return copy


def clusters(number: int, copies: int, seed: int = 65) -> list[list[str]]:
    """Texts, each of them in so many versions, as prompts."""
    dice = Random(seed)  # noqa: S311
    found = []
    for _ in range(number):
        words = text(dice)
        versions = [words, *(near(dice, words) for _ in range(copies - 1))]
        found.append([" ".join(version) for version in versions])
    return found


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write rows as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def rows_of(prompts: Iterable[str], **more: Any) -> list[dict[str, Any]]:
    """A row for each prompt, whose answer is like no other."""
    return [{"prompt": p, "completion": f"answer {p[:9]}", **more} for p in prompts]


def splits_of(out: Path) -> dict[str, str]:
    """The split of each prompt of a converted folder."""
    files = sorted((out / "examples").glob("*.parquet"))
    return {p: s for file in files for p, s in pl.read_parquet(file)["input", "split"].iter_rows()}


def clusters_of(out: Path) -> dict[str, str | None]:
    """The cluster of each prompt of a converted folder."""
    files = sorted((out / "examples").glob("*.parquet"))
    return {
        p: c for file in files for p, c in pl.read_parquet(file)["input", "cluster"].iter_rows()
    }


def straddling(found: Iterable[Sequence[str]], splits: Mapping[str, str]) -> int:
    """How many of the clusters stand in more than one split."""
    return sum(len({splits[one] for one in cluster if one in splits}) > 1 for cluster in found)
