"""What a span means: Label Studio counts code points, others count UTF-16 units.

Nothing is repaired. The quote that a region carries decides between the two readings; a span
that fits neither is an error with both readings in its message. Source: facts on the editor's
`selection-tools.js`; exports before November 2021 count UTF-16 units.
"""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

from dataprep.finding import excerpt

Unit = Literal["codepoint", "utf16"]
_SPACES = re.compile(r"\s+")


class Span(NamedTuple):
    """A region of a text: start and end in code points, and the unit it was written in."""

    start: int
    end: int
    unit: Unit


class BadSpan(NamedTuple):
    """Why a region is no span: the rule it breaks, and words that show both readings."""

    code: str
    message: str


def resolve(text: str, value: dict[str, Any]) -> Span | BadSpan:
    """Read `start`, `end` and, where there is one, the quote of a region of a Text tag."""
    start, end, quote = value.get("start"), value.get("end"), value.get("text")
    if type(start) is not int or type(end) is not int:
        return BadSpan("A002", f"start and end are {start!r} and {end!r}, not whole numbers")
    fits = 0 <= start < end <= len(text)
    if not isinstance(quote, str):
        return Span(start, end, "codepoint") if fits else _outside(text, start, end)
    if fits and (text[start:end] == quote or _alike(text[start:end], quote)):
        return Span(start, end, "codepoint")
    if not text.isascii():
        units = _from_utf16(text, start, end)
        if units and _alike(text[units[0] : units[1]], quote):
            return Span(*units, "utf16")
    else:
        units = (start, end) if fits else None
    if not fits and units is None:
        return _outside(text, start, end)
    readings = f"code points give {excerpt(text[start:end])!r}"
    if not text.isascii() and units:
        readings += f", UTF-16 gives {excerpt(text[units[0] : units[1]])!r}"
    return BadSpan("A003", f"quotes {excerpt(quote)!r}, but at {start}-{end} {readings}")


def _outside(text: str, start: int, end: int) -> BadSpan:
    return BadSpan("A002", f"runs from {start} to {end}, in a text of {len(text)} characters")


def _alike(piece: str, quote: str) -> bool:
    r"""Label Studio writes a line break in a quote as the two characters \n, and folds blanks."""
    return _plain(piece) == _plain(quote)


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text.replace("\\n", "\n")).strip()


def _from_utf16(text: str, start: int, end: int) -> tuple[int, int] | None:
    """UTF-16 units to code points; None outside the text or inside a surrogate pair."""
    encoded = text.encode("utf-16-le")
    if not 0 <= start < end <= len(encoded) // 2:
        return None
    try:
        before = len(encoded[: start * 2].decode("utf-16-le"))
        return before, before + len(encoded[start * 2 : end * 2].decode("utf-16-le"))
    except UnicodeDecodeError:
        return None
