"""Formats of which each file is an export by itself: what their readers have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from dataprep.example import Record
from dataprep.finding import Finding, Place, excerpt
from dataprep.rules import found
from dataprep.sources.annotated.tag_schemes import LabelChange
from dataprep.sources.annotation_tools.export import ExportFile, UnreadableExport
from dataprep.sources.annotation_tools.text_lines import lines_of


@dataclass(frozen=True, slots=True)
class FileExport:
    """One file, and its texts, which annotators had before them."""

    file: ExportFile

    @property
    def files(self) -> tuple[ExportFile, ...]:
        """The file alone."""
        return (self.file,)

    @property
    def shown(self) -> tuple[str, ...]:
        """The text alone."""
        return ("text",)


@dataclass(frozen=True, slots=True)
class TaggedFile(FileExport):
    """One file of tokens with tags; `change` is where its labels become others."""

    change: LabelChange | None

    def tasks(self, left_out: Counter[str]) -> Iterator[Record | Finding]:
        """The tasks, behind the warning that the labels change."""
        if self.change is not None:
            yield _changed(self.change, self.file.name)
        yield from self.documents(left_out)

    def documents(self, left_out: Counter[str]) -> Iterator[Record | Finding]:
        """A task for each document of the file; one in which something is wrong is a finding."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class TaggedLines(TaggedFile):
    """One file of tokens with tags, a token a line."""

    def documents(self, left_out: Counter[str]) -> Iterator[Record | Finding]:
        """The tasks of the lines; why they cannot be read, where that is so."""
        lines = lines_of(self.file)
        if isinstance(lines, Finding):
            yield lines
        else:
            yield from self.documents_in(lines, left_out)

    def documents_in(
        self, lines: Iterator[bytes], left_out: Counter[str]
    ) -> Iterator[Record | Finding]:
        """A task for each document of the lines; one in which a line is wrong is a finding."""
        raise NotImplementedError


def _changed(change: LabelChange, name: str) -> Finding:
    """The warning that from some line on all labels are others than before."""
    before, after = (", ".join(map(excerpt, side[:4])) for side in (change.before, change.after))
    words = f"from here on the labels are {after}, and before they were {before}"
    return found("A022", words, Place(file=name, line=change.at))


def no_token(file: ExportFile) -> UnreadableExport:
    """The error for a file of blank lines."""
    return UnreadableExport(found("J009", "holds no token", Place(file=file.name)))


def lines_to_look_at(file: ExportFile) -> Iterator[bytes]:
    """The lines of a file; raises UnreadableExport where it cannot be read."""
    lines = lines_of(file)
    if isinstance(lines, Finding):
        raise UnreadableExport(lines)
    return lines
