"""Big exports are cut into parts on the borders of tasks, to be read one by one, in any process.

The cut depends on the file alone. Only a JSON array of tasks is cut; any other file is one part,
and its reader says what is wrong with it.
"""

from __future__ import annotations

import functools
import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from dataprep import jsonio
from dataprep.annotation import decode_task
from dataprep.example import Record
from dataprep.finding import Finding
from dataprep.sources import label_studio

PART_SIZE = 8_000_000
"""Bytes of a part, about; a larger task is a part by itself."""

_HEAD = 32
"""So many bytes find a task: what stands between two tasks is a comma and blanks."""


class Part(msgspec.Struct, frozen=True):
    """Some records of a file, from byte `start` to `end`; the first has the index `first`.

    `mapped` and `slices` are the file and its records in the process that has cut it; they do
    not travel.
    """

    start: int
    end: int
    first: int
    mapped: mmap.mmap | None = None
    slices: Sequence[msgspec.Raw] = ()

    def __reduce__(self) -> tuple[type[Part], tuple[int, int, int]]:
        return Part, (self.start, self.end, self.first)


def cut(path: Path, size: int) -> list[Part]:
    """The parts of an export, in order; none where it must be read whole."""
    if not path.is_file() or path.stat().st_size <= size:
        return []
    mapped = _map(path)
    head = mapped[:64].split()
    if not b"".join(head).startswith(b"[{"):
        return []
    try:
        slices = msgspec.json.decode(memoryview(mapped), type=list[msgspec.Raw])
        first = bytes(slices[0])
        decode_task(first)
        if label_studio.is_json_min(first):
            return []
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, jsonio.JsonError):
        return []
    return list(_grouped(mapped, slices, size))


def _grouped(mapped: mmap.mmap, slices: list[msgspec.Raw], size: int) -> Iterator[Part]:
    first = at = start = 0
    for index, piece in enumerate(slices):
        view = memoryview(piece)
        at = mapped.find(view[:_HEAD], at)
        if index == first:
            start = at
        at += len(view)
        if at - start >= size or index + 1 == len(slices):
            yield Part(start, at, first, mapped, slices[first : index + 1])
            first = index + 1


def read(path: Path, name: str, part: Part) -> Iterator[Record | Finding]:
    """The tasks of one part of an export, as the reader of whole exports gives them."""
    mapped, slices = part.mapped, part.slices
    if mapped is None:
        mapped = _kept(path)
        text = b"".join((b"[", memoryview(mapped)[part.start : part.end], b"]"))
        slices = msgspec.json.decode(text, type=list[msgspec.Raw])
    lines = label_studio.Lines(mapped, 0)
    at = part.start
    for index, piece in enumerate(slices, part.first):
        raw = bytes(piece)
        at = mapped.find(raw[:_HEAD], at)
        yield label_studio.task_at(raw, at, index, lines, name)
        at += len(raw)


def _map(path: Path) -> mmap.mmap:
    """The file as memory; it is not closed by hand, since slices point into it."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


_kept = functools.lru_cache(maxsize=1)(_map)
"""In a worker, which lives no longer than the run, so that no file changes under it."""
