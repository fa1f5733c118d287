"""Near duplicates among many texts: MinHash signatures are kept, never the texts.

A text is the set of its runs of three words (Broder, On the resemblance and containment of
documents, 1997). Of each set the smallest values under 128 hashes are kept, 512 bytes a text.
Candidates share one of 32 bands of four (found with 99.9 % at a similarity of 0.7), and are
verified by the share of equal values: an estimate, whose standard error is 0.04 at 0.7.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import polars as pl

HASHES, BANDS = 128, 32
WORDS = 3
"""Words of a run."""

THRESHOLD = 0.7
"""Shared runs among all runs of two texts (Jaccard) from which on they are near duplicates."""

FEWEST = 5
"""Runs that a text needs: seven words. Shorter ones are never compared."""

SHARE, ROWS = 0.05, 5
"""Runs that stand in so large a share of the first batch, and in so many texts, are a template's:
they are taken out of all texts, since an instruction that all rows share makes none alike."""

_WORD = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[\p{L}\p{N}\p{M}_]+"
"""A word; of scripts that write without spaces, a character."""

_RANDOM = random.Random(1997)  # noqa: S311
_ODD = [_RANDOM.getrandbits(64) | 1 for _ in range(HASHES)]
_RUN = [_RANDOM.getrandbits(64) | 1 for _ in range(WORDS)]
_NAMES = [f"h{number}" for number in range(HASHES)]
_UPPER = 2**32


def _u64(number: int) -> pl.Expr:
    return pl.lit(number, dtype=pl.UInt64)


class Signatures:
    """The signatures of texts, which are numbered from 0 in the order of coming."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._common: pl.Series | None = None
        self._count = 0

    def add(self, texts: Sequence[str]) -> None:
        """Remember a batch of texts, best some thousands; the first one shows the templates."""
        runs = _runs(texts)
        if self._common is None:
            seen = runs.group_by("run").len()
            often = max(ROWS, int(SHARE * len(texts)))
            self._common = seen.filter(pl.col("len") >= often)["run"]
        kept = runs.filter(~pl.col("run").is_in(self._common.implode()))
        enough = kept.filter(pl.len().over("row") >= FEWEST)
        least = [
            ((pl.col("run") * _u64(odd)).min() // _UPPER).cast(pl.UInt32).alias(name)
            for odd, name in zip(_ODD, _NAMES, strict=True)
        ]
        signed = enough.group_by("row", maintain_order=True).agg(*least)
        self._frames.append(signed.with_columns(pl.col("row") + self._count))
        self._count += len(texts)

    def pairs(self, threshold: float = THRESHOLD) -> pl.DataFrame:
        """Pairs of texts at least so similar: `first` < `later`, and the estimated `similarity`.

        In a large cluster not every pair is given, but enough to hold it together.
        """
        found = self._candidates()
        equal = pl.Series("equal", [0], dtype=pl.UInt32).new_from_index(0, found.height)
        for name in _NAMES:
            column = self._column(name)
            equal += (column.gather(found["a"]) == column.gather(found["b"])).cast(pl.UInt32)
        rows = self._column("row")
        return (
            pl.DataFrame(
                {
                    "first": rows.gather(found["a"]),
                    "later": rows.gather(found["b"]),
                    "similarity": equal / HASHES,
                }
            )
            .filter(pl.col("similarity") >= threshold)
            .sort("later", "first")
        )

    def _column(self, name: str) -> pl.Series:
        """One column of all the signatures."""
        if not self._frames:
            return pl.Series(name, [], dtype=pl.UInt32)
        return pl.concat([frame[name] for frame in self._frames], rechunk=True)

    def _candidates(self) -> pl.DataFrame:
        """Pairs that share a band, as positions: each text with the first one and the last."""
        found = pl.DataFrame(schema={"a": pl.UInt32, "b": pl.UInt32})
        width = HASHES // BANDS
        for start in range(0, HASHES, width):
            band = pl.DataFrame([self._column(name) for name in _NAMES[start : start + width]])
            keyed = band.select(
                key=pl.struct(pl.all()).hash(), b=pl.int_range(pl.len(), dtype=pl.UInt32)
            )
            shared = keyed.filter(pl.col("key").is_duplicated())
            beside = shared.with_columns(
                first=pl.col("b").first().over("key"), last=pl.col("b").shift(1).over("key")
            ).drop_nulls("last")
            both = [beside.select(pl.col(name).alias("a"), "b") for name in ("first", "last")]
            found = pl.concat([found, *both]).unique()
        return found


def clusters(pairs: pl.DataFrame) -> dict[int, int]:
    """The first text of the cluster of each text that is near another (single linkage)."""
    parents: dict[int, int] = {}

    def root(text: int) -> int:
        while (parent := parents.setdefault(text, text)) != text:
            parents[text] = text = parents[parent]
        return text

    for first, later in pairs.select("first", "later").iter_rows():
        one, other = sorted((root(first), root(later)))
        parents[other] = one
    return {text: root(text) for text in sorted(parents)}


def _runs(texts: Sequence[str]) -> pl.DataFrame:
    """The different runs of words of each text: `row` (from 0) and `run`, a hash."""
    words = (
        pl.DataFrame({"text": texts}, schema={"text": pl.String})
        .with_row_index("row")
        .select("row", word=pl.col("text").str.to_lowercase().str.extract_all(_WORD))
    )
    hashed = words.explode("word").select("row", word=pl.col("word").hash(seed=WORDS))
    run = pl.sum_horizontal(
        pl.col("word").shift(-place) * _u64(odd) for place, odd in enumerate(_RUN)
    )
    whole = pl.col("row") == pl.col("row").shift(1 - WORDS)
    return (
        hashed.select("row", whole=whole, run=run)
        .filter("whole")
        .select("row", "run")
        .unique(maintain_order=True)
    )
