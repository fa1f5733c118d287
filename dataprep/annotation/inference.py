"""What the results of some tasks say about the labeling config, where none is given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from msgspec import UNSET

from dataprep.annotation.labeling_config import LABELS, UNSEEN, Control, LabelingConfig, ObjectTag
from dataprep.annotation.task import Result, Task

CONTROL_OF_TYPE = {
    "choices": "Choices",
    "labels": LABELS,
    "hypertextlabels": LABELS,
    "paragraphlabels": LABELS,
    "textarea": "TextArea",
    "taxonomy": "Taxonomy",
    "rating": "Rating",
    "number": "Number",
    "datetime": "DateTime",
    "ranker": "Ranker",
    "chatmessage": "Chat",
}
"""The controls that are known by the type of a result; of Pairwise the texts are not."""

_PLAIN = re.compile(r"\w+")
"""A field that is not inside another one."""

_OF_LISTS = ("Paragraphs", "List", "Chat")


def infer_config(tasks: Iterable[Task]) -> LabelingConfig:
    """What the results of some tasks say about the config; labels stay unknown.

    The field of an object is empty where several fields could be it and none is meant by name.
    Results until 2021 name the field that their object shows (`"source": "$text"`).
    """
    controls: dict[str, Control] = {}
    objects: dict[str, str] = {}
    texts: dict[str, None] = {}
    lists: dict[str, None] = {}
    sources: dict[str, str] = {}
    related = False
    for task in tasks:
        for key, value in (task.data or {}).items():
            if isinstance(value, str | list):
                (texts if isinstance(value, str) else lists)[key] = None
        for result in _results(task):
            related = related or result.type == "relation"
            tag = CONTROL_OF_TYPE.get(str(result.type))
            if result.from_name is UNSET or tag is None:
                continue
            to_name = result.to_name or "text"
            if isinstance(result.source, str) and result.source.startswith("$"):
                sources.setdefault(to_name, result.source[1:])
            value = result.value or {}
            per_region = tag != LABELS and "start" in value
            per_region = per_region or (tag != "Chat" and "chatmessage" in value)
            name = result.from_name
            known = controls.get(name, Control(name, tag, to_name, None, per_region=per_region))
            controls[name] = _about(known, to_name)
            shown = _shown(tag, str(result.type), value)
            if objects.get(to_name, "Text") == "Text":
                objects[to_name] = shown
    named = {
        name: _object(name, tag, lists if tag in _OF_LISTS else texts, sources.get(name))
        for name, tag in objects.items()
    }
    relations = () if related and any(c.tag == LABELS for c in controls.values()) else None
    return LabelingConfig(controls, named, inferred=True, relations=relations)


def _about(control: Control, to_name: str) -> Control:
    """The control, which answers that object too."""
    if to_name in control.to_names:
        return control
    return replace(control, more_names=(*control.more_names, to_name))


def _results(task: Task) -> Iterator[Result]:
    for annotation in task.annotations or ():
        yield from annotation.result or ()


def _shown(tag: str, type: str, value: dict[str, Any]) -> str:
    """The tag of the object that a result is about."""
    if tag in ("Ranker", "Chat") or "chatmessage" in value:
        return "List" if tag == "Ranker" else "Chat"
    if type == "paragraphlabels":
        return "Paragraphs"
    html = type == "hypertextlabels" or "startOffset" in value
    return "HyperText" if html else "Text"


def _object(name: str, tag: str, keys: dict[str, None], source: str | None) -> ObjectTag:
    """The object of a name, over one of the fields `keys`; what it shows may be no text at all."""
    if source in keys:
        return ObjectTag(name, tag, str(source))
    if source and _PLAIN.fullmatch(source):
        return ObjectTag(name, UNSEEN, source)
    return ObjectTag(name, tag, _field(name, keys, tag))


def _field(name: str, keys: dict[str, None], tag: str) -> str:
    if name in keys:
        return name
    if "text" in keys or (not keys and tag not in _OF_LISTS):
        return "text"
    return next(iter(keys)) if len(keys) == 1 else ""
