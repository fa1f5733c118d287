"""Dawid-Skene and MACE give what crowd-kit gives, to many digits.

crowd-kit's MACE mixes up annotators and labels that do not come in sorted order (its counts are
grouped in that order, its parameters stand in the order of the rows), so it is given sorted rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from crowdkit.aggregation import MACE, DawidSkene
from scipy.special import digamma as scipy_digamma

from dataprep.annotation.dawid_skene import fit_dawid_skene
from dataprep.annotation.mace import CompetenceModel, digamma, fit_published_mace
from dataprep.annotation.vote_table import Vote, VoteTable
from tests.unit.annotation.simulated_votes import Simulated, simulated

GOOD_AND_BAD = (0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.95)
CASES = {
    "people of all qualities": simulated(200, GOOD_AND_BAD),
    "two labels": simulated(120, GOOD_AND_BAD, labels="yn", seed=5),
    "one always there, few labels each": simulated(60, (0.9, 0.3), each=(1, 2), seed=7),
    "many annotators of a few tasks": simulated(80, (0.6,) * 30, each=(3, 4), seed=9),
}


def rows(case: Simulated) -> Any:
    """The votes as crowd-kit takes them."""
    frame = pd.DataFrame(
        [(f"t{n:04}", *vote) for n, votes in enumerate(case.votes) for vote in votes],
        columns=["task", "worker", "label"],
    )
    return frame.sort_values(["worker", "label", "task"], ignore_index=True)


def posteriors(table: VoteTable, model: Any, votes: Sequence[tuple[str, str]]) -> list[float]:
    """Ours for one question."""
    known = sorted((table.annotators.index(who), table.labels.index(x)) for who, x in votes)
    annotator, label = np.array(known, np.int64).T
    only: list[float] = model.one(annotator, label).tolist()
    return only


@pytest.mark.parametrize("name", CASES)
def test_dawid_skene_is_that_of_crowd_kit(name: str) -> None:
    case = CASES[name]
    table, frame = case.table(), rows(case)
    model, theirs = fit_dawid_skene(table), DawidSkene(n_iter=100).fit(frame)
    assert theirs.errors_ is not None
    assert theirs.priors_ is not None
    labels = list(table.labels)
    assert model.prior.tolist() == pytest.approx(theirs.priors_[labels].tolist(), abs=1e-8)
    for (who, said), row in theirs.errors_.iterrows():
        mine = model.errors[table.annotators.index(who), labels.index(said)]
        assert mine.tolist() == pytest.approx(row[labels].tolist(), abs=1e-8)
    expected = DawidSkene._e_step(frame, theirs.priors_.copy(), theirs.errors_)
    for number, votes in enumerate(case.votes):
        mine_ = posteriors(table, model, votes)
        assert mine_ == pytest.approx(expected.loc[f"t{number:04}", labels].tolist(), abs=1e-7)


@pytest.mark.parametrize("name", CASES)
def test_mace_from_the_first_start_is_that_of_crowd_kit(name: str) -> None:
    case = CASES[name]
    table, frame = case.table(), rows(case)
    model, theirs = fit_published_mace(table, restarts=1), MACE(n_restarts=1).fit(frame)
    assert list(table.annotators) == list(frame["worker"].unique())
    assert model.knows == pytest.approx(theirs.spamming_, abs=1e-10)
    assert model.habit == pytest.approx(theirs.thetas_, abs=1e-10)
    assert theirs.probas_ is not None
    for number, votes in enumerate(case.votes):
        expected = theirs.probas_.loc[f"t{number:04}", list(table.labels)].tolist()
        assert posteriors(table, model, votes) == pytest.approx(expected, abs=1e-9)


def likelihood(table: VoteTable, model: CompetenceModel, votes: Sequence[Vote]) -> float:
    """The logarithm of the likelihood of the votes on one question, by its definition."""
    total = 0.0
    for label in table.labels:
        product = 1 / len(table.labels)
        for who, said in votes:
            at = table.annotators.index(who)
            guesses, knows = model.knows[at]
            habit = model.habit[at, table.labels.index(said)]
            product *= guesses * habit + knows * (said == label)
        total += product
    return float(np.log(total))


def test_of_all_starts_of_mace_the_likeliest_is_kept() -> None:
    case = simulated(60, (0.3, 0.5, 0.4), each=(2, 3), seed=11)
    table = case.table()
    reached = [
        sum(likelihood(table, fit_published_mace(table, restarts=n), votes) for votes in case.votes)
        for n in (1, 3, 10)
    ]
    assert reached == sorted(reached)
    assert reached[0] < reached[-1]


def test_digamma_is_that_of_scipy() -> None:
    x = np.concatenate([np.linspace(0.01, 30, 3000), [1e3, 1e6, 1e9]])
    assert digamma(x) == pytest.approx(scipy_digamma(x), rel=1e-12, abs=1e-12)
