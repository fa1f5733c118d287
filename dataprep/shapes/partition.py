"""The parts of an answer that annotators decide on one by one, and how they are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from dataprep import jsonio
from dataprep.annotation import Answered, BorderRule, Control, PartRole, PartUnit, Result

TWIN = "twin"
"""The same part twice in one annotation."""
MERGED = "merged"
"""The same part of another annotator."""
NO_LABEL = "no-label"
"""A region that was marked and given no label."""
DANGLING = "dangling"
"""A relation to a region that is not there, or is not one of the learned control."""

Given = dict[tuple[PartUnit, str], int]
"""How many parts an annotation holds by their unit, and why any of them is none ("" for others)."""

Held = Mapping[PartUnit, int]
"""How many different parts an answer holds, by their unit."""


class Partition(Protocol):
    """How the answers of a kind are made of parts.

    `applies` says whether the answers of a task have parts at all. `given` counts the parts in
    the results of an annotation and `held` those of an answer, `split` and `join` take an answer
    apart and put it together, `role` says what a part is to the consensus, `align` gives the
    regions of several annotators their agreed borders, and `described` tells of a part in JSON.
    """

    def applies(self, answers: Sequence[Answered[Any]]) -> bool: ...

    def given(self, results: Sequence[Result]) -> Given: ...

    def held(self, answer: Any) -> Held: ...

    def split(self, answer: Any) -> frozenset[Any]: ...

    def join(self, parts: frozenset[Any]) -> Any: ...

    def role(self, part: Any) -> PartRole: ...

    def align(
        self,
        answers: Sequence[frozenset[Any]],
        text: str,
        rule: BorderRule,
        decides: Callable[[int], bool],
    ) -> Sequence[frozenset[Any]]: ...

    def described(self, part: Any) -> dict[str, Any]: ...


@dataclass(slots=True)
class PartAccount:
    """What became of the parts of a task: given = kept + dropped, in every unit."""

    given: dict[PartUnit, int] = field(default_factory=dict)
    kept: dict[PartUnit, int] = field(default_factory=dict)
    dropped: dict[tuple[PartUnit, str], int] = field(default_factory=dict)

    def lose(self, given: Given, reason: str) -> None:
        """Count the parts of an annotation that goes no further."""
        for (unit, why), number in given.items():
            self.given[unit] = self.given.get(unit, 0) + number
            self._drop(unit, why or reason, number)

    def take(self, given: Given, held: Held) -> None:
        """Count the parts of an annotation whose answer holds so many different ones.

        What it holds twice is a twin. A relation that joins the region of another control, at the
        place of one that is learned, is none to nothing. Answers are counted as they were read.
        """
        if number := held.get("answer", 0):
            given = {**given, ("answer", ""): number}
        astray = held.get("relation", 0) - given.get(("relation", ""), 0)
        if astray > 0:
            dangling = given["relation", DANGLING] - astray
            given = {
                **given,
                ("relation", ""): held["relation"],
                ("relation", DANGLING): dangling,
            }
        for (unit, why), number in given.items():
            self.given[unit] = self.given.get(unit, 0) + number
            self._drop(unit, why or TWIN, number if why else number - held.get(unit, 0))

    def give(self, held: Held) -> None:
        """Count parts of an answer that are told apart among others, and were one by themselves."""
        for unit, number in held.items():
            self.given[unit] = self.given.get(unit, 0) + number

    def keep(self, held: Held) -> None:
        """Count the parts of an answer that goes on."""
        for unit, number in held.items():
            self.kept[unit] = self.kept.get(unit, 0) + number

    def drop(self, held: Held, reason: str) -> None:
        """Count the parts of an answer that goes no further."""
        for unit, number in held.items():
            self._drop(unit, reason, number)

    def withdraw(self, held: Held, reason: str) -> None:
        """Count the parts of an answer that was agreed on and cannot be written."""
        for unit, number in held.items():
            self.kept[unit] -= number
        self.drop(held, reason)

    def uncount(self, other: PartAccount, reason: str, times: int) -> None:
        """Take back so many copies of another account, whose parts were dropped with a reason."""
        for unit, number in other.given.items():
            self.given[unit] -= number * times
        for unit, number in other.kept.items():
            self._drop(unit, reason, -number * times)
        for (unit, why), number in other.dropped.items():
            self._drop(unit, why, -number * times)

    def _drop(self, unit: PartUnit, reason: str, number: int) -> None:
        if number:
            left = self.dropped.get((unit, reason), 0) + number
            self.dropped[unit, reason] = left
            if not left:
                del self.dropped[unit, reason]


class Chosen(NamedTuple):
    """One of several choices of a control; the control is empty where there is but one."""

    control: str
    choice: str


class Filled(NamedTuple):
    """What one control was answered, as canonical JSON; a whole that is not taken apart."""

    control: str
    value: str


@dataclass(frozen=True, slots=True)
class ChoiceParts:
    """The choices of a control that takes several; `key` is where a result holds them.

    Without a labeling config it is not known of a choice whether it is one of `several`.
    """

    control: Control
    key: Literal["choices", "taxonomy"]

    @property
    def several(self) -> bool:
        """Whether it is known that several may be chosen."""
        return self.control.multiple or self.key == "taxonomy"

    def applies(self, answers: Sequence[Answered[Any]]) -> bool:
        """Where several may be chosen; without a config, where somebody chose several."""
        return self.several or any(len(a.answer) > 1 for a in answers)

    def given(self, results: Sequence[Result]) -> Given:
        """Every choice of every result."""
        mine = (r for r in results if r.from_name == self.control.name)
        return {("choice", ""): sum(len(items_of(r, self.key)) for r in mine)}

    def held(self, answer: Sequence[str]) -> Held:
        """Every choice of the answer."""
        return {"choice": len(answer)}

    def split(self, answer: Sequence[str]) -> frozenset[str]:
        """Each choice by itself."""
        return frozenset(answer)

    def join(self, parts: frozenset[str]) -> tuple[str, ...]:
        """The choices in the order of the config, else of the alphabet."""
        return ordered(parts, self.control)

    def role(self, part: str) -> PartRole:
        """Each choice is a question of its own: is it there or not."""
        return PartRole("choice", self.control.name, choice=part)

    def align(self, answers: Sequence[frozenset[str]], *_: Any) -> Sequence[frozenset[str]]:
        """Choices have no borders."""
        return answers

    def described(self, part: str) -> dict[str, Any]:
        """The choice and its control."""
        return {"unit": "choice", "control": self.control.name, "choice": part}


def agreed_choice(given: int, tasks: int = 1) -> PartAccount:
    """The account of one choice of each task, which its annotators gave so many times in all."""
    account = PartAccount({"choice": given}, {"choice": tasks})
    account.drop({"choice": given - tasks}, MERGED)
    return account


def choice_parts(control: Control) -> ChoiceParts | None:
    """The parts of a control that takes several choices, or may; None for any other."""
    if control.task == "classification" and (control.multiple or control.labels is None):
        return ChoiceParts(control, "choices")
    if control.task == "taxonomy" and not control.single:
        return ChoiceParts(control, "taxonomy")
    return None


def ordered(choices: Iterable[str], control: Control) -> tuple[str, ...]:
    """Choices in the order of the config; those it does not know come last, by the alphabet."""
    known = {label: place for place, label in enumerate(control.labels or ())}
    return tuple(sorted(choices, key=lambda c: (known.get(c, len(known)), c)))


def items_of(result: Result, key: str) -> list[Any]:
    """The choices of one result, as they stand there."""
    chosen = (result.value or {}).get(key)
    if chosen is None:
        return []
    return chosen if isinstance(chosen, list) else [chosen]


def value_parts(control: str, value: str, several: bool) -> list[Chosen | Filled]:
    """The parts of what one control among several was answered, from canonical JSON."""
    if not several:
        return [Filled(control, value)]
    known = jsonio.loads(value.encode())
    return [Chosen(control, str(item)) for item in (known if isinstance(known, list) else [known])]


def joined_value(choices: Iterable[str], control: Control) -> str:
    """The choices of one control as canonical JSON: a list, or the only one where one may stand."""
    found = ordered(choices, control)
    alone = control.labels is None and not control.multiple and control.task == "classification"
    value: Any = found[0] if alone and len(found) == 1 else list(found)
    return jsonio.canonical(value).decode()
