"""Label Studio's JSON exports, easy or snapshot: split by raw slices over a memory map.

The file is never read whole: msgspec finds the borders of the tasks, and each is decoded when
its turn comes. A file that ends too early, or is no export at all, yields one finding.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

import msgspec

from dataprep import jsonio
from dataprep.annotation import decode_task
from dataprep.example import Record
from dataprep.finding import Finding, Place
from dataprep.rules import found

_BOM = b"\xef\xbb\xbf"
_HEAD = 32
"""So many bytes find a task: what stands between two tasks is a comma and blanks."""


def read(path: Path, name: str) -> Iterator[Record | Finding]:
    """The tasks of an export in the order of the file, `value` a Task; or what is wrong."""
    if path.stat().st_size == 0:
        yield found("J009", "is empty", Place(file=name))
        return
    with path.open("rb") as file:
        # Not closed by hand: the raw slices point into it, and the last of them closes it.
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    yield from _read(mapped, name)


def _read(mapped: mmap.mmap, name: str) -> Iterator[Record | Finding]:
    start = 3 if mapped[:3] == _BOM else 0
    if start:
        yield found("J006", "starts with a byte order mark", Place(file=name, line=1))
    if mapped[start : start + 64].lstrip()[:1] == b"<":
        yield found("J010", "is an HTML or XML page, not an export", Place(file=name, line=1))
        return
    try:
        slices = msgspec.json.decode(memoryview(mapped)[start:], type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        yield _broken(mapped[start:], name)
        return
    if not slices:
        yield found("J009", "holds no task", Place(file=name))
    at = start
    for index, piece in enumerate(slices):
        raw = bytes(piece)
        at = mapped.find(raw[:_HEAD], at)
        yield _task(raw, at, index, mapped, name)
        at += len(raw)


def _task(raw: bytes, at: int, index: int, mapped: mmap.mmap, name: str) -> Record | Finding:
    try:
        task = decode_task(raw)
    except jsonio.JsonError as error:
        line = mapped[:at].count(b"\n") + (error.line or 1)
        column = (error.column or 1) + (at - (mapped.rfind(b"\n", 0, at) + 1) if line == 1 else 0)
        place = Place(file=name, line=line, column=column, path=f"[{index}]")
        return found(error.code, error.message, place)
    key = index if task.id is msgspec.UNSET else task.id
    return Record(Place(file=name, task=key), at, task)


def _broken(raw: bytes, name: str) -> Finding:
    """Why the file cannot be split into tasks."""
    try:
        value = jsonio.loads(raw)
    except jsonio.JsonError as error:
        place = Place(file=name, line=error.line, column=error.column)
        return found(
            error.code, error.message, place, remedy="The file is cut off or damaged: export again."
        )
    kind = "an object" if isinstance(value, dict) else "not a list"
    return found("J005", f"is {kind}, where an export is a list of tasks", Place(file=name))
