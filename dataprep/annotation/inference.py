"""What the results of some tasks say about the labeling config, where none is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from msgspec import UNSET

from dataprep.annotation.labeling_config import LABELS, UNSEEN, Control, LabelingConfig, ObjectTag
from dataprep.annotation.media import media_kind, tag_of_media
from dataprep.annotation.offsets import Span, resolve
from dataprep.annotation.task import Result, Task
from dataprep.patterns import LatePattern

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

_PLAIN = LatePattern(r"\w+")
"""A field that is not inside another one."""

_OF_LISTS = ("Paragraphs", "List", "Chat")


class _Evidence:
    """What some tasks say of one object: the tag that shows it, and the field that it shows."""

    def __init__(self) -> None:
        self.tag = "Text"
        self.source: str | None = None
        self.quotes = 0
        self.fits: Counter[str] = Counter()

    def weigh(self, data: Mapping[str, Any], value: dict[str, Any]) -> None:
        """Count the fields of a task whose text says what a region quotes."""
        quote = value.get("text")
        if not isinstance(quote, str) or not quote.strip():
            return
        self.quotes += 1
        counted = type(value.get("start")) is int  # else a place in HTML
        for key, text in data.items():
            if isinstance(text, str):
                fits = isinstance(resolve(text, value), Span) if counted else quote in text
                self.fits[key] += fits

    def quoted(self) -> str:
        """The one field that most quotes stand in at their offsets; empty where none is ahead."""
        best = self.fits.most_common(2)
        if not best or best[0][1] * 2 <= self.quotes:
            return ""
        return "" if len(best) > 1 and best[0][1] == best[1][1] else best[0][0]


def infer_config(tasks: Iterable[Task]) -> LabelingConfig:
    """What the results of some tasks say about the config; labels stay unknown.

    The field of an object is the one that the quotes of its spans fit; empty where several
    fields could be it and none is meant by name. Results until 2021 name the field that their
    object shows (`"source": "$text"`).
    """
    controls: dict[str, Control] = {}
    objects: dict[str, _Evidence] = {}
    fields = _Fields()
    related = False
    for task in tasks:
        data = task.data or {}
        fields.add(data)
        for result, regions in _results(task):
            related = related or result.type == "relation"
            tag = CONTROL_OF_TYPE.get(str(result.type))
            if result.from_name is UNSET or tag is None:
                continue
            to_name = result.to_name or "text"
            known = objects.setdefault(to_name, _Evidence())
            if isinstance(result.source, str) and result.source.startswith("$"):
                known.source = known.source or result.source[1:]
            value = result.value or {}
            control = _control(result, tag, labelled=result.id in regions)
            name = control.name
            controls[name] = _about(controls.get(name, control), to_name)
            if known.tag == "Text":
                known.tag = _shown(tag, str(result.type), value)
            if control.task == "spans":
                known.weigh(data, value)
    named: dict[str, ObjectTag] = {}
    said: list[str] = []
    for name, known in objects.items():
        named[name] = _object(name, known, fields)
        if (quoted := known.quoted()) and quoted != _field(name, fields.texts, known.tag):
            said.append(f"{name!r} is read from the field {quoted!r}, which the quotes fit")
    relations = () if related and any(c.task == "spans" for c in controls.values()) else None
    return LabelingConfig(
        controls,
        named,
        inferred=True,
        relations=relations,
        text_fields=tuple(sorted(fields.texts, key=fields.texts.__getitem__, reverse=True)),
        said=tuple(said),
    )


class _Fields:
    """The fields of some tasks that hold texts or lists, and those with nothing but media.

    Of texts it keeps how many characters they have in all.
    """

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}
        self.lists: dict[str, None] = {}
        self.media: dict[str, str] = {}

    def add(self, data: Mapping[str, Any]) -> None:
        """Note the fields of one task."""
        for key, value in data.items():
            if isinstance(value, list):
                self.lists[key] = None
            elif isinstance(value, str):
                self.texts[key] = self.texts.get(key, 0) + len(value)
                if value.strip():
                    kind = media_kind(value)
                    self.media[key] = kind if self.media.get(key, kind) == kind else ""


def _control(result: Result, tag: str, *, labelled: bool) -> Control:
    """The control of a result; `labelled` says that its region has a label of another control.

    A path of a taxonomy on a region of its own labels it (`labeling="true"`).
    """
    value = result.value or {}
    labeling = tag == "Taxonomy" and "start" in value and not labelled
    per_region = tag != LABELS and "start" in value and not labeling
    per_region = per_region or (tag != "Chat" and "chatmessage" in value)
    name, to_name = str(result.from_name), result.to_name or "text"
    return Control(name, tag, to_name, None, per_region=per_region, labeling=labeling)


def _about(control: Control, to_name: str) -> Control:
    """The control, which answers that object too."""
    if to_name in control.to_names:
        return control
    return replace(control, more_names=(*control.more_names, to_name))


def _results(task: Task) -> Iterator[tuple[Result, frozenset[Any]]]:
    """The results of a task, each with the ids of the regions that its annotation labels."""
    for annotation in task.annotations or ():
        results = annotation.result or ()
        labelled = frozenset(
            r.id for r in results if CONTROL_OF_TYPE.get(str(r.type)) == LABELS and r.id
        )
        for result in results:
            yield result, labelled


def _shown(tag: str, type: str, value: dict[str, Any]) -> str:
    """The tag of the object that a result is about."""
    if tag in ("Ranker", "Chat") or "chatmessage" in value:
        return "List" if tag == "Ranker" else "Chat"
    if type == "paragraphlabels":
        return "Paragraphs"
    html = type == "hypertextlabels" or "startOffset" in value
    return "HyperText" if html else "Text"


def _object(name: str, known: _Evidence, fields: _Fields) -> ObjectTag:
    """The object of a name, over one of the fields; what it shows may be no text at all."""
    keys = fields.lists if known.tag in _OF_LISTS else fields.texts
    source = known.source
    if source in keys:
        field = str(source)
    elif source and _PLAIN.fullmatch(source):
        return ObjectTag(name, UNSEEN, source)
    else:
        field = known.quoted() or _field(name, keys, known.tag)
    kind = fields.media.get(field, "") if known.tag == "Text" else ""
    return ObjectTag(name, tag_of_media(kind) if kind else known.tag, field)


def _field(name: str, keys: Mapping[str, object], tag: str) -> str:
    if name in keys:
        return name
    if "text" in keys or (not keys and tag not in _OF_LISTS):
        return "text"
    return next(iter(keys)) if len(keys) == 1 else ""
