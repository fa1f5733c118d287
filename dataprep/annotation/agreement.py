"""How far annotators agree on one control: counted as tasks pass by, in bounded memory.

Only counts are kept, and the ids of the tasks that people most disagree on: memory does not
grow with the tasks, and no text stays in it.
"""

from __future__ import annotations

import json
from bisect import insort
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from itertools import combinations, compress
from typing import Any

from dataprep.annotation.agreement_result import (
    AgreementResult,
    AnnotatorAgreement,
    Disputed,
    PairAgreement,
)
from dataprep.annotation.annotator_tallies import People, Shared
from dataprep.annotation.confusions import (
    NO_LABELS,
    LabelAgreement,
    LabelCounts,
    confused_labels,
    confused_spans,
    labels_of,
    macro_f1,
)
from dataprep.annotation.measures import (
    NO_SPANS,
    NOTHING_SHARED,
    Measure,
    SpanF1,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    overlapping,
    span_f1,
)
from dataprep.annotation.tallies import (
    NO_CATEGORIES,
    RATERS,
    TOO_MANY_PAIRS,
    Scale,
    ScaleKind,
)

__all__ = [
    "Agreement",
    "AgreementResult",
    "Agreements",
    "AnnotatorAgreement",
    "Disputed",
    "LabelAgreement",
    "Measure",
    "PairAgreement",
    "ScaleKind",
    "SpanF1",
    "cohen_kappa",
    "fleiss_kappa",
    "krippendorff_alpha",
    "scale_of",
    "span_f1",
]

MOST_DISPUTED = 20
"""Tasks that are listed, those with the least agreement first."""

_NOT_SPANS = "answers are no spans"
_CONFUSIONS: dict[ScaleKind, Any] = {"nominal": confused_labels, "spans": confused_spans}
_SCALES: dict[str, ScaleKind] = {
    "spans": "spans",
    "rating": "ordinal",
    "number": "interval",
    "generation": "text",
    "chat": "text",
}


class Agreement:
    """Counts the answers to one control.

    `kind` says how answers compare: `nominal` (alike or not), `ordinal` (`order` lists them,
    else they are numbers), `interval` (numbers), `spans` (sets of (start, end, label)), or `text`
    (alike or not, and no categories).
    """

    def __init__(
        self, control: str, kind: ScaleKind = "nominal", order: Sequence[Hashable] | None = None
    ) -> None:
        self.control = control
        self.kind = kind
        self._scale = Scale(kind, order)
        compare = _spans_alike if kind == "spans" else _alike
        self._people = People(compare, kind in ("nominal", "ordinal"), _CONFUSIONS.get(kind))
        self._exact, self._overlap = Shared(), Shared()
        labelled = kind in ("nominal", "spans")
        self._labels = LabelCounts(given_up="" if labelled else NO_LABELS)
        self._crowded = False
        self._disputed: list[tuple[Any, ...]] = []
        self._alone = self._unread = 0

    def add(self, task: str, answers: Sequence[tuple[str, Any]], times: int = 1) -> None:
        """Count the answers to one task, in order of time: of one annotator the last counts.

        With `times` so many tasks were answered just so; only what all agree on may come so, since
        a disputed task is listed by its id.

        An annotator without a name ("") is another person each time, and left out of what is
        said of single annotators.
        """
        if len(answers) == 1:
            self._alone += times
            return
        read = [(who, self._scale.read(answer)) for who, answer in answers]
        fit = [(who, value) for who, value in read if value is not None]
        self._unread += times * (len(read) - len(fit))
        unnamed = [(who, value) for who, value in fit if not who]
        given = unnamed + sorted({who: value for who, value in fit if who}.items(), key=_name)
        if len(given) < 2:
            self._alone += times * len(given)
            return
        values = [value for _, value in given]
        share, spread = self._scale.add(values, times)
        labels: list[frozenset[str] | None] | None = None
        if self.kind == "spans":
            share = self._add_spans(values, times)
        elif self.kind == "nominal":
            labels = self._add_labels(answers, times)
        self._people.add(given, times, labels)
        if share < 1:
            self._dispute((-spread, share, -len(given), len(task), task))

    def absorb(self, other: Agreement) -> None:
        """Count what another worker counted on the same control; the order does not matter."""
        self._scale.absorb(other._scale)
        self._people.absorb(other._people)
        self._exact.absorb(other._exact)
        self._overlap.absorb(other._overlap)
        self._labels.absorb(other._labels)
        self._crowded |= other._crowded
        self._alone += other._alone
        self._unread += other._unread
        for disputed in other._disputed:
            self._dispute(disputed)

    def result(self) -> AgreementResult:
        """What the counts amount to; may be asked for at any time."""
        scale, people = self._scale, self._people
        reckoned = NO_CATEGORIES.get(self.kind)
        return AgreementResult(
            control=self.control,
            kind=self.kind,
            tasks=scale.tasks.total(),
            answers=sum(size * n for size, n in scale.tasks.items()),
            alone=self._alone,
            unread=self._unread,
            observed=scale.observed(),
            cohen=Measure(None, reckoned) if reckoned else people.cohen(),
            fleiss=scale.fleiss(),
            alpha=scale.alpha(),
            f1=self._f1(),
            labels=self._labels.result(),
            no_labels=self._labels.given_up,
            pairs=tuple(
                PairAgreement(
                    names,
                    pair.tasks,
                    pair.share(NO_SPANS),
                    Measure(None, reckoned) if reckoned else pair.kappa(),
                    self._pair_f1(pair),
                    tuple(
                        (mine, theirs, times)
                        for (mine, theirs), times in sorted(
                            pair.confused.items(), key=lambda item: (-item[1], item[0])
                        )
                    ),
                )
                for names, pair in sorted((people.pairs or {}).items(), key=_most_first)
            ),
            annotators=tuple(
                AnnotatorAgreement(who, shared.tasks, shared.share(NO_SPANS))
                for who, shared in sorted((people.annotators or {}).items(), key=_most_first)
            ),
            disputed=tuple(
                Disputed(task, -answers, share) for _, share, answers, _, task in self._disputed
            ),
        )

    def _add_labels(
        self, answers: Sequence[tuple[str, Any]], times: int
    ) -> list[frozenset[str] | None]:
        """Count the labels of one task; returns those of each annotator, in the order of theirs."""
        read = [(who, labels_of(said)) for who, said in answers if said is not None]
        unnamed = [(who, labels) for who, labels in read if not who]
        given = unnamed + sorted({who: labels for who, labels in read if who}.items(), key=_name)
        labels = [said for _, said in given]
        self._labels.add_labels(labels, times)
        return labels

    def _pair_f1(self, pair: Shared) -> Measure:
        """F1 of two annotators: of their spans, or the mean over their labels."""
        if self.kind == "spans":
            return pair.share(NO_SPANS)
        if self.kind != "nominal" or not pair.given:
            return Measure(None, NO_LABELS)
        return macro_f1(pair.given, pair.both)

    def _add_spans(self, sets: Sequence[frozenset[Any]], times: int) -> float:
        """Count the spans of one task; returns exact F1 over all pairs of its annotators."""
        votes = Counter(span for spans in sets for span in spans)
        same = sum(n * (n - 1) for n in votes.values())
        of = (len(sets) - 1) * votes.total()
        self._exact.add(same * times, of * times)
        self._labels.add_spans(sets, times)
        if len(sets) > RATERS:
            self._crowded = True
        else:
            for one, other in combinations(sets, 2):
                found = len(one) if one == other else overlapping(one, other)
                self._overlap.add(times * 2 * found, times * (len(one) + len(other)))
        return same / of if of else 1.0

    def _f1(self) -> SpanF1:
        if self.kind != "spans":
            return SpanF1(Measure(None, _NOT_SPANS), Measure(None, _NOT_SPANS))
        reason = NO_SPANS if self._scale.tasks else NOTHING_SHARED
        exact, overlap = self._exact.share(reason), self._overlap.share(reason)
        return SpanF1(exact, Measure(None, TOO_MANY_PAIRS) if self._crowded else overlap)

    def _dispute(self, key: tuple[Any, ...]) -> None:
        """List a task, by the worst of its questions where several are counted."""
        known = next((each for each in self._disputed if each[-1] == key[-1]), None)
        if known is not None and known <= key:
            return
        if known is not None:
            self._disputed.remove(known)
        if len(self._disputed) < MOST_DISPUTED or key < self._disputed[-1]:
            insort(self._disputed, key)
            del self._disputed[MOST_DISPUTED:]


class Agreements:
    """Counts the answers to several controls at once; `kinds` says how those of each compare."""

    def __init__(self, kinds: Mapping[str, ScaleKind]) -> None:
        self.controls = {name: Agreement(name, kind) for name, kind in kinds.items()}

    def add(
        self,
        task: str,
        answers: Sequence[tuple[str, Iterable[tuple[str, Any]]]],
        unasked: Sequence[Collection[str]] = (),
    ) -> None:
        """Count the answers to one task, each a set of (control, JSON text or span).

        Who does not answer a control says nothing of it; where spans are asked for, that there
        are none, unless the control is among those `unasked` of them.
        """
        said: list[tuple[str, dict[str, list[Any]]]] = []
        for who, fields in answers:
            mine: dict[str, list[Any]] = {}
            for name, value in fields:
                mine.setdefault(name, []).append(value)
            said.append((who, mine))
        for name, agreement in self.controls.items():
            if agreement.kind == "spans":
                asked = [name not in of for of in unasked] or [True] * len(said)
                about = compress(said, asked)
                agreement.add(task, [(who, mine.get(name, ())) for who, mine in about])
            else:
                known = [(who, mine[name][0]) for who, mine in said if name in mine]
                if agreement.kind == "nominal":
                    known = [(who, _choices(json.loads(value))) for who, value in known]
                elif agreement.kind != "text":
                    known = [(who, json.loads(value)) for who, value in known]
                agreement.add(task, known)

    def absorb(self, other: Agreements) -> None:
        """Count what another worker counted on the same controls."""
        for name, agreement in self.controls.items():
            agreement.absorb(other.controls[name])

    def results(self) -> list[AgreementResult]:
        """What the counts amount to, by control in the given order."""
        return [agreement.result() for agreement in self.controls.values()]


def scale_of(task: str | None) -> ScaleKind:
    """How the answers to a control compare, by what learning it means (`Control.task`)."""
    return _SCALES.get(task or "", "nominal")


def _choices(value: Any) -> Any:
    """One choice or several in the form that a control alone gives them."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def _alike(one: Any, other: Any) -> tuple[int, int]:
    return int(one == other), 1


def _spans_alike(one: frozenset[Any], other: frozenset[Any]) -> tuple[int, int]:
    return 2 * len(one & other), len(one) + len(other)


def _name(given: tuple[str, Any]) -> str:
    return given[0]


def _most_first(entry: tuple[Any, Shared]) -> tuple[int, Any]:
    return -entry[1].tasks, entry[0]
