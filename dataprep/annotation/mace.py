"""MACE: an annotator either knows the answer, or gives one of their own habit.

Source: Hovy, Berg-Kirkpatrick, Vaswani and Hovy 2013, Learning Whom to Trust with MACE, NAACL:
variational Bayes with priors Beta(0.5, 0.5) on knowing and Dirichlet(10) on habits, 50 iterations
from each of ten starts, the likeliest kept. The first start is that of crowd-kit 1.4; the stream
of `RandomState` is the same in every version of numpy.

The paper takes all labels to be equally frequent. Where one is rare it would then rather believe
that all annotators guess by the same habit. Here it is estimated too how often each label is true
(`fit_mace`), and of two annotators who share questions with each other alone neither is believed
more than the other: nothing tells which of them knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from dataprep.annotation.dawid_skene import shares
from dataprep.annotation.vote_table import Floats, Places, VoteBlock, VoteTable

RESTARTS = 10
ITERATIONS = 50
_VOTES = 1 << 18
"""Votes that are worked on at once."""
_KNOWING = 0.5
_HABIT = 10.0
_TRUE = 1.0


@dataclass(frozen=True, slots=True)
class CompetenceModel:
    """`knows` [annotator, (guesses, knows)], `habit` [annotator, label] of the guesses.

    `prior` [label] is how often each label is true. By variational Bayes none of them sums up to
    1; `competence` does, as the share of knowing.
    """

    knows: Floats
    habit: Floats
    prior: Floats

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
        return _Tables(self.prior, *logs, known.ravel())


@dataclass(frozen=True, slots=True)
class _Tables:
    """What a round looks up by annotator and answer, each [annotators * labels].

    `other` is the log likelihood of the answer where something else is true, `gain` what is added
    where it is true, `known` the probability that it was known, not guessed, where it is true.
    """

    prior: Floats
    other: Floats
    gain: Floats
    known: Floats

    def posteriors(self, block: VoteBlock) -> Floats:
        """The probability of each label [rows, labels]."""
        size = len(self.prior)
        cell = block.annotator * size + block.label
        at = block.row * size + block.label
        logs = np.bincount(at, self.gain[cell], block.rows * size).reshape(block.rows, size)
        logs += np.log(self.prior)
        logs -= logs.max(axis=1, keepdims=True)
        raised = np.exp(logs, out=logs)
        raised /= raised.sum(axis=1, keepdims=True)
        return raised


def fit_mace(
    table: VoteTable, restarts: int = RESTARTS, iterations: int = ITERATIONS
) -> CompetenceModel:
    """The model with its prior estimated: the likelier of two starts, of equal ones the first.

    They are the shares of the votes, and the published model, which finds those out who always
    give the most frequent answer.
    """
    counted = _counted(table)
    pairs = _pairs(table)
    reached = []
    for start in (_shared(table, counted.votes), fit_published_mace(table, restarts, iterations)):
        model = start
        for _ in range(iterations):
            model = _alike(_maximised(model, counted).fitted, pairs)
        reached.append((model, _maximised(model, counted).likelihood))
    return max(reached, key=lambda pair: pair[1])[0]


def fit_published_mace(
    table: VoteTable, restarts: int = RESTARTS, iterations: int = ITERATIONS
) -> CompetenceModel:
    """The model of the paper: the likeliest of all starts; of equal ones that of the first."""
    best, likeliest = None, -np.inf
    counted = _counted(table)
    for start in range(restarts):
        model = first = _start(table, start)
        for _ in range(iterations):
            model = replace(_maximised(model, counted).fitted, prior=first.prior)
        likelihood = _maximised(model, counted).likelihood
        if best is None or likelihood > likeliest:
            best, likeliest = model, likelihood
    if best is None:
        raise ValueError("restarts must be 1 or more")
    return best


class _Given(NamedTuple):
    """The votes of some rows: only labels that somebody gave in a row are told apart there.

    `cell` [votes] is the annotator with the label; `group` [votes] that of its row and label;
    `label` and `row` [groups] are those of a group, the groups of a row are from `start` [rows]
    on; `first` [rows] is the first vote of a row.
    """

    cell: Places
    group: Places
    label: Places
    row: Places
    start: Places
    first: Places
    weight: Floats


def _given(block: VoteBlock, size: int) -> _Given:
    groups, group = np.unique(block.row * size + block.label, return_inverse=True)
    row = groups // size
    start = np.flatnonzero(np.diff(row, prepend=-1))
    cell = block.annotator * size + block.label
    return _Given(cell, group, groups % size, row, start, block.first, block.weight)


class _Counted(NamedTuple):
    """The votes block by block, and how often each annotator gave each label [annotator, label]."""

    given: Sequence[_Given]
    votes: Floats


def _counted(table: VoteTable) -> _Counted:
    people, size = len(table.annotators), len(table.labels)
    given, votes = [], np.zeros(people * size)
    for block in table.blocks(_VOTES, labels=1):
        given.append(_given(block, size))
        weight = block.weight[block.row]
        votes += np.bincount(given[-1].cell, weight, people * size)
    return _Counted(given, votes.reshape(people, size))


def _pairs(table: VoteTable) -> Places:
    """Annotators who share questions with each other and with nobody else [pairs, 2]."""
    who, first = table.annotator, table.first[:-1]
    lengths, people = np.diff(table.first), len(table.annotators)
    another = np.diff(who, prepend=-1) != 0
    another[first] = True
    width = np.repeat(np.add.reduceat(another.astype(np.int64), first), lengths)
    partner = np.repeat(who[first] + who[table.first[1:] - 1], lengths) - who
    low, high, most = np.full(people, people), np.full(people, -1), np.ones(people, np.int64)
    np.minimum.at(low, who[width > 1], partner[width > 1])
    np.maximum.at(high, who[width > 1], partner[width > 1])
    np.maximum.at(most, who, width)
    one = np.flatnonzero((most == 2) & (low == high))
    other = low[one]
    fits = (one < other) & (low[other] == one) & (high[other] == one) & (most[other] == 2)
    pairs: Places = np.stack([one[fits], other[fits]], axis=1)
    return pairs


def _alike(model: CompetenceModel, pairs: Places) -> CompetenceModel:
    """The model in which both annotators of a pair know as often."""
    knows = model.knows.copy()
    knows[pairs] = knows[pairs].mean(axis=1, keepdims=True)
    return replace(model, knows=knows)


def _start(table: VoteTable, seed: int) -> CompetenceModel:
    """Shares near to equal ones, by the seed; all labels as frequent."""
    people, size = len(table.annotators), len(table.labels)
    knows = np.random.RandomState(seed).uniform(1, 2.5, (people, 2))
    habit = np.random.RandomState(seed).uniform(1, 2.5, (people, size))
    return CompetenceModel(_shares(knows), _shares(habit), np.full(size, 1 / size))


def _shared(table: VoteTable, votes: Floats) -> CompetenceModel:
    """What follows where the shares of the votes on a question are the probabilities there."""
    people, size = votes.shape
    known, true = np.zeros(people), np.zeros(size)
    for block in table.blocks():
        share = shares(block, size)
        true += block.weight @ share
        mass = share[block.row, block.label] * block.weight[block.row]
        known += np.bincount(block.annotator, mass, people)
    knows = np.stack([votes.sum(axis=1) - known, known], axis=1)
    return CompetenceModel(
        _variational(knows, _KNOWING),
        _variational(votes, _HABIT),
        _variational(true[None], _TRUE)[0],
    )


class _Round(NamedTuple):
    """The next model, and the log likelihood of the one before."""

    fitted: CompetenceModel
    likelihood: float


def _maximised(model: CompetenceModel, counted: _Counted) -> _Round:
    """One round: the model that the expected counts of known and guessed answers make."""
    votes = counted.votes
    people, size = votes.shape
    tables = model._tables()
    right, true = np.zeros(people * size), np.zeros(size)
    likelihood = 0.0
    for some in counted.given:
        gain = np.bincount(some.group, tables.gain[some.cell], len(some.row))
        top = np.maximum.reduceat(gain, some.start)
        raised = np.exp(gain - top[some.row])
        its = model.prior[some.label]
        rest = model.prior.sum() - np.add.reduceat(its, some.start)
        total = np.add.reduceat(its * raised, some.start) + np.maximum(rest, 0) * np.exp(-top)
        scale = some.weight / total
        share = its * raised * scale[some.row]
        right += np.bincount(some.cell, share[some.group], people * size)
        none = np.exp(-top) * scale
        true += np.bincount(some.label, share - its * none[some.row], size)
        true += model.prior * none.sum()
        base = np.add.reduceat(tables.other[some.cell], some.first)
        likelihood += float(((base + top + np.log(total)) * some.weight).sum())
    known = (right * tables.known).reshape(people, size)
    guessed = votes - known
    knows = np.stack([guessed.sum(axis=1), known.sum(axis=1)], axis=1)
    fitted = CompetenceModel(
        _variational(knows, _KNOWING),
        _variational(guessed, _HABIT),
        _variational(true[None], _TRUE)[0],
    )
    return _Round(fitted, likelihood)


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
