"""The runs of words of texts, as hashes: what near copies and templates are told by."""

from __future__ import annotations

import random
from collections.abc import Sequence

import polars as pl

WORDS = 3
"""Words of a run."""

FEWEST = 5
"""Runs that a text needs: seven words. Shorter ones are never compared."""

_UNSPACED = (
    r"\u{e00}-\u{eff}\u{1000}-\u{109f}\u{1780}-\u{17ff}\u{3040}-\u{30ff}\u{3400}-\u{9fff}"
    r"\u{ac00}-\u{d7af}\u{f900}-\u{faff}\u{ff66}-\u{ff9f}\u{20000}-\u{3ffff}"
)
"""Thai and Lao, Burmese, Khmer, kana, Chinese characters, Hangul."""

_WORD = (
    rf"[{_UNSPACED}\p{{Emoji_Presentation}}\p{{Extended_Pictographic}}]"
    rf"|[\p{{L}}\p{{N}}\p{{M}}_&&[^{_UNSPACED}]]+"
)
"""A word; of scripts that write without spaces, and of emoji, a character."""

HASHES = 128
"""Of a signature."""

_RANDOM = random.Random(1997)  # noqa: S311
ODD = [_RANDOM.getrandbits(64) | 1 for _ in range(HASHES)]
"""What a run is multiplied by for each value of a signature."""

_PLACES = [_RANDOM.getrandbits(64) | 1 for _ in range(WORDS)]

NearTexts = Sequence[str] | pl.Series


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


def words_of(texts: NearTexts) -> pl.DataFrame:
    """The words of each text in their order: `row` (from 0) and `word`, a hash."""
    words = (
        pl.DataFrame({"text": texts}, schema={"text": pl.String})
        .with_row_index("row")
        .select("row", word=pl.col("text").str.to_lowercase().str.extract_all(_WORD))
    )
    return words.explode("word").select("row", word=pl.col("word").hash(seed=WORDS))


def placed_runs(words: pl.DataFrame) -> pl.DataFrame:
    """The runs of words in their order: `row`, `run`, and the word in the `middle`."""
    run = pl.sum_horizontal(
        pl.col("word").shift(-place) * u64(odd) for place, odd in enumerate(_PLACES)
    )
    whole = pl.col("row") == pl.col("row").shift(1 - WORDS)
    middle = pl.col("word").shift(-(WORDS // 2))
    return words.select("row", whole=whole, run=run, middle=middle).filter("whole").drop("whole")
