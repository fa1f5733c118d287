"""The answers to several controls at once, as parts that annotators decide on one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from msgspec import UNSET

from dataprep import jsonio
from dataprep.annotation import (
    Answered,
    BorderRule,
    Control,
    LabelingConfig,
    PartRole,
    PartUnit,
    Result,
)
from dataprep.shapes.entities import Entities
from dataprep.shapes.entity_parts import EntityPart
from dataprep.shapes.partition import (
    DANGLING,
    ChoiceParts,
    Chosen,
    Filled,
    Given,
    Held,
    choice_parts,
    items_of,
    joined_value,
    value_parts,
)
from dataprep.shapes.regions import given_regions, given_relations

Field = tuple[str, str | EntityPart]
"""A key of the object, and canonical JSON; or one of its spans, notes or relations."""


class Marking(NamedTuple):
    """A span, a note or a relation of one of the controls that mark spans."""

    control: str
    part: EntityPart


FieldPart = Marking | Chosen | Filled


@dataclass(frozen=True, slots=True)
class FieldParts:
    """The parts of the answers to `controls`; `entities` are those that mark spans."""

    config: LabelingConfig
    controls: Mapping[str, Control]
    entities: Mapping[str, Entities]

    def applies(self, answers: Sequence[Answered[Any]]) -> bool:
        """Always: an answer without parts is one that says that there are none."""
        return True

    def given(self, results: Sequence[Result]) -> Given:
        """The regions, relations and single choices; whole answers are counted as they are read."""
        found: Counter[tuple[PartUnit, str]] = Counter()
        for name in self.entities:
            found.update(given_regions(results, name))
        if any(kind.relations for kind in self.entities.values()):
            each = [given_relations(results, [name]) for name in self.entities]
            joined = sum(one["relation", ""] for one in each)
            every = sum(given_relations(results, self.entities).values())
            found.update({("relation", ""): joined, ("relation", DANGLING): every - joined})
        for result in results:
            if result.from_name is not UNSET and (parts := self._choices(result.from_name)):
                found["choice", ""] += len(items_of(result, parts.key))
        return dict(found)

    def held(self, answer: frozenset[Field]) -> Held:
        """The parts of an answer by their unit."""
        return Counter([self.role(part).unit for part in self.split(answer)])

    def split(self, answer: frozenset[Field]) -> frozenset[FieldPart]:
        """Each span, note and relation, each of several choices, and each other answer whole."""
        return frozenset(self._parts(answer))

    def _parts(self, answer: frozenset[Field]) -> Iterator[FieldPart]:
        for key, said in answer:
            if isinstance(said, str):
                yield from value_parts(key, said, self._choices(key) is not None)
            else:
                yield Marking(key, said)

    def join(self, parts: frozenset[FieldPart]) -> frozenset[Field]:
        """The answer that these parts make."""
        fields: set[Field] = set()
        chosen: dict[str, list[str]] = {}
        for part in parts:
            match part:
                case Marking(control, marking):
                    fields.add((control, marking))
                case Chosen(control, choice):
                    chosen.setdefault(control, []).append(choice)
                case Filled(control, value):
                    fields.add((control, value))
        for key, choices in chosen.items():
            if parts_of := self._choices(key):
                fields.add((key, joined_value(choices, parts_of.control)))
        return frozenset(fields)

    def role(self, part: FieldPart) -> PartRole:
        """Each key is a group; an answer that is no list has one question, which is its key."""
        match part:
            case Marking(control, marking):
                return self.entities[control].partition.role(marking)
            case Chosen(control, choice):
                return PartRole("choice", control, choice=choice)
            case Filled(control, _):
                return PartRole("answer", control, control)

    def align(
        self,
        answers: Sequence[frozenset[FieldPart]],
        text: str,
        rule: BorderRule,
        decides: Callable[[int], bool],
    ) -> Sequence[frozenset[FieldPart]]:
        """The answers with the agreed borders, those of each control by themselves."""
        for name, kind in self.entities.items():
            marked = [_of(answer, name) for answer in answers]
            aligned = kind.partition.align(marked, text, rule, decides)
            if aligned is not marked:
                answers = [
                    frozenset(p for p in answer if not _is_of(p, name))
                    | {Marking(name, part) for part in mine}
                    for answer, mine in zip(answers, aligned, strict=True)
                ]
        return answers

    def described(self, part: FieldPart) -> dict[str, Any]:
        """A part by its control and what it says."""
        match part:
            case Marking(control, marking):
                return self.entities[control].partition.described(marking)
            case Chosen(control, choice):
                return {"unit": "choice", "control": control, "choice": choice}
            case Filled(control, value):
                said = jsonio.loads(value.encode())
                return {"unit": "answer", "control": control, "value": said}

    def _choices(self, key: str) -> ChoiceParts | None:
        """The choices of a key, where several may be chosen."""
        control = self.config.control_of(key)
        known = control is not None and control.name in self.controls
        return choice_parts(control) if control and known else None


def _of(answer: frozenset[FieldPart], control: str) -> frozenset[EntityPart]:
    return frozenset(p.part for p in answer if isinstance(p, Marking) and p.control == control)


def _is_of(part: FieldPart, control: str) -> bool:
    return isinstance(part, Marking) and part.control == control
