"""Folders of brat: a `.ann` beside each `.txt`; annotators have folders of their own.

In the BioNLP shared tasks an `.a1` with the entities that were given, and an `.a2` with all that
names them, stand in the place of the `.ann` (2013.bionlp-st.org/file-formats).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from dataprep.annotation.marked_text import CONTINUED, MarkedText
from dataprep.example import Record
from dataprep.finding import Finding, Place
from dataprep.formats import split_of_file
from dataprep.jsonio import Json
from dataprep.rules import found
from dataprep.sources.annotated.brat import BOM, BratDocument, parse, text_as_counted
from dataprep.sources.annotated.problem import counted
from dataprep.sources.annotation_tools.export import (
    AnnotationTool,
    ExportFile,
    FileHead,
    ToolExport,
)
from dataprep.sources.annotation_tools.text_lines import refused, task_record, text_of
from dataprep.sources.folders import is_about_rows
from dataprep.sources.opening import UNOPENED, can_open
from dataprep.sources.opening import opened as opened_file

ANN, TXT = ".ann", ".txt"
SHARED_TASK = (".a1", ".a2")
"""The two files that an `.ann` is in a BioNLP shared task, that which the other names first."""
_ENDINGS = (ANN, *SHARED_TASK)
SETTINGS = frozenset(("annotation.conf", "visual.conf", "tools.conf", "kb_shortcuts.conf"))
"""Files that say how brat shows a collection, and hold no text."""

_NO_TEXT = "Put the .txt of the same name beside it; the annotations alone hold no text."


class Standoff(NamedTuple):
    """The marks of one annotator, in one file or in two whose lines are read as one."""

    annotator: str
    files: tuple[ExportFile, ...]


class BratText(NamedTuple):
    """A document by its name, its text, and who marked it."""

    name: str
    text: ExportFile | None
    marks: tuple[Standoff, ...]


@dataclass(frozen=True, slots=True)
class BratExport:
    """A folder of brat, or one pair of files."""

    files: tuple[ExportFile, ...]
    documents: tuple[BratText, ...]
    twice: int
    form: str = ""
    shown: tuple[str, ...] = ("text",)

    def tasks(self, left_out: Counter[str]) -> Iterator[Record | Finding]:
        """A task for each text; a document whose lines cannot be read is a finding."""
        left_out[f"files {' and '.join(SHARED_TASK)} beside an {ANN}"] += self.twice
        for document in self.documents:
            yield from _read(document, left_out)


def _read(document: BratText, left_out: Counter[str]) -> Iterator[Record | Finding]:
    held: list[Json] = []
    if document.text is None:
        for mark in document.marks:
            missing = PurePosixPath(mark.files[0].inside).with_suffix(TXT).name
            words = f"has no {missing} beside it, so its text is not here"
            yield found("A021", words, Place(file=mark.files[0].name), remedy=_NO_TEXT)
        return
    text = text_of(document.text)
    if isinstance(text, Finding):
        yield text
        return
    marked, broken = MarkedText(parse(text, "").marked.text), False
    for mark in document.marks:
        made = _parsed(text, mark.files)
        if isinstance(made, Finding):
            broken = True
            yield made
            continue
        left_out.update(made.left_out)
        name = mark.files[0].name
        if made.in_utf16:
            spans = counted(made.in_utf16, "span")
            yield found("A004", f"{spans} counted in UTF-16 units, and read so", Place(file=name))
        who = {"completed_by": mark.annotator} if mark.annotator else {}
        held.append({**who, "result": made.marked.results()})
    if held or not broken:
        place = Place(file=document.text.name, task=document.name)
        yield task_record(marked, place, annotations=held)


def _parsed(text: str, files: tuple[ExportFile, ...]) -> BratDocument | Finding:
    """The document of a text and the lines of its files; or what is wrong with the first one."""
    lines: list[str] = []
    ends: list[int] = []
    for file in files:
        ann = text_of(file)
        if isinstance(ann, Finding):
            if ann.code != "J009":
                return ann
            ann = ""
        lines += text_as_counted(ann.removeprefix(BOM)).removesuffix("\n").split("\n")
        ends.append(len(lines))
    made = parse(text, "\n".join(lines))
    if not made.problems:
        return made
    number = next(n for n, end in enumerate(ends) if min(made.problems).line <= end)
    before = ends[number - 1] if number else 0
    problems = [problem._replace(line=problem.line - before) for problem in made.problems]
    return refused(problems, files[number].name)


@dataclass(slots=True)
class _Pair:
    text: ExportFile | None = None
    by_ending: dict[str, ExportFile] = field(default_factory=dict)

    @property
    def marks(self) -> tuple[ExportFile, ...]:
        """The files that are read as the marks of one annotator: those of brat before others."""
        if ANN in self.by_ending:
            return (self.by_ending[ANN],)
        return tuple(self.by_ending[e] for e in SHARED_TASK if e in self.by_ending)

    @property
    def files(self) -> tuple[ExportFile, ...]:
        """All of them."""
        return (*([self.text] if self.text else []), *self.by_ending.values())


def opened(export: ToolExport) -> BratExport:
    """The documents of the files, each with its annotators, and what is in them, in words."""
    pairs: dict[PurePosixPath, _Pair] = {}
    for file in (*export.files, *(_unmarked(export) if export.together else ())):
        path = PurePosixPath(file.inside)
        if path.name in SETTINGS:
            continue
        pair = pairs.setdefault(path.with_suffix(""), _Pair())
        if path.suffix in _ENDINGS:
            pair.by_ending[path.suffix] = file
        else:
            pair.text = file
    documents = tuple(_documents(pairs))
    files = tuple(file for pair in pairs.values() for file in pair.files)
    files += tuple(f for f in export.files if PurePosixPath(f.inside).name in SETTINGS)
    twice = sum(len(pair.by_ending) - len(pair.marks) for pair in pairs.values())
    return BratExport(files, documents, twice, _form(documents))


def _unmarked(export: ToolExport) -> Iterator[ExportFile]:
    """The texts that nobody has opened: they have no `.ann` beside them."""
    known = {file.path for file in export.files}
    folders = {file.path.parent: file for file in export.files}
    for folder, file in folders.items():
        for path in sorted(folder.glob("*.txt")):
            if path not in known and _is_text(path):
                yield file.beside(path)


def _is_text(path: Path) -> bool:
    return path.is_file() and can_open(path) and not is_about_rows(path)


def _documents(pairs: dict[PurePosixPath, _Pair]) -> Iterator[BratText]:
    """The documents; equal texts of one name in several folders are one of several annotators."""
    alike: dict[tuple[str, str], list[PurePosixPath]] = {}
    names = Counter(path.name for path in pairs)
    for path, pair in pairs.items():
        shared = names[path.name] > 1 and pair.text is not None and _may_be_person(path)
        if shared and pair.text is not None:
            alike.setdefault((path.name, _digest(pair.text.path)), []).append(path)
    people = _people(pairs, alike)
    groups: dict[PurePosixPath, tuple[str, str]] = {}
    for key, paths in alike.items():
        theirs = [path for path in paths if path.parent in people]
        if len(theirs) > 1:
            groups.update(dict.fromkeys(theirs, key))
    done: set[tuple[str, str]] = set()
    for path, pair in sorted(pairs.items()):
        group = groups.get(path)
        if group is None:
            name = str(path.parent) if path.parent in people else ""
            own = (Standoff(name, pair.marks),) if pair.marks else ()
            yield BratText(str(path), pair.text, own)
        elif group not in done:
            done.add(group)
            held = [(p.parent, pairs[p].marks) for p in sorted(alike[group]) if p in groups]
            marks = tuple(Standoff(str(who), files) for who, files in held if files)
            yield BratText(path.name, pair.text, marks)


def _people(
    pairs: dict[PurePosixPath, _Pair], alike: dict[tuple[str, str], list[PurePosixPath]]
) -> set[PurePosixPath]:
    """The folders of annotators: at least half of their texts lie in another folder too."""
    every = Counter(path.parent for path, pair in pairs.items() if pair.text is not None)
    shared = Counter(path.parent for paths in alike.values() if len(paths) > 1 for path in paths)
    return {folder for folder, number in shared.items() if number * 2 >= every[folder]}


def _may_be_person(path: PurePosixPath) -> bool:
    """Whether the folder of a document may be that of an annotator, and not a split."""
    parts = path.parent.parts
    return bool(parts) and all(split_of_file(part) is None for part in parts)


def _digest(path: Path) -> str:
    """What tells a text from another of its name; one that cannot be opened is like no other."""
    try:
        with opened_file(path, str(path)) as file:
            return sha256(file.read().replace(b"\r\n", b"\n")).hexdigest()
    except UNOPENED:
        return str(path)


@dataclass(slots=True)
class _Seen:
    marks: int = 0
    joined: int = 0
    discontinuous: int = 0
    shared: int = 0
    people: set[str] = field(default_factory=set)


def _form(documents: tuple[BratText, ...]) -> str:
    """What a pass over all documents shows, in words."""
    seen = _Seen()
    for document in documents:
        text = text_of(document.text) if document.text else ""
        for mark in document.marks:
            seen.people.add(mark.annotator)
            seen.shared += mark.files[0].inside.endswith(SHARED_TASK)
            made = None if isinstance(text, Finding) else _parsed(text, mark.files)
            if isinstance(made, BratDocument):
                seen.joined += made.joined
                seen.discontinuous += made.discontinuous
    words = f"brat, {counted(seen.shared, 'document')} of BioNLP" if seen.shared else "brat"
    if len(seen.people) > 1:
        words += ", a folder for each annotator"
    if seen.joined:
        spans = counted(seen.joined, "span")
        words += f", {spans} over several lines taken together"
    if seen.discontinuous:
        spans = counted(seen.discontinuous, "discontinuous span")
        words += f", {spans} in pieces that the relation {CONTINUED} joins"
    return words


def recognises(head: FileHead) -> bool:
    """Whether a file is an `.ann` or `.a1` of brat, the text beside one, or a setting of brat."""
    suffix = head.path.suffix.lower()
    if head.path.name in SETTINGS:
        return True
    if suffix == TXT:
        return any(head.path.with_suffix(ending).is_file() for ending in _ENDINGS)
    return suffix in _ENDINGS and (head.path.with_suffix(TXT).is_file() or _is_ann(head.raw))


def _is_ann(raw: bytes) -> bool:
    """Whether the first lines of a file without a text are those of brat."""
    lines = [line for line in raw.split(b"\n") if line.strip()][:20]
    return bool(lines) and all(line[:1] in b"TREAMN#*" and b"\t" in line for line in lines)


def needs(path: Path) -> tuple[Path, ...]:
    """The other files of a pair."""
    if path.name in SETTINGS:
        return ()
    return tuple(path.with_suffix(ending) for ending in (*_ENDINGS, TXT) if ending != path.suffix)


TOOL = AnnotationTool("brat", "brat", recognises, opened, needs, by_folder=False, endings=_ENDINGS)
