"""WebAnno TSV 3 as WebAnno and INCEpTION export it: a file, or a project with its annotators.

In a project, `annotation/DOCUMENT/` holds a file for each annotator, and `curation/DOCUMENT/` the
curated one: the final result, whatever the annotators said. `exportedproject.json` says of which
documents the curation is only in progress (a backup holds those too, an export of the curated
documents does not), and what each annotator has finished. Source: INCEpTION's user guide, chapter
on exporting projects, and the appendix on them; its exporters of source, annotation and curated
documents, and its AnnotationDocumentState.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from dataprep import jsonio
from dataprep.annotation import CURATED
from dataprep.annotation.marked_text import MarkedText
from dataprep.example import Record
from dataprep.finding import Finding, Place, UsageError
from dataprep.jsonio import Json
from dataprep.patterns import LatePattern
from dataprep.rules import found
from dataprep.sources.annotated.webanno import FORMAT, WebannoDocument, parse
from dataprep.sources.annotation_tools.export import (
    AnnotationTool,
    ExportFile,
    FileHead,
    ToolExport,
)
from dataprep.sources.annotation_tools.text_lines import lines_of, refused, task_record
from dataprep.sources.annotation_tools.training_rows import FOLDERS, SOURCE
from dataprep.sources.label_studio import MAX_TASK
from dataprep.sources.opening import UNOPENED
from dataprep.sources.opening import opened as opened_file
from dataprep.sources.row_limits import too_long

CURATOR = "CURATION_USER"
_NOBODY = ("INITIAL_CAS", "project")
_BINARY = "annotation_ser"
"""The folder of a project for UIMA's own form of what annotators marked."""
_PROJECT = "exportedproject*.json"
_BEGUN = frozenset(("CURATION_IN_PROGRESS", "CURATION_INPROGRESS"))
"""States of a document whose curator has not said that it is finished."""
_UNFINISHED = frozenset(("NEW", "IN_PROGRESS", "INPROGRESS"))
"""States of an annotator's document that its annotator is not done with."""
_GIVEN_UP = "IGNORE"
"""The state of a document that its annotator could not finish, or was not to."""
_AS_TSV = "Export it again with the format WebAnno TSV v3.3."
_OLD = LatePattern(rb"\s*(?:# [^\n]*\n)?#id=\d+\r?\n#text=")
"""How versions 1 and 2 begin: without their number."""


class WebannoMarks(NamedTuple):
    """One file of a document, and whose it is; `curated` where it is the ground truth.

    `begun` says that a curator made it, and has not finished it; `state` is the annotator's.
    """

    annotator: str
    file: ExportFile
    curated: bool
    begun: bool = False
    state: str = ""

    @property
    def is_draft(self) -> bool:
        """Whether its annotator is not done with it."""
        return self.state in _UNFINISHED


class ProjectStates(NamedTuple):
    """What a project says of its documents by name, and of those of its annotators by both."""

    documents: Mapping[str, Any]
    annotations: Mapping[tuple[str, str], str]


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
    begun: int
    """Curations in progress that are left out, since annotators marked those documents."""
    foreign: int
    """Files of annotators and curators in other formats, which a project may hold too."""
    form: str = ""
    shown: tuple[str, ...] = ("text",)

    def tasks(self, left_out: Counter[str]) -> Iterator[Record | Finding]:
        """A task for each document, the curated marks as its ground truth."""
        left_out["files of nobody (INITIAL_CAS, project)"] += self.suggested
        left_out["curations in progress, which are not final"] += self.begun
        left_out["annotations in other formats than WebAnno TSV"] += self.foreign
        for document in self.documents:
            yield from _read(document, left_out)


def _read(document: WebannoFiles, left_out: Counter[str]) -> Iterator[Record | Finding]:
    held: list[Json] = []
    drafts: list[Json] = []
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
        results = made.marked.results()
        if mark.is_draft:
            drafts.append({"user": mark.annotator, "result": results})
            continue
        given_up = {"was_cancelled": True} if mark.state == _GIVEN_UP else {}
        held.append({**who, **truth, **given_up, "result": results})
    if first is not None:
        place = Place(file=first[1].name, task=document.name)
        yield task_record(first[0], place, annotations=held, drafts=drafts)


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
    suggested, foreign, states = 0, 0, cache(_states)
    for file in export.files:
        if _is_about_project(file.path):
            continue
        if _is_foreign(file.path):
            foreign += 1
            continue
        path = PurePosixPath(file.inside)
        parts = path.parts
        in_project = len(parts) > 2 and parts[-3] in FOLDERS
        if in_project and path.stem in _NOBODY:
            suggested += 1
            continue
        curated = path.stem == CURATOR or (in_project and parts[-3] == "curation")
        who = path.stem if in_project else ""
        name = parts[-2] if in_project else str(path)
        told = states(file.path.parents[2]) if in_project else _UNTOLD
        begun = curated and told.documents.get(name) in _BEGUN
        state = "" if curated else told.annotations.get((name, who), "")
        marks = WebannoMarks(who, file, curated and not begun, begun, state)
        documents.setdefault(name, []).append(marks)
    if not documents and not suggested:
        raise UsageError(f"{export.name} is a project without WebAnno TSV files.", _AS_TSV)
    texts = tuple(WebannoFiles(name, _final(marks)) for name, marks in documents.items())
    unfinished = sum(map(len, documents.values())) - sum(len(text.marks) for text in texts)
    people = {mark.annotator for text in texts for mark in text.marks if not mark.curated}
    truths = sum(mark.curated for text in texts for mark in text.marks)
    words = "WebAnno TSV 3"
    if people - {""}:
        words += ", a project with its annotators"
    if truths:
        words += f", {truths:,} curated, which is the answer there"
    if drafts := sum(mark.is_draft for text in texts for mark in text.marks):
        many = "s in progress, which are drafts" if drafts > 1 else " in progress, which is a draft"
        words += f", {drafts:,} annotation{many} (--from drafts)"
    if alone := sum(mark.begun for text in texts for mark in text.marks):
        words += f", {alone:,} in curation that nobody else marked, which is read as an annotation"
    return WebannoExport(export.files, texts, suggested, unfinished, foreign, words)


def _final(marks: list[WebannoMarks]) -> tuple[WebannoMarks, ...]:
    """The marks without a curation in progress: it holds what annotators agree on, and gaps.

    Where nobody else marked the document, it is all that there is, and an annotation.
    """
    others = [mark for mark in marks if not mark.begun]
    return tuple(others or marks)


_UNTOLD = ProjectStates({}, {})


def _states(project: Path) -> ProjectStates:
    """The states of the documents of a project; none where nothing says them."""
    for path in sorted(project.glob(_PROJECT)):
        try:
            with opened_file(path, str(path)) as file:
                told = jsonio.loads(file.read())
            documents = {one["name"]: one.get("state") for one in told["source_documents"]}
            each = {
                (one["name"], one["user"]): str(one.get("state") or "")
                for one in told.get("annotation_documents") or ()
            }
        except (*UNOPENED, jsonio.JsonError, KeyError, TypeError, AttributeError):
            continue
        return ProjectStates(documents, each)
    return _UNTOLD


def recognises(head: FileHead) -> bool:
    """Whether a file begins as a WebAnno TSV of any version, or lies in a project of INCEpTION."""
    begins = head.raw.startswith(FORMAT.encode()) or bool(_OLD.match(head.raw))
    return begins or _is_about_project(head.path) or _is_foreign(head.path)


def _is_foreign(path: Path) -> bool:
    """Whether a file is what somebody annotated in a project, exported in another format."""
    if len(path.parts) < 3 or path.parts[-3] not in FOLDERS:
        return False
    return path.suffix != ".tsv" and any(path.parents[2].glob(_PROJECT))


def _is_about_project(path: Path) -> bool:
    """Whether a file of a project says how it is kept, or is a document as it was uploaded."""
    folder = path.parent
    if folder.name == SOURCE:
        return any((folder.parent / name / path.name).is_dir() for name in FOLDERS)
    return path.match(_PROJECT) and any((folder / name).is_dir() for name in (*FOLDERS, _BINARY))


TOOL = AnnotationTool("webanno", "WebAnno TSV", recognises, opened, by_folder=False)
