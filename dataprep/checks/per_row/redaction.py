"""No part of a secret in any message: what else is wrong with its row is said without quoting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
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
    """Every text in a JSON value with its path; a key that is private is one, at its object's."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inside in value.items():
            private = _is_private(key)
            if private:
                yield path, key
            yield from strings(inside, path if private else f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from strings(inside, f"{path}[{number}]")


@lru_cache(maxsize=4096)
def _is_private(key: str) -> bool:
    """Whether the name of a key is itself a secret, or personal data."""
    return any(True for _ in sensitive.matches(key))


def _pieces(row: Any) -> Iterator[str]:
    for _, text in strings(row):
        for match in sensitive.matches(text):
            secret = text[match.start : match.end]
            yield from (secret[at : at + PIECE] for at in range(max(1, len(secret) - PIECE + 1)))


def _without(fault: Fault, pieces: set[str]) -> Fault:
    code, path, message, remedy = fault
    if any(piece in message or piece in path or piece in remedy for piece in pieces):
        said = f"the row must not {CATALOGUE[code].summary}; what it holds is not shown: see"
        return Fault(code, "", f"{said} the secret that was found in it")
    return fault
