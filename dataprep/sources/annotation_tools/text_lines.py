"""The lines of a text file of an export, and the tasks that are made of its documents."""

from __future__ import annotations

import mmap
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dataprep.annotation import task_of
from dataprep.annotation.marked_text import SHOWN, MarkedText
from dataprep.example import Record
from dataprep.finding import Finding, Place, UsageError
from dataprep.jsonio import Json
from dataprep.sources.annotated.problem import LineProblem
from dataprep.sources.annotation_tools.export import ExportFile
from dataprep.sources.memory_map import mapped_in_utf_8
from dataprep.sources.opening import BOM, UNOPENED, unopened
from dataprep.sources.row_limits import MAX_TEXT

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def lines_of(file: ExportFile) -> Iterator[bytes] | Finding:
    """The lines of a file with their ends; or why it cannot be read (empty, a broken gzip)."""
    try:
        mapped, _ = mapped_in_utf_8(file.path, file.name)
    except UNOPENED as error:
        return unopened(error, file.name, file.name)
    return mapped if isinstance(mapped, Finding) else _lines(mapped, file.name)


def _lines(mapped: mmap.mmap, name: str) -> Iterator[bytes]:
    at, number = len(BOM) if mapped[: len(BOM)] == BOM else 0, 0
    while at < len(mapped):
        found = mapped.find(b"\n", at)
        end = len(mapped) if found < 0 else found + 1
        number += 1
        if end - at > MAX_TEXT:
            words = f"the line is {end - at:,} bytes long, more than {MAX_TEXT:,}."
            raise UsageError(words, "Look at what is in it.", place=Place(file=name, line=number))
        yield mapped[at:end]
        at = end


def text_of(file: ExportFile) -> str | Finding:
    """The text of a small file, with its line ends as they stand there."""
    from dataprep.sources import text

    try:
        items = list(text.read(file.path, file.name))
    except UNOPENED as error:
        return unopened(error, file.name, file.name)
    for item in items:
        if isinstance(item, Record):
            return str(item.value["text"])
        if item.code != "J006":
            return item
    return ""


def task_record(
    marked: MarkedText,
    place: Place,
    offset: int = 0,
    *,
    annotations: Sequence[Json] | None = None,
    drafts: Sequence[Json] = (),
    beside: Mapping[str, Any] = _NOTHING,
) -> Record:
    """A task with the marks of one annotator without a name, or with the annotations given.

    `beside` is what stands in the row beside its text; it stays in the data of the task.
    """
    given = [{"result": marked.results()}] if annotations is None else list(annotations)
    data = {**beside, SHOWN: marked.text}
    task = {"id": place.task, "data": data, "annotations": given}
    if drafts:
        task["drafts"] = list(drafts)
    return Record(place, offset, task_of(task))


def plain_fields(row: Mapping[str, Any], read: Collection[str]) -> dict[str, Any]:
    """The texts and numbers of a row in columns other than those that are read.

    They say what rows belong together, as a document or a split, and stay in the data of a task.
    """
    plain = (str, int, float)
    return {
        key: value for key, value in row.items() if key not in read and isinstance(value, plain)
    }


def refused(problems: Sequence[LineProblem], name: str) -> Finding:
    """The first problem of a document, for which it is dropped, and how many there are more."""
    first, *more = sorted(problems)
    return first.finding(name, len(more))
