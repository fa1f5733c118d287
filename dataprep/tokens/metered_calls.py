"""What a chat template may call, and what each call pays to the meter before it runs.

A filter, method or function that is not here cannot be called: nobody would know its bound.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2 import Environment

from dataprep.tokens.meter import (
    DEPTH,
    METER,
    NODE,
    SPELLED,
    Meter,
    OverLimit,
    printed,
    whole,
)
from dataprep.tokens.metered_texts import WIDTH, pay_format, pay_text

CallRule = Callable[[Meter, tuple[Any, ...], Mapping[str, Any]], object]
"""Pays for a call by its arguments, the value itself the first of them."""

_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


def _given(given: tuple[Any, ...], named: Mapping[str, Any], at: int, name: str, or_: Any) -> Any:
    return given[at] if len(given) > at else named.get(name, or_)


def _linear(factor: int, measure: Callable[[Meter, Any], int] = Meter.size) -> CallRule:
    """A call whose time and result grow with what is given, by a factor at most."""

    def pay(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
        units = NODE
        for value in given:
            units += len(value) if type(value) is str else measure(meter, value)
        for value in named.values():
            units += measure(meter, value)
        meter.charge(factor * units)

    return pay


_once = _linear(1)
_sorted = _linear(8, Meter.weight)


def _arguments(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """A call that looks at no more of the value than its arguments are long."""
    _once(meter, given[1:], named)


def _listed(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """A call that makes an item of each character or item."""
    _arguments(meter, given, named)
    value = given[0]
    meter.charge(NODE * (1 + len(value)) if hasattr(value, "__len__") else NODE)


def _parted(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """batch and slice: a number says how many parts, or how many items each is filled up to."""
    _listed(meter, given, named)
    numbers = [n for n in (*given[1:], *named.values()) if isinstance(n, int)]
    meter.charge(NODE * max([0, *numbers]))


def _replace(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    old, new = _given(given, named, 1, "old", ""), _given(given, named, 2, "new", "")
    text, old, new = map(printed, (given[0], old, new))
    found = text.count(old) if old else len(text) + 1
    pay_text(meter, NODE + len(text) + found * len(new))


def _join(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """The filter: what is joined is the first, what stands between the second."""
    value, between = given[0], _given(given, named, 1, "d", "")
    if hasattr(value, "__len__"):
        pay_text(meter, NODE + meter.size(value) + len(value) * meter.size(between))
    else:
        meter.charge(NODE)


def _join_method(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    _join(meter, given[::-1], named)


def _padded(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """center, ljust, rjust, zfill, expandtabs, indent: a number says how far."""
    _once(meter, given, named)
    numbers = [n for n in (*given[1:], *named.values()) if isinstance(n, int)]
    meter.charge(max([0, *numbers]))


def _expanded(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    width = _given(given, named, 1, "tabsize", 8)
    meter.charge(NODE + len(given[0]) + given[0].count("\t") * max(width, 0))


def _indent(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    text = printed(given[0])
    width = _given(given, named, 1, "width", 4)
    width = len(width) if isinstance(width, str) else max(width, 0)
    pay_text(meter, NODE + len(text) + width * (1 + sum(map(text.count, _BREAKS))))


def _round(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    _once(meter, given, named)
    if abs(_given(given, named, 1, "precision", 0)) > WIDTH:
        raise OverLimit(f"rounds a number to over {WIDTH:,} digits")


def _to_int(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    _once(meter, given, named)
    if isinstance(given[0], str) and len(given[0]) > WIDTH:
        raise OverLimit(f"reads a number of over {WIDTH:,} digits")


def _to_json(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """tojson(x, ensure_ascii, indent, separators, sort_keys), as transformers defines it."""
    ascii_, indent, separators = (
        _given(given, named, at, name, None)
        for at, name in enumerate(("ensure_ascii", "indent", "separators"), start=1)
    )
    weight = meter.weight(given[0])
    wide = 0 if indent is None else len(indent) if isinstance(indent, str) else max(indent, 0)
    between = sum(map(meter.size, separators or ()))
    meter.require(
        (SPELLED if ascii_ else 6) * weight + weight // NODE * (2 * DEPTH * wide + between)
    )


def _numbers(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """sum: of numbers alone, since lists would be copied at each."""
    _once(meter, given, named)
    if not isinstance(_given(given, named, 2, "start", 0), int | float):
        raise OverLimit("sums up what is no number")


def _remainder(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """Tests that compute `value % number`, which formats a text."""
    meter.charge(NODE)
    if isinstance(given[0], str):
        raise OverLimit("divides what is no number")


def _free(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    meter.charge(NODE)


def _refused(name: str) -> Callable[..., Any]:
    def refuse(*given: Any, **named: Any) -> Any:
        raise OverLimit(f"calls {name!r}, for which there is no limit")

    return refuse


_UNBOUNDED = ("pprint", "striptags", "urlize", "wordwrap", "xmlattr")

_FILTERS: dict[str, CallRule | None] = {
    **dict.fromkeys(("attr", "count", "d", "default", "first", "last", "length"), None),
    **dict.fromkeys(("abs", "capitalize", "filesizeformat", "float", "lower", "random"), _once),
    **dict.fromkeys(("safe", "string", "trim", "truncate", "upper"), _once),
    **dict.fromkeys(("items", "map", "reject", "rejectattr", "select", "selectattr"), _arguments),
    **dict.fromkeys(("list", "reverse"), _listed),
    **dict.fromkeys(("batch", "slice"), _parted),
    **dict.fromkeys(("dictsort", "groupby", "max", "min", "sort", "unique"), _sorted),
    **dict.fromkeys(("title", "wordcount", "e", "escape", "forceescape"), _linear(8)),
    "center": _padded,
    "format": pay_format,
    "indent": _indent,
    "int": _to_int,
    "join": _join,
    "replace": _replace,
    "round": _round,
    "sum": _numbers,
    "tojson": _to_json,
    "urlencode": _linear(20),
}

_COMPARING = "!= < <= == > >= eq equalto ge greaterthan gt in le lessthan lower lt ne upper"
_TESTS: dict[str, CallRule] = {
    **dict.fromkeys(_COMPARING.split(), _once),
    **dict.fromkeys(("divisibleby", "even", "odd"), _remainder),
}

_TEXT: dict[str, CallRule] = {
    **dict.fromkeys(("endswith", "startswith", "removeprefix", "removesuffix"), _arguments),
    **dict.fromkeys(("capitalize", "casefold", "lower", "swapcase", "title", "upper"), _linear(3)),
    **dict.fromkeys(("strip", "lstrip", "rstrip", "partition", "rpartition"), _once),
    **dict.fromkeys(("count", "find", "index", "rfind", "rindex"), _once),
    **dict.fromkeys(
        [
            *("isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier"),
            *("islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper"),
        ],
        _once,
    ),
    **dict.fromkeys(("center", "ljust", "rjust", "zfill"), _padded),
    "expandtabs": _expanded,
    "join": _join_method,
    "replace": _replace,
}


def _split(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """A part costs more than its characters; in a short text the most that there can be."""
    text, between = given[0], _given(given, named, 1, "sep", None)
    parts = text.count(between) if isinstance(between, str) and between else len(text) // 2
    meter.charge(NODE * (2 + parts) + 2 * len(text))


def _lines(meter: Meter, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    text = given[0]
    meter.charge(NODE * (2 + sum(map(text.count, _BREAKS))) + 10 * len(text))


_TEXT |= {"split": _split, "rsplit": _split, "splitlines": _lines}

METHODS: dict[type, dict[str, CallRule]] = {
    str: _TEXT,
    dict: {"get": _arguments, "items": _free, "keys": _free, "values": _free, "copy": _listed},
    list: {"copy": _listed, "count": _once, "index": _once},
    tuple: {"count": _once, "index": _once},
    int: {"bit_length": _free, "is_integer": _free, "conjugate": _free},
    float: {"is_integer": _free, "hex": _free, "conjugate": _free},
}
"""What of Python's own values may be called."""


def filters(environment: Environment) -> dict[str, Callable[..., Any]]:
    """The filters of an environment, each behind its rule."""
    theirs: Mapping[str, Callable[..., Any]] = environment.filters
    known = {name: f for name, f in theirs.items() if name in _FILTERS}
    bounded = {name: _ruled(function, _FILTERS[name]) for name, function in known.items()}
    bounded["int"] = _whole(bounded["int"])
    bounded["sum"] = _whole(bounded["sum"])
    return bounded | {name: _refused(name) for name in _UNBOUNDED}


def tests(environment: Environment) -> dict[str, Callable[..., Any]]:
    """The tests of an environment, those that compare behind their rule."""
    theirs: Mapping[str, Any] = environment.tests
    return {name: _ruled(test, _TESTS.get(name)) for name, test in theirs.items()}


def _ruled(function: Callable[..., Any], rule: CallRule | None) -> Callable[..., Any]:
    """A filter that pays by a rule; what it gives one by one is paid one by one."""
    if rule is None:
        return function
    behind = hasattr(function, "jinja_pass_arg")
    weighs_all = rule in (_sorted, _join, _numbers)

    @functools.wraps(function)
    def call(*given: Any, **named: Any) -> Any:
        meter = METER.get()
        if weighs_all:  # what comes one by one is taken in first
            given = tuple(map(as_list, given))
        plain = given[1:] if behind else given
        rule(meter, plain, named)
        path = _path(*plain[1:], *named.values())
        if weighs_all and hasattr(plain[0], "__len__"):
            meter.charge(path * len(plain[0]))
        found = function(*given, **named)
        if type(found) is str:
            meter.charge(len(found))
        elif isinstance(found, Iterator):
            return _paid(found, NODE + path)
        return found

    return call


def _path(*given: Any) -> int:
    """What it costs at each item to follow `attribute`, or to read another text that is given."""
    return sum(len(t) + NODE * (t.count(".") + t.count(",")) for t in given if isinstance(t, str))


def _paid(items: Iterator[Any], units: int) -> Iterator[Any]:
    meter = METER.get()
    for item in items:
        meter.charge(units + (NODE * len(item) if isinstance(item, list) else 0))
        yield item


def _whole(function: Callable[..., Any]) -> Callable[..., Any]:
    return functools.wraps(function)(lambda *given, **named: whole(function(*given, **named)))


def as_list(value: Any) -> Any:
    """What comes one by one, as a list; anything else as it is."""
    return list(value) if isinstance(value, Iterator) else value


def bounded_range(function: Callable[..., range]) -> Callable[..., range]:
    """The function `range`, of no numbers that may share one hash."""

    @functools.wraps(function)
    def call(*limits: Any) -> range:
        return function(*map(whole, limits))

    return call
