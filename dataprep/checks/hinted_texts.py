"""Rows of plain texts whose line was stopped by a screen: only the texts that were hit are judged.

A text is held against the screens again, by itself and in one spelling; of the rules, those are
asked whose screens it hits. A row to which none of them objects is as plain as any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from dataprep.checks.context import Context
from dataprep.checks.per_row.text_quality import quality_faults
from dataprep.checks.screens import TextRules
from dataprep.sensitive import answer_name, answered, matches, persons

if TYPE_CHECKING:
    from dataprep.checks.prefilter import Hints

_SECRETS = int(TextRules.SECRETS | TextRules.HIDDEN)
_PERSONS = int(TextRules.PERSONS)
_QUALITY = int(TextRules.QUALITY | TextRules.HIDDEN)


_NO_SETTINGS = Context()
"""Those that ask more of a text leave no row plain."""


class HintedRow(NamedTuple):
    """The number of a row among its lines, its texts in their order, and the rules of each."""

    number: int
    texts: Sequence[str]
    rules: Sequence[int]


def hinted(rows: Iterable[tuple[int, Sequence[str]]], hints: Hints) -> list[HintedRow]:
    """Rows, each by its number and its texts, with the rules whose screens a text hits."""
    kept = [*rows]
    rules = iter(hints.rules_of([_line(text) for _, texts in kept for text in texts]))
    return [HintedRow(number, texts, [next(rules) for _ in texts]) for number, texts in kept]


def is_objected(row: HintedRow) -> bool:
    """Whether a rule on texts objects to one of them."""
    return any(True for _ in _objections(row))


def _line(text: str) -> bytes:
    """A text as the end of a line of JSON."""
    return b'{"content":%b}' % msgspec.json.encode(text)


def _objections(row: HintedRow) -> Iterator[object]:
    """What the rules say of each text; of one after a question for a password, with its name."""
    name = ""
    for text, rules in zip(row.texts, row.rules, strict=True):
        if rules & _SECRETS:
            yield from matches(text, name)
        elif rules & _PERSONS:
            yield from persons(text)
        if name and not rules & _SECRETS:
            yield from answered(text, name)
        if rules & _QUALITY:
            yield from quality_faults("", text, _NO_SETTINGS)
        name = answer_name(text) if rules & _SECRETS else ""
