"""The entries of a JSON file of spaCy: of a list, of lines, or of a Python literal."""

from __future__ import annotations

import ast
import mmap
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from dataprep import jsonio
from dataprep.finding import Finding, Place, UsageError
from dataprep.rules import found
from dataprep.sources.annotation_tools.export import ExportFile
from dataprep.sources.memory_map import mapped_in_utf_8
from dataprep.sources.opening import BOM
from dataprep.sources.positions import Positions
from dataprep.sources.row_limits import MAX_TEXT, too_long

MAX_LITERAL = 4 * 1024 * 1024
"""Bytes of a Python literal, which is read whole."""

_HEAD = 32
_REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Entry(NamedTuple):
    """One entry, decoded, with its place and its first byte."""

    place: Place
    offset: int
    value: Any


def entries(file: ExportFile) -> Iterator[Entry | Finding]:
    """The entries of a file in their order; what is no JSON is a finding."""
    mapped, _ = mapped_in_utf_8(file.path, file.name)
    if isinstance(mapped, Finding):
        yield mapped
        return
    start = len(BOM) if mapped[: len(BOM)] == BOM else 0
    if is_literal(mapped[start : start + 4096]):
        yield from _of_literal(mapped[start:], file.name)
        return
    lines = Positions(mapped, start)
    for raw, at in _slices(mapped, start):
        line, column = lines.position(at)
        if len(raw) > MAX_TEXT:
            yield too_long(len(raw), Place(file=file.name, line=line))
            continue
        try:
            value = jsonio.loads(raw)
        except jsonio.JsonError as error:
            down = (error.line or 1) - 1
            across = (error.column or 1) + (0 if down else column - 1)
            place = Place(file=file.name, line=line + down, column=across)
            yield found(error.code, error.message, place)
            continue
        yield Entry(Place(file=file.name, line=line), at, value)


def is_literal(head: bytes) -> bool:
    """Whether a file is a Python list of tuples, as `str` and `pprint` write it."""
    bare = b"".join(head[:64].split())
    return bare.startswith((b"[('", b'[("', b"[['"))


def _slices(mapped: mmap.mmap, start: int) -> Iterator[tuple[bytes, int]]:
    """The raw entries with their first bytes: of a list, else of lines."""
    view = memoryview(mapped)[start:]
    try:
        if mapped[start : start + 4096].lstrip()[:1] == b"{":
            held = msgspec.json.decode(view, type=dict[str, msgspec.Raw])
            if "annotations" not in held or "classes" not in held:
                yield bytes(view), start
                return
            raw = held["annotations"]
            start = mapped.find(bytes(raw)[:_HEAD], start)
            view = memoryview(raw)
        pieces = [bytes(piece) for piece in msgspec.json.decode(view, type=list[msgspec.Raw])]
    except _REFUSED:
        yield from _of_lines(mapped, start)
        return
    if pieces and pieces[0].lstrip()[:1] == b'"':
        yield bytes(view), start
        return
    at = start
    for piece in pieces:
        at = mapped.find(piece[:_HEAD], at)
        if piece.strip() != b"null":
            yield piece, at
        at += len(piece)


def _of_lines(mapped: mmap.mmap, start: int) -> Iterator[tuple[bytes, int]]:
    at = start
    while at < len(mapped):
        found_at = mapped.find(b"\n", at)
        end = len(mapped) if found_at < 0 else found_at
        if raw := mapped[at:end].strip():
            yield raw, at
        at = end + 1


def _of_literal(raw: bytes, name: str) -> Iterator[Entry | Finding]:
    if len(raw) > MAX_LITERAL:
        words = f"{name} is a Python literal of {len(raw):,} bytes, more than {MAX_LITERAL:,}."
        raise UsageError(words, "Write it as JSON.")
    try:
        tree = ast.parse(jsonio.decode(raw).strip(), mode="eval").body
        items = tree.elts if isinstance(tree, ast.List | ast.Tuple) else [tree]
        values = [(item.lineno, ast.literal_eval(item)) for item in items]
    except jsonio.JsonError as error:
        place = Place(file=name, line=error.line, column=error.column)
        yield found(error.code, error.message, place)
        return
    except SyntaxError as error:
        place = Place(file=name, line=error.lineno)
        yield found("J001", "is neither JSON nor a literal of Python", place)
        return
    except (ValueError, TypeError, RecursionError, MemoryError):
        yield found("J001", "is neither JSON nor a literal of Python", Place(file=name))
        return
    for line, value in values:
        yield Entry(Place(file=name, line=line), 0, value)
