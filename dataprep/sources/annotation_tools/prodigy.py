"""Exports of Prodigy: rows of one input are one task, each annotator's answers an annotation.

`ignore` is a skip. `reject` says that a label is not that of the text, which is a vote and never
learned, or, where spans are marked by hand, that the example is bad. A question about one span
says nothing of the others, so it is kept as a prediction and never learned as all that there is.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from dataprep.annotation import SIDES, UNIT_WORDS, CountedUnit, UnitVotes
from dataprep.example import Record
from dataprep.finding import Finding, excerpt
from dataprep.jsonio import Json
from dataprep.rules import found
from dataprep.sources.annotation_tools import prodigy_rows as forms
from dataprep.sources.annotation_tools.building import (
    CLASSES,
    TEXT,
    task_record,
)
from dataprep.sources.annotation_tools.export import (
    AnnotationTool,
    ExportFile,
    FileHead,
    ToolExport,
)
from dataprep.sources.annotation_tools.prodigy_answers import BadProdigyRow, ProdigyAnswers
from dataprep.sources.annotation_tools.rows import RowGroups, rows

NOTS = ("not ", "rejected: ", "_rejected_ ")
"""What may stand before a label that somebody rejects: the first that makes no label of it."""
_UNSEEN = "rows about pictures, sound or HTML"
_PLAIN_VIEWS = (None, "text", "html", "classification", "blocks")
"""Views that ask nothing of a row that holds no label, no marks and no options."""
_JUDGED = "rows judged as a whole (--good accept reads them)"
_REVIEWED = "rows that a reviewed row holds too"


@dataclass(frozen=True, slots=True)
class ProdigyExport:
    """An export, and the unit that its spans count in."""

    export: ToolExport
    form: str
    unit: CountedUnit
    rejection: str = NOTS[0]
    against: tuple[str, ...] = ()
    rejecting: str = CLASSES
    shown: tuple[str, ...] = (TEXT,)
    answered: bool = False
    """Whether some row has an answer: then one without any was never shown to anybody."""

    @property
    def files(self) -> tuple[ExportFile, ...]:
        """The files that are read."""
        return self.export.files

    def tasks(self, left_out: Counter[str]) -> Iterator[Record | Finding]:
        """The tasks, by the hash of the input, else by the text."""
        groups = RowGroups()
        for file in self.files:
            for item in _rows(file, self.export):
                if isinstance(item, Finding):
                    yield item
                elif self.answered and "answer" not in item.value:
                    yield found("S001", _UNANSWERED, item.place, remedy=_ANSWER)
                elif forms.lacks_text(item.value):
                    yield found("S001", _no_text(item.value), item.place, remedy=_TEXTLESS)
                elif isinstance(key := _key(item.value), str):
                    groups.add(key, item)
                else:
                    left_out[key[0]] += 1
        for group in groups:
            if isinstance(group, Finding):
                yield group
            else:
                yield from self._task(group, left_out)

    def _task(self, group: list[Record], left_out: Counter[str]) -> Iterator[Record | Finding]:
        reviewed = [item for item in group if forms.question_of(item.value) == "review"]
        if reviewed:
            last = {forms.label_asked(item.value): item for item in reviewed}
            left_out[_REVIEWED] += len(group) - len(last)
            group = list(last.values())
        first = group[0]
        answers = ProdigyAnswers(self.unit, self.rejection, left_out)
        for item in group:
            if _shown(item.value) != _shown(first.value):
                words = "its text is not that of the other rows of this input"
                remedy = "Two documents of one name: give each its own _input_hash."
                yield found("S001", words, item.place, remedy=remedy)
                continue
            try:
                answers.add(item)
            except BadProdigyRow as bad:
                yield found(bad.code, str(bad), item.place, remedy=_MEND)
        if answers.refused(len(group)):
            return
        data = {**forms.rest_of(first.value), **_data(first.value)}
        key = first.value.get("_input_hash")
        name = key if isinstance(key, int | str) else None
        yield task_record(first, name, data, answers.annotations(), predictions=answers.predictions)


_TEXTLESS = "Give the row the text that was shown, or pass --drop-invalid to leave it out."
_UNANSWERED = "it has no answer, and other rows have one"
_ANSWER = "Leave out the rows that nobody answered, or pass --drop-invalid."
_MEND = "Mend the row; --offsets codepoint or utf16 says how spans count."


def _no_text(row: Json) -> str:
    if "text" not in row:
        return "it has no text"
    return f"its text is {excerpt(json.dumps(row['text']))}, and no text"


def _rows(file: ExportFile, export: ToolExport) -> Iterator[Record | Finding]:
    """The rows of a file; those that were judged as a whole as choices, where that is asked for."""
    for item in rows(file):
        if export.verdicts and isinstance(item, Record) and forms.is_judged(item.value):
            yield Record(item.place, item.offset, forms.as_choice(item.value))
        else:
            yield item


def _key(row: Json) -> str | tuple[str]:
    """By what the rows of one input are put together, or why a row is left out."""
    question = forms.question_of(row)
    if question == "unseen":
        return (_UNSEEN,)
    if question == "unknown":
        view = row.get("_view_id")
        if forms.is_judged(row) and view in _PLAIN_VIEWS:
            return (_JUDGED,)
        named = f" of the view {excerpt(view)!r}" if isinstance(view, str) else ""
        return (f"rows{named} that are not read",)
    if isinstance(row.get("_input_hash"), int | str):
        return repr(row["_input_hash"])
    return blake2b(repr(_shown(row)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _shown(row: Json) -> tuple[Any, ...]:
    """What annotators saw."""
    return tuple(_data(row).values())


def _data(row: Json) -> Json:
    """The texts that a row is about."""
    if forms.question_of(row) != "compared":
        return {TEXT: row.get("text")}
    texts = (_text(row.get(key)) for key in ("input", "accept", "reject"))
    return dict(zip((TEXT, *SIDES), texts, strict=True))


def _text(given: Any) -> str:
    inside = given.get("text") if isinstance(given, dict) else given
    return inside if isinstance(inside, str) else ""


def opened(export: ToolExport) -> ProdigyExport:
    """An export, as its rows show it."""
    quoted, unquoted, questions = UnitVotes(), UnitVotes(), Counter[str]()
    rejected: dict[str, None] = {}
    labels: set[str] = set()
    answered = False
    for file in export.files:
        for item in _rows(file, export):
            if isinstance(item, Record):
                answered = answered or "answer" in item.value
                questions.update(_words_of(item.value))
                _vote(item.value, quoted, unquoted)
                if (label := forms.label_asked(item.value)) is not None:
                    labels.add(label)
                    if forms.answer_of(item.value) == "reject":
                        rejected[label] = None
    unit, said = _unit(export, quoted, unquoted)
    kinds = ", ".join(word for word, _ in questions.most_common())
    rejection = next(
        (no for no in NOTS if not any(no + label in labels for label in rejected)), NOTS[-1]
    )
    against = tuple(rejection + label for label in rejected)
    form = f"Prodigy, {kinds or 'no question'}{said}"
    return ProdigyExport(export, form, unit, rejection, against, answered=answered)


def _words_of(row: Json) -> Iterable[str]:
    match forms.question_of(row):
        case "class":
            yield "text classification"
        case "span":
            yield "single spans"
        case "compared":
            yield "comparison"
        case "review":
            yield "review"
        case "marks":
            if row.get("relations"):
                yield "relations"
            if isinstance(row.get("accept"), list):
                yield "choice"
            if isinstance(row.get("spans"), list) and not row.get("relations"):
                yield "spans"
            if isinstance(row.get(forms.written_key(row)), str):
                yield "text"


def _vote(row: Json, quoted: UnitVotes, unquoted: UnitVotes) -> None:
    text, spans = row.get("text"), row.get("spans")
    if not isinstance(text, str) or not isinstance(spans, list):
        return
    for span in spans:
        match span:
            case {"start": int(start), "end": int(end)}:
                quote = forms.quote_of(row, span)
                (unquoted if quote is None else quoted).add(text, start, end, quote)


def _unit(export: ToolExport, quoted: UnitVotes, unquoted: UnitVotes) -> tuple[CountedUnit, str]:
    """Code points, as spaCy's tokens count; another unit where the texts of spans say so."""
    if export.offsets != "auto":
        return export.offsets, f", spans in {UNIT_WORDS[export.offsets]} as asked"
    if quoted.differing:
        unit = quoted.best("codepoint")[0]
        return unit, f", spans in {UNIT_WORDS[unit]} ({quoted.words(unit)})"
    return "codepoint", ", spans in code points as Prodigy counts" * bool(unquoted.differing)


def recognises(head: FileHead) -> bool:
    """Whether a file is of Prodigy, by its rows."""
    told = bool(head.rows) and all(forms.looks_like_prodigy(row) for row in head.rows)
    return told and not head.are_training_rows


TOOL = AnnotationTool("prodigy", "Prodigy", recognises, opened)
