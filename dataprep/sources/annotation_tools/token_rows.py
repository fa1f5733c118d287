"""Rows of token classification as `datasets` keeps them: `tokens`, and `ner_tags` by number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from dataprep.example import Record
from dataprep.finding import Finding, Place, Severity, UsageError, excerpt
from dataprep.frames import columns_of as names_in
from dataprep.names import CARD
from dataprep.rules import found
from dataprep.sources.annotated.tag_schemes import TagEvidence, Tagging
from dataprep.sources.annotated.token_text import JOINED, TokenText
from dataprep.sources.annotation_tools import rows as json_rows
from dataprep.sources.annotation_tools.export import (
    AnnotationTool,
    ExportFile,
    FileHead,
    ToolExport,
    UnreadableExport,
    is_training_row,
)
from dataprep.sources.annotation_tools.one_file import TaggedFile
from dataprep.sources.annotation_tools.text_lines import plain_fields, task_record
from dataprep.sources.class_names import Features, features_of, with_class_names
from dataprep.sources.dataset_card import features_in_card
from dataprep.sources.folders import INFO

TOKENS = ("tokens", "words")
TAGS = ("ner_tags", "ner_tags_str", "ner", "ner_labels", "tags", "labels")
"""The columns that hold the tags of tokens, those that are surely of entities first."""

_TOLD_BY: dict[str, Callable[[str], Features]] = {INFO: features_of, CARD: features_in_card}
"""What may say the names of tags, beside the file."""

_PARQUET = b"PAR1"
_ARROW = (b"ARROW1", b"\xff\xff\xff\xff")
_IGNORED = -100
_NUMBERS = 12
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class TaggedRows(TaggedFile):
    """One file of rows, its columns, and the names of its tags by number."""

    tokens: str
    tags: str
    names: tuple[str, ...]
    features: Features
    beside: ExportFile | None
    tagging: Tagging

    @property
    def files(self) -> tuple[ExportFile, ...]:
        """The file, and that beside it which names the tags."""
        return (self.file, self.beside) if self.beside else (self.file,)

    @property
    def form(self) -> str:
        """The column, the scheme and its evidence."""
        scheme = f"{self.tagging.scheme} ({self.tagging.why})"
        return f"token rows, {self.tags} in {scheme}; {JOINED}"

    def documents(self, left_out: Counter[str]) -> Iterator[Record | Finding]:
        """A task for each row; one whose tags are not those of its tokens is a finding."""
        for number, item in enumerate(_rows(self.file, self.features)):
            if isinstance(item, Finding):
                yield item
                continue
            row: Mapping[str, Any] = item.value
            beside = plain_fields(row, self._read)
            others = row.keys() - self._read - beside.keys()
            left_out.update(f"column {excerpt(key)}" for key in others if row[key] is not None)
            read = self._spans(row, item.place)
            if isinstance(read, Finding):
                yield read
                continue
            name = row.get("id")
            task = name if isinstance(name, int | str) and name != "" else number
            place = Place(file=item.place.file, line=item.place.line, task=task)
            yield task_record(read.marked(), place, item.offset, beside=beside)

    @property
    def _read(self) -> frozenset[str]:
        return frozenset((self.tokens, self.tags, "id"))

    def _spans(self, row: Mapping[str, Any], place: Place) -> TokenText | Finding:
        tokens, given = row.get(self.tokens), row.get(self.tags)
        words = _mismatch(tokens, given, self.tags)
        if words or not isinstance(tokens, list) or not isinstance(given, list):
            return found("S001", words, place, remedy="Give each token its tag.")
        tags = named(given, self.names)
        if isinstance(tags, str):
            return found("A020", tags, place)
        spans, problems = self.tagging.spans(tags)
        if problems:
            first, *more = problems
            said = f"token {first.token}: {first.message}"
            said += f"; {len(more):,} more in this row" * bool(more)
            return found("A020", said, place)
        text = TokenText()
        text.add(tokens, spans)
        return text


def _mismatch(tokens: Any, tags: Any, name: str) -> str:
    """Why tokens and tags are none of one another; empty where they are."""
    if not isinstance(tokens, list) or not all(isinstance(t, str) and t for t in tokens):
        return "has tokens that are no list of texts, or an empty one"
    if not isinstance(tags, list) or len(tags) != len(tokens):
        size = len(tags) if isinstance(tags, list) else "no"
        return f"has {len(tokens)} tokens and {size} {name}"
    return ""


def named(tags: Sequence[Any], names: Sequence[str]) -> list[str] | str:
    """Tags by their names; or why one has none, in words."""
    held: list[str] = []
    for tag in tags:
        if isinstance(tag, str):
            held.append(tag)
        elif type(tag) is int and 0 <= tag < len(names):
            held.append(names[tag])
        elif tag == _IGNORED:
            return f"has the tag {_IGNORED}, which hides a token from a loss, and is no tag"
        else:
            return f"has the tag {excerpt(repr(tag))}, which has no name"
    return held


def _rows(file: ExportFile, features: Features) -> Iterator[Record | Finding]:
    """The rows of a file, their classes with the names that the file, or `features`, says."""
    for item in _rows_of(file):
        if isinstance(item, Record):
            with_class_names(item.value, features)
        yield item


def _rows_of(file: ExportFile) -> Iterator[Record | Finding]:
    from dataprep.sources import arrow, parquet

    with file.path.open("rb") as stream:
        magic = stream.read(6)
    if magic.startswith(_PARQUET):
        yield from parquet.rows(file.path, file.name)
    elif magic.startswith(_ARROW):
        yield from arrow.rows(file.path, file.name)
    else:
        yield from json_rows.rows(file)


def opened(export: ToolExport) -> TaggedRows:
    """A file, by all of its rows. Raises UsageError where tags have numbers and no names."""
    file = next(file for file in export.files if file.path.name not in _TOLD_BY)
    features, beside = _told_beside(() if export.tag_names else export.files)
    columns = _columns_in(_rows(file, features))
    if columns is None:
        raise UsageError(
            f"{file.name} has no rows with a list of tokens and a list of their tags.",
            f"Tokens are read from {' or '.join(TOKENS)}, tags from {', '.join(TAGS)}.",
        )
    tokens, tags = columns
    evidence, numbers = TagEvidence(), set[int]()
    for item in _rows(file, features):
        if isinstance(item, Record) and isinstance(given := item.value.get(tags), list):
            numbers.update(tag for tag in given if type(tag) is int and tag != _IGNORED)
            read = named(given, export.tag_names)
            if not isinstance(read, str):
                evidence.add(read, item.place.line or 0)
    if numbers and not export.tag_names:
        raise _unnamed(file, tags, numbers)
    tagging = evidence.tagging()
    if isinstance(tagging, str):
        raise UsageError(f"{file.name}: {tagging}.", f"Name another column, as one of {TAGS}.")
    change = evidence.change(tagging)
    beside = beside if tags in features else None
    return TaggedRows(file, change, tokens, tags, export.tag_names, features, beside, tagging)


def _told_beside(files: Sequence[ExportFile]) -> tuple[Features, ExportFile | None]:
    """What a file beside the rows says of their classes: that of `datasets` before the card."""
    by_name = {file.path.name: file for file in files if file.path.name in _TOLD_BY}
    for name, read in _TOLD_BY.items():
        file = by_name.get(name)
        if file and (features := read(file.path.read_text("utf-8", "replace"))):
            return features, file
    return {}, None


def _columns_in(items: Iterator[Record | Finding]) -> tuple[str, str] | None:
    """The columns of the first row that has them; raises UnreadableExport where no row is read."""
    broken: Finding | None = None
    some = False
    for item in items:
        if isinstance(item, Record):
            some = True
            if (columns := columns_of(item.value)) is not None:
                return columns
        elif item.severity is Severity.ERROR:
            broken = broken or item
    if broken is not None and not some:
        raise UnreadableExport(broken)
    return None


def _unnamed(file: ExportFile, tags: str, numbers: set[int]) -> UsageError:
    shown = ", ".join(map(str, sorted(numbers)[:_NUMBERS]))
    return UsageError(
        f"{file.name}: the {tags} are numbers ({shown}), and nothing says what they are called.",
        f"Name them in their order, as --tag-names O,B-PER,I-PER; or put {INFO} of"
        f" datasets.save_to_disk, or the {CARD} of the Hub, beside the file.",
    )


def columns_of(row: Any) -> tuple[str, str] | None:
    """The columns of tokens and of tags; None where a row has none.

    Tags that are texts come before numbers, which need names.
    """
    if not isinstance(row, dict):
        return None
    tokens = next((key for key in TOKENS if _holds(row.get(key), str)), None)
    if tokens is None:
        return None
    size = len(row[tokens])
    fit = [k for k in TAGS if isinstance(row.get(k), list) and len(row[k]) == size]
    texts = [key for key in fit if _holds(row[key], str)]
    numbers = [key for key in fit if _holds(row[key], int)]
    return next(((tokens, key) for key in (*texts, *numbers)), None)


def _holds(value: Any, kind: type) -> bool:
    """Whether a value is a list of one kind, with something in it."""
    return isinstance(value, list) and bool(value) and all(type(one) is kind for one in value)


def recognises(head: FileHead) -> bool:
    """Whether a file has rows with tokens and their tags."""
    if head.rows:
        return _holds_tokens(head.rows) and not head.are_training_rows
    if not head.raw.startswith((_PARQUET, *_ARROW)):
        return False
    try:
        if head.raw.startswith(_PARQUET) and not set(TOKENS) & set(names_in(head.path)):
            return False
        first = islice(_rows(ExportFile(head.name, head.path, head.path.name), {}), _LOOKED_AT)
        rows = [item.value for item in first if isinstance(item, Record)]
        return _holds_tokens(rows) and not all(map(is_training_row, rows))
    except UsageError:
        return False


def _holds_tokens(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether rows have tokens and a tag for each; some may be empty, and a few not fit."""
    told = [columns_of(row) for row in rows]
    columns = next(filter(None, told), None)
    if columns is None or any("text" in row for row in rows):
        return False
    lists = all(isinstance(row.get(key), list) for row in rows for key in columns)
    filled = sum(bool(row.get(columns[0])) for row in rows)
    return lists and sum(map(bool, told)) * 2 >= filled


def needs(path: Path) -> tuple[Path, ...]:
    """What `datasets` says of the columns."""
    return tuple(path.with_name(name) for name in _TOLD_BY)


TOOL = AnnotationTool("token-rows", "token rows", recognises, opened, needs, by_file=True)
