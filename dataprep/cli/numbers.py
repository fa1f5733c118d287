"""The numbers that a flag takes: another one is a usage error, before anything is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cyclopts import CoercionError, Parameter, Token

from dataprep.api.numbers import NumberRange


@dataclass(frozen=True, slots=True)
class FlagRange:
    """The numbers of a flag, called by cyclopts."""

    numbers: NumberRange

    def __call__(self, type_: Any, value: float | None) -> None:
        """Raise ValueError, which says what to give, for any other number."""
        if value is not None and not self.numbers.holds(value):
            raise ValueError(self.numbers.advice(value))


def at_least(least: float) -> Parameter:
    """A flag that takes this number and those above it."""
    return within(NumberRange(least))


def between(least: float, most: float, open_: str = "") -> Parameter:
    """A flag that takes the numbers from one to another; `open_` names an end that it does not."""
    return within(NumberRange(least, most, open_))


def within(numbers: NumberRange) -> Parameter:
    """A flag that takes the numbers of a range."""
    return Parameter(validator=FlagRange(numbers), converter=_number)


def _number(type_: type[int] | type[float], tokens: Sequence[Token]) -> float:
    """The number of a flag as Python reads it; cyclopts would take 1.5 for a whole one."""
    try:
        return type_(tokens[0].value)
    except ValueError:
        raise CoercionError(token=tokens[0], target_type=type_) from None
