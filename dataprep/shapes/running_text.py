"""What the ways of raw text share: the text of a record, a place inside it, its title."""

from __future__ import annotations

import msgspec

from dataprep.example import Record
from dataprep.finding import Drop, Place, UsageError, excerpt
from dataprep.formats.example_of import dropped
from dataprep.recipe import Source


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


def title_of(record: Record) -> str:
    """The title that the record brings, else the name of its file without folder and suffix."""
    title = record.value.get("title") if isinstance(record.value, dict) else None
    if isinstance(title, str) and title.strip():
        return title.strip()
    name = record.place.file.replace("\\", "/").rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[0] or name


def no_templates(source: Source, way: str, but: str = "") -> None:
    """Refuse templates where a way has no use for them, `but` for one; raises UsageError."""
    names = (name for name in ("prompt", "completion", "system") if name != but)
    given = [name for name in names if getattr(source, name) is not None]
    if given:
        words = " and ".join(given)
        raise UsageError(
            f"the way {way!r} has no use for the template of {words}.",
            f"Remove {words} from the source, or choose another way.",
        )
