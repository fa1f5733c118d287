"""Parquet in slices, its values as JSON values."""

from __future__ import annotations

import base64
import datetime as dt
import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from dataprep import rules
from dataprep.example import Record
from dataprep.finding import Finding, Place, excerpt
from dataprep.frames import columns_of, note_of, parquet_errors, scan_frame
from dataprep.jsonio import encoded
from dataprep.sources.class_names import Features, class_record, features_of, words_on_alike
from dataprep.sources.row_limits import too_large

SLICE = 4096
_FEATURES = "huggingface"
"""The key under which `datasets` writes about its columns."""


class _NotFinite(ValueError):
    """A float that JSON cannot hold."""


def rows(path: Path, name: str) -> Iterator[Record | Finding]:
    """The rows in order; `line` of their place is the number of the row, from 1.

    Dates become ISO 8601 text, decimals text, bytes base64; a class of `datasets` becomes its
    name, a number of single precision the shortest that is read as the same. A row with NaN is a
    finding. Raises UsageError for a damaged file.
    """
    return plain_rows(_slices(path, name), name, features_of(note_of(path, _FEATURES)))


def words_on_classes(path: Path) -> list[str]:
    """What is to be said of classes that its metadata call alike."""
    return words_on_alike(features_of(note_of(path, _FEATURES)))


def plain_rows(
    slices: Iterable[list[dict[str, Any]]], name: str, features: Features
) -> Iterator[Record | Finding]:
    """The rows of a table of typed columns, as JSON values, with the names of their classes."""
    number = 0
    for row in chain.from_iterable(slices):
        number += 1
        place = Place(file=name, line=number)
        try:
            value = {key: plain(value) for key, value in row.items()}
        except _NotFinite:
            column = next(key for key, value in row.items() if not _is_plain(value))
            words = f"{excerpt(column)} is not a finite number"
            yield rules.found("J004", words, place)
            continue
        finding = too_large(value, len(encoded(value)), place)
        yield finding or class_record(Record(place, 0, value, typed=True), features)
    if not number:
        yield rules.found("J009", "the table holds no row", Place(file=name))


def holds_tokens(path: Path) -> bool:
    """Whether a Parquet file holds token ids, and not rows of text."""
    return "input_ids" in columns_of(path)


def _slices(path: Path, name: str) -> Iterator[list[dict[str, Any]]]:
    with parquet_errors(name):
        frame = scan_frame(path)
        height = frame.select(pl.len()).collect().item()
    for start in range(0, height, SLICE):
        with parquet_errors(name):
            rows = in_shortest(frame.slice(start, SLICE).collect()).rows(named=True)
        yield rows


def in_shortest(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its numbers of single precision as they are written: 3.8, not 3.79999995.

    Those in lists and structs too.
    """
    types = {name: of for name, of in frame.schema.items() if _with_singles(of, pl.String) != of}
    for leaf in (pl.String, pl.Float64) if types else ():
        frame = frame.cast({name: _with_singles(of, leaf) for name, of in types.items()})
    return frame


def _with_singles(of: Any, leaf: Any) -> Any:
    """A type with another one in the place of each Float32 in it."""
    if isinstance(of, pl.List):
        return pl.List(_with_singles(of.inner, leaf))
    if isinstance(of, pl.Array):
        return pl.Array(_with_singles(of.inner, leaf), of.size)
    if isinstance(of, pl.Struct):
        return pl.Struct({field.name: _with_singles(field.dtype, leaf) for field in of.fields})
    return leaf if of == pl.Float32 else of


def _is_plain(value: Any) -> bool:
    try:
        plain(value)
    except _NotFinite:
        return False
    return True


def plain(value: Any) -> Any:
    """The value as JSON has it. Raises ValueError for a float that JSON cannot hold."""
    match value:
        case None | bool() | str() | int():
            return value
        case float():
            if not math.isfinite(value):
                raise _NotFinite
            return value
        case list():
            return [plain(item) for item in value]
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return value.total_seconds()
        case Decimal():
            return str(value)
        case _:
            return str(value)
