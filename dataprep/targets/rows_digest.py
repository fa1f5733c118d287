"""A digest of tokenised rows that does not depend on how Parquet spells them, nor on batches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import polars as pl


class RowsDigest:
    """Ids, inputs and labels are hashed as three streams, in the order of the rows."""

    def __init__(self) -> None:
        self._names, self._inputs, self._labels = (hashlib.sha256() for _ in range(3))

    def add(self, names: Iterable[str], frame: pl.DataFrame) -> None:
        """Add rows with the columns input_ids and labels, no list empty."""
        inputs, labels = frame["input_ids"], frame["labels"]
        lengths = zip(names, inputs.list.len(), labels.list.len(), strict=True)
        self._names.update("".join([f"{name} {n} {m}\n" for name, n, m in lengths]).encode())
        for digest, column in ((self._inputs, inputs), (self._labels, labels)):
            digest.update(column.explode().cast(pl.Int32).to_numpy().astype("<i4").tobytes())

    def hexdigest(self) -> str:
        """The digest of all rows so far."""
        streams = (self._names, self._inputs, self._labels)
        return hashlib.sha256(b"".join(stream.digest() for stream in streams)).hexdigest()
