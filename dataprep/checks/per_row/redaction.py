"""No part of a secret in any message: what else is wrong with its row is said without quoting."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from dataprep.finding import Fault
from dataprep.rules import CATALOGUE
from dataprep.sensitive import pieces


def discreet(faults: Sequence[Fault], row: Any) -> Sequence[Fault]:
    """The faults of a row; where a secret was found in it, none shows a piece of the secret."""
    if not any(fault.code.startswith("P") for fault in faults):
        return faults
    hidden = set(pieces(row))
    lengths = {len(piece) for piece in hidden}
    return [
        fault if fault.code.startswith("P") else _without(fault, hidden, lengths)
        for fault in faults
    ]


_FIRST = "Take what is secret out of it first, then check again."


def _without(fault: Fault, hidden: set[str], lengths: Collection[int]) -> Fault:
    code, path, message, remedy, _ = fault
    if any(_holds(words, hidden, lengths) for words in (message, path, remedy)):
        said = f"the row must not {CATALOGUE[code].summary}; what it holds is not shown: see"
        return Fault(code, "", f"{said} the secret that was found in it", _FIRST)
    return fault


def _holds(words: str, hidden: Collection[str], lengths: Collection[int]) -> bool:
    """Whether words hold one of many pieces, in time that does not grow with their number."""
    return any(
        words[at : at + length] in hidden
        for length in lengths
        for at in range(len(words) - length + 1)
    )
