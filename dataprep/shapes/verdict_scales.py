"""Which answers to a control approve what it judges: choices by name, numbers by a border.

Nothing is guessed: a choice is known by its words, or the user names it; a scale without bounds
has no middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dataprep.annotation import Control, Result
from dataprep.finding import UsageError, excerpt
from dataprep.formats.flags import column_flag
from dataprep.formats.verdict_words import verdict_of_choice
from dataprep.recipe import Source
from dataprep.shapes import classification, values
from dataprep.shapes.kind import Problems

Verdict = Literal["good", "bad", "neutral"]
GOOD: Verdict = "good"
BAD: Verdict = "bad"
NEUTRAL: Verdict = "neutral"

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class NamedVerdicts:
    """Choices that approve, and those that do not; any other choice is neutral."""

    control: Control
    good: tuple[str, ...]
    bad: tuple[str, ...]

    def read(self, results: Sequence[Result]) -> tuple[Verdict | None, Problems]:
        """The verdict of one annotation, None where it gives none, and what is wrong with it."""
        labels, problems = classification.answer(results, self.control)
        told = {self._of(label) for label in labels}
        if len(told) > 1 and not problems:
            chosen = ", ".join(map(excerpt, labels))
            problems.append(("A007", f"{chosen} on {self.control.name!r} are no one verdict"))
        return (told.pop() if len(told) == 1 else None), problems

    def _of(self, label: str) -> Verdict:
        return GOOD if label in self.good else BAD if label in self.bad else NEUTRAL

    def __str__(self) -> str:
        do, does_not = _verb(self.good, "approve"), _verb(self.bad, "do")
        good, bad = ", ".join(map(excerpt, self.good)), ", ".join(map(excerpt, self.bad))
        said = [f"{good} {do}"] if self.good else []
        said += [f"{bad} {does_not} not"] if self.bad else []
        return ", ".join(said)


def _verb(subjects: Sequence[str], verb: str) -> str:
    if len(subjects) != 1:
        return verb
    return "does" if verb == "do" else f"{verb}s"


@dataclass(frozen=True, slots=True)
class RatedVerdicts:
    """Numbers from `good_from` on approve, up to `bad_to` they do not; between they are neutral.

    Without one of the two borders there is nothing between. Where the scale is cut in its
    `middle`, that alone is neutral.
    """

    control: Control
    good_from: float | None = None
    bad_to: float | None = None
    middle: float | None = None

    def read(self, results: Sequence[Result]) -> tuple[Verdict | None, Problems]:
        """The verdict of one annotation, None where it gives none, and what is wrong with it."""
        if self.control.task == "classification":
            number, problems = _chosen_number(results, self.control)
        else:
            number, problems = values.value_of(results, self.control)
        return (None if number is None or problems else self._of(number)), problems

    def _of(self, number: float) -> Verdict:
        if self.middle is not None:
            return GOOD if number > self.middle else BAD if number < self.middle else NEUTRAL
        if self.good_from is not None and number >= self.good_from:
            return GOOD
        if self.bad_to is not None and number <= self.bad_to:
            return BAD
        if self.good_from is None:
            return GOOD
        return BAD if self.bad_to is None else NEUTRAL

    def __str__(self) -> str:
        good, bad, middle = self.good_from, self.bad_to, self.middle
        if middle is not None:
            said = f"above {middle:g} approves, below {middle:g} does not"
            return f"{said}, {middle:g} is left out as neutral" if middle == int(middle) else said
        if bad is None:
            return f"{good:g} or more approves, less does not"
        if good is None:
            return f"more than {bad:g} approves, less does not"
        return (
            f"{good:g} or more approves, {bad:g} or less does not, what lies between is left out as"
            " neutral"
        )


def _chosen_number(results: Sequence[Result], control: Control) -> tuple[float | None, Problems]:
    """The number that was chosen, None where there is none, and what is wrong with it."""
    labels, problems = classification.answer(results, control)
    if problems or not labels:
        return None, problems
    if len(labels) > 1:
        said = f"{len(labels)} numbers on {control.name!r}, which is one scale"
        return None, [("A007", said)]
    number = number_of_choice(labels[0])
    if number is None:
        return None, [("A010", f"{excerpt(labels[0])!r} on {control.name!r} is not a number")]
    return number, []


VerdictScale = NamedVerdicts | RatedVerdicts


def scale_of_control(control: Control, source: Source, *, inferred: bool) -> VerdictScale:
    """How the answers to a control judge; raises UsageError where that would be a guess.

    `inferred` says that no labeling config was given: then a Rating may have any number of stars.
    """
    numbers = control.task != "classification"
    if not numbers and control.labels and not (source.good or source.bad):
        found = [number_of_choice(label) for label in control.labels]
        known = [number for number in found if number is not None]
        numbers = len(known) == len(found) and not {*known} <= {0, 1}
        if numbers and not inferred and control.bounds == (None, None):
            control = replace(control, bounds=(min(known), max(known)))
    if not numbers:
        return _named(control, source)
    if source.good or source.bad:
        raise UsageError(
            f"--good and --bad name choices, and {control.name!r} is answered by a number.",
            "Say from which number on an answer is good: --good-from.",
        )
    if control.scale is not None and control.bounds == (None, None):
        control = replace(control, bounds=control.scale)
    if inferred and control.tag == "Rating" and control.bounds == (None, None):
        control = replace(control, bounds=(1, None))  # no star is no rating
    return _rated(control, source)


def number_of_choice(label: str) -> float | None:
    """The number that a choice is; None for words."""
    plain = label.strip()
    digits = plain.removeprefix("-").replace(".", "", 1)
    return float(plain) if digits.isascii() and digits.isdecimal() else None


def _rated(control: Control, source: Source) -> RatedVerdicts:
    least, most = control.bounds
    if source.good_from is None and source.bad_to is None:
        if least is None or most is None or least == most:
            raise UsageError(
                f"nothing says how far {control.name!r} goes, so its middle is not known.",
                f"Say from which value on an answer is good: {_EXAMPLE}; or pass --label-config.",
            )
        return RatedVerdicts(control, middle=(least + most) / 2)
    good_from, bad_to = source.good_from, source.bad_to
    if good_from is not None:
        _check_border(control, "or more", good_from, least, most)
    if bad_to is not None:
        _check_border(control, "or less", bad_to, most, least)
    return RatedVerdicts(control, good_from, bad_to)


_EXAMPLE = "--good-from 4"


def _check_border(
    control: Control, side: str, border: float, near: float | None, far: float | None
) -> None:
    """Raise UsageError for a border with nothing on one of its sides.

    `near` is the end of the scale on whose side of the border nothing is said, `far` the other.
    """
    sign = 1 if side == "or more" else -1
    nobody = far is not None and sign * border > sign * far
    if nobody or (near is not None and sign * border <= sign * near):
        every = "no" if nobody else "every"
        raise UsageError(
            f"{every} rating of {control.name!r} ({values.limits(control)}) is {border:g} {side}.",
            "Give a border inside the scale: kto learns from both kinds.",
        )


def _named(control: Control, source: Source) -> NamedVerdicts:
    """Choices by what the user says of them, else by their words."""
    if source.good_from is not None or source.bad_to is not None:
        raise UsageError(
            f"--good-from and --bad-to are for numbers, and {control.name!r} has choices.",
            "Name those that approve: --good.",
        )
    known = (*(control.labels or ()), *control.against)
    good, bad = tuple(source.good), tuple(source.bad)
    if control.labels is not None:
        for label in (*good, *bad):
            if label not in known:
                shown = ", ".join(map(excerpt, known[:_SHOWN]))
                raise UsageError(
                    f"{excerpt(label)!r} is no choice of {control.name!r}: {shown}.",
                    "Name the choices as annotators saw them.",
                )
    if good and bad:
        return NamedVerdicts(control, good, bad)
    other = tuple(label for label in known if label not in (*good, *bad))
    if (good or bad) and control.labels is not None and len(other) < 2:
        return NamedVerdicts(control, good or other, bad or other)
    if good or bad:
        rest = f" ({', '.join(map(excerpt, other[:_SHOWN]))})" if other else ""
        raise UsageError(
            f"{control.name!r} has other choices too{rest}.",
            "Name those that approve with --good, and those that do not with --bad; any other is"
            " left out as neutral.",
        )
    return _known(control, known)


def _known(control: Control, known: Sequence[str]) -> NamedVerdicts:
    """Choices that are known by their words; raises UsageError where one is not."""
    told = {label: verdict_of_choice(label, control.name) for label in known}
    for rejected in control.against:  # `not` before a label turns it round
        label = next((one for one in control.labels or () if rejected.endswith(one)), "")
        told[rejected] = None if told.get(label) is None else not told[label]
    good = tuple(label for label, is_good in told.items() if is_good is True)
    bad = tuple(label for label, is_good in told.items() if is_good is False)
    unknown = [label for label, is_good in told.items() if is_good is None]
    if not told or unknown:
        first = excerpt(unknown[0]) if unknown else ""
        what = f"{first!r} of {control.name!r}" if first else f"What {control.name!r} was answered"
        flags = " ".join(
            [
                *(column_flag("good", label) for label in good or ("...",)),
                *(column_flag("bad", label) for label in bad or ("...",)),
            ]
        )
        raise UsageError(
            f"{what} is not known to approve an answer, nor to reject it.",
            f"Name the choices that do: {flags}; any other is left out as neutral.",
        )
    return NamedVerdicts(control, good, bad)
