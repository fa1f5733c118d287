"""One control, one answer: a class, a text, a path of a taxonomy, a rating, a number, a date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataprep import jsonio
from dataprep.annotation import Control, Result
from dataprep.shapes import classification, generation, values
from dataprep.shapes.kind import Problems, SeenText, WrittenAnswer
from dataprep.shapes.partition import ChoiceParts, choice_parts

_HELD = 4096
"""Labels whose lines are kept, where no config bounds their number."""


@dataclass(frozen=True, slots=True)
class Classes:
    """Choices: the label is the answer, and the stratum."""

    control: Control
    instruction: str
    reads: frozenset[str]
    name: str = "classification"
    relations: bool = False
    parts: bool = False
    unwritten: str = "only-rejected"
    known: dict[classification.ChosenLabels, WrittenAnswer] = field(default_factory=dict)

    @property
    def partition(self) -> ChoiceParts | None:
        """Where several may be chosen, each choice is decided on by itself."""
        return choice_parts(self.control)

    def read(self, results: Sequence[Result], seen: SeenText) -> tuple[Any, Problems]:
        """The chosen labels."""
        return classification.answer(results, self.control)

    def write(
        self, answer: classification.ChosenLabels, seen: SeenText
    ) -> tuple[WrittenAnswer, ...]:
        """The labels in one line, nothing where all that is agreed on is what is not right.

        `known` are the lines of single labels, which come again.
        """
        if written := self.known.get(answer):
            return (written,)
        if self.control.against:
            answer = tuple(label for label in answer if label not in self.control.against)
            if not answer:
                return ()
        joined = classification.joined(answer, self.control)
        written = WrittenAnswer(joined, joined, {"label": joined, "labels": list(answer)})
        if len(answer) == 1 and len(self.known) < _HELD:
            self.known[answer] = written
        return (written,)


@dataclass(frozen=True, slots=True)
class Texts:
    """A text area: each different text is an example."""

    control: Control
    instruction: str
    reads: frozenset[str]
    name: str = "generation"
    relations: bool = False
    parts: bool = False
    partition: None = None
    unwritten: str = ""

    def read(self, results: Sequence[Result], seen: SeenText) -> tuple[Any, Problems]:
        """The submitted texts."""
        return generation.answer(results, self.control)

    def write(self, answer: Any, seen: SeenText) -> Iterator[WrittenAnswer]:
        """One example a text."""
        for text in answer:
            yield WrittenAnswer(text, None, {})


@dataclass(frozen=True, slots=True)
class Values:
    """A taxonomy, a rating, a number or a date; `name` says which."""

    control: Control
    instruction: str
    reads: frozenset[str]
    name: str
    relations: bool = False
    parts: bool = False
    unwritten: str = ""

    @property
    def partition(self) -> ChoiceParts | None:
        """Where a taxonomy takes several paths, each is decided on by itself."""
        return choice_parts(self.control)

    def read(self, results: Sequence[Result], seen: SeenText) -> tuple[Any, Problems]:
        """The value, in a tuple so that zero is an answer too."""
        if self.name == "taxonomy":
            return values.paths_of(results, self.control)
        value, problems = values.value_of(results, self.control)
        return () if value is None else (value,), problems

    def write(self, answer: Any, seen: SeenText) -> Iterator[WrittenAnswer]:
        """The value as text; paths with semicolons between. A number is no stratum."""
        if self.name == "taxonomy":
            joined = "; ".join(answer)
            yield WrittenAnswer(joined, joined, {"label": joined, "paths": list(answer)})
            return
        (value,) = answer
        text = value if isinstance(value, str) else jsonio.dumps(value).decode()
        label = text if self.name == "rating" else None
        yield WrittenAnswer(text, label, {"value": value})
