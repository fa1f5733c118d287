"""The labeling config: which controls a project has, over which texts, with which labels.

The reader is hardened: a DOCTYPE or an entity is refused, so nothing outside is ever read and
nothing expands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from msgspec import UNSET

from dataprep.annotation.task import Task
from dataprep.finding import Place, UsageError

CHOICES, LABELS, TEXTAREA = "Choices", "Labels", "TextArea"
_LABEL_TAGS = {"Labels": "Label", "HyperTextLabels": "Label", "ParagraphLabels": "Label"}
_TASK_OF = {CHOICES: "classification", LABELS: "spans", TEXTAREA: "generation"}
_TAG_OF_TYPE = {"choices": CHOICES, "labels": LABELS, "textarea": TEXTAREA}


@dataclass(frozen=True, slots=True)
class Element:
    """One tag of the config, with its attributes and the tags inside it."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)

    def walk(self) -> Iterable[Element]:
        """This tag and all below it, in the order of the document."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Control:
    """A tag that annotators answer. `labels` is None where the config does not say them."""

    name: str
    tag: str
    to_name: str
    labels: tuple[str, ...] | None
    multiple: bool = False
    per_region: bool = False
    required: bool = False

    @property
    def task(self) -> str | None:
        """What learning this control means; None for a control that is not read yet."""
        return _TASK_OF.get(self.tag)


@dataclass(frozen=True, slots=True)
class ObjectTag:
    """A tag that annotators look at; `field` is the key of the task's data it shows."""

    name: str
    tag: str
    field: str
    by_url: bool = False


@dataclass(frozen=True, slots=True)
class LabelingConfig:
    """Controls and objects by name, in the order of the document."""

    controls: dict[str, Control]
    objects: dict[str, ObjectTag]
    instruction: str | None = None
    inferred: bool = False

    def learnable(self) -> list[Control]:
        """The controls that one example can be made of, the required ones first."""
        fit = [c for c in self.controls.values() if c.task and not c.per_region]
        return sorted(fit, key=lambda c: not c.required)


def read_config(path: Path) -> LabelingConfig:
    """The labeling config in a file; raises UsageError with the line of what is wrong."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", "Check the path.") from None
    return parse_config(raw, str(path))


def parse_config(raw: bytes, name: str = "config.xml") -> LabelingConfig:
    """The labeling config in an XML text."""
    root = _parse_xml(raw, name)
    elements = list(root.walk())
    objects = {o.name: o for o in map(_object, elements) if o}
    controls = {c.name: c for c in map(_control, elements) if c}
    if not controls:
        raise UsageError(
            f"{name} has no control that annotators answer.",
            "Pass the config.xml of the project (Settings, Labeling Interface, Code).",
        )
    for control in controls.values():
        if control.to_name not in objects:
            raise UsageError(
                f"{name}: the control {control.name!r} answers {control.to_name!r},"
                " which the config does not have.",
                f"Objects here: {', '.join(objects) or 'none'}.",
            )
    return LabelingConfig(controls, objects, _instruction(elements))


def infer_config(tasks: Iterable[Task]) -> LabelingConfig:
    """What the results of some tasks say about the config; labels stay unknown."""
    controls: dict[str, Control] = {}
    objects: dict[str, ObjectTag] = {}
    keys: dict[str, None] = {}
    for task in tasks:
        keys.update(dict.fromkeys(k for k, v in (task.data or {}).items() if isinstance(v, str)))
        for annotation in task.annotations or ():
            for result in annotation.result or ():
                tag = _TAG_OF_TYPE.get(str(result.type))
                if result.from_name is UNSET or tag is None:
                    continue
                per_region = tag != LABELS and "start" in (result.value or {})
                to_name = result.to_name or "text"
                controls.setdefault(
                    result.from_name,
                    Control(result.from_name, tag, to_name, None, per_region=per_region),
                )
                objects.setdefault(to_name, ObjectTag(to_name, "Text", ""))
    shown = "text" if "text" in keys or not keys else next(iter(keys))
    named = {n: ObjectTag(n, "Text", n if n in keys else shown) for n in objects}
    return LabelingConfig(controls, named, inferred=True)


def _parse_xml(raw: bytes, name: str) -> Element:
    stack = [Element("", {})]

    def opened(tag: str, attributes: dict[str, str]) -> None:
        element = Element(tag, attributes)
        stack[-1].children.append(element)
        stack.append(element)

    def refused(*_: object) -> None:
        place = Place(file=name, line=parser.CurrentLineNumber)
        raise UsageError(
            "a labeling config may not declare a DOCTYPE or an entity.",
            "Remove the declaration; Label Studio writes none.",
            place=place,
        )

    parser = expat.ParserCreate()
    parser.StartElementHandler = opened
    parser.EndElementHandler = lambda _: stack.pop()
    parser.StartDoctypeDeclHandler = refused
    parser.EntityDeclHandler = refused
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        place = Place(file=name, line=error.lineno, column=error.offset + 1)
        raise UsageError(f"is not XML: {words}.", "Pass the config.xml.", place=place) from None
    return stack[0].children[0]


def _object(element: Element) -> ObjectTag | None:
    attributes = element.attributes
    value = attributes.get("value", "")
    if "name" not in attributes or "toName" in attributes or not value.startswith("$"):
        return None
    by_url = attributes.get("valueType") == "url"
    return ObjectTag(attributes["name"], element.tag, value[1:], by_url)


def _control(element: Element) -> Control | None:
    attributes = element.attributes
    if "name" not in attributes or "toName" not in attributes:
        return None
    item = "Choice" if element.tag == CHOICES else _LABEL_TAGS.get(element.tag)
    dynamic = attributes.get("value", "").startswith("$")
    labels = None
    if item and not dynamic:
        labels = tuple(
            inner.attributes.get("alias") or inner.attributes.get("value", "")
            for inner in element.walk()
            if inner.tag == item
        )
    return Control(
        name=attributes["name"],
        tag=LABELS if element.tag in _LABEL_TAGS else element.tag,
        to_name=attributes["toName"].split(",")[0],
        labels=labels,
        multiple=attributes.get("choice") == "multiple",
        per_region=attributes.get("perRegion") == "true",
        required=attributes.get("required") == "true",
    )


def _instruction(elements: list[Element]) -> str | None:
    """The text of the first header that is the same for every task."""
    for element in elements:
        value = element.attributes.get("value", "").strip()
        if element.tag == "Header" and value and "$" not in value:
            return value
    return None
