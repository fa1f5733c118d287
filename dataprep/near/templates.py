"""The runs of templates, told from those of one text that stands in many versions.

Both stand in many texts. What varies in a template stands in fixed places: the same few words come
and go together, and all others stand in every text. In the versions of one text the edits are
scattered: most versions lack some runs that no other lacks with them, and no word is safe.
"""

from __future__ import annotations

import binascii
import math
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from dataprep.near.runs import FEWEST, placed_runs, runs_of
from dataprep.near.words import NearTexts, words_of

SHARE, ROWS = 0.05, 5
"""Runs that stand in so large a share of the texts, and in so many, are frequent. Those of a
template are taken out of all texts, since an instruction that all rows share makes none alike."""

FEWEST_COPIES = 16
"""Texts that tell whether they are versions of one: fewer of them pass for those of a template."""

_FEWEST_RUNS, _FEWEST_WORDS = 24, 8
"""Frequent runs, and words among them, that the versions of a text must have for a verdict."""

_OWN, _OF_SOME = 0.5, 0.04
"""Versions that lack runs which no other version lacks like them, and the share of the versions
that may still be like them: a short text has few places for an edit."""

_APART, _SELDOM, _APART_SELDOM = 0.6, 2.5, 0.25
"""How many of the runs that some version lacks are lacking in texts of their own; less is asked
where a run is lacking in less than `_SELDOM` texts. Words that vary in one place take three runs
with them, all in the same texts."""

_SAFE_WORDS, _SAFE_RUNS = 0.2, 0.15
"""How many more may stand in all versions than chance leaves, where edits are scattered."""

_ELSEWHERE = 1.25
"""How much oftener than in the versions of one text a run may stand in all: else it is not its."""

_MOST_GROUPS, _MOST_VERSIONS = 60, 400
"""Groups of texts that are looked at, and texts of one whose words are."""


def common_runs(texts: NearTexts, known: pl.Series | None = None) -> pl.Series:
    """The runs of templates, told from some of the texts: none of them counts in any text.

    Those that are `known` count as frequent, however seldom they have become.
    """
    return templates_in(texts, known)[0]


def templates_in(texts: NearTexts, known: pl.Series | None = None) -> tuple[pl.Series, int]:
    """The same, and how many texts have half of their runs, or more, from templates."""
    runs = runs_of(texts)
    known = runs["run"].clear() if known is None else known
    often = max(ROWS, int(SHARE * len(texts)))
    counted = runs.group_by("run").agg(total=pl.len())
    frequent = counted.filter((pl.col("total") >= often) | pl.col("run").is_in(known.implode()))
    shared = runs.join(frequent, on="run")
    sizes = runs.group_by("row").agg(runs=pl.len()).filter(pl.col("runs") >= FEWEST)
    mostly = _mostly(shared, sizes)
    copied = [known.clear()]
    for leader, group in _groups(shared.join(mostly, on="row", how="semi"), mostly["row"], often):
        copied.append(_copied(texts, leader, group))
    freed = pl.concat(copied)
    if len(freed):
        frequent = frequent.filter(~pl.col("run").is_in(freed.implode()))
        known = known.filter(~known.is_in(freed.implode()))
        mostly = _mostly(shared.join(frequent, on="run", how="semi"), sizes)
    return pl.concat([frequent["run"], known]).unique(), len(mostly)


def packed(common: pl.Series) -> dict[str, str]:
    """Runs of templates for a manifest, and by which hash they were taken."""
    runs = b"".join(run.to_bytes(8, "little") for run in common.sort())
    return {"hash": _hash_in_use(), "runs": b64encode(runs).decode()}


def entry_of(manifest: Mapping[str, Any]) -> Any:
    """What a manifest says of the templates by which near copies were told; None for nothing."""
    division = manifest.get("division")
    return division.get("templates") if isinstance(division, Mapping) else None


def unpacked(entry: Any) -> pl.Series:
    """The runs of such an entry; none of one that is not whole, or that another hash made."""
    none = pl.Series("run", [], dtype=pl.UInt64)
    if not isinstance(entry, Mapping) or entry.get("hash") != _hash_in_use():
        return none
    try:
        data = b64decode(entry.get("runs", ""), validate=True)
    except (binascii.Error, TypeError, ValueError):
        return none
    if len(data) % 8:
        return none
    runs = [int.from_bytes(data[at : at + 8], "little") for at in range(0, len(data), 8)]
    return pl.Series("run", runs, dtype=pl.UInt64)


def _hash_in_use() -> str:
    """What tells the hash of words and runs from that of another version of dataprep."""
    return f"{runs_of(['runs of words'])['run'][0]:016x}"


def _mostly(shared: pl.DataFrame, sizes: pl.DataFrame) -> pl.DataFrame:
    """The rows at least half of whose runs are frequent, those with most of them first."""
    held = shared.group_by("row").agg(held=pl.len()).join(sizes, on="row")
    mostly = held.filter(pl.col("held") * 2 >= pl.col("runs"))
    return mostly.sort("held", "row", descending=[True, False])


def _groups(left: pl.DataFrame, order: pl.Series, often: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """Texts that share half of the frequent runs of one of them: that one, and their runs."""
    done: set[int] = set()
    found = 0
    for leader in order:
        if leader in done:
            continue
        own = left.filter(pl.col("row") == leader)["run"]
        held = left.filter(pl.col("run").is_in(own.implode())).group_by("row").len()
        members = held.filter(pl.col("len") * 2 >= len(own))["row"]
        done.update(members)
        inside = pl.col("row").is_in(members.implode())
        if len(members) >= max(FEWEST_COPIES, often // 2):
            yield leader, left.filter(inside)
        left = left.filter(~inside)
        found += 1
        if found == _MOST_GROUPS:
            return


def _copied(texts: NearTexts, leader: int, group: pl.DataFrame) -> pl.Series:
    """The runs of the text that the texts of a group are versions of; none for a template."""
    rows = group["row"].n_unique()
    whose = pl.col("row").hash(FEWEST).sum()
    held = group.group_by("run").agg(pl.col("total").first(), count=pl.len(), texts=whose)
    held = held.filter(pl.col("total") <= pl.col("count") * _ELSEWHERE + 2)
    core = held.filter(pl.col("count") * 2 >= rows)
    lacking = core.filter(pl.col("count") < rows)
    none = group["run"].clear()
    if len(core) < _FEWEST_RUNS or lacking.is_empty():
        return none
    apart = lacking["texts"].n_unique() / len(lacking)
    mean = (rows - lacking["count"]).sum() / len(core)
    if apart < (_APART if mean >= _SELDOM else _APART_SELDOM):
        return none
    if mean < _SELDOM and 1 - len(lacking) / len(core) > math.exp(-mean) + _SAFE_RUNS:
        return none
    kept = group.join(core, on="run", how="semi").group_by("row")
    patterns = kept.agg(count=pl.len(), runs=pl.col("run").hash(FEWEST).sum())
    alike = patterns.filter(pl.col("count") < len(core)).group_by("runs").len()["len"]
    if alike.filter(alike <= max(2, _OF_SOME * rows)).sum() < _OWN * rows:
        return none
    return held["run"] if _no_word_is_safe(texts, leader, group["row"], lacking["run"]) else none


def _no_word_is_safe(texts: NearTexts, leader: int, members: pl.Series, lacking: pl.Series) -> bool:
    """Whether about each word of the runs that some texts lack is lacking in some.

    Between the values of a record, the names of its fields stand in every one.
    """
    every = pl.Series(texts, dtype=pl.String)
    words = words_of(every[leader : leader + 1])
    once = words.filter(~pl.col("word").is_duplicated())["word"]
    middles = placed_runs(words).filter(pl.col("run").is_in(lacking.implode()))["middle"]
    looked_at = once.filter(once.is_in(middles.implode()))
    rows = members.unique().sort().head(_MOST_VERSIONS)
    held = words_of(every.gather(rows)).unique()
    counts = held.filter(pl.col("word").is_in(looked_at.implode())).group_by("word").len()["len"]
    counts = counts.filter(counts * 2 >= len(rows))
    if len(counts) < _FEWEST_WORDS:
        return False
    mean = len(rows) - counts.sum() / len(counts)
    safe = (counts == len(rows)).sum() / len(counts)
    return bool(safe <= math.exp(-mean) + _SAFE_WORDS)
