"""Secrets in pieces that are bound to names: `a = "ghp_..."`, `b = "..."`, `key = a + b`."""

from __future__ import annotations

from collections.abc import Iterator

from dataprep.patterns import LatePattern
from dataprep.sensitive.words import has_prefix

_BOUND = LatePattern(
    r"(?<![\w.$])\$?(?P<name>[A-Za-z_]\w{0,40})(?:\s?:\s?\w{1,16})?\s{0,4}(?P<more>[+.]?):?=\s{0,4}"
    r"(?P<quote>[\"'`])(?P<it>[A-Za-z0-9_+/=.:~%-]{3,400}+)(?P=quote)"
)
_GIVEN = LatePattern(r"=\s{0,4}\\{0,8}[\"'`]([A-Za-z0-9_+/=.:~%-]{3,400}+)")
_SUM = LatePattern(
    r"(?<![\w.])[$#]?[{(]{0,2}(?P<first>[A-Za-z_]\w{0,40})[})]{0,2}"
    r"(?P<rest>(?:\s{0,3}(?:\+{1,2}|\.{1,2}|&|<>|,|\|\|)?\s{0,3}[$#]?[{(]{0,2}[A-Za-z_]\w{0,40}[})]{0,2}){1,20}+)"
)
_NAME = LatePattern(r"[A-Za-z_]\w{0,40}")
MOST = 400
"""Names of one text that are followed."""


def may_bind(text: str) -> bool:
    """Whether a literal in a text, which may be escaped, begins a token: quick."""
    given = "\n".join(_GIVEN.findall(text)) if "=" in text else ""
    return bool(given) and has_prefix(given)


def bound(text: str) -> Iterator[list[tuple[int, int]]]:
    """The places of literals that one expression puts together, in its order."""
    literals: dict[str, tuple[int, int]] = {}
    longer: dict[str, list[tuple[int, int]]] = {}
    for found in _BOUND.finditer(text):
        name, place = found["name"], found.span("it")
        if found["more"] and name in literals:
            longer.setdefault(name, [literals[name]]).append(place)
        elif len(literals) < MOST:
            literals[name] = place
    yield from longer.values()
    if len(literals) < 2:
        return
    for found in _SUM.finditer(text):
        if found["first"] in literals:
            names = [found["first"], *_NAME.findall(found["rest"])]
            places = [literals[name] for name in names if name in literals]
            if len(places) > 1:
                yield places
