"""What the rows of one input of Prodigy say: a vote for each annotator, marks, and predictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dataprep.annotation import UNIT_WORDS, CountedUnit, in_code_points, predicted
from dataprep.example import Record
from dataprep.finding import excerpt
from dataprep.jsonio import Json
from dataprep.sources.annotation_tools import prodigy_rows as forms
from dataprep.sources.annotation_tools.asked import ASKED, asked_together
from dataprep.sources.annotation_tools.building import (
    ANSWERS,
    BETTER,
    CLASSES,
    SPANS,
    TEXT,
    annotation,
    prediction,
)

BINARY = "prodigy-binary"
"""Who predicts the spans that were accepted one at a time."""

_REJECTED = "rejected labels"
_BAD = "rejected rows, bad examples"
_SINGLE = "questions about single spans, beside which nothing is known"
_VERSIONS = "versions of reviewed rows that cannot be read"
_LOOSE = "relations between words that no span marks"


class BadProdigyRow(ValueError):
    """A row whose marks cannot be read: the code of the rule and words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class _Voter(NamedTuple):
    """Who says yes or no; those without a name are told apart by a number."""

    name: str
    number: int = 0


class _Verdict(NamedTuple):
    """Whether a label is that of the text, and when that was said."""

    yes: bool
    at: int | None


@dataclass(slots=True)
class ProdigyAnswers:
    """What the rows of one input say."""

    unit: CountedUnit
    rejection: str
    left_out: Counter[str]
    made: list[Json] = field(default_factory=list)
    predictions: list[Json] = field(default_factory=list)
    classes: dict[_Voter, dict[str, _Verdict]] = field(default_factory=dict)
    unnamed: Counter[str] = field(default_factory=Counter)
    read: int = 0

    def refused(self, rows: int) -> bool:
        """Whether none of so many rows could be read."""
        return self.read == 0 and rows > 0

    def add(self, item: Record) -> None:
        """Take the answer of one row; raises BadProdigyRow."""
        row = item.value
        answer, who = forms.answer_of(row), forms.annotator_of(row)
        key, at = str(item.place.line or ""), _time(row)
        question = forms.question_of(row)
        if wrong := forms.malformed(row):
            raise BadProdigyRow("S001", wrong)
        if not answer:
            raise BadProdigyRow("S001", f"its answer is {excerpt(repr(row.get('answer')))}")
        if answer == "ignore":
            self.made.append(annotation(who, (), key=key, at=at, skipped=True))
        elif question == "review":
            self._review(row, key, at)
        elif question == "class":
            self._verdict(who, row["label"], _Verdict(answer == "accept", at))
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
            own = annotation(who, self._results(row), key=key, at=at)
            asked = forms.controls_asked(row)
            self.made.append(own if asked is None else {**own, ASKED: asked})
        self.read += 1

    def _verdict(self, who: str, label: str, verdict: _Verdict) -> None:
        """Take a yes or no: the later of one annotator's, and each of those without a name."""
        voter = _Voter(who)
        if not who:
            voter = _Voter(who, self.unnamed[label])
            self.unnamed[label] += 1
        own = self.classes.setdefault(voter, {})
        if label not in own or (verdict.at or 0) >= (own[label].at or 0):
            own[label] = verdict

    def annotations(self) -> list[Json]:
        """The annotations, the yes and no answers of one annotator together.

        Of annotators who were asked about different labels, which says nothing of whether they
        agree, the answers are one annotation of nobody.
        """
        asked = Counter(label for own in self.classes.values() for label in own)
        voters = dict(self.classes)
        if len(voters) > 1 and max(asked.values()) == 1:
            together = {label: said for own in voters.values() for label, said in own.items()}
            voters = {_Voter(""): together}
        made = []
        for voter, own in voters.items():
            self.left_out[_REJECTED] += sum(not verdict.yes for verdict in own.values())
            labels = [label if said.yes else self.rejection + label for label, said in own.items()]
            key = voter.name or "unnamed" + f"-{voter.number + 1}" * bool(voter.number)
            results = predicted.choices(CLASSES, TEXT, labels)
            times = [said.at for said in own.values() if said.at is not None]
            one = annotation(voter.name, results, key=key, at=max(times, default=None))
            labels = [label for known in own for label in (known, self.rejection + known)]
            made.append({**one, ASKED: {CLASSES: labels}})
        return asked_together(made + self.made)

    def _review(self, row: Json, key: str, at: int | None) -> None:
        """A reviewed row is the answer; what it was decided from is kept beside it."""
        who = forms.annotator_of(row)
        final = dict(row, versions=None)
        if (label := forms.label_asked(final)) is not None:
            self._verdict(who, label, _Verdict(forms.answer_of(row) == "accept", at))
        elif forms.answer_of(row) == "reject":
            self.left_out[_BAD] += 1
        else:
            self.made.append(annotation(who, self._results(final), key=key, at=at))
        for version in forms.objects(row, "versions"):
            if forms.answer_of(version) != "accept" or forms.malformed(version):
                continue
            known = {"text": row.get("text"), "tokens": row.get("tokens"), **version}
            names = version.get("sessions")
            try:
                results = self._results(known)
            except BadProdigyRow:
                self.left_out[_VERSIONS] += 1
                continue
            for name in names if isinstance(names, list) else ():
                self.predictions.append(prediction(str(name), results))

    def _results(self, row: Json) -> list[Json]:
        """All that one row marks, chooses and writes."""
        text = row["text"] if isinstance(row.get("text"), str) else ""
        spans = [
            predicted.PredictedSpan(*self._place(row, span, text), str(span.get("label") or ""))
            for span in forms.spans_of(row)
        ]
        labelled = [span for span in spans if span.label]
        related = forms.objects(row, "relations")
        apart = predicted.regions_apart(SPANS, TEXT, labelled, text) if related else {}
        results = list(apart.values()) or predicted.regions(
            SPANS, TEXT, dict.fromkeys(labelled), text
        )
        for relation in related:
            ends = [self._end(row, relation, side, text, apart) for side in ("head", "child")]
            label = relation.get("label")
            if None not in ends:
                named = [label] if isinstance(label, str) and label else []
                made = predicted.relation(SPANS, (0, 0), (0, 0), named)
                results.append({**made, "from_id": ends[0], "to_id": ends[1]})
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
            raise BadProdigyRow("A002", f"a span runs from {start!r:.20} to {end!r:.20}")
        where = in_code_points(text, start, end, self.unit)
        if where is None:
            words = f"a span runs from {start} to {end} {UNIT_WORDS[self.unit]}"
            raise BadProdigyRow("A002", f"{words}, in a text of {len(text)} characters")
        quote = forms.quote_of(row, span)
        if quote is not None and text[slice(*where)] != quote:
            words = f"a span quotes {excerpt(quote)!r}, but at {start}-{end} stands"
            raise BadProdigyRow("A003", f"{words} {excerpt(text[slice(*where)])!r}")
        return where

    def _end(
        self,
        row: Json,
        relation: Json,
        side: str,
        text: str,
        regions: Mapping[predicted.PredictedSpan, Json],
    ) -> str | None:
        """The id of the region at one end of a relation, None where none is marked there.

        That of its own span, else of that which its token closes.
        """
        own = relation.get(f"{side}_span")
        if not isinstance(own, dict):
            token = relation.get(side)
            marked = (s for s in forms.spans_of(row) if s.get("token_end") == token)
            own = next(marked, None)
        if own is None:
            return None
        place, label = self._place(row, own, text), own.get("label")
        there = [span for span in regions if (span.start, span.end) == place]
        there.sort(key=lambda span: span.label != label)
        return str(regions[there[0]]["id"]) if there else None


def _time(row: Json) -> int | None:
    at = row.get("_timestamp")
    return int(at) if isinstance(at, int | float) and 0 <= at < 2**53 else None
