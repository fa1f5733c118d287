"""Dawid and Skene: each annotator has a table of what they say where something else is true.

Source: Dawid and Skene 1979, Maximum Likelihood Estimation of Observer Error-Rates Using the EM
Algorithm, Applied Statistics 28(1). Start (the shares of the votes), smoothing (no count below
1e-10) and the end (the lower bound of the likelihood gains less than 1e-5 a vote) are those of
crowd-kit 1.4, whose results these are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dataprep.annotation.vote_table import BLOCK, Floats, Places, VoteBlock, VoteTable

LEAST = 1e-10
ITERATIONS = 100
TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True)
class ConfusionModel:
    """`prior` [label]: how often each label is true; `errors` [annotator, said, true]."""

    prior: Floats
    errors: Floats

    def posteriors(self, block: VoteBlock) -> Floats:
        """The probability of each label for each row [rows, labels]."""
        log_errors = np.log(np.maximum(self.errors, LEAST))
        return self._posteriors(block, log_errors)

    def one(self, annotator: Places, label: Places) -> Floats:
        """The probability of each label, given the votes on one question."""
        log_errors = np.log(np.maximum(self.errors[annotator, label], LEAST))
        logs = np.log(np.maximum(self.prior, LEAST)) + log_errors.sum(axis=0)
        only: Floats = _normal(logs[None])[0]
        return only

    def _posteriors(self, block: VoteBlock, log_errors: Floats) -> Floats:
        each = np.add.reduceat(log_errors[block.annotator, block.label], block.first, axis=0)
        return _normal(np.log(np.maximum(self.prior, LEAST)) + each)


def fit_dawid_skene(
    table: VoteTable, iterations: int = ITERATIONS, tolerance: float = TOLERANCE
) -> ConfusionModel:
    """The model that explains the votes best, by expectation and maximisation."""
    model, _ = _maximised(table, None)
    bound = -np.inf
    for _ in range(iterations):
        model, reached = _maximised(table, model)
        if reached - bound < tolerance:
            break
        bound = reached
    return model


def _maximised(table: VoteTable, model: ConfusionModel | None) -> tuple[ConfusionModel, float]:
    """One round: the model that its posteriors make, and its lower bound a vote.

    Without a model the shares of the votes stand for the posteriors.
    """
    people, size = len(table.annotators), len(table.labels)
    counts = np.zeros((people * size, size))
    prior = np.zeros(size)
    entropy = 0.0
    log_errors = None if model is None else np.log(np.maximum(model.errors, LEAST))
    for block in table.blocks(max(BLOCK, counts.size)):
        if model is None or log_errors is None:
            posterior = shares(block, size)
        else:
            posterior = model._posteriors(block, log_errors)
        weighed = posterior * block.weight[:, None]
        prior += weighed.sum(axis=0)
        entropy -= float((np.log(np.maximum(posterior, LEAST)) * weighed).sum())
        cell = block.annotator * size + block.label
        for true in range(size):
            mass = weighed[:, true][block.row]
            counts[:, true] += np.bincount(cell, mass, len(counts))
    prior /= table.weight.sum()
    said = np.zeros(people * size, bool)
    said[table.annotator.astype(np.int64) * size + table.label] = True
    raised = np.where(said[:, None], np.maximum(counts, LEAST), 0.0).reshape(people, size, size)
    errors = raised / raised.sum(axis=1, keepdims=True)
    seen = counts.reshape(people, size, size)
    expected = float((seen * np.log(np.maximum(errors, LEAST))).sum())
    expected += float(seen.sum(axis=(0, 1)) @ np.log(np.maximum(prior, LEAST)))
    return ConfusionModel(prior, errors), (expected + entropy) / table.votes


def shares(block: VoteBlock, size: int) -> Floats:
    """The share of the votes that each label has in each row [rows, labels]."""
    votes = np.bincount(block.row * size + block.label, minlength=block.rows * size)
    votes = votes.reshape(block.rows, size)
    share: Floats = votes / votes.sum(axis=1, keepdims=True)
    return share


def _normal(logs: Floats) -> Floats:
    """Logarithms of what is proportional to probabilities, as probabilities that sum up to 1."""
    raised = np.exp(logs - logs.max(axis=1, keepdims=True))
    normal: Floats = raised / raised.sum(axis=1, keepdims=True)
    return normal
