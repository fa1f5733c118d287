"""Worst texts for a regular expression of Python's, made from its parts, and the time they take.

A backtracking engine is slow where a repeat can be left at many places and what follows fails at
each, and where a search starts anew at every character of what a repeat has already eaten. So each
repeat is pumped with what it takes, behind what leads up to it, before something that fits nowhere.
"""

from __future__ import annotations

import re
import signal
from collections import deque
from collections.abc import Iterator
from itertools import islice
from time import process_time
from types import FrameType
from typing import Any

SIZE = 4_000
"""Characters of the first measure; twice and four times as many follow where it was slow."""

QUICK = 0.001
"""Seconds of the first measure that need no second: a square of SIZE steps takes longer."""

GROWTH = 8.0
"""Times that a text of four times SIZE may take: 4 is linear, 16 is the square."""

NOTICED = 0.01
"""Seconds of the last measure that are no chance."""

PATIENCE = 1.0
"""Seconds that the longest text may take where a doubt is settled: the clock of processor time
moves by 4 ms on some machines, so that a short first measure reads as 0 there."""

BUDGET = 0.15
"""Seconds of processor time that the longest text may take at most."""

ENDS = ("", "\x00", "!", "\n", " ")
CHARACTERS = "aZ0 \n\t-.,_\"'\\/<>{}[]()@:=&|+*#`$%!?;~^é\u00a0\u200d中\x00"
MOST_UNITS = 4

Tree = Any


class _Late(Exception):
    """Raised within the engine when the budget is spent."""


def _late(_: int, __: FrameType | None) -> None:
    raise _Late


def attacks(pattern: re.Pattern[str], size: int) -> Iterator[str]:
    """Texts of about `size` characters, the same in number and order for every size."""
    parsed = re._parser.parse(pattern.pattern, pattern.flags)  # type: ignore[attr-defined]
    for before, body in _repeats(list(parsed), "", pattern.flags):
        units = [*dict.fromkeys(u for u in _samples(body, pattern.flags) if u)][:MOST_UNITS]
        for unit in units:
            pumped = unit * (size // len(unit))
            for end in ENDS:
                yield before + pumped + end
            for whole in (before + unit, before):
                if whole:
                    yield whole * (size // min(len(whole), 4)) + "\x00"


def _repeats(nodes: list[Tree], before: str, flags: int) -> Iterator[tuple[str, list[Tree]]]:
    """Every repeat that can be long, with a text that leads up to it."""
    for kind, argument in nodes:
        name = str(kind)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            _, most, body = argument
            if most > 16:
                yield before, list(body)
            yield from _repeats(list(body), before, flags)
        else:
            for inner in _inner(name, argument):
                yield from _repeats(inner, before, flags)
        before += next(_samples([(kind, argument)], flags), "")


def _inner(name: str, argument: Tree) -> list[list[Tree]]:
    if name == "SUBPATTERN":
        return [list(argument[3])]
    if name == "BRANCH":
        return [list(branch) for branch in argument[1]]
    if name == "ATOMIC_GROUP":
        return [list(argument)]
    if name in ("ASSERT", "ASSERT_NOT"):
        return [list(argument[1])]
    if name == "GROUPREF_EXISTS":
        return [list(part) for part in argument[1:] if part]
    return []


def _samples(nodes: list[Tree], flags: int) -> Iterator[str]:
    """A few short texts that the nodes match, if what stands around them allows it."""
    if not nodes:
        yield ""
        return
    kind, argument = nodes[0]
    heads = list(islice(_samples_of(str(kind), kind, argument, flags), MOST_UNITS))
    rests = list(islice(_samples(nodes[1:], flags), 2))
    for head in heads:
        for rest in rests:
            yield head + rest


def _samples_of(name: str, kind: Tree, argument: Tree, flags: int) -> Iterator[str]:
    if name == "LITERAL":
        yield chr(argument)
    elif name in ("IN", "ANY", "NOT_LITERAL", "CATEGORY"):
        yield from _fitting(kind, argument, flags)
    elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, body = argument
        for unit in islice(_samples(list(body), flags), MOST_UNITS):
            yield unit * max(least, min(1, most))
        if least == 0:
            yield ""
    elif name in ("ASSERT", "ASSERT_NOT", "AT", "GROUPREF"):
        yield ""
    else:
        inner = _inner(name, argument)
        for branch in inner:
            yield from islice(_samples(branch, flags), 2)
        if not inner:
            yield ""


def _fitting(kind: Tree, argument: Tree, flags: int) -> Iterator[str]:
    """Characters of a set: of the usual ones, and the first that the set names."""
    one = re._parser.SubPattern(re._parser.State(), [(kind, argument)])  # type: ignore[attr-defined]
    one.state.str, one.state.flags = "", flags
    fits = re._compiler.compile(one, flags).fullmatch  # type: ignore[attr-defined]
    named = []
    if str(kind) == "IN":
        for what, value in argument:
            if str(what) == "LITERAL":
                named.append(chr(value))
            elif str(what) == "RANGE":
                named.append(chr(value[0]))
    return (c for c in dict.fromkeys([*CHARACTERS, *named]) if fits(c))


def seconds(pattern: re.Pattern[str], text: str, method: str, budget: float = BUDGET) -> float:
    """Processor time of one use on a text; the budget where it was stopped there."""
    start = process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, budget)
    try:
        if method in ("match", "fullmatch"):
            getattr(pattern, method)(text)
        else:
            deque(pattern.finditer(text), maxlen=0)
    except _Late:
        return budget
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return process_time() - start


def slow(pattern: re.Pattern[str], method: str) -> str:
    """The beginning of a text on which the pattern grows too fast, with its times; else empty."""
    before = signal.signal(signal.SIGVTALRM, _late)
    try:
        for number, text in enumerate(attacks(pattern, SIZE)):
            if (first := seconds(pattern, text, method)) >= BUDGET:
                return f"{text[:40]!r} … {text[-5:]!r} ({len(text)}): over {1000 * BUDGET:.0f} ms"
            if first > QUICK:
                sizes = [next(islice(attacks(pattern, SIZE * n), number, None)) for n in (1, 2, 4)]
                times = [min(seconds(pattern, t, method) for _ in range(3)) for t in sizes]
                doubtful = times[2] > max(GROWTH * times[0], NOTICED)
                if times[2] >= BUDGET or (doubtful and _grows(pattern, method, number)):
                    said = " ".join(f"{1000 * t:.1f}" for t in times)
                    return f"{text[:40]!r} … {text[-5:]!r} ({len(text)}): {said} ms"
    finally:
        signal.signal(signal.SIGVTALRM, before)
    return ""


def _grows(pattern: re.Pattern[str], method: str, number: int) -> bool:
    """Whether an attack grows too fast where it takes so long that no clock is too coarse."""
    texts = (next(islice(attacks(pattern, SIZE * n), number, None)) for n in (4, 16))
    first, last = (min(seconds(pattern, t, method, PATIENCE) for _ in range(3)) for t in texts)
    return last > GROWTH * first
