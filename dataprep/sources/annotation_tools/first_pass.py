"""What a first pass over an export says: how much is in it, of whom, and its labeling config."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec import UNSET

from dataprep.annotation import (
    CONTROL_OF_TYPE,
    SIDES,
    Annotation,
    Control,
    LabelingConfig,
    ObjectTag,
    Of,
    Result,
    presented,
)
from dataprep.example import Record
from dataprep.finding import Finding, excerpt
from dataprep.sources.annotation_tools.export import OpenedExport, RatedExport, RejectingExport

_LABELS = 20_000
"""Labels of a control that are known by name; of more, any is taken."""
_WITH_LABELS = {"choices": "choices", "labels": "labels"}
_SHOWN = 8


class Survey(NamedTuple):
    """What the summary says of an export, and the labeling config that its tasks fit."""

    words: str
    config: LabelingConfig


def survey(export: OpenedExport, of: Of) -> Survey:
    """Read an export once through, and say what is in it."""
    seen = _Seen()
    left_out: Counter[str] = Counter()
    for item in tasks(export, of, left_out):
        if isinstance(item, Record):
            seen.add(item)
    words = f"{export.form}: {_number(seen.tasks, 'task')}"
    words += f", {_number(len(seen.annotators), 'annotator')}" if seen.annotators else ""
    left_out = +left_out
    if left_out:
        said = [f"{excerpt(what, 60)} ({n:,})" for what, n in left_out.most_common(_SHOWN)]
        more = f" and {len(left_out) - _SHOWN} more kinds" if len(left_out) > _SHOWN else ""
        words += f"; left out: {', '.join(said)}{more}"
    if isinstance(export, RejectingExport) and export.rejecting in seen.controls:
        seen.controls[export.rejecting].against = export.against
    for name, scale in export.scales.items() if isinstance(export, RatedExport) else ():
        if name in seen.controls:
            seen.controls[name].scale = scale
    return Survey(words, seen.config(export.shown))


def tasks(export: OpenedExport, of: Of, left_out: Counter[str]) -> Iterator[Record | Finding]:
    """The tasks of an export, with predictions or drafts as their annotations when asked."""
    for item in export.tasks(left_out):
        if isinstance(item, Record) and of != "annotations":
            presented(item.value, of)
        yield item


@dataclass(slots=True)
class _Answered:
    """What the results say of one control."""

    tag: str
    shown: dict[str, None] = field(default_factory=dict)
    labels: dict[str, None] = field(default_factory=dict)
    multiple: bool = False
    per_region: bool = False
    against: tuple[str, ...] = ()
    scale: tuple[float, float] | None = None

    def control(self, name: str) -> Control:
        first, *more = self.shown
        learned = [label for label in self.labels if label not in self.against]
        known = learned and len(self.labels) <= _LABELS
        return Control(
            name=name,
            tag=self.tag,
            to_name=first,
            labels=tuple(learned) if known else None,
            multiple=self.multiple,
            per_region=self.per_region,
            more_names=tuple(more),
            single=self.tag == "TextArea" and not self.multiple,
            against=self.against,
            scale=self.scale,
        )


@dataclass(slots=True)
class _Seen:
    """What the tasks of an export have shown so far."""

    tasks: int = 0
    annotators: set[str] = field(default_factory=set)
    controls: dict[str, _Answered] = field(default_factory=dict)
    relations: dict[str, None] | None = None
    several: set[str] = field(default_factory=set)

    def add(self, record: Record) -> None:
        self.tasks += 1
        self._several(record.value.annotations or ())
        for annotation in record.value.annotations or ():
            if (who := annotation.annotator) and not annotation.final:
                self.annotators.add(who)
            for result in annotation.result or ():
                self._result(result)

    def _several(self, annotations: Sequence[Annotation]) -> None:
        """Note the controls of whose labels annotators were not asked about the same."""
        asked: dict[str, set[frozenset[str]]] = {}
        for annotation in annotations:
            for name, choices in (annotation.asked or {}).items() if annotation.asked else ():
                asked.setdefault(name, set()).add(frozenset(choices or ()))
        self.several.update(name for name, choices in asked.items() if len(choices) > 1)

    def _result(self, result: Result) -> None:
        kind = str(result.type)
        if kind == "relation":
            labels = result.labels if isinstance(result.labels, list) else []
            self.relations = self.relations or {}
            self.relations.update(dict.fromkeys(map(str, labels)))
            return
        tag = "Pairwise" if kind == "pairwise" else CONTROL_OF_TYPE.get(kind)
        if tag is None or result.from_name is UNSET:
            return
        seen = self.controls.setdefault(result.from_name, _Answered(tag))
        value = result.value or {}
        about = SIDES if tag == "Pairwise" else (str(result.to_name or "text"),)
        seen.shown.update(dict.fromkeys(about))
        seen.per_region = seen.per_region or (tag != "Labels" and "start" in value)
        given = value.get(_WITH_LABELS.get(kind, "text"), ())
        many = given if isinstance(given, list) else ()
        seen.multiple = seen.multiple or len(many) > 1
        if kind in _WITH_LABELS and len(seen.labels) <= _LABELS:
            seen.labels.update(dict.fromkeys(map(str, many)))

    def config(self, shown: tuple[str, ...]) -> LabelingConfig:
        for name in self.several.intersection(self.controls):
            self.controls[name].multiple = True
        controls = {name: seen.control(name) for name, seen in self.controls.items()}
        names = dict.fromkeys(name for c in controls.values() for name in c.to_names)
        ranked = {c.to_name for c in controls.values() if c.tag == "Ranker"}
        objects = {
            name: ObjectTag(name, "List" if name in ranked else "Text", name, in_place=True)
            for name in (*shown, *names)
        }
        related = None if self.relations is None else tuple(self.relations)
        return LabelingConfig(controls, objects, relations=related)


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
