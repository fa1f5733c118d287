"""The tasks of an export in which one of them is no JSON: told apart by brackets and quotes alone.

What is wrong inside a task (half of a surrogate pair, NaN, a bare control character) costs that
task. It is ten times as slow as msgspec, and is asked only where that refuses the whole file.
"""

from __future__ import annotations

import mmap
import re
from array import array

from dataprep.patterns import LatePattern

_TOKEN = LatePattern(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{}]|"', re.DOTALL)
_CLOSING = {b"[": b"]", b"{": b"}"}


def tasks_apart(mapped: mmap.mmap, start: int) -> array[int] | None:
    """Start and end of each object of a list, one after the other; None where it is no such list.

    Between two of them stands one comma, and nothing stands behind the list.
    """
    borders: array[int] = array("Q")
    open_: list[bytes] = []
    at = start
    for found in _TOKEN.finditer(mapped, start):
        token = found[0]
        if token[:1] == b'"':
            if len(token) == 1 or len(open_) < 2:
                return None
            continue
        if token in _CLOSING:
            if len(open_) == 1:
                between = mapped[at : found.start()].strip()
                if token != b"{" or between != (b"," if borders else b""):
                    return None
                borders.append(found.start())
            elif not open_ and (token != b"[" or mapped[at : found.start()].strip()):
                return None
            elif not open_:
                at = found.end()
            open_.append(_CLOSING[token])
            continue
        if not open_ or open_.pop() != token:
            return None
        if len(open_) == 1:
            borders.append(found.end())
            at = found.end()
        elif not open_:
            rest = mapped[found.end() :].strip()
            return borders if borders and not mapped[at : found.start()].strip() + rest else None
    return None
