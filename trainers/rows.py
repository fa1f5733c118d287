"""The rows of a tokenised dataset in memory, flat, and how some of them become tensors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import torch
from torch.utils.data import Dataset

from dataprep.finding import UsageError

IGNORED = -100
"""The label that no loss is taken on."""

Row = tuple[list[int], list[int]]


class Rows(Dataset[Row]):
    """Source and label ids of one split; about two bytes a token."""

    def __init__(self, path: Path) -> None:
        """Raises UsageError for a file that is no tokenised split."""
        try:
            frame = pl.read_parquet(path, columns=["id", "input_ids", "labels"])
        except (pl.exceptions.PolarsError, OSError) as error:
            reason = str(error).splitlines()[0]
            raise UsageError(f"{path} cannot be read: {reason}.", "Convert again.") from None
        self.ids: list[str] = frame["id"].to_list()
        self._sources = frame["input_ids"]
        self._labels = frame["labels"]
        lengths = frame.select(pl.col("input_ids").list.len() + pl.col("labels").list.len())
        self.lengths: list[int] = lengths.to_series().to_list()
        self.highest = max(_highest(self._sources), _highest(self._labels))

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, row: int) -> Row:
        return self._sources[row].to_list(), self._labels[row].to_list()

    def labels(self) -> list[list[int]]:
        """The label ids of all rows."""
        return self._labels.to_list()


def _highest(column: pl.Series) -> int:
    highest = column.explode().max()
    return highest if isinstance(highest, int) else 0


def collate(rows: Sequence[Row], *, pad: int, start: int) -> dict[str, torch.Tensor]:
    """Padded tensors [batch, longest]; the decoder reads the labels, shifted by one."""
    width = max(len(source) for source, _ in rows)
    height = max(len(labels) for _, labels in rows)
    shifted = [[start, *labels[:-1]] for _, labels in rows]
    return {
        "input_ids": _padded([source for source, _ in rows], width, pad),
        "attention_mask": _padded([[1] * len(source) for source, _ in rows], width, 0),
        "decoder_input_ids": _padded(shifted, height, pad),
        "labels": _padded([labels for _, labels in rows], height, IGNORED),
    }


def _padded(rows: Sequence[Sequence[int]], width: int, filler: int) -> torch.Tensor:
    return torch.tensor([[*row, *[filler] * (width - len(row))] for row in rows])
