"""Words and signatures of texts: as `dataprep.near` tells near copies, which it holds to."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from dataprep.scan.build import library
from dataprep.scan.library import opened, why_not

HASHES = 128
"""Values of a signature."""


class SignatureNumbers(NamedTuple):
    """What signatures are made with.

    A word is multiplied by one of `of_words` (uint64), a run by each of `of_values` (uint32).
    """

    of_words: np.ndarray
    of_values: np.ndarray
    fewest: int


def words_of(texts: Sequence[str] | pl.Series) -> tuple[np.ndarray, np.ndarray] | None:
    """The number of the text of each word (uint32), and its hash (uint64).

    None without the library, or where it refuses the texts.
    """
    known = opened(library())
    if why_not() or isinstance(known, str):
        return None
    text, ends = _together(known, texts)
    rows, words = np.empty(len(text), np.uint32), np.empty(len(text), np.uint64)
    count = known.scan_words(
        text, len(text), ends.ctypes.data, len(ends), rows.ctypes.data, words.ctypes.data
    )
    return (rows[:count].copy(), words[:count].copy()) if count >= 0 else None


def signed(
    texts: Sequence[str] | pl.Series, common: np.ndarray, how: SignatureNumbers
) -> tuple[np.ndarray, np.ndarray] | None:
    """The numbers of the texts that have a signature, and its values: (texts, 128), uint32.

    `common` are runs that do not count, sorted. None without the library, or where it refuses.
    """
    known = opened(library())
    if why_not() or isinstance(known, str):
        return None
    text, ends = _together(known, texts)
    rows, values = np.empty(len(ends), np.uint32), np.empty((len(ends), HASHES), np.uint32)
    count = known.scan_sign(
        *(text, len(text), ends.ctypes.data, len(ends)),
        *(common.ctypes.data, len(common)),
        *(how.of_words.ctypes.data, how.of_values.ctypes.data, how.fewest),
        *(rows.ctypes.data, values.ctypes.data),
    )
    return (rows[:count], values[:count]) if count >= 0 else None


def _together(known: ctypes.CDLL, texts: Sequence[str] | pl.Series) -> tuple[bytes, np.ndarray]:
    """All texts as UTF-8, beyond ASCII in lower case, and where each ends.

    Lower case takes Polars most of the time of a signature, and few texts need it: the library
    lowers A to Z by itself.
    """
    series = pl.Series(texts, dtype=pl.String)
    pieces: list[bytes] = series.cast(pl.Binary).to_list()
    text, ends = _joined(pieces)
    rows = np.empty(len(ends), np.uint32)
    count = known.scan_capitals(text, len(text), ends.ctypes.data, len(ends), rows.ctypes.data)
    if count <= 0:
        return text, ends
    lowered = series.gather(rows[:count]).str.to_lowercase().cast(pl.Binary)
    for row, piece in zip(rows[:count].tolist(), lowered.to_list(), strict=True):
        pieces[row] = piece
    return _joined(pieces)


def _joined(pieces: list[bytes]) -> tuple[bytes, np.ndarray]:
    return b"".join(pieces), np.cumsum([*map(len, pieces)], dtype=np.int64)
