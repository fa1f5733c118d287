"""Exports of Argilla, 1.x and 2.x: each user's answers to all questions are one annotation.

A discarded answer is a skip, a draft is a draft, a suggestion is a prediction. Offsets are those
of the browser (UTF-16 units) where a person marked, and those of Python (code points) where a
program did, so each side is counted as its own texts say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataprep.annotation import UNIT_WORDS, CountedUnit, in_code_points, predicted
from dataprep.example import Record
from dataprep.finding import Finding, Place, UsageError, excerpt
from dataprep.jsonio import Json
from dataprep.rules import found
from dataprep.sources.annotation_tools import argilla_rows as forms
from dataprep.sources.annotation_tools.argilla_evidence import (
    RecordEvidence,
    first_problem,
    records_in,
    shown_fields,
    span_votes,
    unit_of_models,
    unit_of_people,
)
from dataprep.sources.annotation_tools.argilla_questions import (
    SETTINGS,
    QuestionKind,
    is_settings,
    settings_in,
)
from dataprep.sources.annotation_tools.building import annotation, prediction, task_record
from dataprep.sources.annotation_tools.export import (
    AnnotationTool,
    ExportFile,
    FileHead,
    ToolExport,
    UnreadableExport,
)
from dataprep.sources.annotation_tools.rows import rows

RANKED = "ranked"
"""The field of the data with what a ranking orders."""

_TIES = "rankings with ties"
_NUMBERED = "suggestions that are numbers of classes"
_MEDIA = "fields that are no text"
_UNANSWERED = "answers to questions whose kind is not known"
_REMEDY = "Mend the record; --offsets codepoint or utf16 says how spans count."
_STATUS = "is an export without the status of its answers: discarded ones and drafts look submitted"
_WITH_STATUS = "Export with to_datasets, or to_list(flatten=True), which keep it."


class _BadAnswer(ValueError):
    """An answer that cannot be read: the code of the rule and words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class ArgillaExport:
    """An export, its questions, the texts that were shown, and how spans count."""

    export: ToolExport
    form: str
    rows_form: forms.ArgillaForm
    kinds: Mapping[str, QuestionKind]
    marked: Mapping[str, str]
    shown: tuple[str, ...]
    by_people: CountedUnit
    by_models: CountedUnit
    scales: Mapping[str, tuple[float, float]]

    @property
    def files(self) -> tuple[ExportFile, ...]:
        """The files that are read."""
        return self.export.files

    def tasks(self, left_out: Counter[str]) -> Iterator[Record | Finding]:
        """The tasks, a record each."""
        for file in self.files:
            told, seen = True, set[int]()
            for item in () if is_settings(file) else rows(file):
                if isinstance(item, Finding):
                    yield item
                    continue
                try:
                    record = forms.record_of(item.value, self.rows_form)
                    if told and not record.told:
                        told = False
                        yield found("A009", _STATUS, Place(file=file.name), remedy=_WITH_STATUS)
                    if not isinstance(record.key, int | str | None):
                        raise _BadAnswer("S001", "its id is no number and no text")
                    if record.key is not None and hash(record.key) in seen:
                        words = f"the id {excerpt(repr(record.key))} is that of another record"
                        raise _BadAnswer("S001", f"{words}: two documents of one name")
                    yield from self._task(item, record, left_out)
                    seen.add(hash(record.key))
                except (forms.NoRecord, _BadAnswer, TypeError) as bad:
                    yield _finding(bad, item.place)

    def _task(
        self, item: Record, record: forms.ArgillaRecord, left_out: Counter[str]
    ) -> Iterator[Record | Finding]:
        """A record as a task; an answer that cannot be read costs all that its user says of it."""
        texts = dict(forms.texts_of(record.fields))
        if other := [k for k, v in record.fields.items() if k not in texts and v is not None]:
            left_out[_MEDIA] += len(other)
        data: Json = {**record.rest, **texts}
        by_user: dict[tuple[str, int], dict[str, list[Json]]] = {}
        passed: set[tuple[str, int]] = set()
        bad: dict[tuple[str, int], Finding] = {}
        unnamed = Counter[str]()
        for given in record.given:
            who = (given.user, 0)
            if not given.user:
                unnamed[given.question] += 1
                who = ("", unnamed[given.question])
            if given.status == forms.MISSING:
                continue
            if given.status == forms.DISCARDED:
                passed.add(who)
            else:
                try:
                    results = self._results(given, texts, data, self.by_people, left_out)
                except (_BadAnswer, TypeError) as error:
                    bad.setdefault(who, _finding(error, item.place))
                else:
                    by_user.setdefault(who, {}).setdefault(given.status, []).extend(results)
        yield from bad.values()
        by_user = {who: said for who, said in by_user.items() if who not in bad}
        annotations = [
            annotation(who[0], said[forms.SUBMITTED], key=_key(who))
            for who, said in by_user.items()
            if forms.SUBMITTED in said
        ]
        annotations += [
            annotation(who[0], (), key=_key(who), skipped=True)
            for who in sorted(passed)
            if forms.SUBMITTED not in by_user.get(who, {}) and who not in bad
        ]
        drafts = [
            {"user": who[0] or None, "result": said[forms.DRAFT]}
            for who, said in by_user.items()
            if forms.DRAFT in said
        ]
        guesses: list[Json] = []
        for guess in self._guesses(record, texts, data, left_out):
            if isinstance(guess, _BadAnswer):
                yield _finding(guess, item.place)
            else:
                guesses.append(guess)
        if not bad or annotations or drafts:
            key = record.key if isinstance(record.key, int | str) else None
            yield task_record(item, key, data, annotations, predictions=guesses, drafts=drafts)

    def _guesses(
        self, record: forms.ArgillaRecord, texts: Json, data: Json, left_out: Counter[str]
    ) -> list[Json | _BadAnswer]:
        """The suggestions of each model, and what is wrong with those that cannot be read."""
        bad: list[Json | _BadAnswer] = []
        by_agent: dict[str, tuple[list[Json], list[Any]]] = {}
        for one in record.suggested:
            if self.kinds.get(one.question) == "classification" and isinstance(one.value, int):
                left_out[_NUMBERED] += 1
                continue
            given = forms.GivenAnswer("", forms.SUBMITTED, one.question, one.value)
            try:
                results = self._results(given, texts, data, self.by_models, left_out)
            except _BadAnswer as error:
                bad.append(error)
                continue
            said, scores = by_agent.setdefault(one.agent or "argilla", ([], []))
            said += results
            scores.append(one.score)
        return bad + [
            prediction(agent, said, scores[0] if len(scores) == 1 else None)
            for agent, (said, scores) in by_agent.items()
        ]

    def _results(
        self,
        given: forms.GivenAnswer,
        texts: Json,
        data: Json,
        unit: CountedUnit,
        left_out: Counter[str],
    ) -> list[Json]:
        """One answer as results; raises _BadAnswer."""
        name, value = given.question, given.value
        about = self.shown[0]
        kind = self.kinds.get(name)
        if value in (None, []):
            return []
        match kind, value:
            case None, _:
                left_out[_UNANSWERED] += 1
                return []
            case "classification", str() | [str(), *_]:
                return predicted.value(name, about, "classification", value)
            case "generation", str():
                return predicted.written(name, about, value)
            case "rating", int() | float():
                return predicted.value(name, about, "rating", value)
            case "spans", [*spans]:
                about = self.marked[name]
                text = texts.get(about, "")
                read = dict.fromkeys(_span(one, text, unit) for one in spans)
                return predicted.regions(name, about, read, text)
            case "ranking", [*ranked]:
                return _ranking(name, ranked, texts, data, left_out)
        shown = excerpt(repr(value))
        raise _BadAnswer("S001", f"{shown} is no answer to {name!r}, which is {kind}")


def _finding(bad: Exception, place: Place) -> Finding:
    code = bad.code if isinstance(bad, _BadAnswer) else "S001"
    return found(code, str(bad), place, remedy=_REMEDY)


def _span(one: Any, text: str, unit: CountedUnit) -> predicted.PredictedSpan:
    match one:
        case {"start": int(start), "end": int(end), "label": str(label)}:
            where = in_code_points(text, start, end, unit)
            if where is None:
                words = f"{excerpt(label)!r} runs from {start} to {end} {UNIT_WORDS[unit]}"
                raise _BadAnswer("A002", f"{words}, in a text of {len(text)} characters")
            return predicted.PredictedSpan(*where, label)
    raise _BadAnswer("S001", "a span has no start, end and label")


def _ranking(
    name: str, given: list[Any], texts: Json, data: Json, left_out: Counter[str]
) -> list[Json]:
    """An order, the best first, over the fields that its values name, else over the values."""
    ranks = [one.get("rank") for one in given if isinstance(one, dict)]
    tied = len(set(ranks)) < len(ranks)
    if tied or (ranks and all(type(rank) is int for rank in ranks)):
        given = [one.get("value") for one in sorted(given, key=_rank_of)]
    if not all(isinstance(one, str) for one in given):
        raise _BadAnswer("S001", f"the ranking {name!r} holds what is no value")
    items = [{"id": one, "title": one, "body": texts.get(one, one)} for one in sorted(given)]
    data.setdefault(_ranked(name), items)
    if tied:
        left_out[_TIES] += 1
        return []
    value = {"ranker": {"rank": given}}
    return [
        {
            "id": name,
            "from_name": name,
            "to_name": _ranked(name),
            "type": "ranker",
            "value": value,
        }
    ]


def _rank_of(one: Any) -> int:
    rank = one.get("rank") if isinstance(one, dict) else None
    if type(rank) is not int:
        raise _BadAnswer("S001", "a ranking holds what has no rank")
    return rank


def _ranked(name: str) -> str:
    return f"{name}_{RANKED}"


def _key(who: tuple[str, int]) -> str:
    name, number = who
    return name or f"unnamed-{number}"


def opened(export: ToolExport) -> ArgillaExport:
    """An export as its records and settings show it; raises UsageError for a guess."""
    settings = settings_in(export.files)
    seen = RecordEvidence()
    for item in records_in(export):
        seen.add(item)
    if not seen.shapes and (problem := first_problem(export)) is not None:
        raise UnreadableExport(problem)
    if not seen.shapes:
        raise UsageError(f"{export.name} holds no record of Argilla.", "Check the file.")
    form = seen.shapes.most_common(1)[0][0]
    kinds = {name: kind for name, q in seen.questions.items() if (kind := q.kind)}
    kinds |= {name: kind for name, kind in settings.kinds.items() if name in seen.questions}
    if seen.old is not None and form == "1.x records":
        kinds = dict.fromkeys(seen.questions, seen.old)
    shown = shown_fields(export, seen, settings, form)
    marking = [name for name, kind in kinds.items() if kind == "spans"]
    marked = {name: settings.marked.get(name, shown[0]) for name in marking}
    people, models = span_votes(export, form, marked)
    by_people, said = unit_of_people(export, people)
    by_models = unit_of_models(export, models)
    asked = ", ".join(f"{name} ({kind})" for name, kind in kinds.items())
    words = f"Argilla {form}, {asked or 'no answer'}{said}"
    units = by_people, by_models
    return ArgillaExport(export, words, form, kinds, marked, shown, *units, settings.scales)


def recognises(head: FileHead) -> bool:
    """Whether a file is of Argilla: by its records, or the columns of a table of them."""
    if head.rows:
        return all(forms.form_of(row) is not None for row in head.rows)
    return forms.form_of(dict.fromkeys(head.columns)) == "2.x columns"


def needs(path: Path) -> tuple[Path, ...]:
    """The settings of a dataset, which lie beside its records."""
    return tuple(path.parent / name for name in SETTINGS)


TOOL = AnnotationTool("argilla", "Argilla", recognises, opened, needs=needs)
