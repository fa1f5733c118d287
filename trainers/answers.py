"""What a trained T5 says to held-out examples, greedily, and how good that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import torch

from dataprep.tokens import Tokenizer
from trainers.evaluate import Answer, by_shape, exact_match
from trainers.rows import Rows, collate

BATCH_TOKENS = 8_192
_BEYOND = 4
"""Tokens beyond the longest answer of a batch: who says more is wrong whatever follows."""
_SHOWN = 5

Kinds = dict[str, tuple[str, str | None]]


def evaluate(
    net: Any, tokenizer: Tokenizer, folder: Path, train: Rows, losses: Sequence[float]
) -> dict[str, Any]:
    """The scores of the test split, else of validation; no scores where there is neither."""
    scores: dict[str, Any] = {
        "loss": {"first": losses[0], "last": losses[-1]} if losses else None,
        "split": None,
        "examples": 0,
    }
    files = {name: folder / "t5" / f"{name}.parquet" for name in ("test", "validation")}
    split = next((name for name, path in files.items() if path.is_file()), None)
    if split is None:
        return scores
    kinds = _kinds(folder)
    answers = list(answer(net, tokenizer, Rows(files[split]), kinds))
    training: dict[str, list[str]] = defaultdict(list)
    for name, text in zip(train.ids, tokenizer.decode_batch(train.labels()), strict=True):
        training[_kind(kinds, name)[0]].append(text)
    return scores | {
        "split": split,
        "examples": len(answers),
        "exact_match": round(exact_match(answers), 4),
        "shapes": by_shape(answers, training),
        "samples": [
            {"id": a.id, "wanted": a.wanted, "said": a.said}
            for a in sorted(answers, key=lambda a: a.id)[:_SHOWN]
        ],
    }


def answer(net: Any, tokenizer: Tokenizer, rows: Rows, kinds: Kinds) -> Iterator[Answer]:
    """An answer for each row, rows of like length together."""
    net.eval()
    start = net.config.decoder_start_token_id
    for batch in _by_length(rows):
        taken = [rows[i] for i in batch]
        tensors = collate(taken, pad=tokenizer.pad_id, start=start)
        with torch.inference_mode():
            made = net.generate(
                input_ids=tensors["input_ids"].to(net.device),
                attention_mask=tensors["attention_mask"].to(net.device),
                max_new_tokens=max(len(labels) for _, labels in taken) + _BEYOND,
                do_sample=False,
                num_beams=1,
            )
        said = tokenizer.decode_batch(
            [[i for i in ids if i < tokenizer.vocabulary] for ids in made.tolist()]
        )
        wanted = tokenizer.decode_batch([labels for _, labels in taken])
        for row, right, text in zip(batch, wanted, said, strict=True):
            shape, label = _kind(kinds, rows.ids[row])
            yield Answer(rows.ids[row], shape, label, right, text)


def _by_length(rows: Rows) -> Iterator[list[int]]:
    """Rows with like answers together, so that a short one never waits for a long one."""
    order = sorted(range(len(rows)), key=lambda i: (len(rows[i][1]), rows.lengths[i], i))
    batch: list[int] = []
    size = 0
    for row in order:
        size = max(size, rows.lengths[row])
        if batch and size * (len(batch) + 1) > BATCH_TOKENS:
            yield batch
            batch, size = [], rows.lengths[row]
        batch.append(row)
    if batch:
        yield batch


def _kinds(folder: Path) -> Kinds:
    """Shape and label of each example, by its id."""
    parts = folder / "examples"
    if not parts.is_dir():
        return {}
    frame = pl.read_parquet(parts / "*.parquet", columns=["id", "shape", "label"])
    return {name: (shape, label) for name, shape, label in frame.iter_rows()}


def _kind(kinds: Kinds, name: str) -> tuple[str, str | None]:
    return kinds.get(name, ("example", None))
