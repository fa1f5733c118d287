"""C505: an answer that says again what was asked."""

from __future__ import annotations

from collections.abc import Iterator

from dataprep.checks.context import Context, Format, Plain, Row
from dataprep.checks.formats import TURN
from dataprep.finding import Finding, Place
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

    def add(self, row: Row, form: Format, place: Place, part: str) -> None:
        """Look at one row."""
        answer = form.answer(row)
        if answer is None or len(answer) < SHORTEST:
            return
        texts = list(form.texts(row))
        last = max((n for n, (_, text) in enumerate(texts) if text is answer), default=0)
        for path, text in texts[:last]:
            if _same(text, answer):
                self._found.append(_echo(place.file, place.line, path))
                return

    def add_plain(self, rows: Plain, form: Format, file: str, part: str) -> None:
        """Look at many rows that are text alone."""
        chat = form.name == "openai-chat"
        for line, asked, answer in zip(*rows, strict=True):
            if len(answer) < SHORTEST or len(asked) + _SPARE < len(answer):
                continue
            turns = asked.split(TURN)[1::2] if chat else (asked,)
            for number, text in enumerate(turns):
                if _same(text, answer):
                    path = f"messages[{number}].content" if chat else "prompt"
                    self._found.append(_echo(file, line, path))
                    break

    def findings(self) -> Iterator[Finding]:
        """The echoes, in the order of reading."""
        return iter(self._found)


def _same(text: str, answer: str) -> bool:
    return abs(len(text) - len(answer)) <= _SPARE and _plain(text) == _plain(answer)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _echo(file: str, line: int | None, path: str) -> Finding:
    return found("C505", f"the answer repeats {path}", Place(file=file, line=line))
