"""The side of every example, once all are known: what is near, or has one prompt, stays together.

A side is claimed by a split that the data gives, by the output of an earlier run, or by a group.
An example without a claim joins the side that its prompt or its near copies have; where they have
none, the member of the cluster with the smallest id decides by the hash of its prompt. An example
whose prompt or near copies stand on another side than its own is left out, unless it was there
before, or its split is given: then it stays, and is counted. Groups that are linked so are one, up
to a twentieth of the examples.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from dataprep.conversion.linked_groups import with_linked
from dataprep.near import DisjointSets, SignatureFiles, pairs_among
from dataprep.report import counted

WAS_THERE, GIVEN, GROUP, FREE = range(4)
"""Who says the side of an example, the first before the others."""

NOT_TOGETHER = (
    "near copies were not looked for, and may stand in two splits (near_duplicates is off)"
)
"""The note where near copies are not held together."""

REASONS = ("", "D003", "D006")
"""Why an example is left out, by its number in the column `why`."""

MUCH = 0.05
"""The share of all examples from which on one cluster is told of."""

_PIECE = 20_000
"""Examples of clusters on two sides whose signatures are looked at together."""

MOST_COMPARED = 500
"""Examples of a cluster on two sides that are held against each other one by one: a larger one
goes to one side as a whole, and what claims another is left out."""


@dataclass(frozen=True, slots=True)
class Division:
    """The columns `side` (0: left out), `why` and `cluster` (an id, or null) of every example."""

    rows: pl.DataFrame
    clusters: int = 0
    clustered: int = 0
    """Examples in clusters."""
    largest: int = 0
    """Examples of the largest cluster."""
    templates: tuple[int, int] = (0, 0)
    """Examples most of whose words are those of templates, and how many were looked at for it."""
    apart: int = 0
    """Examples with a near copy in another split, where both were given or there before."""
    kept: int = 0
    """Examples that are elsewhere than a new division would have them: there they were before."""

    def notes(self) -> Iterator[str]:
        """What somebody should know of it."""
        if self.clusters:
            yield (
                f"{counted(self.clustered, 'example')} in {counted(self.clusters, 'cluster')} of"
                " near copies: each cluster stands in one split"
            )
        if self.largest > MUCH * len(self.rows):
            yield (
                f"the largest cluster of near copies holds {self.largest:,} of"
                f" {len(self.rows):,} examples: the sizes of the splits follow it"
            )
        mostly, looked_at = self.templates
        if mostly:
            yield (
                f"{mostly:,} of {counted(looked_at, 'example')} have most of their words from a"
                " template (what one example of twenty holds): only the rest of them was compared"
            )
        if self.apart:
            yield (
                f"{counted(self.apart, 'example')} with a near copy in another split, where the"
                " splits that were given, or kept from an earlier output, have them"
            )


def divide(
    keys: pl.DataFrame, earlier: pl.DataFrame | None, signatures: SignatureFiles | None
) -> Division:
    """Divide the examples of `keys` (the columns of KEYS).

    `earlier` are examples of an earlier output with `key`, `id`, `group` and `side`; the signatures
    are of `keys`, and after them of those that `unseen` gives.
    """
    gone = unseen(keys, earlier)
    roots = None
    if signatures is not None:
        sets = DisjointSets(len(keys) + (0 if gone is None else len(gone)))
        signatures.join(sets)
        roots = sets.roots()
    rows = _claimed(keys, earlier, gone, roots)
    if gone is not None:
        rows = pl.concat([rows, _ghosts(gone, len(rows))], how="diagonal")
    rows = _by_prompt(rows)
    rows = rows.with_columns(root=pl.lit(None, pl.UInt32), several=pl.lit(False))
    apart = 0
    if signatures is not None:
        rows, apart = _by_nearness(rows, sets, signatures)
    rows = rows.filter(~pl.col("ghost"))
    named = rows.with_columns(
        cluster=pl.when(pl.col("several") & (pl.col("side") > 0)).then(
            pl.col("id").min().over("root", "side")
        )
    )
    many = pl.col("key").n_unique().over("cluster") > 1
    named = named.with_columns(cluster=pl.when(many).then("cluster"))
    moved = (pl.col("was") == pl.col("side")) & (pl.col("anew") != pl.col("side"))
    sizes = named["cluster"].drop_nulls().value_counts()["count"].to_list()
    return Division(
        named.select("side", "why", "cluster"),
        clusters=len(sizes),
        clustered=sum(sizes),
        largest=max(sizes, default=0),
        apart=apart,
        kept=int(named.select(moved.sum()).item()) if earlier is not None else 0,
    )


def unseen(keys: pl.DataFrame, earlier: pl.DataFrame | None) -> pl.DataFrame | None:
    """The earlier examples whose prompt none of the new ones has; their near copies join them."""
    if earlier is None:
        return None
    return earlier.join(keys, on="key", how="anti", maintain_order="left")


def _claimed(
    keys: pl.DataFrame,
    earlier: pl.DataFrame | None,
    gone: pl.DataFrame | None,
    roots: pl.Series | None,
) -> pl.DataFrame:
    """The rows with the side that each claims, and by what (`level`).

    `roots` are those of clusters, if any were looked for: groups that they link claim one side.
    """
    rows = keys.with_row_index("at")
    if earlier is None:
        none = pl.lit(None, pl.UInt8)
        rows = rows.with_columns(was=none, stood=none, held=none)
    else:
        for column, name in (("id", "was"), ("key", "stood"), ("group", "held")):
            first = earlier.filter(pl.col(column) != 0).unique(column, keep="first")
            sides = first.select(column, pl.col("side").alias(name))
            rows = rows.join(sides, on=column, how="left", maintain_order="left")
    given = pl.when(pl.col("given") > 0).then("given")
    rows = with_linked(rows, gone, roots, most=int(MUCH * len(rows)))
    grouped = pl.col("group") != 0
    group = pl.when(grouped).then(pl.coalesce("linked", "held", "group_side"))
    was = pl.col("was").is_not_null() & (given.is_null() | (given == pl.col("was")))
    level = (
        pl.when(was)
        .then(WAS_THERE)
        .when(given.is_not_null())
        .then(GIVEN)
        .when(group.is_not_null())
        .then(GROUP)
        .otherwise(FREE)
    )
    claims = rows.with_columns(
        claim=pl.coalesce(given, "was", group),
        level=level.cast(pl.UInt8),
        stays=was,
        anew=pl.coalesce(
            given, pl.when(grouped).then(pl.coalesce("linked_anew", "group_side")), "own"
        ),
        bound=grouped | (pl.col("given") > 0),
        ghost=pl.lit(False),
    )
    columns = ("at", "key", "id", "own", "was", "stood", "claim", "level", "stays", "anew")
    return claims.select(*columns, "bound", "ghost")


def _ghosts(gone: pl.DataFrame, start: int) -> pl.DataFrame:
    """Earlier examples that are not among the new ones, as rows after them."""
    rows = gone.select("key", "id", claim="side", own="side", anew="side", was="side")
    return rows.with_row_index("at", start).with_columns(
        level=pl.lit(WAS_THERE, pl.UInt8), stays=pl.lit(True), ghost=pl.lit(True)
    )


def _by_prompt(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the side of their prompt, and those left out that claim another (D003)."""
    claimed = rows.filter(pl.col("level") < FREE).sort("level", "at")
    first = claimed.unique("key", keep="first", maintain_order=True)
    sides = first.select("key", prompt="claim", prompt_level="level")
    rows = rows.join(sides, on="key", how="left", maintain_order="left")
    stood = pl.col("stood").is_not_null() & (pl.col("prompt_level").fill_null(FREE) > WAS_THERE)
    rows = rows.with_columns(
        prompt=pl.when(stood).then("stood").otherwise("prompt"),
        prompt_level=pl.when(stood).then(pl.lit(WAS_THERE, pl.UInt8)).otherwise("prompt_level"),
    )
    leaks = (pl.col("level") < FREE) & ~pl.col("stays") & (pl.col("claim") != pl.col("prompt"))
    side = pl.coalesce(pl.when("stays").then("claim"), "prompt", "own")
    return rows.with_columns(
        why=pl.when(leaks).then(1).otherwise(0).cast(pl.UInt8),
        side=pl.when(leaks).then(0).otherwise(side).cast(pl.UInt8),
        prompt_level=pl.col("prompt_level").fill_null(FREE),
    )


def _by_nearness(
    rows: pl.DataFrame, sets: DisjointSets, signatures: SignatureFiles
) -> tuple[pl.DataFrame, int]:
    """The rows with each cluster on one side, and how many stay apart from their near copies."""
    near = rows.filter(sets.roots().is_duplicated())
    if near.is_empty():
        return rows, 0
    near = rows.join(near.select("key").unique(), on="key", how="semi", maintain_order="left")
    beside = near.select("at", first=pl.col("at").first().over("key"))
    for one, first in beside.filter(pl.col("at") != pl.col("first")).iter_rows():
        sets.join(first, one)
    near = near.with_columns(root=sets.roots().gather(near["at"]))
    claim = pl.when(pl.col("stays") | (pl.col("prompt_level") < FREE)).then("side")
    claim = pl.when(pl.col("side") > 0).then(claim)
    by_id = pl.col("own").sort_by("id").first()
    found = near.group_by("root", maintain_order=True).agg(
        sides=claim.drop_nulls().n_unique(),
        joined=pl.coalesce(claim.drop_nulls().first(), by_id),
        first_own=by_id,
        bound_any=pl.col("bound").any(),
    )
    near = near.join(found, on="root", how="left", maintain_order="left")
    whole = (pl.col("sides") < 2) & (pl.col("side") > 0)
    near = near.with_columns(
        side=pl.when(whole).then("joined").otherwise("side"),
        anew=pl.when(pl.col("bound_any")).then("anew").otherwise("first_own"),
    )
    torn = near.filter((pl.col("sides") > 1) & (pl.col("side") > 0))
    settled = _Settled()
    for some in _in_pieces(torn):
        settled.settle(some, signatures)
    changed = near.select("at", "side", "why", "anew", "root", several=pl.lit(True))
    changed = changed.update(settled.frame(), on="at")
    return rows.update(changed, on="at"), settled.apart


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
