"""How reliable each annotator is, told from their agreement; and the most probable answer.

Questions with the same possible labels are a topic, and each topic has a model of its own. An
annotator is held against the estimated answers, in which their own vote counts too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from dataprep.annotation.dawid_skene import ConfusionModel, fit_dawid_skene
from dataprep.annotation.mace import CompetenceModel, fit_mace
from dataprep.annotation.measures import Measure
from dataprep.annotation.span_tags import BLANK, label_of
from dataprep.annotation.tallies import CATEGORIES
from dataprep.annotation.vote_table import Floats, Vote, VoteBlock, VoteCounts, VoteTable, joined
from dataprep.finding import EnvironmentProblem, UsageError

Method = Literal["dawid-skene", "mace"]
ALONE = "shares no question with anybody"
NOTHING_GIVEN = "gave no label"
_CELLS = 1 << 24
"""Cells of annotators times labels times labels that are held: 128 MiB."""
_LEAST = 0.01
_DIGITS = 6
"""What is written of a probability: the last bits depend on the processor."""


AnnotatorNames = tuple[str, ...]
"""Who answered one task, sorted."""


class Difference(NamedTuple):
    """What an annotator says where something else is more probable, and how often (expected)."""

    said: str
    probable: str
    times: int


@dataclass(frozen=True, slots=True)
class AnnotatorReliability:
    """One annotator over all questions of a control.

    `with_majority` is the share of the questions with a strict majority in which they are with it;
    `reliability` their competence by MACE, else F1 against the estimated answers, which is
    accuracy where each question has one label. Where nothing is a label, as in spans, questions
    in which they and the others see nothing do not count.
    """

    annotator: str
    tasks: int
    with_majority: Measure
    reliability: Measure
    differs: Difference | None


@dataclass(frozen=True, slots=True)
class ReliabilityResult:
    """The annotators of a control, those of the most tasks first."""

    control: str
    method: Method
    annotators: tuple[AnnotatorReliability, ...]


@dataclass(frozen=True, slots=True)
class TopicModel:
    """The estimated model of one topic; `annotators` and `labels` (`names`) are numbered in it."""

    annotators: Mapping[str, int]
    labels: Mapping[str, int]
    names: Sequence[str]
    model: ConfusionModel | CompetenceModel

    def probabilities(self, votes: Collection[Vote]) -> dict[str, float]:
        """The probability of each label, given the votes on one question.

        Labels that nobody voted for have their share too, and are told from one in a hundred on.
        Raises EnvironmentProblem for votes
        that were not there when the model was estimated.
        """
        try:
            known = sorted((self.annotators[who], self.labels[label]) for who, label in votes)
        except KeyError:
            raise EnvironmentProblem(
                "The annotations changed while they were read.",
                "Convert again when nobody writes to the input.",
            ) from None
        annotator, label = np.array(known, np.int64).T
        probable = self.model.one(annotator, label).round(_DIGITS)
        told = np.flatnonzero(probable >= _LEAST).tolist()
        names = {*(self.names[at] for at in told), *(name for _, name in votes)}
        return {name: float(probable[self.labels[name]]) for name in sorted(names)}


@dataclass(frozen=True, slots=True)
class Reliability:
    """What was estimated of the annotators of one control: the model of each topic."""

    method: Method
    topics: Mapping[str, TopicModel]
    result: ReliabilityResult


@dataclass(slots=True)
class Ballots:
    """The votes of some tasks, by topic, and how many tasks each annotator answered.

    In a topic of `choices` a label was chosen or not: the tasks in which nobody chose it are
    added where all shares are known, from `voters`, which counts who answered together.
    """

    counts: dict[str, VoteCounts] = field(default_factory=dict)
    tasks: Counter[str] = field(default_factory=Counter)
    voters: dict[str, Counter[AnnotatorNames]] = field(default_factory=dict)
    choices: dict[str, dict[str, Counter[AnnotatorNames]]] = field(default_factory=dict)

    def add(self, topic: str, votes: Iterable[Vote], times: int = 1) -> None:
        """Count the votes on a question of a topic."""
        self.counts.setdefault(topic, VoteCounts()).add(votes, times)

    def add_choices(self, topics: Mapping[str, Sequence[Vote]], name: str) -> None:
        """Count one task in which each may choose several: by topic who chose and who did not."""
        people = tuple(sorted(who for who, _ in next(iter(topics.values()))))
        self.voters.setdefault(name, Counter())[people] += 1
        seen = self.choices.setdefault(name, {})
        for topic, votes in topics.items():
            seen.setdefault(topic, Counter())[people] += 1
            self.add(topic, votes)

    def packed(self) -> PackedBallots:
        """The votes as arrays."""
        tables = {topic: counts.table() for topic, counts in self.counts.items()}
        return PackedBallots(tables, self.tasks, self.voters, self.choices)


@dataclass(slots=True)
class PackedBallots:
    """The votes of one share of the input, as they go from one process to another."""

    tables: dict[str, VoteTable]
    tasks: Counter[str]
    voters: dict[str, Counter[AnnotatorNames]]
    choices: dict[str, dict[str, Counter[AnnotatorNames]]]


def estimated(control: str, method: Method, packed: Sequence[PackedBallots]) -> Reliability | None:
    """What the votes of all shares say of the annotators; None where no question has two votes.

    Raises UsageError for more annotators and labels than Dawid and Skene's tables can hold, and
    for answers that are too many to be labels.
    """
    tables = _completed(packed)
    if not any((np.diff(table.first) > 1).any() for table in tables.values()):
        return None
    counts: dict[str, _Standing] = {}
    topics: dict[str, TopicModel] = {}
    for topic, table in sorted(tables.items()):
        people, size = len(table.annotators), len(table.labels)
        if size > CATEGORIES:
            raise UsageError(
                f"{control!r} has {size:,} different answers, which are no labels that come again.",
                "Pass --annotators majority or latest.",
            )
        if method == "dawid-skene" and people * size * size > _CELLS:
            raise UsageError(
                f"dawid-skene wants a table of {size:,} by {size:,} labels for each of"
                f" {people:,} annotators of {control!r}, which is too large.",
                "Pass --annotators mace, which wants one line for each.",
            )
        model = fit_dawid_skene(table) if method == "dawid-skene" else fit_mace(table)
        _assess(table, model, counts)
        places = [{name: at for at, name in enumerate(x)} for x in (table.annotators, table.labels)]
        topics[topic] = TopicModel(places[0], places[1], table.labels, model)
    tasks = sum((part.tasks for part in packed), Counter[str]())
    people_ = sorted((name for name in counts if name), key=lambda who: (-tasks[who], who))
    result = tuple(counts[who].result(who, tasks[who]) for who in people_)
    return Reliability(method, topics, ReliabilityResult(control, method, result))


def _completed(packed: Sequence[PackedBallots]) -> dict[str, VoteTable]:
    """The tables of all shares by topic, with the choices that nobody made."""
    tables: dict[str, list[VoteTable]] = {}
    voters: dict[str, Counter[AnnotatorNames]] = {}
    choices: dict[str, dict[str, Counter[AnnotatorNames]]] = {}
    for part in packed:
        for topic, table in part.tables.items():
            tables.setdefault(topic, []).append(table)
        for name, people in part.voters.items():
            voters.setdefault(name, Counter()).update(people)
        for name, topics in part.choices.items():
            for topic, people in topics.items():
                choices.setdefault(name, {}).setdefault(topic, Counter()).update(people)
    for name, topics in choices.items():
        for topic, asked in topics.items():
            rest = VoteCounts()
            for group, times in sorted((voters[name] - asked).items()):
                rest.add([(who, BLANK) for who in group], times)
            tables[topic].append(rest.table())
    return {topic: joined(some) for topic, some in tables.items()}


@dataclass(slots=True)
class _Standing:
    """What is counted of one annotator: `right` labels of those `given` and those `true`."""

    majority: float = 0.0
    of: float = 0.0
    right: float = 0.0
    given: float = 0.0
    true: float = 0.0
    known: float = 0.0
    votes: float = 0.0
    shared: float = 0.0
    differs: dict[tuple[str, str], float] = field(default_factory=dict)

    def result(self, annotator: str, tasks: int) -> AnnotatorReliability:
        if not self.shared:
            reliability = Measure(None, ALONE)
        elif self.votes:
            reliability = Measure(round(self.known / self.votes, _DIGITS))
        elif self.given + self.true:
            reliability = Measure(round(2 * self.right / (self.given + self.true), _DIGITS))
        else:
            reliability = Measure(None, NOTHING_GIVEN)
        majority = Measure(self.majority / self.of) if self.of else Measure(None, ALONE)
        often = sorted(self.differs.items(), key=lambda item: (-round(item[1], 3), item[0]))
        differs = next((Difference(*pair, round(n)) for pair, n in often if round(n)), None)
        return AnnotatorReliability(annotator, tasks, majority, reliability, differs)


def _assess(
    table: VoteTable, model: ConfusionModel | CompetenceModel, standings: dict[str, _Standing]
) -> None:
    """Count how each annotator stands to the majority and to the estimated answers."""
    people, size = len(table.annotators), len(table.labels)
    sums = np.zeros((7, people))
    confused = np.zeros((people * size, size)) if people * size * size <= _CELLS else None
    blank = table.labels.index(BLANK) if BLANK in table.labels else -1
    for block in table.blocks():
        posterior = model.posteriors(block)
        weight = block.weight[block.row]
        sums += _sums(block, posterior, weight, blank, people)
        if confused is not None:
            cell = block.annotator * size + block.label
            for probable in range(size):
                mass = posterior[block.row, probable] * weight
                confused[:, probable] += np.bincount(cell, mass, len(confused))
    competence = model.competence if isinstance(model, CompetenceModel) else None
    for at, who in enumerate(table.annotators):
        standing = standings.setdefault(who, _Standing())
        majority, of, right, given, true, votes, shared = map(float, sums[:, at])
        standing.majority += majority
        standing.of += of
        standing.right += right
        standing.given += given
        standing.true += true
        standing.shared += shared
        if competence is not None:
            standing.known += float(competence[at]) * votes
            standing.votes += votes
        if confused is not None:
            _differ(standing, confused[at * size : (at + 1) * size], table.labels)


def _sums(block: VoteBlock, posterior: Floats, weight: Floats, blank: int, people: int) -> Floats:
    """What is counted of each annotator in a block [7, annotators], in the order of `_assess`."""
    size = posterior.shape[1]
    votes = np.bincount(block.row * size + block.label, minlength=block.rows * size)
    votes = votes.reshape(block.rows, size)
    each = votes.sum(axis=1)
    top = votes.argmax(axis=1)
    decided = (each > 1) & (2 * votes.max(axis=1) > each)
    majority = top[block.row]
    counts = decided[block.row] & ((block.label != blank) | (majority != blank))
    there = (block.label != blank) * weight
    true = weight if blank < 0 else weight * (1 - posterior[block.row, blank])
    rows = (
        counts * (block.label == majority) * weight,
        counts * weight,
        posterior[block.row, block.label] * there,
        there,
        true,
        weight,
        (each[block.row] > 1) * weight,
    )
    return np.stack([np.bincount(block.annotator, row, people) for row in rows])


def _differ(standing: _Standing, confused: Floats, labels: Sequence[str]) -> None:
    """Count how often (expected) an annotator gave one label where another is true."""
    for said, true in zip(*np.nonzero(confused), strict=True):
        one, other = label_of(labels[said]), label_of(labels[true])
        if one != other:
            times = standing.differs.get((one, other), 0.0)
            standing.differs[one, other] = times + float(confused[said, true])
