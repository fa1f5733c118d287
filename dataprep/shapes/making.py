"""What every way shares: the example, the drop, the text of a record, a place inside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dataprep import jsonio
from dataprep.example import Example, Record, content_id
from dataprep.finding import Drop, Place, UsageError, excerpt
from dataprep.recipe import Source
from dataprep.templates import compile_template


class Running:
    """The running text of a record, and which line of the file an offset stands on.

    Only a text file has its text's lines: a row stands on its own line whatever it holds, and
    what was extracted from a document has none.
    """

    def __init__(self, record: Record, text: str) -> None:
        self.record = record
        self.text = text
        self._has_lines = record.place.line is None and not record.place.path
        self._known = (0, 1)

    def place(self, offset: int) -> Place:
        """The place of a code point of the text; quick when asked in ascending order."""
        if not self._has_lines:
            return self.record.place
        at, line = self._known if self._known[0] <= offset else (0, 1)
        line += self.text.count("\n", at, offset)
        self._known = (offset, line)
        return msgspec.structs.replace(self.record.place, line=line)

    def unmatched(self, start: int, end: int, reason: str = "no-match") -> Drop:
        """A part of the text that gives no example; its place is its first visible character."""
        part = self.text[start:end]
        place = self.place(start + len(part) - len(part.lstrip()))
        return Drop(unit="block", reason=reason, place=place, detail=excerpt(part.strip()))


def running(record: Record, source: Source) -> Running | Drop:
    """The record's field `text`, or the one that the recipe names; a drop when it has none."""
    name = source.text or "text"
    text = record.value.get(name) if isinstance(record.value, dict) else None
    if not isinstance(text, str):
        return dropped(record, "no-text", f"no text in {name!r}")
    return Running(record, text) if text.strip() else dropped(record, "empty-text")


def example(
    record: Record,
    source: Source,
    shape: str,
    pair: tuple[str, str],
    *,
    fields: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    label: str | None = None,
    place: Place | None = None,
) -> Example:
    """An example from a pair of prompt and completion as found.

    The recipe's templates, where given, write it anew from `fields`, or from `input` and
    `output`. The id is a hash of the shape, the pair and `data`, and says nothing of the file.
    """
    row = record.value if isinstance(record.value, dict) else {}
    known = {"input": pair[0], "output": pair[1], **(fields or {})}
    apart = {key: value for key, value in (data or {}).items() if key != "file"}
    return Example(
        id=content_id(shape, *pair, canonical(apart)),
        file=record.place.file,
        line=(place or record.place).line,
        shape=shape,
        input=render(source.prompt, known, "prompt") if source.prompt else pair[0],
        output=render(source.completion, known, "completion") if source.completion else pair[1],
        system=render(source.system, known, "system") if source.system else None,
        label=named(row, source.label or label),
        group=named(row, source.group),
        data=canonical(data or {}),
    )


def render(template: str, fields: Mapping[str, Any], name: str) -> str:
    """The text of one template of the recipe."""
    return compile_template(template, name)(fields)


def named(row: Mapping[str, Any], column: str | None) -> str | None:
    """The value of a column as text, for strata and groups; None where there is none."""
    value = row.get(column) if column else None
    return None if value is None else as_text(value)


def as_text(value: Any) -> str:
    """A JSON value as a person would write it: text as it is, all else as JSON."""
    return value if isinstance(value, str) else canonical(value)


def canonical(value: Any) -> str:
    """The one spelling of a JSON value, as text."""
    return jsonio.canonical(value).decode()


def dropped(record: Record, reason: str, detail: str = "") -> Drop:
    """The record that gives no example."""
    return Drop(unit="record", reason=reason, place=record.place, detail=excerpt(detail))


def title_of(record: Record) -> str:
    """The title that the record brings, else the name of its file without folder and suffix."""
    title = record.value.get("title") if isinstance(record.value, dict) else None
    if isinstance(title, str) and title.strip():
        return title.strip()
    name = record.place.file.replace("\\", "/").rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[0] or name


def no_templates(source: Source, way: str) -> None:
    """Refuse templates where a way has no use for them; raises UsageError."""
    given = [n for n in ("prompt", "completion", "system") if getattr(source, n) is not None]
    if given:
        words = " and ".join(given)
        raise UsageError(
            f"the way {way!r} has no use for the template of {words}.",
            f"Remove {words} from the source, or choose another way.",
        )
