"""brat standoff: the lines of an `.ann` beside the text of its `.txt`.

Grammar: nlplab/brat, server/src/annotation.py. Offsets are code points of the text as Python reads
it, CRLF and CR as LF; the browser counts UTF-16 units (brat#1115), which the quote of a span tells.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from dataprep.annotation import BadSpan, resolve
from dataprep.annotation.marked_text import (
    CONTINUED,
    MarkedText,
    SpanMark,
    SpanRelation,
    SpanValue,
)
from dataprep.annotation.offsets import OffsetUnit
from dataprep.finding import excerpt
from dataprep.patterns import LatePattern
from dataprep.sources.annotated.problem import LineProblem

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
FLAG = "true"
"""The value of an attribute that has none."""

_UNITS: tuple[OffsetUnit, ...] = ("codepoint", "utf16")
_SPAN = LatePattern(r"(T\S*)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t(.*))?")
_RELATION = LatePattern(r"(R\S*)\t(\S+) ([^\s:]+):(\S+) ([^\s:]+):(\S+)\s*")
_ATTRIBUTE = LatePattern(r"([AM]\S*)\t(\S+) (\S+)(?: (.*\S))?\s*")
_NORMALISATION = LatePattern(r"(N\S*)\t(\S+) (?:Annotation:)?(\S+) (?:Referent:)?(\S+)(?:\t(.*))?")
_EQUIV = LatePattern(r"\*\t(\S+) (\S+(?: \S+)+)\s*")
_NOTE = LatePattern(r"(#\S*)\t(\S+) (\S+)(?:\t(.*))?")


class _Fragment(NamedTuple):
    start: int
    end: int


@dataclass(slots=True)
class BratDocument:
    """What one pair of files holds: the marked text, what is not held, and what is wrong.

    `joined` are the spans of several fragments with blanks alone between them, which are one
    span here; `discontinuous` those that stay several pieces, and `in_utf16` those that were
    counted in UTF-16 units.
    """

    marked: MarkedText
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[LineProblem] = field(default_factory=list)
    joined: int = 0
    discontinuous: int = 0
    in_utf16: int = 0


def text_as_counted(text: str) -> str:
    """The text of a `.txt` as its offsets count it: each line ends with LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str, ann: str) -> BratDocument:
    """The document of a text and the lines of its `.ann`; both as they stand in their files."""
    text = text_as_counted(text)
    lines = text_as_counted(ann.removeprefix(BOM)).split("\n")
    if text.startswith(BOM):
        with_mark = _Reading(text, lines).document()
        without = _Reading(text[1:], lines).document()
        if len(without.problems) <= len(with_mark.problems):
            return without
        return _without_mark(with_mark)
    return _Reading(text, lines).document()


def _without_mark(document: BratDocument) -> BratDocument:
    """The document of a text whose offsets count its byte order mark, without it."""
    marked = document.marked
    spans = (s._replace(start=max(s.start - 1, 0), end=s.end - 1) for s in marked.spans)
    document.marked = MarkedText(marked.text[1:], tuple(spans), marked.values, marked.relations)
    return document


class _Reading:
    """The lines of one `.ann`, read in two rounds: what others name, and what names others."""

    def __init__(self, text: str, lines: list[str]) -> None:
        self._text = text
        self._lines = list(enumerate(lines, 1))
        self._pieces: dict[str, list[SpanMark]] = {}
        self._others: dict[str, str] = {}
        self._notes: dict[str, list[str]] = {}
        self._values: dict[tuple[str, str, bool], list[str]] = {}
        self._relations: list[SpanRelation] = []
        self._made = BratDocument(MarkedText(text))

    def document(self) -> BratDocument:
        """The document, with its problems in the order of the lines."""
        for number, line in self._lines:
            self._named(number, line)
        for number, line in self._lines:
            self._naming(number, line)
        made = self._made
        spans = [span for pieces in self._pieces.values() for span in pieces]
        noted = (s._replace(note="\n".join(self._notes.get(s.id, ()))) for s in spans)
        values = (SpanValue(on, n, tuple(v), free) for (on, n, free), v in self._values.items())
        order = {span.id: at for at, span in enumerate(spans)}
        made.marked = MarkedText(
            self._text,
            tuple(sorted(noted, key=lambda s: (s.start, s.end, order[s.id]))),
            tuple(values),
            tuple(self._relations),
        )
        made.problems.sort()
        return made

    def _named(self, number: int, line: str) -> None:
        """Read a line that others may name by its id."""
        if line[:1] == "T":
            self._span(number, line)
        elif line[:1] in ("E", "R") and "\t" in line:
            id = line.split("\t", 1)[0]
            self._known(number, id)
            self._others[id] = "events" if line[0] == "E" else "relations"
            if line[0] == "E":
                self._made.left_out["events"] += 1

    def _naming(self, number: int, line: str) -> None:
        """Read a line that names others."""
        kind = line[:1]
        if kind in ("", "T", "E") or not line.strip():
            return
        read = {
            "R": self._relation,
            "*": self._equivalence,
            "A": self._attribute,
            "M": self._attribute,
            "N": self._normalisation,
            "#": self._note,
        }.get(kind)
        if read is None:
            self._made.left_out["lines of an unknown kind"] += 1
        elif not read(number, line):
            self._wrong(number, "S001", f"is no line of brat: {excerpt(line)!r}")

    def _span(self, number: int, line: str) -> None:
        match = _SPAN.fullmatch(line)
        if match is None:
            self._wrong(number, "S001", f"is no span of brat: {excerpt(line)!r}")
            return
        id, label, places, quote = match.groups()
        if not self._known(number, id):
            return
        self._pieces[id] = []
        given = [_Fragment(*map(int, place.split(" "))) for place in places.split(";")]
        read = self._read(sorted(given), quote)
        if isinstance(read, BadSpan):
            self._wrong(number, read.code, f"{excerpt(id)} {read.message}")
            return
        pieces = self._joined(read)
        names = [id, *(f"{id}.{n}" for n in range(2, len(pieces) + 1))]
        self._pieces[id] = [
            SpanMark(piece.start, piece.end, label, name)
            for piece, name in zip(pieces, names, strict=True)
        ]
        self._made.discontinuous += len(pieces) > 1
        for one, next_one in pairwise(names):
            self._relations.append(SpanRelation(one, next_one, CONTINUED))

    def _known(self, number: int, id: str) -> bool:
        """Whether an id is new; a second one is a problem."""
        if id not in self._pieces and id not in self._others:
            return True
        self._wrong(number, "A013", f"the id {excerpt(id)} stands twice in the file")
        return False

    def _read(self, given: list[_Fragment], quote: str | None) -> list[_Fragment] | BadSpan:
        """The fragments in code points, by the unit in which they fit the quote."""
        if len(given) == 1:
            start, end = given[0]
            span = resolve(self._text, {"start": start, "end": end, "text": quote})
            if isinstance(span, BadSpan):
                return span
            self._made.in_utf16 += span.unit == "utf16"
            return [_Fragment(span.start, span.end)]
        first_bad: BadSpan | None = None
        for unit in _UNITS:
            read = [resolve(self._text, {"start": s, "end": e}, unit, only=True) for s, e in given]
            bad = next((span for span in read if isinstance(span, BadSpan)), None)
            first_bad = first_bad or bad
            found = [_Fragment(x.start, x.end) for x in read if not isinstance(x, BadSpan)]
            if bad is None and (quote is None or self._fits(found, quote)):
                self._made.in_utf16 += unit == "utf16" and found != given
                return found
        here = excerpt(" ".join(self._text[slice(*fragment)] for fragment in given))
        return first_bad or BadSpan(
            "A003", f"quotes {excerpt(str(quote))!r}, and there stands {here!r}"
        )

    def _fits(self, fragments: list[_Fragment], quote: str) -> bool:
        """Whether a quote is that of some fragments; until brat 1.3 nothing stood between them."""
        return "".join(quote.split()) == "".join(
            "".join(self._text[slice(*fragment)].split()) for fragment in fragments
        )

    def _joined(self, fragments: list[_Fragment]) -> list[_Fragment]:
        """Fragments with blanks alone between them as one: brat divides a span at line ends."""
        joined = fragments[:1]
        for fragment in fragments[1:]:
            before = joined[-1]
            if self._text[before.end : fragment.start].strip() or fragment.start < before.end:
                joined.append(fragment)
            else:
                joined[-1] = _Fragment(before.start, fragment.end)
        self._made.joined += len(joined) < len(fragments)
        return joined

    def _target(self, number: int, id: str, what: str) -> str:
        """The id of the first piece of a span; empty for what is held by none, counted or named."""
        if pieces := self._pieces.get(id):
            return pieces[0].id
        if id in self._others:
            self._made.left_out[f"{what} of {self._others[id]}"] += 1
        elif id not in self._pieces:
            self._wrong(number, "A013", f"names {excerpt(id)}, which the file does not have")
        return ""

    def _relation(self, number: int, line: str) -> bool:
        match = _RELATION.fullmatch(line)
        if match is None:
            return False
        head, tail = (self._target(number, match[n], "relations") for n in (4, 6))
        if head and tail:
            self._relations.append(SpanRelation(head, tail, match[2]))
        return True

    def _equivalence(self, number: int, line: str) -> bool:
        match = _EQUIV.fullmatch(line)
        if match is None:
            return False
        ends = [self._target(number, id, "equivalences") for id in match[2].split(" ")]
        held = [end for end in ends if end]
        for one, other in pairwise(held):
            self._relations.append(SpanRelation(one, other, match[1], both_ways=True))
        return True

    def _attribute(self, number: int, line: str) -> bool:
        match = _ATTRIBUTE.fullmatch(line)
        if match is None:
            return False
        if on := self._target(number, match[3], "attributes"):
            self._values.setdefault((on, match[2], False), []).append(match[4] or FLAG)
        return True

    def _normalisation(self, number: int, line: str) -> bool:
        match = _NORMALISATION.fullmatch(line)
        if match is None:
            return False
        if on := self._target(number, match[3], "normalisations"):
            self._values.setdefault((on, match[2], True), []).append(match[4])
        return True

    def _note(self, number: int, line: str) -> bool:
        """A note may be about anything, and about what is not there any more."""
        match = _NOTE.fullmatch(line)
        if match is None:
            return False
        if pieces := self._pieces.get(match[3]):
            self._notes.setdefault(pieces[0].id, []).append(match[4] or "")
        else:
            about = self._others.get(match[3], "other things")
            self._made.left_out[f"notes on {about}"] += 1
        return True

    def _wrong(self, number: int, code: str, message: str) -> None:
        self._made.problems.append(LineProblem(number, code, message))
