"""Regions of several texts that are shown as one: each is read in the text that it names.

The texts stand one below the other, each behind its name, and every region is placed anew in the
whole. What reads regions afterwards knows one text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from dataprep.annotation import BadSpan, Result, Span, resolve
from dataprep.finding import excerpt
from dataprep.shapes.kind import Problems, SeenText
from dataprep.shapes.spans import remarks

GAP = "\n\n"
_COUNTED = ("start", "end", "startOffset", "endOffset", "globalOffsets")


class _Region(NamedTuple):
    """A region of one of the texts, so that it is read, and its faults are named, once."""

    shown: str
    place: str


def joined(texts: Sequence[tuple[str, SeenText]], data: Mapping[str, Any]) -> SeenText:
    """Some texts, by name, as one; its `pieces` tell where each begins."""
    pieces: dict[str, tuple[int, SeenText]] = {}
    whole = ""
    for name, seen in texts:
        whole += f"{GAP if whole else ''}{name}: "
        pieces[name] = (len(whole), seen)
        whole += seen.text
    return SeenText(whole, data, _whole_only, pieces)


def text_at(seen: SeenText, at: int) -> str:
    """The name of the text that holds a place of the whole."""
    return [name for name, (start, _) in seen.pieces.items() if start <= at][-1]


def in_whole(
    results: Sequence[Result], seen: SeenText, shown: str
) -> tuple[Sequence[Result], SeenText, Problems]:
    """The results with their regions in the whole, as if it were called `shown`; what is wrong.

    A region that cannot be read is left out, and so is all that hangs on it.
    """
    known: dict[_Region, Span | BadSpan] = {}
    problems: Problems = []
    placed: list[Result] = []
    for result in results:
        value = result.value or {}
        if "start" not in value:
            moved = result if result.to_name is UNSET else _named(result, shown)
            placed.append(moved)
            continue
        region = _Region(str(result.to_name), repr([value.get(k) for k in (*_COUNTED, "text")]))
        if region not in known:
            known[region] = span = _read(result, value, seen)
            if isinstance(span, BadSpan):
                problems.append(span)
            else:
                problems += remarks(span, seen.text)
        span = known[region]
        if isinstance(span, Span):
            rest = {key: given for key, given in value.items() if key not in _COUNTED}
            quote = seen.text[span.start : span.end]
            rest |= {"start": span.start, "end": span.end, "text": quote}
            placed.append(msgspec.structs.replace(result, to_name=shown, value=rest))
    whole = msgspec.structs.replace(seen, region=_whole)
    return placed, whole, problems


def _read(result: Result, value: dict[str, Any], seen: SeenText) -> Span | BadSpan:
    if result.to_name not in seen.pieces:
        said = f"a region of {excerpt(str(result.from_name))!r} does not say on which text it is"
        return BadSpan("A012", f"{said}: {', '.join(seen.pieces)}")
    start, piece = seen.pieces[str(result.to_name)]
    span = piece.region(value)
    if isinstance(span, BadSpan):
        return span
    return Span(start + span.start, start + span.end, span.unit)


def _named(result: Result, shown: str) -> Result:
    return msgspec.structs.replace(result, to_name=shown)


def _whole(value: dict[str, Any]) -> Span | BadSpan:
    """A region that `in_whole` has placed; one without a start it has left as it was."""
    if "start" not in value:
        return resolve("", value)
    return Span(value["start"], value["end"], "codepoint")


def _whole_only(value: dict[str, Any]) -> BadSpan:
    return BadSpan("A012", "a region does not say on which of the texts it is")
