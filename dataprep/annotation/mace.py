"""MACE: an annotator either knows the answer, or gives one of their own habit.

Source: Hovy, Berg-Kirkpatrick, Vaswani and Hovy 2013, Learning Whom to Trust with MACE, NAACL:
variational Bayes with priors Beta(0.5, 0.5) on knowing and Dirichlet(10) on habits, 50 iterations
from each of ten starts, the likeliest kept. The first start is that of crowd-kit 1.4; the stream
of `RandomState` is the same in every version of numpy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dataprep.annotation.vote_table import Block, Floats, Places, VoteTable

RESTARTS = 10
ITERATIONS = 50
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

    def posteriors(self, block: Block) -> Floats:
        """The probability of each label for each row [rows, labels]."""
        return self._tables().posteriors(block)[0]

    def one(self, annotator: Places, label: Places) -> Floats:
        """The probability of each label, given the votes on one question."""
        row = np.zeros(len(annotator), np.int64)
        block = Block(row, annotator, label, np.zeros(1, np.int64), np.ones(1))
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

    def posteriors(self, block: Block) -> tuple[Floats, float]:
        """The probability of each label [rows, labels], and the log likelihood of all rows."""
        cell = block.annotator * self.size + block.label
        at = block.row * self.size + block.label
        logs = np.bincount(at, self.gain[cell], block.rows * self.size)
        logs = logs.reshape(block.rows, self.size)
        logs += np.add.reduceat(self.other[cell], block.first)[:, None] - np.log(self.size)
        top = logs.max(axis=1, keepdims=True)
        logs -= top
        raised = np.exp(logs, out=logs)
        total = raised.sum(axis=1, keepdims=True)
        raised /= total
        return raised, float(((top + np.log(total))[:, 0] * block.weight).sum())


def fit_mace(
    table: VoteTable, restarts: int = RESTARTS, iterations: int = ITERATIONS
) -> CompetenceModel:
    """The likeliest model of all starts; of equal ones that of the first."""
    best, likeliest = None, -np.inf
    votes = _votes(table)
    for start in range(restarts):
        model = _start(table, start)
        for _ in range(iterations):
            model = _maximised(table, model, votes)
        tables = model._tables()
        likelihood = sum(tables.posteriors(block)[1] for block in table.blocks())
        if best is None or likelihood > likeliest:
            best, likeliest = model, likelihood
    if best is None:
        raise ValueError("restarts must be 1 or more")
    return best


def _votes(table: VoteTable) -> Floats:
    """How often each annotator gave each label [annotators, labels]."""
    people, size = len(table.annotators), len(table.labels)
    votes = np.zeros(people * size)
    for block in table.blocks():
        cell = block.annotator * size + block.label
        votes += np.bincount(cell, block.weight[block.row], people * size)
    return votes.reshape(people, size)


def _start(table: VoteTable, seed: int) -> CompetenceModel:
    """Shares near to equal ones, by the seed."""
    people = len(table.annotators)
    knows = np.random.RandomState(seed).uniform(1, 2.5, (people, 2))
    habit = np.random.RandomState(seed).uniform(1, 2.5, (people, len(table.labels)))
    return CompetenceModel(_shares(knows), _shares(habit))


def _maximised(table: VoteTable, model: CompetenceModel, votes: Floats) -> CompetenceModel:
    """One round: the model that the expected counts of known and guessed answers make."""
    people, size = votes.shape
    tables = model._tables()
    right = np.zeros(people * size)
    for block in table.blocks():
        posterior, _ = tables.posteriors(block)
        at = block.row * size + block.label
        mass = posterior.ravel()[at] * block.weight[block.row]
        right += np.bincount(block.annotator * size + block.label, mass, people * size)
    known = (right * tables.known).reshape(people, size)
    guessed = votes - known
    knows = np.stack([guessed.sum(axis=1), known.sum(axis=1)], axis=1)
    return CompetenceModel(_variational(knows, _KNOWING), _variational(guessed, _HABIT))


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
