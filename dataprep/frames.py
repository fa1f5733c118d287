"""The one door to Parquet files: a path is the name of one file, and damage is a UsageError.

Polars alone takes `data[1]` for a pattern and `~` for the home folder, refuses names that are not
UTF-8, and raises PanicException, which is no Exception, for some damaged pages.
"""

from __future__ import annotations

import errno
import io
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataprep.finding import (
    OF_A_FILE,
    EnvironmentProblem,
    ForbiddenFile,
    UnreadableFile,
    UsageError,
    excerpt,
)
from dataprep.panics import Panic, caught_panics

if TYPE_CHECKING:
    import polars as pl

AGAIN = "Write or download the file again."
_MAGIC = b"PAR1"
_SMALLEST = 12
"""Bytes of the two magics and the length of the footer between them."""
_WORDS = 100


@contextmanager
def parquet_errors(name: str, remedy: str = AGAIN) -> Iterator[None]:
    """Turn what Polars raises for a file called `name` into a UsageError, with what to do.

    A file that the system does not give is an EnvironmentProblem.
    """
    import polars as pl

    damage = (pl.exceptions.PolarsError, Panic, OSError, ValueError, OverflowError, MemoryError)
    try:
        with caught_panics():
            yield
    except damage as error:
        raise _explained(error, name, remedy) from None


def read_frame(
    path: Path, columns: Sequence[str] | None = None, remedy: str = AGAIN
) -> pl.DataFrame:
    """The table of one file, or some of its columns. Raises UsageError for a damaged file."""
    import polars as pl

    with parquet_errors(str(path), remedy):
        source = _source(path)
        wanted = None if columns is None else list(columns)
        return pl.read_parquet(source, columns=wanted, glob=False, hive_partitioning=False)


def scan_frame(*paths: Path) -> pl.LazyFrame:
    """The table of files of one schema, to be collected within `parquet_errors`."""
    import polars as pl

    sources: Any = [_source(path) for path in paths]  # of one folder: all of one kind
    return pl.scan_parquet(sources, glob=False, hive_partitioning=False)


def columns_of(path: Path) -> list[str]:
    """The names of the columns of a file; none where it cannot be read."""
    import polars as pl

    try:
        with parquet_errors(str(path)):
            frame = pl.scan_parquet(_source(path), glob=False, hive_partitioning=False)
            return frame.collect_schema().names()
    except (UsageError, ForbiddenFile):
        return []


def note_of(path: Path, key: str) -> str:
    """What stands in the footer of a file under a key; empty where nothing does."""
    import polars as pl

    try:
        with parquet_errors(str(path)):
            return pl.read_parquet_metadata(_source(path)).get(key, "")
    except (UsageError, ForbiddenFile):
        return ""


def _source(path: Path) -> Path | io.BytesIO:
    """The path as Polars takes it for itself; the content where it cannot take the name."""
    with path.open("rb") as file:  # what the system says of it, in its own words
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - len(_MAGIC), 0))
        if size < _SMALLEST or file.read() != _MAGIC:
            raise ValueError("it does not end as a Parquet file does")
    whole = path.absolute()
    try:
        str(whole).encode()
    except UnicodeEncodeError:
        return io.BytesIO(path.read_bytes())
    return whole


def _explained(error: BaseException, name: str, remedy: str) -> UsageError | EnvironmentProblem:
    said = str(error).strip()
    known = re.search(r"os error (\d+)", said)
    number = getattr(error, "errno", None) or (known and int(known[1]))
    if number in OF_A_FILE:
        return UnreadableFile(f"{name}: {os.strerror(number).lower()}.", remedy)
    if number in (errno.EACCES, errno.EPERM):
        return ForbiddenFile(f"{name} may not be read.", "Check its permissions.")
    if number:
        return EnvironmentProblem(f"{name}: {os.strerror(number).lower()}.", "Check the file.")
    words = excerpt(said.splitlines()[0], _WORDS) if said else "it is damaged"
    return UnreadableFile(f"{name} cannot be read as Parquet: {words}.", remedy)
