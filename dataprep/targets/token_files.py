"""The Parquet files of a tokenised target, one a split, and what the manifest counts of them."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from dataprep.example import Batch
from dataprep.frames import scan_frame
from dataprep.targets.rows_digest import RowsDigest
from dataprep.targets.shards import Note, lengths
from dataprep.targets.written import Written
from dataprep.tokens import AnyChatTokenizer, TextTokenizer

SPLITS = ("train", "validation", "test")
_ROW_GROUP = 10_000
_SIXTEEN_BITS = 1 << 16

TokenShard = tuple[Batch, Path, pl.DataFrame, Note]


def ids_of(vocabulary: int) -> pl.DataType:
    """Token ids in 16 bits where they fit."""
    return pl.UInt16() if vocabulary <= _SIXTEEN_BITS else pl.Int32()


@dataclass(slots=True)
class TokenFiles:
    """Files below `folder`; `counted` are the counts of a note that go into the manifest."""

    folder: Path
    counted: tuple[str, ...]
    written: Written = field(default_factory=Written)
    rows: Counter[str] = field(default_factory=Counter)
    counts: dict[str, dict[str, Any]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    def entry(self, tokenizer: TextTokenizer | AnyChatTokenizer, **more: Any) -> dict[str, Any]:
        """What the manifest says about the target; `more` is what only this kind has."""
        named = {
            name: getattr(tokenizer, name) for name in ("kind", "name", "sha256", "vocabulary")
        }
        return {
            "tokenizer": named,
            **more,
            "tokens": self.counts,
            "splits": dict(self.rows),
            "rows_sha256": self.digests,
        }

    def write(self, split: str, shards: Iterable[TokenShard], *, ids_beside: bool = False) -> None:
        """Write one split out of its shards; memory holds one shard.

        With `ids_beside` the id of each row goes into `<split>.ids`, and not into a column.
        """
        files: list[Path] = []
        digest = RowsDigest()
        counts: Counter[str] = Counter()
        inputs, targets = array("I"), array("I")
        beside = self.folder / f"{split}.ids"
        for batch, file, frame, note in shards:
            note.tell(batch, self.written)
            counts.update(note.counts)
            inputs.extend(note.inputs)
            targets.extend(note.targets)
            if not frame.height:
                continue
            names = _kept(batch, note) if ids_beside else frame["id"].to_list()
            if ids_beside:
                with beside.open("a", encoding="utf-8") as ids:
                    ids.writelines(f"{name}\n" for name in names)
            files.append(file)
            digest.add(names, frame)
            self.rows[split] += frame.height
        if files:
            with (self.folder / f"{split}.parquet").open("wb") as whole:
                scan_frame(*files).sink_parquet(
                    whole, compression="zstd", row_group_size=_ROW_GROUP
                )
            self.digests[split] = digest.hexdigest()
        if counts:
            told = {"input_lengths": lengths(inputs), "target_lengths": lengths(targets)}
            self.counts[split] = {**{name: counts[name] for name in self.counted}, **told}


def _kept(batch: Batch, note: Note) -> list[str]:
    """The ids of the examples of a batch that became rows."""
    out = {at for at, *_ in note.dropped}
    return [name for at, name in enumerate(batch.examples["id"]) if at not in out]
