"""The rows of a tokenised dataset in memory, flat: about two bytes a token."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from torch.utils.data import Dataset

from dataprep.finding import NothingToDo, UsageError
from dataprep.frames import parquet_errors, scan_frame
from trainers.batches import Line

IGNORED = -100
"""The label that no loss is taken on."""

Ids = NDArray[Any]
Family = Literal["t5", "causal"]


class TokenRow(NamedTuple):
    """Ids in, ids wanted, and how much the row counts."""

    source: Ids
    labels: Ids
    weight: float


class TokenRows(Dataset[list[TokenRow]]):
    """One split. For T5 labels are a text of their own; for a causal model they lie on the ids."""

    def __init__(self, folder: Path, split: str, family: Family) -> None:
        """Raises UsageError for a split that is missing or that is no tokenised one."""
        frame = _read(folder, split)
        self.family = family
        self.ids: list[str] = (
            frame["id"].to_list() if "id" in frame else _names(folder, split, frame.height)
        )
        self._sources, self._source_ends = _flat(frame["input_ids"])
        self._labels, self._label_ends = _flat(frame["labels"])
        self._weights: list[float] = (
            frame["weight"].to_list() if "weight" in frame else [1.0] * frame.height
        )
        sides = [self._source_ends] if family == "causal" else [self._source_ends, self._label_ends]
        self.lengths = np.stack([np.diff(ends, prepend=0) for ends in sides], axis=1)
        if family == "causal" and not np.array_equal(self._source_ends, self._label_ends):
            raise UsageError(
                f"{folder} has labels that are not as long as their ids.", "Convert again."
            )
        self.highest = max(
            (int(a.max()) for a in (self._sources, self._labels) if len(a)), default=0
        )

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, line: Line | int) -> list[TokenRow]:
        return [self.row(row) for row in ((line,) if isinstance(line, int) else line)]

    def row(self, number: int) -> TokenRow:
        """One row, as views on the whole."""
        return TokenRow(
            _part(self._sources, self._source_ends, number),
            _part(self._labels, self._label_ends, number),
            self._weights[number],
        )

    def labels(self) -> list[list[int]]:
        """The label ids of all rows."""
        return [_part(self._labels, self._label_ends, n).tolist() for n in range(len(self))]

    def answer_tails(self, width: int, limit: int | None) -> Counter[tuple[int, ...]]:
        """How often the learned parts end in which labels, up to `width` of them.

        The last part of a row of `limit` ids is left out: its end may be cut off.
        """
        learned = self._labels != IGNORED
        follows = np.append(learned[1:], False)
        row_ends = self._label_ends[self._label_ends > 0] - 1
        follows[row_ends] = False
        last = learned & ~follows
        if limit is not None:
            last[self._label_ends[self.lengths[:, -1] >= limit] - 1] = False
        tails: Counter[tuple[int, ...]] = Counter()
        for end in np.flatnonzero(last):
            tail = self._labels[max(end + 1 - width, 0) : end + 1]
            gap = np.flatnonzero(tail == IGNORED)
            tails[tuple(tail[gap[-1] + 1 if len(gap) else 0 :].tolist())] += 1
        return tails

    def learned(self) -> int:
        """Tokens that a loss is taken on."""
        return int((self._labels != IGNORED).sum())

    def refuse_unusable(self, vocabulary: int) -> None:
        """Raise UsageError for ids that a model of that vocabulary lacks, and for no labels."""
        if not len(self):
            raise NothingToDo("The train split has no examples.", "Add examples, or splits.")
        if self.highest >= vocabulary:
            raise UsageError(
                f"The dataset holds token {self.highest}, and the model knows {vocabulary}.",
                "Convert again with --tokenizer and the name of the model.",
            )
        if len(self._sources) and int(self._sources.min()) < 0:
            raise UsageError("The dataset holds a token below 0.", "Convert again.")
        if not self.learned():
            raise UsageError(
                "Every label is masked: there is nothing to learn from.",
                "Give at least one message of the assistant a weight above 0, and convert again.",
            )


def split_files(folder: Path, split: str) -> list[Path]:
    """`<split>.parquet`, or the shards of `<split>/`; none where there is no such split."""
    whole = folder / f"{split}.parquet"
    return [whole] if whole.is_file() else sorted((folder / split).glob("part-*.parquet"))


def _read(folder: Path, split: str) -> pl.DataFrame:
    files = split_files(folder, split)
    if not files:
        raise UsageError(f"{folder} has no {split} split.", "Convert again, with splits.")
    with parquet_errors(str(files[0]), "Convert again."):
        frame = scan_frame(*files)
        there = frame.collect_schema().names()
        wanted = [c for c in ("id", "input_ids", "labels", "weight") if c in there]
        return frame.select(wanted).collect()


def _names(folder: Path, split: str, rows: int) -> list[str]:
    """The ids of rows that stand in a file of their own, a line each; else their numbers."""
    path = folder / f"{split}.ids"
    names = path.read_text("utf-8").splitlines() if path.is_file() else []
    return names if len(names) == rows else [str(number) for number in range(rows)]


def _flat(column: pl.Series) -> tuple[Ids, NDArray[np.int64]]:
    """All ids of a column one after the other, and where each row ends."""
    ends = np.cumsum(column.list.len().to_numpy().astype(np.int64))
    filled = column.filter(column.list.len() > 0)
    return filled.explode().to_numpy(), ends


def _part(ids: Ids, ends: Sequence[int] | NDArray[np.int64], row: int) -> Ids:
    return ids[int(ends[row - 1]) if row else 0 : int(ends[row])]
