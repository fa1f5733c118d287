"""`dataprep show`: examples of a converted dataset, read back, as text or as tokens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import polars as pl

from dataprep import store, tokens
from dataprep.example import Example
from dataprep.finding import NothingToDo, UsageError
from dataprep.frames import parquet_errors, scan_frame
from dataprep.parts import part_batches
from dataprep.splits import SPLITS

_AGAIN = "Convert again."
TOKENISED = ("t5", "causal")
"""Targets whose rows are token ids."""


_Row = TypeVar("_Row")


def of_a_split(read: Callable[[str], list[_Row]], split: str) -> tuple[list[_Row], str]:
    """What `read` gives of a split, and which split that is: the next one where it is empty.

    Raises the NothingToDo of the split that was asked for where all are.
    """
    for name in (split, *(other for other in SPLITS if other != split)):
        try:
            return read(name), name
        except NothingToDo:
            continue
    return read(split), split


def examples(folder: Path, split: str, count: int, wanted: str | None = None) -> list[Example]:
    """The first examples of a split, or the one with an id; raises NothingToDo for none."""
    store.read_manifest(folder)
    found: list[Example] = []
    for batch in part_batches(folder):
        mask = batch.examples["id" if wanted else "split"] == (wanted or split)
        found += list(batch.keep(mask).rows())[: (1 if wanted else count) - len(found)]
        if len(found) >= (1 if wanted else count):
            break
    if not found:
        raise NothingToDo(f"{folder} has no example {wanted or 'in ' + split}.")
    return found


def tokenised(
    folder: Path, split: str, count: int, wanted: str | None = None, target: str | None = None
) -> list[tokens.Shown]:
    """The first rows of a tokenised split, or the one with an id, token by token.

    Raises UsageError for a folder without a tokenised target, NothingToDo for no such row.
    """
    made = [name for name in TOKENISED if name in store.read_manifest(folder)["targets"]]
    chosen = target or next(iter(made), None)
    if chosen not in made:
        raise UsageError(
            f"{folder} has no tokens of {target or 'any target'} to show.",
            f"Make them with: dataprep convert ... --to {target or 't5'}",
        )
    read = _t5 if chosen == "t5" else _causal
    found = read(folder / chosen, split, count, wanted)
    if not found:
        raise NothingToDo(f"{folder / chosen} has no row {wanted or 'in ' + split}.")
    return found


def _t5(folder: Path, split: str, count: int, wanted: str | None) -> list[tokens.Shown]:
    tokenizer = tokens.load_tokenizer(str(folder / "tokenizer"))
    shown = []
    for path in _splits(folder, split, wanted):
        with parquet_errors(str(path), _AGAIN):
            rows = scan_frame(path).select("id", "input_ids", "labels")
            rows = rows.filter(pl.col("id") == wanted) if wanted else rows.head(count)
            read_rows = list(rows.collect().iter_rows())
        for name, source, labels in read_rows:
            read, said = tokenizer.pieces_of(source), tokenizer.pieces_of(labels)
            marked = [(piece, False) for piece in read] + [(piece, True) for piece in said]
            shown.append(tokens.Shown(name, marked))
    return shown


def _causal(folder: Path, split: str, count: int, wanted: str | None) -> list[tokens.Shown]:
    tokenizer = tokens.load_chat_tokenizer(str(folder / "tokenizer"))
    shown = []
    for path in _splits(folder, split, wanted):
        names = _ids_beside(path)
        first = names.index(wanted) if wanted in names else 0
        if wanted and wanted not in names:
            continue
        with parquet_errors(str(path), _AGAIN):
            columns = scan_frame(path).select("input_ids", "labels")
            rows = columns.slice(first, 1 if wanted else count).collect()
        for name, (ids, labels) in zip(names[first:], rows.iter_rows(), strict=False):
            pieces = tokenizer.pieces_of(ids)
            learned = [label != tokens.IGNORED for label in labels]
            shown.append(tokens.Shown(name, list(zip(pieces, learned, strict=True))))
    return shown


def _ids_beside(path: Path) -> list[str]:
    """The ids of the rows of a file, a line each, which stand beside it."""
    names = path.with_suffix(".ids")
    try:
        return names.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(f"{names} cannot be read: {why}.", _AGAIN) from None


def _splits(folder: Path, split: str, wanted: str | None) -> list[Path]:
    """The file of a split; for an example by its id, those of all."""
    return [
        path
        for name in ([split] if not wanted else SPLITS)
        if (path := folder / f"{name}.parquet").is_file()
    ]
