"""The splits of an earlier output, which a run keeps where its rows come again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from dataprep import store
from dataprep.conversion.shard_frames import SAID, texts_of
from dataprep.example import Batch
from dataprep.finding import DataprepError, UsageError
from dataprep.frames import read_frame
from dataprep.near import entry_of, unpacked
from dataprep.parts import part_files, turns_beside, turns_of
from dataprep.recipe import Recipe, Target
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
    templates: pl.Series
    """The runs of templates that it was divided by, and that stay so when the data grows."""

    def without_groups(self) -> EarlierSplits:
        """The same splits for rows that are grouped by other fields, whose values mean others."""
        return replace(self, rows=self.rows.with_columns(group=pl.lit(0, pl.UInt64)))

    def texts(self, gone: pl.DataFrame) -> Iterator[pl.Series]:
        """The texts of some of the examples, part by part, in the order of `gone`."""
        files = part_files(self.folder)
        for (part,), rows in gone.group_by("part", maintain_order=True):
            path = files[int(part)]
            examples = _columns(path, SAID)[rows["row"]]
            yield texts_of(examples, turns_of(turns_beside(path)))


def earlier_splits(
    recipe: Recipe, base: Path, out: Path, hashed: HashSplit, *, given: bool = False
) -> tuple[EarlierSplits | None, str]:
    """The output whose splits are kept, if any, and a note where those in `out` are not.

    That of `splits.from`; else the one that is replaced, if it was divided by the same settings,
    and no folder is `given` with splits of its own. Raises UsageError where `splits.from` is no
    output, or cannot be read.
    """
    asked = recipe.splits.from_
    if asked is not None:
        if asked == NONE:
            return None, ""
        folder = base / asked
        manifest = store.read_manifest(folder)
        found = _read(folder, manifest, hashed)
        return (found if _same_groups(manifest, recipe) else found.without_groups()), ""
    if given or not recipe.splits.near_duplicates or not part_files(out):
        return None, ""
    try:
        manifest = store.read_manifest(out)
        before, now = _settings(_recipe_of(out, manifest)), _settings(recipe)
        if other := next((name for name in now if before[name] != now[name]), None):
            return None, (
                f"the splits of {out} were made with another {other}, and are made anew; to keep"
                f" them: --splits-from {out}"
            )
        return _read(out, manifest, hashed), ""
    except DataprepError as error:
        return None, f"the splits of {out} cannot be kept: {error.message}"


def with_earlier_date(target: Target, out: Path) -> Target:
    """The target with the day that the output which it replaces has written, if it says none."""
    if target.name != "causal" or target.date is not None or not (out / store.MANIFEST).is_file():
        return target
    try:
        entry = store.read_manifest(out)["targets"][target.name]
        return Target.model_validate({**target.model_dump(by_alias=True), "date": _date_in(entry)})
    except (DataprepError, KeyError, TypeError, ValidationError):  # of another version, or damaged
        return target


def _date_in(entry: Any) -> str | None:
    written: str | None = entry["chat_template"].get("date")
    return written


def _recipe_of(out: Path, manifest: dict[str, Any]) -> Recipe:
    try:
        return Recipe.model_validate(manifest.get("recipe", {}))
    except ValidationError:
        raise UsageError(f"the recipe in {out / store.MANIFEST} is of no known form.") from None


def _settings(recipe: Recipe) -> dict[str, Any]:
    """What decides the splits beside the rows, by the words of a note."""
    shares = recipe.splits
    return {
        "seed": recipe.seed,
        "shares": (shares.train, shares.validation, shares.test),
        "near_duplicates": shares.near_duplicates,
        "group": _groups(recipe),
        "split_by": {source.split_by for source in recipe.sources} - {None},
    }


def _same_groups(manifest: dict[str, Any], recipe: Recipe) -> bool:
    """Whether an output was grouped by the fields of the recipe; also where nobody can tell."""
    try:
        before = Recipe.model_validate(manifest.get("recipe", {}))
    except ValidationError:
        return True
    return _groups(before) == _groups(recipe)


def _groups(recipe: Recipe) -> set[str | None]:
    return {source.group for source in recipe.sources} - {None}


def _read(folder: Path, manifest: dict[str, Any], hashed: HashSplit) -> EarlierSplits:
    """Read the splits of an output."""
    frames = []
    for number, path in enumerate(part_files(folder)):
        examples = _columns(path, ("id", "input", "output", "group", "split"))
        keys = hashed.keys(Batch(examples, turns_of(turns_beside(path))))
        sides = pl.Series("side", [numbered(one) for one in examples["split"]], dtype=pl.UInt8)
        rows = keys.select("key", "id", "group").with_columns(sides, part=pl.lit(number))
        frames.append(rows.with_row_index("row").filter(pl.col("side") > 0))
    if not any(map(len, frames)):
        raise UsageError(f"{folder} holds no examples whose splits could be kept.", _AGAIN)
    templates = unpacked(entry_of(manifest))
    return EarlierSplits(folder, manifest["digest"], pl.concat(frames), templates)


def _columns(path: Path, names: tuple[str, ...]) -> pl.DataFrame:
    """Columns of text of a part; raises UsageError for what no run of ours wrote."""
    frame = read_frame(path, names, _AGAIN)
    whole = frame.select(pl.col("id", "input", "output").is_null().any()).row(0)
    texts = all(kind == pl.String for kind in frame.dtypes)
    if any(whole) or not texts or not frame["id"].str.contains(r"^[0-9a-f]{16}$").all():
        raise UsageError(f"{path} holds other rows than convert writes.", _AGAIN)
    return frame
