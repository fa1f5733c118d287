"""Big files are cut into parts on the borders of records, to be read one by one, in any process.

The cut depends on the file alone. Only a JSON array of tasks, and lines, are cut; any other file
is one part, and its reader says what is wrong with it.
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
from dataprep.finding import Finding, UsageError
from dataprep.sources import label_studio, memory_map
from dataprep.sources.gzip_faults import GZIP
from dataprep.sources.opening import BOM, is_gzip, wrong_kind
from dataprep.sources.positions import Positions
from dataprep.sources.row_limits import MAX_LINE

_HEAD = 32
"""So many bytes find a task: what stands between two tasks is a comma and blanks."""

_PIECE = 1024 * 1024


class Part(msgspec.Struct, frozen=True):
    """Some records of a file, from byte `start` to `end`; the first has the index `first`.

    With `lined` each record is a line, and `first` counts the lines before. `mapped` and
    `slices` are the file and its records in the process that has cut it; they do not travel.
    """

    start: int
    end: int
    first: int
    lined: bool = False
    mapped: mmap.mmap | None = None
    slices: Sequence[msgspec.Raw] = ()

    def __reduce__(self) -> tuple[type[Part], tuple[int, int, int, bool]]:
        return Part, (self.start, self.end, self.first, self.lined)


def cut(path: Path, size: int) -> list[Part]:
    """The parts of an export, in order; none where it must be read whole."""
    if not path.is_file() or (path.stat().st_size <= size and not is_gzip(path)):
        return []
    mapped = memory_map.mapped(path, path.name)
    if isinstance(mapped, Finding) or len(mapped) <= size:
        return []
    head = b"".join(mapped[:64].split())
    if head.startswith(b"{") and _holds_lines_of_tasks(mapped):
        return list(_lined(mapped, size))
    if not head.startswith(b"[{"):
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
            yield Part(start, at, first, False, mapped, slices[first : index + 1])
            first = index + 1


def cut_lines(path: Path, size: int) -> list[Part]:
    """The parts of a file of lines, in order; none where it must be read whole."""
    if not path.is_file() or path.stat().st_size <= size:
        return []
    mapped = _map(path)
    head, blank = mapped[:512], not mapped[:size].removeprefix(BOM).strip()
    if blank or head.startswith(GZIP) or wrong_kind(head, path.name):
        return []
    parts = list(_lined(mapped, size))
    return parts if all(part.end - part.start <= MAX_LINE for part in parts) else []


def _lined(mapped: mmap.mmap, size: int) -> Iterator[Part]:
    start = first = 0
    while start < len(mapped):
        end = mapped.find(b"\n", start + size) + 1 or len(mapped)
        yield Part(start, end, first, True, mapped)
        pieces = range(start, end, _PIECE)
        first += sum(mapped[at : min(at + _PIECE, end)].count(b"\n") for at in pieces)
        start = end


def _holds_lines_of_tasks(mapped: mmap.mmap) -> bool:
    """Whether the first line is a task, and not all of the file."""
    end = mapped.find(b"\n")
    if end < 0 or not mapped[end : end + _PIECE].strip():
        return False
    try:
        first = mapped[:end]
        decode_task(first)
    except jsonio.JsonError:
        return False
    return not label_studio.is_json_min(first)


def read(path: Path, name: str, part: Part) -> Iterator[Record | Finding]:
    """The tasks of one part of an export, as the reader of whole exports gives them."""
    mapped = _kept(path) if part.mapped is None else part.mapped
    if part.lined:
        yield from label_studio.read_lines(mapped, name, part.start, part.end, part.first)
        return
    slices = part.slices
    if part.mapped is None:
        text = b"".join((b"[", memoryview(mapped)[part.start : part.end], b"]"))
        slices = msgspec.json.decode(text, type=list[msgspec.Raw])
    lines = Positions(mapped, 0)
    at = part.start
    for index, piece in enumerate(slices, part.first):
        view = memoryview(piece)
        at = mapped.find(view[:_HEAD], at)
        yield label_studio.task_at(bytes(view), at, index, lines, name)
        at += len(view)


class PartBytes:
    """A copy of the bytes of a part, which nobody changes meanwhile; the part holds no lines."""

    def __init__(self, path: Path, name: str, part: Part) -> None:
        self._mapped = _kept(path) if part.mapped is None else part.mapped
        self._name = name
        self._part = part
        self._lines = Positions(self._mapped, 0)

    @functools.cached_property
    def bytes(self) -> bytes:
        """The copy, made when it is first asked for."""
        return self._mapped[self._part.start : self._part.end]

    def task(self, number: int, start: int, end: int) -> Record | Finding:
        """The task of that number at a place in the bytes, as the reader of the part gives it."""
        at, index = self._part.start + start, self._part.first + number
        return label_studio.task_at(self.bytes[start:end], at, index, self._lines, self._name)


def _map(path: Path) -> mmap.mmap:
    """The file as memory; it is not closed by hand, since slices point into it."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@functools.lru_cache(maxsize=1)
def _kept(path: Path) -> mmap.mmap:
    """What a file holds, unpacked, in a worker: it lives no longer than the run."""
    text = memory_map.mapped(path, path.name)
    if isinstance(text, Finding):
        raise UsageError(f"{path.name} was changed while it was read.", "Run it again.")
    return text
