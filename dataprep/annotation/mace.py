"""MACE: an annotator either knows the answer, or gives one of their own habit.

Source: Hovy, Berg-Kirkpatrick, Vaswani and Hovy 2013, Learning Whom to Trust with MACE, NAACL:
variational Bayes with priors Beta(0.5, 0.5) on knowing and Dirichlet(10) on habits, 50 iterations
from each of ten starts, the likeliest kept. The first start is that of crowd-kit 1.4; the stream
of `RandomState` is the same in every version of numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dataprep.annotation.vote_table import Floats, Places, VoteBlock, VoteTable

RESTARTS = 10
ITERATIONS = 50
_VOTES = 1 << 18
"""Votes that are worked on at once."""
_KNOWING = 0.5
_HABIT = 10.0


@dataclass(frozen=True, slots=True)
class CompetenceModel:
    """`knows` [annotator, (guesses, knows)], and `habit` [annotator, label] of the guesses.

    By variational Bayes neither sums up to 1; `competence` does, as the share of knowing.
    """

    knows: Floats
    habit: Floats

    @property
    def competence(self) -> Floats:
        """The share of the answers that each annotator knows."""
        share: Floats = self.knows[:, 1] / self.knows.sum(axis=1)
        return share

    def posteriors(self, block: VoteBlock) -> Floats:
        """The probability of each label for each row [rows, labels]."""
        return self._tables().posteriors(block)

    def one(self, annotator: Places, label: Places) -> Floats:
        """The probability of each label, given the votes on one question."""
        row = np.zeros(len(annotator), np.int64)
        block = VoteBlock(row, annotator, label, np.zeros(1, np.int64), np.ones(1))
        only: Floats = self.posteriors(block)[0]
        return only

    def _tables(self) -> _Tables:
        guessed = self.knows[:, :1] * self.habit
        either = guessed + self.knows[:, 1:]
        known = self.knows[:, 1:] / either
        logs = np.log(guessed).ravel(), np.log(either / guessed).ravel()
        return _Tables(self.habit.shape[1], *logs, known.ravel())


@dataclass(frozen=True, slots=True)
class _Tables:
    """What a round looks up by annotator and answer, each [annotators * labels].

    `other` is the log likelihood of the answer where something else is true, `gain` what is added
    where it is true, `known` the probability that it was known, not guessed, where it is true.
    """

    size: int
    other: Floats
    gain: Floats
    known: Floats

    def posteriors(self, block: VoteBlock) -> Floats:
        """The probability of each label [rows, labels]."""
        cell = block.annotator * self.size + block.label
        at = block.row * self.size + block.label
        logs = np.bincount(at, self.gain[cell], block.rows * self.size)
        logs = logs.reshape(block.rows, self.size)
        logs -= logs.max(axis=1, keepdims=True)
        raised = np.exp(logs, out=logs)
        raised /= raised.sum(axis=1, keepdims=True)
        return raised


def fit_mace(
    table: VoteTable, restarts: int = RESTARTS, iterations: int = ITERATIONS
) -> CompetenceModel:
    """The likeliest model of all starts; of equal ones that of the first."""
    best, likeliest = None, -np.inf
    given = [_given(block, len(table.labels)) for block in table.blocks(_VOTES, labels=1)]
    votes = _votes(table)
    for start in range(restarts):
        model = _start(table, start)
        for _ in range(iterations):
            model, _ = _maximised(model, given, votes)
        _, likelihood = _maximised(model, given, votes)
        if best is None or likelihood > likeliest:
            best, likeliest = model, likelihood
    if best is None:
        raise ValueError("restarts must be 1 or more")
    return best


class _Given(NamedTuple):
    """The votes of some rows: only labels that somebody gave in a row are told apart there.

    `cell` [votes] is the annotator with the label; `group` [votes] that of its row and label;
    `row` [groups] the row of a group, whose groups are from `start` [rows] on; `first` [rows] the
    first vote of a row.
    """

    cell: Places
    group: Places
    row: Places
    start: Places
    first: Places
    weight: Floats


def _given(block: VoteBlock, size: int) -> _Given:
    groups, group = np.unique(block.row * size + block.label, return_inverse=True)
    row = groups // size
    start = np.flatnonzero(np.diff(row, prepend=-1))
    cell = block.annotator * size + block.label
    return _Given(cell, group, row, start, block.first, block.weight)


def _votes(table: VoteTable) -> Floats:
    """How often each annotator gave each label [annotators, labels]."""
    people, size = len(table.annotators), len(table.labels)
    votes = np.zeros(people * size)
    for block in table.blocks(_VOTES, labels=1):
        cell = block.annotator * size + block.label
        votes += np.bincount(cell, block.weight[block.row], people * size)
    return votes.reshape(people, size)


def _start(table: VoteTable, seed: int) -> CompetenceModel:
    """Shares near to equal ones, by the seed."""
    people = len(table.annotators)
    knows = np.random.RandomState(seed).uniform(1, 2.5, (people, 2))
    habit = np.random.RandomState(seed).uniform(1, 2.5, (people, len(table.labels)))
    return CompetenceModel(_shares(knows), _shares(habit))


def _maximised(
    model: CompetenceModel, given: Sequence[_Given], votes: Floats
) -> tuple[CompetenceModel, float]:
    """One round: the model that the expected counts of known and guessed answers make.

    With it the log likelihood of the model before.
    """
    people, size = votes.shape
    tables = model._tables()
    right = np.zeros(people * size)
    likelihood = 0.0
    for some in given:
        gain = np.bincount(some.group, tables.gain[some.cell], len(some.row))
        top = np.maximum.reduceat(gain, some.start)
        raised = np.exp(gain - top[some.row])
        others = size - np.diff(some.start, append=len(some.row))
        total = np.add.reduceat(raised, some.start) + others * np.exp(-top)
        mass = (raised / total[some.row] * some.weight[some.row])[some.group]
        right += np.bincount(some.cell, mass, people * size)
        base = np.add.reduceat(tables.other[some.cell], some.first) - np.log(size)
        likelihood += float(((base + top + np.log(total)) * some.weight).sum())
    known = (right * tables.known).reshape(people, size)
    guessed = votes - known
    knows = np.stack([guessed.sum(axis=1), known.sum(axis=1)], axis=1)
    fitted = CompetenceModel(_variational(knows, _KNOWING), _variational(guessed, _HABIT))
    return fitted, likelihood


def _shares(values: Floats) -> Floats:
    normal: Floats = values / values.sum(axis=1, keepdims=True)
    return normal


def _variational(counts: Floats, prior: float) -> Floats:
    """The rows as variational Bayes normalises them: exp(psi(c + p) - psi(sum of c + p))."""
    raised = counts + prior
    rows: Floats = np.exp(digamma(raised) - digamma(raised.sum(axis=1, keepdims=True)))
    return rows


def digamma(x: Floats) -> Floats:
    """The logarithmic derivative of the gamma function, for x above 0, to about 1e-13.

    Source: Abramowitz and Stegun 1964, 6.3.5 (up to 10 by recurrence) and 6.3.18 (asymptotic).
    """
    moved = np.array(x, np.float64)
    value = np.zeros_like(moved)
    while (low := moved < 10).any():
        value[low] -= 1 / moved[low]
        moved[low] += 1
    square = 1 / (moved * moved)
    series = 1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132)))
    result: Floats = value + np.log(moved) - 0.5 / moved - square * series
    return result
