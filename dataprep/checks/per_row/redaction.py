"""No part of a secret in any message: what else is wrong with its row is said without quoting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataprep.finding import Fault
from dataprep.pictures import without_pictures
from dataprep.rules import CATALOGUE
from dataprep.sensitive import bare, pieces_shown


def discreet(faults: Sequence[Fault], row: Any) -> Sequence[Fault]:
    """The faults of a row; where a secret was found in it, none shows a piece of the secret."""
    others = [words for f in faults if not f.code.startswith("P") for words in f[1:4]]
    if not others or not any(fault.code.startswith("P") for fault in faults):
        return faults
    hidden = pieces_shown([without_pictures(row)], others)
    if not hidden:
        return faults
    return [fault if fault.code.startswith("P") else _without(fault, hidden) for fault in faults]


_FIRST = "Take what is secret out of it first, then check again."


def _without(fault: Fault, hidden: frozenset[str]) -> Fault:
    code = fault.code
    if any(_shows(bare(words), hidden) for words in fault[1:4]):
        said = f"the row must not {CATALOGUE[code].summary}; what it holds is not shown: see"
        return Fault(code, "", f"{said} the secret that was found in it", _FIRST)
    return fault


def _shows(words: str, hidden: frozenset[str]) -> bool:
    """Whether words hold one of many pieces, which have few lengths."""
    return any(
        words[at : at + size] in hidden
        for size in {len(piece) for piece in hidden}
        for at in range(len(words) - size + 1)
    )
