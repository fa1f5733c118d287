"""What follows the first round over the input: sign, divide, and hand out what is to be written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import polars as pl

from dataprep import near
from dataprep.conversion import shard_frames
from dataprep.conversion.division import Division, divide, unseen
from dataprep.conversion.earlier import EarlierSplits
from dataprep.conversion.mixing import MARKS, Mixture, mixed
from dataprep.conversion.units import Signing, Writing
from dataprep.recipe import Recipe
from dataprep.splits import KEYS
from dataprep.workers import Work

_LOOKED_AT, _FRAMES = 4096, 16
"""Examples that are looked at for templates, as many as by `check`, and frames that they are of."""

_EARLIER = ".earlier"
_AT_ONCE = 4096
"""Earlier examples that are signed together."""


@dataclass(frozen=True, slots=True)
class WaitingShard:
    """A shard whose frames wait, and the keys of each; for a mix, the marks of each too."""

    folder: Path
    keys: tuple[pl.DataFrame, ...]
    marks: tuple[pl.DataFrame, ...] = ()

    @property
    def rows(self) -> int:
        """How many examples wait."""
        return sum(map(len, self.keys))


def divided(
    shards: Sequence[WaitingShard],
    earlier: EarlierSplits | None,
    work: Work,
    folder: Path,
    *,
    together: bool | Literal["whole"],
) -> Division:
    """The side of every row that waits.

    `together` says that near copies stand on one side, and whether their whole texts are compared,
    those of templates too; signatures lie in `folder` and below.
    """
    keys = joined_keys(shards)
    known = None if earlier is None else earlier.rows
    gone = unseen(keys, known)
    signatures = None
    if together:
        common, mostly, looked_at = near.unpacked(None), 0, 0
        if together != "whole":
            texts = _looked_at(shards)
            common, mostly = near.templates_in(texts, earlier.templates if earlier else None)
            looked_at = len(texts)
        signing = [Signing(shard.folder, len(shard.keys), common) for shard in shards]
        for _ in work(signing):
            pass
        files = [*_files(shards)]
        if earlier is not None and gone is not None:
            files += _sign_earlier(earlier, gone, common, folder, len(keys))
        signatures = near.SignatureFiles(files)
    division = divide(keys, known, signatures)
    if signatures is not None:
        division = replace(division, templates=(mostly, looked_at), common=common)
    if (folder / _EARLIER).exists():
        shutil.rmtree(folder / _EARLIER)  # a failure ends the run: all in `folder` is published
    return division


def joined_keys(shards: Sequence[WaitingShard]) -> pl.DataFrame:
    """The keys of all that waits."""
    return pl.concat([pl.DataFrame(schema=KEYS), *(one for shard in shards for one in shard.keys)])


def mixture_of(
    shards: Sequence[WaitingShard], division: Division, recipe: Recipe
) -> Mixture | None:
    """What goes on of all that was divided; None where a recipe asks for no mix."""
    if not recipe.mixes:
        return None
    marks = [pl.DataFrame(schema=MARKS), *(one for shard in shards for one in shard.marks)]
    return mixed(division.rows, joined_keys(shards), pl.concat(marks), recipe)


def _looked_at(shards: Sequence[WaitingShard]) -> pl.Series:
    """The texts that tell the runs of templates: all, or a sample that is spread over all."""
    frames = [(s.folder, number, len(k)) for s in shards for number, k in enumerate(s.keys)]
    frames = frames[:: max(1, len(frames) // _FRAMES)]
    every = -(-sum(rows for _, _, rows in frames) // _LOOKED_AT)
    texts = [pl.Series(dtype=pl.String)]
    for folder, number, _ in frames:
        texts.append(shard_frames.texts(folder, number).gather_every(every))
    return pl.concat(texts)


def _files(shards: Sequence[WaitingShard]) -> Iterator[tuple[Path, int]]:
    start = 0
    for shard in shards:
        for number, keys in enumerate(shard.keys):
            yield shard_frames.signatures(shard.folder, number), start
            start += len(keys)


def _sign_earlier(
    earlier: EarlierSplits, gone: pl.DataFrame, common: pl.Series, folder: Path, start: int
) -> Iterator[tuple[Path, int]]:
    """Sign earlier examples that did not come again, numbered on from `start`."""
    place = folder / _EARLIER
    place.mkdir()
    for texts in earlier.texts(gone):
        for at in range(0, len(texts), _AT_ONCE):
            piece = texts[at : at + _AT_ONCE]
            path = shard_frames.signatures(place, start)
            near.SignatureFiles.write(piece, common, path)
            yield path, start
            start += len(piece)


def writings(shards: Sequence[WaitingShard], rows: pl.DataFrame) -> Iterator[Writing]:
    """The frames to be written, with the rows of a Division, or of a Mixture, beside them."""
    start = 0
    for shard in shards:
        frames = []
        for keys in shard.keys:
            frames.append(rows[start : start + len(keys)])
            start += len(keys)
        yield Writing(shard.folder, tuple(frames))
