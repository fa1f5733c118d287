"""WebAnno TSV 3 as WebAnno and INCEpTION export it: a file, or a project with its annotators.

In a project, `annotation/DOCUMENT/` holds a file for each annotator, and `curation/DOCUMENT/` the
curated one: the final result, whatever the annotators said. Source: INCEpTION's user guide, chapter
on exporting projects, and the appendix on them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from dataprep import jsonio
from dataprep.annotation import CURATED
from dataprep.annotation.marked_text import MarkedText
from dataprep.example import Record
from dataprep.finding import Finding, Place, UsageError
from dataprep.jsonio import Json
from dataprep.rules import found
from dataprep.sources.annotated.webanno import FORMAT, WebannoDocument, parse
from dataprep.sources.annotation_tools.export import (
    AnnotationTool,
    ExportFile,
    FileHead,
    ToolExport,
)
from dataprep.sources.annotation_tools.text_lines import lines_of, refused, task_record
from dataprep.sources.label_studio import MAX_TASK
from dataprep.sources.row_limits import too_long

CURATOR = "CURATION_USER"
_NOBODY = ("INITIAL_CAS", "project")
_FOLDERS = ("annotation", "annotations", "curation")
_SOURCE, _PROJECT = "source", "exportedproject*.json"
_AS_TSV = "Export it again with the format WebAnno TSV v3.3."
_OLD = re.compile(rb"\s*(?:# [^\n]*\n)?#id=\d+\r?\n#text=")
"""How versions 1 and 2 begin: without their number."""


class WebannoMarks(NamedTuple):
    """One file of a document, and whose it is; `curated` where it is the ground truth."""

    annotator: str
    file: ExportFile
    curated: bool


class WebannoFiles(NamedTuple):
    """A document by its name, and the files of those who marked it."""

    name: str
    marks: tuple[WebannoMarks, ...]


@dataclass(frozen=True, slots=True)
class WebannoExport:
    """A project, or some files by themselves."""

    files: tuple[ExportFile, ...]
    documents: tuple[WebannoFiles, ...]
    suggested: int
    form: str = ""
    shown: tuple[str, ...] = ("text",)

    def tasks(self, left_out: Counter[str]) -> Iterator[Record | Finding]:
        """A task for each document, the curated marks as its ground truth."""
        left_out["files of nobody (INITIAL_CAS, project)"] += self.suggested
        for document in self.documents:
            yield from _read(document, left_out)


def _read(document: WebannoFiles, left_out: Counter[str]) -> Iterator[Record | Finding]:
    held: list[Json] = []
    first: tuple[MarkedText, ExportFile] | None = None
    for mark in document.marks:
        made = _parsed(mark.file)
        if isinstance(made, Finding):
            yield made
            continue
        if first is None:
            first = made.marked, mark.file
        elif made.marked.text != first[0].text:
            words = f"has another text than {first[1].name}: two documents of one name"
            yield found("S001", words, Place(file=mark.file.name), remedy=_TWICE)
            continue
        left_out.update(made.left_out)
        if made.unit == "codepoint":
            yield found("A004", _IN_POINTS, Place(file=mark.file.name))
        who = {"completed_by": mark.annotator} if mark.annotator else {}
        truth = {"ground_truth": True, "last_action": CURATED} if mark.curated else {}
        held.append({**who, **truth, "result": made.marked.results()})
    if first is not None:
        place = Place(file=first[1].name, task=document.name)
        yield task_record(first[0], place, annotations=held)


_TWICE = "Convert them one by one, or export the project again."
_IN_POINTS = "places are counted in code points where WebAnno counts UTF-16 units, and read so"


def _parsed(file: ExportFile) -> WebannoDocument | Finding:
    raws = lines_of(file)
    if isinstance(raws, Finding):
        return raws
    lines: list[str] = []
    if (size := file.path.stat().st_size) > MAX_TASK:
        return too_long(size, Place(file=file.name), MAX_TASK)
    for number, raw in enumerate(raws, 1):
        try:
            lines.append(jsonio.decode(raw).rstrip("\r\n"))
        except jsonio.JsonError as error:
            place = Place(file=file.name, line=number, column=error.column)
            return found(error.code, error.message, place)
    made = parse(lines)
    return refused(made.problems, file.name) if made.problems else made


def opened(export: ToolExport) -> WebannoExport:
    """The documents of the files: by the folders of a project, else each file is one.

    Raises UsageError for a project that was exported in another format.
    """
    documents: dict[str, list[WebannoMarks]] = {}
    suggested = 0
    for file in export.files:
        if _is_about_project(file.path):
            continue
        path = PurePosixPath(file.inside)
        parts = path.parts
        in_project = len(parts) > 2 and parts[-3] in _FOLDERS
        if in_project and path.stem in _NOBODY:
            suggested += 1
            continue
        curated = path.stem == CURATOR or (in_project and parts[-3] == "curation")
        who = path.stem if in_project else ""
        name = parts[-2] if in_project else str(path)
        documents.setdefault(name, []).append(WebannoMarks(who, file, curated))
    if not documents and not suggested:
        raise UsageError(f"{export.name} is a project without WebAnno TSV files.", _AS_TSV)
    people = {mark.annotator for marks in documents.values() for mark in marks if not mark.curated}
    truths = sum(mark.curated for marks in documents.values() for mark in marks)
    words = "WebAnno TSV 3"
    if people - {""}:
        words += ", a project with its annotators"
    if truths:
        words += f", {truths:,} curated, which is the answer there"
    texts = tuple(WebannoFiles(name, tuple(marks)) for name, marks in documents.items())
    return WebannoExport(export.files, texts, suggested, words)


def recognises(head: FileHead) -> bool:
    """Whether a file begins as a WebAnno TSV of any version, or lies in a project of INCEpTION."""
    begins = head.raw.startswith(FORMAT.encode()) or bool(_OLD.match(head.raw))
    return begins or _is_about_project(head.path)


def _is_about_project(path: Path) -> bool:
    """Whether a file of a project says how it is kept, or is a document as it was uploaded."""
    folder = path.parent
    if folder.name == _SOURCE:
        return any((folder.parent / name / path.name).is_dir() for name in _FOLDERS)
    return path.match(_PROJECT) and any((folder / name).is_dir() for name in _FOLDERS)


TOOL = AnnotationTool("webanno", "WebAnno TSV", recognises, opened, by_folder=False)
