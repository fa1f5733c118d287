"""The text of a WebAnno TSV, from its sentences and the places of their tokens."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from dataprep.finding import excerpt
from dataprep.sources.annotated.problem import LineProblem

Token = tuple[int, int, int, str]
"""Line, start, end and form."""

MAX_GAP = 100_000
"""Blanks that may stand between two sentences."""

_REMEDY = "Export the document again, as WebAnno TSV 3.3."


class SentenceText(NamedTuple):
    """The text of a sentence, the line of its first token, and its tokens."""

    line: int
    text: str
    tokens: list[Token]


class WebannoText(NamedTuple):
    """The text of a document; places count from `base` in `unit`.

    `pairs` are the places, from 0 on, of the characters that are two units long.
    """

    text: str
    base: int
    unit: str
    problems: list[LineProblem]
    pairs: tuple[int, ...]

    def point(self, place: int) -> int:
        """A place in the file as a code point of the text."""
        at = place - self.base
        return at - bisect_left(self.pairs, at)


def placed(sentences: Sequence[SentenceText]) -> WebannoText:
    """The text, by UTF-16 units; by code points where those alone fit every token."""
    text = _placed(sentences, "utf16")
    if text.problems and any(c > "\uffff" for s in sentences for c in s.text):
        other = _placed(sentences, "codepoint")
        return text if other.problems else other
    return text


def _placed(sentences: Sequence[SentenceText], unit: str) -> WebannoText:
    pieces: list[str] = []
    problems: list[LineProblem] = []
    base = length = 0
    for number, sentence in enumerate(sentences):
        if not sentence.tokens:
            continue
        lead = _width(sentence.text[: _lead(sentence)], unit)
        begin = sentence.tokens[0][1] - lead
        if number == 0:
            base = begin
        gap = begin - base - length
        said = ""
        if gap < 0:
            said = f"begins at {sentence.tokens[0][1]}, inside of the sentence before"
        elif gap > MAX_GAP:
            said = f"begins at {sentence.tokens[0][1]}, {gap:,} places behind the sentence before"
        if not 0 <= gap <= MAX_GAP:
            problems.append(LineProblem(sentence.line, "A002", said, _REMEDY))
            break
        pieces += [" " * gap, sentence.text]
        length += gap + _width(sentence.text, unit)
        problems += _misplaced(sentence, begin, unit)
    text = "".join(pieces)
    pairs = _pairs(text) if unit == "utf16" else ()
    return WebannoText(text, base, unit, problems, pairs)


def _pairs(text: str) -> tuple[int, ...]:
    """Where in UTF-16 units the characters above U+FFFF stand, each of which is two of them."""
    above = (at for at, character in enumerate(text) if character > "\uffff")
    return () if text.isascii() else tuple(at + number for number, at in enumerate(above))


def _lead(sentence: SentenceText) -> int:
    """Where the first token stands in its sentence, behind blanks that are no token."""
    blanks = len(sentence.text) - len(sentence.text.lstrip())
    form = sentence.tokens[0][3]
    return 0 if sentence.text.startswith(form) else blanks


def _misplaced(sentence: SentenceText, begin: int, unit: str) -> list[LineProblem]:
    """The tokens whose form is not what stands in their place."""
    problems = []
    size = _width(sentence.text, unit)
    units = sentence.text.encode("utf-16-le", "surrogatepass")
    for line, start, end, form in sentence.tokens:
        first, last = start - begin, end - begin
        if not 0 <= first <= last <= size:
            said = f"{excerpt(form)!r} runs from {start} to {end}, outside of its sentence"
            problems.append(LineProblem(line, "A002", said, _REMEDY))
            continue
        if unit == "utf16":
            here = units[first * 2 : last * 2].decode("utf-16-le", "replace")
        else:
            here = sentence.text[first:last]
        if here != form:
            said = f"has the form {excerpt(form)!r}, and at {start}-{end} stands {excerpt(here)!r}"
            problems.append(LineProblem(line, "A003", said, _REMEDY))
    return problems


def _width(text: str, unit: str) -> int:
    if unit == "codepoint" or text.isascii():
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)
