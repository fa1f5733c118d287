"""The example grain, during `convert`: whole frames are judged, and only what fails costs more."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from dataprep.checks.engine import finding_of
from dataprep.checks.per_row.completions import completion_faults
from dataprep.checks.per_row.privacy import secret_faults
from dataprep.checks.prefilter import may_hold_secrets
from dataprep.checks.selection import Selection
from dataprep.contracts import Contract
from dataprep.example import Batch
from dataprep.finding import Fault, Finding, Place
from dataprep.sensitive import SECRET, may_hold_secret

JUDGED = ("pairs", "columns", "messages", "preference", "feedback", "reinforcement", "disapproved")
"""Shapes of rows, whose every text was judged before it became an example."""

UNASKED = ("plain", "denoising", "chunk")
"""Shapes that learn a text for its own sake: their prompt may be empty."""

UNANSWERED = ("chunk", "disapproved", "reinforcement")
"""Shapes without an answer to learn: a text for annotators, a rejected answer, a graded item."""

_SHOWN = ("id", "file", "line", "task")


def check_examples(
    batch: Batch, contract: Contract | None = None, rules: Selection | None = None
) -> list[Finding]:
    """The errors of the examples of a batch (C003, C005, C509, P001, P002, S002), one by one.

    `contract` is the user's schema for completions; it is held against each different
    completion once. Every finding carries the example's id and where it came from.
    """
    rules = rules or Selection()
    examples = batch.examples
    empty = Fault("C003", "", "the completion is empty")
    unanswered = _blank("output") & ~pl.col("shape").is_in(UNANSWERED) & ~_calls(batch)
    findings = _all(examples.filter(unanswered), [empty])
    unasked = examples.filter(_blank("input") & ~pl.col("shape").is_in(UNASKED))
    findings += _all(unasked, [Fault("C005", "", "the prompt is empty")])
    if contract is not None:
        findings += _against_schema(examples.filter(~_blank("output")), contract)
    judged = examples["shape"].is_in(JUDGED) & examples["task"].is_null()
    findings += _all(examples.filter(_invisible("input") | _invisible("output")), [_INVISIBLE])
    if rules.any_of(*SECRET) and not judged.all():
        findings += _secrets(batch.keep(~judged))
    return findings


_INVISIBLE = Fault("C509", "", "the prompt or the completion has only invisible characters")
_UNSEEN = r"^[\s\p{Cf}\x{034f}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{2800}\x{3164}]+$"


def _invisible(column: str) -> pl.Expr:
    return ~_blank(column) & pl.col(column).str.contains(_UNSEEN)


_TEXTS = ("input", "output", "system", "rejected", "data", "meta")
_SAID = ("content", "tool_calls", "parts", "reasoning", "name")


def _secrets(batch: Batch) -> list[Finding]:
    """P001 and P002 in any text of an example, its metadata among them."""
    suspected = [
        *_suspected(batch.examples, "id", _TEXTS),
        *_suspected(batch.turns, "example", _SAID),
    ]
    places = batch.examples.filter(pl.col("id").is_in([id_ for id_, _ in suspected]))
    rows = {str(row["id"]): row for row in places.select(_SHOWN).iter_rows(named=True)}
    found: dict[str, dict[Fault, None]] = {}
    for id_, texts in suspected:  # many have a word of secrets, as the prompts that ask for keys
        near = [(column, text) for column, text in texts if may_hold_secret(text)]
        faults = (fault for column, text in near for fault in secret_faults(column, text))
        found.setdefault(id_, {}).update(dict.fromkeys(faults))
    return [finding for id_, faults in found.items() for finding in _at(rows[id_], faults)]


def _suspected(
    frame: pl.DataFrame, id_: str, columns: tuple[str, ...]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The texts of a frame in which a secret may stand, by their columns, with the id of each row.

    Column by column: together, the texts would stand in memory once more.
    """
    texts: dict[int, list[tuple[str, str]]] = {}
    for name in columns:
        if frame[name].null_count() < frame.height:
            at = may_hold_secrets(frame[name].fill_null("")).arg_true()
            for row, text in zip(at, frame[name].gather(at), strict=True):
                texts.setdefault(row, []).append((name, text))
    order = sorted(texts)
    return [(frame[id_][row], texts[row]) for row in order]


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
