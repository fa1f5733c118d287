"""The rows of one file of an export, whichever way they are written; and rows put together."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import msgspec

from dataprep.example import Record
from dataprep.finding import Finding, Place
from dataprep.rules import found
from dataprep.sources.annotation_tools.export import ExportFile
from dataprep.sources.opening import head_of

_TABLES = (".csv", ".tsv")
_MOST = 64 * 1024 * 1024
"""Bytes of the rows of one task, at most; as of a task of Label Studio."""


def is_table(file: ExportFile) -> bool:
    """Whether a file is a table by its ending."""
    return file.inside.lower().removesuffix(".gz").endswith(_TABLES)


def rows(file: ExportFile) -> Iterator[Record | Finding]:
    """The objects of a file of JSON, of lines of JSON, or of a table, each with its line."""
    for item in _items(file):
        if isinstance(item, Record) and not isinstance(item.value, dict):
            yield found("J005", "is not an object", item.place)
        else:
            yield item


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

    The database is a temporary one without a name, which the system keeps in memory while it is
    small.
    """

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", check_same_thread=False)
        self._rows.execute("CREATE TABLE rows (key TEXT, at INTEGER, place TEXT, value TEXT)")

    def add(self, key: str, row: Record) -> None:
        """Put a row to the others of its key."""
        place = msgspec.json.encode(row.place).decode()
        values = (key, row.offset, place, json.dumps(row.value))
        self._rows.execute("INSERT INTO rows VALUES (?, ?, ?, ?)", values)

    def __iter__(self) -> Iterator[list[Record] | Finding]:
        self._rows.execute("CREATE INDEX IF NOT EXISTS keys ON rows (key)")
        keys = "SELECT key, MIN(rowid) AS first, SUM(LENGTH(value)) FROM rows GROUP BY key"
        with closing(self._rows.execute(f"{keys} ORDER BY first")) as groups:
            for key, first, size in groups:
                if size > _MOST:
                    yield self._too_large(first)
                    continue
                asked = "SELECT at, place, value FROM rows WHERE key = ? ORDER BY rowid"
                yield [
                    Record(msgspec.json.decode(place, type=Place), at, json.loads(value))
                    for at, place, value in self._rows.execute(asked, (key,))
                ]

    def _too_large(self, first: int) -> Finding:
        asked = "SELECT place FROM rows WHERE rowid = ?"
        (place,) = self._rows.execute(asked, (first,)).fetchone()
        words = f"the rows of this text have more than {_MOST:,} bytes together"
        return found("J012", words, msgspec.json.decode(place, type=Place))
