"""The lines of a JSONL file, many at a time; any of them can be read strictly by itself."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from dataprep import jsonio, rules
from dataprep.example import Record
from dataprep.finding import Finding, Place
from dataprep.patterns import LatePattern
from dataprep.sources.causes import MendedRow, RowCauses
from dataprep.sources.gzip_faults import BROKEN_GZIP, GZIP, gzip_fault
from dataprep.sources.opening import BOM, has_bom, opened, wrong_kind
from dataprep.sources.row_limits import MAX_LINE, too_large, too_long

BLOCK = 4 * 1024 * 1024
"""Bytes read at a time; a block of lines is about as large."""


BLANK = b" \t\r\n"
Stream = io.BufferedReader | gzip.GzipFile
_SEVERAL = LatePattern(rb"\}[ \t]*\{")
_KINDS = {list: "a list", str: "a string", bool: "a boolean", type(None): "null"}


@dataclass
class Lines:
    r"""Some lines of a file, without the \n that ends each.

    `first` is the number of the first line, `offset` the byte it begins at. `causes` counts the
    lines that are read by a fix.
    """

    name: str
    first: int
    offset: int
    raws: list[bytes]
    causes: RowCauses

    def rows(self, start: int = 0) -> Iterator[Record | Finding]:
        """All the lines from an index on, read strictly."""
        return map(self.read, range(start, len(self.raws)))

    def read(self, index: int) -> Record | Finding:
        """One line, read strictly."""
        place = Place(file=self.name, line=self.first + index)
        return _row(self.raws[index], place, self._offsets[index], self.causes)

    def pieces(self, size: int) -> Iterator[Lines]:
        """The same lines, some after the other, in pieces of about so many bytes."""
        begun = 0
        for end, offset in enumerate(self._offsets[1:], 1):
            at = self._offsets[begun]
            if offset - at >= size or end == len(self.raws):
                raws = self.raws[begun:end]
                yield Lines(self.name, self.first + begun, at, raws, self.causes)
                begun = end

    @cached_property
    def _offsets(self) -> list[int]:
        """The byte that each line begins at."""
        return list(accumulate((len(raw) + 1 for raw in self.raws), initial=self.offset))


def blocks(path: Path, name: str, causes: RowCauses) -> Iterator[Lines | Finding]:
    """The lines of a file, plain or gzipped, in order, and what is wrong with the file."""
    with opened(path, name) as file:
        if not file.peek(2).startswith(GZIP):
            yield from blocks_of(file, name, causes)
            return
        line = 0
        try:
            for item in blocks_of(gzip.GzipFile(fileobj=file), name, causes):
                if isinstance(item, Lines):
                    line = item.first + len(item.raws) - 1
                yield item
        except BROKEN_GZIP:
            fault = gzip_fault(path)
            place = Place(file=name, line=line or None if fault.breaks_off else None)
            words = f"{fault.words} after this line" if place.line else fault.words
            yield rules.found("J011", words, place, remedy=fault.remedy)


def blocks_of(stream: Stream, name: str, causes: RowCauses) -> Iterator[Lines | Finding]:
    """The lines of a stream in UTF-8, and what is wrong with its beginning."""
    head = stream.peek(512)
    if finding := wrong_kind(head, name):
        yield finding
        return
    if finding := has_bom(head, name):
        yield finding
        stream.read(len(BOM))
    first, offset = 1, len(BOM) if finding else 0
    blank: list[Lines] = []
    seen = False
    for raws in _groups(stream):
        if isinstance(raws, int):
            yield too_long(raws, Place(file=name, line=first), MAX_LINE)
            first, offset, seen = first + 1, offset + raws, True
            continue
        lines = Lines(name, first, offset, raws, causes)
        first, offset = first + len(raws), offset + sum(map(len, raws)) + len(raws)
        if not seen and not any(raw.strip(BLANK) for raw in raws):
            blank = blank or [lines]
            continue
        seen = True
        yield from blank
        yield lines
        blank = []
    if not seen:
        yield rules.found("J009", "the file holds no row", Place(file=name))


def _groups(stream: Stream) -> Iterator[list[bytes] | int]:
    """Lines, about BLOCK bytes of them at a time; the size of a line where it passes MAX_LINE.

    The last line of a stream that breaks off is broken too, and left out.
    """
    begun: list[bytes] = []
    group: list[bytes] = []
    size = taken = 0
    try:
        while piece := stream.read1(BLOCK):
            lines = piece.split(b"\n")
            begun.append(lines[0])
            size += len(lines[0])
            if len(lines) > 1:
                lines[0] = b"".join(begun)
                begun = [lines.pop()]
                size = len(begun[0])
                group += lines
                taken += len(piece)
            elif size > MAX_LINE:
                yield from (group,) if group else ()
                yield size + rest_of_line(stream)
                begun, size, group, taken = [], 0, [], 0
            if taken >= BLOCK // 2:
                yield group
                group, taken = [], 0
    except BROKEN_GZIP:
        yield group
        raise
    if last := b"".join(begun):
        group.append(last)
    if group:
        yield group


def rest_of_line(stream: Stream) -> int:
    """Pass by the bytes up to the end of the line that has begun; how many they are."""
    skipped = 0
    while piece := stream.readline(BLOCK):
        skipped += len(piece)
        if piece.endswith(b"\n"):
            break
    return skipped


def _row(raw: bytes, place: Place, offset: int, causes: RowCauses) -> Record | Finding:
    if len(raw) > MAX_LINE:
        return too_long(len(raw), place, MAX_LINE)
    if not raw.strip(BLANK):
        return rules.found("J005", "is blank", place)
    try:
        value = jsonio.loads(raw.rstrip(b"\r"))
    except jsonio.JsonError as error:
        meant = causes.mend(raw, place.line or 0, place) if error.code == "J001" else None
        if isinstance(meant, MendedRow):
            return _row(meant.text, place, offset, causes)
        if meant is not None:
            return meant
        at = Place(file=place.file, line=place.line, column=error.column)
        remedy = _remedy(raw, error.code)
        by_hand = error.code == "J002"  # its fix is of whole files
        return rules.found(error.code, error.message, at, remedy=remedy, by_hand=by_hand)
    if not isinstance(value, dict):
        return rules.found(
            "J005", f"is {_KINDS.get(type(value), 'a number')}, not an object", place
        )
    if finding := too_large(value, len(raw), place):
        return finding
    return Record(place, offset, value)


def _remedy(raw: bytes, code: str) -> str:
    """Better advice than the rule's where the bytes show what went wrong with the line."""
    if code == "J001" and b"}\r{" in raw:
        return "The lines end with CR alone. Convert them, for example: tr '\\r' '\\n' < IN > OUT."
    if code == "J001" and _SEVERAL.search(raw):
        return "Several objects stand on this line. Write one a line: jq -c . IN > OUT."
    return ""
