"""What annotators had before them: the text of a task, however its tag shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from dataprep.annotation import (
    INDEX,
    MISSING,
    BadSpan,
    Control,
    ObjectTag,
    Offsets,
    Span,
    fields_in,
    hypertext,
    media_kind,
    paragraphs,
    resolve,
    value_at,
)
from dataprep.finding import excerpt
from dataprep.patterns import LatePattern
from dataprep.shapes.joint_texts import joined
from dataprep.shapes.kind import SeenText

_ADDRESS = LatePattern(r"(?:[a-z][a-z0-9+.-]*://|/data/)\S+", re.IGNORECASE)
_NO_REGION = partial(resolve, "")


class Unseen(NamedTuple):
    """Why a task has no text to learn from; without a code it is blank, and nobody's fault."""

    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Reads the `field` of a task's data as `shown` shows it; `beside` must be there too.

    Without a field there is no text: a conversation, or a list of answers. Without `offsets` no
    region is read. `more` are the other texts that are answered at once with the first: all of
    them together are the text then, each behind its name.
    """

    shown: ObjectTag
    field: str | None
    beside: tuple[str, ...] = ()
    offsets: Offsets | None = None
    more: tuple[Look, ...] = ()

    def __call__(self, data: Mapping[str, Any]) -> SeenText | Unseen:
        """The text, or why there is none."""
        seen = self._one(data)
        if isinstance(seen, Unseen) or not self.more:
            return seen
        texts = [(self.shown.name, seen)]
        for look in self.more:
            other = look(data)
            if isinstance(other, Unseen):
                return other
            texts.append((look.shown.name, other))
        return joined(texts, data)

    def _one(self, data: Mapping[str, Any]) -> SeenText | Unseen:
        offsets = self.offsets
        for name in self.beside:
            if not isinstance(value_at(data, name), str | int | float):
                return _lacks(data, name, "is not a text")
        if self.field is None:
            return SeenText("", data, _NO_REGION)
        if self.shown.tag == "Paragraphs":
            return self._dialogue(data, self.field)
        text = data[self.field] if self.field in data else value_at(data, self.field)
        if not isinstance(text, str):
            return self._repeated(data, self.field)
        if not text or text.isspace():
            return Unseen()
        fetched = self.shown.by_url and self.field == self.shown.field
        if fetched or (is_address(text) and not self.shown.in_place):
            kind = media_kind(text)
            what = f"the address of a {kind}" if kind else "an address"
            return Unseen("A005", f"the field {self.field!r} holds {what}: {excerpt(text)}")
        if self.shown.tag == "HyperText":
            return self._html(data, text)
        return SeenText(text, data, partial(offsets.resolve, text) if offsets else _NO_REGION)

    def _dialogue(self, data: Mapping[str, Any], field: str) -> SeenText | Unseen:
        shown = self.shown
        items = value_at(data, field)
        keys = shown.text_key, shown.name_key
        document = paragraphs.plain_text(items, *keys, by_time=shown.by_time)
        if document is None:
            return _lacks(data, field, "is not a list of turns")

        def region(value: dict[str, Any]) -> Span | BadSpan:
            read = paragraphs.resolve(document, value)
            return self.offsets.counted(read, value) if self.offsets else read

        return SeenText(document.text, data, region) if document.text.strip() else Unseen()

    def _html(self, data: Mapping[str, Any], html: str) -> SeenText | Unseen:
        document = hypertext.plain_text(html, inline=self.shown.inline)

        def region(value: dict[str, Any]) -> Span | BadSpan:
            read = hypertext.resolve(document, value)
            return self.offsets.counted(read, value) if self.offsets else read

        return SeenText(document.text, data, region) if document.text.strip() else Unseen()

    def _repeated(self, data: Mapping[str, Any], field: str) -> SeenText | Unseen:
        """The texts that a Repeater shows, a line each."""
        if INDEX not in field:
            return _lacks(data, field, "is not a text")
        texts: list[str] = []
        while isinstance(text := value_at(data, field.replace(INDEX, str(len(texts)))), str):
            texts.append(text)
        if not texts:
            return _lacks(data, field, "is not a text")
        text = "\n".join(texts)
        return SeenText(text, data, _NO_REGION)


def is_address(text: str) -> bool:
    """Whether a text is nothing but the address of what was shown."""
    return "/" in text and text.isascii() and bool(_ADDRESS.fullmatch(text.strip()))


def without_labels(control: Control, data: Mapping[str, Any]) -> Unseen:
    """What to say where the labels of a control come with the task, and this one brings none."""
    where = " and ".join(control.task_labels.fields if control.task_labels else ())
    said = f"the labels of {control.name!r} come with the task, and it has none in {where!r}"
    return Unseen("A008", f"{said}; {_fields(data)}")


def _fields(data: Mapping[str, Any]) -> str:
    return f"fields here: {', '.join(excerpt(key) for key in list(data)[:8]) or 'none'}"


def _lacks(data: Mapping[str, Any], name: str, wrong: str) -> Unseen:
    absent = [part for part in fields_in(name) if value_at(data, part) is MISSING]
    said = "is not there" if absent else wrong
    return Unseen("A008", f"the field {(absent or [name])[0]!r} {said}; {_fields(data)}")
