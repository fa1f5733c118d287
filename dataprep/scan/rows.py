"""The lines of a file that are rows of texts alone, read many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from dataprep.scan import columns
from dataprep.scan.build import library
from dataprep.scan.library import DONE, opened, why_not

CHAT, PAIR = range(2)
"""The forms of rows that are known, by their numbers in `source/scan.h`."""

ENDLESS = 2**62
"""More characters than any row has."""

_COLUMNS = ("row", "roles", "content", "asked", "before")
"""The columns of rows in `source/scan.h`, in the order of their numbers."""


class ScannedRows(NamedTuple):
    """The rows of texts alone among some lines, as columns.

    `row` is the number of the line, from 0; `roles` are the first letters of the roles, one a
    message, and none of a pair. `content` holds the texts of all rows, one after the other. `asked`
    is what was said before the answer, role and text of each message with 0x1E between them;
    `before` are those texts alone, with line breaks between them.
    """

    row: pl.Series
    roles: pl.Series
    content: pl.Series
    asked: pl.Series
    before: pl.Series


def read_rows(form: int, raws: Sequence[bytes], most: int = ENDLESS) -> ScannedRows | None:
    """The lines that are such rows, with fewer than `most` characters; None without the library."""
    known = opened(library())
    if why_not() or isinstance(known, str):
        return None
    lines, ends = b"".join(raws), np.cumsum([*map(len, raws)], dtype=np.int64)
    found = known.scan_rows(form, lines, len(lines), ends.ctypes.data, len(ends), most)
    try:
        if known.scan_outcome(found) != DONE:
            return None
        taken = [columns.take(known, found, number) for number in range(len(_COLUMNS))]
    finally:
        known.scan_free(found)
    whole = [one for one in taken if one is not None]
    return ScannedRows(*whole) if len(whole) == len(_COLUMNS) else None
