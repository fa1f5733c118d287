"""The units in which tools count offsets, and which of them a text and its spans speak for.

Units differ only behind a character above U+FFFF (UTF-16), a joined emoji, an accent mark or a
line break of two characters (graphemes). Where a span carries no quote, its borders tell: they
lie between words, and not on blanks.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from array import array
from bisect import bisect_left
from collections import Counter
from itertools import combinations
from typing import Literal

from dataprep.annotation.offsets import from_utf16

CountedUnit = Literal["codepoint", "utf16", "grapheme"]
CountedUnits = tuple[CountedUnit, ...]
UNITS: CountedUnits = ("codepoint", "utf16", "grapheme")
UNIT_WORDS = {"codepoint": "code points", "utf16": "UTF-16 units", "grapheme": "graphemes"}

MOST = 10_000
"""Spans that are held against their texts in each unit; those behind them change nothing."""

_ZWJ = "\u200d"
_MODIFIERS = range(0x1F3FB, 0x1F400)
_REGIONS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)
_SYLLABLES = range(0xAC00, 0xD7A4)
_JAMO = range(0x1100, 0x1200)
_JOINING = ("Mn", "Me", "Mc")


def in_code_points(text: str, start: int, end: int, unit: CountedUnit) -> tuple[int, int] | None:
    """A span in code points; None where it is empty, outside the text, or cuts a character."""
    if unit == "utf16" and not text.isascii():
        return from_utf16(text, start, end)
    if unit == "grapheme":
        borders = graphemes(text)
        if 0 <= start < end < len(borders):
            return borders[start], borders[end]
        return None
    return (start, end) if 0 <= start < end <= len(text) else None


def counted_in(text: str, start: int, end: int, unit: CountedUnit) -> tuple[int, int]:
    """A span of code points in another unit: what the tool would have written."""
    if unit == "grapheme":
        borders = graphemes(text)
        return bisect_left(borders, start), bisect_left(borders, end)
    if unit == "utf16":
        first = len(text[:start].encode("utf-16-le", "surrogatepass")) // 2
        return first, first + len(text[start:end].encode("utf-16-le", "surrogatepass")) // 2
    return start, end


@functools.lru_cache(maxsize=4)
def graphemes(text: str) -> array[int]:
    """Where each grapheme cluster of a text begins, and where the last one ends.

    Unicode's extended clusters (UAX #29) without the rules for prepended and Indic marks, which
    the tools that count so do not know either.
    """
    at, borders = 0, array("Q")
    for candidate in _joining().finditer(text):
        here = candidate.start()
        borders.extend(range(at, here))
        if here == 0 or _breaks(text, here):
            borders.append(here)
        at = here + 1
    borders.extend(range(at, len(text) + 1))
    return borders


@functools.cache
def _joining() -> re.Pattern[str]:
    """The characters that may belong to the cluster before them; all others begin one."""
    points = range(0x300, sys.maxunicode + 1)
    marks = "".join(chr(p) for p in points if unicodedata.category(chr(p)) in _JOINING)
    spans = ((r.start, r.stop - 1) for r in (_MODIFIERS, _REGIONS, _TAGS, _SYLLABLES, _JAMO))
    ranges = "".join(f"{chr(first)}-{chr(last)}" for first, last in spans)
    pictures = "\u203c-\u3300\U0001f000-\U0001faff"
    return re.compile(f"[\n\u00a9\u00ae\u200c\u200d\uff9e\uff9f{marks}{ranges}{pictures}]")


def _breaks(text: str, at: int) -> bool:
    """Whether a cluster begins at a character behind the first one."""
    before, char = text[at - 1], text[at]
    if before == "\r" and char == "\n":
        return False
    if _is_control(before) or _is_control(char):
        return True
    if char == _ZWJ or _is_mark(char):
        return False
    if before == _ZWJ and _is_pictograph(char):
        return not _follows_pictograph(text, at - 1)
    if ord(char) in _REGIONS and _halves_before(text, at) % 2:
        return False
    return not _same_syllable(ord(before), ord(char))


def _halves_before(text: str, at: int) -> int:
    """How many halves of flags stand before a character in one piece."""
    first = at
    while first and ord(text[first - 1]) in _REGIONS:
        first -= 1
    return at - first


def _is_control(char: str) -> bool:
    """Whether a character joins nothing; joiners and tags are format characters that do."""
    kind = unicodedata.category(char)
    joins = char in "\u200c\u200d" or ord(char) in _TAGS
    return kind in ("Cc", "Zl", "Zp") or (kind == "Cf" and not joins)


def _is_mark(char: str) -> bool:
    """Whether a character hangs on the one before it."""
    point = ord(char)
    marks = unicodedata.category(char) in _JOINING or char in "\u200c\uff9e\uff9f"
    return marks or point in _MODIFIERS or point in _TAGS


def _is_pictograph(char: str) -> bool:
    point = ord(char)
    if point in _REGIONS:
        return False
    return unicodedata.category(char) == "So" or 0x1F000 <= point <= 0x1FAFF or point == 0x203C


def _follows_pictograph(text: str, joiner: int) -> bool:
    """Whether a joiner stands behind a picture, with nothing but marks between."""
    at = joiner - 1
    while at >= 0 and _is_mark(text[at]):
        at -= 1
    return at >= 0 and _is_pictograph(text[at])


def _same_syllable(before: int, char: int) -> bool:
    """Whether two code points are of one syllable of Hangul."""
    leading, vowel, trailing = range(0x1100, 0x1160), range(0x1160, 0x11A8), range(0x11A8, 0x1200)
    whole = 0xAC00 <= before <= 0xD7A3
    open_ = whole and (before - 0xAC00) % 28 == 0
    if before in leading:
        return char in leading or char in vowel or 0xAC00 <= char <= 0xD7A3
    if before in vowel or open_:
        return char in vowel or char in trailing
    return (before in trailing or whole) and char in trailing


class UnitVotes:
    """Which unit the spans of an export speak for, by where their borders lie in the texts."""

    def __init__(self) -> None:
        self.fitting: Counter[CountedUnit] = Counter()
        self.differing = 0
        self._apart: set[frozenset[CountedUnit]] = set()

    def add(self, text: str, start: int, end: int, quote: str | None = None) -> None:
        """Hold a span against its text in each unit; where all read it alike it says nothing."""
        if self.differing >= MOST or (text.isascii() and "\r" not in text):
            return
        readings = {unit: in_code_points(text, start, end, unit) for unit in UNITS}
        if len(set(readings.values())) == 1:
            return
        self.differing += 1
        pairs = combinations(UNITS, 2)
        self._apart.update(frozenset(p) for p in pairs if readings[p[0]] != readings[p[1]])
        for unit, span in readings.items():
            if span is not None and (
                _between_words(text, *span) if quote is None else text[slice(*span)] == quote
            ):
                self.fitting[unit] += 1

    def best(self, usual: CountedUnit, among: CountedUnits = UNITS) -> CountedUnits:
        """The units that most of the spans fit, the usual one first where it is among them.

        Of units that read every span alike, the first stands for all.
        """
        most = max(self.fitting[unit] for unit in among)
        best: list[CountedUnit] = []
        for unit in sorted(among, key=lambda unit: unit != usual):
            alike = any(frozenset((unit, other)) not in self._apart for other in best)
            if self.fitting[unit] == most and not alike:
                best.append(unit)
        return tuple(best)

    def words(self, unit: CountedUnit) -> str:
        """What speaks for a unit."""
        others = [f"{self.fitting[u]:,} in {UNIT_WORDS[u]}" for u in UNITS if u != unit]
        said = f"{self.fitting[unit]:,} of {self.differing:,} spans that the unit moves fit"
        return f"{said}, {' and '.join(others)}"


def _between_words(text: str, start: int, end: int) -> bool:
    piece = text[start:end]
    if piece[0].isspace() or piece[-1].isspace():
        return False
    inside_first = start > 0 and text[start - 1].isalnum() and piece[0].isalnum()
    inside_last = end < len(text) and text[end].isalnum() and piece[-1].isalnum()
    return not inside_first and not inside_last
