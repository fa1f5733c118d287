"""C505: an answer that says again what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from dataprep.checks.context import Context
from dataprep.finding import Finding, Place
from dataprep.formats import CHAT, Plain, RowFormat, RowRead, pieces_of
from dataprep.formats.meanings import holds_options
from dataprep.rules import found

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

SHORTEST = 12
"""Characters from which on a repeated text is an echo; "yes" may well answer "yes"."""

_SPARE = 16
"""Characters by which two texts may differ in length and still be the same but for spaces."""


class Echoes:
    """Holds the answer of each row against the texts before it, without case and spaces."""

    codes: tuple[str, ...] = ("C505",)

    def __init__(self, context: Context) -> None:
        self._found: list[Finding] = []

    def add(self, read: RowRead, place: Place, part: str) -> None:
        """Look at one row."""
        if read.reading is None:
            return
        answer = read.reading.answer
        if answer is None or len(answer) < SHORTEST:
            return
        pieces = list(pieces_of(read.reading))
        last = max((n for n, piece in enumerate(pieces) if piece.text is answer), default=0)
        for piece in pieces[:last]:
            if not holds_options(piece.path) and _same(piece.text, answer):
                self._found.append(_echo(place.file, place.line, piece.path))
                return

    def add_plain(self, rows: Plain, form: RowFormat, file: str, part: str) -> None:
        """Look at many rows that are text alone; at texts that are about as long as the answer."""
        found = -1
        for near in _as_long(rows):
            if near.row != found and _same(near.text, near.answer):
                found = near.row
                path = f"messages[{near.number}].content" if form is CHAT else "prompt"
                self._found.append(_echo(file, int(rows.lines[near.row]), path))

    def findings(self) -> Iterator[Finding]:
        """The echoes, in the order of reading."""
        return iter(self._found)


class _NearText(NamedTuple):
    """A text before an answer, as the `number`th of its row."""

    row: int
    number: int
    text: str
    answer: str


def _as_long(rows: Plain) -> Iterator[_NearText]:
    """The texts that are about as long as the answer of their row, in their order."""
    import numpy as np

    sizes = rows.content.str.len_chars().to_numpy().astype(np.int64)
    ends = rows.counts.cumsum()
    row = np.repeat(np.arange(len(ends)), rows.counts)
    answers = sizes[ends - 1][row]
    near = (answers >= SHORTEST) & (np.abs(sizes - answers) <= _SPARE)
    near[ends - 1] = False
    at = np.flatnonzero(near)
    at = at[_begin_alike(rows.content.gather(at), rows.answers.gather(row[at]))]
    of = row[at]
    numbers = at - (ends - rows.counts)[of]
    texts = rows.content.gather(at).to_list(), rows.answers.gather(of).to_list()
    return map(_NearText, of.tolist(), numbers.tolist(), *texts)


def _begin_alike(texts: pl.Series, answers: pl.Series) -> np.ndarray:
    """Whether each text may begin as its answer does: not where both do with letters of ASCII."""
    one, other = (column.str.slice(0, 1).str.to_lowercase() for column in (texts, answers))
    letters = one.str.contains("[a-z]") & other.str.contains("[a-z]")
    return ((one == other) | ~letters).to_numpy()


def _same(text: str, answer: str) -> bool:
    """Whether they are so; the first characters tell most apart, where neither is a space."""
    if abs(len(text) - len(answer)) > _SPARE:
        return False
    one, other = text[:1], answer[:1]
    if one != other and one.isalpha() and other.isalpha() and one.casefold() != other.casefold():
        return False
    return _plain(text) == _plain(answer)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _echo(file: str, line: int | None, path: str) -> Finding:
    return found("C505", f"the answer repeats {path}", Place(file=file, line=line))
