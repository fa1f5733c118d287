"""Spans as tags of the words of a text, so that annotators can be compared word by word.

A piece is a word or a sign, cut where a span begins or ends in it; blanks are in no piece. Tags
are IOB1: a span begins aloud only behind another of its label. A piece under several spans has
one tag that names them all.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from dataprep.patterns import LatePattern

BLANK = ""
"""The label of what is not there: no span, or a choice that was not made."""

TokenRange = tuple[int, int]
LabelledPlace = tuple[int, int, str]
"""A span: start and end in code points, and its label."""

_MARK = "\0"
"""Begins a tag, and no label that anybody gave."""
_WORD = LatePattern(r"\w+|[^\w\s]")


def pieces(text: str, borders: Collection[int]) -> list[TokenRange]:
    """The words and signs of a text, cut at the borders."""
    cuts = sorted(borders)
    found: list[TokenRange] = []
    for word in _WORD.finditer(text):
        start, end = word.span()
        at = bisect_left(cuts, start + 1)
        while at < len(cuts) and cuts[at] < end:
            found.append((start, cuts[at]))
            start = cuts[at]
            at += 1
        found.append((start, end))
    return found


def numbers_of(span: LabelledPlace, found: Sequence[TokenRange]) -> range:
    """The numbers of the pieces under a span; none under one of blanks."""
    return range(bisect_left(found, (span[0],)), bisect_left(found, (span[1],)))


def tags_of(spans: Iterable[LabelledPlace], found: Sequence[TokenRange]) -> dict[int, str]:
    """The tag of each piece that is under a span, by its number."""
    last: dict[str, int] = {}
    under: dict[int, set[tuple[str, bool]]] = {}
    for span in sorted(spans):
        label, numbers = span[2], numbers_of(span, found)
        begins = last.get(label, -2) >= numbers.start - 1
        for at in numbers:
            under.setdefault(at, set()).add((label, begins and at == numbers.start))
        if numbers:
            last[label] = max(last.get(label, -2), numbers[-1])
    return {at: _MARK + json.dumps(sorted(parts)) for at, parts in under.items()}


def likelihood_of(
    span: LabelledPlace,
    found: Sequence[TokenRange],
    tags: Mapping[int, Mapping[str, float]],
    *,
    alone: bool,
) -> float:
    """How probable a span is: as much as the least probable of its pieces and of its two ends.

    `tags` are the probabilities of the tags of the pieces, by number; one that is not there has
    none. Where annotators stand alone, the ends are as they say. 1 for a span of blanks.
    """
    label, numbers = span[2], numbers_of(span, found)
    if not numbers:
        return 1.0
    first, behind = numbers.start, numbers.stop
    within = [_share(tags.get(at, {}), label) for at in numbers]
    if alone:
        return min(sum(share) for share in within)
    before = sum(_share(tags.get(first - 1, {}), label))
    begins, goes_on = within[0]
    ends = 1 - _share(tags.get(behind, {}), label)[1]
    return min(begins + goes_on * (1 - before), ends, *(share[1] for share in within[1:]))


def label_of(tag: str) -> str:
    """What a tag says to a reader: its labels, whether they begin or go on; others as they are."""
    if not tag.startswith(_MARK):
        return tag
    try:
        return " + ".join(sorted({label for label, _ in _parts(tag)}))
    except ValueError:
        return tag


def _share(tags: Mapping[str, float], label: str) -> tuple[float, float]:
    """The probabilities that a span of the label begins at a piece, and that one goes on there."""
    begins = goes_on = 0.0
    for tag, probability in tags.items():
        parts = _parts(tag)
        if (label, False) in parts:
            goes_on += probability
        elif (label, True) in parts:
            begins += probability
    return begins, goes_on


@lru_cache(maxsize=4096)
def _parts(tag: str) -> frozenset[tuple[str, bool]]:
    if tag == BLANK:
        return frozenset()
    return frozenset((label, begins) for label, begins in json.loads(tag.removeprefix(_MARK)))
