"""Spans, the notes on them and the relations between them, as parts that annotators decide on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dataprep import jsonio
from dataprep.annotation import Answered, BorderRule, PartRole, PartUnit, Placed, Result
from dataprep.shapes.partition import Given, Held
from dataprep.shapes.regions import Labelled, align_spans, given_regions, given_relations

Region = tuple[int, int]
"""Start and end of a region, in code points of the text."""
ELSEWHERE: Region = (-1, -1)
"""A region of another text."""
Said = dict[str, str]
"""What each control says of a region, as canonical JSON."""


class Noted(NamedTuple):
    """What a per-region control says of a region; `value` is canonical JSON.

    `label` tells which of several regions at the place is meant, where they do not say the same.
    """

    start: int
    end: int
    control: str
    value: str
    label: str = ""


class Stacked(NamedTuple):
    """All that is said of one of several regions with one label at one place, as canonical JSON."""

    start: int
    end: int
    label: str
    said: str


class RelationEnd(NamedTuple):
    """One end of a relation: a region, by its place.

    `label` tells it from regions with other labels there, and `said`, all that is said of it as
    canonical JSON, from those with the same label.
    """

    start: int
    end: int
    label: str = ""
    said: str = ""

    @property
    def place(self) -> Region:
        """Where its region is."""
        return self.start, self.end


class Related(NamedTuple):
    """One relation between two regions of the text."""

    head: RelationEnd
    type: str
    tail: RelationEnd

    @property
    def ends(self) -> tuple[RelationEnd, RelationEnd]:
        """Both of its regions."""
        return self.head, self.tail


EntityPart = Labelled | Noted | Stacked | Related


_UNIT_OF: dict[type, PartUnit] = {
    Labelled: "region",
    Noted: "answer",
    Stacked: "answer",
    Related: "relation",
}


@dataclass(frozen=True, slots=True)
class EntityParts:
    """The parts of the spans of one control, and `relations` where they are read.

    It is `plain` where there are neither these nor notes.
    """

    control: str
    relations: bool = False
    plain: bool = True

    def applies(self, answers: Sequence[Answered[Any]]) -> bool:
        """Always: an answer without parts is one that says that there are none."""
        return True

    def given(self, results: Sequence[Result]) -> Given:
        """One region a label, and one relation a label and a direction."""
        found = given_regions(results, self.control)
        if self.relations:
            found |= given_relations(results, [self.control])
        return found

    def held(self, answer: Collection[EntityPart]) -> Held:
        """Regions, relations, and answers about single regions."""
        if self.plain:
            return {"region": len(answer)}
        return Counter([_UNIT_OF[type(part)] for part in answer])

    def split(self, answer: frozenset[EntityPart]) -> frozenset[EntityPart]:
        """The answer is a set of parts."""
        return answer

    def join(self, parts: frozenset[EntityPart]) -> frozenset[EntityPart]:
        """The answer is a set of parts."""
        return parts

    def role(self, part: EntityPart) -> PartRole:
        """A note answers one question about its region; a relation hangs on two.

        A region marks its place, and itself on it: on that hangs what is said of it alone.
        """
        name = self.control
        match part:
            case Labelled(start, end, label):
                place = (name, start, end)
                return PartRole("region", name, None, (place, (*place, label)))
            case Noted(start, end, control, _, label):
                where = (name, start, end, label) if label else (name, start, end)
                return PartRole("answer", name, (control, where), (where,))
            case Stacked(start, end, label):
                return PartRole("answer", name, None, ((name, start, end, label),))
            case Related():
                ends = [(*end.place, end.label) if end.label else end.place for end in part.ends]
                return PartRole("relation", name, None, tuple((name, *end) for end in ends))

    def align(
        self,
        answers: Sequence[frozenset[EntityPart]],
        text: str,
        rule: BorderRule,
        decides: Callable[[int], bool],
    ) -> Sequence[frozenset[EntityPart]]:
        """The answers with the agreed borders; notes and relations move with their regions."""
        placed = align_spans(answers, text, rule, decides)
        if placed is not None:
            answers = [_moved(answer, one) for answer, one in zip(answers, placed, strict=True)]
        return answers if self.plain else told_apart(answers)

    def described(self, part: EntityPart) -> dict[str, Any]:
        """A region by its place and label, a note by its value, a relation by its ends."""
        match part:
            case Labelled():
                return {"unit": "region", "control": self.control, **part._asdict()}
            case Noted(start, end, control, value, label):
                on = {"unit": "answer", "start": start, "end": end, "control": control}
                of = {"on": label} if label else {}
                return {**on, "value": jsonio.loads(value.encode()), **of}
            case Stacked(start, end, label, said):
                on = {"unit": "answer", "start": start, "end": end, "control": self.control}
                return {**on, "notes": jsonio.loads(said.encode()), "on": label}
            case Related(head, kind, tail):
                on = {"unit": "relation", "control": self.control}
                ends = {"head": head.place, "type": kind, "tail": tail.place}
                return on | ends | _told("head", head) | _told("tail", tail)


def _told(name: str, end: RelationEnd) -> dict[str, Any]:
    """What tells the region at one end of a relation from others at its place."""
    told: dict[str, Any] = {f"{name}_label": end.label} if end.label else {}
    return told | ({f"{name}_notes": jsonio.loads(end.said.encode())} if end.said else {})


def _moved(answer: frozenset[EntityPart], placed: Placed) -> frozenset[EntityPart]:
    """An answer whose regions lie at their agreed borders.

    What hangs on a place with several labels moves with the first of them by the alphabet.
    """
    to: dict[Region, Region] = {}
    for start, end, label in sorted(placed):
        to.setdefault((start, end), placed[start, end, label])
    moved: set[EntityPart] = set()
    for part in answer:
        match part:
            case Labelled():
                moved.add(Labelled(*placed[part], part.label))
            case Noted(start, end, _, _, label):
                where = placed[start, end, label] if label else to[start, end]
                moved.add(part._replace(start=where[0], end=where[1]))
            case Stacked(start, end, label, said):
                moved.add(Stacked(*placed[start, end, label], label, said))
            case Related(head, kind, tail):
                ends = [
                    placed[*end.place, end.label] if end.label else to[end.place]
                    for end in (head, tail)
                ]
                moved.add(
                    Related(
                        head._replace(start=ends[0][0], end=ends[0][1]),
                        kind,
                        tail._replace(start=ends[1][0], end=ends[1][1]),
                    )
                )
    return frozenset(moved)


def written_notes(said: Said) -> str:
    """What is said of one region, as canonical JSON."""
    return jsonio.canonical({n: jsonio.loads(v.encode()) for n, v in said.items()}).decode()


def told_apart(answers: Sequence[frozenset[EntityPart]]) -> Sequence[frozenset[EntityPart]]:
    """The answers of several annotators, alike in how they tell the regions of a place apart.

    Where one of them tells regions apart by label, the notes and relations of all are by label
    there; where one of them has several regions of one label, all that each says of a region there
    is one answer.
    """
    labelled = {(p.start, p.end) for a in answers for p in a if isinstance(p, Noted) and p.label}
    stacked = {(p.start, p.end, p.label) for a in answers for p in a if isinstance(p, Stacked)}
    labelled |= {place[:2] for place in stacked}
    ends = {end for a in answers for p in a if isinstance(p, Related) for end in p.ends}
    related = labelled | {end.place for end in ends if end.label}
    if not related:
        return answers
    return [_retold(answer, labelled, stacked, related) for answer in answers]


def _retold(
    answer: frozenset[EntityPart],
    labelled: set[Region],
    stacked: set[tuple[int, int, str]],
    related: set[Region],
) -> frozenset[EntityPart]:
    labels: dict[Region, list[str]] = {}
    for part in answer:
        if isinstance(part, Labelled):
            labels.setdefault((part.start, part.end), []).append(part.label)
    kept: set[EntityPart] = set()
    single: dict[tuple[int, int, str], Said] = {}
    several = {(p.start, p.end, p.label) for p in answer if isinstance(p, Stacked)}
    relations = [part for part in answer if isinstance(part, Related)]
    for part in answer.difference(relations):
        if not isinstance(part, Noted) or (part.start, part.end) not in labelled:
            kept.add(part)
            continue
        for label in [part.label] if part.label else labels.get((part.start, part.end), []):
            place = (part.start, part.end, label)
            if place in stacked - several:
                single.setdefault(place, {})[part.control] = part.value
            else:
                kept.add(part._replace(label=label))
    kept |= {Stacked(*place, written_notes(said)) for place, said in single.items()}

    def told(end: RelationEnd) -> RelationEnd:
        """The end by its label where regions are told apart there, and by its notes likewise."""
        mine = labels.get(end.place, [])
        if end.label or end.place not in related or len(mine) != 1:
            return end
        place = (*end.place, mine[0])
        return RelationEnd(*place, written_notes(single[place]) if place in single else "")

    kept |= {Related(told(head), kind, told(tail)) for head, kind, tail in relations}
    return frozenset(kept)
