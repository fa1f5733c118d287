"""Exports of Prodigy: rows of one input are one task, each annotator's answers an annotation.

`ignore` is a skip. `reject` says that a label is not that of the text, or, where spans are marked
by hand, that the example is bad. A question about one span says nothing of the others, so it
is kept as a prediction and never learned as all that there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from dataprep.annotation import SIDES, UNIT_WORDS, CountedUnit, UnitVotes, in_code_points, predicted
from dataprep.example import Record
from dataprep.finding import Finding, excerpt
from dataprep.jsonio import Json
from dataprep.rules import found
from dataprep.sources.annotation_tools import prodigy_rows as forms
from dataprep.sources.annotation_tools.building import (
    ANSWERS,
    BETTER,
    CLASSES,
    SPANS,
    TEXT,
    annotation,
    prediction,
    task_record,
)
from dataprep.sources.annotation_tools.export import (
    AnnotationTool,
    ExportFile,
    FileHead,
    ToolExport,
)
from dataprep.sources.annotation_tools.rows import RowGroups, rows

NOT = "not "
"""Stands before a label that somebody rejects and another one accepts."""
BINARY = "prodigy-binary"
"""Who predicts the spans that were accepted one at a time."""

_UNSEEN = "rows about pictures, sound or HTML"
_REJECTED = "rejected labels"
_BAD = "rejected rows, bad examples"
_SINGLE = "questions about single spans, beside which nothing is known"
_REVIEWED = "rows that a reviewed row holds too"
_LOOSE = "relations between words that no span marks"


class _BadRow(ValueError):
    """A row whose marks cannot be read: the code of the rule and words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class ProdigyExport:
    """An export, and the unit that its spans count in."""

    export: ToolExport
    form: str
    unit: CountedUnit
    shown: tuple[str, ...] = (TEXT,)

    @property
    def files(self) -> tuple[ExportFile, ...]:
        """The files that are read."""
        return self.export.files

    def tasks(self, left_out: Counter[str]) -> Iterator[Record | Finding]:
        """The tasks, by the hash of the input, else by the text."""
        groups = RowGroups()
        for file in self.files:
            for item in rows(file):
                if isinstance(item, Finding):
                    yield item
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
        if reviewed and len(reviewed) < len(group):
            left_out[_REVIEWED] += len(group) - len(reviewed)
        group = reviewed[-1:] or group
        first = group[0]
        answers = _Answers(self.unit, left_out)
        for item in group:
            if _shown(item.value) != _shown(first.value):
                words = "its text is not that of the other rows of this input"
                remedy = "Two documents of one name: give each its own _input_hash."
                yield found("S001", words, item.place, remedy=remedy)
                continue
            try:
                answers.add(item)
            except _BadRow as bad:
                yield found(bad.code, str(bad), item.place, remedy=_MEND)
        if answers.refused(len(group)):
            return
        data = {**forms.rest_of(first.value), **_data(first.value)}
        key = first.value.get("_input_hash")
        name = key if isinstance(key, int | str) else None
        yield task_record(first, name, data, answers.annotations(), predictions=answers.predictions)


_MEND = "Mend the row; --offsets codepoint or utf16 says how spans count."


@dataclass(slots=True)
class _Answers:
    """What the rows of one input say."""

    unit: CountedUnit
    left_out: Counter[str]
    made: list[Json] = field(default_factory=list)
    predictions: list[Json] = field(default_factory=list)
    classes: dict[str, dict[str, bool]] = field(default_factory=dict)
    read: int = 0

    def refused(self, rows: int) -> bool:
        """Whether none of so many rows could be read."""
        return self.read == 0 and rows > 0

    def add(self, item: Record) -> None:
        """Take the answer of one row; raises _BadRow."""
        row = item.value
        answer, who = forms.answer_of(row), forms.annotator_of(row)
        key, at = str(item.place.line or ""), _time(row)
        question = forms.question_of(row)
        if wrong := forms.malformed(row):
            raise _BadRow("S001", wrong)
        if not answer:
            raise _BadRow("S001", f"its answer is {excerpt(repr(row.get('answer')))}")
        if answer == "ignore":
            self.made.append(annotation(who, (), key=key, at=at, skipped=True))
        elif question == "review":
            self._review(row, key, at)
        elif question == "class":
            own = self.classes.setdefault(who, {})
            own[row["label"]] = answer == "accept"
        elif question == "compared":
            side = "left" if answer == "accept" else "right"
            results = predicted.preferred(BETTER, side)
            self.made.append(annotation(who, results, key=key, at=at))
        elif question == "span":
            self.left_out[_SINGLE] += 1
            if answer == "accept":
                self.predictions.append(prediction(BINARY, self._results(row)))
        elif answer == "reject":
            self.left_out[_BAD] += 1
        else:
            self.made.append(annotation(who, self._results(row), key=key, at=at))
        self.read += 1

    def annotations(self) -> list[Json]:
        """The annotations, the yes and no answers of one annotator together."""
        asked: dict[str, list[bool]] = {}
        for own in self.classes.values():
            for label, yes in own.items():
                asked.setdefault(label, []).append(yes)
        made = []
        for who, own in self.classes.items():
            labels = []
            for label, yes in own.items():
                accepted = sum(asked[label])
                against = len(asked[label]) - accepted
                if accepted and accepted == against:
                    labels.append(label if yes else NOT + label)
                elif yes and accepted > against:
                    labels.append(label)
                else:
                    self.left_out[_REJECTED] += 1
            results = predicted.choices(CLASSES, TEXT, labels)
            made.append(annotation(who, results, key=who or "unnamed"))
        return made + self.made

    def _review(self, row: Json, key: str, at: int | None) -> None:
        """A reviewed row is the answer; what it was decided from is kept beside it."""
        who = forms.annotator_of(row)
        final = dict(row, versions=None)
        if forms.answer_of(row) == "reject":
            self.left_out[_BAD] += 1
        else:
            self.made.append(annotation(who, self._results(final), key=key, at=at))
        for version in forms.objects(row, "versions"):
            if forms.answer_of(version) != "accept" or forms.malformed(version):
                continue
            known = {"text": row.get("text"), "tokens": row.get("tokens"), **version}
            names = version.get("sessions")
            for name in names if isinstance(names, list) else ():
                self.predictions.append(prediction(str(name), self._results(known)))

    def _results(self, row: Json) -> list[Json]:
        """All that one row marks, chooses and writes."""
        text = row["text"] if isinstance(row.get("text"), str) else ""
        spans = [
            predicted.PredictedSpan(*self._place(row, span, text), str(span.get("label") or ""))
            for span in forms.spans_of(row)
        ]
        labelled = [span for span in spans if span.label]
        results = predicted.regions(SPANS, TEXT, dict.fromkeys(labelled), text)
        places = {(span.start, span.end) for span in labelled}
        for relation in forms.objects(row, "relations"):
            ends = [self._end(row, relation, side, text) for side in ("head", "child")]
            label = relation.get("label")
            if ends[0] in places and ends[1] in places:
                named = [label] if isinstance(label, str) and label else []
                results.append(predicted.relation(SPANS, ends[0], ends[1], named))
            else:
                self.left_out[_LOOSE] += 1
        classes = forms.chosen(row)
        if not classes and isinstance(row.get("label"), str):
            classes = [row["label"]]
        results += predicted.choices(CLASSES, TEXT, dict.fromkeys(classes))
        written = row.get(forms.written_key(row))
        return results + predicted.written(
            ANSWERS, TEXT, written if isinstance(written, str) else ""
        )

    def _place(self, row: Json, span: Json, text: str) -> tuple[int, int]:
        start, end = span.get("start"), span.get("end")
        if type(start) is not int or type(end) is not int:
            raise _BadRow("A002", f"a span runs from {start!r:.20} to {end!r:.20}")
        where = in_code_points(text, start, end, self.unit)
        if where is None:
            words = f"a span runs from {start} to {end} {UNIT_WORDS[self.unit]}"
            raise _BadRow("A002", f"{words}, in a text of {len(text)} characters")
        quote = forms.quote_of(row, span)
        if quote is not None and text[slice(*where)] != quote:
            words = f"a span quotes {excerpt(quote)!r}, but at {start}-{end} stands"
            raise _BadRow("A003", f"{words} {excerpt(text[slice(*where)])!r}")
        return where

    def _end(self, row: Json, relation: Json, side: str, text: str) -> tuple[int, int]:
        """The place of one end of a relation: its own span, else that which its token closes."""
        own = relation.get(f"{side}_span")
        if not isinstance(own, dict):
            token = relation.get(side)
            marked = (s for s in forms.spans_of(row) if s.get("token_end") == token)
            own = next(marked, None)
        return self._place(row, own, text) if own is not None else (-1, -1)


def _key(row: Json) -> str | tuple[str]:
    """By what the rows of one input are put together, or why a row is left out."""
    question = forms.question_of(row)
    if question == "unseen":
        return (_UNSEEN,)
    if question == "unknown":
        view = row.get("_view_id")
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


def _time(row: Json) -> int | None:
    at = row.get("_timestamp")
    return int(at) if isinstance(at, int | float) and 0 <= at < 2**53 else None


def opened(export: ToolExport) -> ProdigyExport:
    """An export, as its rows show it."""
    quoted, unquoted, questions = UnitVotes(), UnitVotes(), Counter[str]()
    for file in export.files:
        for item in rows(file):
            if isinstance(item, Record):
                questions.update(_words_of(item.value))
                _vote(item.value, quoted, unquoted)
    unit, said = _unit(export, quoted, unquoted)
    kinds = ", ".join(word for word, _ in questions.most_common())
    return ProdigyExport(export, f"Prodigy, {kinds or 'no question'}{said}", unit)


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
    return bool(head.rows) and all(forms.looks_like_prodigy(row) for row in head.rows)


TOOL = AnnotationTool("prodigy", "Prodigy", recognises, opened)
