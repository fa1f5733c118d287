"""What every kind of task has in common: it reads answers, and writes the agreed one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from dataprep.annotation import BadSpan, Result, Span
from dataprep.example import Turn
from dataprep.shapes.partition import Partition

Problems = list[tuple[str, str]]
"""What is wrong with an annotation: the codes of rules, and words."""

ReadRegion = Callable[[dict[str, Any]], Span | BadSpan]


class SeenText(msgspec.Struct, frozen=True, gc=False):
    """What annotators had before them: the text, the whole data, and how its regions are read.

    Of several texts that are shown as one, `pieces` tell by name where each begins, and what it is.
    """

    text: str
    data: Mapping[str, Any]
    region: ReadRegion
    pieces: Mapping[str, tuple[int, SeenText]] = {}


class WrittenAnswer(msgspec.Struct, frozen=True, gc=False):
    """One example to be: what is answered, its stratum, and the fields that templates see.

    `rejected` is the worse answer of a preference; `text` stands for the text that was seen, and
    `shape` for the name of the kind.
    """

    completion: str
    label: str | None
    fields: dict[str, Any]
    rejected: str | None = None
    turns: Sequence[Turn] = ()
    text: str | None = None
    shape: str = ""


class AnswerKind(Protocol):
    """How the answers of one or more controls become examples.

    `reads` are the names of the controls; `relations` says whether relations are read too, and
    `parts` whether regions of a text are. `partition` tells how annotators decide on each part of
    an answer by itself; without it they agree on the whole. An answer that cannot be written is
    dropped as `unwritten`.
    """

    @property
    def name(self) -> str: ...
    @property
    def instruction(self) -> str: ...
    @property
    def reads(self) -> frozenset[str]: ...
    @property
    def relations(self) -> bool: ...
    @property
    def parts(self) -> bool: ...
    @property
    def partition(self) -> Partition | None: ...
    @property
    def unwritten(self) -> str: ...

    def read(self, results: Sequence[Result], seen: SeenText) -> tuple[Any, Problems]:
        """The answer of one annotation, falsy where it has none."""

    def write(self, answer: Any, seen: SeenText) -> Iterable[WrittenAnswer]:
        """What an agreed answer gives."""
