"""What a span means: Label Studio counts code points, others count UTF-16 units.

Nothing is repaired. The quote that a region carries decides between the two readings; a span
that fits neither is an error with both readings in its message. Source: facts on the editor's
`selection-tools.js`; exports before November 2021 count UTF-16 units.
"""

from __future__ import annotations

import functools
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate
from typing import Any, Literal, NamedTuple, TypeVar

from dataprep.finding import UsageError, excerpt
from dataprep.patterns import LatePattern

Mode = Literal["auto", "codepoint", "utf16", "grapheme"]
OffsetUnit = Literal["codepoint", "utf16", "words", "xpath", "global", "paragraph", "quote"]
"""How a span was read.

`codepoint` and `utf16` are regions of a Text tag, `xpath` and `global` of HyperText, `paragraph`
of Paragraphs. A `quote` is a region whose offsets are wrong, found by its quoted text; `words`
are a region of whole words that quotes a part of them, read by its offsets since that was asked.
"""

_SPACES = LatePattern(r"\s+")
BLANKS = LatePattern(r"(?:\\[nrt]|\s)+")
_WORDS = {
    "codepoint": "in code points",
    "utf16": "in UTF-16 units",
    "words": "as whole words that quote a part of themselves",
    "xpath": "by xpath",
    "global": "by global offsets",
    "paragraph": "by paragraph",
    "quote": "only by their quote",
    "unquoted": "without a quote",
    "refused": "refused",
}


class Span(NamedTuple):
    """A region of a text: start and end in code points, and how it was read."""

    start: int
    end: int
    unit: OffsetUnit


class BadSpan(NamedTuple):
    """Why a region is no span: the rule it breaks, and words that show both readings."""

    code: str
    message: str


ReadSpan = TypeVar("ReadSpan", Span, BadSpan, Span | BadSpan)


class Offsets:
    """How the regions of one file are counted, and how many were read in which way.

    `auto` lets each quote decide; `usual`, the vote of the file, decides where both readings fit
    and where there is no quote. `codepoint` and `utf16` allow one reading only. Raises UsageError
    for graphemes, which other tools count, and whose readers turn them into code points.
    """

    def __init__(self, mode: Mode = "auto", usual: OffsetUnit = "codepoint") -> None:
        if mode == "grapheme":
            raise UsageError("No Label Studio counts graphemes.", "Pass --offsets utf16, or none.")
        self.mode = mode
        self.usual: OffsetUnit = usual if mode == "auto" else mode
        self.counts: Counter[str] = Counter()

    def resolve(self, text: str, value: dict[str, Any]) -> Span | BadSpan:
        """Read a region of a Text tag, and count what came out."""
        read = resolve(text, value, self.usual, only=self.mode != "auto")
        return self.counted(read, value)

    def counted(self, read: ReadSpan, value: dict[str, Any]) -> ReadSpan:
        """The same outcome, counted; for the regions that other modules read."""
        if isinstance(read, BadSpan):
            self.counts["refused"] += 1
        elif isinstance(value.get("text"), str):
            self.counts[read.unit] += 1
        else:
            self.counts["unquoted"] += 1
        return read


def vote(regions: Iterable[tuple[str, dict[str, Any]]]) -> OffsetUnit:
    """The unit of a file, from some of its (text, value); code points unless more speak against.

    Only a region whose quote fits one reading and not the other has a vote.
    """
    votes: Counter[OffsetUnit] = Counter()
    for text, value in regions:
        if text.isascii() or not isinstance(value.get("text"), str):
            continue
        points = _fits(text, value, "codepoint")
        units = _fits(text, value, "utf16")
        if points != units:
            votes["utf16" if units else "codepoint"] += 1
    return "utf16" if votes["utf16"] > votes["codepoint"] else "codepoint"


def _fits(text: str, value: dict[str, Any], unit: OffsetUnit) -> bool:
    read = resolve(text, value, unit, only=True)
    return isinstance(read, Span) and read.unit != "words"


def in_words(counts: Counter[str]) -> str:
    """The counts of a run: `1,926 in code points, 0 in UTF-16 units`."""
    always = {"codepoint", "utf16"} if counts["codepoint"] or counts["utf16"] else set()
    named = [key for key in _WORDS if counts[key] or key in always]
    return ", ".join(f"{counts[key]:,} {_WORDS[key]}" for key in named)


def resolve(
    text: str, value: dict[str, Any], usual: OffsetUnit = "codepoint", *, only: bool = False
) -> Span | BadSpan:
    """Read `start`, `end` and, where there is one, the quote of a region of a Text tag.

    `usual` is tried first, and is all that is tried with `only`; it is what a region without a
    quote means. A span that is the same in both units is given in code points.
    """
    start, end, quote = value.get("start"), value.get("end"), value.get("text")
    if type(start) is not int or type(end) is not int:
        shown = f"{excerpt(repr(start))} and {excerpt(repr(end))}"
        return BadSpan("A002", f"start and end are {shown}, not whole numbers")
    points = (start, end) if 0 <= start < end <= len(text) else None
    quoted = isinstance(quote, str)
    if points and usual == "codepoint" and (not quoted or text[start:end] == quote):
        return Span(start, end, "codepoint")
    units = points if text.isascii() else from_utf16(text, start, end)
    readings = [units, points] if usual == "utf16" else [points, units]
    readings = readings[:1] if only else readings
    if not isinstance(quote, str):
        return _named(readings[0], points) or _outside(text, start, end)
    for same in (str.__eq__, _alike):
        for found in readings:
            if found and same(text[slice(*found)], quote):
                return Span(*found, "codepoint" if found == points else "utf16")
    if points is None and units is None:
        return _outside(text, start, end)
    widened = readings[0] if readings[0] and _is_part(quote, text, readings[0]) else None
    if widened and only:
        return Span(*widened, "words")
    both = f"code points give {excerpt(text[start:end])!r}"
    if units and units != (start, end):
        both += f", UTF-16 gives {excerpt(text[slice(*units)])!r}"
    if widened:
        both += f"; to take these words, which Label Studio 1.4 quoted in part: --offsets {usual}"
    return BadSpan("A003", f"quotes {excerpt(quote)!r}, but at {start}-{end} {both}")


def _is_part(quote: str, text: str, found: tuple[int, int]) -> bool:
    """Whether a region is of whole words, and its quote a part of them.

    Label Studio 1.4 wrote those where `granularity="word"` widened what was marked (issue 1931).
    """
    start, end = found
    inside = bool(quote.strip()) and _plain(quote) in _plain(text[start:end])
    return inside and _is_border(text, start) and _is_border(text, end)


def _is_border(text: str, at: int) -> bool:
    return not text[max(at - 1, 0) : at + 1].isalnum() or at in (0, len(text))


def from_utf16(text: str, start: int, end: int) -> tuple[int, int] | None:
    """UTF-16 units to code points; None outside the text or inside a surrogate pair."""
    if not 0 <= start < end:
        return None
    first, last = _point(text, start), _point(text, end)
    return None if first is None or last is None else (first, last)


_BLOCK = 4096
"""Code points that are counted at once."""


def _point(text: str, unit: int) -> int | None:
    """The code point that a UTF-16 unit begins."""
    if len(text) <= _BLOCK:
        return _point_in(text, unit)
    units = _units(text)
    at = min(bisect_right(units, unit), len(units) - 1) - 1
    point = _point_in(text[at * _BLOCK : (at + 1) * _BLOCK], unit - units[at])
    return None if point is None else at * _BLOCK + point


@functools.lru_cache(maxsize=1)
def _units(text: str) -> array[int]:
    """How many UTF-16 units stand before each block of a text, and in all of it.

    A text that has thousands of spans is so counted once, and not up to each of them.
    """
    blocks = (text[at : at + _BLOCK] for at in range(0, len(text), _BLOCK))
    return array("Q", accumulate((len(_encoded(b)) // 2 for b in blocks), initial=0))


def forget_text() -> None:
    """Let go of the text that was counted last."""
    _units.cache_clear()


def _point_in(text: str, unit: int) -> int | None:
    encoded = _encoded(text)
    if unit * 2 > len(encoded):
        return None
    try:
        return len(encoded[: unit * 2].decode("utf-16-le"))
    except UnicodeDecodeError:
        return None


def _encoded(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def squashed(text: str) -> str:
    r"""The text without blanks and without \n, \r and \t as two characters: what a quote says.

    For HTML and paragraphs, whose layout puts blanks into a quote that no text node has.
    """
    return BLANKS.sub("", text)


def _named(found: tuple[int, int] | None, points: tuple[int, int] | None) -> Span | None:
    return Span(*found, "codepoint" if found == points else "utf16") if found else None


def _outside(text: str, start: int, end: int) -> BadSpan:
    return BadSpan("A002", f"runs from {start} to {end}, in a text of {len(text)} characters")


def _alike(piece: str, quote: str) -> bool:
    r"""Label Studio writes a line break in a quote as the two characters \n, and folds blanks."""
    return _plain(piece) == _plain(quote)


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text.replace("\\n", "\n")).strip()
