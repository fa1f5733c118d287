"""What is said of single regions, kept by region where several stand at one place.

Regions at one place that say the same are one. Those that differ are told apart by their labels,
and those with one label by all that is said of them. One that says nothing that another of its
label does not say too is a part of that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import UNSET

from dataprep import jsonio
from dataprep.annotation import BadSpan, Control, Result
from dataprep.finding import excerpt
from dataprep.shapes.entity_parts import (
    EntityPart,
    Noted,
    Region,
    RelationEnd,
    Said,
    Stacked,
    written_notes,
)
from dataprep.shapes.kind import Problems, ReadRegion
from dataprep.shapes.regions import Labelled, labels_of
from dataprep.shapes.values import value_of

_Held = dict[tuple[str, str], list[Result]]
"""The answers on one place, by the id of the region and the control."""

RegionLabels = Mapping[Region, Mapping[str, set[str]]]
"""The labels of the regions at each place, by the ids of the regions."""

ANY = ""
"""The id of what is said of a place, and of no region by itself."""


class RegionNotes(NamedTuple):
    """What is said of single regions.

    `told` has for the id of each region, at a place and of a label, what tells it from others
    there of its label, as canonical JSON.
    """

    parts: list[EntityPart]
    told: Mapping[tuple[Region, str, str], str]
    problems: Problems


def noted(
    results: Sequence[Result],
    notes: Mapping[str, Control],
    standing: RegionLabels,
    ids: Mapping[str, set[Region]],
    region: ReadRegion,
) -> RegionNotes:
    """The notes on the regions that stand at each place; those on any other have none here."""
    held: dict[Region, _Held] = {}
    problems: Problems = []
    for result in results:
        for place in _places_of(result, ids, region, problems):
            if place in standing:
                id = str(result.id)
                of = id if result.id is not UNSET and id in standing[place] else ANY
                by = (of, str(result.from_name))
                held.setdefault(place, {}).setdefault(by, []).append(result)
    parts: list[EntityPart] = []
    told: dict[tuple[Region, str, str], str] = {}
    for place, answers in held.items():
        said, wrong = _said(answers, standing[place], notes)
        problems += wrong
        mine = list(_told_apart(place, [(labels, about) for _, labels, about in said]))
        parts += mine
        several = [part for part in mine if isinstance(part, Stacked)]
        for id, labels, about in said:
            for part in reversed(several):
                if part.label in labels and _holds(part.said, about):
                    told[place, id, part.label] = part.said
    return RegionNotes(parts, told, problems)


def _holds(said: str, of: Said) -> bool:
    """Whether all that is said of a region is among what is said, as canonical JSON."""
    known = jsonio.loads(said.encode())
    return all(known.get(name) == jsonio.loads(value.encode()) for name, value in of.items())


def end_of(
    place: Region,
    id: str,
    standing: RegionLabels,
    told: Mapping[tuple[Region, str, str], str],
) -> RelationEnd:
    """The region of an id at a place, told from others there that it differs from."""
    regions = standing[place]
    labels = regions.get(id, set())
    if not labels:
        return RelationEnd(*place)
    label = min(labels)
    said = told.get((place, id, label), "")
    alone = all(other == labels for other in regions.values() if other)
    return RelationEnd(*place) if alone and not said else RelationEnd(*place, label, said)


def labels_at(
    labelled: Iterable[Result], found: Iterable[Labelled], region: ReadRegion
) -> RegionLabels:
    """The labels of the regions that were found at each place, by the ids of the regions.

    Regions without an id are one.
    """
    places: dict[Region, set[str]] = {}
    for label in found:
        places.setdefault((label.start, label.end), set()).add(label.label)
    standing: dict[Region, dict[str, set[str]]] = {place: {} for place in places}
    for result in labelled:
        span = region(result.value or {})
        if not isinstance(span, BadSpan) and (place := (span.start, span.end)) in places:
            id = ANY if result.id is UNSET else str(result.id)
            labels = places[place].intersection(labels_of(result.value or {}))
            standing[place].setdefault(id, set()).update(labels)
    return standing


def _places_of(
    result: Result, ids: Mapping[str, set[Region]], region: ReadRegion, problems: Problems
) -> set[Region]:
    """Where the region is that an answer is about: by its id, else by its own place."""
    value = result.value or {}
    where = ids.get(str(result.id), set())
    if len(where) != 1 and "start" in value:
        span = region(value)
        if isinstance(span, BadSpan):
            problems.append(span)
            return set()
        return {(span.start, span.end)}
    if len(where) != 1:
        said = f"{str(result.from_name)!r} is on region {excerpt(str(result.id))!r}"
        problems.append(("A013", f"{said}, which {misses(where)}"))
    return where


def misses(where: set[Region]) -> str:
    """Why an id leads to no region."""
    return f"is the id of {len(where)} regions" if where else "the annotation does not have"


def _said(
    answers: _Held, regions: Mapping[str, set[str]], notes: Mapping[str, Control]
) -> tuple[list[tuple[str, set[str], Said]], Problems]:
    """The id and the labels of each region at a place, and what is said of it."""
    problems: dict[tuple[str, str], None] = {}
    found: list[tuple[str, set[str], Said]] = []
    names = dict.fromkeys(name for _, name in answers)
    for id, labels in regions.items():
        said: Said = {}
        for name in names:
            mine = [r for of in dict.fromkeys((id, ANY)) for r in answers.get((of, name), ())]
            known, wrong = value_of(mine, notes[name])
            problems.update(dict.fromkeys(wrong))
            if known is not None:
                said[name] = jsonio.canonical(known).decode()
        if labels:
            found.append((id, labels, said))
    return found, list(problems)


def _told_apart(place: Region, regions: Sequence[tuple[set[str], Said]]) -> Iterator[EntityPart]:
    """The notes on one place: for all of its regions, or for each that differs."""
    by_label: dict[str, list[Said]] = {}
    for labels, said in regions:
        for label in labels:
            by_label.setdefault(label, []).append(said)
    different = {label: _different(said) for label, said in by_label.items()}
    first, *others = different.values()
    if len(first) == 1 and all(other == first for other in others):
        yield from (Noted(*place, name, value) for name, value in first[0].items())
        return
    for label, several in different.items():
        if len(several) > 1:
            yield from (Stacked(*place, label, written_notes(said)) for said in several)
        else:
            yield from (Noted(*place, name, value, label) for name, value in several[0].items())


def _different(several: Sequence[Said]) -> list[Said]:
    """What regions with one label say, without those that say nothing of their own."""
    kept: list[Said] = []
    for said in sorted(several, key=len, reverse=True):
        if not any(said.items() <= other.items() for other in kept):
            kept.append(said)
    return kept


def entities_of(
    found: Iterable[Labelled], answer: Iterable[EntityPart]
) -> Iterator[tuple[Labelled, dict[str, Any]]]:
    """Each region of an answer with what is said of it; several of one label one by one."""
    notes: dict[tuple[Any, ...], dict[str, Any]] = {}
    stacked: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for part in sorted(p for p in answer if isinstance(p, Noted)):
        place = (part.start, part.end, part.label)
        notes.setdefault(place, {})[part.control] = jsonio.loads(part.value.encode())
    for several in sorted(p for p in answer if isinstance(p, Stacked)):
        place = (several.start, several.end, several.label)
        stacked.setdefault(place, []).append(jsonio.loads(several.said.encode()))
    for span in found:
        mine = notes.get((span.start, span.end, ""), {}) | notes.get(tuple(span), {})
        for said in stacked.get(tuple(span), [{}]):
            yield span, mine | said
