"""The console, and what may be shown on it: text from data never reaches a terminal raw."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderHook, RenderResult
from rich.text import Text

from dataprep.finding import Severity
from dataprep.patterns import LatePattern

STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}

NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


_OBEYED = LatePattern(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""What a terminal obeys or hides: controls, marks of direction, tags; and what is no character."""


def console(stream: TextIO | None = None, *, quiet: bool = False) -> Console:
    """A console on a stream, standard error where none is given: the only way to a terminal.

    Colour only on a terminal, and none where NO_COLOR is set. Square brackets are brackets, a
    text that is given as `str` is one line, and nothing in any text is obeyed. Lines are wrapped
    on a terminal alone, and there between words: a path or a command stays whole in a pipe.
    """
    made = _Screen(
        file=stream,
        stderr=stream is None,
        quiet=quiet,
        highlight=False,
        emoji=False,
        markup=False,
        force_jupyter=False,  # a notebook's cell is no stream
    )
    made.push_render_hook(_Harmless())
    if not made.is_terminal:
        made.width = _ENDLESS
    return made


_ENDLESS = 1_000_000
"""Columns where nobody looks on: as many as a table has any use for."""


class _Screen(Console):
    def print(self, *objects: Any, **more: Any) -> None:
        """Print texts as lines, each on its own; no word of them is cut, and no command.

        `soft_wrap` leaves a `Text` to the terminal, and has no meaning for a `str`.
        """
        shown = [plain(each) if isinstance(each, str) else each for each in objects]
        texts = [each for each in shown if isinstance(each, Text)]
        said = all(isinstance(each, str) for each in objects)
        if texts and len(texts) == len(shown) and (said or not more.get("soft_wrap")):
            if self.is_terminal:
                shown = [Text("\n").join(wrapped(each, self.width)) for each in texts]
            more["soft_wrap"] = True
        super().print(*shown, **more)


def wrapped(text: Text, width: int) -> list[Text]:
    """The lines of a text, each of at most `width` columns or one long word; words stay whole.

    So do commands, as somebody copies them: one that is too long ends its line.
    """
    return [part for line in text.split("\n", allow_blank=True) for part in _between(line, width)]


def _between(line: Text, width: int) -> list[Text]:
    """A line, divided between words where it would be wider."""
    breaks, begun = [], 0
    for start, end in _words(line.plain, width):
        if begun < start and cell_len(line.plain[begun:end]) > width:
            begun = start
            breaks.append(begun)
    parts = list(line.divide(breaks))
    for part in parts[:-1]:
        part.rstrip()
    return parts


def _words(line: str, width: int) -> Iterator[tuple[int, int]]:
    """Where each word begins and ends; a command is one, unless a sentence goes on behind it."""
    position = 0
    while word := _WORD.search(line, position):
        command = _COMMAND.match(line, word.start())
        if command and (cell_len(command[0]) <= width or not command[0].endswith(_STOPS)):
            word = command
        yield word.span()
        position = word.end()


_STOPS = (".", ",", ";", ":", ")")
_WORD = LatePattern(r"\S+")
_COMMAND = LatePattern(r"dataprep [a-z].*?(?:(?<=[^.])[.,;:)](?=\s)|$)")
"""From the name of the command to the end of its part of a sentence."""


def rule(console: Console, head: str = "") -> None:
    """Print a line across the screen that begins with a head, which is never cut."""
    dash = "-" if console.options.ascii_only else "\N{BOX DRAWINGS LIGHT HORIZONTAL}"
    width = console.width if console.is_terminal else _RULE
    before = plain(f"{head} " if head else "")
    line = before.append(dash * max(width - before.cell_len, 0), "dim")
    line.rstrip()
    console.print(line, soft_wrap=True)


_RULE = 80
"""Columns of a rule where nobody looks on."""


class _Harmless(RenderHook):
    """Takes what a terminal obeys out of whatever is printed; Rich adds its own behind it."""

    def process_renderables(self, renderables: list[Any]) -> list[Any]:
        return [_Washed(each) for each in renderables]


class _Washed:
    """A renderable whose text holds a replacement character for each that a terminal obeys."""

    def __init__(self, renderable: RenderableType) -> None:
        self._renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for part in console.render(self._renderable, options):
            clean = (
                part.text if part.control else _OBEYED.sub("\N{REPLACEMENT CHARACTER}", part.text)
            )
            yield part if clean == part.text else part._replace(text=clean)


def printable(text: str) -> str:
    """The text on one line, with a replacement character for each character that is no print."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def plain(text: str, style: str = "") -> Text:
    """Text for a console, safe to print and never read as markup."""
    return Text(printable(text), style=style)


def plain_lines(text: str) -> Text:
    """The same for a text of several lines."""
    lines = text.replace("\r\n", "\n").replace("\t", "    ").split("\n")
    return Text("\n".join(map(printable, lines)))


def write(text: str, stream: TextIO) -> None:
    """Write JSON, or lines of our own, to a stream.

    What a terminal obeys stands as its escape, and so does what the encoding of the stream lacks.
    """
    escaped = _escaped(text)
    try:
        escaped.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        escaped = "".join(c if c.isascii() else json.dumps(c)[1:-1] for c in escaped)
    stream.write(escaped)


def harmless(document: bytes) -> bytes:
    """The same for a document of JSON in UTF-8."""
    if document.isascii() and b"\x7f" not in document:
        return document
    return _escaped(document.decode()).encode()


def _escaped(text: str) -> str:
    return _OBEYED.sub(lambda found: json.dumps(found[0])[1:-1].replace("\x7f", "\\u007f"), text)


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 error, 1,200 errors."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
