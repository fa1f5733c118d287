"""Tokenised T5 datasets: one Parquet file a split, and the tokenizer beside them.

Columns: id, input_ids, attention_mask, labels, length (of the input, in tokens). Seq2SeqTrainer
and `datasets.load_dataset("parquet")` read them as they are.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from dataprep import tokens
from dataprep.example import Batch, Example
from dataprep.recipe import Target
from dataprep.targets.rows_digest import RowsDigest
from dataprep.targets.written import Written

SPLITS = ("train", "validation", "test")
_SIXTEEN_BITS = 1 << 16
_ROW_GROUP = 10_000

Batches = Callable[[str | None], Iterable[Batch]]


@dataclass(slots=True)
class _Writing:
    """What writing needs and counts on its way."""

    tokenizer: tokens.Tokenizer
    target: Target
    not_for: tuple[str, ...]
    codec: tokens.Codec | None
    written: Written = field(default_factory=Written)
    rows: Counter[str] = field(default_factory=Counter)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)


def write(
    folder: Path,
    batches: Batches,
    target: Target,
    *,
    base: Path,
    seed: int,
    not_for: tuple[str, ...] = (),
) -> Written:
    """Write `train.parquet`, `validation.parquet` and `test.parquet`, those that have rows.

    Without `target.tokenizer` one is trained on the train split. Examples that leave nothing to
    learn are dropped (T003); cut and changed answers are findings (T001, T002). A codec spells
    what the vocabulary lacks, where an answer needs it.
    """
    folder.mkdir(parents=True)
    if target.tokenizer is None:
        texts = _texts(batches("train"), not_for)
        chosen = tokens.sample(texts, seed)
        tokenizer = tokens.train_tokenizer(chosen, target.vocabulary, folder / "tokenizer")
    else:
        tokenizer = tokens.load_tokenizer(target.tokenizer, base)
    tokens.save_tokenizer(tokenizer, folder / "tokenizer")
    codec = _codec(tokenizer, target, batches(None), not_for)
    writing = _Writing(tokenizer, target, not_for, codec)
    for split in SPLITS:
        _write_split(writing, folder, split, batches(split))
    writing.written.rows = writing.rows.total()
    writing.written.entry = _entry(writing)
    return writing.written


def _texts(batches: Iterable[Batch], not_for: tuple[str, ...]) -> Iterator[str]:
    """All that the train split says, input and answer, as the model will read it."""
    for batch in batches:
        for example in batch.rows():
            if example.shape in not_for:
                continue
            for text in tokens.render_pair(example):
                parts = (text,) if isinstance(text, str) else text
                yield from (part for part in parts if isinstance(part, str) and part)


def _codec(
    tokenizer: tokens.Tokenizer, target: Target, batches: Iterable[Batch], not_for: tuple[str, ...]
) -> tokens.Codec | None:
    """The codec, where the recipe asks for it or an answer would not survive without it."""
    codec = None if target.codec == "never" else tokens.Codec.fitting(tokenizer)
    if codec is None or target.codec == "always":
        return codec
    for batch in batches:
        written = batch.examples.filter(~pl.col("shape").is_in(not_for))
        said = batch.turns.filter(pl.col("example").is_in(written["id"].implode()))
        if codec.needed([*written["output"], *said["content"].drop_nulls()]):
            return codec
    return None


def _write_split(writing: _Writing, folder: Path, split: str, batches: Iterable[Batch]) -> None:
    """Each batch is a file of its own until the last is there: memory holds one batch."""
    shards = folder / f".{split}"
    shards.mkdir()
    digest = RowsDigest()
    counts = {"input": 0, "target": 0, "inputs_cut": 0, "targets_cut": 0}
    for number, batch in enumerate(batches):
        frame = _frame(writing, batch, counts)
        if frame.height:
            frame.write_parquet(shards / f"{number:06}.parquet", compression="zstd")
            writing.rows[split] += frame.height
            digest.add(frame["id"], frame)
    if writing.rows[split]:
        whole = pl.scan_parquet(sorted(shards.iterdir()))
        whole.sink_parquet(
            folder / f"{split}.parquet", compression="zstd", row_group_size=_ROW_GROUP
        )
        writing.counts[split] = counts
        writing.digests[split] = digest.hexdigest()
    shutil.rmtree(shards)


def _frame(writing: _Writing, batch: Batch, counts: dict[str, int]) -> pl.DataFrame:
    """The rows of one batch that have something to learn."""
    examples = [e for e in batch.rows() if _fits(writing, e)]
    if not examples:
        return pl.DataFrame()
    limits = (writing.target.max_input, writing.target.max_target)
    pairs = [tokens.render_pair(e) for e in examples]
    encoded = tokens.encode_pairs(writing.tokenizer, pairs, *limits, writing.codec)
    kept = [at for at, fact in enumerate(encoded.facts) if not fact.empty_target]
    for example, fact in zip(examples, encoded.facts, strict=True):
        if not fact.sound:
            writing.written.findings += tokens.judge(fact, example.place, limits[1], example.id)
        if fact.empty_target:
            writing.written.drop(example, "T003", "nothing left to learn")
    sources = [encoded.input_ids[at] for at in kept]
    labels = [encoded.labels[at] for at in kept]
    counts["input"] += sum(map(len, sources))
    counts["target"] += sum(map(len, labels))
    counts["inputs_cut"] += sum(encoded.facts[at].input_cut for at in kept)
    counts["targets_cut"] += sum(encoded.facts[at].target_cut for at in kept)
    ids = pl.UInt16() if writing.tokenizer.vocabulary <= _SIXTEEN_BITS else pl.Int32()
    column = tokens.lists(sources, ids)
    return pl.DataFrame(
        {
            "id": pl.Series([examples[at].id for at in kept], dtype=pl.String),
            "input_ids": column,
            "attention_mask": column.list.eval(pl.element() * 0 + 1).cast(pl.List(pl.UInt8)),
            "labels": tokens.lists(labels, ids),
            "length": column.list.len().cast(pl.Int32),
        }
    )


def _fits(writing: _Writing, example: Example) -> bool:
    if example.shape in writing.not_for:
        writing.written.drop(example, "not-for-this-target", f"a {example.shape} example")
        return False
    return True


def _entry(writing: _Writing) -> dict[str, Any]:
    """What the manifest says about this target."""
    tokenizer = writing.tokenizer
    return {
        "tokenizer": {
            "kind": tokenizer.kind,
            "name": tokenizer.name,
            "sha256": tokenizer.sha256,
            "vocabulary": tokenizer.vocabulary,
        },
        "codec": writing.codec.entry if writing.codec else None,
        "max_input": writing.target.max_input,
        "max_target": writing.target.max_target,
        "tokens": writing.counts,
        "splits": dict(writing.rows),
        "rows_sha256": writing.digests,
    }
