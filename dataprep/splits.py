"""Train, validation, test: by hash of content and group, without state, so rows never move.

The same prompt always falls on the same side, since its hash decides (that of the output where
nothing is asked, as in a plain text); with a group, the hash of the group decides, and a row
whose prompt already stands on another side is dropped as a leak. Every stratum is divided in
expectation alike, because the hash knows nothing of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import polars as pl

from dataprep.example import Batch
from dataprep.finding import Drop, Place

SPLITS = ("train", "validation", "test")
_KINDS = (b"prompt", b"group")


class Splitter:
    """Assigns splits batch by batch; `shares` are those of SPLITS and sum to 1.

    `grouped` says that some row has a group, or a split of its own: then the side of every prompt
    is remembered.
    """

    def __init__(self, shares: Sequence[float], seed: int, *, grouped: bool = False) -> None:
        key = seed.to_bytes(8, "big")
        self._hashes = {kind: blake2b(digest_size=8, key=key, person=kind) for kind in _KINDS}
        self._borders = [sum(shares[: i + 1]) for i in range(len(SPLITS))]
        self._grouped = grouped
        self._sides: dict[bytes, str] = {}
        self.counts: Counter[str] = Counter()
        self.strata: dict[str, Counter[str]] = {}

    def assign(self, batch: Batch) -> tuple[Batch, list[Drop]]:
        """The batch with its column `split`, and the rows that would have leaked."""
        frame = batch.examples
        prompts = [asked or said for asked, said in _pairs(batch)]
        groups = frame["group"]
        sides: Sequence[str | None]
        if groups.null_count() < len(groups) or self._grouped:
            named = zip(prompts, groups.to_list(), frame["split"].to_list(), strict=True)
            sides = [self._side(prompt, group, given) for prompt, group, given in named]
        else:
            sides = self._of(b"prompt", prompts)
        for example, side in zip(batch.held or (), sides, strict=bool(batch.held)):
            example.split = side
        split = pl.Series("split", sides, dtype=pl.String)
        batch = Batch(frame.with_columns(split), batch.turns, batch.held)
        drops: list[Drop] = []
        if split.null_count():
            leaks = split.is_null()
            drops = [_leak(row) for row in frame.filter(leaks).iter_rows(named=True)]
            batch = batch.keep(~leaks)
        self._count(batch.examples)
        return batch, drops

    def _side(self, prompt: str, group: str | None, given: str | None) -> str | None:
        kind, key = (b"prompt", prompt) if group is None else (b"group", group)
        side = given or self._of(kind, [key])[0]
        if not self._grouped:
            return side
        digest = blake2b(prompt.encode(), digest_size=8).digest()
        return side if self._sides.setdefault(digest, side) == side else None

    def _of(self, kind: bytes, keys: Sequence[str]) -> list[str]:
        """The side of each key: its hash as a number in [0, 1) against the borders."""
        begun, borders, sides = self._hashes[kind], self._borders, [*SPLITS, SPLITS[0]]
        found = []
        for key in keys:
            hashed = begun.copy()
            hashed.update(key.encode())
            share = int.from_bytes(hashed.digest(), "big") / 2**64
            found.append(sides[bisect_right(borders, share)])
        return found

    def _count(self, frame: pl.DataFrame) -> None:
        pairs = zip(frame["split"].to_list(), frame["label"].to_list(), strict=True)
        for (split, label), n in Counter(pairs).items():
            self.counts[split] += n
            if label is not None:
                self.strata.setdefault(label, Counter())[split] += n


def _pairs(batch: Batch) -> Iterable[tuple[str, str]]:
    """Input and output of each example."""
    if batch.held is not None:
        return ((example.input, example.output) for example in batch.held)
    return batch.examples.select("input", "output").iter_rows()


def _leak(row: dict[str, object]) -> Drop:
    place = Place(file=str(row["file"]), line=row["line"], task=row["task"])  # type: ignore[arg-type]
    detail = "its prompt already stands in another split"
    return Drop(unit="example", reason="D003", place=place, detail=detail)
