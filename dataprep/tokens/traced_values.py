"""What the code of a template calls in the place of Python's own, for traced texts."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, KeysView, ValuesView
from typing import Any

from jinja2 import Undefined
from jinja2.runtime import Macro
from jinja2.utils import Namespace

from dataprep.tokens import meter as metering
from dataprep.tokens import metered_jinja as metered
from dataprep.tokens.meter import ALLOWED, METER, NODE, Meter
from dataprep.tokens.traced_texts import (
    Trace,
    TracedLength,
    TracedMarkup,
    TracedText,
    Untraceable,
    contained_in,
    joined,
)

TRACED = (TracedText, TracedLength)
_INSIDE = (list, tuple, KeysView, ValuesView, ItemsView)
_PLAIN = (str, int, float, range, type(None), Undefined, Macro)


class TraceMeter(Meter):
    """A meter of what a template does whatever it is given; it counts the uses of texts."""

    __slots__ = ("trace",)

    def __init__(self, trace: Trace) -> None:
        super().__init__(None)
        self.trace = trace
        self.left = self.allowed = ALLOWED // 2

    def weight(self, value: Any) -> int:
        """The items in a value; each text in it is touched."""
        total, stack = 0, [value]
        while stack:
            item = stack.pop()
            total += NODE
            self.charge(metering.LOOK)
            if isinstance(item, TracedText):
                self.trace.touch(item._slot)
            elif isinstance(item, str):
                total += len(item)
            elif isinstance(item, range):
                total += NODE * len(item)
            elif isinstance(item, Namespace):
                stack.append(metering._attributes(item))
            elif isinstance(item, metering._CONTAINERS):
                self.require(total + NODE * len(item))
                stack += metering._children(item)
        return total

    def size(self, value: Any) -> int:
        """The most characters that a value has as a text."""
        return metering.SPELLED * self.weight(value)


def holds(value: Any) -> bool:
    """Whether a traced text may be in a value; one that can't be looked into may hold some."""
    if isinstance(value, TRACED):
        return True
    if isinstance(value, dict):
        return any(map(holds, value.values()))
    if isinstance(value, _INSIDE):
        return any(map(holds, value))
    return not isinstance(value, _PLAIN)


def trace_at_work() -> Trace:
    meter = METER.get()
    if not isinstance(meter, TraceMeter):
        raise Untraceable("a text outside of its rendering")
    return meter.trace


def printed(value: Any = "") -> str:
    if isinstance(value, TracedText):
        METER.get().charge(NODE)
        trace_at_work().touch(value._slot)
        return value
    if isinstance(value, TracedLength):
        raise Untraceable("a length as a text")
    return metering.printed(value)


def concatenated(parts: Iterable[Any]) -> str:
    """What `~` makes, and what a macro or a block writes."""
    texts = list(map(printed, parts))
    if not any(isinstance(text, TracedText) for text in texts):
        return "".join(texts)
    trace = trace_at_work()
    return joined(trace, [unmarked(trace, text) for text in texts])


def unmarked(trace: Trace, text: str) -> str:
    return TracedText(trace, text._slot) if isinstance(text, TracedMarkup) else text


def _added(left: Any, right: Any) -> Any:
    if not isinstance(left, TRACED) and not isinstance(right, TRACED):
        return metering.added(left, right)
    METER.get().charge(NODE)
    return left + right


def plainly(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that no traced text may be given to."""

    def call(*given: Any, **named: Any) -> Any:
        if holds((given, named)):
            raise Untraceable("a text that is computed with")
        return function(*given, **named)

    return call


def _held(value: Any) -> Any:
    METER.get().charge(NODE * (1 + len(value)))
    METER.get().weight(value)
    return value


def _seen(value: Any) -> Any:
    return value if isinstance(value, TRACED) else metering.seen(value)


def _sliced(value: Any) -> Any:
    return value if isinstance(value, TracedText) else metering.sliced(value)


def contained(item: Any, container: Any) -> bool:
    """`item in container`."""
    if isinstance(container, TracedText):
        return item in container
    if isinstance(item, TracedText) and isinstance(container, str):
        return contained_in(trace_at_work(), item, container)
    return item in metering.searched(container)


RUNTIME = {
    **metered._RUNTIME,
    "str": printed,
    "escape": plainly(metering.printed),
    "str_join": concatenated,
    "markup_join": plainly(metering.markup_joined),
    "added": _added,
    "subtracted": plainly(metering.subtracted),
    "multiplied": plainly(metering.multiplied),
    "raised": plainly(metering.raised),
    "held": _held,
    "seen": _seen,
    "searched": _seen,
    "sliced": _sliced,
    "contained": contained,
}
