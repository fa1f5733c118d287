"""C505: an answer that says again what was asked."""

from __future__ import annotations

from collections.abc import Iterator

from dataprep.checks.context import Context
from dataprep.finding import Finding, Place
from dataprep.formats import CHAT, Plain, RowFormat, RowRead, pieces_of
from dataprep.formats.meanings import holds_options
from dataprep.rules import found

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
        """Look at many rows that are text alone."""
        chat = form is CHAT
        for line, answer, texts in zip(rows.lines, rows.answers, rows.texts, strict=True):
            size = len(answer)
            if size < SHORTEST:
                continue
            least, most = size - _SPARE, size + _SPARE
            for number, text in enumerate(texts[:-1]):
                if least <= len(text) <= most and _same(text, answer):
                    path = f"messages[{number}].content" if chat else "prompt"
                    self._found.append(_echo(file, line, path))
                    break

    def findings(self) -> Iterator[Finding]:
        """The echoes, in the order of reading."""
        return iter(self._found)


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
