"""Near duplicates among many texts: MinHash signatures are kept, never the texts.

A text is the set of its runs of three words (Broder, On the resemblance and containment of
documents, 1997). Of each set the smallest values under 128 hashes are kept, 512 bytes a text.
Candidates share one of 32 bands of four (found with 99.9 % at a similarity of 0.7), and are
verified by the share of equal values: an estimate, whose standard error is 0.04 at 0.7.
"""

from __future__ import annotations

import io
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np
import polars as pl

from dataprep import scan
from dataprep.near.runs import FEWEST, HASHES, ODD, PLACES, runs_of
from dataprep.near.templates import common_runs
from dataprep.near.words import NearTexts

BANDS = 32
THRESHOLD = 0.7
"""Shared runs among all runs of two texts (Jaccard) from which on they are near duplicates."""

TOGETHER, WIDTH = 0.5, 3
"""From which on two texts stand in one split, and the values of a band by which they are found
(99.6 % at 0.5). It lies well below THRESHOLD, since a split has to hold what is near for certain,
and since rows that are checked may be written otherwise: with a system message, in another order.
"""

_NAMES = [f"h{number}" for number in range(HASHES)]
_ODD = np.array(ODD, dtype=np.uint32)
_SIGNING = scan.SignatureNumbers(np.array(PLACES, dtype=np.uint64), _ODD, FEWEST)
_LOWER = np.uint64(32)
"""Bits of a run that are left out: its upper half is enough."""

_SIGNATURE = dict.fromkeys(("row", *_NAMES), pl.UInt32)

SignatureColumn = Callable[[str], pl.Series]
"""One column of all signatures: a value of each, or the row (`row`) that it is of."""


def signed(texts: NearTexts, common: pl.Series) -> pl.DataFrame:
    """The signature of each text that has enough runs: `row` (from 0) and its 128 values."""
    if (found := scan.signed(texts, common.sort().to_numpy(), _SIGNING)) is not None:
        rows, values = found
        together = pl.Series(values.ravel(order="F"))  # one is cut up, sooner than 128 are made
        columns = [together.slice(n * len(rows), len(rows)) for n in range(HASHES)]
        named = [pl.Series("row", rows), *map(pl.Series.alias, columns, _NAMES)]
        return pl.DataFrame(named, schema_overrides=_SIGNATURE)
    kept = runs_of(texts).filter(~pl.col("run").is_in(common.implode()))
    enough = kept.filter(pl.len().over("row") >= FEWEST)
    return _least(enough["row"], enough["run"])


def _least(rows: pl.Series, runs: pl.Series) -> pl.DataFrame:
    """Of the runs of each row, which stand together, the least value under every hash."""
    if rows.is_empty():
        return pl.DataFrame(schema=_SIGNATURE)
    of, run = rows.to_numpy(), (runs.to_numpy() >> _LOWER).astype(np.uint32)
    starts = np.flatnonzero(np.diff(of, prepend=np.nan))
    values = {
        name: np.minimum.reduceat(run * odd, starts) for name, odd in zip(_NAMES, _ODD, strict=True)
    }
    return pl.DataFrame({"row": of[starts], **values}, schema_overrides=_SIGNATURE)


class Signatures:
    """The signatures of texts, which are numbered from 0 in the order of coming.

    `known` are runs of templates that were told elsewhere.
    """

    def __init__(self, known: pl.Series | None = None) -> None:
        self._known = known
        self._frames: list[pl.DataFrame] = []
        self._common: pl.Series | None = None
        self._count = 0

    def add(self, texts: NearTexts) -> None:
        """Remember a batch of texts, best some thousands; the first one shows the templates."""
        if self._common is None:
            self._common = common_runs(texts, self._known)
        frame = signed(texts, self._common)
        self._frames.append(frame.with_columns(pl.col("row") + self._count))
        self._count += len(texts)

    def pairs(self, threshold: float = THRESHOLD) -> pl.DataFrame:
        """Pairs of texts at least so similar: `first` < `later`, and the estimated `similarity`.

        In a large cluster not every pair is given, but enough to hold it together.
        """
        found = pl.DataFrame(schema=_PAIR)
        width = HASHES // BANDS
        for start in _starts(width):
            keyed = _keyed(self._column, start, width)
            found = pl.concat([found, _beside_another(keyed)]).unique()
        return similar(self._column, found, threshold)

    def _column(self, name: str) -> pl.Series:
        if not self._frames:
            return pl.Series(name, [], dtype=pl.UInt32)
        return pl.concat([frame[name] for frame in self._frames], rechunk=True)


class SignatureFiles:
    """Signatures that lie in files, and of which few are in memory at once.

    `files` are (path, number of its first text), as `write` wrote them.
    """

    def __init__(self, files: Sequence[tuple[Path, int]]) -> None:
        self._files = files
        counted = [len(_read(path, ["row"])) for path, _ in files]
        self._starts = [0, *accumulate(counted)]

    @staticmethod
    def write(texts: NearTexts, common: pl.Series, path: Path) -> None:
        """Sign some texts into a file."""
        written = io.BytesIO()  # by way of memory, so that a full disk is an OSError
        signed(texts, common).write_ipc(written, compression="uncompressed")
        path.write_bytes(written.getbuffer())

    def join(self, sets: DisjointSets, threshold: float = TOGETHER) -> None:
        """Join the texts that are at least so similar, band by band.

        What stands in one set already is not looked at again, so that a cluster of any size takes
        the memory of its texts and not of its pairs.
        """
        if self._starts[-1] < 2:
            return  # one text is near none, and the bands of it are 42 questions to Polars
        rows = self._columns(["row"])["row"]
        waiting = pl.DataFrame(schema=_PAIR)
        for keyed in self._bands():
            pairs = _apart(_beside_another(keyed), rows, sets.roots())
            waiting = pl.concat([waiting, pairs]).unique() if pairs.height else waiting
            if waiting.height >= _MANY_PAIRS:
                self._join(waiting, rows, sets, threshold)
                waiting = waiting.clear()
        self._join(waiting, rows, sets, threshold)

    def _join(
        self, pairs: pl.DataFrame, rows: pl.Series, sets: DisjointSets, threshold: float
    ) -> None:
        for some in pairs.sort("a", "b").iter_slices(_VERIFIED):
            apart = _apart(some, rows, sets.roots())
            at = pl.concat([apart[end] for end in _PAIR]).unique().sort()
            local = apart.select(pl.col(*_PAIR).map_batches(at.search_sorted).cast(pl.UInt32))
            sets.join_all(similar(self._gather(at).get_column, local, threshold))

    def signatures(self, texts: pl.Series) -> pl.DataFrame:
        """The signatures of some texts, by their numbers: some thousands of 512 bytes each."""
        rows = self._columns(["row"])["row"]
        return self._gather(rows.is_in(texts.implode()).arg_true())

    def _bands(self) -> Iterator[pl.DataFrame]:
        """The hash of each signature in one band after another; some are read together."""
        starts = _starts(WIDTH)
        some = max(1, _READ // (self._starts[-1] + 1) // WIDTH)
        for first in range(0, len(starts), some):
            held = starts[first : first + some]
            frame = self._columns(_NAMES[held[0] : held[-1] + WIDTH])
            for start in held:
                yield _keyed(frame.get_column, start, WIDTH)

    def _columns(self, names: list[str]) -> pl.DataFrame:
        """Some columns of all the signatures, in their order; `row` is the number of the text."""
        frames = []
        for path, start in self._files:
            frame = _read(path, names)
            frames.append(frame.with_columns(pl.col("row") + start) if "row" in names else frame)
        empty = pl.DataFrame(schema=dict.fromkeys(names, pl.UInt32))
        return pl.concat([empty, *frames], rechunk=True)

    def _gather(self, at: pl.Series) -> pl.DataFrame:
        """The signatures at some positions, which ascend."""
        frames = [pl.DataFrame(schema=_SIGNATURE)]
        for (path, number), start, end in zip(
            self._files, self._starts, self._starts[1:], strict=False
        ):
            first, last = at.search_sorted(start), at.search_sorted(end)
            if first < last:
                held = _read(path)[at[first:last] - start]
                frames.append(held.with_columns(pl.col("row") + number))
        return pl.concat(frames, rechunk=True)


def pairs_among(signatures: pl.DataFrame, sets: pl.Series) -> pl.DataFrame:
    """All near pairs among signatures of one set, as `first` and `later`.

    Every two of a set that share a band are held against each other.
    """
    found = pl.DataFrame(schema=_PAIR)
    for start in _starts(WIDTH):
        held = _keyed(signatures.get_column, start, WIDTH).with_columns(of=sets)
        both = held.join(held, on=["key", "of"], suffix="_later").select(a="b", b="b_later")
        found = pl.concat([found, both.filter(pl.col("a") < pl.col("b"))]).unique()
    return similar(signatures.get_column, found, TOGETHER)


class DisjointSets:
    """Numbers from 0, joined into sets; each set is known by the smallest of its numbers."""

    def __init__(self, count: int) -> None:
        self._parents = array("I", range(count))

    def root(self, one: int) -> int:
        """The smallest number of the set."""
        parents = self._parents
        while (parent := parents[one]) != one:
            parents[one] = one = parents[parent]
        return one

    def join(self, one: int, other: int) -> None:
        """Make one set of two."""
        least, most = sorted((self.root(one), self.root(other)))
        self._parents[most] = least

    def join_all(self, pairs: pl.DataFrame) -> None:
        """Make one set of the two of each pair, `first` and `later`.

        Of the sets that one is joined to at once the smallest wins; the others are left for the
        next round.
        """
        parents = np.frombuffer(self._parents, dtype=np.uint32)
        first, later = (pairs[name].to_numpy() for name in ("first", "later"))
        while len(first):
            roots = self.roots().to_numpy()
            one, other = roots[first], roots[later]
            np.minimum.at(parents, np.maximum(one, other), np.minimum(one, other))
            first, later = first[one != other], later[one != other]

    def roots(self) -> pl.Series:
        """The root of every number."""
        parents = pl.Series("root", self._parents, dtype=pl.UInt32)
        while not (above := parents.gather(parents)).equals(parents):
            parents = above
        return parents


_PAIR = {"a": pl.UInt32, "b": pl.UInt32}
"""Two signatures, by their positions."""

_MANY_PAIRS = 50_000
"""Pairs that may wait: the sooner they are joined, the fewer are found in later bands."""

_VERIFIED = 100_000
"""Pairs that are verified together: their signatures take at most 100 MB."""

_READ = 8_000_000
"""Values that are read together, 4 bytes each."""


def similar(column: SignatureColumn, candidates: pl.DataFrame, threshold: float) -> pl.DataFrame:
    """The candidates of which enough values are equal: `first` < `later` and `similarity`."""
    a, b = candidates["a"], candidates["b"]
    equal = pl.Series("equal", [0], dtype=pl.UInt32).new_from_index(0, candidates.height)
    for name in _NAMES if candidates.height else ():
        values = column(name)
        equal += (values.gather(a) == values.gather(b)).cast(pl.UInt32)
    rows = column("row")
    found = {"first": rows.gather(a), "later": rows.gather(b), "similarity": equal / HASHES}
    near = pl.DataFrame(found).filter(pl.col("similarity") >= threshold)
    return near.sort("later", "first")


def _read(path: Path, columns: list[str] | None = None) -> pl.DataFrame:
    """Columns of a file; it is opened here, since Polars takes `data[1]` for a pattern."""
    with path.open("rb") as file:
        return pl.read_ipc(file, columns=columns)


def _starts(width: int) -> range:
    """The first value of each band of some width."""
    return range(0, HASHES - width + 1, width)


def _keyed(column: SignatureColumn, start: int, width: int) -> pl.DataFrame:
    """The hash of one band of each signature (`key`), and its position (`b`)."""
    band = pl.DataFrame([column(name) for name in _NAMES[start : start + width]])
    return band.select(key=pl.struct(pl.all()).hash(), b=pl.int_range(pl.len(), dtype=pl.UInt32))


def _beside_another(keyed: pl.DataFrame) -> pl.DataFrame:
    """Pairs that share a band, as positions: each text with the first one and the one before.

    A pair may stand there twice.
    """
    shared = keyed.filter(pl.col("key").is_duplicated())
    order = shared["key"].to_numpy().argsort(kind="stable")
    key, at = (shared[name].to_numpy()[order] for name in ("key", "b"))
    later = np.flatnonzero(key[1:] == key[:-1]) + 1
    begins = np.flatnonzero(np.diff(key, prepend=key[:1]) != 0)
    first = np.concatenate([[0], begins])[np.searchsorted(begins, later, side="right")]
    both = {"a": np.concatenate([at[first], at[later - 1]]), "b": np.tile(at[later], 2)}
    return pl.DataFrame(both, schema_overrides=_PAIR)


def _apart(pairs: pl.DataFrame, rows: pl.Series, roots: pl.Series) -> pl.DataFrame:
    """The pairs of which the texts, whose numbers are `rows`, stand in two sets."""
    one, other = (roots.gather(rows.gather(pairs[end])) for end in _PAIR)
    return pairs.filter(one != other)
