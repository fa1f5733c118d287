"""Headings to their sections: the path of a heading is the prompt, its own text the completion.

Markdown headings with `#`, and headings underlined with `=` or `-`; not inside fenced code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding
from dataprep.formats.example_of import dropped, example, render
from dataprep.patterns import LatePattern
from dataprep.recipe import Source
from dataprep.shapes.front_matter import front_matter
from dataprep.shapes.running_text import Running, running, title_of

PROMPT = (
    '{% if section %}Write the section "{{ section }}" of "{{ title }}".'
    '{% else %}Write the beginning of "{{ title }}".{% endif %}'
)

_HEADING = LatePattern(
    r"^ {0,3}(?P<marks>#{1,6})[ \t]+(?P<atx>\S[^\r\n]*)\r?$"
    r"|(?:\A|(?<=\n))(?P<under>[^\s#>|`~=+*-][^\r\n]*)\r?\n {0,3}(?P<line>=+|-{2,})[ \t]*\r?$"
    r"|^ {0,3}(?P<fence>`{3,}|~{3,})",
    re.MULTILINE,
)


class Heading(NamedTuple):
    """A heading; its text begins at `body`. Offsets in code points."""

    level: int
    words: str
    start: int
    body: int


class Section(NamedTuple):
    """A heading with the headings above it, and the range of its own text."""

    path: tuple[str, ...]
    level: int
    start: int
    body: int
    end: int


def shape(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """One example a section that has text of its own.

    Templates may use `section` (the path below the title), `heading`, `title`, `level`, `path`,
    `text` and `file`. Reported are text before the first heading, and headings with
    neither text nor headings under them.
    """
    inside = running(record, source)
    if isinstance(inside, Drop):
        yield inside
        return
    text = inside.text
    matter = front_matter(text)
    begin = matter.body if matter else 0
    given = (matter.fields.get("title", "").strip() if matter else "") or title_of(record)
    found = headings(text, begin)
    title, made = _title(found, given), 0
    first = found[0].start if found else len(text)
    if text[begin:first].strip() and found:
        yield inside.unmatched(begin, first)
    parts = list(sections(found, len(text)))
    for part, following in zip(parts, [*parts[1:], None], strict=False):
        own = text[part.body : part.end].strip()
        if not own and following and following.level > part.level:
            continue
        if not own:
            yield inside.unmatched(part.start, part.body, "empty-section")
            continue
        made += 1
        yield _example(inside, source, part, title, own)
    if not made:
        yield dropped(record, "no-match", "no heading with text under it")


def _example(inside: Running, source: Source, part: Section, title: str, own: str) -> Example:
    record = inside.record
    below = part.path[1:] if part.path[0] == title else part.path
    fields = {
        "section": " / ".join(below),
        "heading": part.path[-1],
        "title": title,
        "level": part.level,
        "path": list(part.path),
        "text": own,
        "file": record.place.file,
    }
    pair = (render(PROMPT, fields, "prompt"), own)
    data = {"path": list(part.path), "title": title}
    place = inside.place(part.start)
    return example(record, source, "sections", pair, fields=fields, data=data, place=place)


def headings(text: str, begin: int = 0) -> list[Heading]:
    """The headings of a text from an offset on, in order."""
    found: list[Heading] = []
    fence: str | None = None
    for match in _HEADING.finditer(text, begin):
        if mark := match["fence"]:
            if fence is None:
                fence = mark
            elif mark.startswith(fence):
                fence = None
        elif fence is None and (match["marks"] or _stands_apart(text, match, begin, found)):
            found.append(_heading(match))
    return found


def _stands_apart(text: str, match: re.Match[str], begin: int, found: list[Heading]) -> bool:
    """Whether an underlined line is a heading: not the last line of a paragraph or a table."""
    before = text[max(begin, match.start() - 400) : match.start()].removesuffix("\n")
    after_heading = bool(found) and not text[found[-1].body : match.start()].strip()
    return after_heading or not before.rpartition("\n")[2].strip()


def _heading(match: re.Match[str]) -> Heading:
    if match["marks"]:
        words = re.sub(r"(?:^|(?<![ \t])[ \t]++)#++$", "", match["atx"].rstrip()) or match["atx"]
        return Heading(len(match["marks"]), words.strip(), match.start(), match.end())
    level = 1 if match["line"].startswith("=") else 2
    return Heading(level, match["under"].strip(), match.start(), match.end())


def sections(found: list[Heading], end: int) -> Iterator[Section]:
    """Each heading with those above it; its own text ends where the next heading begins."""
    above: list[Heading] = []
    for heading, until in zip(found, [*(h.start for h in found[1:]), end], strict=False):
        above = [h for h in above if h.level < heading.level] + [heading]
        path = tuple(h.words for h in above)
        yield Section(path, heading.level, heading.start, heading.body, until)


def _title(found: list[Heading], given: str) -> str:
    """The one heading above all others, when it stands first; else the title that was given."""
    if found and all(h.level > found[0].level for h in found[1:]) and len(found) > 1:
        return found[0].words
    return given
