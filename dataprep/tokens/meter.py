"""The meter of one rendering of a chat template: how much it may still read and make.

Every operation that can grow or repeat something pays before it runs, by the length of what goes in
and the most that can come out. So output, memory and time of a rendering have one bound:
`ALLOWED` + `TIMES` x the length of what is rendered.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, KeysView, ValuesView
from contextvars import ContextVar
from itertools import chain
from typing import Any

from jinja2.runtime import markup_join
from jinja2.utils import Namespace

from dataprep.finding import UsageError

ALLOWED = 64_000_000
"""Units that any rendering may use: a character is one, an item or a step is NODE."""

TIMES = 64
"""Units that a rendering may use for each of what it renders."""

NODE = 50
"""What an item of a list, or one step of the template, costs: about its bytes in memory."""

LOOK = 10
"""What it costs to look at an item, or to write one out."""

DEPTH = 64
"""How deep a value may nest that the template itself puts together."""

BITS = 60
"""How long a whole number may be: longer ones can share one hash, and make each look-up long."""

SPELLED = 12
r"""Characters that a character has at most in JSON or as Python writes it: \ud83d\ude00."""


ESCAPED = 6
"""Characters that a character has at most where HTML is escaped: &#34; and the like."""


class OverLimit(Exception):
    """What a template does that is over a limit, in words that follow its name."""


class OversizedTemplate(UsageError):
    """A chat template that asks for more than any may use, whatever it renders."""


class Meter:
    """What one rendering may still use, of what its values allow it."""

    __slots__ = ("_known", "_values", "allowed", "left")

    def __init__(self, values: Any) -> None:
        self._known: dict[int, int] = {}
        self._values = values  # alive as long as `_known`: no other object has their ids
        self.left = self.allowed = ALLOWED + TIMES * self._learn(values)

    def _learn(self, value: Any) -> int:
        """The weight of what is rendered, each list and object in it remembered."""
        weight = NODE
        if isinstance(value, dict):
            for key, inner in value.items():
                weight += NODE + len(key) if type(key) is str else self._learn(key)
                weight += NODE + len(inner) if type(inner) is str else self._learn(inner)
        elif isinstance(value, list):
            for inner in value:
                weight += NODE + len(inner) if type(inner) is str else self._learn(inner)
        else:
            return NODE + len(value) if isinstance(value, str) else NODE
        self._known[id(value)] = weight
        return weight

    def charge(self, units: int) -> None:
        """Pay for what is done next; raises OverLimit where too little is left."""
        self.left -= units
        if self.left < 0:
            self.refuse()

    def require(self, units: int) -> None:
        """Raise OverLimit where so much could not be paid."""
        if units > self.left:
            self.refuse()

    def refuse(self) -> None:
        """Raise OverLimit, and do so at every further step."""
        self.left = -1
        raise OverLimit(f"reads and writes over {self.allowed:,} characters and items")

    def weight(self, value: Any) -> int:
        """The characters and items in a value, one that is in it twice counted twice.

        Each item that must be looked at is paid. Raises OverLimit for more than is left, and for
        what nests too deep to be compared.
        """
        if isinstance(value, str):
            return len(value)
        if (known := self._known.get(id(value))) is not None:
            return known
        total = 0
        stack = [(value, 0)]
        while stack:
            item, depth = stack.pop()
            total += NODE
            self.left -= LOOK
            if isinstance(item, str):
                total += len(item)
            elif isinstance(item, int):
                total += item.bit_length()
            elif (known := self._known.get(id(item))) is not None:
                total += known
            elif isinstance(item, range):
                total += NODE * len(item)
            elif isinstance(item, Namespace):  # is written out with all that it holds
                stack.append((_attributes(item), depth))
            elif isinstance(item, _CONTAINERS):
                if depth >= DEPTH:
                    raise OverLimit(f"nests values over {DEPTH} deep")
                self.require(total + NODE * len(item))
                stack += [(inner, depth + 1) for inner in _children(item)]
            self.require(total)
        return total

    def size(self, value: Any) -> int:
        """The most characters that a value has as a text."""
        return len(value) if isinstance(value, str) else SPELLED * self.weight(value)


_CONTAINERS = (list, tuple, dict, KeysView, ValuesView, ItemsView)


_SCALARS = (int, bool, float, type(None))


def _attributes(namespace: Namespace) -> Any:
    return namespace._Namespace__attrs


def _children(value: Iterable[Any]) -> Iterable[Any]:
    return chain(value, value.values()) if isinstance(value, dict) else value


METER: ContextVar[Meter] = ContextVar("METER")
"""The meter of the rendering at work. There is none while a template is compiled."""


_METER = METER.get


def turn(units: int) -> bool:
    """Pay for one turn of a loop or one call of a macro."""
    meter = _METER()
    meter.left -= units
    if meter.left < 0:
        meter.refuse()
    return True


def printed(value: Any = "") -> str:
    """A value as a text, as it is written out."""
    meter = _METER()
    if type(value) is str:
        meter.left -= LOOK + len(value)
        if meter.left < 0:
            meter.refuse()
        return value
    meter.require(meter.size(value))
    text = str(value)
    meter.charge(NODE + len(text))
    return text


def concatenated(parts: Iterable[Any]) -> str:
    """What ~ makes of its operands, and + of many texts."""
    return "".join(map(printed, parts))


def held(value: Any) -> Any:
    """A list, a tuple or an object that a template puts together."""
    meter = _METER()
    meter.charge(NODE * (1 + len(value)))
    meter.require(meter.weight(value))
    return value


def sliced(value: Any) -> Any:
    """A part of a text or a list."""
    _METER().charge(NODE + len(value) * (1 if isinstance(value, str) else LOOK))
    return value


def keyed(value: Any) -> Any:
    """A key of an object, which is hashed."""
    return value if isinstance(value, str) else seen(value)


def seen(value: Any) -> Any:
    """An operand of a comparison."""
    if type(value) in _SCALARS:
        return value
    meter = _METER()
    meter.charge(meter.weight(value))
    return value


def searched(value: Any) -> Any:
    """What stands on the right of `in`."""
    return value if isinstance(value, dict) else seen(value)


def markup_joined(parts: Iterable[Any]) -> Any:
    """What ~ makes of its operands where HTML is escaped."""
    meter, operands = _METER(), list(parts)
    meter.charge(NODE + ESCAPED * sum(map(meter.size, operands)))
    return markup_join(operands)


def added(left: Any, right: Any) -> Any:
    """`left + right`."""
    meter = _METER()
    if type(left) is str and type(right) is str:
        meter.left -= NODE + len(left) + len(right)
        if meter.left < 0:
            meter.refuse()
    elif isinstance(left, int | float) and isinstance(right, int | float):
        return whole(left + right)
    elif isinstance(left, list | tuple) and isinstance(right, list | tuple):
        meter.charge(NODE * (1 + len(left) + len(right)))
        meter.require(meter.weight(left) + meter.weight(right))
    else:  # a text that is marked as safe escapes the other
        meter.charge(NODE + ESCAPED * (meter.weight(left) + meter.weight(right)))
    return left + right


def subtracted(left: Any, right: Any) -> Any:
    """`left - right`: of numbers, or of the keys of objects."""
    return whole(seen(left) - seen(right))


def multiplied(left: Any, right: Any) -> Any:
    """`left * right`."""
    meter = _METER()
    for value, times in ((left, right), (right, left)):
        if isinstance(value, str | list | tuple) and isinstance(times, int):
            meter.charge(NODE + meter.weight(value) * max(times, 0))
            return left * right
    meter.charge(NODE)
    return whole(left * right)


def raised(left: Any, right: Any) -> Any:
    """`left ** right`."""
    _METER().charge(NODE)
    if isinstance(left, int) and isinstance(right, int):
        _check_bits((left.bit_length() - 1) * max(right, 0))
    return whole(left**right)


def whole(value: Any) -> Any:
    """A number, where it is not too long."""
    if isinstance(value, int):
        _check_bits(value.bit_length())
    return value


def _check_bits(bits: int) -> None:
    if bits > BITS:
        raise OverLimit(f"computes a whole number of over {BITS:,} bits")
