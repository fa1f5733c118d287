"""What an example answers, as the results of a Label Studio prediction, and the controls of it."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from dataprep.annotation import MESSAGES, SIDES, Asked, ControlKind, predicted
from dataprep.example import Example
from dataprep.jsonio import Json

_OURS: dict[str, tuple[str, ...]] = {
    "classification": ("answer", "label", "labels"),
    "spans": ("answer", "spans", "relations", "learned"),
    "taxonomy": ("answer", "label", "paths"),
    "preference": ("answer", "chosen", "rejected"),
    "comparison": ("answer", "chosen", "rejected"),
    "structured": ("answer", "answers", "learned", "regions"),
    "chat": ("answer",),
    "feedback": ("answer", "verdict"),
    "generation": ("answer",),
    **dict.fromkeys(("rating", "number", "datetime"), ("answer", "value")),
}
"""The keys that a shape adds to the data of a task."""

_LABELLED = ("classification", "spans", "taxonomy")
_OF_A_SPAN = ("start", "end", "label", "text")
_UNLABELLED = "related"
"""The type of a relation without a label."""


@dataclass(slots=True)
class _Seen:
    """One control on its way through the examples."""

    shown: str
    labels: dict[str, None] = field(default_factory=dict)
    multiple: bool = False
    per_region: bool = False
    relations: dict[str, None] | None = None
    most: int = 0


class Controls:
    """The controls that the predictions answer, with every label that any of them gives."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ControlKind], _Seen] = {}
        self._names: dict[tuple[str, ControlKind], str] = {}

    def answered(
        self, name: str, kind: ControlKind, shown: str, given: Any, *, many: bool = False
    ) -> str:
        """Note an answer, one value or a list; the name that its control has in the config.

        `many` is for a control that takes several, though only one may be seen here.
        """
        mine = self._of(name, kind, shown)
        values = given if isinstance(given, list) else [given]
        mine.multiple |= many or len(values) > 1
        if kind in _LABELLED:
            mine.labels.update(dict.fromkeys(values))
        elif kind == "rating":
            mine.most = max(mine.most, *map(int, values))
        return self._names[name, kind]

    def on_regions(self, name: str, kind: ControlKind) -> None:
        """Note that a control is answered for single regions."""
        self._seen[name, kind].per_region = True

    def related(self, name: str, labels: Iterable[str]) -> None:
        """Note that the spans of a control have relations."""
        mine = self._seen[name, "spans"]
        mine.relations = (mine.relations or {}) | dict.fromkeys(labels)

    def _of(self, name: str, kind: ControlKind, shown: str) -> _Seen:
        key = (name, kind)
        if key not in self._seen:
            taken = {*self._names.values(), *SIDES, shown, *(s.shown for s in self._seen.values())}
            self._names[key] = name if name not in taken else f"{name}_{kind}"
            self._seen[key] = _Seen(shown)
        return self._seen[key]

    def asked(self) -> list[Asked]:
        """What the config has to ask; a control without a single label is left out."""
        return [
            Asked(
                kind,
                self._names[name, kind],
                seen.shown,
                tuple(sorted(seen.labels)),
                seen.multiple,
                seen.per_region,
                None if seen.relations is None else tuple(sorted(seen.relations)),
                seen.most,
            )
            for (name, kind), seen in self._seen.items()
            if seen.labels or kind not in _LABELLED
        ]


def answered(example: Example, data: Json, controls: Controls) -> list[Json]:
    """The results that say what the example says; what they are about goes into `data`."""
    name, shown = _names(data)
    answer = data.get("answer")
    if example.rejected is not None:
        return _preferred(example, data, (name, shown), controls)
    match example.shape:
        case "chat" if example.turns:
            return _chat(example, data, name, controls)
        case "spans" if isinstance(data.get("spans"), list):
            return _spans((name, shown), data, data.get("learned", {}), data["text"], controls)
        case "structured" if _is_placed(data):
            return _structured(data, shown, controls)
        case "classification" if isinstance(data.get("labels"), list):
            labels = [str(label) for label in data["labels"]]
            return _value((name, shown), "classification", labels, controls)
        case "taxonomy":
            return _value((name, shown), "taxonomy", data["paths"], controls, many=True)
        case ("rating" | "number" | "datetime") as kind:
            return _value((name, shown), kind, data["value"], controls)
    said = answer if isinstance(answer, str) else example.output
    return _value((name, shown), "generation", said, controls)


def fields(example: Example, data: Json) -> Json:
    """The data of the task: what a person sees, and not what is answered."""
    ours = _OURS.get(example.shape, ("answer", "label", "labels", "spans"))
    return {key: value for key, value in data.items() if key not in ours}


def _value(
    names: tuple[str, str], kind: ControlKind, given: Any, controls: Controls, *, many: bool = False
) -> list[Json]:
    control = controls.answered(names[0], kind, names[1], given, many=many)
    return predicted.value(control, names[1], kind, given)


def _preferred(
    example: Example, data: Json, names: tuple[str, str], controls: Controls
) -> list[Json]:
    """The better answer on one side, which its id decides, so that no side is always right."""
    control = controls.answered(names[0], "preference", names[1], "")
    pair = data.get("chosen", example.output), data.get("rejected", example.rejected)
    left = zlib.crc32(example.id.encode()) % 2 == 0
    data.update(zip(SIDES, pair if left else reversed(pair), strict=True))
    return predicted.preferred(control, "left" if left else "right")


def _chat(example: Example, data: Json, name: str, controls: Controls) -> list[Json]:
    """The last turn is what the annotator added to the conversation before it."""
    *before, last = [(turn.role, turn.content or "") for turn in example.turns]
    data[MESSAGES] = [{"role": role, "content": content} for role, content in before]
    return predicted.said(controls.answered(name, "chat", name, ""), *last)


def _spans(
    names: tuple[str, str],
    given: Json,
    learned: Mapping[str, ControlKind],
    text: str,
    controls: Controls,
) -> list[Json]:
    """Regions, the values on them, and the relations between them."""
    name, shown = names
    spans = given["spans"]
    control = controls.answered(name, "spans", shown, [str(span["label"]) for span in spans])
    result: list[Json] = []
    relations = given.get("relations")
    placed = relations if _are_placed(relations) else []
    stacks = _stacks(spans, {place for r in placed for place, end in _ends_of(r) if end})
    for number, alike in enumerate(stacks):
        found = [predicted.PredictedSpan(*_place_of(s), str(s["label"])) for s in alike]
        regions = predicted.regions(control, shown, found, text)
        for span in {_place_of(span): span for span in alike}.values():
            for key in (key for key in span if key not in _OF_A_SPAN):
                kind = learned.get(key) or _kind_of(span[key])
                asked = _asked(key, kind, shown, span[key], controls)
                controls.on_regions(key, kind)
                on = (control, _place_of(span))
                regions.append(predicted.note(on, (asked, shown), kind, span[key], text))
        result += [{**each, "id": each["id"] + _again(number)} for each in regions]
    if _are_placed(relations):
        controls.related(name, [r["type"] for r in placed if r["type"] != _UNLABELLED])
        for r in placed:
            (head, one), (tail, other) = _ends_of(r)
            named = [r["type"]] if r["type"] != _UNLABELLED else []
            made = predicted.relation(control, head, tail, named)
            made["from_id"] += _stack_of(head, one, stacks)
            made["to_id"] += _stack_of(tail, other, stacks)
            result.append(made)
    return result


def _ends_of(relation: Json) -> list[tuple[predicted.TextRange, Json | None]]:
    """The places of both ends of a relation, and the entity where several stand there."""
    return [
        (
            (relation[f"{name}_start"], relation[f"{name}_end"]),
            relation[name] if isinstance(relation.get(name), dict) else None,
        )
        for name in ("head", "tail")
    ]


def _stack_of(place: predicted.TextRange, end: Json | None, stacks: Sequence[list[Json]]) -> str:
    """What the id of the region has behind it that is the end of a relation."""
    for number, alike in enumerate(stacks):
        for span in alike:
            if end and _place_of(span) == place and end.items() <= span.items():
                return _again(number)
    return ""


def _again(number: int) -> str:
    """What tells the id of a region from those of others at its place."""
    return f"-{number + 1}" if number else ""


def _stacks(spans: Sequence[Json], apart: Collection[predicted.TextRange]) -> list[list[Json]]:
    """The spans, apart from those of each place that say something else than the first there.

    Where a relation leads to one of them (`apart`) they stand apart by their labels too.
    """
    stacks: list[list[Json]] = [[]]
    kinds: dict[predicted.TextRange, list[Json]] = {}
    for span in spans:
        said = {key: value for key, value in span.items() if key not in _OF_A_SPAN}
        if _place_of(span) in apart:
            said["label"] = span["label"]
        known = kinds.setdefault(_place_of(span), [])
        if said not in known:
            known.append(said)
        number = known.index(said)
        stacks += [[] for _ in range(number + 1 - len(stacks))]
        stacks[number].append(span)
    return stacks


def _place_of(span: Json) -> predicted.TextRange:
    return int(span["start"]), int(span["end"])


def _structured(data: Json, shown: str, controls: Controls) -> list[Json]:
    """Every control of the object by itself."""
    learned, regions, result = data.get("learned", {}), data.get("regions", {}), []
    for key, given in data["answers"].items():
        if key in regions:
            result += _spans((key, shown), regions[key], learned, data["text"], controls)
        elif kind := learned.get(key) or _kind_of(given):
            asked = _asked(key, kind, shown, given, controls)
            result += predicted.value(asked, shown, kind, given)
    return result


def _asked(key: str, kind: ControlKind, shown: str, given: Any, controls: Controls) -> str:
    return controls.answered(key, kind, shown, given, many=isinstance(given, list))


def _kind_of(given: Any) -> ControlKind:
    """What a control learns whose values are all that is known of it."""
    if isinstance(given, list):
        return "classification"
    return "generation" if isinstance(given, str) else "number"


def _is_placed(data: Json) -> bool:
    """Whether it is known where every entity of a structured answer stands."""
    answers, regions = data.get("answers"), data.get("regions", {})
    return isinstance(answers, dict) and not any(
        isinstance(given, dict)
        or (isinstance(given, list) and any(isinstance(item, dict) for item in given))
        for key, given in answers.items()
        if key not in regions
    )


def _are_placed(relations: Any) -> TypeGuard[list[Json]]:
    return isinstance(relations, list) and all(
        isinstance(r, dict) and {"type", "head_start", "tail_start"} <= r.keys() for r in relations
    )


def _names(data: Json) -> tuple[str, str]:
    """Control and object, where both are recorded; one alone is a field of the user's."""
    match data:
        case {"control": str(control), "object": str(shown)} if control and shown:
            return control, shown
    return "label", "text"
