"""A terminal of so many columns: commands are typed into it, and what it shows is read as text."""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import struct
import subprocess
import termios
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PIECE = re.compile(r"\x1b\[(\??[\d;]*)([@-~])|\x1b.?|[\x00-\x1f\x7f-\x9f]|[^\x00-\x1f\x7f-\x9f]+")
_COLOURS = frozenset(map(str, (0, 1, 2, 3, 4, *range(30, 38), *range(40, 48), *range(90, 98))))
"""What our own text may be set in: bold, dim, italic, underlined and colours."""


_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class ObeyedError(AssertionError):
    """The terminal was told something that none of our own words tells it."""


@dataclass(slots=True)
class Screen:
    """What stands on a terminal that never scrolls away: lines, and where the cursor is.

    It knows what Rich's bars and colours need; anything else that a terminal obeys is an error.
    """

    columns: int
    rows: list[str] = field(default_factory=lambda: [""])
    goes_on: set[int] = field(default_factory=set)
    """The rows that go on in the next one, because a line was wider than the terminal."""
    row: int = 0
    column: int = 0

    def write(self, said: str) -> None:
        """Take what a program wrote."""
        for piece in _PIECE.finditer(said):
            if piece[2]:
                self._obey(piece[1], piece[2])
            elif piece[0][0] == "\x1b":
                raise ObeyedError(f"escape sequence {said[piece.start() : piece.start() + 12]!r}")
            elif piece[0] == "\r":
                self.column = 0
            elif piece[0] == "\n":
                self._down()
            elif unicodedata.category(piece[0][0]) == "Cc":
                raise ObeyedError(f"control character {piece[0]!r}")
            else:
                for character in piece[0]:
                    if character in _DIRECTIONS:
                        raise ObeyedError(f"mark of direction {character!r}")
                    self._put(character)

    def lines(self) -> list[str]:
        """The lines as they were written, each whole, however many rows it takes."""
        found: list[str] = []
        for number, row in enumerate(self.rows):
            if number and number - 1 in self.goes_on:
                found[-1] += row
            else:
                found.append(row)
        return [line.rstrip() for line in found]

    def text(self) -> str:
        """The rows as they are seen, without blanks at their ends."""
        return "\n".join(row.rstrip() for row in self.rows).rstrip("\n") + "\n"

    def _obey(self, numbers: str, letter: str) -> None:
        number = int(numbers or 0) if numbers.isdigit() or not numbers else 0
        if letter == "m" and set((numbers or "0").split(";")) <= _COLOURS:
            return
        if letter in "hl" and numbers == "?25":
            return
        if letter == "A":
            self.row = max(self.row - (number or 1), 0)
        elif letter == "K" and number in (0, 2):
            kept = self.rows[self.row][: self.column] if number == 0 else ""
            self.rows[self.row] = kept
            self.goes_on.discard(self.row)
        else:
            raise ObeyedError(f"escape sequence ESC [ {numbers} {letter}")

    def _put(self, character: str) -> None:
        wide = width(character)
        if self.column + wide > self.columns:
            self.goes_on.add(self.row)
            self._down()
            self.column = 0
        row = self.rows[self.row].ljust(self.column)
        # Rows with wide characters are written once, from left to right.
        self.rows[self.row] = (
            row + character
            if width(row) == self.column
            else row[: self.column] + character + row[self.column + 1 :]
        )
        self.column += wide

    def _down(self) -> None:
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append("")


def width(text: str) -> int:
    """The columns that a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


@dataclass(frozen=True, slots=True)
class Typed:
    """A command line, what it left with, and the terminal behind it."""

    line: str
    code: int
    screen: Screen

    @property
    def offered(self) -> str:
        """The command that the end of the screen names as the next one; empty where none."""
        last = " ".join([line.strip() for line in self.screen.lines() if line][-2:])
        found = re.search(r"(?:Next|See first|means|roads): (dataprep .+)$", last)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Terminal:
    """Types commands in a folder; `program` is what `dataprep` stands for."""

    columns: int
    folder: Path
    program: Sequence[str | Path]
    environment: dict[str, str]

    def type(self, line: str) -> Typed:
        """Run one command line to its end."""
        ours, its = os.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, self.columns, 0, 0))
        unset = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")
        kept = {name: value for name, value in self.environment.items() if name not in unset}
        with subprocess.Popen(
            [*self.program, *shlex.split(line)[1:]],
            cwd=self.folder,
            env={**kept, "TERM": "xterm", "LC_ALL": "C.UTF-8"},
            stdin=its,
            stdout=its,
            stderr=its,
        ) as process:
            os.close(its)
            said = b""
            while piece := _read(ours):
                said += piece
        os.close(ours)
        screen = Screen(self.columns)
        screen.write(said.decode())
        return Typed(line, process.returncode, screen)


def _read(terminal: int) -> bytes:
    """What was written to a terminal; empty where nobody has it open any more."""
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so that the other end is closed
        return b""
