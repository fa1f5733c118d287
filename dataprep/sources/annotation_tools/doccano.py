"""Exports of doccano, 1.0 to 1.8: one file, or a zip or folder with a file for each user.

The text stands in the row; who annotated is the name of the file from 1.3 on, and a number
before. A row without labels may be unfinished as well as empty, so it is nobody's answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dataprep.annotation import (
    UNIT_WORDS,
    CountedUnit,
    UnitVotes,
    in_code_points,
    predicted,
)
from dataprep.example import Record
from dataprep.finding import Finding, Place, UsageError, excerpt
from dataprep.jsonio import Json
from dataprep.rules import found
from dataprep.sources.annotation_tools import doccano_rows as forms
from dataprep.sources.annotation_tools.building import (
    ANSWERS,
    CLASSES,
    SPANS,
    TEXT,
    annotation,
    task_record,
)
from dataprep.sources.annotation_tools.doccano_evidence import DoccanoEvidence
from dataprep.sources.annotation_tools.export import (
    AnnotationTool,
    ExportFile,
    FileHead,
    ToolExport,
)
from dataprep.sources.annotation_tools.rows import RowGroups, is_table, rows

_NOBODY = frozenset(("all", "unknown"))
"""Files that are of no user: those of a shared project, and the texts without any label. Beside
files of others they are of members who are called so."""
_NEWER = "Export again as JSONL from a doccano up to 1.8, or give the rows another form."
_EMPTY = "rows without labels, unfinished or empty"


@dataclass(frozen=True, slots=True)
class DoccanoExport:
    """An export, its kind and version, and how its spans are counted; `shared` names nobody."""

    export: ToolExport
    form: str
    unit: CountedUnit
    generated: bool
    names: dict[int, str] = field(default_factory=dict)
    shared: bool = False
    shown: tuple[str, ...] = (TEXT,)

    @property
    def files(self) -> tuple[ExportFile, ...]:
        """The files that are read."""
        return self.export.files

    def tasks(self, left_out: Counter[str]) -> Iterator[Record | Finding]:
        """The tasks, those of several users put together by the id of their text."""
        several = len(self.files) > 1 or any(map(is_table, self.files))
        if not several:
            yield from self._alone(left_out)
            return
        groups = RowGroups()
        for file in self.files:
            for number, item in enumerate(_rows(file)):
                if isinstance(item, Finding):
                    yield item
                else:
                    key = item.value.get("id")
                    whole = f"{file.name}\0{number}" if key is None else repr(key)
                    groups.add(whole, _with_user(item, self._user(file)))
        for group in groups:
            if isinstance(group, Finding):
                yield group
            else:
                yield from self._task(group, left_out)

    def _alone(self, left_out: Counter[str]) -> Iterator[Record | Finding]:
        seen: set[int] = set()
        for item in _rows(self.files[0]):
            if isinstance(item, Finding):
                yield item
                continue
            if (key := item.value.get("id")) is not None:
                if hash(key) in seen:
                    yield _twice(item.place, key)
                    continue
                seen.add(hash(key))
            yield from self._task([_with_user(item, self._user(self.files[0]))], left_out)

    def _user(self, file: ExportFile) -> str:
        named = self.export.together and not (self.shared and file.stem in _NOBODY)
        return file.stem if named else ""

    def _task(self, group: list[Record], left_out: Counter[str]) -> Iterator[Record | Finding]:
        """One text with what each user says of it."""
        first = group[0]
        text = forms.text_of(first.value["row"])
        by_user: dict[str, tuple[forms.MarkedRow, Place]] = {}
        readable = 0
        for item in group:
            row, who = item.value["row"], item.value["user"]
            if forms.text_of(row) != text:
                yield _twice(item.place, row.get("id"))
                continue
            try:
                marks = forms.marked(row, generated=self.generated)
            except forms.UnknownRow as unknown:
                yield found("S001", str(unknown), item.place, remedy=_NEWER)
                continue
            readable += 1
            if not any(marks.values()):
                left_out[_EMPTY] += 1
            for user, mark in marks.items():
                _merge(by_user, user or who, mark, item.place)
        results: list[tuple[str, list[Json]]] = []
        for user, (mark, place) in by_user.items():
            read = self._results(mark, text or "", place)
            if isinstance(read, Finding):
                yield read
            else:
                results.append((user, read))
        if not readable or (by_user and not results):
            return
        row = first.value["row"]
        key = row.get("id")
        data = {**forms.rest_of(row), "text": text}
        annotations = [annotation(user, each) for user, each in results]
        name = key if isinstance(key, int | str) else None
        yield task_record(first, name, data, annotations)

    def _results(self, mark: forms.MarkedRow, text: str, place: Place) -> list[Json] | Finding:
        """The results of one user, in code points; a finding where a span lies outside."""
        named: dict[str, predicted.PredictedSpan] = {}
        spans = []
        for span in mark.spans:
            where = in_code_points(text, span.start, span.end, self.unit)
            if where is None:
                return _outside(span, text, self.unit, place)
            spans.append(predicted.PredictedSpan(*where, self._named(span.label)))
            named[span.name] = spans[-1]
        results = predicted.regions(SPANS, TEXT, dict.fromkeys(spans), text)
        regions: dict[predicted.PredictedSpan, Json] = {}
        if mark.relations:
            regions = predicted.regions_apart(SPANS, TEXT, spans, text)
            results = list(regions.values())
        for relation in mark.relations:
            ends = [
                regions[named[end]]["id"] if end in named else f"entity {end}"
                for end in (relation.head, relation.tail)
            ]
            labels = {"labels": [relation.label]} if relation.label else {}
            known = {"type": "relation", "direction": "right", **labels}
            results.append({"from_id": ends[0], "to_id": ends[1], **known})
        classes = dict.fromkeys(map(self._named, mark.classes))
        results += predicted.choices(CLASSES, TEXT, classes)
        answers = list(dict.fromkeys(mark.texts))
        return results + predicted.value(ANSWERS, TEXT, "generation", answers)

    def _named(self, label: str | int) -> str:
        return label if isinstance(label, str) else self.names.get(label, str(label))


def _merge(
    by_user: dict[str, tuple[forms.MarkedRow, Place]],
    who: str,
    mark: forms.MarkedRow,
    place: Place,
) -> None:
    """Put the marks of a row to those that the same user has made on the text."""
    if not mark:
        return
    if who not in by_user:
        by_user[who] = mark, place
        return
    known, _ = by_user[who]
    known.spans += mark.spans
    known.relations += mark.relations
    known.classes += mark.classes
    known.texts += mark.texts


def _with_user(item: Record, user: str) -> Record:
    return Record(item.place, item.offset, {"row": item.value, "user": user})


def _rows(file: ExportFile) -> Iterator[Record | Finding]:
    """The rows of a file that have a text; those of a table as the same row in JSON."""
    table = is_table(file)
    for item in rows(file):
        if isinstance(item, Finding):
            yield item
            continue
        row = forms.from_cells(item.value) if table else item.value
        if forms.is_label_name(row):
            continue
        if forms.text_of(row) is None:
            words = "has no text, so it is no row of doccano about texts"
            yield found("S001", words, item.place, remedy=_NEWER)
        elif not isinstance(row.get("id"), int | str | None):
            yield found("S001", "its id is no number and no text", item.place, remedy=_NEWER)
        else:
            yield Record(item.place, item.offset, row)


def _twice(place: Place, key: Any) -> Finding:
    words = f"the id {excerpt(repr(key))} is that of another row: two documents of one name"
    remedy = "Convert exports of several projects one by one; else export the project again."
    return found("S001", words, place, remedy=remedy)


def _outside(span: forms.MarkedSpan, text: str, unit: CountedUnit, place: Place) -> Finding:
    said = f"{excerpt(str(span.label))!r} runs from {span.start} to {span.end}"
    words = f"{said} {UNIT_WORDS[unit]}, in a text of {len(text)} characters"
    remedy = "Mend the offsets; --offsets codepoint, utf16 or grapheme says how they count."
    return found("A002", words, place, remedy=remedy)


_COUNTED: dict[str, CountedUnit] = {"1.0 to 1.2": "codepoint", "1.8": "utf16", "": "utf16"}
"""What the versions count where nothing decides; 1.3 to 1.6 changed it on the way."""


def opened(export: ToolExport) -> DoccanoExport:
    """An export as its rows show it; raises UsageError where it cannot be understood."""
    seen = DoccanoEvidence()
    for file in export.files:
        if _is_fasttext(FileHead(file.path, file.name).raw):
            raise UsageError(
                f"{file.name} is a fastText export, which breaks texts at their line breaks.",
                "Export the project as JSONL.",
            )
        for item in rows(file):
            if isinstance(item, Record):
                seen.add(item, file)
    if unnamed := sorted(seen.numbers.keys() - seen.names.keys()):
        shown = ", ".join(map(str, unnamed[:5]))
        raise UsageError(
            f"{export.name}: the labels are numbers ({shown}), whose names stand in another file.",
            "Put doccano's label export (Labels, Export) beside it, and convert the folder.",
            place=seen.numbers[unnamed[0]],
        )
    era = seen.eras.most_common(1)[0][0] if seen.eras else ""
    unit, said = _unit(export, seen.votes, era)
    form = f"doccano {era}, {seen.words()}" if era else f"doccano, {seen.words()}"
    shared = len(seen.stems) == 1 and seen.stems <= _NOBODY
    return DoccanoExport(export, form + said, unit, seen.generated, seen.names, shared)


def _unit(export: ToolExport, votes: UnitVotes, era: forms.Era) -> tuple[CountedUnit, str]:
    """How spans count, and why, in words; empty where every unit reads them alike."""
    usual = _COUNTED.get(era)
    if export.offsets != "auto":
        return export.offsets, f", spans in {UNIT_WORDS[export.offsets]} as asked"
    if not votes.differing:
        return usual or "codepoint", ""
    best = votes.best(usual or "codepoint")
    if len(best) == 1:
        return best[0], f", spans in {UNIT_WORDS[best[0]]} ({votes.words(best[0])})"
    if usual in best:
        return usual, f", spans in {UNIT_WORDS[usual]} as doccano {era or '1.5 or later'} counts"
    raise UsageError(
        f"{export.name}: spans may count {' or '.join(UNIT_WORDS[unit] for unit in best)}, and"
        f" none of the {votes.differing:,} that differ decides it.",
        "Say it: --offsets codepoint (doccano up to 1.4), utf16 (from 1.5 on) or grapheme.",
    )


def recognises(head: FileHead) -> bool:
    """Whether a file is of doccano: by its rows, or the columns of 1.0."""
    if head.rows:
        told = [forms.looks_like_doccano(row) for row in head.rows]
        if all(forms.is_label_name(row) for row in head.rows):
            return True
        trains = head.are_training_rows and not all(map(forms.has_comments, head.rows))
        return False not in told and True in told and not trains
    old, new = {"annotation_approver", "text", "label", "user"}, {"id", "text", "label", "Comments"}
    return any(known <= {*head.columns} for known in (old, new)) or _is_fasttext(head.raw)


def _is_fasttext(raw: bytes) -> bool:
    return raw.lstrip(b' "').startswith(b"__label__")


TOOL = AnnotationTool("doccano", "doccano", recognises, opened)
