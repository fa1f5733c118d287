"""The matches of one kind in a view of a text, and of several without what overlaps."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from dataprep.patterns import LatePattern
from dataprep.sensitive.chosen import chosen, likely_chosen
from dataprep.sensitive.match import LONGEST, Match, SensitiveKind
from dataprep.sensitive.reading import ViewReading, compiled
from dataprep.sensitive.worded import told_in_words


def without_overlaps(taken: list[Match], found: Iterable[Match]) -> list[Match]:
    """Both, in their order, without what overlaps what was taken before: in n log n."""
    starts = [match.start for match in taken]
    more = []
    for match in found:
        after = bisect_left(starts, match.end)
        if after == 0 or taken[after - 1].end <= match.start:
            more.append(match)
    return sorted([*taken, *_disjoint(more)], key=_start) if more else taken


def _disjoint(found: list[Match]) -> Iterator[Match]:
    """Those that do not begin before the end of one before them."""
    end = 0
    for match in sorted(found, key=_start):
        if match.start >= end:
            yield match
            end = match.end


def _start(match: Match) -> int:
    return match.start


_BESIDE = {"said": chosen, "near": likely_chosen}
"""Groups of a pattern that say how surely a password is told, with what may be one then."""


def of_kind(
    kind: SensitiveKind, reading: ViewReading, words: Iterable[str] | None = None
) -> Iterator[Match]:
    """The matches of one kind in a view, by their places in the first text.

    `words` are those of the kind that stand in the view, where that is known.
    """
    pattern = compiled(kind.pattern)
    group = "it" if "it" in pattern.groupindex else 0
    told = [(name, proof) for name, proof in _BESIDE.items() if name in pattern.groupindex]
    for found in _tried(kind, pattern, reading, kind.words if words is None else words):
        if _proven(kind, found, group, told):
            start, end = found.span(group)
            if group and end - start >= LONGEST:
                end = reading.end_of_run(_class_of(kind.pattern), end)
            elif group and kind.code == "P003":
                end = _closed(kind, reading.text, start, end)
            yield Match(kind, *reading.view.span(start, end))


def _proven(
    kind: SensitiveKind,
    found: re.Match[str],
    group: str | int,
    told: Sequence[tuple[str, Callable[[str], bool]]],
) -> bool:
    """Whether a match is a secret; a value with blanks is one only if words make it."""
    if told and " " in found[group]:
        return told_in_words(found, spoken=kind.spoken)
    return (
        kind.proof is None
        or kind.proof(found[group])
        or any(found[name] is not None and proof(found[group]) for name, proof in told)
        or (bool(told) and told_in_words(found, spoken=kind.spoken))
    )


_GOING_ON = LatePattern(r"(?:[!#$%&()*+,./:;=>?@\[\]^_{|}~-]{1,3}[A-Za-z0-9]{1,40}){1,20}")
_TO_A_QUOTE = LatePattern(r"[^\s\"'`\\]{1,200}+(?=([\"'`]))")


def _closed(kind: SensitiveKind, text: str, start: int, end: int) -> int:
    """Where a value ends of which a mark was read as the end: at its quote, or with its run."""
    if start and (quoted := _TO_A_QUOTE.match(text, end)) and quoted[1] == text[start - 1]:
        return quoted.end()
    if kind.spoken and (more := _GOING_ON.match(text, end)):
        return more.end()
    return end


def _tried(
    kind: SensitiveKind, pattern: re.Pattern[str], reading: ViewReading, words: Iterable[str]
) -> Iterator[re.Match[str]]:
    """Where the pattern of a kind matches, of the places where it is tried."""
    if not kind.at:
        yield from pattern.finditer(reading.text)
        return
    if kind.at == "numbers":
        yield from _one_after_the_other(pattern, reading)
        return
    places = (
        reading.names() if kind.at == "names" else chain.from_iterable(map(reading.places, words))
    )
    for at in places:
        if found := pattern.match(reading.text, at):
            yield found


def _one_after_the_other(pattern: re.Pattern[str], reading: ViewReading) -> Iterator[re.Match[str]]:
    """What `finditer` finds of a pattern that begins only where a number may."""
    end = 0
    for at in reading.numbers():
        if at >= end and (found := pattern.match(reading.text, at)):
            yield found
            end = found.end()


_CLASS = LatePattern(r"\(\?P<it>(\[(?:[^\]\\]|\\.){1,80}\])")


@cache
def _class_of(pattern: str) -> str:
    """The class of characters that the value of a pattern is made of."""
    found = _CLASS.search(pattern)
    return found[1] if found else "[^\\s\"'`\\\\]"
