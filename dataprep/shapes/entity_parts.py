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


class Noted(NamedTuple):
    """What a per-region control says of a region; `value` is canonical JSON."""

    start: int
    end: int
    control: str
    value: str


class Related(NamedTuple):
    """One relation between two regions of the text."""

    head: Region
    type: str
    tail: Region


EntityPart = Labelled | Noted | Related


_UNIT_OF: dict[type, PartUnit] = {Labelled: "region", Noted: "answer", Related: "relation"}


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
        """A note answers one question about its region; a relation hangs on two."""
        name = self.control
        match part:
            case Labelled():
                return PartRole("region", name, None, ((name, part.start, part.end),))
            case Noted():
                place = (name, part.start, part.end)
                return PartRole("answer", name, (part.control, place), (place,))
            case Related():
                return PartRole("relation", name, None, ((name, *part.head), (name, *part.tail)))

    def align(
        self,
        answers: Sequence[frozenset[EntityPart]],
        text: str,
        rule: BorderRule,
        decides: Callable[[int], bool],
    ) -> Sequence[frozenset[EntityPart]]:
        """The answers with the agreed borders; notes and relations move with their regions."""
        placed = align_spans(answers, text, rule, decides)
        if placed is None:
            return answers
        return [_moved(answer, one) for answer, one in zip(answers, placed, strict=True)]

    def described(self, part: EntityPart) -> dict[str, Any]:
        """A region by its place and label, a note by its value, a relation by its ends."""
        match part:
            case Labelled():
                return {"unit": "region", "control": self.control, **part._asdict()}
            case Noted():
                value = jsonio.loads(part.value.encode())
                return {"unit": "answer", **part._asdict(), "value": value}
            case Related():
                return {"unit": "relation", "control": self.control, **part._asdict()}


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
            case Noted():
                moved.add(Noted(*to[part.start, part.end], part.control, part.value))
            case Related():
                moved.add(Related(to[part.head], part.type, to[part.tail]))
    return frozenset(moved)
