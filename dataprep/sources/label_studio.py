"""Label Studio's exports, of every form: split by raw slices over a memory map.

The file is never read whole: msgspec finds the borders of the tasks, and each is decoded when
its turn comes. A file that ends too early, or is no export at all, yields one finding.
"""

from __future__ import annotations

import json
import mmap
import re
from array import array
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import msgspec

from dataprep import jsonio
from dataprep.annotation import LabelingConfig, Of, decode_task
from dataprep.example import Record
from dataprep.finding import Finding, Place, UsageError
from dataprep.rules import found
from dataprep.sources import label_studio_conll as conll
from dataprep.sources import label_studio_rows as rows
from dataprep.sources import tables
from dataprep.sources.label_studio_forms import (
    CONLL,
    looks_like_json_min,
    looks_like_tasks,
    recognises,
    table_delimiter,
)
from dataprep.sources.label_studio_split import tasks_apart
from dataprep.sources.memory_map import mapped as mapped_file
from dataprep.sources.opening import BOM, wrong_kind
from dataprep.sources.positions import Positions
from dataprep.sources.row_limits import too_long

__all__ = [
    "is_json_min",
    "looks_like_tasks",
    "read",
    "read_lines",
    "recognises",
    "task_at",
]

_BROKEN = {"J001": "The file is cut off or damaged: export again."}
_REMEDIES = {
    "J005": "Remove it, or export the project again, as JSON.",
    "S001": "Export the project again, as JSON (not as JSON_MIN or CSV).",
}
_NO_LIST = "Give it as Label Studio exports it: a list of tasks, or one task a line."
_HEAD = 32
"""So many bytes find a task: what stands between two tasks is a comma and blanks."""
_EXPLAINED = 64 * 1024 * 1024
_PIECE = 1024 * 1024
MAX_TASK = 64 * 1024 * 1024
"""Bytes of one task: twice those of a row, for its regions repeat its text."""

_REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


_Piece = tuple[bytes, int, int, int | None]
"""A task as it stands in the file, its offset and index, and its line where it is one line."""


def read(
    path: Path, name: str, of: Of = "annotations", config: LabelingConfig | None = None
) -> Iterator[Record | Finding]:
    """The tasks of an export in the order of the file, `value` a Task; or what is wrong.

    `of` asks for the results of predictions or drafts in the place of the annotations; `config`
    tells which columns of a degraded export (JSON_MIN, CSV, TSV) are controls. Raises UsageError
    when predictions or drafts are asked of a form that has none.
    """
    mapped = mapped_file(path, name)
    if isinstance(mapped, Finding):
        yield mapped
        return
    start = len(BOM) if mapped[: len(BOM)] == BOM else 0
    head = mapped[start : start + 4096]
    if delimiter := table_delimiter(mapped[start : start + _PIECE]):
        _has(of, "CSV", name)
        cells = tables.read(path, name, "tsv" if delimiter == "\t" else "csv")
        yield from rows.read(cells, "CSV", name, config)
        return
    if start:
        yield found("J006", "starts with a byte order mark", Place(file=name, line=1))
    if finding := _no_export(head, name):
        yield finding
    elif head.startswith(CONLL):
        _has(of, "CoNLL", name)
        yield from conll.read(mapped, start, name)
    else:
        yield from _json(mapped, start, name, of, config)


def _has(of: Of, form: str, name: str) -> None:
    if of != "annotations":
        remedy = f"Make a snapshot with the {of} expanded: dataprep pull does."
        raise UsageError(f"{name} is a {form} export, which holds no {of}.", remedy)


def _json(
    mapped: mmap.mmap, start: int, name: str, of: Of, config: LabelingConfig | None
) -> Iterator[Record | Finding]:
    pieces = _pieces(mapped, start, name)
    if isinstance(pieces, Finding):
        yield pieces
        return
    first = next(pieces, None)
    if first is None:
        yield found("J009", "holds no task", Place(file=name))
        return
    lines = Positions(mapped, start)
    if is_json_min(first[0]):
        _has(of, "JSON_MIN", name)
        values = (_row(piece, lines, name) for piece in chain([first], pieces))
        yield from rows.read(values, "JSON_MIN", name, config)
        return
    if of == "annotations":
        for raw, at, index, line in chain([first], pieces):
            yield task_at(raw, at, index, lines, name, line=line)
        return
    tasks = (
        task_at(r, at, i, lines, name, line=n, of=of) for r, at, i, n in chain([first], pieces)
    )
    yield from _presented(tasks, of, name)


def _presented(items: Iterator[Record | Finding], of: Of, name: str) -> Iterator[Record | Finding]:
    """The same, and a finding where the export holds only the ids of what was asked for."""
    said = False
    for item in items:
        if isinstance(item, Record) and not said:
            given = item.value.predictions if of == "predictions" else item.value.drafts
            if isinstance(given, list) and any(isinstance(each, int) for each in given):
                said = True
                remedy = f"Make a snapshot with the {of} expanded: dataprep pull does."
                words = f"holds the ids of {of} alone"
                yield found("A009", words, Place(file=name, task=item.place.task), remedy=remedy)
        yield item


def _pieces(mapped: mmap.mmap, start: int, name: str) -> Iterator[_Piece] | Finding:
    """The tasks of a list, of lines, or the only one; or why there are none."""
    view = memoryview(mapped)[start:]
    head = mapped[start : start + 4096]
    if head.lstrip()[:1] != b"{":
        try:
            return _of_list(mapped, start, msgspec.json.decode(view, type=list[msgspec.Raw]))
        except _REFUSED as error:
            borders = tasks_apart(mapped, start)
            return _apart(mapped, borders) if borders else _broken(mapped, start, error, name)
    at = start + len(head) - len(head.lstrip())
    try:
        keys = msgspec.json.decode(view, type=dict[str, msgspec.Raw])
    except _REFUSED as error:
        if _is_whole(_line(mapped, at)):
            return _of_lines(mapped, start)
        return _broken(mapped, start, error, name)
    if "data" in keys or looks_like_tasks(only := _decoded(view)) or looks_like_json_min(only):
        return iter([(bytes(view[at - start :]), at, 0, None)])
    return _broken(mapped, start, None, name)


def _of_list(mapped: mmap.mmap, start: int, slices: list[msgspec.Raw]) -> Iterator[_Piece]:
    at = start
    for index, piece in enumerate(slices):
        raw = bytes(piece)
        at = mapped.find(raw[:_HEAD], at)
        yield raw, at, index, None
        at += len(raw)


def _apart(mapped: mmap.mmap, borders: array[int]) -> Iterator[_Piece]:
    """The tasks between those borders."""
    for index in range(len(borders) // 2):
        start, end = borders[2 * index], borders[2 * index + 1]
        yield mapped[start:end], start, index, None


def _of_lines(
    mapped: mmap.mmap, start: int, until: int | None = None, before: int = 0
) -> Iterator[_Piece]:
    """The lines from `start` to `until`; so many lines stand before."""
    at, number = start, before
    until = len(mapped) if until is None else until
    while at < until:
        end = mapped.find(b"\n", at)
        end = len(mapped) if end < 0 else end
        number += 1
        yield mapped[at:end].rstrip(b"\r"), at, number - 1, number
        at = end + 1


def read_lines(
    mapped: mmap.mmap, name: str, start: int, until: int, before: int
) -> Iterator[Record | Finding]:
    """The tasks on some lines of an export whose tasks stand one a line."""
    lines = Positions(mapped, start, before + 1)
    for raw, at, index, line in _of_lines(mapped, start, until, before):
        yield task_at(raw, at, index, lines, name, line=line)


def _line(mapped: mmap.mmap, start: int) -> bytes:
    end = mapped.find(b"\n", start)
    return mapped[start : end if end >= 0 else len(mapped)]


def _is_whole(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except _REFUSED:
        return False
    return True


def _decoded(raw: bytes | memoryview) -> object:
    try:
        return msgspec.json.decode(raw)
    except _REFUSED:
        pass
    try:
        return json.loads(bytes(raw))  # takes half a character, and NaN
    except (ValueError, RecursionError):
        return None


def is_json_min(raw: bytes | memoryview) -> bool:
    """Whether the first row of a list is one of a JSON_MIN export."""
    return looks_like_json_min(_decoded(raw))


def task_at(
    raw: bytes,
    at: int,
    index: int,
    lines: Positions,
    name: str,
    *,
    line: int | None = None,
    of: Of = "annotations",
) -> Record | Finding:
    """The task in a slice of the file, `at` its first byte; or what is wrong, and where."""
    if len(raw) > MAX_TASK:
        return _too_long((raw, at, index, line), lines, name)
    try:
        task = decode_task(raw, of)
    except jsonio.JsonError as error:
        return _refused((raw, at, index, line), error, lines, name)
    key = index if task.id is msgspec.UNSET else task.id
    return Record(Place(file=name, line=line, task=key), at, task)


def _row(piece: _Piece, lines: Positions, name: str) -> Record | Finding:
    """A row of JSON_MIN, strictly."""
    raw, at, _, line = piece
    if len(raw) > MAX_TASK:
        return _too_long(piece, lines, name)
    try:
        value = jsonio.loads(raw)
        if not isinstance(value, dict):
            raise jsonio.JsonError("J005", "is not an object")
    except jsonio.JsonError as error:
        return _refused(piece, error, lines, name)
    return Record(Place(file=name, line=line), at, value)


def _too_long(piece: _Piece, lines: Positions, name: str) -> Finding:
    raw, at, index, only = piece
    path = f"[{index}]" if only is None else ""
    place = Place(file=name, line=lines.position(at)[0], path=path)
    return too_long(len(raw), place, MAX_TASK)


def _refused(piece: _Piece, error: jsonio.JsonError, lines: Positions, name: str) -> Finding:
    raw, at, index, only = piece
    line, column = lines.position(at)
    if only is not None and not raw.strip():
        remedy = "Remove the line."
        return found("J005", "is blank", Place(file=name, line=line), remedy=remedy)
    if error.line is not None and error.column is not None:
        column = error.column + (column - 1 if error.line == 1 else 0)
        line += error.line - 1
    path = f"[{index}]" if only is None else ""
    place = Place(file=name, line=line, column=column, path=path)
    return found(error.code, error.message, place, remedy=_REMEDIES.get(error.code, ""))


def _no_export(head: bytes, name: str) -> Finding | None:
    """What the first bytes show to be no export at all."""
    if head.lstrip()[:1] == b"<":
        return found("J010", "is an HTML or XML page, not an export", Place(file=name, line=1))
    return wrong_kind(head, name)


def _broken(mapped: mmap.mmap, start: int, error: Exception | None, name: str) -> Finding:
    """Why the file cannot be split into tasks; of a very large one only where it breaks."""
    if len(mapped) > _EXPLAINED and error is not None:
        at = start + int((re.findall(r"\(byte (\d+)\)", str(error)) or [len(mapped) - start])[0])
        place = Place(file=name, line=Positions(mapped, start).position(at)[0])
        return found("J001", "is not valid JSON from here on", place, remedy=_BROKEN["J001"])
    try:
        value = jsonio.loads(mapped[start:])
    except jsonio.JsonError as refused:
        place = Place(file=name, line=refused.line, column=refused.column)
        return found(refused.code, refused.message, place, remedy=_BROKEN.get(refused.code, ""))
    kind = "an object" if isinstance(value, dict) else "not a list"
    words = f"is {kind}, where an export is a list of tasks"
    return found("J005", words, Place(file=name), remedy=_NO_LIST)
