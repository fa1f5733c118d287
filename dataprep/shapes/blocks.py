"""Question-answer blocks in running text: recognised, counted, and the rest reported.

Three styles: `Q:` and `A:` lines; headings `### Prompt` and `### Completion` (also Instruction,
Input and Response); YAML front matter with `prompt`, whose body is the completion unless there
is a key `completion`. A `Q:`/`A:` answer ends at a blank line, unless what follows is indented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding
from dataprep.formats.example_of import dropped, example
from dataprep.patterns import LatePattern
from dataprep.recipe import Source
from dataprep.shapes.front_matter import front_matter
from dataprep.shapes.running_text import running, title_of

Style = Literal["Q:/A:", "### Prompt/### Completion", "front matter"]

_LABEL = LatePattern(
    r"^ {0,3}(?:\*\*|__)?(?:(?P<prompt>Q|Question)|(?P<completion>A|Answer))(?: ?\d{1,4})?"
    r"(?::(?:\*\*|__)?|(?:\*\*|__):)(?!\S)",
    re.MULTILINE,
)
_HEADING = LatePattern(
    r"^#{1,6}[ \t]+(?:(?P<prompt>prompt|instruction|question)|(?P<context>input|context)"
    r"|(?P<completion>completion|response|answer|output))[ \t]*+(?::[ \t]*+)?\r?$",
    re.MULTILINE | re.IGNORECASE,
)
_STRAY = LatePattern(r"(?<=\S)[ \t]*+\r?\n(?:[ \t]*+\r?\n)++(?=\S)")


class Block(NamedTuple):
    """A question with its answer; `start` and `end` in code points."""

    start: int
    end: int
    prompt: str
    completion: str


class Blocks(NamedTuple):
    """What one style recognises in a text; `rest` are the parts that are no block."""

    style: Style
    found: list[Block]
    rest: list[tuple[int, int]]

    @property
    def share(self) -> float:
        """The share of the characters that stand in blocks."""
        inside = sum(block.end - block.start for block in self.found)
        outside = sum(end - start for start, end in self.rest)
        return inside / (inside + outside) if inside else 0.0


class _Segment(NamedTuple):
    """A part from one mark to the next; what it says begins at `body`."""

    role: str
    start: int
    body: int
    end: int


def shape(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """One example a block, in order, and a drop with its line for what is no block."""
    inside = running(record, source)
    if isinstance(inside, Drop):
        yield inside
        return
    blocks = recognise(inside.text)
    for start, end in blocks.rest:
        yield inside.unmatched(start, end)
    about = {"title": title_of(record), "file": record.place.file}
    for block in blocks.found:
        fields = {"prompt": block.prompt, "completion": block.completion, **about}
        pair, place = (block.prompt, block.completion), inside.place(block.start)
        yield example(record, source, "qa", pair, fields=fields, place=place)
    if not blocks.found:
        yield dropped(record, "no-match", "no question-answer block")


def recognise(text: str) -> Blocks:
    """The blocks of front matter with a prompt, else of the style of which there are most."""
    if blocks := _front_matter(text):
        return blocks
    headings = _paired("### Prompt/### Completion", text, _segments(text, _HEADING))
    labels = _paired("Q:/A:", text, _segments(text, _LABEL, _STRAY))
    return max(headings, labels, key=lambda blocks: len(blocks.found))


def _front_matter(text: str) -> Blocks | None:
    matter = front_matter(text)
    if matter is None:
        return None
    prompt = matter.fields.get("prompt", "").strip()
    body = text[matter.body :].strip()
    given = matter.fields.get("completion", "").strip()
    if not prompt or not (given or body):
        return None
    end = matter.body if given else len(text)
    rest = [(end, len(text))] if given and body else []
    return Blocks("front matter", [Block(0, end, prompt, given or body)], rest)


def _segments(
    text: str, mark: LatePattern[str], stray: LatePattern[str] | None = None
) -> Iterator[_Segment]:
    """The text cut at its marks, and once more where a stray paragraph follows a marked one."""
    held = _Segment("stray", 0, 0, 0)
    for match in [*mark.finditer(text), None]:
        until = match.start() if match else len(text)
        split = stray.search(text, held.body, until) if stray and held.role != "stray" else None
        yield held._replace(end=split.end() if split else until)
        if split:
            yield _Segment("stray", split.end(), split.end(), until)
        if match:
            held = _Segment(match.lastgroup or "stray", match.start(), match.end(), until)


def _paired(style: Style, text: str, segments: Iterator[_Segment]) -> Blocks:
    """A prompt, contexts after it, then a completion make a block; the rest is reported."""
    blocks = Blocks(style, [], [])
    held: list[_Segment] = []
    for segment in segments:
        if segment.role == "completion" and held and _close(blocks, text, [*held, segment]):
            held = []
        elif segment.role == "context" and held:
            held.append(segment)
        else:
            blocks.rest.extend((s.start, s.end) for s in held)
            held = []
            if segment.role in ("prompt", "context"):
                held = [segment]
            elif text[segment.start : segment.end].strip():
                blocks.rest.append((segment.start, segment.end))
    blocks.rest.extend((s.start, s.end) for s in held)
    return blocks


def _close(blocks: Blocks, text: str, parts: list[_Segment]) -> bool:
    """Add the block that the parts make; False when a side of it is empty."""
    *asked, answered = (text[part.body : part.end].strip() for part in parts)
    prompt = "\n\n".join(part for part in asked if part)
    if not prompt or not answered:
        return False
    blocks.found.append(Block(parts[0].start, parts[-1].end, prompt, answered))
    return True
