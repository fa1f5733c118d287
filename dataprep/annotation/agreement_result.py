"""What the counts of agreement amount to: by control, by pair of annotators, and by annotator."""

from __future__ import annotations

from dataclasses import dataclass

from dataprep.annotation.confusions import LabelAgreement
from dataprep.annotation.measures import Measure, SpanF1
from dataprep.annotation.tallies import ScaleKind


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two annotators on the tasks that both answered; for spans `agreement` is exact F1.

    `f1` of spans is the same; of labels it is the mean over those that either of them gave.
    `confused` are a label of the first, one of the second in its place, and how often, the most
    frequent first.
    """

    annotators: tuple[str, str]
    tasks: int
    agreement: Measure
    kappa: Measure
    f1: Measure
    confused: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class AnnotatorAgreement:
    """One annotator against all others; for spans `agreement` is exact F1."""

    annotator: str
    tasks: int
    agreement: Measure


@dataclass(frozen=True, slots=True)
class Disputed:
    """A task, and the share of its pairs of answers that are alike; for spans exact F1."""

    task: str
    answers: int
    agreement: float


@dataclass(frozen=True, slots=True)
class AgreementResult:
    """How far annotators agree on a control.

    `tasks` have two answers or more and `answers` are theirs; `alone` counts tasks with one,
    `unread` the answers that are not on the scale. `observed` is the mean over tasks of the
    share of pairs that are alike; for spans, alike means the same set. `cohen` is the mean over
    pairs of annotators, weighted by tasks. In `disputed` the widest spread on an ordered scale
    comes first, then the least agreement. Where there are no `labels`, `no_labels` says why.
    """

    control: str
    kind: ScaleKind
    tasks: int
    answers: int
    alone: int
    unread: int
    observed: Measure
    cohen: Measure
    fleiss: Measure
    alpha: Measure
    f1: SpanF1
    labels: tuple[LabelAgreement, ...]
    no_labels: str
    pairs: tuple[PairAgreement, ...]
    annotators: tuple[AnnotatorAgreement, ...]
    disputed: tuple[Disputed, ...]
