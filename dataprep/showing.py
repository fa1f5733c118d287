"""`dataprep show`: examples of a converted dataset, read back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from dataprep import store
from dataprep.example import Batch, Example
from dataprep.finding import NothingToDo


def examples(folder: Path, split: str, count: int, wanted: str | None = None) -> list[Example]:
    """The first examples of a split, or the one with an id; raises NothingToDo for none."""
    store.read_manifest(folder)
    found: list[Example] = []
    for batch in _parts(folder):
        mask = batch.examples["id" if wanted else "split"] == (wanted or split)
        found += list(batch.keep(mask).rows())[: (1 if wanted else count) - len(found)]
        if len(found) >= (1 if wanted else count):
            break
    if not found:
        raise NothingToDo(f"{folder} has no example {wanted or 'in ' + split}.")
    return found


def _parts(folder: Path) -> Iterator[Batch]:
    for path in sorted((folder / "examples").glob("*.parquet")):
        yield Batch(pl.read_parquet(path), pl.read_parquet(folder / "turns" / path.name))
