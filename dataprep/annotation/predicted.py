"""What a model, or an example, says of a text as the results of a Label Studio prediction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from dataprep.annotation.labeling_config import PATH
from dataprep.jsonio import Json

TextRange = tuple[int, int]


class PredictedSpan(NamedTuple):
    """One label on a piece of the text, in code points."""

    start: int
    end: int
    label: str


def choices(control: str, shown: str, labels: Iterable[str]) -> list[Json]:
    """The result of a Choices control; none for no label."""
    return value(control, shown, "classification", list(labels))


def written(control: str, shown: str, text: str) -> list[Json]:
    """The result of a TextArea; none for no text."""
    return value(control, shown, "generation", text)


def value(control: str, shown: str, task: str, given: Any) -> list[Json]:
    """The result of a control that learns `task`, from one value or a list; none for none."""
    kind, payload = _payload(task, given)
    return [_item(control, control, shown, kind, payload)] if kind else []


def preferred(control: str, side: str) -> list[Json]:
    """The result of a Pairwise control, which is about itself; `side` is left or right."""
    return [_item(control, control, control, "pairwise", {"selected": side})]


def said(control: str, role: str, content: str) -> list[Json]:
    """A message that a Chat control adds to its conversation."""
    message = {"role": role, "content": content}
    return [_item(control, control, control, "chatmessage", {"chatmessage": message})]


def regions(control: str, shown: str, spans: Iterable[PredictedSpan], text: str) -> list[Json]:
    """The results of a Labels control; several labels on one span are one region."""
    labels: dict[TextRange, list[str]] = {}
    for span in spans:
        labels.setdefault((span.start, span.end), []).append(span.label)
    return [
        _item(
            region_id(control, place),
            control,
            shown,
            "labels",
            {**_region(place, text), "labels": given},
        )
        for place, given in labels.items()
    ]


def regions_apart(
    control: str, shown: str, spans: Iterable[PredictedSpan], text: str
) -> dict[PredictedSpan, Json]:
    """The results of a Labels control, each label on a span a region, so that relations lead to it.

    Its id is that of its place where no other label stands there.
    """
    found = dict.fromkeys(spans)
    places = Counter((span.start, span.end) for span in found)
    made: dict[PredictedSpan, Json] = {}
    for span in found:
        (region,) = regions(control, shown, [span], text)
        alone = places[span.start, span.end] == 1
        made[span] = region if alone else {**region, "id": f"{region['id']}-{span.label}"}
    return made


def as_paths(regions: Iterable[Json]) -> list[Json]:
    """The results of a Taxonomy that labels regions, from those of a Labels control."""
    made = []
    for region in regions:
        value = {key: given for key, given in region["value"].items() if key != "labels"}
        paths = [label.split(PATH) for label in region["value"]["labels"]]
        made.append({**region, "type": "taxonomy", "value": {**value, "taxonomy": paths}})
    return made


def note(
    on: tuple[str, TextRange], names: tuple[str, str], task: str, given: Any, text: str
) -> Json:
    """A value on one region of the text: `on` are the control and the place of the region.

    `names` are those of the control that is answered, and of its object.
    """
    kind, payload = _payload(task, given)
    control, place = on
    return _item(region_id(control, place), *names, kind, {**_region(place, text), **payload})


def relation(control: str, head: TextRange, tail: TextRange, labels: Sequence[str]) -> Json:
    """A relation from one region of a control to another; `labels` may be empty."""
    ends = {"from_id": region_id(control, head), "to_id": region_id(control, tail)}
    named = {"labels": list(labels)} if labels else {}
    return {**ends, "type": "relation", "direction": "right", **named}


def region_id(control: str, place: TextRange) -> str:
    """The id of a region: relations and values on it find it by that."""
    return f"{control}-{place[0]}-{place[1]}"


def _payload(task: str, given: Any) -> tuple[str, Mapping[str, Any]]:
    """The type of a result and what it holds; no type where nothing is given."""
    many = given if isinstance(given, list) else [] if given in (None, "") else [given]
    if not many:
        return "", {}
    match task:
        case "classification":
            return "choices", {"choices": many}
        case "generation":
            return "textarea", {"text": many}
        case "taxonomy":
            return "taxonomy", {"taxonomy": [path.split(PATH) for path in many]}
    return task, {task: many[0]}


def _region(place: TextRange, text: str) -> Json:
    start, end = place
    return {"start": start, "end": end, "text": text[start:end]}


def _item(name: str, control: str, shown: str, kind: str, value: Mapping[str, Any]) -> Json:
    return {"id": name, "from_name": control, "to_name": shown, "type": kind, "value": dict(value)}
