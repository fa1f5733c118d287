"""Family T1xx: Parquet files of token ids, streamed row group by row group through Polars.

A T5 dataset pairs input_ids with labels of another length; of a causal one all lists are equally
long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataprep.finding import Finding, Place
from dataprep.frames import parquet_errors, scan_frame
from dataprep.rules import found

if TYPE_CHECKING:
    import polars as pl

MASKED = -100
"""The label that carries no loss (torch's ignore_index)."""

SHOWN = 1_000
"""Findings of one rule and file that name their row; beyond, the rest is counted in one."""

_COLUMNS = ("input_ids", "attention_mask", "labels")


@dataclass(frozen=True, slots=True)
class DatasetShape:
    """What a dataset must be. None of a limit or a vocabulary is not judged.

    `kind` is t5 or causal; `input_limit` and `label_limit` are in tokens of a row.
    """

    kind: str = "causal"
    vocabulary: int | None = None
    input_limit: int | None = None
    label_limit: int | None = None
    pad_id: int | None = None


def check_tokenised(
    path: Path, shape: DatasetShape | None = None, *, name: str | None = None
) -> Iterator[Finding]:
    """What is wrong with a Parquet file of token ids, in the order of the rows.

    Without a shape, equal lengths in the first rows tell a causal dataset. Lines of places are
    row numbers, from 1. Raises UsageError for a file that is no Parquet.
    """
    file = name or str(path)
    with parquet_errors(file, "Tokenise again."):
        frame = scan_frame(path)
        columns = frame.collect_schema()
    wrong = list(_column_messages(columns))
    if wrong:
        yield from (found("T101", message, Place(file=file)) for message in wrong)
        return
    present = [column for column in _COLUMNS if column in columns]
    with parquet_errors(file, "Tokenise again."):
        shape = shape or _guessed(frame, present)
    yield from _row_findings(frame, present, shape, file)


def rows_of(path: Path, name: str) -> int:
    """How many rows a Parquet file has. Raises UsageError for a file that is none."""
    import polars as pl

    with parquet_errors(name, "Tokenise again."):
        return int(scan_frame(path).select(pl.len()).collect().item())


def tokenizer_findings(recorded: str, actual: str, place: Place) -> Iterator[Finding]:
    """T108 where the folder's tokenizer is not the one that the manifest records (SHA-256)."""
    if recorded != actual:
        message = f"made with tokenizer {recorded[:12]}..., and beside it lies {actual[:12]}..."
        yield found("T108", message, place)


def _column_messages(columns: Any) -> Iterator[str]:
    import polars as pl

    for name in ("input_ids", "labels"):
        if name not in columns:
            yield f"there is no column {name}"
    for name in _COLUMNS:
        kind = columns.get(name)
        inner: Any = getattr(kind, "inner", None)
        lists = isinstance(kind, pl.List | pl.Array) and inner.is_integer()
        if kind is not None and not lists:
            yield f"{name} holds {kind}, not lists of integers"


def _guessed(frame: pl.LazyFrame, present: Sequence[str]) -> DatasetShape:
    import polars as pl

    lengths = [pl.col(name).cast(pl.List(pl.Int64)).list.len() for name in ("input_ids", "labels")]
    head = frame.select(present).head(1_000).select((lengths[0] == lengths[1]).mean()).collect()
    same = head.item()
    return DatasetShape("causal" if same is not None and same > 0.5 else "t5")


def _row_findings(
    frame: pl.LazyFrame, columns: Sequence[str], shape: DatasetShape, file: str
) -> Iterator[Finding]:
    """One pass in Polars' streaming engine; only rows with a fault come back, as booleans."""
    import polars as pl

    faults = _faults(columns, shape)
    lists = [
        _as_list(name, kind) for name, kind in frame.collect_schema().items() if name in columns
    ]
    masks = [mask.fill_null(value=False).alias(key) for key, (_, mask) in faults.items()]
    odd = (
        frame.select(lists)
        .select(masks)
        .with_row_index("row", offset=1)
        .filter(pl.any_horizontal(pl.exclude("row")))
    )
    with parquet_errors(file, "Tokenise again."):
        table = odd.collect(engine="streaming")
    counts: dict[str, int] = {}
    for row in table.iter_rows(named=True):
        for key, (code, _) in faults.items():
            if row[key]:
                counts[key] = counts.get(key, 0) + 1
                if counts[key] <= SHOWN:
                    place = Place(file=file, line=row["row"], path=key.partition(":")[0])
                    yield found(code, _message(key, shape), place)
    for key, number in counts.items():
        if number > SHOWN:
            more = f"in {number - SHOWN:,} more rows, {_message(key, shape)}"
            yield found(faults[key][0], more, Place(file=file))


def _as_list(name: str, kind: Any) -> pl.Expr:
    """A column as lists; labels signed, since -100 is looked for in them."""
    import polars as pl

    if name == "labels" and not kind.inner.is_signed_integer():
        return pl.col(name).cast(pl.List(pl.Int64))
    return pl.col(name).cast(pl.List(kind.inner)) if isinstance(kind, pl.Array) else pl.col(name)


def _faults(columns: Sequence[str], shape: DatasetShape) -> dict[str, tuple[str, pl.Expr]]:
    """Key `column:fault` -> code, and whether a row has it."""
    import polars as pl

    made: dict[str, tuple[str, pl.Expr]] = {}
    for name in columns:
        ids = pl.col(name)
        made[f"{name}:null"] = ("T101", ids.is_null() | ids.list.contains(None))
        made[f"{name}:empty"] = ("T106", ids.list.len() == 0)
    made |= _length_faults(columns, shape)
    made |= _id_faults(shape)
    if "attention_mask" in columns:
        mask = pl.col("attention_mask")
        odd = (mask.list.min() < 0) | (mask.list.max() > 1)
        made["attention_mask:odd"] = ("T105", odd)
        made["attention_mask:zeros"] = ("T105", ~odd & (mask.list.max() == 0))
    return made


def _length_faults(columns: Sequence[str], shape: DatasetShape) -> dict[str, tuple[str, pl.Expr]]:
    import polars as pl

    made = {}
    length = pl.col("input_ids").list.len()
    beside = ["attention_mask"] if "attention_mask" in columns else []
    for name in [*beside, "labels"] if shape.kind == "causal" else beside:
        made[f"{name}:length"] = ("T102", pl.col(name).list.len() != length)
    for name, limit in (("input_ids", shape.input_limit), ("labels", shape.label_limit)):
        if limit is not None:
            made[f"{name}:long"] = ("T107", pl.col(name).list.len() > limit)
    return made


def _id_faults(shape: DatasetShape) -> dict[str, tuple[str, pl.Expr]]:
    """Ids that the vocabulary lacks (-100 may stand in labels), and labels without one to learn."""
    import polars as pl

    ids, labels = pl.col("input_ids").list, pl.col("labels").list
    below = ids.min() < 0
    other = labels.eval((pl.element() < 0) & (pl.element() != MASKED)).list.any()
    if shape.vocabulary is not None:
        below |= ids.max() >= shape.vocabulary
        other |= labels.max() >= shape.vocabulary
    silent = pl.element() == MASKED
    if shape.pad_id is not None:
        silent |= pl.element() == shape.pad_id
    return {
        "input_ids:vocabulary": ("T103", below),
        "labels:vocabulary": ("T103", other),
        "labels:masked": ("T104", (labels.len() > 0) & labels.eval(silent).list.all()),
    }


def _message(key: str, shape: DatasetShape) -> str:
    column, _, fault = key.partition(":")
    limit = shape.label_limit if column == "labels" else shape.input_limit
    vocabulary = f" of {shape.vocabulary:,}" if shape.vocabulary is not None else ""
    return {
        "null": f"{column} holds a null",
        "empty": f"{column} is empty",
        "length": f"{column} is not as long as input_ids",
        "long": f"{column} is longer than {limit} tokens",
        "vocabulary": f"{column} holds an id outside the vocabulary{vocabulary}",
        "masked": "all labels are masked: nothing is trained",
        "odd": "the mask holds another number than 0 and 1",
        "zeros": "the mask is all zeros: the row attends to nothing",
    }[fault]
