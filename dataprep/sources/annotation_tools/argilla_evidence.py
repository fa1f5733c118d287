"""What the records of an Argilla export show together: its questions, its texts, its units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dataprep.annotation import UNIT_WORDS, CountedUnit, UnitVotes
from dataprep.example import Record
from dataprep.finding import Finding, Severity, UsageError, excerpt
from dataprep.sources.annotation_tools import argilla_rows as forms
from dataprep.sources.annotation_tools.argilla_questions import (
    ArgillaSettings,
    QuestionEvidence,
    QuestionKind,
    is_settings,
)
from dataprep.sources.annotation_tools.export import ToolExport
from dataprep.sources.annotation_tools.rows import rows

_UNITS: tuple[CountedUnit, ...] = ("codepoint", "utf16")

_OLD_KINDS: dict[str, QuestionKind] = {
    "spans": "spans",
    "classification": "classification",
    "generation": "generation",
}


@dataclass(slots=True)
class RecordEvidence:
    """What a first pass over the records shows."""

    shapes: Counter[forms.ArgillaForm] = field(default_factory=Counter)
    questions: dict[str, QuestionEvidence] = field(default_factory=dict)
    texts: dict[str, None] = field(default_factory=dict)
    named: dict[str, None] = field(default_factory=dict)
    old: QuestionKind | None = None

    def add(self, item: Record) -> forms.ArgillaRecord | None:
        """Take one record; what it is, None for what is none."""
        form = forms.form_of(item.value)
        if form is None:
            return None
        self.shapes[form] += 1
        try:
            record = forms.record_of(item.value, form)
        except (forms.NoRecord, TypeError):
            return None
        if record.kind in _OLD_KINDS:
            self.old = _OLD_KINDS[record.kind]
        self.texts.update(dict.fromkeys(name for name, _ in forms.texts_of(record.fields)))
        answers = [(one.question, one.value) for one in record.given]
        for question, value in answers + [(one.question, one.value) for one in record.suggested]:
            self.questions.setdefault(question, QuestionEvidence()).add(value)
            if isinstance(value, list):
                named = (v.get("value") if isinstance(v, dict) else v for v in value)
                self.named.update(dict.fromkeys(v for v in named if isinstance(v, str)))
        return record


def records_in(export: ToolExport) -> Iterator[Record]:
    """The rows of all files but the settings, without what cannot be read."""
    for file in export.files:
        for item in () if is_settings(file) else rows(file):
            if isinstance(item, Record):
                yield item


def first_problem(export: ToolExport) -> Finding | None:
    """The first error in the files of records; None where every row can be read."""
    items = (item for file in export.files if not is_settings(file) for item in rows(file))
    errors = (i for i in items if isinstance(i, Finding) and i.severity is Severity.ERROR)
    return next(errors, None)


def shown_fields(
    export: ToolExport, seen: RecordEvidence, settings: ArgillaSettings, form: forms.ArgillaForm
) -> tuple[str, ...]:
    """The fields that were shown, the one that is answered first."""
    fields = [name for name in settings.fields if name in seen.texts] or list(seen.texts)
    fields = [name for name in fields if name not in seen.named] or fields
    if export.text is not None:
        if export.text not in fields:
            known = ", ".join(map(excerpt, fields)) or "none"
            raise UsageError(f"No field {excerpt(export.text)!r} holds text.", f"Known: {known}.")
        return (export.text, *(name for name in fields if name != export.text))
    first = "text" if "text" in fields else fields[0] if fields else "text"
    certain = bool(settings.fields) or form in ("2.x records", "1.x records")
    if certain or len(fields) < 2:
        return (first, *(name for name in fields if name != first))
    if "text" in fields:
        return ("text",)
    raise UsageError(
        f"{export.name}: the columns {', '.join(map(excerpt, fields[:8]))} hold text, and nothing"
        " says which of them annotators saw.",
        "Name it with --text, or put .argilla/settings.json (1.x: argilla.yaml) beside the file.",
    )


def span_votes(
    export: ToolExport, form: forms.ArgillaForm, marked: Mapping[str, str]
) -> tuple[UnitVotes, UnitVotes]:
    """What the spans of people, and those of models, speak for."""
    people, models = UnitVotes(), UnitVotes()
    for item in records_in(export) if marked else ():
        try:
            record = forms.record_of(item.value, form)
        except (forms.NoRecord, TypeError):
            continue
        texts = dict(forms.texts_of(record.fields))
        answers = ((people, one.question, one.value) for one in record.given)
        guesses = ((models, one.question, one.value) for one in record.suggested)
        for votes, name, value in (*answers, *guesses):
            for span in value if name in marked and isinstance(value, list) else ():
                match span:
                    case {"start": int(start), "end": int(end)}:
                        votes.add(texts.get(marked[name], ""), start, end)
    return people, models


def unit_of_people(export: ToolExport, votes: UnitVotes) -> tuple[CountedUnit, str]:
    """How the spans of people count, and why; raises UsageError where nothing decides."""
    if export.offsets != "auto":
        return export.offsets, f", spans in {UNIT_WORDS[export.offsets]} as asked"
    if not votes.differing:
        return "codepoint", ""
    best = votes.best("codepoint", _UNITS)
    if len(best) == 1:
        return best[0], f", spans in {UNIT_WORDS[best[0]]} ({votes.words(best[0])})"
    raise UsageError(
        f"{export.name}: {votes.differing:,} spans may count code points or UTF-16 units, and"
        " nothing decides it.",
        "Say it: --offsets utf16 (marked in the browser) or codepoint (sent by a program).",
    )


def unit_of_models(export: ToolExport, votes: UnitVotes) -> CountedUnit:
    """How the spans of models count: code points, unless their texts say otherwise."""
    if export.offsets != "auto":
        return export.offsets
    return votes.best("codepoint", _UNITS)[0]
