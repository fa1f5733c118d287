"""CoNLL-U and CoNLL-U Plus files: their texts, and the entities in MISC or in another column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from dataprep.example import Record
from dataprep.finding import Finding, Place, UsageError
from dataprep.patterns import LatePattern
from dataprep.sources.annotated import conllu
from dataprep.sources.annotated.problem import LineProblem
from dataprep.sources.annotated.tag_schemes import Tagging
from dataprep.sources.annotation_tools.export import (
    AnnotationTool,
    FileHead,
    ToolExport,
)
from dataprep.sources.annotation_tools.one_file import TaggedLines, lines_to_look_at, no_token
from dataprep.sources.annotation_tools.text_lines import refused, task_record

_ENDINGS = (".conllu", ".conll-u", ".conllup")
_PLUS = LatePattern(rb"#\s*global\.columns\s*=")
_REMEDY = "Trees and parts of speech are not read; entities are, as NER=B-PER in the last column."


@dataclass(frozen=True, slots=True)
class ConlluExport(TaggedLines):
    """One file, the key of MISC that holds its entities, and their scheme."""

    key: str
    tagging: Tagging

    @property
    def form(self) -> str:
        """The key, the scheme and its evidence."""
        own = self.key.startswith(conllu.COLUMN)
        where = self.key if own else f"{self.key} of MISC"
        plus = " Plus" * own
        return f"CoNLL-U{plus}, {where} in {self.tagging.scheme} ({self.tagging.why})"

    def documents_in(
        self, lines: Iterator[bytes], left_out: Counter[str]
    ) -> Iterator[Record | Finding]:
        """A task for each document, or sentence."""
        name, seen = self.file.name, set[str]()
        every = _counting(conllu.sentences(lines), self.key, left_out)
        for number, document in enumerate(conllu.documents(every, self.key, self.tagging)):
            problems = list(document.problems)
            if document.name and document.name in seen:
                said = f"{document.name!r} is the name of another document of this file"
                problems.append(LineProblem(document.line, "S001", said, "Give each its own name."))
            seen.add(document.name)
            if problems:
                yield refused(problems, name)
                continue
            place = Place(file=name, line=document.line, task=document.name or number)
            yield task_record(document.marked, place, document.offset)


def _counting(
    every: Iterator[conllu.ConlluSentence], key: str, left_out: Counter[str]
) -> Iterator[conllu.ConlluSentence]:
    """The same sentences, what they have beside their text and entities counted."""
    for sentence in every:
        left_out.update(sentence.beside)
        for word in sentence.words:
            for other in word.misc.keys() - {key, "SpaceAfter", "SpacesAfter"}:
                own = other.startswith(conllu.COLUMN)
                left_out[other if own else f"{other} in MISC"] += 1
        yield sentence


def opened(export: ToolExport) -> ConlluExport:
    """A file, by all of its sentences. Raises UsageError where it has no entities."""
    (file, *_) = export.files
    evidence, empty = conllu.EntityEvidence(), True
    for sentence in conllu.sentences(lines_to_look_at(file)):
        evidence.add(sentence)
        empty = False
    if empty:
        raise no_token(file)
    told = evidence.told()
    if isinstance(told, str):
        raise UsageError(f"{file.name}: {told}.", _REMEDY)
    key, tagging, tags = told
    return ConlluExport(file, tags.change(tagging), key, tagging)


def recognises(head: FileHead) -> bool:
    """Whether a file is CoNLL-U: by its ending, the names of columns, or ten columns and ids."""
    if head.path.name.lower().removesuffix(".gz").endswith(_ENDINGS) or _PLUS.match(head.raw):
        return True
    lines = (line for line in head.raw.split(b"\n") if line.strip() and line[:1] != b"#")
    first = next(lines, b"").decode("utf-8", "replace").rstrip("\r").split("\t")
    return (
        len(first) == conllu.WIDTH
        and first[0].split("-")[0] == "1"
        and first[6][:1] in "_0123456789"
    )


TOOL = AnnotationTool("conllu", "CoNLL-U", recognises, opened, by_file=True, endings=_ENDINGS)
