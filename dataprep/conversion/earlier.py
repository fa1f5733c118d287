"""The splits of an earlier output, which a run keeps where its rows come again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from dataprep import store
from dataprep.conversion.shard_frames import SAID, texts_of
from dataprep.example import Batch
from dataprep.finding import DataprepError, UsageError
from dataprep.frames import read_frame
from dataprep.parts import part_files, turns_of
from dataprep.recipe import Recipe
from dataprep.splits import HashSplit, numbered

NONE = "none"
"""In the place of a folder: divide anew, whatever the output that is replaced holds."""

_AGAIN = "Divide anew: --splits-from none"


@dataclass(frozen=True, slots=True)
class EarlierSplits:
    """The examples of an earlier output: `key`, `id`, `group` and `side`, `part` and `row`."""

    folder: Path
    digest: str
    rows: pl.DataFrame

    def texts(self, gone: pl.DataFrame) -> Iterator[pl.Series]:
        """The texts of some of the examples, part by part, in the order of `gone`."""
        files = part_files(self.folder)
        for (part,), rows in gone.group_by("part", maintain_order=True):
            path = files[int(part)]
            examples = read_frame(path, SAID, _AGAIN)[rows["row"]]
            yield texts_of(examples, turns_of(self.folder / "turns" / path.name))


def earlier_splits(
    recipe: Recipe, base: Path, out: Path, hashed: HashSplit
) -> tuple[EarlierSplits | None, str]:
    """The output whose splits are kept, if any, and a note where those in `out` are not.

    That of `splits.from`; else the one that is replaced, if it was divided by the same settings.
    Raises UsageError where `splits.from` is no output, or cannot be read.
    """
    asked = recipe.splits.from_
    if asked is not None:
        if asked == NONE:
            return None, ""
        folder = base / asked
        return _read(folder, store.read_manifest(folder)["digest"], hashed), ""
    if not recipe.splits.near_duplicates or not (out / store.MANIFEST).is_file():
        return None, ""
    try:
        manifest = store.read_manifest(out)
        before, now = _settings(manifest["recipe"]), settings(recipe)
        if other := sorted(name for name in now if before.get(name, now[name]) != now[name]):
            return None, (
                f"the splits of {out} were made with another {other[0]}, and are made anew; to"
                f" keep them: --splits-from {out}"
            )
        return _read(out, manifest["digest"], hashed), ""
    except DataprepError as error:
        return None, f"the splits of {out} cannot be kept: {error.message}"


def settings(recipe: Recipe) -> dict[str, Any]:
    """What decides the splits beside the rows."""
    return _settings(recipe.model_dump(mode="json", by_alias=True))


def _settings(recipe: dict[str, Any]) -> dict[str, Any]:
    shares = {"train": 0.8, "validation": 0.1, "test": 0.1, **recipe.get("splits", {})}
    sources = recipe.get("sources", [])
    found: dict[str, Any] = {"seed": recipe.get("seed", 0)}
    found["shares"] = [shares[name] for name in ("train", "validation", "test")]
    found["near_duplicates"] = shares.get("near_duplicates", True)
    for name in ("group", "split_by"):
        found[name] = sorted({str(source.get(name) or "") for source in sources})
    return found


def _read(folder: Path, digest: str, hashed: HashSplit) -> EarlierSplits:
    """Read the splits of an output."""
    frames = []
    for number, path in enumerate(part_files(folder)):
        columns = ("id", "input", "output", "group", "split")
        examples = read_frame(path, columns, _AGAIN)
        keys = hashed.keys(Batch(examples, pl.DataFrame()))
        sides = pl.Series("side", [numbered(one) for one in examples["split"]], dtype=pl.UInt8)
        rows = keys.select("key", "id", "group").with_columns(sides, part=pl.lit(number))
        frames.append(rows.with_row_index("row").filter(pl.col("side") > 0))
    if not frames:
        raise UsageError(f"{folder} holds no examples whose splits could be kept.", _AGAIN)
    return EarlierSplits(folder, digest, pl.concat(frames))
