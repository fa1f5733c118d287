"""Groups that near copies or one prompt link go to one side, as long as they are few together.

Else what links them would have to be left out. Where linked groups would hold more than `most`
examples together, they are not put together: the sizes of the splits would follow them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from dataprep.near import DisjointSets


@dataclass(slots=True)
class _Block:
    """Groups that go to one side; `side` is 0 as long as nothing claims one."""

    groups: list[int]
    size: int
    side: int


@dataclass(frozen=True, slots=True)
class LinkedGroups:
    """Groups that were put together: how many, and how many sets they make."""

    groups: int = 0
    sets: int = 0


def with_linked(
    rows: pl.DataFrame, gone: pl.DataFrame | None, roots: pl.Series | None, *, most: int
) -> tuple[pl.DataFrame, LinkedGroups]:
    """The rows with the side of their group where it is `linked`, and where it would be anew.

    `roots` are the clusters of the rows and of those that are `gone`, None where none were looked
    for: then no groups are linked.
    """
    if roots is None or not (rows["group"] != 0).any():
        none = pl.lit(None, pl.UInt8)
        return rows.with_columns(linked=none, linked_anew=none), LinkedGroups()
    keys = rows["key"] if gone is None else pl.concat([rows["key"], gone["key"]])
    link = _links(keys, roots)
    given = pl.when(pl.col("given") > 0).then("given")
    columns = ("group", "group_side", "link")
    held = rows.with_columns(link=link.head(len(rows)))
    anew, _ = _sides(held.select(*columns, fixed=given), most)
    rows = rows.join(
        anew.rename({"linked": "linked_anew"}), on="group", how="left", maintain_order="left"
    )
    held = held.select(*columns, fixed=pl.coalesce(given, "was", "stood", "held"))
    if gone is not None:
        ghosts = gone.select(link=link.tail(len(gone)), fixed="side", group=pl.lit(0, pl.UInt64))
        held = pl.concat([held, ghosts], how="diagonal")
    sides, together = _sides(held, most)
    return rows.join(sides, on="group", how="left", maintain_order="left"), together


def _links(keys: pl.Series, roots: pl.Series) -> pl.Series:
    """The number of the set of each example, when those of one prompt are in one set too."""
    sets = DisjointSets(len(keys))
    rows = pl.DataFrame({"key": keys, "other": roots}).with_row_index("at")
    first = rows.select("at", other=pl.col("at").first().over("key"))
    for pairs in (rows.select("at", "other"), first):
        for one, other in pairs.filter(pl.col("at") != pl.col("other")).iter_rows():
            sets.join(other, one)
    return sets.roots().alias("link")


def _sides(rows: pl.DataFrame, most: int) -> tuple[pl.DataFrame, LinkedGroups]:
    """The `group` and `linked` (its side) of each group that is linked to another, or to a claim.

    And how many groups were put together.

    `rows` are examples with `link`, `group` (0: none) and `group_side` (by its hash), and `fixed`:
    the side that something stronger than the group claims for the example, or null.
    """
    grouped = rows.filter(pl.col("group") != 0)
    blocks = {
        group: _Block([group], size, side or 0)
        for group, size, side in grouped.group_by("group", maintain_order=True)
        .agg(size=pl.len(), side=pl.col("fixed").drop_nulls().first())
        .iter_rows()
    }
    claims = rows.group_by("link").agg(
        sides=pl.col("fixed").drop_nulls().n_unique(), side=pl.col("fixed").drop_nulls().first()
    )
    linked = (
        grouped.group_by("link")
        .agg(groups=pl.col("group").unique(maintain_order=True))
        .join(claims, on="link")
        .filter((pl.col("groups").list.len() > 1) | pl.col("side").is_not_null())
        .filter(pl.col("sides") < 2)
        .sort(pl.col("side").is_null(), "link")
    )
    for groups, side in linked.select("groups", "side").iter_rows():
        _link(groups, side or 0, blocks, most)
    own = dict(grouped.select("group", "group_side").iter_rows())
    found = {g: b.side or own[min(b.groups, key=_low)] for g, b in blocks.items()}
    moved = {group: side for group, side in found.items() if side != own[group]}
    schema = {"group": pl.UInt64, "linked": pl.UInt8}
    sets = {id(b): len(b.groups) for b in blocks.values() if len(b.groups) > 1}
    together = LinkedGroups(sum(sets.values()), len(sets))
    return pl.DataFrame({"group": [*moved], "linked": [*moved.values()]}, schema=schema), together


def _low(group: int) -> int:
    """The bits of a hash that say nothing of its side, to choose one of several without a bias."""
    return group & 0xFFFFFFFF


def _link(groups: Iterable[int], side: int, blocks: dict[int, _Block], most: int) -> None:
    """Make one block of those of some groups, and claim a side for it, as far as that goes."""
    held: _Block | None = None
    for group in groups:
        block = blocks[group]
        if side and not block.side and block.size <= most:
            block.side = side
        if held is None or block is held:
            held = block
            continue
        apart = held.side and block.side and held.side != block.side
        if apart or held.size + block.size > most:
            continue
        less, more = sorted((held, block), key=lambda one: len(one.groups))
        more.groups += less.groups
        more.size += less.size
        more.side = more.side or less.side
        for one in less.groups:
            blocks[one] = more
        held = more
