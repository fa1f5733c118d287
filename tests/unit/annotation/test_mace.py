"""MACE with the frequency of labels estimated: rare labels, pairs of annotators, and few votes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.special import digamma

from dataprep.annotation.dawid_skene import fit_dawid_skene
from dataprep.annotation.mace import CompetenceModel, fit_mace, fit_published_mace
from dataprep.annotation.reliability import TopicModel
from dataprep.annotation.vote_table import Vote, VoteCounts, VoteTable
from tests.unit.annotation.simulated_votes import simulated


def said(labels: str, people: str = "abcdefgh") -> list[Vote]:
    """What each annotator said; a dot stands for nothing."""
    return [(who, x) for who, x in zip(people, labels, strict=False) if x != "."]


def table_of(questions: Sequence[Sequence[Vote]]) -> VoteTable:
    counts = VoteCounts()
    for votes in questions:
        counts.add(votes)
    return counts.table()


def topic(questions: Sequence[Sequence[Vote]], method: str = "mace") -> TopicModel:
    table = table_of(questions)
    places = [{name: at for at, name in enumerate(x)} for x in (table.annotators, table.labels)]
    fitted = fit_mace(table) if method == "mace" else fit_dawid_skene(table)
    return TopicModel(places[0], places[1], table.labels, fitted)


def competence(questions: Sequence[Sequence[Vote]]) -> list[float]:
    shares: list[float] = fit_mace(table_of(questions)).competence.tolist()
    return shares


@pytest.mark.parametrize(("often", "rarely"), [(30, 1), (100, 3), (1000, 10)])
def test_what_two_annotators_both_say_is_believed_where_it_is_rare(often: int, rarely: int) -> None:
    found = topic([said("xx")] * often + [said("yy")] * rarely)
    assert found.probabilities(said("xx"))["x"] > 0.99
    assert found.probabilities(said("yy"))["y"] > 0.8


def test_by_equal_frequencies_as_in_the_paper_they_would_guess() -> None:
    model = fit_published_mace(table_of([said("xx")] * 100 + [said("yy")] * 3))
    assert model.competence.max() < 0.01


def test_it_is_estimated_how_often_each_label_is_true() -> None:
    questions = [said("xxx")] * 160 + [said("yyy")] * 35 + [said("xxy")] * 5
    assert fit_mace(table_of(questions)).prior == pytest.approx([0.82, 0.18], abs=0.02)


def test_the_estimate_stays_where_its_own_probabilities_lead() -> None:
    table = simulated(60, (0.5, 0.7, 0.9), each=(1, 3), seed=2).table()
    model = fit_mace(table, restarts=1, iterations=500)
    true = np.zeros(len(table.labels))
    for block in table.blocks():
        true += block.weight @ model.posteriors(block)
    expected = np.exp(digamma(true + 1) - digamma((true + 1).sum()))
    assert model.prior == pytest.approx(expected, abs=1e-6)


def test_the_probability_of_a_label_is_that_of_the_definition() -> None:
    knows = np.array([[0.3, 0.7], [0.6, 0.4]])
    habit = np.array([[0.5, 0.5], [0.9, 0.1]])
    model = CompetenceModel(knows, habit, np.array([0.8, 0.2]))
    # a says x, b says y: x is true with 0.8 * (0.7 + 0.3 * 0.5) * (0.6 * 0.1), and y with
    # 0.2 * (0.3 * 0.5) * (0.4 + 0.6 * 0.1).
    x, y = 0.8 * 0.85 * 0.06, 0.2 * 0.15 * 0.46
    assert model.one(np.array([0, 1]), np.array([0, 1])).tolist() == pytest.approx(
        [x / (x + y), y / (x + y)]
    )


def test_those_who_always_give_one_label_are_found_out() -> None:
    case = simulated(300, (0.9, 0.9, 0.9), each=(2, 3), seed=4)
    spam = [("s1", "a"), ("s2", "a"), ("s3", "a")]
    model = topic([[*votes, *spam] for votes in case.votes])
    probable = model.probabilities([("w00", "b"), ("w01", "b"), *spam])
    assert probable["b"] > 0.95


BOTH_WAYS = [said("xx")] * 100 + [said("yy")] * 100 + [said("xy")] * 15 + [said("yx")] * 15


@pytest.mark.parametrize("questions", [BOTH_WAYS, BOTH_WAYS[200:]], ids=["seldom", "always"])
def test_of_two_who_disagree_both_ways_neither_is_believed(questions: list[list[Vote]]) -> None:
    assert len(set(competence(questions))) == 1
    probable = topic(questions).probabilities(said("xy"))
    assert probable == pytest.approx({"x": 0.5, "y": 0.5}, abs=1e-6)


def test_a_pair_that_works_apart_is_no_better_told_beside_others() -> None:
    apart = [said("...xx"), said("...yy")] * 40 + [said("...xy"), said("...yx")] * 8
    team = [said("xxy"), said("yyx"), said("xxx"), said("yyy")] * 20
    a, b, c, d, e = competence([*apart, *team])
    assert d == e
    assert min(a, b) > c + 0.2


def test_who_shares_with_a_third_is_no_pair() -> None:
    pairs = [said("xx."), said("yy."), said("x.x"), said("y.y"), said("x.y"), said("y.x")] * 20
    a, b, c = competence(pairs)
    assert c < min(a, b)


FEW = {
    "one task": [said("xx")],
    "one vote": [said("x")],
    "one annotator": [said("x")] * 9 + [said("y")],
    "one annotator twice without a name": [[("", "x"), ("", "y")]] * 5,
    "all say the same": [said("xxx")] * 30,
    "two who never agree": [said("xy")] * 30,
    "three who never agree": [said("xyz")] * 30,
    "a label used once": [said("xxx")] * 30 + [said("xxy")],
    "one who answered one task": [said("xx")] * 30 + [said("yy")] * 20 + [said("y.x")],
    "a task with one vote": [said("xx")] * 10 + [said("yy")] * 10 + [said(".y")],
}


@pytest.mark.parametrize("method", ["mace", "dawid-skene"])
@pytest.mark.parametrize("name", FEW)
def test_few_votes_give_probabilities_too(name: str, method: str) -> None:
    questions = FEW[name]
    found = topic(questions, method)
    for votes in questions:
        probable = found.probabilities(votes)
        assert all(0 <= value <= 1 for value in probable.values())
        assert 0.9 < sum(probable.values()) <= 1.000001
        if len(votes) > 1 and len({label for _, label in votes}) == 1:
            assert probable[votes[0][1]] > 0.9
