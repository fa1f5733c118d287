"""The rows of one file of an export, whichever way they are written; and rows put together."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager

import msgspec

from dataprep.example import Record
from dataprep.finding import EnvironmentProblem, Finding, Place
from dataprep.rules import found
from dataprep.sources.annotation_tools.export import ExportFile
from dataprep.sources.opening import UNOPENED, head_of, unopened

_TABLES = (".csv", ".tsv")
_MOST = 64 * 1024 * 1024
"""Bytes of the rows of one task, at most; as of a task of Label Studio."""


def is_table(file: ExportFile) -> bool:
    """Whether a file is a table by its ending."""
    return file.inside.lower().removesuffix(".gz").endswith(_TABLES)


def rows(file: ExportFile) -> Iterator[Record | Finding]:
    """The objects of a file of JSON, of lines of JSON, or of a table, each with its line."""
    for item in _opened_items(file):
        if isinstance(item, Record) and not isinstance(item.value, dict):
            yield found("J005", "is not an object", item.place)
        else:
            yield item


def _opened_items(file: ExportFile) -> Iterator[Record | Finding]:
    try:
        yield from _items(file)
    except UNOPENED as error:
        yield unopened(error, file.name, file.name)


def _items(file: ExportFile) -> Iterator[Record | Finding]:
    from dataprep.sources import fine_tuning, json_rows, jsonl_form, tables
    from dataprep.sources.causes import Cause

    path, name = file.path, file.name
    if head_of(path, name, 4) == b"PAR1":
        yield from tables.read(path, name, "parquet")
    elif is_table(file):
        tabs = ".tsv" in file.inside.lower()
        yield from tables.read(path, name, "tsv" if tabs else "csv")
    elif head_of(path, name, 512).lstrip()[:1] != b"[" and (
        ".jsonl" in file.inside.lower() or jsonl_form.holds_lines(path, name)
    ):
        yield from fine_tuning.read(path, name)
    else:
        for item in json_rows.read(path, name, fine_tuning.READ_ON):
            yield item.note if isinstance(item, Cause) else item


class RowGroups:
    """Rows of one key each together, in the order of the first of each; they wait on disk.

    The database is a temporary one without a name, which SQLite keeps in memory while it is
    small. Raises EnvironmentProblem where the temporary folder (TMPDIR) has no room.
    """

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", check_same_thread=False)
        self._rows.execute("CREATE TABLE rows (key TEXT, at INTEGER, place TEXT, value TEXT)")

    def add(self, key: str, row: Record) -> None:
        """Put a row to the others of its key."""
        place = msgspec.json.encode(row.place).decode()
        values = (key, row.offset, place, json.dumps(row.value))
        with _room():
            self._rows.execute("INSERT INTO rows VALUES (?, ?, ?, ?)", values)

    def __iter__(self) -> Iterator[list[Record] | Finding]:
        with _room():
            self._rows.execute("CREATE INDEX IF NOT EXISTS keys ON rows (key)")
            keys = "SELECT key, MIN(rowid) AS first, SUM(LENGTH(value)) FROM rows GROUP BY key"
            groups = self._rows.execute(f"{keys} ORDER BY first")
        with closing(groups):
            while (group := self._next(groups)) is not None:
                yield self._group(*group)

    def _next(self, groups: sqlite3.Cursor) -> tuple[str, int, int] | None:
        with _room():
            group: tuple[str, int, int] | None = groups.fetchone()
        return group

    def _group(self, key: str, first: int, size: int) -> list[Record] | Finding:
        """The rows of one key; a finding where they are too much for one task."""
        with _room():
            if size > _MOST:
                asked = "SELECT place FROM rows WHERE rowid = ?"
                (place,) = self._rows.execute(asked, (first,)).fetchone()
                words = f"the rows of this text have more than {_MOST:,} bytes together"
                return found("J012", words, msgspec.json.decode(place, type=Place))
            asked = "SELECT at, place, value FROM rows WHERE key = ? ORDER BY rowid"
            return [
                Record(msgspec.json.decode(place, type=Place), at, json.loads(value))
                for at, place, value in self._rows.execute(asked, (key,))
            ]


@contextmanager
def _room() -> Iterator[None]:
    """What the database refuses, in words."""
    try:
        yield
    except sqlite3.Error as error:
        message = f"Rows cannot be kept in {tempfile.gettempdir()}: {error}."
        raise EnvironmentProblem(message, "Make room there, or set TMPDIR.") from None
