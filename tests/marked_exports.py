"""What the readers of other annotation tools make of files that a test has written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dataprep.example import Record
from dataprep.finding import Finding
from dataprep.sources import read
from tests.tool_exports import only

Mark = tuple[int, int, str]
"""Start, end and label of a region."""


def put(path: Path, text: str | bytes) -> Path:
    """The file with this text in it, byte for byte."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def items(path: Path, **settings: Any) -> list[Record | Finding]:
    """The tasks and findings of a path that is one export."""
    return list(read(only(path, **settings)))


def records(path: Path, **settings: Any) -> list[Record]:
    """The tasks of a path, in which nothing is wrong."""
    held = items(path, **settings)
    assert [item for item in held if isinstance(item, Finding)] == []
    return [item for item in held if isinstance(item, Record)]


def findings(path: Path, **settings: Any) -> list[str]:
    """What is wrong, as a person reads it, without the folders of the path."""
    given = (item for item in items(path, **settings) if isinstance(item, Finding))
    folder = f"{path if path.is_dir() else path.parent}/"
    return [f"{f.place}: {f.code} {f.message}".replace(folder, "") for f in given]


def results(record: Record, annotation: int = 0) -> Sequence[Any]:
    """The results of one annotation of a task."""
    given: Sequence[Any] = record.value.annotations[annotation].result
    return given


def marks(record: Record, annotation: int = 0) -> list[Mark]:
    """The regions of one annotation, each of which quotes its own piece of the text."""
    text, found = record.value.data["text"], []
    for result in results(record, annotation):
        if result.type == "labels":
            value = result.value
            assert value["text"] == text[value["start"] : value["end"]]
            found.append((value["start"], value["end"], value["labels"][0]))
    return found
