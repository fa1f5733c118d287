"""Rows in one JSON list, as Alpaca and ShareGPT files are: each element is read strictly."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from dataprep import jsonio, rules
from dataprep.example import Record
from dataprep.finding import Finding, Place
from dataprep.sources.lines import blocks
from dataprep.sources.opening import BOM, has_bom, opened, wrong_kind

_GZIP = b"\x1f\x8b"


def elements(path: Path, name: str) -> Iterator[Record | Finding]:
    """The rows of a .json file: of its one list, or of its lines where it holds no list.

    The place of a row has the line that it begins on, and its index as path.
    """
    with opened(path, name) as file:
        raw = file.read()
    if raw.startswith(_GZIP):
        try:
            raw = gzip.decompress(raw)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            yield rules.found("J011", "the gzip stream breaks off", Place(file=name))
            return
    if raw.removeprefix(BOM).lstrip()[:1] != b"[":
        for block in blocks(path, name):
            yield from (block,) if isinstance(block, Finding) else block.rows()
        return
    for finding in (wrong_kind(raw, name), has_bom(raw, name)):
        if finding:
            yield finding
    yield from _elements(raw.removeprefix(BOM), name)


def _elements(raw: bytes, name: str) -> Iterator[Record | Finding]:
    try:
        slices = msgspec.json.decode(raw, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        yield _broken(raw, Place(file=name))
        return
    if not slices:
        yield rules.found("J009", "the list is empty", Place(file=name))
    at, line = 0, 1
    for index, piece in enumerate(slices):
        text = bytes(piece)
        start = raw.index(text, at)
        line += raw.count(b"\n", at, start)
        yield _element(text, Place(file=name, line=line, path=f"[{index}]"), start)
        at = start + len(text)
        line += text.count(b"\n")


def _element(text: bytes, place: Place, offset: int) -> Record | Finding:
    try:
        value = jsonio.loads(text)
    except jsonio.JsonError as error:
        below = (error.line or 1) - 1
        at = msgspec.structs.replace(place, line=(place.line or 1) + below)
        return rules.found(error.code, error.message, at)
    if not isinstance(value, dict):
        return rules.found("J005", "is not an object", place)
    return Record(place, offset, value)


def _broken(raw: bytes, place: Place) -> Finding:
    try:
        jsonio.loads(raw)
    except jsonio.JsonError as error:
        at = Place(file=place.file, line=error.line, column=error.column)
        return rules.found(error.code, error.message, at)
    return rules.found("J001", "is not valid JSON", place)
