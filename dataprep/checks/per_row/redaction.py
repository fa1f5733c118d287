"""No part of a secret in any message: what else is wrong with its row is said without quoting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataprep.finding import Fault
from dataprep.rules import CATALOGUE
from dataprep.sensitive import pieces


def discreet(faults: Sequence[Fault], row: Any) -> Sequence[Fault]:
    """The faults of a row; where a secret was found in it, none shows a piece of the secret."""
    if not any(fault.code.startswith("P") for fault in faults):
        return faults
    hidden = set(pieces(row))
    return [fault if fault.code.startswith("P") else _without(fault, hidden) for fault in faults]


_FIRST = "Take what is secret out of it first, then check again."


def _without(fault: Fault, hidden: set[str]) -> Fault:
    code, path, message, remedy, _ = fault
    if any(piece in message or piece in path or piece in remedy for piece in hidden):
        said = f"the row must not {CATALOGUE[code].summary}; what it holds is not shown: see"
        return Fault(code, "", f"{said} the secret that was found in it", _FIRST)
    return fault
