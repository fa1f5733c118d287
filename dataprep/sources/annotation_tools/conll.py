"""CoNLL-2002 and CoNLL-2003, WNUT, GermEval and their like: a token a line, in columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from dataprep.example import Record
from dataprep.finding import Finding, Place, UsageError
from dataprep.sources.annotated import columns
from dataprep.sources.annotated.columns import ColumnDocument, ColumnLayout
from dataprep.sources.annotated.tag_schemes import OUTSIDE, looks_like_tag
from dataprep.sources.annotated.token_text import JOINED
from dataprep.sources.annotation_tools import conllu, webanno
from dataprep.sources.annotation_tools.export import (
    AnnotationTool,
    FileHead,
    ToolExport,
)
from dataprep.sources.annotation_tools.one_file import TaggedLines, lines_to_look_at, no_token
from dataprep.sources.annotation_tools.text_lines import refused, task_record
from dataprep.sources.label_studio_forms import holds_conll

_ENDINGS = (".conll", ".conll02", ".conll03", ".iob", ".iob1", ".iob2", ".bio", ".bio2", ".bioes")
_REMEDY = "Give a file whose last column has the tags of entities, as B-PER, I-PER and O."


@dataclass(frozen=True, slots=True)
class ColumnExport(TaggedLines):
    """One file of columns, and where in it form and tags stand."""

    layout: ColumnLayout

    @property
    def form(self) -> str:
        """The scheme and its evidence."""
        return f"CoNLL columns, {self.layout.words}; {JOINED}"

    def documents_in(
        self, lines: Iterator[bytes], left_out: Counter[str]
    ) -> Iterator[Record | Finding]:
        """A task for each document, or sentence."""
        name = self.file.name
        left_out["columns"] += self.layout.left_out
        every = columns.sentences(lines)
        for number, document in enumerate(columns.documents(every, self.layout)):
            left_out["empty tokens"] += document.empty
            if document.problems:
                yield refused(document.problems, name)
            else:
                yield _record(document, name, number)


def _record(document: ColumnDocument, name: str, number: int) -> Record:
    place = Place(file=name, line=document.number, task=number)
    return task_record(document.text.marked(), place, document.offset)


def opened(export: ToolExport) -> ColumnExport:
    """A file, by all of its lines. Raises UsageError where its tags make no spans."""
    (file, *_) = export.files
    layout = columns.layout_of(lambda: columns.sentences(lines_to_look_at(file)))
    if layout == columns.NOTHING:
        raise no_token(file)
    if isinstance(layout, str):
        raise UsageError(f"{file.name}: {layout}.", _REMEDY)
    return ColumnExport(file, layout.change, layout)


def recognises(head: FileHead) -> bool:
    """Whether a file is one of columns: by its ending, or by tags in its last column throughout."""
    if head.raw[:1] in (b"", b"{", b"[", b"<") or holds_conll(head.raw):
        return False
    if webanno.recognises(head) or conllu.recognises(head):
        return False
    whole = head.raw[: head.raw.rfind(b"\n") + 1] or head.raw
    rows = [
        columns.cells_of(line)
        for line in whole.decode("utf-8", "replace").split("\n")
        if line.strip() and not line.startswith("#")
    ]
    tokens = [row for row in rows if row[0] != columns.DOCUMENT]
    widths = {len(row) for row in tokens}
    named = head.path.name.lower().removesuffix(".gz").endswith(_ENDINGS)
    if named or b"-DOCSTART-" in head.raw[:64]:
        return bool(widths) and max(widths) > 1
    tags = [row[-1] for row in tokens]
    return (
        len(widths) == 1
        and widths != {1}
        and all(map(looks_like_tag, tags))
        and len({*tags} - {OUTSIDE}) > 0
        and (OUTSIDE in tags or len(tags) > 1)
    )


TOOL = AnnotationTool("conll", "CoNLL", recognises, opened, by_file=True, endings=_ENDINGS)
