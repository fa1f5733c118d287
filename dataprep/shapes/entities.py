"""Spans with all that hangs on them: notes on single regions, and relations between regions.

Both join by the id of the region, before or after it. Ids are not unique in every export: where
one means two places a note joins by its own place, and a relation joins nothing and is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from dataprep import jsonio
from dataprep.annotation import IN, BadSpan, Control, Result, Span
from dataprep.finding import excerpt
from dataprep.shapes import spans
from dataprep.shapes.entity_parts import (
    ELSEWHERE,
    EntityPart,
    EntityParts,
    Region,
    Related,
    RelationEnd,
)
from dataprep.shapes.joint_texts import in_whole, text_at
from dataprep.shapes.kind import Problems, ReadRegion, SeenText, WrittenAnswer
from dataprep.shapes.region_notes import (
    RegionLabels,
    end_of,
    entities_of,
    labels_at,
    misses,
    noted,
)
from dataprep.shapes.regions import Labelled

RELATED = "related"
"""The type of a relation that has no label."""


@dataclass(frozen=True, slots=True)
class Entities:
    """Labelled spans, with `notes` on them by control, and relations where there are any.

    `related` are the labels of relations, none where any will do, or None: no relations.
    """

    control: Control
    notes: Mapping[str, Control]
    related: tuple[str, ...] | None
    form: str
    instruction: str
    reads: frozenset[str]
    name: str = "spans"
    parts: bool = True
    unwritten: str = "crossing-spans"

    @property
    def relations(self) -> bool:
        """Whether relations are read."""
        return self.related is not None

    @property
    def partition(self) -> EntityParts:
        """Every span, note and relation is decided on by itself."""
        plain = not (self.notes or self.relations)
        return EntityParts(self.control.name, self.relations, plain)

    def read(
        self, results: Sequence[Result], seen: SeenText
    ) -> tuple[frozenset[EntityPart], Problems]:
        """The spans, notes and relations of one annotation."""
        if not seen.pieces:
            return self._read(results, seen)
        results, seen, astray = in_whole(results, seen, self.control.to_name)
        parts, problems = self._read(results, seen)
        return parts, [*astray, *problems]

    def _read(
        self, results: Sequence[Result], seen: SeenText
    ) -> tuple[frozenset[EntityPart], Problems]:
        if not self.notes and self.related is None:
            return spans.answer(results, self.control, seen.text, seen.region)
        name, notes, shown = self.control.name, self.notes, self.control.to_name
        labelled = [r for r in results if r.from_name == name]
        region = _remembering(seen.region)
        found, problems = spans.answer(labelled, self.control, seen.text, region)
        parts: set[EntityPart] = set(found)
        ids = _ids((r for r in results if r.from_name not in notes), shown, region)
        on_regions = [r for r in results if r.from_name in notes and _is_about(r, shown)]
        standing = labels_at(labelled, found, region)
        about = noted(on_regions, notes, standing, ids, region)
        parts.update(about.parts)
        problems += about.problems
        if self.related is not None:
            relations = [r for r in results if r.from_name is UNSET]
            triples, wrong = _related(relations, self.related, ids, standing, about.told)
            parts.update(triples)
            problems += wrong
        return frozenset(parts), problems

    def write(self, answer: frozenset[EntityPart], seen: SeenText) -> Iterator[WrittenAnswer]:
        """The answer in one of the three forms; nothing where crossing spans cannot be tags."""
        found = [part for part in answer if isinstance(part, Labelled)]
        fields = self.placed(answer, seen)
        if not (self.notes or seen.pieces) and self.related is None:
            completion = spans.completion(found, seen.text, self.form)
        else:
            value = self.value(answer, seen)
            triples = value["relations"] if isinstance(value, dict) else []
            completion = self._completion(found, value, triples, seen.text)
        if self.notes:
            fields["learned"] = {name: note.task for name, note in self.notes.items()}
        if completion is not None:
            yield WrittenAnswer(completion, None, fields)

    def placed(self, answer: frozenset[EntityPart], seen: SeenText) -> dict[str, Any]:
        """The spans with the values on them, and the relations, each with its places."""
        found = sorted(part for part in answer if isinstance(part, Labelled))
        value = self.value(answer, seen)
        entities = value["entities"] if isinstance(value, dict) else value
        places = spans.fields([span for span, _ in entities_of(found, answer)], seen.text)
        pairs = zip(places, entities, strict=True)
        fields: dict[str, Any] = {"spans": [span | entity for span, entity in pairs]}
        if self.related is not None:
            ends = self._related(answer)
            fields["relations"] = [
                {**said, "head_start": r.head.start, "head_end": r.head.end}
                | {"tail_start": r.tail.start, "tail_end": r.tail.end}
                for r, said in zip(ends, value["relations"], strict=True)
            ]
        return fields

    def value(self, answer: frozenset[EntityPart], seen: SeenText) -> Any:
        """The answer as a JSON value: a list of entities, or entities and relations.

        Of several texts, each entity says `in` which it stands.
        """
        text = seen.text
        found = sorted(part for part in answer if isinstance(part, Labelled))
        entities = [
            {"text": text[s.start : s.end], "label": s.label}
            | ({IN: text_at(seen, s.start)} if seen.pieces else {})
            | said
            for s, said in entities_of(found, answer)
        ]
        if self.related is None:
            return entities
        beside: dict[Region, list[dict[str, Any]]] = {}
        for (span, _), entity in zip(entities_of(found, answer), entities, strict=True):
            beside.setdefault((span.start, span.end), []).append(entity)

        def end(one: RelationEnd) -> str | dict[str, Any]:
            """The text of a region; the entity itself where several stand at its place."""
            others = beside[one.place]
            if not one.label or len(others) == 1:
                return text[slice(*one.place)]
            mine = [entity for entity in others if entity["label"] == one.label]
            said = jsonio.loads(one.said.encode()) if one.said else {}
            return next((e for e in mine if said.items() <= e.items()), mine[0])

        return {
            "entities": entities,
            "relations": [
                {"head": end(r.head), "type": r.type, "tail": end(r.tail)}
                for r in self._related(answer)
            ],
        }

    def _related(self, answer: frozenset[EntityPart]) -> list[Related]:
        """The relations whose ends are both among the spans."""
        spans = [part for part in answer if isinstance(part, Labelled)]
        known = {(part.start, part.end, "") for part in spans}.union(map(tuple, spans))
        related = sorted(part for part in answer if isinstance(part, Related))
        return [r for r in related if known.issuperset(end[:3] for end in r.ends)]

    def _completion(
        self, found: Iterable[Labelled], value: Any, triples: list[dict[str, Any]], text: str
    ) -> str | None:
        if self.form == "json":
            return jsonio.dumps(value).decode()
        completion = spans.completion(found, text, self.form)
        if self.form == "list" and triples:
            parts = ([p if isinstance(p, str) else p["text"] for p in t.values()] for t in triples)
            lines = (" | ".join(" ".join(part.split()) for part in triple) for triple in parts)
            completion = "\n".join([str(completion), *lines])
        return completion


def _remembering(region: ReadRegion) -> ReadRegion:
    """The same reader, which reads, and so counts, every region once."""
    known: dict[str, Span | BadSpan] = {}

    def read(value: dict[str, Any]) -> Span | BadSpan:
        key = repr([value.get(k) for k in ("start", "end", "startOffset", "endOffset", "text")])
        if key not in known:
            known[key] = region(value)
        return known[key]

    return read


def _is_about(result: Result, shown: str) -> bool:
    return not result.to_name or result.to_name == shown


def _ids(results: Iterable[Result], shown: str, region: ReadRegion) -> dict[str, set[Region]]:
    """The places that each id of a region means; bad ones are named where they are labelled.

    A region of another text than the one that is shown lies ELSEWHERE: its offsets say nothing
    here.
    """
    ids: dict[str, set[Region]] = {}
    for result in results:
        value = result.value or {}
        if result.id is UNSET or "start" not in value:
            continue
        if not _is_about(result, shown):
            ids.setdefault(str(result.id), set()).add(ELSEWHERE)
            continue
        span = region(value)
        if not isinstance(span, BadSpan):
            ids.setdefault(str(result.id), set()).add((span.start, span.end))
    return ids


_NOWHERE = RelationEnd(*ELSEWHERE)


def _related(
    relations: Iterable[Result],
    known: tuple[str, ...],
    ids: Mapping[str, set[Region]],
    standing: RegionLabels,
    told: Mapping[tuple[Region, str, str], str],
) -> tuple[list[Related], Problems]:
    """The relations between labelled regions, one a label; those both ways are two."""
    found: list[Related] = []
    problems: Problems = []
    for relation in relations:
        if relation.type != "relation":
            continue
        ends: list[RelationEnd] = []
        for given in (relation.from_id, relation.to_id):
            where = ids.get(str(given), set())
            if len(where) == 1:
                (place,) = where
                known_here = place in standing
                ends.append(end_of(place, str(given), standing, told) if known_here else _NOWHERE)
            else:
                said = f"a relation has an end in region {excerpt(str(given))!r}"
                problems.append(("A013", f"{said}, which {misses(where)}"))
        if len(ends) < 2 or _NOWHERE in ends:
            continue
        head, tail = reversed(ends) if relation.direction == "left" else ends
        labels = relation.labels if isinstance(relation.labels, list) else []
        for label in dict.fromkeys(map(str, labels)) or [RELATED]:
            if known and label not in known and labels:
                problems.append(("A001", f"{excerpt(label)!r} is no label of the relations"))
            found.append(Related(head, label, tail))
            if relation.direction == "bi":
                found.append(Related(tail, label, head))
    return found, problems
