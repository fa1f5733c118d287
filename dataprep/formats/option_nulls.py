"""The nulls of a table: one among the options stays, so that the others keep their letters."""

from __future__ import annotations

from functools import lru_cache

from dataprep.formats.format import Row
from dataprep.formats.meanings import Meaning, lettered, meaning_of


def without_nulls(row: Row) -> Row:
    """The row without nulls, but for those among its options."""
    if None not in row.values():
        return row
    options = _options(tuple(row))
    return {key: value for key, value in row.items() if value is not None or key in options}


@lru_cache(maxsize=1024)
def _options(names: tuple[str, ...]) -> frozenset[str]:
    """The columns of options."""
    return frozenset((*lettered(names), *(n for n in names if meaning_of(n) is Meaning.OPTIONS)))
