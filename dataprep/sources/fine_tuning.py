"""JSONL: one JSON object a line, read strictly. A broken line never hides the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from dataprep.example import Record
from dataprep.finding import Finding
from dataprep.sources.lines import Lines, blocks
from dataprep.sources.opening import BOM, has_bom, opened
from dataprep.sources.slicing import Part

RowKind = Literal["prompt-completion", "messages", "table"]


def read(path: Path, name: str, part: Part | None = None) -> Iterator[Record | Finding]:
    """The rows of a JSONL file, plain or gzipped, in order, and what is wrong with the others.

    With `part`, those on its lines.
    """
    for block in blocks(path, name) if part is None else _of_part(path, name, part):
        if isinstance(block, Finding):
            yield block
        else:
            yield from block.rows()


def _of_part(path: Path, name: str, part: Part) -> Iterator[Lines | Finding]:
    with opened(path, name) as file:
        file.seek(part.start)
        text = file.read(part.end - part.start)
    offset = part.start
    if not offset and (finding := has_bom(text, name)):
        yield finding
        text, offset = text.removeprefix(BOM), len(BOM)
    raws = text.removesuffix(b"\n").split(b"\n")
    yield Lines(name, part.first + 1, offset, raws)


def sniff(rows: Iterable[Mapping[str, Any]]) -> RowKind:
    """What the first rows claim to be: all conversations, all pairs, or rows of a table."""
    kinds = {_kind(row) for row in rows}
    return kinds.pop() if len(kinds) == 1 else "table"


def _kind(row: Mapping[str, Any]) -> RowKind:
    if "messages" in row:
        return "messages"
    return "prompt-completion" if {"prompt", "completion"} <= row.keys() else "table"
