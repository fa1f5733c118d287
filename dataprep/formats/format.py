"""What a row format is, and the shapes of what its functions take and give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dataprep.example import Example

Row = dict[str, Any]
Texts = Iterator[tuple[str, str]]
"""The JSON path and the text of everything that a person or a model wrote in a row."""

BuildRow = Callable[[Example], Row]


class NotTaken(Exception):
    """The reader of the target does not take such an example; it is dropped by this reason."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Format:
    """One format of fine-tuning files.

    `telling` are the keys of which one is enough to recognise a row; the schema has the
    format's `name`. The functions see only rows that keep the schema. `halves` gives what is
    asked and what is answered as bytes, for hashing; None where there is no answer. `texts`
    gives the JSON path and the text of everything that a person or a model wrote.
    """

    name: str
    telling: tuple[str, ...]
    answer: Callable[[Row], str | None]
    halves: Callable[[Row], tuple[bytes, bytes] | None]
    texts: Callable[[Row], Iterator[tuple[str, str]]]


class Plain(NamedTuple):
    """Rows that are text alone, sound but for what a watch finds, as columns.

    They stand in one file. `asked` is all that was said before the answer, turn by turn; `texts`
    are what was said, with the answer last.
    """

    lines: Sequence[int]
    asked: Sequence[str]
    answers: Sequence[str]
    texts: Sequence[Sequence[str]]
