"""What people have, read as it stands: the door is `files`, and `read` or `items`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dataprep.example import Record
from dataprep.finding import Finding, Place
from dataprep.rules import found
from dataprep.shell import command_line
from dataprep.sources import annotation_tools
from dataprep.sources.causes import Cause
from dataprep.sources.class_names import class_record
from dataprep.sources.converted import is_converted
from dataprep.sources.folders import few
from dataprep.sources.gzip_faults import BROKEN_GZIP, gzip_fault
from dataprep.sources.hub_folder import SubsetsToChoose
from dataprep.sources.inputs import ROWS, files, outputs_below, refuse_missing
from dataprep.sources.label_studio_forms import holds_no_task
from dataprep.sources.lines import Lines
from dataprep.sources.one_input import Input
from dataprep.sources.opening import UNOPENED, unopened
from dataprep.sources.path_source import PathSource
from dataprep.sources.pipes import STDIN, is_stream

if TYPE_CHECKING:
    from dataprep.recipe_words import Format
    from dataprep.sources.fine_tuning import MENDED
    from dataprep.sources.parquet import holds_tokens
    from dataprep.sources.rewriting import NewLine, Unwritable, rewrite
    from dataprep.sources.slicing import Part, PartBytes

__all__ = [
    "BROKEN_GZIP",
    "MENDED",
    "PART_SIZE",
    "ROWS",
    "STDIN",
    "Input",
    "Lines",
    "NewLine",
    "Part",
    "PartBytes",
    "PathSource",
    "SubsetsToChoose",
    "Unwritable",
    "few",
    "files",
    "gathered",
    "gzip_fault",
    "holds_no_task",
    "holds_tokens",
    "is_converted",
    "is_stream",
    "items",
    "outputs_below",
    "part_of_tasks",
    "parts",
    "read",
    "refuse_missing",
    "rewrite",
    "surveyed",
]

PART_SIZE = 8_000_000
"""Bytes of a part, about; a larger task is a part by itself."""

_READS = "dataprep convert reads those"
_ROAD = "openai-chat"
_TASK = f"the row is a task of Label Studio: {_READS}"


def gathered(inputs: Sequence[Input]) -> list[Input]:
    """The inputs, files of one task of Label Studio each put together to one input."""
    from dataprep.sources import storage

    return storage.gathered(inputs)


def parts(source: Input) -> tuple[Part | None, ...]:
    """The parts of a file, to be read one by one; None is the whole of it."""
    from dataprep.sources import jsonl_form, slicing

    if source.fault is not None:
        return (None,)
    if source.format == "jsonl":
        lined = jsonl_form.form_of(source.path, source.name) is jsonl_form.JsonlForm.LINES
        return tuple(slicing.cut_lines(source.path, PART_SIZE) if lined else ()) or (None,)
    if source.format != "label-studio" or source.of != "annotations" or source.stored:
        return (None,)
    return tuple(slicing.cut(source.path, PART_SIZE)) or (None,)


def part_of_tasks(source: Input, part: Part | None) -> PartBytes | None:
    """The bytes of a part of a list of tasks; None for any other part, or the whole of a file."""
    from dataprep.sources import slicing

    if part is None or part.lined or source.format != "label-studio" or source.features:
        return None
    return slicing.PartBytes(source.path, source.name, part)


def read(source: Input, part: Part | None = None) -> Iterator[Record | Finding]:
    """What stands in a file, or in a part of it, in its order, for whoever goes on with it.

    What cannot be read is a finding in its place. What can be read by the safe fix of its cause
    is read so, and a finding that is no error says it.
    """
    for item in _with_classes(source, _or_fault(source, _read(source, part))):
        yield item.note if isinstance(item, Cause) else item


_Item = TypeVar("_Item")


def _or_fault(source: Input, items: Iterable[_Item]) -> Iterator[_Item | Finding]:
    """The items; why there are no more of them, where the file is one of a folder."""
    try:
        yield from items
    except UNOPENED as error:
        if not source.of_folder:
            raise
        yield unopened(error, source.name, source.name)


def surveyed(source: Input) -> Input:
    """The input with what is in it, where it is an export of another annotation tool.

    It is read once through: its labeling config is known afterwards, and its note says how many
    tasks there are, of how many annotators, and what is left out. The note of Parquet says which
    of its classes are called alike.
    """
    if source.format == "parquet" and source.fault is None:
        from dataprep.sources.parquet import words_on_classes

        words = words_on_classes(source.path)
        return replace(source, note="; ".join(filter(None, (source.note, *words))))
    if source.export is None:
        return source
    survey = annotation_tools.survey(source.export, source.of)
    note = "; ".join(filter(None, (survey.words, source.note)))
    return replace(source, note=note, config=survey.config)


def items(source: Input) -> Iterator[Lines | Record | Finding]:
    """What stands in a file of rows, in its order, for whoever judges it.

    Of JSONL, lines that nobody has read yet. The cause that is wrong with a whole file is a
    finding, and its rows come as its safe fix would leave them.
    """
    from dataprep.sources import fine_tuning, json_rows

    given: Iterator[Lines | Record | Finding | Cause]
    if source.fault is not None:
        yield source.fault
        return
    if source.export is not None:
        said = f"the file is an export of another annotation tool ({source.format}): {_READS}"
        remedy = f"Make rows of it: {command_line('convert', Path(source.name), to=_ROAD)}"
        yield found("S001", said, Place(file=source.name), remedy=remedy)
        return
    if source.format == "label-studio":
        remedy = f"Make rows of it: {command_line('convert', Path(source.name), to=_ROAD)}"
        yield found("S001", _TASK, Place(file=source.name), remedy=remedy)
        return
    if source.format == "jsonl":
        given = fine_tuning.items(source.path, source.name)
    elif source.format == "json":
        mended = fine_tuning.MENDED
        given = json_rows.read(source.path, source.name, mended, source.layout)
    else:
        given = _read(source, None)
    told = chain.from_iterable(map(_one_by_one, given)) if source.features else given
    for item in _with_classes(source, _or_fault(source, told)):
        yield item.finding if isinstance(item, Cause) else item


def _one_by_one(
    item: Lines | Record | Finding | Cause,
) -> Iterator[Lines | Record | Finding | Cause]:
    """The rows of some lines, which are looked into; anything else as it is."""
    yield from item.rows() if isinstance(item, Lines) else (item,)


def _with_classes(source: Input, items: Iterable[_Item]) -> Iterator[_Item | Record]:
    """The items, rows with the names of their classes that stand beside the file."""
    if not source.features:
        yield from items
        return
    for item in items:
        yield class_record(item, source.features) if isinstance(item, Record) else item


def _read(source: Input, part: Part | None) -> Iterator[Record | Finding | Cause]:
    from dataprep.sources import fine_tuning, json_rows, label_studio, slicing, storage

    if source.fault is not None:
        return iter((source.fault,))
    if source.export is not None:
        return annotation_tools.tasks(source.export, source.of, Counter())
    if source.stored:
        return storage.read(source)
    if source.format == "jsonl":
        return fine_tuning.read(source.path, source.name, part)
    if part is not None:
        return slicing.read(source.path, source.name, part)
    if source.format == "label-studio":
        return label_studio.read(source.path, source.name, source.of, source.config)
    if source.format == "json":
        return json_rows.read(source.path, source.name, fine_tuning.READ_ON, source.layout)
    if source.format == "csv":
        from dataprep.sources import tables

        return tables.read(source.path, source.name, "csv", source.mark or ",")
    return _readers()[source.format](source.path, source.name)


def _readers() -> dict[Format, Callable[[Path, str], Iterator[Record | Finding]]]:
    from dataprep.sources import arrow, converted, documents, excel, tables, text

    return {
        "tsv": partial(tables.read, table="tsv"),
        "parquet": partial(tables.read, table="parquet"),
        "arrow": arrow.rows,
        "xlsx": excel.rows,
        converted.NAME: converted.read,
        "text": text.read,
        "html": documents.read,
        "pdf": documents.read,
        "docx": documents.read,
    }


_LATE = {
    "MENDED": "fine_tuning",
    "Part": "slicing",
    "PartBytes": "slicing",
    "NewLine": "rewriting",
    "holds_tokens": "parquet",
    "Unwritable": "rewriting",
    "rewrite": "rewriting",
}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module 'dataprep.sources' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"dataprep.sources.{_LATE[name]}"), name)
