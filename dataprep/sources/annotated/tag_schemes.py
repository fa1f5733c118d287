"""The schemes by which tags of tokens are spans, by evidence: IOB, IOE, BIOES, BILOU, BMES and IO.

`B-` begins a span, `I-` goes on, `E-` (`L-`) ends it, and `S-` (`U-`, `W-`) is all of it. In IOB1 a
`B-` stands only where two spans of one type touch (Ramshaw and Marcus 1995; Tjong Kim Sang 1999).
IOE1 and IOE2 are their mirrors: `E-` ends a span, in IOE1 only before another one of its type.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from dataprep.finding import excerpt
from dataprep.patterns import LatePattern
from dataprep.sources.annotated.problem import counted

OUTSIDE = "O"
UNTYPED = "span"
"""The label of spans whose tags are letters alone."""

_LETTERS = "BIESULWM"
_CANONICAL = {"L": "E", "U": "S", "W": "S", "M": "I"}
_TYPES = 10_000
"""Different tags that a file may have; more are no tags."""


class TagScheme(StrEnum):
    """How tags make spans."""

    IOB1 = "IOB1"
    IOB2 = "IOB2"
    BIOES = "BIOES"
    BILOU = "BILOU"
    BMES = "BMES"
    IOE1 = "IOE1"
    IOE2 = "IOE2"
    IO = "IO"


class TagStyle(StrEnum):
    """How a tag is written: `B-PER`, `PER-B`, `B` alone, or `PER` alone."""

    PREFIX = "prefix"
    SUFFIX = "suffix"
    LETTER = "letter"
    PLAIN = "plain"


_FORMS = {
    TagStyle.PREFIX: LatePattern(f"(?P<letter>[{_LETTERS}])[-_](?P<type>.+)"),
    TagStyle.SUFFIX: LatePattern(rf"\A(?P<type>.+)[-_](?P<letter>[{_LETTERS}])"),
    TagStyle.LETTER: LatePattern(f"(?P<letter>[{_LETTERS}])"),
}


class TaggedSpan(NamedTuple):
    """Tokens from `start` to before `end`, and their label."""

    start: int
    end: int
    label: str


class TagProblem(NamedTuple):
    """What is wrong with the tag of one token."""

    token: int
    message: str


class LabelChange(NamedTuple):
    """From line `at` on all labels are others than before."""

    at: int
    before: tuple[str, ...]
    after: tuple[str, ...]


def looks_like_tag(tag: str) -> bool:
    """Whether a tag is `O`, or a letter of a scheme with a type behind or before it."""
    return tag == OUTSIDE or bool(_FORMS[TagStyle.PREFIX].fullmatch(tag))


@dataclass(frozen=True, slots=True)
class Tagging:
    """The scheme and the style of a file. `ends_alone`: a lone `B-` is a span of one token."""

    scheme: TagScheme
    style: TagStyle
    ends_alone: bool = False
    why: str = ""

    def spans(self, tags: Sequence[str]) -> tuple[list[TaggedSpan], list[TagProblem]]:
        """The spans of one sentence, and the tags that the scheme does not allow."""
        return _Decoder(self).spans(tags)

    def parts(self, tag: str) -> tuple[str, str] | None:
        """Letter and type of a tag; empty outside of spans, and None for what is no tag here."""
        if tag == OUTSIDE:
            return "", ""
        if self.style is TagStyle.PLAIN:
            return "I", tag
        match = _FORMS[self.style].fullmatch(tag)
        if match is None:
            return None
        letter = match["letter"]
        kind = UNTYPED if self.style is TagStyle.LETTER else match["type"]
        return _CANONICAL.get(letter, letter), kind


class _Decoder:
    """One sentence at a time; a span is open from its first tag to its last."""

    def __init__(self, tagging: Tagging) -> None:
        self._tagging = tagging
        scheme = tagging.scheme
        self._by_end = scheme in (TagScheme.IOE1, TagScheme.IOE2)
        whole = (TagScheme.BIOES, TagScheme.BILOU, TagScheme.BMES)
        self._closing = scheme in whole or scheme is TagScheme.IOE2
        self._opens_by_i = self._by_end or scheme in (TagScheme.IOB1, TagScheme.IO)
        self._spans: list[TaggedSpan] = []
        self._problems: list[TagProblem] = []
        self._open: tuple[int, str] | None = None

    def spans(self, tags: Sequence[str]) -> tuple[list[TaggedSpan], list[TagProblem]]:
        for at, tag in enumerate(tags):
            parts = self._tagging.parts(tag)
            if parts is None:
                said = f"{excerpt(tag)!r} is no tag of {self._tagging.scheme}, as the others are"
                self._problems.append(TagProblem(at, said))
                parts = "", ""
            self._step(at, tag, *parts)
        self._close(len(tags))
        return self._spans, self._problems

    def _step(self, at: int, tag: str, letter: str, kind: str) -> None:
        goes_on = self._open is not None and self._open[1] == kind
        if letter in ("I", "E") and goes_on:
            if letter == "E":
                self._end(at + 1)
            return
        self._close(at)
        if letter == "E" and self._by_end:
            letter = "S"
        if letter in ("I", "E") and not (letter == "I" and self._opens_by_i):
            before = "at the beginning of a sentence" if at == 0 else "after another tag"
            said = f"{excerpt(tag)!r} stands {before}, and {self._tagging.scheme} opens with B-"
            self._problems.append(TagProblem(at, said))
        if letter == "S":
            self._spans.append(TaggedSpan(at, at + 1, kind))
        elif letter in ("B", "I"):
            self._open = at, kind

    def _end(self, at: int) -> None:
        if self._open is not None:
            self._spans.append(TaggedSpan(self._open[0], at, self._open[1]))
        self._open = None

    def _close(self, at: int) -> None:
        """Close a span that is open, where the scheme lets it end without a tag that says so."""
        if self._open is None:
            return
        first, kind = self._open
        if self._closing and not (self._tagging.ends_alone and at - first == 1):
            scheme = self._tagging.scheme
            said = f"a span of {excerpt(kind)!r} that began here is not ended, as {scheme} wants"
            self._problems.append(TagProblem(first, said))
        self._end(at)


@dataclass(slots=True)
class _Stretch:
    """Where a tag or a label stood first and last, and how often."""

    first: int
    last: int
    count: int


@dataclass(slots=True)
class TagEvidence:
    """What the tags of a file say of its scheme, sentence by sentence; memory is by tag."""

    tags: dict[str, _Stretch] = field(default_factory=dict)
    opening_i: Counter[TagStyle] = field(default_factory=Counter)
    free_b: Counter[TagStyle] = field(default_factory=Counter)
    needed_b: Counter[TagStyle] = field(default_factory=Counter)
    closing_i: Counter[TagStyle] = field(default_factory=Counter)
    free_e: Counter[TagStyle] = field(default_factory=Counter)
    needed_e: Counter[TagStyle] = field(default_factory=Counter)

    def add(self, tags: Sequence[str], at: int = 0) -> None:
        """Count the tags of one sentence, which stands `at` some line."""
        for tag in tags:
            if (seen := self.tags.get(tag)) is not None:
                seen.last, seen.count = at, seen.count + 1
            elif len(self.tags) < _TYPES:
                self.tags[tag] = _Stretch(at, at, 1)
        for style, form in _FORMS.items():
            self._count_borders(tags, style, form)

    def _count_borders(self, tags: Sequence[str], style: TagStyle, form: LatePattern[str]) -> None:
        before, last = "", ("", "")
        for tag in (*tags, OUTSIDE):
            match = form.fullmatch(tag) if tag != OUTSIDE else None
            kind = letter = ""
            if match is not None:
                kind, letter = match.groupdict().get("type") or UNTYPED, match["letter"]
            if last[0] == "I" and last[1] != kind:
                self.closing_i[style] += 1
            elif last[0] == "E":
                (self.needed_e if last[1] == kind else self.free_e)[style] += 1
            last = letter, kind
            if match is None:
                before = ""
                continue
            if letter == "I" and before != kind:
                self.opening_i[style] += 1
            elif letter == "B":
                (self.needed_b if before == kind else self.free_b)[style] += 1
            before = kind if letter in ("B", "I", "M") else ""

    def tagging(self) -> Tagging | str:
        """The scheme and the style; or why there is none, in words."""
        tags = Counter({tag: s.count for tag, s in self.tags.items() if tag != OUTSIDE})
        if not tags:
            return Tagging(TagScheme.IOB2, TagStyle.PREFIX, why="no token has a tag but O")
        style = _style(tags)
        if style is TagStyle.PLAIN:
            if OUTSIDE not in self.tags:
                return "every token has a tag and none is O: parts of speech, and no spans"
            why = "tags without B- and I-, so that touching spans of one type are one"
            return Tagging(TagScheme.IO, style, why=why)
        letters: Counter[str] = Counter()
        for tag, number in tags.items():
            if match := _FORMS[style].fullmatch(tag):
                letters[match["letter"]] += number
        return self._by_letters(letters, style)

    def _by_letters(self, letters: Counter[str], style: TagStyle) -> Tagging | str:
        families = [
            (TagScheme.BIOES, "SE"),
            (TagScheme.BILOU, "UL"),
            (TagScheme.BMES, "WM"),
        ]
        seen = [scheme for scheme, own in families if any(letters[letter] for letter in own)]
        if letters["M"] and letters["S"] + letters["E"] and not letters["I"] + letters["W"]:
            seen = [TagScheme.BMES]
        if letters["W"] and TagScheme.BIOES in seen:
            seen.remove(TagScheme.BIOES)
        told = ", ".join(f"{letters[x]:,} {x}-" for x in _LETTERS if letters[x])
        if len(seen) > 1:
            return f"the tags are of {' and '.join(seen)} at once ({told})"
        if seen and not letters["B"] and not letters["S"] + letters["U"] + letters["W"]:
            return self._of_ioe(letters, seen[0], style, told)
        if seen:
            alone = not (letters["S"] + letters["U"] + letters["W"])
            return Tagging(seen[0], style, ends_alone=alone, why=told)
        return self._of_iob(letters, style, told)

    def _of_iob(self, letters: Counter[str], style: TagStyle, told: str) -> Tagging:
        opening, free, needed = self.opening_i[style], self.free_b[style], self.needed_b[style]
        if not letters["B"]:
            why = f"{told} and no B-, so that touching spans of one type are one"
            return Tagging(TagScheme.IO, style, why=why)
        if opening > free:
            why = f"I- opens {counted(opening, 'span')}, B- {needed:,} behind one of its type"
            why += f" and {free:,} where it is not needed" * bool(free)
            return Tagging(TagScheme.IOB1, style, why=why)
        why = f"B- opens {counted(free + needed, 'span')}" + f", I- {opening:,}" * bool(opening)
        return Tagging(TagScheme.IOB2, style, why=why)

    def _of_ioe(
        self, letters: Counter[str], scheme: TagScheme, style: TagStyle, told: str
    ) -> Tagging | str:
        if scheme is not TagScheme.BIOES or letters["M"]:
            return f"no span begins with B- or is one token ({told}), as {scheme} wants"
        closing, free, needed = self.closing_i[style], self.free_e[style], self.needed_e[style]
        if closing > free:
            why = f"I- ends {counted(closing, 'span')}, E- {needed:,} before one of its type"
            why += f" and {free:,} where it is not needed" * bool(free)
            return Tagging(TagScheme.IOE1, style, why=why)
        why = f"E- ends {counted(free + needed, 'span')}" + f", I- {closing:,}" * bool(closing)
        return Tagging(TagScheme.IOE2, style, why=why)

    def change(self, tagging: Tagging) -> LabelChange | None:
        """Where the set of labels changes: from there on all labels are others than before.

        None where some label stands on both sides of every border, and where on one side no label
        comes twice.
        """
        labels: dict[str, _Stretch] = {}
        for tag, seen in self.tags.items():
            _, label = tagging.parts(tag) or ("", "")
            if label:
                known = labels.setdefault(label, _Stretch(seen.first, seen.last, 0))
                known.first, known.last = min(known.first, seen.first), max(known.last, seen.last)
                known.count += seen.count
        ordered = sorted(labels.items(), key=lambda item: item[1].first)
        last = 0
        for number, (_, seen) in enumerate(ordered):
            sides = ordered[:number], ordered[number:]
            if number and seen.first > last and all(map(_tells, sides)):
                before, after = (tuple(sorted(label for label, _ in side)) for side in sides)
                return LabelChange(seen.first, before, after)
            last = max(last, seen.last)
        return None


def _tells(side: Sequence[tuple[str, _Stretch]]) -> bool:
    """Whether some label of a side comes again in another sentence: once alone says nothing."""
    return any(seen.last > seen.first for _, seen in side)


def _style(tags: Counter[str]) -> TagStyle:
    """The style of most tags, where nine in ten of them have it."""
    total = tags.total()
    for style, form in _FORMS.items():
        if sum(n for tag, n in tags.items() if form.fullmatch(tag)) * 10 >= total * 9:
            return style
    return TagStyle.PLAIN
