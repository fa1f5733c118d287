"""Small converted datasets for the trainers' tests, made on the spot."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import polars as pl

from dataprep import store
from dataprep.example import Batch, Example
from dataprep.recipe import Target
from dataprep.targets import causal as causal_target
from dataprep.targets import t5 as target

Codec = Literal["auto", "always"]
KINDS = {"bird": ["sparrow", "robin", "heron"], "fish": ["trout", "salmon", "perch"]}


def example(number: int, split: str, answer: str = "{}") -> Example:
    """A question about a bird or a fish, of one of four lengths."""
    kind = "bird" if number % 2 else "fish"
    name = KINDS[kind][number // 2 % 3]
    said = f"What is number {number}, the {name}? " + "Look at it well. " * (number % 4)
    return Example(
        id=f"{split}-{number}",
        file="a.jsonl",
        line=number + 1,
        shape="classification",
        input=said,
        output=answer.format("bird" if number % 2 else "fish of the sea"),
        label=kind,
        split=split,
    )


def convert(
    out: Path,
    sizes: dict[str, int],
    answer: str = "{}",
    codec: Codec = "auto",
    tokenizer: Path | None = None,
) -> Path:
    """A published dataset for T5 with that many examples a split."""
    named = {"tokenizer": str(tokenizer)} if tokenizer else {"vocabulary": 400}
    wanted = Target.model_validate({"name": "t5", "codec": codec, **named})
    rows = {s: [example(n, s, answer) for n in range(count)] for s, count in sizes.items()}

    def batches(split: str | None) -> Iterable[Batch]:
        return [Batch.of(rows[split])] if split in rows else []

    with store.staging(out) as folder:
        written = target.write(folder / "t5", batches, wanted, base=out, seed=0)
        _keep_examples(folder, rows)
        store.publish(folder, out, {"targets": {"t5": written.entry}})
    return out


def convert_causal(
    out: Path,
    sizes: dict[str, int],
    weights: list[float] | None = None,
    tokenizer: Path | None = None,
    validated: str = "{}",
) -> Path:
    """A published dataset for a causal model: one question and its answer a row.

    `validated` are the answers of the validation split, as `answer` of an example.
    """
    answers = {"validation": validated}
    rows = {
        s: [example(n, s, answers.get(s, "{}")) for n in range(count)] for s, count in sizes.items()
    }

    def batches(split: str | None) -> Iterable[Batch]:
        return [Batch.of(rows[split])] if split in rows else []

    with store.staging(out) as folder:
        named = Target(name="causal", vocabulary=400, tokenizer=tokenizer and str(tokenizer))
        written = causal_target.write(folder / "causal", batches, named, base=out)
        if weights:
            path = folder / "causal" / "train.parquet"
            frame = pl.read_parquet(path)
            frame.with_columns(weight=pl.Series(weights)).write_parquet(path)
        _keep_examples(folder, rows)
        store.publish(folder, out, {"targets": {"causal": written.entry}})
    return out


def _keep_examples(folder: Path, rows: dict[str, list[Example]]) -> None:
    (folder / "examples").mkdir()
    whole = Batch.of([e for part in rows.values() for e in part])
    whole.examples.write_parquet(folder / "examples" / "part-00000.parquet")
