"""Regions of a dialogue: a Paragraphs tag counts within each turn, in UTF-16 units.

Source: the editor's `HtxParagraphs.jsx`, `getOffsetInPhraseElement` (Label Studio 1.23.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dataprep.annotation.offsets import BadSpan, Span, from_utf16, squashed
from dataprep.finding import excerpt


@dataclass(frozen=True, slots=True)
class ParagraphsDocument:
    """A dialogue as one text, a turn a line; `starts` is where each turn's words begin in it."""

    text: str
    turns: tuple[str, ...]
    starts: tuple[int, ...]


def plain_text(
    items: object, text_key: str = "text", name_key: str = "author", *, by_time: bool = False
) -> ParagraphsDocument | None:
    """The turns as lines `name: text`; None where the data is no list of turns.

    `by_time` is for `contextScroll="true"`, under which the editor sorts turns by their start.
    """
    if not isinstance(items, list) or not all(isinstance(item, dict | str) for item in items):
        return None
    lines: list[str] = []
    turns: list[str] = []
    starts: list[int] = []
    at = 0
    for item in in_order(items, by_time=by_time):
        turn = item if isinstance(item, dict) else {text_key: item}
        words, name = _shown(turn.get(text_key)), _shown(turn.get(name_key)).strip()
        prefix = f"{name.removesuffix(':')}: " if name else ""
        lines.append(prefix + words)
        turns.append(words)
        starts.append(at + len(prefix))
        at += len(lines[-1]) + 1
    return ParagraphsDocument("\n".join(lines), tuple(turns), tuple(starts))


def in_order(items: list[Any], *, by_time: bool) -> list[Any]:
    """The turns as the editor shows them; those without a start come last."""
    return sorted(items, key=_time) if by_time else items


def resolve(document: ParagraphsDocument, value: dict[str, Any]) -> Span | BadSpan:
    """Read a region that begins in one turn and ends in the same or a later one.

    Over several turns the span holds the names between them, the quote does not.
    """
    first, last = _index(value.get("start")), _index(value.get("end"))
    begin, end, quote = value.get("startOffset"), value.get("endOffset"), value.get("text")
    if first is None or last is None or type(begin) is not int or type(end) is not int:
        shown = ", ".join(excerpt(repr(value.get(k))) for k in ("start", "end"))
        offsets = f"{excerpt(repr(begin))}, {excerpt(repr(end))}"
        return BadSpan("A002", f"start, end and their offsets are {shown}, {offsets}")
    if not first <= last < len(document.turns):
        turns = f"in a dialogue of {len(document.turns)} turns"
        return BadSpan("A002", f"runs from turn {first} to {last}, {turns}")
    units = _in_units(document, first, begin, last, end)
    if not isinstance(quote, str):
        return Span(*units, "paragraph") if units else _outside(document, first, begin, last, end)
    points = _in_points(document, first, begin, last, end)
    wanted = squashed(quote)
    for found, unit in ((units, "paragraph"), (points, "quote")):
        if found and wanted and squashed(_words(document, first, last, *found)) == wanted:
            return Span(*found, "paragraph" if unit == "paragraph" else "quote")
    if units is None and points is None:
        return _outside(document, first, begin, last, end)
    readings = [
        f"{name} {excerpt(_words(document, first, last, *found))!r}"
        for found, name in ((units, "UTF-16 gives"), (points, "code points give"))
        if found and (name.startswith("UTF") or found != units)
    ]
    where = f"turn {first} {begin} to turn {last} {end}"
    return BadSpan("A003", f"quotes {excerpt(quote)!r}, but at {where} {', '.join(readings)}")


def _in_units(
    document: ParagraphsDocument, first: int, begin: int, last: int, end: int
) -> tuple[int, int] | None:
    """The span in the whole text, where the offsets count UTF-16 units of their turns."""
    before, until = document.turns[first], document.turns[last]
    opened = 0 if begin == 0 else (from_utf16(before, 0, begin) or (0, -1))[1]
    closed = (from_utf16(until, 0, end) or (0, -1))[1]
    return _in_points(document, first, opened, last, closed)


def _in_points(
    document: ParagraphsDocument, first: int, begin: int, last: int, end: int
) -> tuple[int, int] | None:
    """The span in the whole text, where the offsets count code points of their turns."""
    inside = 0 <= begin <= len(document.turns[first]) and 0 < end <= len(document.turns[last])
    span = document.starts[first] + begin, document.starts[last] + end
    return span if inside and span[0] < span[1] else None


def _words(document: ParagraphsDocument, first: int, last: int, start: int, end: int) -> str:
    """What the turns say between two positions of the text, without the names."""
    pieces = (
        turn[max(start - at, 0) : max(end - at, 0)]
        for turn, at in zip(
            document.turns[first : last + 1], document.starts[first : last + 1], strict=True
        )
    )
    return "\n".join(pieces)


def _outside(document: ParagraphsDocument, first: int, begin: int, last: int, end: int) -> BadSpan:
    sizes = f"turns of {len(document.turns[first])} and {len(document.turns[last])} characters"
    return BadSpan("A002", f"runs from {begin} in turn {first} to {end} in turn {last}, {sizes}")


def _index(given: object) -> int | None:
    """The number of a turn, which the editor writes as a string."""
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 10:
        return int(given)
    return given if type(given) is int and given >= 0 else None


def _shown(given: object) -> str:
    return given if isinstance(given, str) else "" if given is None else str(given)


def _time(item: Any) -> tuple[bool, float]:
    start = item.get("start") if isinstance(item, dict) else None
    known = isinstance(start, int | float) and bool(start)
    return (not known, float(start) if known and start is not None else 0.0)
