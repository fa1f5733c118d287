"""When two annotators marked the same region: their borders, compared by a named rule.

What most of those who marked a region gave is its border; where two borders are equally frequent,
the shorter one, then the earlier one. Blanks at the ends belong to a border under `exact` only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, get_args

BorderRule = Literal["exact", "trim", "punctuation", "overlap"]
"""`exact`: the same offsets. `trim`: the same but for blanks at the ends. `punctuation`: the same
but for blanks and punctuation at the ends. `overlap`: one label, and a position in common."""

BORDER_RULES: tuple[BorderRule, ...] = get_args(BorderRule)

MOST_PILED = 256
"""Regions of one label that hang together by overlaps, beyond which they are compared by `trim`:
each is compared with each, and no text that people annotate has so many."""

Border = tuple[int, int]
"""Start and end, in code points of the text."""

Marked = tuple[int, int, str]
"""A border and a label."""

Placed = Mapping[Marked, Border]
"""The agreed border of each region that one annotator marked."""


def agreed_borders(
    marked: Sequence[Collection[Marked]],
    text: str,
    rule: BorderRule,
    decides: Callable[[int], bool],
) -> Sequence[Placed]:
    """The agreed border of every region, for each annotator in turn.

    `decides` tells whether so many annotators are enough: under `overlap` a region that they
    marked alike is never taken apart for another one. Of one annotator at most one region
    becomes part of another annotator's by overlap.
    """
    if rule == "exact":
        return [{mark: mark[:2] for mark in marks} for marks in marked]
    trimmed = [{mark: _trimmed(text, mark[:2], _is_blank) for mark in marks} for marks in marked]
    if rule == "trim":
        return trimmed
    by_label: dict[str, dict[Border, set[int]]] = {}
    for who, places in enumerate(trimmed):
        for (_, _, label), border in places.items():
            by_label.setdefault(label, {}).setdefault(border, set()).add(who)
    same = {
        label: _without_punctuation(borders, text)
        if rule == "punctuation"
        else _overlapping(borders, decides)
        for label, borders in by_label.items()
    }
    return [
        {mark: same[mark[2]].get((who, border), border) for mark, border in places.items()}
        for who, places in enumerate(trimmed)
    ]


def _without_punctuation(borders: Mapping[Border, set[int]], text: str) -> dict[_Mark, Border]:
    """Borders that differ in blanks and punctuation only, as the most frequent of them."""
    groups: dict[Border, list[Border]] = {}
    for border in borders:
        groups.setdefault(_trimmed(text, border, _is_no_word), []).append(border)
    return {
        (who, border): best
        for group in groups.values()
        if (best := _ordered(group, borders)[0])
        for border in group
        for who in borders[border]
    }


_Mark = tuple[int, Border]
"""An annotator, and a border that they gave."""


def _overlapping(
    borders: Mapping[Border, set[int]], decides: Callable[[int], bool]
) -> dict[_Mark, Border]:
    """Borders that overlap, as the most frequent of them: the strongest takes what it overlaps."""
    found: dict[_Mark, Border] = {}
    for pile in _piles(borders):
        if 1 < len(pile) <= MOST_PILED:
            found |= _joined({border: set(borders[border]) for border in pile}, decides)
    return found


def _joined(left: dict[Border, set[int]], decides: Callable[[int], bool]) -> dict[_Mark, Border]:
    found: dict[_Mark, Border] = {}
    ordered = _ordered(left, left)
    fixed = {border for border in ordered if decides(len(left[border]))}
    for border in ordered:
        mine = left.pop(border)
        if not mine:
            continue
        found |= {(who, border): border for who in mine}
        others = [o for o in left if o not in fixed and _common(border, o) > 0]
        for other in sorted(others, key=lambda o: (-_common(border, o), o[1] - o[0], o)):
            came = left[other] - mine
            left[other] -= came
            mine |= came
            found |= {(who, other): border for who in came}
    return found


def _piles(borders: Iterable[Border]) -> Iterator[list[Border]]:
    """The borders that hang together by overlaps."""
    pile: list[Border] = []
    end = -1
    for border in sorted(borders):
        if pile and border[0] >= end:
            yield pile
            pile = []
        end = max(end, border[1]) if pile else border[1]
        pile.append(border)
    if pile:
        yield pile


def _ordered(group: Iterable[Border], borders: Mapping[Border, set[int]]) -> list[Border]:
    """The most frequent first, then the shorter one, then the earlier one."""
    return sorted(group, key=lambda b: (-len(borders[b]), b[1] - b[0], b))


def _common(one: Border, other: Border) -> int:
    """How many positions two borders share."""
    return min(one[1], other[1]) - max(one[0], other[0])


def _trimmed(text: str, border: Border, is_outside: Callable[[str], bool]) -> Border:
    """The border without what is outside at its ends; as it is where nothing would be left."""
    start, end = border
    while start < end and is_outside(text[start]):
        start += 1
    while end > start and is_outside(text[end - 1]):
        end -= 1
    return (start, end) if start < end else border


def _is_blank(character: str) -> bool:
    return character.isspace()


def _is_no_word(character: str) -> bool:
    return character.isspace() or unicodedata.category(character).startswith("P")
