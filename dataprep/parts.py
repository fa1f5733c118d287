"""The examples of a converted dataset, part by part, as `convert` wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dataprep.example import EXAMPLES, TURNS, Batch
from dataprep.finding import UsageError
from dataprep.frames import read_frame

if TYPE_CHECKING:
    import polars as pl

_AGAIN = "Convert again."
_NEWER = ("meta", "probability", "reasoning")
"""Columns that earlier versions did not write: an example without them has their defaults."""


def part_batches(folder: Path) -> Iterator[Batch]:
    """The examples and turns of each part. Raises UsageError for a file that is damaged."""
    yield from map(batch_of, part_files(folder))


def batch_of(path: Path) -> Batch:
    """The examples of one of the files of `part_files`, with their turns; raises as above."""
    return Batch(_read(path, EXAMPLES), turns_of(turns_beside(path)))


def turns_beside(path: Path) -> Path:
    """The file of the turns of a part, by that of its examples; it may not be there."""
    return path.parents[1] / "turns" / path.name


def part_files(folder: Path) -> list[Path]:
    """The files of examples below a dataset's folder, in order; none where it is no dataset."""
    return sorted((folder / "examples").glob("*.parquet"))


def turns_of(path: Path) -> pl.DataFrame:
    """The turns of one part, none where it has no such file."""
    return _read(path, TURNS) if path.is_file() else Batch.of([]).turns


def _read(path: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    frame = read_frame(path, remedy=_AGAIN)
    empty = Batch.of([])
    wanted = dict((empty.examples if columns is EXAMPLES else empty.turns).schema)
    older = {name: kind for name, kind in wanted.items() if name not in _NEWER}
    if not older.items() <= dict(frame.schema).items() <= wanted.items():
        raise UsageError(f"{path} holds other columns than convert writes.", _AGAIN)
    return frame
