"""JSONL: one JSON object a line, read strictly. A broken line never hides the others."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from dataprep import jsonio, rules
from dataprep.example import Record
from dataprep.finding import Finding, Place
from dataprep.sources.opening import BOM, has_bom, opened, wrong_kind

MAX_LINE = 128 * 1024 * 1024
_PIECE = 1024 * 1024
_GZIP = b"\x1f\x8b"
_BLANK = b" \t\r\n"

RowKind = Literal["prompt-completion", "messages", "table"]


def read(path: Path, name: str) -> Iterator[Record | Finding]:
    """The rows of a JSONL file, plain or gzipped, in order, and what is wrong with the others."""
    with opened(path, name) as file:
        if not file.peek(2).startswith(_GZIP):
            yield from _rows(file, name)
            return
        line = 0
        try:
            for item in _rows(io.BufferedReader(gzip.GzipFile(fileobj=file)), name):
                line = item.place.line or line
                yield item
        except (EOFError, zlib.error, gzip.BadGzipFile):
            yield rules.found(
                "J001",
                "the gzip stream breaks off after this line",
                Place(file=name, line=line or None),
                remedy="Copy or download the file again.",
            )


def _rows(stream: io.BufferedReader, name: str) -> Iterator[Record | Finding]:
    head = stream.peek(512)
    if finding := wrong_kind(head, name):
        yield finding
        return
    if finding := has_bom(head, name):
        yield finding
    blank: list[int] = []
    seen = False
    for number, offset, raw, size in _lines(stream):
        if size <= MAX_LINE and not raw.strip(_BLANK):
            if seen:
                yield _blank(name, number)
            else:
                blank.append(number)
            continue
        if not seen:
            seen = True
            yield from (_blank(name, n) for n in blank)
        yield _row(raw, size, Place(file=name, line=number), offset)
    if not seen:
        yield rules.found("J009", "the file holds no row", Place(file=name))


def _lines(stream: io.BufferedReader) -> Iterator[tuple[int, int, bytes, int]]:
    r"""Line number, offset, bytes and size of each line; lines end with \n and nothing else.

    Of a line longer than MAX_LINE only the size is kept.
    """
    number = offset = 0
    while raw := stream.readline(MAX_LINE + 1):
        number += 1
        start, size = offset, len(raw)
        if size > MAX_LINE:
            raw, size = b"", size + _skip(stream, raw)
        if number == 1:
            raw = raw.removeprefix(BOM)
        yield number, start, raw, size
        offset += size


def _skip(stream: io.BufferedReader, raw: bytes) -> int:
    """The bytes up to the end of the line that begins with `raw`."""
    skipped = 0
    while not raw.endswith(b"\n") and (raw := stream.readline(_PIECE)):
        skipped += len(raw)
    return skipped


def _row(raw: bytes, size: int, place: Place, offset: int) -> Record | Finding:
    if size > MAX_LINE:
        words = f"is {size:,} bytes long, more than {MAX_LINE:,}"
        return rules.found("J001", words, place, remedy="Split the row, or leave it out.")
    try:
        value = jsonio.loads(raw.rstrip(b"\r\n"))
    except jsonio.JsonError as error:
        at = Place(file=place.file, line=place.line, column=error.column)
        return rules.found(error.code, error.message, at, remedy=_remedy(raw, error.code))
    if not isinstance(value, dict):
        kind = {list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
        return rules.found("J005", f"is {kind.get(type(value), 'a number')}, not an object", place)
    return Record(place, offset, value)


def _remedy(raw: bytes, code: str) -> str:
    """Better advice than the rule's where the bytes show what went wrong with the whole file."""
    if code == "J001" and b"}\r{" in raw:
        return "The lines end with CR alone. Convert them, for example: tr '\\r' '\\n' < IN > OUT."
    if code == "J001" and raw.strip(_BLANK) in (b"[", b"[{"):
        return "This is one JSON list over many lines. Write one object a line: jq -c '.[]' IN."
    return ""


def _blank(name: str, number: int) -> Finding:
    return rules.found("J005", "is blank", Place(file=name, line=number))


def sniff(rows: Iterable[Mapping[str, Any]]) -> RowKind:
    """What the first rows claim to be: all conversations, all pairs, or rows of a table."""
    kinds = {_kind(row) for row in rows}
    return kinds.pop() if len(kinds) == 1 else "table"


def _kind(row: Mapping[str, Any]) -> RowKind:
    if "messages" in row:
        return "messages"
    return "prompt-completion" if {"prompt", "completion"} <= row.keys() else "table"
