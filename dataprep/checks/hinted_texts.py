"""Rows of plain texts whose line was stopped by a screen: only the texts that were hit are judged.

A text is held against the screens again, by itself and in one spelling; of the rules, those are
asked whose screens it hits. A row to which none of them objects is as plain as any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from dataprep.checks.context import Context
from dataprep.checks.per_row.text_quality import quality_faults
from dataprep.checks.prefilter import Hints
from dataprep.checks.screens import TextRules
from dataprep.sensitive import answer_name, answered, matches, persons

_SECRETS = int(TextRules.SECRETS | TextRules.HIDDEN)
_PERSONS = int(TextRules.PERSONS)
_QUALITY = int(TextRules.QUALITY | TextRules.HIDDEN)


class HintedRow(NamedTuple):
    """The number of a row among its lines, and its texts in their order."""

    number: int
    texts: Sequence[str]


def objected(rows: Sequence[HintedRow], hints: Hints, context: Context) -> set[int]:
    """The numbers of the rows with a text to which a rule on texts objects."""
    lines = [_line(text) for row in rows for text in row.texts]
    rules = iter(hints.rules_of(lines))
    return {
        row.number
        for row, hit in [(row, [next(rules) for _ in row.texts]) for row in rows]
        if any(_objections(row.texts, hit, context))
    }


def _line(text: str) -> bytes:
    """A text as the end of a line of JSON."""
    return b'{"content":%b}' % msgspec.json.encode(text)


def _objections(texts: Sequence[str], hit: Sequence[int], context: Context) -> Iterator[object]:
    """What the rules say of each text; of one after a question for a password, with its name."""
    name = ""
    for text, rules in zip(texts, hit, strict=True):
        if rules & _SECRETS:
            yield from matches(text, name)
        elif rules & _PERSONS:
            yield from persons(text)
        if name and not rules & _SECRETS:
            yield from answered(text, name)
        if rules & _QUALITY:
            yield from quality_faults("", text, context)
        name = answer_name(text) if rules & _SECRETS else ""
