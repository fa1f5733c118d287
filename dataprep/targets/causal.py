"""Tokenised conversations for LLaMA, Mistral and their like, and the tokenizer beside them.

One Parquet file a split with the columns input_ids, attention_mask and labels, and no other, as
Together's tokenised format wants it; `<split>.ids` holds the id of each row, a line each.
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
from dataprep.rules import found
from dataprep.targets.rows import chat_row
from dataprep.targets.rows_digest import RowsDigest
from dataprep.targets.written import Written

SPLITS = ("train", "validation", "test")
TEXT = "plain"
"""The shape that is learned as a running text, without a template."""

_SIXTEEN_BITS = 1 << 16
_ROW_GROUP = 10_000

Batches = Callable[[str | None], Iterable[Batch]]
Coded = tuple[Example, tokens.Tokenised]


@dataclass(slots=True)
class _Writing:
    """What writing needs and counts on its way."""

    tokenizer: tokens.ChatTokenizer
    target: Target
    not_for: tuple[str, ...]
    written: Written = field(default_factory=Written)
    rows: Counter[str] = field(default_factory=Counter)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)


def write(
    folder: Path,
    batches: Batches,
    target: Target,
    *,
    base: Path,
    not_for: tuple[str, ...] = (),
) -> Written:
    """Write `train.parquet`, `validation.parquet` and `test.parquet`, those that have rows.

    Without `target.tokenizer` one is trained on the train split. Examples that the template
    refuses (T020) or that leave nothing to learn (T003) are dropped; a cut answer is T001.
    """
    folder.mkdir(parents=True)
    if target.tokenizer is None:
        chosen = tokens.sample(_texts(batches("train"), not_for), 0)
        tokenizer = tokens.train_chat_tokenizer(chosen, target.vocabulary)
    else:
        template = base / target.chat_template if target.chat_template else None
        tokenizer = tokens.load_chat_tokenizer(target.tokenizer, base, template)
    tokens.save_chat_tokenizer(tokenizer, folder / "tokenizer")
    writing = _Writing(tokenizer, target, not_for)
    for split in SPLITS:
        _write_split(writing, folder, split, batches(split))
    writing.written.rows = writing.rows.total()
    writing.written.entry = _entry(writing)
    return writing.written


def _texts(batches: Iterable[Batch], not_for: tuple[str, ...]) -> Iterator[str]:
    for batch in batches:
        for example in batch.rows():
            if example.shape not in not_for:
                said = (example.system, example.input, example.output)
                yield from (text for text in (*said, *_turns(example)) if text)


def _turns(example: Example) -> Iterator[str]:
    for turn in example.turns:
        yield turn.content or turn.tool_calls or ""


def _write_split(writing: _Writing, folder: Path, split: str, batches: Iterable[Batch]) -> None:
    """Each batch is a file of its own until the last is there: memory holds one batch."""
    shards = folder / f".{split}"
    shards.mkdir()
    digest = RowsDigest()
    counts: Counter[str] = Counter()
    with (folder / f"{split}.ids").open("w", encoding="utf-8") as ids:
        for number, batch in enumerate(batches):
            coded = list(_coded(writing, batch, counts))
            if coded:
                frame = _frame(writing, [one for _, one in coded])
                frame.write_parquet(shards / f"{number:06}.parquet", compression="zstd")
                ids.writelines(f"{example.id}\n" for example, _ in coded)
                digest.add([example.id for example, _ in coded], frame)
                writing.rows[split] += frame.height
    if writing.rows[split]:
        whole = pl.scan_parquet(sorted(shards.iterdir()))
        whole.sink_parquet(
            folder / f"{split}.parquet", compression="zstd", row_group_size=_ROW_GROUP
        )
        writing.counts[split] = counts
        writing.digests[split] = digest.hexdigest()
    else:
        (folder / f"{split}.ids").unlink()
    shutil.rmtree(shards)


def _coded(writing: _Writing, batch: Batch, counts: Counter[str]) -> Iterator[Coded]:
    """The examples of one batch that have something to learn, in ids, cut to the limit."""
    examples = [e for e in batch.rows() if _fits(writing, e)]
    chats = [e for e in examples if e.shape != TEXT]
    rows = map(chat_row(writing.target), chats)
    coded = iter(
        writing.tokenizer.encode_batch([(row["messages"], row.get("tools")) for row in rows])
    )
    for example in examples:
        made: tokens.Tokenised | tokens.TemplateError
        made = (
            writing.tokenizer.encode_text(example.output) if example.shape == TEXT else next(coded)
        )
        if isinstance(made, tokens.TemplateError):
            _refuse(writing, example, "T020", made.message)
            continue
        if (kept := _cut(writing, example, made, counts)) is not None:
            yield example, kept


def _cut(
    writing: _Writing, example: Example, made: tokens.Tokenised, counts: Counter[str]
) -> tokens.Tokenised | None:
    limit = writing.target.max_length
    kept = tokens.Tokenised(made.input_ids[:limit], made.labels[:limit])
    if not kept.learned:
        why = "nothing is left to learn"
        if made.learned:
            why = f"the answer begins behind token {limit:,}, where the row is cut"
        _refuse(writing, example, "T003", why)
        return None
    if lost := made.learned - kept.learned:
        said = f"the row has {len(made.input_ids):,} tokens, and is cut at {limit:,}"
        said += f": {lost:,} of {made.learned:,} answer tokens are lost"
        writing.written.findings.append(found("T001", said, example.place, example=example.id))
    counts["input"] += len(kept.input_ids)
    counts["target"] += kept.learned
    counts["inputs_cut"] += len(kept.input_ids) < len(made.input_ids)
    counts["targets_cut"] += lost > 0
    counts["longest"] = max(counts["longest"], len(made.input_ids))
    return kept


def _fits(writing: _Writing, example: Example) -> bool:
    if example.shape in writing.not_for:
        writing.written.drop(example, "not-for-this-target", f"a {example.shape} example")
        return False
    return True


def _refuse(writing: _Writing, example: Example, code: str, why: str) -> None:
    writing.written.findings.append(found(code, why, example.place, example=example.id))
    writing.written.drop(example, code, why)


def _frame(writing: _Writing, rows: list[tokens.Tokenised]) -> pl.DataFrame:
    ids = pl.UInt16() if writing.tokenizer.vocabulary <= _SIXTEEN_BITS else pl.Int32()
    column = tokens.lists([row.input_ids for row in rows], ids)
    mask = column.list.eval(pl.element() * 0 + 1).cast(pl.List(pl.UInt8))
    labels = tokens.lists([row.labels for row in rows], pl.Int32())
    return pl.DataFrame({"input_ids": column, "attention_mask": mask, "labels": labels})


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
        "truncation": "the end is cut",
        "max_length": writing.target.max_length,
        "tokens": {split: dict(counts) for split, counts in writing.counts.items()},
        "splits": dict(writing.rows),
        "rows_sha256": writing.digests,
    }
