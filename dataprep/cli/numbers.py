"""The numbers that a flag takes: another one is a usage error, before anything is read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cyclopts import CoercionError, Parameter, Token

_MOST = 2**63 - 1
"""The largest number that every library takes."""


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The numbers from `least` to `most`; without these two where it is `open_`."""

    least: float = -_MOST
    most: float = _MOST
    open_: str = ""
    """Ends that are no part of it: `least`, `most`."""

    def __call__(self, type_: Any, value: float | None) -> None:
        """Raise ValueError, which says what to give, for another number, and for one that is none.

        Called by cyclopts.
        """
        if value is not None and not self.holds(value):
            too_large = math.inf > value > self.most == _MOST
            raise ValueError("Give a smaller number." if too_large else f"Give {self.words}.")

    def holds(self, value: float) -> bool:
        """Whether a number is one of them; no infinity is."""
        if not self.least <= value <= self.most:  # which is false of what is no number, too
            return False
        return not (value == self.least and self.open_ == "least") and not (
            value == self.most and self.open_ == "most"
        )

    @property
    def words(self) -> str:
        """The range in words."""
        if self.least == -_MOST:
            return "a number"
        if self.most == _MOST:
            least = _spelled(self.least)
            return f"a number above {least}" if self.open_ else f"{least} or more"
        above = "above " if self.open_ == "least" else "from "
        below = "to below" if self.open_ == "most" else "to"
        return f"a number {above}{_spelled(self.least)} {below} {_spelled(self.most)}"


def _spelled(number: float) -> str:
    """A border as it is written: an integer with all its digits."""
    return f"{number:,}" if isinstance(number, int) else f"{number:g}"


def at_least(least: float) -> Parameter:
    """A flag that takes this number and those above it."""
    return _within(NumberRange(least))


def above(least: float) -> Parameter:
    """A flag that takes the numbers above this one."""
    return _within(NumberRange(least, open_="least"))


def between(least: float, most: float, open_: str = "") -> Parameter:
    """A flag that takes the numbers from one to another; `open_` names an end that it does not."""
    return _within(NumberRange(least, most, open_))


def any_number() -> Parameter:
    """A flag that takes whatever is a number, and no infinity."""
    return _within(NumberRange())


def _within(numbers: NumberRange) -> Parameter:
    return Parameter(validator=numbers, converter=_number)


def _number(type_: type[int] | type[float], tokens: Sequence[Token]) -> float:
    """The number of a flag as Python reads it; cyclopts would take 1.5 for a whole one."""
    try:
        return type_(tokens[0].value)
    except ValueError:
        raise CoercionError(token=tokens[0], target_type=type_) from None
