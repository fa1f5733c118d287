"""The runs of words of texts, as hashes: what near copies and templates are told by."""

from __future__ import annotations

import random

import polars as pl

from dataprep.near.words import NearTexts, words_of

WORDS = 3
"""Words of a run."""

FEWEST = 5
"""Runs that a text needs: seven words. Shorter ones are never compared."""

HASHES = 128
"""Of a signature."""

_RANDOM = random.Random(1997)  # noqa: S311
ODD = [_RANDOM.getrandbits(32) | 1 for _ in range(HASHES)]
"""What half of a run is multiplied by for each value of a signature."""

PLACES = [_RANDOM.getrandbits(64) | 1 for _ in range(WORDS)]
"""What a word of a run is multiplied by, by its place."""


def u64(number: int) -> pl.Expr:
    """A number that Polars does not take for a signed one."""
    return pl.lit(number, dtype=pl.UInt64)


def runs_of(texts: NearTexts) -> pl.DataFrame:
    """The different runs of words of each text: `row` (from 0) and `run`, a hash."""
    return (
        placed_runs(words_of(texts))
        .select("row", "run")
        .group_by("row", maintain_order=True)
        .agg(pl.col("run").unique())
        .explode("run")
    )


def placed_runs(words: pl.DataFrame) -> pl.DataFrame:
    """The runs of words in their order: `row`, `run`, and the word in the `middle`."""
    run = pl.sum_horizontal(
        pl.col("word").shift(-place) * u64(odd) for place, odd in enumerate(PLACES)
    )
    whole = pl.col("row") == pl.col("row").shift(1 - WORDS)
    middle = pl.col("word").shift(-(WORDS // 2))
    return words.select("row", whole=whole, run=run, middle=middle).filter("whole").drop("whole")
