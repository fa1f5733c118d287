"""What the votes say of annotators: as the majority, how reliable, and where they differ."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from itertools import permutations

import pytest

from dataprep.annotation.measures import Measure
from dataprep.annotation.reliability import (
    ALONE,
    BLANK,
    AnnotatorReliability,
    Ballots,
    Method,
    PackedBallots,
    Reliability,
    estimated,
)
from dataprep.annotation.vote_table import Vote
from dataprep.finding import EnvironmentProblem, UsageError
from tests.unit.annotation.simulated_votes import simulated

METHODS: tuple[Method, ...] = ("dawid-skene", "mace")


def counted(*questions: Sequence[Vote], topic: str = "mood") -> PackedBallots:
    """Tasks of one question each."""
    ballots = Ballots()
    for votes in questions:
        ballots.tasks.update({who for who, _ in votes})
        ballots.add(topic, votes)
    return ballots.packed()


def known(*packed: PackedBallots, method: Method = "dawid-skene") -> Reliability:
    found = estimated("mood", method, packed)
    assert found is not None
    return found


def said(labels: str, people: str = "abc") -> list[Vote]:
    return list(zip(people, labels, strict=True))


# c says y where the others say x, three times of five.
ONE_DIFFERS = counted(said("xxx"), said("xxy"), said("xxy"), said("yyy"), said("xxy"))


def test_each_annotator_is_told_by_tasks_majority_reliability_and_difference() -> None:
    result = known(ONE_DIFFERS).result
    assert (result.control, result.method) == ("mood", "dawid-skene")
    a, b, c = result.annotators
    assert a == AnnotatorReliability("a", 5, Measure(1.0), Measure(1.0), None)
    assert b == AnnotatorReliability("b", 5, Measure(1.0), Measure(1.0), None)
    assert (c.annotator, c.tasks, c.with_majority) == ("c", 5, Measure(0.4))
    assert c.reliability == Measure(0.4)
    assert c.differs == ("y", "x", 3)


def test_the_most_probable_answer_goes_against_a_majority_of_the_unreliable() -> None:
    case = simulated(400, (0.95, 0.95, 0.95, 0.1, 0.1, 0.1, 0.1, 0.1), each=(5, 5))
    for method in METHODS:
        topic = known(counted(*case.votes), method=method).topics["mood"]
        votes = [("w00", "a"), ("w01", "a"), ("w03", "b"), ("w04", "b"), ("w05", "b")]
        assert topic.probabilities(votes)["a"] > 0.95


@pytest.mark.parametrize("method", METHODS)
def test_better_annotators_are_found_to_be_more_reliable(method: Method) -> None:
    case = simulated(600, (0.3, 0.6, 0.9), each=(3, 3))
    people = known(counted(*case.votes), method=method).result.annotators
    values = [one.reliability.value or 0 for one in people]
    assert [one.annotator for one in people] == ["w00", "w01", "w02"]
    assert values == sorted(values)
    assert values[2] - values[0] > 0.3


def test_nothing_is_told_where_no_question_has_two_answers() -> None:
    assert estimated("mood", "dawid-skene", [counted(said("x", "a"), said("y", "b"))]) is None


def test_nothing_is_told_of_who_shares_no_question() -> None:
    packed = counted(said("xxx"), said("yyy"), said("x", "d"), said("y", "d"))
    alone = known(packed).result.annotators[-1]
    assert alone == AnnotatorReliability("d", 2, Measure(None, ALONE), Measure(None, ALONE), None)


def test_annotators_without_a_name_count_and_are_not_told_of() -> None:
    packed = counted([("", "x"), ("", "x"), ("a", "x")], [("", "y"), ("a", "y")])
    assert [one.annotator for one in known(packed).result.annotators] == ["a"]


@pytest.mark.parametrize("method", METHODS)
def test_shares_in_their_order_give_what_one_gives(method: Method) -> None:
    votes = simulated(90, (0.4, 0.7, 0.9), each=(2, 3)).votes
    whole = known(counted(*votes), method=method).result
    parts = known(counted(*votes[:30]), counted(*votes[30:]), method=method).result
    for one, other in zip(whole.annotators, parts.annotators, strict=True):
        assert (one.annotator, one.tasks) == (other.annotator, other.tasks)
        assert one.with_majority == other.with_majority
        assert one.reliability.value == pytest.approx(other.reliability.value, abs=1e-5)


def test_the_order_of_annotators_within_a_task_never_shows() -> None:
    rest = [said("xyx"), said("yyx"), said("xxx"), said("yxy")]
    results = {
        str(known(counted(list(votes), *rest)).result) for votes in permutations(said("xxy"))
    }
    assert len(results) == 1


def test_where_nothing_is_a_label_words_that_all_leave_blank_do_not_count() -> None:
    ballots = Ballots()
    ballots.tasks.update("abc")
    ballots.add("spans", said("PPP"), 8)
    ballots.add("spans", [("a", "P"), ("b", "P"), ("c", BLANK)], 2)
    ballots.add("spans", [(who, BLANK) for who in "abc"], 1000)
    a, _, c = known(ballots.packed()).result.annotators
    assert (a.with_majority, a.reliability) == (Measure(1.0), Measure(1.0))
    assert c.with_majority == Measure(0.8)
    assert c.reliability.value == pytest.approx(2 * 8 / (8 + 10), abs=1e-5)
    assert c.differs == (BLANK, "P", 2)


@pytest.mark.parametrize("method", METHODS)
def test_choices_that_nobody_made_count_as_such(method: Method) -> None:
    ballots = Ballots()
    for chosen in ("", "", "x", "x", "y"):
        ballots.tasks.update("ab")
        topics = {f"mood: {x}": [("a", x), ("b", x)] for x in ("x", "y") if x == chosen}
        if topics:
            ballots.add_choices(topics, "mood")
        else:
            ballots.add_choices({"mood: z": [("a", "z"), ("b", "z")]}, "mood")
    topic = known(ballots.packed(), method=method).topics["mood: x"]
    assert topic.labels == {BLANK: 0, "x": 1}
    within = 0.1 if method == "mace" else 1e-4  # MACE adds a task to each label
    assert topic.model.prior.tolist() == pytest.approx([0.6, 0.4], abs=within)


def test_a_table_that_is_too_large_is_refused_and_mace_named() -> None:
    packed = counted(*([(f"{who}", f"{n}") for who in range(5)] for n in range(2000)))
    with pytest.raises(UsageError, match="2,000 by 2,000 labels for each of 5 annotators") as error:
        known(packed)
    assert error.value.remedy == "Pass --annotators mace, which wants one line for each."


@pytest.mark.parametrize("method", METHODS)
def test_answers_that_never_come_again_are_no_labels(method: Method) -> None:
    packed = counted(*([("a", f"{n}"), ("b", f"{n}")] for n in range(2001)))
    with pytest.raises(UsageError, match="'mood' has 2,001 different answers"):
        known(packed, method=method)


def test_labels_that_nobody_voted_for_are_told_where_they_are_probable() -> None:
    votes = [said("xx", "ab"), said("yy", "ab")] * 20 + [said("xy", "ac"), said("yx", "ac")] * 20
    topic = known(counted(*votes)).topics["mood"]
    assert topic.probabilities([("c", "x")])["y"] > 0.9
    assert set(topic.probabilities([("a", "x"), ("b", "x")])) == {"x"}


def test_votes_that_were_not_there_are_said_to_have_changed() -> None:
    with pytest.raises(EnvironmentProblem, match="changed while they were read"):
        known(ONE_DIFFERS).topics["mood"].probabilities([("z", "x")])


@pytest.mark.parametrize("method", METHODS)
def test_what_was_estimated_goes_to_other_processes(method: Method) -> None:
    model = known(ONE_DIFFERS, method=method)
    copied = pickle.loads(pickle.dumps(model))  # noqa: S301  our own bytes
    votes = said("xxy")
    assert copied.topics["mood"].probabilities(votes) == model.topics["mood"].probabilities(votes)
