"""The labeling config: which controls a project has, over which texts, with which labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dataprep.annotation.config_headers import headers_of
from dataprep.annotation.config_xml import INDEX, Element, parse_xml, with_indexes
from dataprep.annotation.data_fields import VARIABLE
from dataprep.annotation.instruction_words import said_by_placeholder
from dataprep.annotation.task_labels import TaskLabels, task_labels
from dataprep.finding import UsageError
from dataprep.patterns import LatePattern

CHOICES, LABELS, TEXTAREA = "Choices", "Labels", "TextArea"
NESTED = " / "
"""Stands between the steps of a nested choice, from root to leaf."""
PATH = " > "
"""Stands between the steps of a path of a taxonomy, from root to leaf."""

_LABEL_TAGS = {"Labels": "Label", "HyperTextLabels": "Label", "ParagraphLabels": "Label"}
_ITEM_TAGS = {CHOICES: "Choice", "Taxonomy": "Choice", "Ranker": "Bucket"} | _LABEL_TAGS
_TASK_OF = {
    CHOICES: "classification",
    LABELS: "spans",
    TEXTAREA: "generation",
    "Taxonomy": "taxonomy",
    "Rating": "rating",
    "Number": "number",
    "DateTime": "datetime",
    "Pairwise": "preference",
    "Ranker": "preference",
    "Chat": "chat",
}
_SECOND = ("rating", "number", "datetime")
"""Tasks that are learned by default only where there is no other control."""
_NOT_TEXT = frozenset(
    (
        "Image",
        "Audio",
        "AudioPlus",
        "Video",
        "TimeSeries",
        "TimeSeriesChannel",
        "Pdf",
        "Chat",
        "List",
    )
)
_SPACE = LatePattern(r"[\s:,;|/]")
UNSEEN = "without a text"
"""The tag of an object that is known to show no text, and no more."""


@dataclass(frozen=True, slots=True)
class Control:
    """A tag that annotators answer. `labels` is None where the config does not say them.

    `task_labels` tells where they stand in the data of each task, if they stand there. `bounds`
    are the least and the greatest number of a Rating or a Number; `single` where a TextArea takes
    one text or a Taxonomy one path; `labeling` where the paths of a Taxonomy label regions.
    `against` are choices that say which label is not right: they vote, and are never learned.
    `scale` are the ends of a rating of another tool, which no prompt tells. `asked` is what its
    title, the Header above it or its placeholder say: an instruction, or what the answer is called.
    """

    name: str
    tag: str
    to_name: str
    labels: tuple[str, ...] | None
    multiple: bool = False
    per_region: bool = False
    required: bool = False
    more_names: tuple[str, ...] = ()
    bounds: tuple[float | None, float | None] = (None, None)
    single: bool = False
    task_labels: TaskLabels | None = None
    labeling: bool = False
    against: tuple[str, ...] = ()
    scale: tuple[float, float] | None = None
    asked: str | None = None

    @property
    def to_names(self) -> tuple[str, ...]:
        """All the objects that it answers, the first of them `to_name`."""
        return (self.to_name, *self.more_names)

    @property
    def about(self) -> str:
        """What an instruction calls that which is answered."""
        return "the texts" if self.more_names else "the text"

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """What the names of a repeated control look like in the results; None for the others."""
        if INDEX not in self.name:
            return None
        return re.compile(re.escape(self.name).replace(re.escape(INDEX), "([0-9]+)"))

    def of_task(self, data: Mapping[str, Any]) -> Control:
        """The control with the labels that a task brings; None where it brings none."""
        if self.task_labels is None:
            return self
        return replace(self, labels=self.task_labels.of(data) or None)

    @property
    def task(self) -> str | None:
        """What learning this control means; None for a control that is not read yet."""
        return "spans" if self.labeling else _TASK_OF.get(self.tag)


@dataclass(frozen=True, slots=True)
class ObjectTag:
    """A tag that annotators look at; `field` is the key of the task's data it shows.

    It may be a text with several in it, as `$title: $body`.
    `name_key` and `text_key` are those of a turn in a Paragraphs tag, and `by_time` says that it
    shows the turns by their start (`contextScroll="true"`); `inline` is HyperText's.
    `in_place` says that the text itself lies in the field: an address there is a text as any other.
    """

    name: str
    tag: str
    field: str
    by_url: bool = False
    name_key: str = "author"
    text_key: str = "text"
    inline: bool = False
    by_time: bool = False
    in_place: bool = False

    @property
    def is_text(self) -> bool:
        """Whether it shows one text, and not an image, a recording, a chat or a list."""
        return self.tag not in _NOT_TEXT and self.tag != UNSEEN


@dataclass(frozen=True, slots=True)
class LabelingConfig:
    """Controls and objects by name, in the order of the document.

    `relations` are the labels of relations, none where any will do; None where there are none.
    Where the config is `inferred`, `text_fields` are the fields that hold texts, the longest
    first, and `said` is what a person should know of how it was.
    """

    controls: dict[str, Control]
    objects: dict[str, ObjectTag]
    instruction: str | None = None
    inferred: bool = False
    relations: tuple[str, ...] | None = None
    text_fields: tuple[str, ...] = ()
    said: tuple[str, ...] = ()

    def learnable(self) -> list[Control]:
        """The controls that one example can be made of, the required ones first.

        Numbers and dates come after all others: they mostly say how, not what.
        """
        fit = [c for c in self.controls.values() if c.task and not c.per_region]
        return sorted(fit, key=lambda c: (c.task in _SECOND, not c.required))

    def per_region(self, control: Control) -> list[Control]:
        """The controls that are answered for single regions of what a control answers."""
        return [
            c
            for c in self.controls.values()
            if c.per_region and c.task and set(c.to_names) & set(control.to_names)
        ]

    def of_task(self, data: Mapping[str, Any]) -> LabelingConfig:
        """The config as one task shows it: the labels that come with the task are known."""
        return replace(self, controls={n: c.of_task(data) for n, c in self.controls.items()})

    def control_of(self, name: str) -> Control | None:
        """The control that a result of this name answers, repeated ones included."""
        if name in self.controls:
            return self.controls[name]
        for control in self.controls.values():
            if (pattern := control.pattern) and pattern.fullmatch(name):
                return control
        return None


def read_config(path: Path) -> LabelingConfig:
    """The labeling config in a file; raises UsageError with the line of what is wrong."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", "Check the path.") from None
    return parse_config(raw, str(path))


def parse_config(raw: bytes, name: str = "config.xml") -> LabelingConfig:
    """The labeling config in an XML text."""
    elements = list(with_indexes(parse_xml(raw, name)))
    objects = {o.name: o for o in map(_object, elements) if o}
    alone = next(iter(objects)) if len(objects) == 1 else None
    controls = {c.name: c for c in (_control(element, alone) for element in elements) if c}
    headers = headers_of(elements, objects)
    for element in elements:
        if (control := controls.get(element.attributes.get("name", ""))) is not None:
            asked = _asked(element, headers.above.get(control.name))
            controls[control.name] = replace(control, asked=asked)
    if not controls:
        raise UsageError(
            f"{name} has no control that annotators answer.",
            "Pass the config.xml of the project (Settings, Labeling Interface, Code).",
        )
    for control in controls.values():
        for shown in control.to_names:
            if shown not in objects:
                raise UsageError(
                    f"{name}: the control {control.name!r} answers {shown!r},"
                    " which the config does not have.",
                    f"Objects here: {', '.join(objects) or 'none'}.",
                )
    return LabelingConfig(controls, objects, headers.first, relations=_relations(elements))


def _object(element: Element) -> ObjectTag | None:
    attributes = element.attributes
    value = attributes.get("value", "")
    if "name" not in attributes or "toName" in attributes or "$" not in value:
        return None
    is_field = value.startswith("$") and "$" not in value[1:] and not _SPACE.search(value)
    if not is_field and not VARIABLE.search(value):
        return None
    return ObjectTag(
        name=attributes["name"],
        tag=element.tag,
        field=value[1:] if is_field else value,
        by_url=attributes.get("valueType") == "url",
        name_key=attributes.get("nameKey") or "author",
        text_key=attributes.get("textKey") or "text",
        inline=attributes.get("inline") == "true",
        by_time=attributes.get("contextScroll") == "true",
    )


def _control(element: Element, alone: str | None) -> Control | None:
    """The control that an element is; without a `toName` it is about the only object there is.

    So the template of Label Studio for the assessment of chatbots leaves it out.
    """
    attributes, tag = element.attributes, element.tag
    about = attributes.get("name") if tag == "Chat" else alone if tag in _TASK_OF else None
    if "name" not in attributes or attributes.get("toName", about) is None:
        return None
    labels, of_tasks = _labels(element)
    labeling = tag == "Taxonomy" and attributes.get("labeling") == "true"
    names = attributes.get("toName", about or "").split(",")
    first, *others = dict.fromkeys(name.strip() for name in names)
    return Control(
        name=attributes["name"],
        tag=LABELS if tag in _LABEL_TAGS else tag,
        to_name=first,
        labels=labels,
        multiple=attributes.get("choice") == "multiple",
        per_region=attributes.get("perRegion") == "true" and not labeling,
        required=attributes.get("required") == "true",
        more_names=tuple(others),
        bounds=_bounds(tag, attributes),
        single=attributes.get("maxSubmissions", attributes.get("maxUsages")) == "1",
        task_labels=of_tasks,
        labeling=labeling,
    )


def _labels(element: Element) -> tuple[tuple[str, ...] | None, TaskLabels | None]:
    """The labels that the config says; else None, and where they stand in the tasks."""
    attributes, tag = element.attributes, element.tag
    item = _ITEM_TAGS.get(tag)
    if item is None or attributes.get("apiUrl"):
        return None, None
    nested = tag == "Taxonomy" or attributes.get("allowNested") == "true"
    joint = (PATH if tag == "Taxonomy" else NESTED) if nested else None
    paths = list(_paths(element, item, nested=nested))
    value = attributes.get("value", "")
    if of_tasks := task_labels(value[1:] if value.startswith("$") else "", paths, joint):
        return None, of_tasks
    return tuple(dict.fromkeys((joint or "").join(path) for path in paths)), None


def _bounds(tag: str, attributes: dict[str, str]) -> tuple[float | None, float | None]:
    """The least and the greatest number that a control takes."""
    if tag == "Rating":
        return 1, _number(attributes.get("maxRating")) or 5
    if tag == "Number":
        return _number(attributes.get("min")), _number(attributes.get("max"))
    return None, None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _relations(elements: list[Element]) -> tuple[str, ...] | None:
    """The labels that relations may have; None where the config knows no relations."""
    if not any(e.tag == "Relations" for e in elements):
        return None
    labels = tuple(e.attributes.get("value", "") for e in elements if e.tag == "Relation")
    return () if task_labels("", [labels], None) else labels


def _paths(
    element: Element, item: str, above: tuple[str, ...] = (), *, nested: bool
) -> Iterator[tuple[str, ...]]:
    """The labels below a control; where choices nest, each is the path from the topmost."""
    for child in element.children:
        path = above
        if child.tag == item:
            named = "name" if item == "Bucket" else "alias"
            name = child.attributes.get(named) or child.attributes.get("value", "")
            path = (*above, name) if nested else (name,)
            yield path
        yield from _paths(child, item, path, nested=nested)


def _asked(element: Element, header: str | None) -> str | None:
    """What a control is asked by: its title, else the header above it, else its placeholder."""
    title = element.attributes.get("title", "").strip()
    return title or header or said_by_placeholder(element.attributes.get("placeholder", "")) or None
