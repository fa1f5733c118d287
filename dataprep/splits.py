"""Train, validation, test: by hash of content and group, without state, so rows never move.

The same prompt always falls on the same side, since its hash decides (of a conversation that of all
before its last answer, that of the output where nothing is asked, as in a plain text); with a
group, the hash of the group decides, and a row whose prompt already stands on another side is
dropped as a leak. Every stratum is divided in expectation alike, because the hash knows nothing of
it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import polars as pl

from dataprep.example import INSTRUCTING, Batch
from dataprep.finding import Drop, Place

SPLITS = ("train", "validation", "test")
_KINDS = (b"prompt", b"group")

KEYS = pl.Schema(
    {
        "key": pl.UInt64,  # of the prompt
        "id": pl.UInt64,
        "own": pl.UInt8,  # the side of the prompt, by its hash; sides are numbered from 1
        "group": pl.UInt64,  # 0 where there is none, as in the next two
        "group_side": pl.UInt8,
        "given": pl.UInt8,
    }
)
"""What is kept of each example until all of them are divided: 27 bytes, and no text."""


class HashSplit:
    """The side of a prompt or of a group by its hash; `shares` are those of SPLITS, of sum 1."""

    def __init__(self, shares: Sequence[float], seed: int) -> None:
        key = seed.to_bytes(8, "big")
        self._begun = {kind: blake2b(digest_size=8, key=key, person=kind) for kind in _KINDS}
        self._borders = [sum(shares[: i + 1]) for i in range(len(SPLITS))]

    def hashes(self, kind: bytes, keys: Iterable[str]) -> list[int]:
        """The hash of each key, of 64 bits."""
        begun = self._begun[kind]
        found = []
        for key in keys:
            hashed = begun.copy()
            hashed.update(key.encode())
            found.append(int.from_bytes(hashed.digest(), "big"))
        return found

    def sides(self, hashes: Iterable[int]) -> list[int]:
        """The side of each hash, as a number in [0, 1) against the borders: 0 is train."""
        borders, last = self._borders, len(SPLITS)
        return [bisect_right(borders, hashed / 2**64) % last for hashed in hashes]

    def keys(self, batch: Batch) -> pl.DataFrame:
        """What decides the side of each example of a batch: the columns of KEYS."""
        frame = batch.examples
        asked = self.hashes(b"prompt", prompts(batch))
        rows = {
            "key": asked,
            "id": [int(one, 16) for one in frame["id"]],
            "own": [side + 1 for side in self.sides(asked)],
            "group": [0] * len(frame),
            "group_side": [0] * len(frame),
            "given": [0] * len(frame),
        }
        groups, given = frame["group"], frame["split"]
        if groups.null_count() < len(groups):
            held = self.hashes(b"group", (name or "" for name in groups))
            known = groups.is_not_null()
            rows["group"] = [(h or 1) * one for h, one in zip(held, known, strict=True)]
            sides = zip(self.sides(held), known, strict=True)
            rows["group_side"] = [(side + 1) * one for side, one in sides]
        if given.null_count() < len(given):
            rows["given"] = [numbered(split) for split in given]
        return pl.DataFrame(rows, schema=KEYS)


def numbered(split: str | None) -> int:
    """The number of a split, from 1; 0 for none."""
    return SPLITS.index(split) + 1 if split in SPLITS else 0


class SplitCounts:
    """How many examples each split has, in all and of each stratum."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.strata: dict[str, Counter[str]] = {}

    def add(self, frame: pl.DataFrame) -> None:
        """Count the examples of a frame."""
        pairs = zip(frame["split"].to_list(), frame["label"].to_list(), strict=True)
        for (split, label), n in Counter(pairs).items():
            self.counts[split] += n
            if label is not None:
                self.strata.setdefault(label, Counter())[split] += n


class Splitter:
    """Assigns splits batch by batch; `shares` are those of SPLITS and sum to 1.

    `grouped` says that some row has a group, or a split of its own: then the side of every prompt
    is remembered.
    """

    def __init__(self, shares: Sequence[float], seed: int, *, grouped: bool = False) -> None:
        self._hash = HashSplit(shares, seed)
        self._grouped = grouped
        self._sides: dict[bytes, str] = {}
        self.counted = SplitCounts()

    def assign(self, batch: Batch) -> tuple[Batch, list[Drop]]:
        """The batch with its column `split`, and the rows that would have leaked."""
        frame = batch.examples
        asked = prompts(batch)
        groups = frame["group"]
        sides: Sequence[str | None]
        if groups.null_count() < len(groups) or self._grouped:
            named = zip(asked, groups.to_list(), frame["split"].to_list(), strict=True)
            sides = [self._side(prompt, group, given) for prompt, group, given in named]
        else:
            sides = self._of(b"prompt", asked)
        for example, side in zip(batch.held or (), sides, strict=bool(batch.held)):
            example.split = side
        split = pl.Series("split", sides, dtype=pl.String)
        batch = Batch(frame.with_columns(split), batch.turns, batch.held)
        drops: list[Drop] = []
        if split.null_count():
            leaks = split.is_null()
            drops = [_leak(row) for row in frame.filter(leaks).iter_rows(named=True)]
            batch = batch.keep(~leaks)
        self.counted.add(batch.examples)
        return batch, drops

    def _side(self, prompt: str, group: str | None, given: str | None) -> str | None:
        kind, key = (b"prompt", prompt) if group is None else (b"group", group)
        side = given or self._of(kind, [key])[0]
        if not self._grouped:
            return side
        digest = blake2b(prompt.encode(), digest_size=8).digest()
        return side if self._sides.setdefault(digest, side) == side else None

    def _of(self, kind: bytes, keys: Sequence[str]) -> list[str]:
        """The side of each key."""
        return [SPLITS[side] for side in self._hash.sides(self._hash.hashes(kind, keys))]


def prompts(batch: Batch) -> list[str]:
    """What each example asks; what it answers, where nothing is asked.

    Of a conversation that is all turns but the last, as duplicates are told by, and not the last
    question alone: many of them end in the same few words. Instructions do not count.
    """
    asked = pl.when(pl.col("input") != "").then("input").otherwise("output")
    if batch.turns.is_empty():
        return batch.examples.select(asked=asked)["asked"].to_list()
    turn = pl.concat_str(
        [pl.col(name).fill_null("") for name in ("role", "content", "tool_calls", "parts")],
        separator="\x00",
    )
    before = pl.col("index") < pl.col("index").max().over("example")
    talks = (
        batch.turns.filter(before & ~pl.col("role").is_in(INSTRUCTING))
        .sort("example", "index")
        .group_by("example", maintain_order=True)
        .agg(talk=turn.str.join("\x01"), turns=pl.len())
        .filter(pl.col("turns") > 1)
    )
    both = batch.examples.select("id", asked=asked).join(
        talks, left_on="id", right_on="example", how="left", maintain_order="left"
    )
    return both.select(asked=pl.coalesce("talk", "asked"))["asked"].to_list()


def answers(batch: Batch) -> list[str]:
    """The label of each example; where it has none what is answered, of a talk its last turn."""
    frame = batch.examples
    own = pl.when(pl.col("output") != "").then("output")
    if batch.turns.is_empty():
        return frame.select(said=pl.coalesce("label", own, pl.lit("")))["said"].to_list()
    said = [pl.col(name).fill_null("") for name in ("content", "tool_calls", "parts")]
    last = (
        batch.turns.sort("example", "index")
        .group_by("example", maintain_order=True)
        .agg(last=pl.concat_str(said, separator="\x00").last())
    )
    both = frame.select("id", "label", own=own).join(
        last, left_on="id", right_on="example", how="left", maintain_order="left"
    )
    return both.select(said=pl.coalesce("label", "own", "last", pl.lit("")))["said"].to_list()


def _leak(row: dict[str, object]) -> Drop:
    place = Place(file=str(row["file"]), line=row["line"], task=row["task"])  # type: ignore[arg-type]
    return Drop(unit="example", reason="D003", place=place, detail=LEAKS["D003"])


LEAKS = {
    "D003": "its prompt already stands in another split",
    "D006": "it is nearly the same as examples of another split, or of two",
}
"""Why an example is left out by the stage of the splits, by the rule that it would break."""
