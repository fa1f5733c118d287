"""The console, and what may be shown on it: text from data never reaches a terminal raw."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.text import Text

from dataprep.finding import Severity

STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}

NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def console(stream: TextIO) -> Console:
    """A console on a stream: colour only on a terminal, and none where NO_COLOR is set."""
    return Console(file=stream, highlight=False, emoji=False, markup=False)


def printable(text: str) -> str:
    """The text on one line, with a replacement character for each character that is no print."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def plain(text: str, style: str = "") -> Text:
    """Text for a console, safe to print and never read as markup."""
    return Text(printable(text), style=style)


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 error, 1,200 errors."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
