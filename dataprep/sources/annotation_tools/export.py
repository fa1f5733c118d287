"""An export of an annotation tool: its files, how it is recognised, and what it gives."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, Protocol, runtime_checkable

from dataprep.example import Record
from dataprep.finding import Finding, UsageError
from dataprep.frames import columns_of
from dataprep.recipe_words import AnnotationToolName, OffsetCount
from dataprep.sources.opening import head_of

_FIRST = 64 * 1024
_LOOKED_AT = 4 * 1024 * 1024
_ROWS = 20
_DECODER = json.JSONDecoder()


class ExportFile(NamedTuple):
    """One file of an export: `name` is how messages call it, `inside` its path in the export."""

    name: str
    path: Path
    inside: str

    @property
    def stem(self) -> str:
        """The name without folders and ending."""
        return PurePosixPath(self.inside).name.removesuffix(".gz").rpartition(".")[0]

    def beside(self, path: Path) -> ExportFile:
        """A file in the folder of this one, or below it."""
        own, below = self.path.name, path.relative_to(self.path.parent).as_posix()
        name, inside = (given.removesuffix(own) + below for given in (self.name, self.inside))
        return ExportFile(name, path, inside)


@dataclass(frozen=True, slots=True)
class ToolExport:
    """The files of one export, in a fixed order.

    `together` says that they came as a folder or a zip, so that the name of a file tells
    something: who annotated, as a rule. `offsets`, `text` and `tag_names` are what the user says
    of the unit, of the field that was annotated, and of tags that have numbers; `verdicts` says
    that accepting a row as a whole judges what is in it.
    """

    name: str
    files: tuple[ExportFile, ...]
    together: bool = False
    offsets: OffsetCount = "auto"
    text: str | None = None
    tag_names: tuple[str, ...] = ()
    verdicts: bool = False


class FileHead:
    """The beginning of a file, by which a tool recognises its own."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name

    @cached_property
    def raw(self) -> bytes:
        """The first 64 KiB, unpacked and in UTF-8."""
        return head_of(self.path, self.name, _FIRST)

    @cached_property
    def rows(self) -> tuple[dict[str, Any], ...]:
        """The first objects of a JSON list, of lines of JSON, or of one object; else none."""
        if self.raw.lstrip()[:1] not in (b"{", b"["):
            return ()
        text = head_of(self.path, self.name, _LOOKED_AT).decode("utf-8", "replace")
        at = 0
        rows: list[dict[str, Any]] = []
        while len(rows) < _ROWS:
            while at < len(text) and (text[at].isspace() or text[at] in "[,"):
                at += 1
            try:
                row, at = _DECODER.raw_decode(text, at)
            except (ValueError, RecursionError):
                break
            if not isinstance(row, dict):
                break
            rows.append(row)
        return tuple(rows)

    @cached_property
    def are_training_rows(self) -> bool:
        """Whether each row says what is asked and what is answered, with marks beside that."""
        return bool(self.rows) and all(map(is_training_row, self.rows))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The cells of the first line of a table that is divided by commas or tabs."""
        if self.raw.startswith(b"PAR1"):
            return tuple(columns_of(self.path))
        line = self.raw.split(b"\n", 1)[0].decode("utf-8", "replace").strip("\r\ufeff")
        return tuple(cell.strip('"') for cell in line.split("\t" if "\t" in line else ","))


class RowHead(FileHead):
    """The beginning of a file as if it held one of its first rows alone."""

    def __init__(self, head: FileHead, row: dict[str, Any]) -> None:
        super().__init__(head.path, head.name)
        self.raw, self.rows = head.raw, (row,)


def is_training_row(row: dict[str, Any]) -> bool:
    """Whether a row is of a training format, which a text with anything beside it is not yet."""
    from dataprep.formats import recognise

    known = recognise(row)
    return known is not None and known.name != "text"


class UnreadableExport(UsageError):
    """A file of which nothing can be read, and why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.place.file} {finding.message}.", finding.remedy)
        self.finding = finding


class OpenedExport(Protocol):
    """An export that is understood; it can be pickled, for the processes that read it.

    `form` is what the summary calls it: "doccano 1.8, sequence labelling". `shown` are the
    fields of a task's data that annotators had before them.
    """

    @property
    def form(self) -> str: ...
    @property
    def shown(self) -> tuple[str, ...]: ...
    @property
    def files(self) -> tuple[ExportFile, ...]: ...

    def tasks(self, left_out: Counter[str]) -> Iterator[Record | Finding]:
        """The tasks in the order of the files, each `value` a `Task` of Label Studio's.

        The object of a result (`to_name`) is the field of the data that it is about, spans count
        code points and quote their text. What the tool has and a task cannot hold is counted in
        `left_out`, under the words that name it; what is wrong is a finding with file and line.
        """


@runtime_checkable
class RejectingExport(Protocol):
    """An export in which annotators may say of a label that it is not right.

    `against` are the choices of the control `rejecting` that say so.
    """

    @property
    def rejecting(self) -> str: ...
    @property
    def against(self) -> tuple[str, ...]: ...


@runtime_checkable
class RatedExport(Protocol):
    """An export that tells how far ratings go: by control, the least and the greatest."""

    @property
    def scales(self) -> Mapping[str, tuple[float, float]]: ...


def needs_nothing(_: Path) -> tuple[Path, ...]:
    """No file beside the one that is recognised."""
    return ()


@dataclass(frozen=True, slots=True)
class AnnotationTool:
    """One tool: how its files are recognised, and how an export of it is opened.

    `needs` gives the files that belong to a recognised one and are read with it, whether they
    are there or not. `by_folder` says that each folder is an export of its own; else a folder
    holds one export with all that is below it. `by_file` says that each file is one. `endings` are
    those of its files that are of no other tool.
    """

    name: AnnotationToolName
    title: str
    recognises: Callable[[FileHead], bool]
    opened: Callable[[ToolExport], OpenedExport]
    needs: Callable[[Path], tuple[Path, ...]] = needs_nothing
    by_folder: bool = True
    by_file: bool = False
    endings: tuple[str, ...] = ()
