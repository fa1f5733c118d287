"""spaCy's training data: `.spacy` through the extra of that name, and JSON in its several forms."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from dataprep.annotation import UNIT_WORDS, CountedUnit, UnitVotes, in_code_points
from dataprep.example import Record
from dataprep.finding import Finding, Place, UsageError, excerpt
from dataprep.rules import found
from dataprep.sources.annotated import spacy_rows
from dataprep.sources.annotated.problem import counted
from dataprep.sources.annotated.spacy_rows import NoExample, SpacyExample, SpacySpan
from dataprep.sources.annotation_tools import spacy_docbin
from dataprep.sources.annotation_tools.export import (
    AnnotationTool,
    ExportFile,
    FileHead,
    ToolExport,
)
from dataprep.sources.annotation_tools.one_file import FileExport
from dataprep.sources.annotation_tools.spacy_entries import entries, is_literal
from dataprep.sources.annotation_tools.text_lines import task_record

DOCBIN = ".spacy"
_UNITS: tuple[CountedUnit, ...] = ("codepoint", "utf16")
_SHAPE = 'Write it as [text, {"entities": [[start, end, label]]}].'


@dataclass(frozen=True, slots=True)
class SpacyExport(FileExport):
    """One file of examples, and how its spans are counted."""

    form: str
    unit: CountedUnit = "codepoint"

    def tasks(self, left_out: Counter[str]) -> Iterator[Record | Finding]:
        """A task for each text; one with a span that cannot be is a finding."""
        for number, item in enumerate(_examples(self.file)):
            if isinstance(item, Finding):
                yield item
                continue
            place, offset, example = item
            left_out.update(example.left_out)
            place = Place(file=place.file, line=place.line, task=number)
            spans = _in_code_points(example, self.unit, place)
            if isinstance(spans, Finding):
                yield spans
            elif not (example.known or example.rated or spans):
                marked, beside = example.marked([]), example.beside
                yield task_record(marked, place, offset, annotations=[], beside=beside)
            else:
                yield task_record(example.marked(spans), place, offset, beside=example.beside)


_Placed = tuple[Place, int, SpacyExample]


def _examples(file: ExportFile) -> Iterator[_Placed | Finding]:
    if file.inside.lower().endswith(DOCBIN):
        for example in spacy_docbin.examples(file):
            yield Place(file=file.name), 0, example
        return
    for entry in entries(file):
        if isinstance(entry, Finding):
            yield entry
            continue
        try:
            for example in list(spacy_rows.examples(entry.value)):
                yield entry.place, entry.offset, example
        except NoExample as error:
            yield found("S001", str(error), entry.place, remedy=_SHAPE)


def _in_code_points(
    example: SpacyExample, unit: CountedUnit, place: Place
) -> list[SpacySpan] | Finding:
    """The spans in code points; or what is wrong with one of them."""
    if example.placed:
        return example.spans
    if words := spacy_rows.overlap(example.spans):
        return found("A023", words, place)
    held: list[SpacySpan] = []
    for span in example.spans:
        read = in_code_points(example.text, span.start, span.end, unit)
        if read is None:
            said = f"{excerpt(span.label)!r} runs from {span.start} to {span.end}"
            size = len(example.text)
            words = f"{said} {UNIT_WORDS[unit]}, in a text of {size} characters"
            remedy = "Mend the offsets: spaCy counts code points, and the end is the next one."
            return found("A002", words, place, remedy=remedy)
        held.append(span._replace(start=read[0], end=read[1]))
    return held


@dataclass(slots=True)
class _Seen:
    """What a pass over a file shows."""

    votes: UnitVotes = field(default_factory=UnitVotes)
    kinds: Counter[str] = field(default_factory=Counter)
    cut: int = 0

    def add(self, example: SpacyExample) -> None:
        self.kinds["classes"] += bool(example.cats)
        for span in example.spans:
            self.kinds[f"group {span.group}" if span.group else "entities"] += 1
            if not example.placed:
                self.votes.add(example.text, span.start, span.end)
                self.cut += _cuts_word(example.text, span)


def _cuts_word(text: str, span: SpacySpan) -> bool:
    """Whether a border lies inside of a word or on a blank: spaCy cannot align such a span."""
    start, end = span.start, span.end
    if not 0 <= start < end <= len(text):
        return False
    if text[start].isspace() or text[end - 1].isspace():
        return True
    begins = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    ends = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return begins or ends


def opened(export: ToolExport) -> SpacyExport:
    """A file, by all of its examples. Raises UsageError where its spans count in another unit."""
    (file, *_) = export.files
    seen = _Seen()
    for item in _examples(file):
        if not isinstance(item, Finding):
            seen.add(item[2])
    kinds = ", ".join(excerpt(kind) for kind in sorted(seen.kinds) if seen.kinds[kind])
    unit, said = _unit(export, seen.votes)
    words = f"spaCy, {kinds or 'without annotations'}{said}"
    if seen.cut and unit == "codepoint":
        spans = counted(seen.cut, "span")
        words += f", {spans} with a border inside of a word or on a blank"
    return SpacyExport(file, words, unit)


def _unit(export: ToolExport, votes: UnitVotes) -> tuple[CountedUnit, str]:
    if export.offsets != "auto":
        return export.offsets, f", spans in {UNIT_WORDS[export.offsets]} as asked"
    if votes.differing and "codepoint" not in votes.best("codepoint", _UNITS):
        raise UsageError(
            f"{export.name}: spans fit words in UTF-16 units ({votes.words('utf16')}), and spaCy"
            " counts code points.",
            "Read them so with --offsets utf16, or as they stand with --offsets codepoint.",
        )
    return "codepoint", ""


def recognises(head: FileHead) -> bool:
    """Whether a file is a DocBin by its ending, or begins with an example in JSON."""
    if head.path.name.lower().endswith(DOCBIN):
        return True
    if head.rows:
        first = head.rows[0]
        if "classes" in first and isinstance(first.get("annotations"), list):
            return any(map(spacy_rows.looks_like_example, first["annotations"][:20]))
        return all(map(spacy_rows.looks_like_example, head.rows)) and not head.are_training_rows
    bare = head.raw.lstrip()
    if bare[:1] != b"[":
        return False
    if is_literal(bare):
        return any(key in bare for key in (b"'entities'", b'"entities"', b"'cats'", b'"cats"'))
    return _begins_with_example(bare.decode("utf-8", "replace"))


def _begins_with_example(text: str) -> bool:
    """Whether the first list in a text is an example, or holds one first."""
    decoder = json.JSONDecoder()
    for at in (0, text.find("[", 1)):
        try:
            value, _ = decoder.raw_decode(text, max(at, 0))
        except (ValueError, RecursionError):
            continue
        first = value[0] if isinstance(value, list) and value else None
        return spacy_rows.looks_like_example(value) or spacy_rows.looks_like_example(first)
    return False


TOOL = AnnotationTool("spacy", "spaCy", recognises, opened, by_file=True, endings=(DOCBIN,))
