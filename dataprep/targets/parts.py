"""Files that keep a provider's limits: cut at rows into parts, with a byte order mark if asked."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from dataprep import providers
from dataprep.targets.written import Written

BOM = b"\xef\xbb\xbf"
_PIECE = 1 << 20


def keep_limits(folder: Path, provider: str, written: Written) -> list[str]:
    """Cut what is too large for one upload, and record it in the entry; the notes for a person.

    A part is `train-00001.jsonl`. A job trains on one file, so each part needs a job of its own.
    """
    row = providers.provider(provider)
    limits = row.limits
    most = limits.upload_bytes or limits.file_bytes
    mark = BOM if limits.byte_order_mark else b""
    entry: dict[str, Any] = written.entry
    entry["provider"] = provider
    entry["most_bytes_a_file"] = most
    entry["most_rows_a_file"] = limits.max_examples
    notes = []
    for split, rows in entry["splits"].items():
        path = folder / f"{split}.jsonl"
        size = path.stat().st_size + len(mark)
        fits = most is None or size <= most
        if fits and (limits.max_examples is None or rows <= limits.max_examples):
            if mark:
                _mark(path, mark)
            continue
        parts = cut(path, most, limits.max_examples, mark)
        entry.setdefault("parts", {})[split] = parts
        notes.append(
            f"{folder.name}: {split} is more than {row.title} takes in one file; it lies in "
            f"{len(parts)} parts. A job trains on one file: take one part, or give each its job"
        )
    return notes


def cut(path: Path, most: int | None, most_rows: int | None, mark: bytes = b"") -> list[str]:
    """Divide a file at rows into parts of at most so many bytes and rows; the parts' names.

    A row that is larger than a part by itself stands alone in one. The file is gone afterwards.
    """
    names: list[str] = []
    room = rows = 0
    part = None
    try:
        with path.open("rb", buffering=_PIECE) as lines:
            for line in lines:
                if part is None or (most is not None and len(line) > room) or rows == most_rows:
                    if part is not None:
                        part.close()
                    names.append(f"{path.stem}-{len(names) + 1:05d}{path.suffix}")
                    part = (path.parent / names[-1]).open("wb", buffering=_PIECE)
                    part.write(mark)
                    room, rows = (most or 0) - len(mark), 0
                part.write(line)
                room -= len(line)
                rows += 1
    finally:
        if part is not None:
            part.close()
    path.unlink()
    return names


def _mark(path: Path, mark: bytes) -> None:
    """Put the mark before what is there."""
    marked = path.with_name(f".{path.name}")
    with path.open("rb") as source, marked.open("wb") as target:
        target.write(mark)
        shutil.copyfileobj(source, target, _PIECE)
    marked.replace(path)
