"""Running text: .txt and .md, one record a file, exactly as it stands there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dataprep import jsonio, rules
from dataprep.example import Record
from dataprep.finding import Finding, Place, UsageError
from dataprep.sources.opening import BOM, has_bom, is_wide, opened, walk

SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown"})
MAX_FILE = 256 * 1024 * 1024


def read(path: Path, name: str) -> Iterator[Record | Finding]:
    """One record `{"text": ...}` for the file, or for each file of the folder, sorted.

    Line ends are kept as found. In a folder, files with other suffixes are passed over;
    `opening.listed` says which.
    """
    for file, called in walk(path, name, SUFFIXES):
        yield from _file(file, called)


def _file(path: Path, name: str) -> Iterator[Record | Finding]:
    with opened(path, name) as file:
        raw = file.read(MAX_FILE + 1)
    if len(raw) > MAX_FILE:
        raise UsageError(f"{name} is larger than 256 MB.", "Split it into several files.")
    finding = is_wide(raw, name)
    if finding:
        yield finding
        return
    if finding := has_bom(raw[:3], name):
        yield finding
    try:
        text = jsonio.decode(raw.removeprefix(BOM))
    except jsonio.JsonError as error:
        place = Place(file=name, line=error.line, column=error.column)
        yield rules.found(error.code, error.message, place)
        return
    if not text.strip():
        yield rules.found("J009", "the file holds no text", Place(file=name))
        return
    yield Record(Place(file=name), 0, {"text": text})
