"""What a chat template pays to write texts by a form: `%`, `format` and dates."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any

from jinja2.sandbox import SandboxedEnvironment, SandboxedFormatter

from dataprep.patterns import LatePattern
from dataprep.tokens.meter import ESCAPED, METER, NODE, SPELLED, Meter, OverLimit, printed, seen

WIDTH = 1_000
"""How wide a text may be indented, and how many digits a number be rounded to."""

DATE = 200
"""Characters in which a date may be asked for."""

_SPEC = LatePattern(r"%(?:\([^()]*\))?[-+ #0]*(\*|\d+)?(?:\.(\*|\d+)?)?[hlL]?(.)", re.DOTALL)
_NUMBER = LatePattern(r"\d+")
_PADDED = LatePattern(r"%[-_0^#+EO:]*\d")


def pay_text(meter: Meter, length: int) -> None:
    """Pay for a text; one that is marked as safe escapes what is put into it."""
    meter.require(ESCAPED * length)
    meter.charge(length)


def pay_format(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """`text % values`: all widths, and each value as often as there are places."""
    specs = _SPEC.findall(printed(given[0]))
    if any(conversion == "(" for *_, conversion in specs):
        raise OverLimit("formats by a key that holds a parenthesis, or is never closed")
    values = [*given[1:], *named.values()]
    if len(given) == 2 and isinstance(given[1], tuple | dict):
        values = list(given[1].values() if isinstance(given[1], dict) else given[1])
    widths = [int(n) for *sizes, _ in specs for n in sizes if n.isdigit()]
    if any("*" in sizes for *sizes, _ in specs):
        widths += [abs(n) for n in values if isinstance(n, int)]
    largest = max(map(meter.size, (*values, given[1:], "")))
    pay_text(meter, len(given[0]) + sum(widths) + len(specs) * (400 + largest))


def date(strftime: Callable[[str], str]) -> Callable[[str], str]:
    """A function that says the time, in a form that asks for no width."""

    @functools.wraps(strftime)
    def call(form: str, *more: Any) -> str:
        if len(form) > DATE or _PADDED.search(form):
            raise OverLimit("asks for a date that is padded, or too long")
        METER.get().charge(NODE + 100 * len(form))
        return strftime(form, *more)

    return call


class MeteredFormatter(SandboxedFormatter):
    """`str.format` in the sandbox, each field paid as it is written."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """One field; its width and its precision are paid first."""
        meter = METER.get()
        if len(format_spec) > WIDTH:
            raise OverLimit(f"formats a value in over {WIDTH:,} characters")
        widths = map(int, _NUMBER.findall(format_spec))
        meter.charge(NODE + 400 + len(format_spec) + sum(widths))
        meter.charge(meter.size(value))
        return str(super().format_field(value, format_spec))

    def convert_field(self, value: Any, conversion: Any) -> Any:
        """`!r` and `!s`: a value as a text."""
        if conversion is not None:
            meter = METER.get()
            meter.charge(SPELLED * meter.weight(value))
        return super().convert_field(value, conversion)


def formatted(environment: SandboxedEnvironment, text: str, *, mapped: bool) -> Callable[..., str]:
    """`text.format` or `text.format_map`."""
    formatter: Formatter = MeteredFormatter(environment)

    def call(*given: Any, **named: Any) -> str:
        METER.get().charge(NODE + 10 * len(text))
        values: Mapping[str, Any] = named
        if mapped:
            values, given = seen(given[0]), ()
        return formatter.vformat(text, given, values)

    return call
