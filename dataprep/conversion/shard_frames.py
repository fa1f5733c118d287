"""The frames of a shard in its folder, where they wait until every example has its side."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl

from dataprep import store
from dataprep.conversion.mixing import LEFT_OUT, REASONS
from dataprep.example import Batch
from dataprep.finding import Drop, Place
from dataprep.splits import LEAKS, SPLITS, prompts

KINDS = ("examples", "turns")
SAID = ("id", "system", "input", "output", "rejected")
"""The columns of an example by which near copies are told."""


def frame_file(folder: Path, kind: str, number: int) -> Path:
    """Where a frame lies; `kind` is one of KINDS."""
    return folder / f"{kind}-{number}.parquet"


def signatures(folder: Path, number: int) -> Path:
    """Where the signatures of a frame of examples lie."""
    return folder / f"signatures-{number}.arrow"


def write(batch: Batch, folder: Path, number: int) -> None:
    """Write the frames of a batch."""
    for kind, frame in zip(KINDS, (batch.examples, batch.turns), strict=True):
        store.write_parquet(frame, frame_file(folder, kind, number))


def texts(folder: Path, number: int) -> pl.Series:
    """The texts of a frame that are held against each other."""
    examples = _read(frame_file(folder, "examples", number), SAID)
    return texts_of(examples, _read(frame_file(folder, "turns", number)))


def texts_of(examples: pl.DataFrame, turns: pl.DataFrame) -> pl.Series:
    """All that each example says, in the order of the examples; of a conversation its turns."""
    said = _lines(*SAID[1:])
    if turns.is_empty():
        return examples.select(text=said)["text"]
    told = [
        name for name in ("reasoning", "content", "parts", "tool_calls") if name in turns.columns
    ]
    talks = (
        turns.sort("example", "index")
        .group_by("example", maintain_order=True)
        .agg(talk=_lines(*told).str.join("\n"))
    )
    both = examples.join(talks, left_on="id", right_on="example", how="left", maintain_order="left")
    talk = _lines("talk", "rejected")
    return both.select(text=pl.when(pl.col("talk").is_null()).then(said).otherwise(talk))["text"]


def compared(batch: Batch, *, only_verdicts: bool = False) -> Batch:
    """The batch as duplicates are told: which of two answers is better is a question of its own.

    So is whether an answer is good, where nothing is written but verdicts; of rows of a
    conversation an approved answer is as any other.
    """
    examples = batch.examples
    judged = pl.col("rejected").is_not_null()
    if only_verdicts:
        turns = pl.col("id").is_in(batch.turns["example"].unique().implode())
        judged |= (pl.col("shape") == "feedback") & (pl.col("task").is_not_null() | ~turns)
    asked_of = examples.filter(judged)["id"]
    if asked_of.is_empty():
        return batch
    output = pl.when(pl.col("output") != "").then("output")
    both = (pl.min_horizontal(output, "rejected"), pl.max_horizontal(output, "rejected"))
    prompt = pl.lit(pl.Series(prompts(batch), dtype=pl.String))
    prompt = pl.when(prompt != pl.col("output")).then(prompt).otherwise(pl.lit(""))
    asked = pl.concat_str([prompt, *both], separator="\x00")
    return Batch(
        examples.with_columns(input=pl.when(judged).then(asked).otherwise("input")),
        batch.turns.filter(~pl.col("example").is_in(asked_of.implode())),
    )


def divided(folder: Path, number: int, rows: pl.DataFrame) -> tuple[Batch, list[Drop]]:
    """A frame divided as `rows` say, the columns of a Division, and what they leave out."""
    examples, turns = (_read(frame_file(folder, kind, number)) for kind in KINDS)
    split = rows["side"].replace_strict(dict(enumerate(SPLITS, 1)), default=None)
    clusters = [None if one is None else f"{one:016x}" for one in rows["cluster"]]
    examples = examples.with_columns(
        split=split.cast(pl.String), cluster=pl.Series(clusters, dtype=pl.String)
    )
    batch, out = Batch(examples, turns), rows["side"] == 0
    drops = []
    if out.any():
        left_out = examples.filter(out).select("file", "line", "task").iter_rows()
        for (file, line, task), why in zip(left_out, rows["why"].filter(out), strict=True):
            reason, place = REASONS[why], Place(file=file, line=line, task=task)
            detail = (LEAKS | LEFT_OUT)[reason]
            drops.append(Drop(unit="example", reason=reason, place=place, detail=detail))
        batch = batch.keep(~out)
    return batch, drops


def _read(path: Path, columns: tuple[str, ...] | None = None) -> pl.DataFrame:
    """A frame of this run; what the disk says is an OSError as elsewhere in a run."""
    content = io.BytesIO(path.read_bytes())
    return pl.read_parquet(content, columns=None if columns is None else list(columns))


def _lines(*columns: str) -> pl.Expr:
    return pl.concat_str(*columns, separator="\n", ignore_nulls=True)
