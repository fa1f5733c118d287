"""Which way raw text becomes examples: as the recipe says, else by evidence, and said aloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding, UsageError
from dataprep.formats import pair, told
from dataprep.recipe import Source, Way
from dataprep.shapes import blocks, chunks, columns, continuation, denoising, sections

Shaping = Callable[..., Iterator[Example | Drop | Finding]]

WAYS: dict[Way, Shaping] = {
    "pairs": pair.shape,
    "messages": told.shape,
    "columns": columns.shape,
    "qa": blocks.shape,
    "sections": sections.shape,
    "continuation": continuation.shape,
    "denoising": denoising.shape,
    "plain": chunks.plain,
    "chunks": chunks.shape,
}

_TEXT_FIELDS = frozenset({"text", "title", "extraction", "pages", "empty_pages"})


def choose_way(record: Record, source: Source) -> tuple[Way, str]:
    """The way for a file, from its first record, and a sentence that says what was found.

    Raises UsageError where a way would have to be guessed, or where the recipe's columns are
    not those of the record.
    """
    row = record.value if isinstance(record.value, dict) else {}
    if source.way:
        way, why = source.way, f"{source.way}, as asked"
    else:
        way, why = _evident(record, row, source)
    if way == "columns":
        why = f"{why}: {columns.announce(row, source)}"
    return way, why


def _evident(record: Record, row: Mapping[str, Any], source: Source) -> tuple[Way, str]:
    if source.prompt is not None and source.completion is not None and not _is_text(row, source):
        return "columns", "the templates of the recipe"
    if said := told.told(row, source):
        return "messages", said
    others = row.keys() - pair.PAIR - {source.label, source.group}
    if pair.PAIR & row.keys() and not others:
        return "pairs", "pairs (prompt, completion)"
    text = row.get(source.text or "text")
    if isinstance(text, str) and _is_text(row, source):
        return _of_text(text, record)
    return "columns", "columns"


def _is_text(row: Mapping[str, Any], source: Source) -> bool:
    """Whether a record is running text and nothing to pair it with."""
    if not isinstance(row.get(source.text or "text"), str):
        return False
    return row.keys() <= _TEXT_FIELDS or (
        source.text is not None and columns.recognised(row, source) is None
    )


def _of_text(text: str, record: Record) -> tuple[Way, str]:
    found = blocks.recognise(text)
    if found.share >= 0.5:
        count = len(found.found)
        return "qa", f"{count} question-answer {_plural('block', count)} ({found.style})"
    headings = sections.headings(text)
    if len(headings) > 1:
        return "sections", f"{len(headings)} headings"
    raise UsageError(
        f"{record.place.file or 'the input'} is running text without questions or headings: "
        "nothing in it says what the model should learn.",
        "Choose with --way, or with `way` in the recipe: continuation (go on with the text), "
        "denoising (fill in masked words, for T5), plain (read on, for continued pretraining), "
        "chunks (to be annotated).",
    )


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
