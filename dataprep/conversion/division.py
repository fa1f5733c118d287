"""The side of every example, once all are known: what is near, or has one prompt, stays together.

A side is claimed by a split that the data gives, by the output of an earlier run, or by a group.
An example without a claim joins the side that its prompt or its near copies have; where they have
none, the member of the cluster with the smallest id decides by the hash of its prompt; a cluster
with a twentieth of the examples goes where most of them are. An example
whose prompt or near copies stand on another side than its own is left out, unless it was there
before, or its split is given: then it stays, and is counted. Groups that are linked so are one, up
to a twentieth of the examples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from dataprep.conversion.linked_groups import LinkedGroups, with_linked
from dataprep.conversion.torn_clusters import FREE, GIVEN, GROUP, WAS_THERE, settled
from dataprep.near import DisjointSets, SignatureFiles
from dataprep.report import counted

NOT_TOGETHER = (
    "near copies were not looked for, and may stand in two splits (--near-duplicates off)"
)
"""The note where near copies are not held together."""

WAY_OUT = "--near-duplicates off divides each by its own prompt"
"""What helps where a long instruction that all share makes near copies of different rows."""

TOGETHER = "--near-duplicates whole keeps them together"
"""What helps where versions of one text pass for texts from a template."""

ANEW = "--splits-from none"
"""What divides without regard to an earlier output."""

MUCH = 0.05
"""The share of all examples from which on one cluster is told of."""

LARGE = 24
"""Examples of a cluster, and no less than `MUCH` of all, that stands where most examples are."""


@dataclass(frozen=True, slots=True)
class Division:
    """The columns `side` (0: left out), `why` and `cluster` (an id, or null) of every example."""

    rows: pl.DataFrame
    clusters: int = 0
    clustered: int = 0
    """Examples in clusters."""
    largest: int = 0
    """Examples of the largest cluster."""
    linked: LinkedGroups = field(default_factory=LinkedGroups)
    """Groups that near copies, or one prompt, put together."""
    templates: tuple[int, int] = (0, 0)
    """Examples most of whose words are those of templates, and how many were looked at for it."""
    common: pl.Series | None = None
    """The runs of words of those templates, where near copies were looked for."""
    apart: int = 0
    """Examples with a near copy in another split, where both were given or there before."""
    kept: int = 0
    """Examples that are elsewhere than a new division would have them: there they were before."""
    torn: int = 0
    """Groups in several splits, since an earlier output that knew no such groups has them there."""

    def notes(self) -> Iterator[str]:
        """What somebody should know of it."""
        if self.clusters:
            yield (
                f"{counted(self.clustered, 'example')} in {counted(self.clusters, 'cluster')} of"
                " near copies: each cluster stands in one split"
            )
        if self.linked.groups:
            yield (
                f"{self.linked.groups:,} groups are linked by near copies or by one prompt, and go"
                f" together: {counted(self.linked.sets, 'set')}, each in one split"
            )
        if self.largest > MUCH * len(self.rows):
            large = self.largest >= LARGE
            yield (
                f"the largest cluster of near copies holds {self.largest:,} of"
                f" {len(self.rows):,} examples: the sizes of the splits follow it"
                + ("; if these are no copies, but share a long text, " + WAY_OUT if large else "")
            )
        mostly, looked_at = self.templates
        if mostly:
            yield (
                f"{mostly:,} of {counted(looked_at, 'example')} have most of their words from a"
                " template (words that one example in twenty has too), and were compared by their"
                f" other words alone; if they are versions of one text, {TOGETHER}"
            )
        if self.apart:
            yield (
                f"{counted(self.apart, 'example')} with a near copy in another split, where the"
                " splits that were given, or kept from an earlier output, have them"
            )

    def notes_on_earlier(self, folder: Path) -> Iterator[str]:
        """What is said of the splits of an earlier output, and stands in no manifest."""
        if self.kept:
            keep = "keeps" if self.kept == 1 else "keep"
            yield (
                f"{counted(self.kept, 'example')} {keep} the split of {folder},"
                f" and would have another if all were divided anew: {ANEW}"
            )
        if self.torn:
            stand = "stands" if self.torn == 1 else "stand"
            yield (
                f"{counted(self.torn, 'group')} {stand} in several splits, as {folder} has their"
                f" rows: {ANEW} puts each in one"
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
    rows, linked = _claimed(keys, earlier, gone, roots)
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
        linked=linked,
        apart=apart,
        kept=int(named.select(moved.sum()).item()) if earlier is not None else 0,
        torn=_torn(keys["group"], named["side"]) if earlier is not None else 0,
    )


def _torn(groups: pl.Series, sides: pl.Series) -> int:
    """How many groups stand on several sides."""
    rows = pl.DataFrame({"group": groups, "side": sides})
    rows = rows.filter((pl.col("group") != 0) & (pl.col("side") > 0))
    found = rows.group_by("group").agg(pl.col("side").n_unique())
    return found.filter(pl.col("side") > 1).height


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
) -> tuple[pl.DataFrame, LinkedGroups]:
    """The rows with the side that each claims, and by what (`level`); the groups put together.

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
        rows = _there_before_groups(rows, earlier)
    given = pl.when(pl.col("given") > 0).then("given")
    rows, linked = with_linked(rows, gone, roots, most=int(MUCH * len(rows)))
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
    return claims.select(*columns, "bound", "ghost"), linked


def _there_before_groups(rows: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """The rows, of which those of a group were there too, if their prompt was, and without a group.

    With a new column a row has another id; its group would claim another side than its prompt has.
    """
    alone = earlier.unique("key", keep="first").filter(pl.col("group") == 0)
    regrouped = (pl.col("group") != 0) & pl.col("key").is_in(alone["key"].implode())
    return rows.with_columns(was=pl.coalesce("was", pl.when(regrouped).then("stood")))


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
    new = rows.filter(~pl.col("ghost"))
    most = new["own"].mode().min()
    large = pl.len() >= max(LARGE, MUCH * len(new))
    by_id = (
        pl.when(large).then(pl.lit(most, pl.UInt8)).otherwise(pl.col("own").sort_by("id").first())
    )
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
    sides, apart = settled(torn, signatures)
    changed = near.select("at", "side", "why", "anew", "root", several=pl.lit(True))
    changed = changed.update(sides, on="at")
    return rows.update(changed, on="at"), apart
