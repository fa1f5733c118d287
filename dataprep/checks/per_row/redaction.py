"""No part of a secret in any message: what else is wrong with its row is said without quoting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dataprep import sensitive
from dataprep.finding import Fault
from dataprep.rules import CATALOGUE

PIECE = 6
"""Characters in a row of a secret that nobody may see."""


def discreet(faults: Sequence[Fault], row: Any) -> Sequence[Fault]:
    """The faults of a row; where a secret was found in it, none shows a piece of the secret."""
    if not any(fault.code.startswith("P") for fault in faults):
        return faults
    pieces = set(_pieces(row))
    return [fault if fault.code.startswith("P") else _without(fault, pieces) for fault in faults]


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a JSON value with its path; a key is told by the path of its object."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inside in value.items():
            yield path, key
            named = "" if any(True for _ in sensitive.matches(key)) else f".{key}"
            yield from strings(inside, f"{path}{named}".removeprefix("."))
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from strings(inside, f"{path}[{number}]")


def _pieces(row: Any) -> Iterator[str]:
    for _, text in strings(row):
        for match in sensitive.matches(text):
            secret = text[match.start : match.end]
            yield from (secret[at : at + PIECE] for at in range(max(1, len(secret) - PIECE + 1)))


def _without(fault: Fault, pieces: set[str]) -> Fault:
    code, path, message = fault
    if any(piece in message or piece in path for piece in pieces):
        said = f"the row must not {CATALOGUE[code].summary}; what it holds is not shown: see"
        return Fault(code, "", f"{said} the secret that was found in it")
    return fault
