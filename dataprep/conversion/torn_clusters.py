"""Clusters of near copies that stand on several sides: what is near two of them is left out."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from dataprep.near import SignatureFiles, pairs_among

WAS_THERE, GIVEN, GROUP, FREE = range(4)
"""Who says the side of an example, the first before the others."""

_PIECE = 20_000
"""Examples of clusters on two sides whose signatures are looked at together."""

MOST_COMPARED = 500
"""Examples of a cluster on two sides that are held against each other one by one: a larger one
goes to one side as a whole, and what claims another is left out."""


def settled(torn: pl.DataFrame, signatures: SignatureFiles) -> tuple[pl.DataFrame, int]:
    """The sides of examples of clusters on several sides, and how many stay near another side."""
    found = _Settled()
    for some in _in_pieces(torn):
        found.settle(some, signatures)
    return found.frame(), found.apart


def _in_pieces(torn: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Whole clusters, some thousands of rows at a time."""
    begun = torn.select("at", "root").sort("root", "at").with_row_index("number")
    piece = pl.col("number").min().over("root") // _PIECE
    pieces = begun.select("at", piece=piece)
    sized = torn.join(pieces, on="at").sort("root", "at")
    for _, some in sized.group_by("piece", maintain_order=True):
        yield some


class _Settled:
    """The sides of the examples of clusters on several sides."""

    def __init__(self) -> None:
        self._sides: dict[int, int] = {}
        self.apart = 0

    def settle(self, rows: pl.DataFrame, signatures: SignatureFiles) -> None:
        """Leave out of some clusters what is near two sides, or another than its own."""
        compared = rows.filter(pl.len().over("root") <= MOST_COMPARED)
        beside = _beside(compared, signatures)
        for _, cluster in rows.group_by("root", maintain_order=True):
            self._settle(cluster, beside if len(cluster) <= MOST_COMPARED else None)

    def _settle(self, rows: pl.DataFrame, beside: dict[int, set[int]] | None) -> None:
        keys = rows.sort("prompt_level", "at").unique("key", keep="first", maintain_order=True)
        prompts = {row["key"]: row for row in keys.iter_rows(named=True)}
        placed = _placed_whole(prompts) if beside is None else _placed(prompts, beside)
        for at, key, stays in rows["at", "key", "stays"].iter_rows():
            side = placed.get(key)
            if not stays:
                self._sides[at] = side or 0
            if beside is not None and side is not None:
                self.apart += any(placed.get(other, side) != side for other in beside[key])

    def frame(self) -> pl.DataFrame:
        """The rows that were settled: `at`, `side` and `why`."""
        sides = [*self._sides.values()]
        data = {"at": [*self._sides], "side": sides, "why": [0 if side else 2 for side in sides]}
        return pl.DataFrame(data, schema={"at": pl.UInt32, "side": pl.UInt8, "why": pl.UInt8})


def _placed_whole(prompts: Mapping[int, Mapping[str, int]]) -> dict[int, int]:
    """The side of each prompt of a large cluster: the first that is claimed, or that it keeps."""
    kept = {key: row["side"] for key, row in prompts.items() if _is_fixed(row)}
    if len({*kept.values()}) > 1:
        return kept
    side = next(row["side"] for row in prompts.values())
    joined = {k: side for k, r in prompts.items() if r["prompt_level"] == FREE or r["side"] == side}
    return kept | joined


def _is_fixed(row: Mapping[str, int]) -> bool:
    """Whether a prompt stays where it is, whatever is near it."""
    return row["prompt_level"] in (WAS_THERE, GIVEN)


def _beside(rows: pl.DataFrame, signatures: SignatureFiles) -> dict[int, set[int]]:
    """The prompts that are near each prompt, in its cluster."""
    key_of = dict(rows["at", "key"].iter_rows())
    beside: dict[int, set[int]] = {key: set() for key in key_of.values()}
    held = signatures.signatures(rows["at"])
    roots = held.join(rows, left_on="row", right_on="at", how="left", maintain_order="left")["root"]
    for first, later, _ in pairs_among(held, roots).iter_rows():
        one, other = key_of[first], key_of[later]
        if one != other:
            beside[one].add(other)
            beside[other].add(one)
    return beside


def _placed(
    prompts: Mapping[int, Mapping[str, int]], beside: dict[int, set[int]]
) -> dict[int, int]:
    """The side of each prompt that has one: those that claim it first, then from near to near."""
    placed: dict[int, int] = {}
    waiting: list[tuple[int, int]] = []
    done = set()

    def place(key: int, side: int) -> None:
        placed[key] = side
        for other in beside[key]:
            if prompts[other]["prompt_level"] == FREE:
                heapq.heappush(waiting, (prompts[other]["at"], other))

    def spread() -> None:
        while waiting:
            _, key = heapq.heappop(waiting)
            if key not in done:
                done.add(key)
                around = _sides(beside[key], placed)
                if len(around) == 1:
                    place(key, *around)

    for key, row in prompts.items():
        if row["prompt_level"] == FREE:
            continue
        if _is_fixed(row) or _sides(beside[key], placed) <= {row["side"]}:
            place(key, row["side"])
    spread()
    free = ((row["id"], key) for key, row in prompts.items() if row["prompt_level"] == FREE)
    for _, key in sorted(free):
        if key not in done:
            done.add(key)
            place(key, prompts[key]["own"])
            spread()
    return placed


def _sides(keys: Iterable[int], placed: Mapping[int, int]) -> set[int]:
    return {placed[key] for key in keys if key in placed}
