"""Which examples of a mix go on: so many of each source as its share says, so many of each label.

An example is chosen by its `id`, that is by all that it says, and the seed: the same input gives
the same examples, and a new one takes the place of few. None is repeated. The splits are those
without the mix.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import polars as pl

from dataprep.example import Batch
from dataprep.finding import UsageError, excerpt
from dataprep.recipe import Recipe, Source
from dataprep.report import counted
from dataprep.splits import LEAKS, answers

STAGE = "mix"
"""The stage of the ledger in which what a mix leaves out is counted."""

AT_MOST, SHARE = "at-most", "share"
LEFT_OUT = {
    AT_MOST: "its label, or its answer, has as many examples as asked for without it (at_most)",
    SHARE: "its source has as many examples as its share of the mix without it (mix)",
}
"""Why an example is left out by the mix, and in words."""

REASONS = ("", *LEAKS, *LEFT_OUT)
"""Why an example is left out, by its number in the column `why`: by the splits, or by a mix."""

MARKS = pl.Schema({"source": pl.UInt32, "answer": pl.UInt64})
"""What is kept of each example for a mix: 12 bytes. The answer is 0 where it does not matter."""

_ALL = 1e-6
"""By how much shares may miss 1, which decimals do."""


@dataclass(frozen=True, slots=True)
class SourceShare:
    """The share that a source has of a mix, and how many of its examples it comes to."""

    path: str
    share: float
    examples: int
    taken: int


@dataclass(frozen=True, slots=True)
class Mixture:
    """What goes on of some examples, as the columns `side` and `why` of a Division say it."""

    rows: pl.DataFrame
    shares: tuple[SourceShare, ...] = ()
    at_most: int | None = None
    capped: int = 0
    """Examples that were left out for their label or answer."""

    def notes(self) -> Iterator[str]:
        """What somebody should know of it."""
        if self.at_most is not None:
            yield (
                f"at most {counted(self.at_most, 'example')} of each label, or answer:"
                f" {self.capped:,} left out"
            )
        if self.shares:
            said = (
                f"{one.path} {100 * one.share:.4g} % ({one.taken:,} of {one.examples:,})"
                for one in self.shares
            )
            yield f"mix: {', '.join(said)}"

    def to_json(self) -> dict[str, Any]:
        """The mix as the manifest holds it."""
        sources = [
            {"path": s.path, "share": s.share, "examples": s.examples, "taken": s.taken}
            for s in self.shares
        ]
        return {"at_most": self.at_most, "left_out": self.capped, "sources": sources}


def refuse_shares(recipe: Recipe) -> None:
    """Raise UsageError for shares that are no mix, before anything is read."""
    shares = [source.mix for source in recipe.sources if source.mix is not None]
    if not shares:
        return
    all_named, total = len(shares) == len(recipe.sources), sum(shares)
    if total > 1 + _ALL:
        said = f"The shares of the mix are more than 1 together ({total:.4g})."
        raise UsageError(said, _TO_ONE)
    if all_named and total < 1 - _ALL:
        said = f"The shares of the mix are {total:.4g} together, and no source is left for the rest"
        raise UsageError(f"{said}.", _TO_ONE)
    if not all_named and total > 1 - _ALL:
        rest = next(source.path for source in recipe.sources if source.mix is None)
        said = f"The shares of the mix are 1 together, and nothing is left for {excerpt(rest)}."
        raise UsageError(said, _TO_ONE)


_TO_ONE = (
    "Give shares that sum to 1, or less where some sources have none: they share the rest. Shares"
    " are --mix NAME=SHARE, or mix: of a source in the recipe."
)


class SourceNumbers:
    """The number of the source of every example that passes, until its batch is marked."""

    def __init__(self, recipe: Recipe) -> None:
        self._sources = recipe.sources
        self._capped = recipe.at_most is not None
        self._waiting = array("I")

    def pass_on(self, source: Source, examples: Iterator[Any]) -> Iterator[Any]:
        """The examples, with the number of their source noted."""
        number = self._sources.index(source)
        for example in examples:
            self._waiting.append(number)
            yield example

    def marks(self, batch: Batch, checked: Batch) -> pl.DataFrame:
        """The marks of what was left of a batch by its checks, which is the next that passed."""
        numbers = pl.Series("source", self._waiting[: len(batch)], dtype=pl.UInt32)
        del self._waiting[: len(batch)]
        left = batch.examples["id"].is_in(checked.examples["id"].implode())
        hashes = [_hash(text) for text in answers(checked)] if self._capped else [0] * len(checked)
        answer = pl.Series("answer", hashes, dtype=pl.UInt64)
        return pl.DataFrame([numbers.filter(left), answer])


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def mixed(rows: pl.DataFrame, keys: pl.DataFrame, marks: pl.DataFrame, recipe: Recipe) -> Mixture:
    """The mix of divided examples: `rows` are those of a Division, `keys` and `marks` beside them.

    Raises UsageError for a source with a share and without an example.
    """
    order = blake2b(recipe.seed.to_bytes(8, "big"), digest_size=8, person=b"mix").digest()
    point = pl.lit(int.from_bytes(order, "big"), dtype=pl.UInt64)
    frame = pl.concat([rows, keys.select("id"), marks], how="horizontal").with_row_index("at")
    frame = frame.with_columns(rank=pl.col("id") ^ point).sort("rank", "at")
    capped = 0
    if recipe.at_most is not None:
        over = _among("answer") > recipe.at_most
        before = int((frame["side"] > 0).sum())
        frame = _without(frame, over, AT_MOST)
        capped = before - int((frame["side"] > 0).sum())
    shares: tuple[SourceShare, ...] = ()
    if any(source.mix is not None for source in recipe.sources):
        frame, shares = _shared(frame, recipe)
    left = _clustered(frame).sort("at").select(rows.columns)
    return Mixture(left, shares, recipe.at_most, capped)


def _clustered(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with their clusters by what is left: the least id of two or more names one."""
    here = pl.when(pl.col("side") > 0).then("id")
    many = here.count().over("cluster") > 1
    least = here.min().over("cluster")
    held = pl.col("cluster").is_not_null() & (pl.col("side") > 0) & many
    return frame.with_columns(cluster=pl.when(held).then(least))


def _among(*columns: str) -> pl.Expr:
    """The how manieth each row is of those with its values that are not left out."""
    return (pl.col("side") > 0).cast(pl.UInt32).cum_sum().over(*columns)


def _without(frame: pl.DataFrame, over: pl.Expr, why: str) -> pl.DataFrame:
    """The rows, of which those that are over are left out, for a reason."""
    gone = frame.select(gone=(pl.col("side") > 0) & over)["gone"]
    return frame.with_columns(
        side=pl.when(gone).then(0).otherwise("side").cast(pl.UInt8),
        why=pl.when(gone).then(REASONS.index(why)).otherwise("why").cast(pl.UInt8),
    )


def _shared(frame: pl.DataFrame, recipe: Recipe) -> tuple[pl.DataFrame, tuple[SourceShare, ...]]:
    """The rows, as many of each source as its share allows without any that is repeated.

    Sources without a share have the rest together, as if they were one.
    """
    numbers = range(len(recipe.sources))
    named = {n: share for n in numbers if (share := recipe.sources[n].mix) is not None}
    others = [n for n in numbers if n not in named]
    total = sum(named.values())
    pools = {n: (share if others else share / total) for n, share in named.items()}
    pool = pl.col("source").cast(pl.Int64)
    if others:
        pools[-1] = round(1 - total, 9)
        pool = pl.when(pl.col("source").is_in(others)).then(-1).otherwise(pool)
    frame = frame.with_columns(pool=pool.cast(pl.Int64))
    here = frame.filter(pl.col("side") > 0).group_by("pool").len()
    sizes = dict.fromkeys(pools, 0) | dict(here.iter_rows())
    for n, size in sizes.items():
        if not size:
            raise _without_examples(recipe, n, others)
    whole = min(sizes[n] / share for n, share in pools.items())
    most = {n: int(whole * share + _ALL) for n, share in pools.items()}
    allowed = pl.col("pool").replace_strict(most, return_dtype=pl.UInt32)
    frame = _without(frame, _among("pool") > allowed, SHARE)
    left = frame.filter(pl.col("side") > 0).group_by("pool").len()
    taken = dict.fromkeys(pools, 0) | dict(left.iter_rows())
    paths = {n: recipe.sources[n].path for n in named}
    if others:
        paths[-1] = _joint(recipe.sources[n].path for n in others)
    said = (SourceShare(paths[n], pools[n], sizes[n], taken[n]) for n in pools)
    return frame.drop("pool"), tuple(said)


def _joint(paths: Iterator[str]) -> str:
    first, *others = paths
    return f"{first} and {counted(len(others), 'other')}" if others else first


def _without_examples(recipe: Recipe, number: int, others: Sequence[int]) -> UsageError:
    path = recipe.sources[number if number >= 0 else others[0]].path
    said = f"{excerpt(path)} gives no example, so no mix can have a share of it."
    return UsageError(said, "Leave it out, or see why: dataprep check.")
