"""The labeling config: which controls a project has, over which texts, with which labels.

The reader is hardened: a DOCTYPE or an entity is refused, so nothing outside is ever read and
nothing expands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from dataprep.finding import Place, UsageError

CHOICES, LABELS, TEXTAREA = "Choices", "Labels", "TextArea"
NESTED = " / "
"""Stands between the steps of a nested choice, from root to leaf."""
PATH = " > "
"""Stands between the steps of a path of a taxonomy, from root to leaf."""
INDEX = "{{idx}}"
"""Stands in the names of what a Repeater repeats, whatever its indexFlag is called."""

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
UNSEEN = "without a text"
"""The tag of an object that is known to show no text, and no more."""
_DEEPEST = 100


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
    """A tag that annotators answer. `labels` is None where the config does not say them.

    `bounds` are the least and the greatest number of a Rating or a Number; `single` where a
    TextArea takes one text or a Taxonomy one path.
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

    @property
    def to_names(self) -> tuple[str, ...]:
        """All the objects that it answers, the first of them `to_name`."""
        return (self.to_name, *self.more_names)

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """What the names of a repeated control look like in the results; None for the others."""
        if INDEX not in self.name:
            return None
        return re.compile(re.escape(self.name).replace(re.escape(INDEX), "([0-9]+)"))

    @property
    def task(self) -> str | None:
        """What learning this control means; None for a control that is not read yet."""
        return _TASK_OF.get(self.tag)


@dataclass(frozen=True, slots=True)
class ObjectTag:
    """A tag that annotators look at; `field` is the key of the task's data it shows.

    `name_key` and `text_key` are those of a turn in a Paragraphs tag, and `by_time` says that it
    shows the turns by their start (`contextScroll="true"`); `inline` is HyperText's.
    """

    name: str
    tag: str
    field: str
    by_url: bool = False
    name_key: str = "author"
    text_key: str = "text"
    inline: bool = False
    by_time: bool = False

    @property
    def is_text(self) -> bool:
        """Whether it shows one text, and not an image, a recording, a chat or a list."""
        return self.tag not in _NOT_TEXT and self.tag != UNSEEN


@dataclass(frozen=True, slots=True)
class LabelingConfig:
    """Controls and objects by name, in the order of the document.

    `relations` are the labels of relations, none where any will do; None where there are none.
    """

    controls: dict[str, Control]
    objects: dict[str, ObjectTag]
    instruction: str | None = None
    inferred: bool = False
    relations: tuple[str, ...] | None = None

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
    root = _parse_xml(raw, name)
    elements = list(_with_indexes(root))
    objects = {o.name: o for o in map(_object, elements) if o}
    controls = {c.name: c for c in map(_control, elements) if c}
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
    return LabelingConfig(controls, objects, _instruction(elements), relations=_relations(elements))


def _parse_xml(raw: bytes, name: str) -> Element:
    stack = [Element("", {})]

    def opened(tag: str, attributes: dict[str, str]) -> None:
        if len(stack) > _DEEPEST:
            place = Place(file=name, line=parser.CurrentLineNumber)
            said = f"nests deeper than {_DEEPEST} tags."
            raise UsageError(said, "Pass the config.xml of the project.", place=place)
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
    except (LookupError, ValueError) as error:  # the encoding that the text declares
        place = Place(file=name, line=1)
        raise UsageError(f"cannot be read: {error}.", "Save it as UTF-8.", place=place) from None
    return stack[0].children[0]


def _with_indexes(element: Element, flag: str = INDEX) -> Iterator[Element]:
    """All tags in the order of the document, the index of a Repeater written as INDEX."""
    if element.tag == "Repeater":
        flag = element.attributes.get("indexFlag") or flag
    if flag != INDEX:
        for key, value in element.attributes.items():
            element.attributes[key] = value.replace(flag, INDEX)
    yield element
    for child in element.children:
        yield from _with_indexes(child, flag)


def _object(element: Element) -> ObjectTag | None:
    attributes = element.attributes
    value = attributes.get("value", "")
    if "name" not in attributes or "toName" in attributes or not value.startswith("$"):
        return None
    return ObjectTag(
        name=attributes["name"],
        tag=element.tag,
        field=value[1:],
        by_url=attributes.get("valueType") == "url",
        name_key=attributes.get("nameKey") or "author",
        text_key=attributes.get("textKey") or "text",
        inline=attributes.get("inline") == "true",
        by_time=attributes.get("contextScroll") == "true",
    )


def _control(element: Element) -> Control | None:
    attributes, tag = element.attributes, element.tag
    if "name" not in attributes or not ("toName" in attributes or tag == "Chat"):
        return None
    item = _ITEM_TAGS.get(tag)
    labels = None
    if item and not attributes.get("value", "").startswith("$"):
        nested = tag == "Taxonomy" or attributes.get("allowNested") == "true"
        step = PATH if tag == "Taxonomy" else NESTED
        labels = tuple(step.join(path) for path in _paths(element, item, nested=nested))
    names = attributes.get("toName", attributes["name"]).split(",")
    first, *others = (name.strip() for name in names)
    return Control(
        name=attributes["name"],
        tag=LABELS if tag in _LABEL_TAGS else tag,
        to_name=first,
        labels=labels,
        multiple=attributes.get("choice") == "multiple",
        per_region=attributes.get("perRegion") == "true",
        required=attributes.get("required") == "true",
        more_names=tuple(others),
        bounds=_bounds(tag, attributes),
        single=attributes.get("maxSubmissions", attributes.get("maxUsages")) == "1",
    )


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
    return tuple(e.attributes.get("value", "") for e in elements if e.tag == "Relation")


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


def _instruction(elements: list[Element]) -> str | None:
    """The text of the first header that is the same for every task."""
    for element in elements:
        value = element.attributes.get("value", "").strip()
        if element.tag == "Header" and value and "$" not in value:
            return value
    return None
