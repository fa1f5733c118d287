"""What people have, read as it stands: the door is `files` and `read`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dataprep.example import Record
from dataprep.finding import Finding, NothingToDo, UsageError
from dataprep.recipe import Format, Source
from dataprep.sources import documents, fine_tuning, label_studio, tables, text

__all__ = ["Input", "files", "read"]

_BY_SUFFIX: dict[str, Format] = {
    ".json": "label-studio",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".txt": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
}


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read; `name` is how messages call it."""

    path: Path
    name: str
    format: Format


def files(source: Source, base: Path) -> list[Input]:
    """The files of a source in a fixed order; a folder gives the files it knows how to read.

    Raises UsageError for a path that is not there or whose format cannot be told.
    """
    path = base / source.path
    if path.is_dir():
        found = [
            Input(p, str(Path(source.path) / p.relative_to(path)), source.format or known)
            for p in sorted(path.rglob("*"))
            if p.is_file() and not p.name.startswith(".") and (known := _format(p))
        ]
        if not found:
            suffixes = ", ".join(_BY_SUFFIX)
            raise NothingToDo(f"{source.path} holds no file to read.", f"Read are: {suffixes}.")
        return found
    if not path.exists():
        raise UsageError(f"{source.path}: no such file.", "Check the path.")
    format_ = source.format or _format(path)
    if format_ is None:
        raise UsageError(
            f"{source.path}: the format cannot be told from the name.",
            "Say it in the recipe, for example format: jsonl.",
        )
    return [Input(path, source.path, format_)]


def read(source: Input) -> Iterator[Record | Finding]:
    """What stands in a file, in its order; what cannot be read is a finding in its place."""
    return _READERS[source.format](source.path, source.name)


def _format(path: Path) -> Format | None:
    name = path.name.lower()
    if name.endswith((".jsonl.gz", ".ndjson.gz")):
        return "jsonl"
    return _BY_SUFFIX.get(path.suffix.lower())


_READERS: dict[Format, Callable[[Path, str], Iterator[Record | Finding]]] = {
    "label-studio": label_studio.read,
    "jsonl": fine_tuning.read,
    "csv": partial(tables.read, table="csv"),
    "tsv": partial(tables.read, table="tsv"),
    "parquet": partial(tables.read, table="parquet"),
    "text": text.read,
    "html": documents.read,
    "pdf": documents.read,
    "docx": documents.read,
}
