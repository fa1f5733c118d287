"""The example grain, during `convert`: whole frames are judged, and only what fails costs more."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from dataprep.checks.engine import finding_of
from dataprep.checks.per_row.completions import completion_faults
from dataprep.contracts import Contract
from dataprep.example import Batch
from dataprep.finding import Fault, Finding, Place

UNASKED = ("plain", "denoising", "chunk")
"""Shapes that learn a text for its own sake: their prompt may be empty."""

_SHOWN = ("id", "file", "line", "task")


def check_examples(batch: Batch, contract: Contract | None = None) -> list[Finding]:
    """What is wrong with the examples of a batch (C003, C005, S002), example by example.

    `contract` is the user's schema for completions; it is held against each different
    completion once. Every finding carries the example's id and where it came from.
    """
    examples = batch.examples
    empty = Fault("C003", "", "the completion is empty")
    unanswered = _blank("output") & (pl.col("shape") != "chunk") & ~_calls(batch)
    findings = _all(examples.filter(unanswered), [empty])
    unasked = examples.filter(_blank("input") & ~pl.col("shape").is_in(UNASKED))
    findings += _all(unasked, [Fault("C005", "", "the prompt is empty")])
    if contract is not None:
        findings += _against_schema(examples.filter(~_blank("output")), contract)
    return findings


def _blank(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars() == ""


def _calls(batch: Batch) -> pl.Expr:
    """Whether an example answers with a tool call, and so may have no text."""
    calls = batch.turns.filter(pl.col("tool_calls").is_not_null())
    return pl.col("id").is_in(calls["example"].unique().implode())


def _against_schema(examples: pl.DataFrame, contract: Contract) -> list[Finding]:
    faults = {
        text: wrong
        for text in examples["output"].unique(maintain_order=True)
        if (wrong := list(completion_faults(text, contract)))
    }
    if not faults:
        return []
    broken = examples.filter(pl.col("output").is_in(list(faults)))
    return [
        finding
        for row in broken.iter_rows(named=True)
        for finding in _at(row, faults[row["output"]])
    ]


def _all(examples: pl.DataFrame, faults: Iterable[Fault]) -> list[Finding]:
    shown = examples.select(_SHOWN)
    return [finding for row in shown.iter_rows(named=True) for finding in _at(row, faults)]


def _at(row: dict[str, object], faults: Iterable[Fault]) -> list[Finding]:
    place = Place(file=str(row["file"]), line=row["line"], task=row["task"])  # type: ignore[arg-type]
    return [finding_of(fault, place, str(row["id"])) for fault in faults]
