"""What is wrong with one line of an annotated corpus, before its file is known."""

from __future__ import annotations

from typing import NamedTuple

from dataprep.finding import Finding, Place
from dataprep.rules import found


class LineProblem(NamedTuple):
    """The rule that a line breaks, in words; lines count from 1, and 0 is the whole document."""

    line: int
    code: str
    message: str
    remedy: str = ""

    def finding(self, name: str, more: int = 0) -> Finding:
        """The finding, with how many more problems its document has."""
        said = f"; {more:,} more in this document" if more else ""
        place = Place(file=name, line=self.line or None)
        return found(self.code, self.message + said, place, remedy=self.remedy)


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 span`, `2 spans`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
