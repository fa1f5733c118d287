"""What people have, read as it stands: the door is `files` and `read`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataprep.example import Record
from dataprep.finding import Finding, NothingToDo, UsageError
from dataprep.sources.arrays import elements
from dataprep.sources.lines import blocks

if TYPE_CHECKING:
    from dataprep.annotation import LabelingConfig, Of
    from dataprep.recipe import Format, Source
    from dataprep.sources.slicing import Part

__all__ = ["PART_SIZE", "Input", "Part", "blocks", "elements", "files", "parts", "read"]

PART_SIZE = 8_000_000
"""Bytes of a part, about; a larger task is a part by itself."""

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
    """One file to read; `name` is how messages call it.

    `of` and `config` are for exports: whose results are read, and what the forms that have lost
    their controls (JSON_MIN, CSV, CoNLL) are understood by.
    """

    path: Path
    name: str
    format: Format
    of: Of = "annotations"
    config: LabelingConfig | None = None


def files(source: Source, base: Path) -> list[Input]:
    """The files of a source in a fixed order; a folder gives the files it knows how to read.

    What comes through a pipe, or from standard input (`-`), is kept in a temporary file.
    Raises UsageError for a path that is not there or whose format cannot be told, and for a
    labeling config that is none.
    """
    from dataprep.annotation import read_config
    from dataprep.sources import pipes

    path = Path("/dev/stdin") if source.path == pipes.STDIN else base / source.path
    path = pipes.filed(path, source.path)
    config = read_config(base / source.label_config) if source.label_config else None
    make = partial(Input, of=source.of, config=config)
    if path.is_dir():
        found = [
            make(p, str(Path(source.path) / p.relative_to(path)), source.format or known)
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
    return [make(path, source.path, format_)]


def parts(source: Input) -> tuple[Part | None, ...]:
    """The parts of a file, to be read one by one; None is the whole of it."""
    from dataprep.sources import slicing

    if source.format == "jsonl":
        return tuple(slicing.cut_lines(source.path, PART_SIZE)) or (None,)
    if source.format != "label-studio" or source.of != "annotations":
        return (None,)
    return tuple(slicing.cut(source.path, PART_SIZE)) or (None,)


def read(source: Input, part: Part | None = None) -> Iterator[Record | Finding]:
    """What stands in a file, or in a part of it, in its order.

    What cannot be read is a finding in its place.
    """
    from dataprep.sources import fine_tuning, label_studio, slicing

    if source.format == "jsonl":
        return fine_tuning.read(source.path, source.name, part)
    if part is not None:
        return slicing.read(source.path, source.name, part)
    if source.format == "label-studio":
        return label_studio.read(source.path, source.name, source.of, source.config)
    return _readers()[source.format](source.path, source.name)


def _format(path: Path) -> Format | None:
    """The format of a file, by its name, and by its content where the name may mean an export."""
    name = path.name.lower()
    if name.endswith((".jsonl.gz", ".ndjson.gz")):
        told: Format | None = "jsonl"
    else:
        told = _BY_SUFFIX.get(path.suffix.lower())
    from dataprep.sources import label_studio

    maybe = told in ("jsonl", "csv", "tsv") or path.suffix.lower() in (".gz", ".conll")
    return "label-studio" if maybe and label_studio.recognises(path) else told


def _readers() -> dict[Format, Callable[[Path, str], Iterator[Record | Finding]]]:
    from dataprep.sources import documents, tables, text

    return {
        "csv": partial(tables.read, table="csv"),
        "tsv": partial(tables.read, table="tsv"),
        "parquet": partial(tables.read, table="parquet"),
        "text": text.read,
        "html": documents.read,
        "pdf": documents.read,
        "docx": documents.read,
    }


def __getattr__(name: str) -> Any:
    if name != "Part":
        raise AttributeError(f"module 'dataprep.sources' has no attribute {name!r}")
    from dataprep.sources.slicing import Part

    return Part
