"""Tokenised T5 datasets: one Parquet file a split, and the tokenizer beside them.

Columns: id, input_ids, attention_mask, labels, length (of the input, in tokens). Seq2SeqTrainer
and `datasets.load_dataset("parquet")` read them as they are.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import compress
from pathlib import Path
from typing import Any

import polars as pl

from dataprep import tokens
from dataprep.example import Batch
from dataprep.recipe import Target
from dataprep.targets.lost import why_untaught
from dataprep.targets.shards import Made, Note, Shards
from dataprep.targets.token_files import SPLITS, TokenFiles, ids_of
from dataprep.targets.written import Batches, Written, why_not

_THREADS = 2
LONGEST = 2048
"""Tokens of an input and of a target where no limit is given, as those of a causal row.

T5 counts the distance of tokens and not their places, so it holds rows of any length.
"""
_COUNTED = (
    "input",
    "target",
    "inputs_cut",
    "targets_cut",
    "targets_unknown",
    "targets_changed",
    "nothing_to_learn",
)
"""What the manifest counts of a split: tokens as written, and examples of each kind."""


@dataclass(slots=True)
class _Writing:
    """What the rows of a batch are made with."""

    tokenizer: tokens.TextTokenizer
    target: Target
    not_for: tuple[str, ...]
    codec: tokens.Codec | None

    @property
    def limits(self) -> tuple[int, int]:
        """Tokens of an input and of a target, at most."""
        return _limits(self.target)


def write(
    folder: Path,
    batches: Batches,
    target: Target,
    *,
    base: Path,
    seed: int,
    not_for: tuple[str, ...] = (),
    shards: Path | None = None,
) -> Written:
    """Write `train.parquet`, `validation.parquet` and `test.parquet`, those that have rows.

    Without `target.tokenizer` one is trained on the train split. Examples that leave nothing to
    learn are dropped (T003); what is cut or changed is found (T001, T006, T002). A codec spells
    what the vocabulary lacks, where an answer needs it. Batches that lie finished in `shards`,
    a folder that the caller keeps, are not tokenised again.
    """
    folder.mkdir(parents=True)
    tokenizer: tokens.TextTokenizer
    if target.tokenizer is None:
        texts = _texts(batches("train"), not_for)
        chosen = tokens.sample(texts, seed)
        tokenizer = tokens.train_tokenizer(chosen, target.vocabulary, folder / "tokenizer")
    else:
        tokenizer = tokens.load_tokenizer(target.tokenizer, base)
    tokens.save_tokenizer(tokenizer, folder / "tokenizer")
    codec = _codec(tokenizer, target, batches(None), not_for)
    decides: dict[str, Any] = {
        "target": "t5",
        "tokenizer": tokenizer.sha256,
        "codec": codec.entry if codec else None,
        "limits": list(_limits(target)),
        "not_for": list(not_for),
    }
    own = folder / ".shards"
    kept = Shards(shards or own, **decides)
    make = partial(_made, _Writing(tokenizer, target, not_for, codec))
    files = TokenFiles(folder, _COUNTED)
    for split in SPLITS:
        files.write(split, kept.made(batches(split), make, threads=_THREADS))
    shutil.rmtree(own, ignore_errors=True)
    files.written.rows = files.rows.total()
    files.written.entry = files.entry(
        tokenizer,
        codec=codec.entry if codec else None,
        truncation="the end is cut, and </s> put behind",
        max_input=_limits(target)[0],
        max_target=target.max_target or min(_longest(files.counts, "target"), LONGEST),
    )
    return files.written


def _limits(target: Target) -> tuple[int, int]:
    return target.max_input or LONGEST, target.max_target or LONGEST


def _longest(counts: Mapping[str, Any], side: str) -> int:
    """Tokens of the longest input or target of any split, before anything is cut."""
    return max((split[f"{side}_lengths"].get("max", 0) for split in counts.values()), default=0)


def limits_in_words(entry: Mapping[str, Any]) -> str:
    """What a manifest's entry says of the lengths of the rows, and of what was cut off them."""
    said = []
    for side, name, flag in (("input", "input", "max-input"), ("target", "answer", "max-target")):
        longest = _longest(entry["tokens"], side)
        one = f"the longest {name} has {longest:,} tokens"
        if cut := sum(split[f"{side}s_cut"] for split in entry["tokens"].values()):
            limit = entry[f"max_{side}"]
            one += f" ({cut:,} cut at {limit:,}; --{flag} {longest} keeps all)"
        said.append(one)
    return "; ".join(said)


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
    tokenizer: tokens.TextTokenizer,
    target: Target,
    batches: Iterable[Batch],
    not_for: tuple[str, ...],
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


def _made(writing: _Writing, batch: Batch) -> Made:
    """The rows of one batch that have something to learn, and what is said of the others."""
    note = Note()
    fits = ~batch.examples["shape"].is_in(writing.not_for)
    places = list(range(len(batch)))
    if not fits.all():
        shapes = batch.examples["shape"].to_list()
        note.dropped = [(at, *why_not(shapes[at])) for at in places if not fits[at]]
        places = [at for at in places if fits[at]]
        batch = batch.keep(fits)
    if batch.turns.height and (untaught := _untaught(batch)):
        note.dropped += [(places[at], *why) for at, why in untaught.items()]
        batch = batch.keep(pl.Series([at not in untaught for at in range(len(places))]))
        places = [place for at, place in enumerate(places) if at not in untaught]
    if not places:
        return pl.DataFrame(), note
    limits = writing.limits
    pairs = tokens.render_batch(batch)
    encoded = tokens.encode_pairs(writing.tokenizer, pairs, *limits, writing.codec)
    for at, fact in zip(places, encoded.facts, strict=True):
        if not fact.sound:
            note.said += [(at, *said) for said in tokens.complaints(fact, *limits)]
        if fact.empty_target:
            note.dropped.append((at, "T003", "nothing left to learn"))
    return _rows(writing, batch.examples["id"], encoded, note), note


def _untaught(batch: Batch) -> dict[int, tuple[str, str]]:
    """By place, the examples that have no answer for a T5, and why: one of weight 0 is none."""
    whys = (why_untaught(example, "t5") for example in batch.rows())
    return {at: why for at, why in enumerate(whys) if why is not None}


def _rows(writing: _Writing, names: pl.Series, encoded: tokens.Encoded, note: Note) -> pl.DataFrame:
    """The frame of what is kept, counted in the note."""
    sources, labels, facts = encoded.input_ids, encoded.labels, encoded.facts
    if any(fact.empty_target for fact in facts):
        kept = [not fact.empty_target for fact in facts]
        sources, labels = list(compress(sources, kept)), list(compress(labels, kept))
        names, facts = names.filter(pl.Series(kept)), list(compress(facts, kept))
    note.inputs = [fact.input_tokens for fact in facts]
    note.targets = [fact.target_tokens for fact in facts]
    note.counts = {
        "input": sum(map(len, sources)),
        "target": sum(map(len, labels)),
        "inputs_cut": sum(fact.input_cut for fact in facts),
        "targets_cut": sum(fact.target_cut for fact in facts),
        "targets_unknown": sum(fact.unk_in_target for fact in facts),
        "targets_changed": sum(not fact.survives for fact in facts),
        "nothing_to_learn": len(encoded.facts) - len(facts),
    }
    if not facts:
        return pl.DataFrame()
    ids = ids_of(writing.tokenizer.vocabulary)
    column = tokens.lists(sources, ids)
    return pl.DataFrame(
        {
            "id": names,
            "input_ids": column,
            "attention_mask": column.list.eval(pl.element() * 0 + 1).cast(pl.List(pl.UInt8)),
            "labels": tokens.lists(labels, ids),
            "length": column.list.len().cast(pl.Int32),
        }
    )
