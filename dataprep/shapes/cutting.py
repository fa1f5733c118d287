"""Where a text may be cut: after paragraphs, sentences, lines, words; nothing is ever lost.

Rules for ends of sentences that hold for Latin, Greek and Cyrillic script, and for the full
stops of Chinese and Japanese. Every pattern here takes time linear in the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

from dataprep.patterns import LatePattern

_SENTENCE = LatePattern(
    r"""(?<![.!?…])[.!?…]++["'”’»)\]]*+\s++|(?<![。！？])[。！？]++[」』）]*+\s*+"""
)
_PARAGRAPH = LatePattern(r"\r?\n[ \t]*+(?:\r?\n[ \t]*+)++")
_LINE = LatePattern(r"\r?\n")
_WORD = LatePattern(r"\s++")
_LAST_WORD = LatePattern(r"\S{1,16}\Z")
_ABBREVIATION = LatePattern(
    r"(?:^|[(\[\"'])(?:[A-Za-z]|(?:[A-Za-z]\.)+[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|No|Nr|vs|etc|cf"
    r"|al|Fig|Vol|pp|approx|ca|bzw|usw|Bd|Abs|Art|ff|Inc|Ltd|Co|Corp)\Z"
)
_JOINERS = "\u200d\ufe0e\ufe0f"

Ends = Callable[[str, int, int], Iterator[int]]


def sentence_ends(text: str) -> list[int]:
    """Offsets at which a new sentence or paragraph begins, without 0 and the end of the text."""
    found = {*_ends_of_sentences(text, 0, len(text)), *_ends_of(_PARAGRAPH)(text, 0, len(text))}
    return sorted(offset for offset in found if 0 < offset < len(text))


def _ends_of_sentences(text: str, start: int, end: int) -> Iterator[int]:
    for match in _SENTENCE.finditer(text, start, end):
        following = text[match.end() : match.end() + 1]
        if text[match.start()] != "." or not _goes_on(text, match.start(), following):
            yield match.end()


def _goes_on(text: str, stop: int, following: str) -> bool:
    """Whether a full stop ends no sentence: an abbreviation, or a small letter follows."""
    word = _LAST_WORD.search(text[max(0, stop - 16) : stop])
    return following.islower() or bool(word and _ABBREVIATION.search(word[0]))


def _ends_of(pattern: LatePattern[str]) -> Ends:
    def ends(text: str, start: int, end: int) -> Iterator[int]:
        return (match.end() for match in pattern.finditer(text, start, end))

    return ends


_LEVELS: tuple[Ends, ...] = (
    _ends_of(_PARAGRAPH),
    _ends_of_sentences,
    _ends_of(_LINE),
    _ends_of(_WORD),
)


def pieces(text: str, limit: int) -> Iterator[tuple[int, int]]:
    """Start and end of pieces of at most `limit` code points that cover the text exactly.

    A cut is made after the last paragraph, else sentence, line or word that ends in the second
    half of the piece, else where it must be.
    """
    start = 0
    while len(text) - start > limit:
        end = _cut(text, start, start + limit)
        yield start, end
        start = end
    if start < len(text):
        yield start, len(text)


def _cut(text: str, start: int, end: int) -> int:
    middle = start + (end - start) // 2
    for ends in _LEVELS:
        if last := max(ends(text, middle, end), default=0):
            return last
    cut = end
    while cut > middle and _inside_a_character(text, cut):
        cut -= 1
    return cut if cut > middle else end


def _inside_a_character(text: str, at: int) -> bool:
    """Whether a cut would part what is read as one: accents, emoji sequences, CR and LF."""
    before, after = text[at - 1], text[at]
    return (
        bool(unicodedata.combining(after))
        or after in _JOINERS
        or before == "\u200d"
        or (before == "\r" and after == "\n")
    )
