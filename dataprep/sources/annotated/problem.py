"""What is wrong with one line of an annotated corpus, before its file is known."""

from __future__ import annotations

from typing import NamedTuple

from dataprep.finding import Finding, Place
from dataprep.rules import found

_MEND = "Mend the line, or pass --drop-invalid to leave its document out."
_OF_ROWS = frozenset(("S001", "A002", "A003", "A013"))
"""Rules whose own remedies are about rows, and about tasks on a server of Label Studio."""


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
        remedy = self.remedy or (_MEND if self.code in _OF_ROWS else "")
        return found(self.code, self.message + said, place, remedy=remedy)


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 span`, `2 spans`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
