"""Column files as CoNLL-2002 and CoNLL-2003 write them: a token a line, a blank line a sentence.

The form is the first column, or the second where the first numbers the tokens (GermEval); the tags
are in the last one. Lines are divided by tabs where they have one, else by blanks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from dataprep import jsonio
from dataprep.finding import excerpt
from dataprep.patterns import LatePattern
from dataprep.sources.annotated.problem import LineProblem, counted
from dataprep.sources.annotated.tag_schemes import (
    OUTSIDE,
    LabelChange,
    TagEvidence,
    TaggedSpan,
    Tagging,
    looks_like_tag,
)
from dataprep.sources.annotated.token_text import TokenText

DOCUMENT = "-DOCSTART-"
NOTHING = "holds no token"
_LOOKED_AT = 1_000
MAX_LINES = 500_000
"""Lines of one sentence, at most: such a file has no blank lines."""
_BLANKS = LatePattern(" +")
MAX_TEXT = 32 * 1024 * 1024
"""Characters of one document, at most."""

_TOO_LONG = f"begins a document of more than {MAX_TEXT:,} characters"
_NO_BLANKS = "Divide sentences by blank lines."
_WIDTH = "Give the line the columns of the others, or remove it."
_ICONV = "Save the file as UTF-8, for example: iconv -f latin1 -t utf-8 IN > OUT."


class ColumnLine(NamedTuple):
    """The cells of one line, which counts from 1; `offset` is its first byte."""

    number: int
    offset: int
    cells: tuple[str, ...]


@dataclass(slots=True)
class ColumnSentence:
    """The lines of a sentence, and what is wrong with any; `opens` where a document begins."""

    lines: list[ColumnLine] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)
    opens: bool = False


class ColumnLayout(NamedTuple):
    """Where form and tags stand among so many columns, and the tagging of each column of tags.

    `documents` where more than one document mark stands in the file; `change` is where the set of
    labels changes.
    """

    width: int
    form: int
    tags: tuple[int, ...]
    taggings: tuple[Tagging, ...] = ()
    documents: bool = False
    change: LabelChange | None = None

    @property
    def left_out(self) -> int:
        """How many columns hold other things than a number, the form and tags that are read."""
        return self.width - self.form - 1 - len(self.tags)

    @property
    def words(self) -> str:
        """The schemes, and by which evidence."""
        told = dict.fromkeys(f"{tagging.scheme}: {tagging.why}" for tagging in self.taggings)
        unit = "document" if self.documents else "sentence"
        return f"{' and '.join(told)}; a task is a {unit}"

    def tokens(self, sentence: ColumnSentence) -> list[ColumnLine]:
        """The lines of a sentence that are tokens, of the right width."""
        width = self.width
        return [
            line
            for line in sentence.lines
            if len(line.cells) == width and not is_comment(line, width)
        ]


def cells_of(line: str) -> tuple[str, ...]:
    """The cells of a line; a no-break space is none of what divides them."""
    line = line.rstrip("\r\n")
    return tuple(line.split("\t") if "\t" in line else _BLANKS.split(line.rstrip(" ")))


def sentences(lines: Iterable[bytes]) -> Iterator[ColumnSentence]:
    """The sentences of the lines of a file, as they stand there; a document mark opens the next."""
    held, opens, offset = ColumnSentence(), False, 0
    for number, raw in enumerate(lines, 1):
        begins, offset = offset, offset + len(raw)
        try:
            line = jsonio.decode(raw)
        except jsonio.JsonError as error:
            held.problems.append(LineProblem(number, error.code, error.message, _ICONV))
            continue
        cells = cells_of(line)
        if not line.strip(" \t\r\n") or cells[0] == DOCUMENT:
            if held.lines or held.problems:
                yield held
                held = ColumnSentence(opens=opens)
                opens = False
            if cells[0] == DOCUMENT:
                held.opens = True
            continue
        if len(held.lines) < MAX_LINES:
            held.lines.append(ColumnLine(number, begins, cells))
        elif not held.problems:
            said = f"stands in a sentence of more than {MAX_LINES:,} lines"
            held.problems.append(LineProblem(number, "J012", said, _NO_BLANKS))
    if held.lines or held.problems:
        yield held


def is_comment(line: ColumnLine, width: int) -> bool:
    """Whether a line is a comment: it begins with `#` and is no token with its tag."""
    if not line.cells[0].startswith("#"):
        return False
    return len(line.cells) != width or not looks_like_tag(line.cells[-1])


def layout_of(again: Callable[[], Iterable[ColumnSentence]]) -> ColumnLayout | str:
    """The layout of a file from all of its sentences; or why there is none, in words.

    `again` gives the sentences from the first on: they are gone through twice.
    """
    widths: Counter[int] = Counter()
    for sentence in again():
        widths.update(len(x.cells) for x in sentence.lines if not x.cells[0].startswith("#"))
    if not widths:
        return NOTHING
    width = widths.most_common(1)[0][0]
    if width < 2:
        return "has one column, and no tags"
    first = list(islice(again(), _LOOKED_AT))
    form = 1 if width > 2 and _numbered(first, width) else 0
    nested = form and width > 3 and all(looks_like_tag(c) for c in _column(first, width, width - 2))
    tags = (width - 2, width - 1) if nested else (width - 1,)
    return _with_schemes(ColumnLayout(width, form, tags), again())


def _with_schemes(layout: ColumnLayout, every: Iterable[ColumnSentence]) -> ColumnLayout | str:
    """The layout with what all tags of the file say of their schemes."""
    evidence = [TagEvidence() for _ in layout.tags]
    documents = 0
    for sentence in every:
        documents += sentence.opens
        tokens = layout.tokens(sentence)
        for seen, column in zip(evidence, layout.tags, strict=True):
            seen.add([line.cells[column] for line in tokens], tokens[0].number if tokens else 0)
    taggings: list[Tagging] = []
    for seen in evidence:
        tagging = seen.tagging()
        if isinstance(tagging, str):
            return tagging
        taggings.append(tagging)
    changes = (seen.change(tagging) for seen, tagging in zip(evidence, taggings, strict=True))
    change = next((change for change in changes if change), None)
    return layout._replace(taggings=tuple(taggings), documents=documents > 1, change=change)


def _numbered(first: Iterable[ColumnSentence], width: int) -> bool:
    """Whether the first column numbers the tokens of each sentence, from 1 on."""
    for sentence in first:
        lines = [line for line in sentence.lines if len(line.cells) == width]
        if any(line.cells[0] != str(number) for number, line in enumerate(lines, 1)):
            return False
    return True


def _column(first: Iterable[ColumnSentence], width: int, column: int) -> Iterator[str]:
    for sentence in first:
        for line in sentence.lines:
            if len(line.cells) == width:
                yield line.cells[column]


@dataclass(slots=True)
class ColumnDocument:
    """The text of a task, its first line, and what is wrong with any of its lines."""

    text: TokenText
    number: int
    offset: int
    problems: list[LineProblem]
    empty: int = 0
    """Tokens without a form, which are outside of every span and left out."""


def documents(every: Iterable[ColumnSentence], layout: ColumnLayout) -> Iterator[ColumnDocument]:
    """The documents of a file; each sentence is one where no marks divide them."""
    held: ColumnDocument | None = None
    for sentence in every:
        if held is not None and (sentence.opens or not layout.documents):
            yield held
            held = None
        if held is None:
            first = sentence.lines[0] if sentence.lines else None
            number = first.number if first else sentence.problems[0].line
            held = ColumnDocument(TokenText(), number, first.offset if first else 0, [])
        _add(sentence, layout, held)
    if held is not None:
        yield held


def _add(sentence: ColumnSentence, layout: ColumnLayout, held: ColumnDocument) -> None:
    """Add a sentence to its document, without the spans where a line is wrong."""
    held.problems += sentence.problems
    tokens: list[ColumnLine] = []
    for line in sentence.lines:
        if is_comment(line, layout.width):
            continue
        if len(line.cells) != layout.width:
            said = f"has {counted(len(line.cells), 'column')}, and the file has {layout.width}"
            held.problems.append(LineProblem(line.number, "S001", said, _WIDTH))
        elif line.cells[layout.form]:
            tokens.append(line)
        elif all(line.cells[column] == OUTSIDE for column in layout.tags):
            held.empty += 1
        else:
            said = f"has the tag {excerpt(line.cells[-1])!r} and no token"
            held.problems.append(LineProblem(line.number, "S001", said, _WIDTH))
    spans: dict[TaggedSpan, None] = {}
    for column, tagging in zip(layout.tags, layout.taggings, strict=True):
        read, problems = tagging.spans([line.cells[column] for line in tokens])
        spans.update(dict.fromkeys(read))
        held.problems += [LineProblem(tokens[p.token].number, "A020", p.message) for p in problems]
    if held.text.length > MAX_TEXT:
        if not held.problems:
            held.problems.append(LineProblem(held.number, "J012", _TOO_LONG))
    elif tokens:
        held.text.add([line.cells[layout.form] for line in tokens], spans)
