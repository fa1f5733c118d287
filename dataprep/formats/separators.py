"""C511: marks that completion models wanted at the ends of prompts and answers, in a whole file.

OpenAI's guide of 2022 asked for a separator at the end of every prompt, a blank before every
answer and a stop word behind it; its `prepare_data` proposed the marks below. A chat model, or a
T5, learns to wait for them and to write them. They are marks only where every row has the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dataprep.finding import Fault
from dataprep.formats.format import Reading
from dataprep.patterns import LatePattern

LEAST = 3
"""Rows from which on a common ending is a mark, and no chance."""

_ASKED = LatePattern(
    r"(?<!\s)\s*+(?:(?<!#)#{3,}+|(?<!=)={3,}+>?|(?<!-)-{3,}+>?|[-=]>|\|\|\||<sep>|\[SEP\])\s*\Z"
)
_ANSWERED = LatePattern(
    r"(?<!\s)\s*+(?:\bEND|\[END\]|<END>|\bSTOP|\[STOP\]|(?<!#)#{3,}+|\*\*\*|\+\+\+|&&&|\$\$\$|@@@"
    r"|%%%|<\|endoftext\|>)\s*\Z"
)
_LINE_END = LatePattern(r"(?<!\n)\n++\Z")


@dataclass(frozen=True, slots=True)
class Separators:
    """The marks of one file: at the end of what is asked, around what is answered."""

    asked: str = ""
    before: str = ""
    answered: str = ""

    def cut(self, reading: Reading) -> list[Fault]:
        """Take the marks from the texts of a reading, and say where they stood."""
        words: dict[str, str] = {}
        for number, message in enumerate(reading.messages):
            text = message.get("content")
            if not isinstance(text, str) or (bare := self.bare(message["role"], text)) == text:
                continue
            path = f"messages[{number}].content"
            path = reading.places.get(path, path)
            words[path] = f"{path} {self._words(message['role'])}"
            reading.messages[number] = {**message, "content": bare}
            if reading.pieces is not None:
                reading.pieces = [
                    piece._replace(text=bare) if piece.text is text else piece
                    for piece in reading.pieces
                ]
        return [Fault("C511", next(iter(words)), "; ".join(words.values()))] if words else []

    def bare(self, role: str, text: str) -> str:
        """A text without the marks of its role."""
        if role == "user":
            return text.removesuffix(self.asked)
        if role == "assistant":
            return text.removeprefix(self.before).removesuffix(self.answered)
        return text

    def _words(self, role: str) -> str:
        if role == "user":
            return f"ends with {self.asked!r}, like all"
        marks = [f"begins with {self.before!r}"] if self.before else []
        marks += [f"ends with {self.answered!r}"] if self.answered else []
        return f"{' and '.join(marks)}, like all"


def separators_of(readings: Iterable[Reading]) -> Separators | None:
    """The marks that every row has; None where there are none, or too few rows to say so."""
    known = [r for r in readings if r.kind in ("pair", "chat", "preference")]
    asked, answered = list(_texts(known, "user")), list(_texts(known, "assistant"))
    if len(known) < LEAST or not asked or not answered:
        return None
    ending = _common(asked, _ASKED)
    stop = _common(answered, _ANSWERED)
    if ending and not stop:
        stop = _common(answered, _LINE_END)
    if not ending and not stop:
        return None
    blank = all(text.startswith(" ") and text.strip() for text in answered)
    return Separators(ending, " " if blank else "", stop)


def stripped(role: str, text: str) -> str:
    """A text without any mark that its role may have, where its file is known to have marks."""
    if role == "user":
        return _ASKED.sub("", text)
    if role == "assistant":
        return _LINE_END.sub("", _ANSWERED.sub("", text)).removeprefix(" ")
    return text


def _texts(readings: Sequence[Reading], role: str) -> Iterator[str]:
    for reading in readings:
        for message in reading.messages:
            if message["role"] == role and isinstance(text := message.get("content"), str):
                yield text


def _common(texts: Sequence[str], mark: LatePattern[str]) -> str:
    """What a pattern finds at the end of every text, if it is the same; else nothing."""
    ends = {found[0] if (found := mark.search(text)) else "" for text in texts}
    end = ends.pop() if len(ends) == 1 else ""
    return end if all(len(text) > len(end) for text in texts) else ""
