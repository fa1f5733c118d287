"""The rows of a converted dataset as tables of other libraries, which share the same memory.

Polars, pandas and datasets all stand on Arrow: what Polars has read is handed on, and not copied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataprep.api.surroundings import without_bar_warnings
from dataprep.finding import UnreadableFile, UsageError, package_missing
from dataprep.frames import parquet_errors, read_frame
from dataprep.parts import part_batches
from dataprep.recipe import TOKENISED
from dataprep.sources.opening import BOM
from dataprep.splits import SPLITS

if TYPE_CHECKING:
    import datasets
    import pandas
    import polars as pl

    from dataprep.example import Batch

Frames = dict[str, "pl.DataFrame"]
"""Tables by their split; a split without rows has none."""

_AGAIN = "Convert again."


def example_frames(folder: Path) -> Frames:
    """The examples of each split, with the turns of a conversation as a list in one column."""
    import polars as pl

    parts = [_with_turns(batch) for batch in part_batches(folder)]
    if not parts:
        raise UsageError(f"{folder} holds no examples.", _AGAIN)
    frame = pl.concat(parts)
    found = {split: frame.filter(pl.col("split") == split) for split in SPLITS}
    return {split: rows.drop("split") for split, rows in found.items() if rows.height}


def target_frames(folder: Path, target: str, entry: Mapping[str, Any]) -> Frames:
    """The rows of a target, split by split; `entry` is what the manifest says of it.

    A file that is too large for a provider lies in parts. Raises UsageError for a target that is no
    table of rows, and where a file of it is missing.
    """
    place = folder / target
    end = "parquet" if target in TOKENISED else "jsonl"
    parts = entry.get("parts", {})
    files = {
        split: [place / name for name in parts.get(split, [f"{split}.{end}"])]
        for split in SPLITS
        if entry.get("splits", {}).get(split)
    }
    if not files:
        raise UsageError(
            f"{place} holds no rows by splits.",
            "Its files are for another program; leave the target out for the examples.",
        )
    for path in chain.from_iterable(files.values()):
        if not path.is_file():
            raise UnreadableFile(f"{path} is missing.", _AGAIN)
    if end == "jsonl":
        return _json_frames(files)
    return {split: read_frame(path, remedy=_AGAIN) for split, (path,) in files.items()}


def one_frame(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """All splits in one table, whose first column says which one a row is of."""
    import polars as pl

    named = (
        frame.select(pl.lit(split).alias("split"), pl.all().exclude("split"))
        for split, frame in frames.items()
    )
    return pl.concat(named, how="diagonal_relaxed")


def pandas_frame(frame: pl.DataFrame) -> pandas.DataFrame:
    """The same table for pandas, in columns of Arrow. Raises EnvironmentProblem without pandas."""
    try:
        import pandas  # noqa: F401  Polars would say in other words that it is missing
        import pyarrow  # noqa: F401
    except ModuleNotFoundError:
        raise package_missing("pandas", "pyarrow") from None
    return frame.to_pandas(use_pyarrow_extension_array=True)


def dataset_of(frame: pl.DataFrame) -> datasets.Dataset:
    """The same table for datasets. Raises EnvironmentProblem without the library."""
    return _datasets().Dataset.from_polars(frame)


def dataset_dict(frames: Mapping[str, pl.DataFrame]) -> datasets.DatasetDict:
    """The same tables for datasets, split by split."""
    made = {split: dataset_of(frame) for split, frame in frames.items()}
    return _datasets().DatasetDict(made)


def _datasets() -> Any:
    try:
        with without_bar_warnings():
            import datasets
    except ModuleNotFoundError:
        raise package_missing("datasets") from None
    return datasets


def _json_frames(files: Mapping[str, Sequence[Path]]) -> Frames:
    """The rows of JSONL files, all of one schema: what only some splits hold is null elsewhere."""
    import polars as pl

    parts = {
        split: b"".join(path.read_bytes().removeprefix(BOM) for path in paths)
        for split, paths in files.items()
    }
    places = ", ".join(map(str, chain.from_iterable(files.values())))
    try:
        with parquet_errors(places, _AGAIN):
            whole = pl.read_ndjson(b"".join(parts.values()), infer_schema_length=None)
    except UnreadableFile as error:
        what = error.message.replace("as Parquet", "as JSONL")
        raise UnreadableFile(what, error.remedy) from None
    made, start = {}, 0
    for split, part in parts.items():
        rows = part.count(b"\n")
        made[split] = whole.slice(start, rows)
        start += rows
    return made


def _with_turns(batch: Batch) -> pl.DataFrame:
    import polars as pl

    said = pl.struct(pl.all().exclude("example", "index")).alias("turns")
    turns = batch.turns.sort("example", "index").group_by("example").agg(said)
    return batch.examples.join(turns, left_on="id", right_on="example", how="left").select(
        pl.all().exclude("turns"), "turns"
    )
