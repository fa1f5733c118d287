"""Several annotators become one answer by a named policy, in the order of time, not of the file."""

from __future__ import annotations

from itertools import permutations
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.annotation import Annotation, Answered, Fate, Merged, merge, merge_parts
from dataprep.annotation.consensus import Policy, votes
from dataprep.finding import UsageError

POLICIES = get_args(Policy)


def by(who: int, answer: Any, *, at: Any = None, truth: bool = False) -> Answered[Any]:
    """An answer by annotator `who`, given at minute `at` (by default that of their number)."""
    created = f"2026-11-22T10:{who if at is None else at:02d}:00.000000Z"
    return Answered(
        Annotation(completed_by=who, unique_id=f"u{who}", created_at=created, ground_truth=truth),
        answer,
    )


def outcome(merged: Merged[Any]) -> tuple[list[tuple[Any, str]], dict[str, str]]:
    """The answers with who gave them, and why each other annotator was lost."""
    agreed = [(a.answer, "".join(x.annotator for x in a.by)) for a in merged.agreed]
    return agreed, {annotation.annotator: why for annotation, why in merged.lost}


def merged(policy: Policy, *answers: Answered[Any]) -> tuple[list[tuple[Any, str]], dict[str, str]]:
    return outcome(merge(answers, policy))


def parts(policy: Policy, *answers: Answered[Any]) -> tuple[list[tuple[Any, str]], dict[str, str]]:
    sets = [a._replace(answer=frozenset(a.answer)) for a in answers]
    agreed, lost = outcome(merge_parts(sets, policy))
    return [("".join(sorted(answer)), who) for answer, who in agreed], lost


def decided(merged: Merged[Any]) -> list[Fate[Any]]:
    """What became of every part."""
    assert merged.decision is not None
    return sorted(merged.decision.fates)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_single_answer_stands_under_every_policy(policy: Policy) -> None:
    assert merged(policy, by(1, "A")) == ([("A", "1")], {})
    assert parts(policy, by(1, "xy")) == ([("xy", "1")], {})
    assert parts(policy, by(1, "")) == ([("", "1")], {})


def test_the_majority_wins_and_the_others_are_outvoted() -> None:
    answers = by(1, "A"), by(2, "B"), by(3, "A")
    assert merged("majority", *answers) == ([("A", "13")], {"2": "outvoted"})


@pytest.mark.parametrize("answers", ["AB", "ABC", "AABB", "AABC", "ABCD"])
def test_without_more_than_half_it_is_a_tie_and_nothing_is_guessed(answers: str) -> None:
    given = [by(n, answer) for n, answer in enumerate(answers, 1)]
    assert merged("majority", *given) == (
        [],
        {str(n): "tie" for n in range(1, len(answers) + 1)},
    )


def test_annotators_who_agree_are_all_named() -> None:
    assert merged("majority", by(2, "A"), by(1, "A")) == ([("A", "12")], {})


def test_first_and_latest_go_by_the_time_of_submission_not_by_the_file() -> None:
    answers = by(1, "A", at=30), by(2, "B", at=10), by(3, "C", at=20)
    assert merged("first", *answers) == ([("B", "2")], {"1": "not-chosen", "3": "not-chosen"})
    assert merged("latest", *answers) == ([("A", "1")], {"2": "not-chosen", "3": "not-chosen"})


def test_submissions_of_one_moment_are_ordered_by_their_key() -> None:
    answers = by(2, "B", at=10), by(1, "A", at=10)
    assert merged("first", *answers) == ([("A", "1")], {"2": "not-chosen"})
    assert merged("latest", *answers) == ([("B", "2")], {"1": "not-chosen"})


def test_without_a_time_the_ids_are_the_order_and_nine_comes_before_ten() -> None:
    nine, ten = (Answered(Annotation(id=n), n) for n in (9, 10))
    assert [a.answer for a in merge([ten, nine], "first").agreed] == [9]
    assert [a.answer for a in merge([ten, nine], "latest").agreed] == [10]


def test_times_in_seconds_of_an_old_export_are_ordered_as_numbers() -> None:
    early, late = (
        Answered(Annotation(id=n, created_at=at), n) for n, at in ((2, 999999999), (1, 1593512345))
    )
    assert [a.answer for a in merge([late, early], "first").agreed] == [2]


def test_a_time_on_the_full_second_comes_before_its_fractions() -> None:
    # Django writes no fraction where there is none.
    full = Answered(Annotation(id=2, created_at="2026-11-22T10:00:00Z"), "full")
    later = Answered(Annotation(id=1, created_at="2026-11-22T10:00:00.000001Z"), "later")
    assert [a.answer for a in merge([later, full], "first").agreed] == ["full"]


def test_all_keeps_every_answer_in_the_order_of_time() -> None:
    answers = by(1, "A", at=30), by(2, "A", at=10), by(3, "C", at=20)
    assert merged("all", *answers) == ([("A", "2"), ("C", "3"), ("A", "1")], {})


def test_the_ground_truth_stands_above_the_majority() -> None:
    answers = by(1, "A"), by(2, "B", truth=True), by(3, "A")
    assert merged("ground-truth-first", *answers) == (
        [("B", "2")],
        {"1": "not-chosen", "3": "not-chosen"},
    )
    assert merged("majority", *answers) == ([("A", "13")], {"2": "outvoted"})


def test_of_two_ground_truths_the_first_is_taken() -> None:
    answers = by(1, "A"), by(2, "B", at=50, truth=True), by(3, "C", at=40, truth=True)
    assert merged("ground-truth-first", *answers)[0] == [("C", "3")]


def test_without_a_ground_truth_the_majority_decides() -> None:
    assert merged("ground-truth-first", by(1, "A"), by(2, "B"), by(3, "A")) == (
        [("A", "13")],
        {"2": "outvoted"},
    )
    assert merged("ground-truth-first", by(1, "A"), by(2, "B")) == ([], {"1": "tie", "2": "tie"})


def test_the_majority_decides_on_each_span_by_itself() -> None:
    answers = by(1, "xy"), by(2, "xz"), by(3, "y")
    assert parts("majority", *answers) == ([("xy", "123")], {})


def test_an_annotator_who_saw_none_of_the_agreed_spans_is_outvoted() -> None:
    assert parts("majority", by(1, "x"), by(2, "x"), by(3, "z")) == (
        [("x", "12")],
        {"3": "outvoted"},
    )
    assert parts("majority", by(1, "x"), by(2, "x"), by(3, "")) == (
        [("x", "12")],
        {"3": "outvoted"},
    )


def test_a_span_that_half_of_them_see_is_left_out_and_the_others_go_on() -> None:
    assert parts("majority", by(1, "x"), by(2, "xy")) == ([("x", "12")], {})
    assert parts("majority", by(1, "xy"), by(2, "xz")) == ([("x", "12")], {})


def test_a_task_of_which_nothing_is_decided_is_a_tie() -> None:
    assert parts("majority", by(1, "x"), by(2, "y")) == ([], {"1": "tie", "2": "tie"})
    assert parts("majority", by(1, "x"), by(2, "")) == ([], {"1": "tie", "2": "tie"})


def test_an_annotator_whose_every_part_is_undecided_is_lost_as_undecided() -> None:
    answers = by(1, "xy"), by(2, "xy"), by(3, "x"), by(4, "y")
    assert parts("majority", *answers) == ([("xy", "1234")], {})
    answers = by(1, "xz"), by(2, "xz"), by(3, "x"), by(4, "z")
    assert parts("majority", *answers, by(5, "w")) == ([("xz", "1234")], {"5": "outvoted"})
    answers = by(1, "xz"), by(2, "x"), by(3, "x"), by(4, "z")
    assert parts("majority", *answers) == ([("x", "123")], {"4": "undecided"})


def test_three_annotators_who_share_no_span_are_a_tie() -> None:
    lost = {"1": "tie", "2": "tie", "3": "tie"}
    assert parts("majority", by(1, "x"), by(2, "y"), by(3, "z")) == ([], lost)


def test_one_annotator_who_saw_nothing_does_not_overrule_two_who_saw_something() -> None:
    lost = {"1": "tie", "2": "tie", "3": "tie"}
    assert parts("majority", by(1, "x"), by(2, "y"), by(3, "")) == ([], lost)


def test_a_majority_that_saw_nothing_says_that_there_is_nothing() -> None:
    assert parts("majority", by(1, ""), by(2, ""), by(3, "x")) == (
        [("", "12")],
        {"3": "outvoted"},
    )
    assert parts("majority", by(1, ""), by(2, "")) == ([("", "12")], {})


def test_the_other_policies_take_spans_whole() -> None:
    answers = by(1, "xy", at=30), by(2, "xz", at=10, truth=True), by(3, "y", at=20)
    others = {"1": "not-chosen", "3": "not-chosen"}
    assert parts("first", *answers) == ([("xz", "2")], others)
    assert parts("latest", *answers)[0] == [("xy", "1")]
    assert parts("ground-truth-first", *answers) == ([("xz", "2")], others)
    assert parts("all", *answers) == ([("xz", "2"), ("y", "3"), ("xy", "1")], {})


def test_without_a_ground_truth_the_majority_decides_on_spans() -> None:
    assert parts("ground-truth-first", by(1, "xy"), by(2, "xz"), by(3, "y"))[0] == [("xy", "123")]


def test_the_order_of_the_file_does_not_change_who_is_named() -> None:
    answers = [by(1, "xy", at=30), by(2, "xy", at=10), by(3, "x", at=20)]
    for order in permutations(answers):
        assert parts("majority", *order) == ([("xy", "231")], {})


def again(answered: Answered[Any], who: int | None) -> Answered[Any]:
    """The same annotation, by another annotator."""
    return answered._replace(
        annotation=msgspec.structs.replace(answered.annotation, completed_by=who)
    )


def test_by_annotator_keeps_the_same_answer_of_two_annotators_twice() -> None:
    answers = by(1, "A", at=30), by(2, "A", at=10), by(3, "C", at=20)
    assert merged("by-annotator", *answers) == ([("A", "2"), ("C", "3"), ("A", "1")], {})
    assert parts("by-annotator", *answers) == ([("A", "2"), ("C", "3"), ("A", "1")], {})


def test_by_annotator_keeps_the_latest_answer_of_each_and_all_keeps_every_annotation() -> None:
    answers = by(1, "A"), by(2, "B"), again(by(3, "C"), 1)
    assert merged("by-annotator", *answers) == ([("B", "2"), ("C", "1")], {"1": "not-chosen"})
    assert merged("all", *answers) == ([("A", "1"), ("B", "2"), ("C", "1")], {})


def test_who_answers_twice_has_one_vote_and_it_is_the_latest() -> None:
    answers = by(1, "A"), again(by(2, "A"), 1), by(3, "B")
    assert merged("majority", *answers) == ([], {"1": "not-chosen", "3": "tie"})
    changed = by(1, "A"), again(by(2, "B"), 1)
    assert merged("majority", *changed) == ([("B", "1")], {"1": "not-chosen"})
    assert parts("majority", *answers)[0] == []
    assert parts("majority", *changed) == ([("B", "1")], {"1": "not-chosen"})


def test_annotations_that_name_nobody_are_a_vote_each() -> None:
    answers = [again(by(n, a), None) for n, a in enumerate("AAB", 1)]
    assert [len(agreed.by) for agreed in merge(answers, "majority").agreed] == [2]
    assert len(merge(answers, "by-annotator").agreed) == 3
    assert votes(answers) == [("", "A"), ("", "A"), ("", "B")]


def test_a_vote_is_the_latest_answer_of_each_annotator_in_the_order_of_time() -> None:
    answers = [by(1, "A", at=30), by(2, "B", at=10), again(by(3, "C", at=20), 1)]
    assert votes(answers) == [("2", "B"), ("1", "A")]
    assert votes([by(1, "A")]) == [("1", "A")]


@pytest.mark.parametrize(
    ("minimum", "answers", "winner"),
    [
        (0.5, "AAB", "A"),
        (0.6, "AAB", "A"),
        (0.66, "AAB", "A"),
        (2 / 3, "AAB", None),
        (0.75, "AAAB", None),
        (0.74, "AAAB", "A"),
        (0.57, "A" * 57 + "B" * 43, None),
        (0.57, "A" * 58 + "B" * 42, "A"),
        (1.0, "AAAB", None),
        (1.0, "AAA", "A"),
        (1.0, "A", "A"),
        (0.99, "AAAB", None),
    ],
)
def test_more_than_the_minimum_must_agree_and_one_means_all(
    minimum: float, answers: str, winner: str | None
) -> None:
    given = [again(by(n % 60, answer), n) for n, answer in enumerate(answers)]
    sets = [a._replace(answer=frozenset(a.answer)) for a in given]
    expected = [winner] if winner else []
    assert [a.answer for a in merge(given, "majority", minimum).agreed] == expected
    assert [a.answer for a in merge(given, "ground-truth-first", minimum).agreed] == expected
    whole = [set(a.answer) for a in merge_parts(sets, "majority", minimum).agreed]
    assert whole == [set(answer) for answer in expected]


def test_a_span_that_too_few_see_and_too_few_miss_is_undecided() -> None:
    sets = [by(n, frozenset(a)) for n, a in enumerate(["xy", "xy", "xy", "x"], 1)]
    assert [set(a.answer) for a in merge_parts(sets, "majority", 0.7).agreed] == [{"x", "y"}]
    assert [set(a.answer) for a in merge_parts(sets, "majority", 0.8).agreed] == [{"x"}]
    lone = [by(n, frozenset(a)) for n, a in enumerate(["x", "x", "x", "x", "xy"], 1)]
    assert [set(a.answer) for a in merge_parts(lone, "majority", 0.7).agreed] == [{"x"}]
    (undecided,) = [f for f in decided(merge_parts(lone, "majority", 1.0)) if f.reason]
    assert (undecided.part, undecided.reason, undecided.by, undecided.of) == (
        *("y", "undecided", (4,)),
        5,
    )


@pytest.mark.parametrize("minimum", [-1, 0.49, 1.01, float("nan")])
def test_a_minimum_below_half_or_above_all_is_refused(minimum: float) -> None:
    with pytest.raises(UsageError, match=r"must be from 0\.5 to 1"):
        merge([by(1, "A"), by(2, "A")], "majority", minimum)
    with pytest.raises(UsageError, match=r"must be from 0\.5 to 1"):
        merge_parts([by(1, frozenset("A")), by(2, frozenset("A"))], "majority", minimum)


given_answers = st.lists(
    st.tuples(st.sampled_from("ABC"), st.integers(0, 3), st.booleans()), min_size=1, max_size=6
).map(lambda rows: [by(n, a, at=at, truth=t) for n, (a, at, t) in enumerate(rows, 1)])
given_sets = given_answers.flatmap(
    lambda answers: st.lists(
        st.frozensets(st.sampled_from("xyz")), min_size=len(answers), max_size=len(answers)
    ).map(lambda sets: [a._replace(answer=s) for a, s in zip(answers, sets, strict=True)])
)


@given(st.data(), given_answers, st.sampled_from(POLICIES))
@settings(deadline=None)
def test_every_order_of_the_answers_gives_the_same(
    data: st.DataObject, answers: list[Answered[Any]], policy: Policy
) -> None:
    shuffled = data.draw(st.permutations(answers))
    assert outcome(merge(shuffled, policy)) == outcome(merge(answers, policy))


@given(st.data(), given_sets, st.sampled_from(POLICIES))
@settings(deadline=None)
def test_every_order_of_sets_gives_the_same(
    data: st.DataObject, answers: list[Answered[Any]], policy: Policy
) -> None:
    shuffled = data.draw(st.permutations(answers))
    assert outcome(merge_parts(shuffled, policy)) == outcome(merge_parts(answers, policy))


@given(
    given_answers | given_sets,
    st.sampled_from(POLICIES),
    st.floats(0.5, 1),
    st.lists(st.sampled_from([1, 2, None]), min_size=6, max_size=6),
)
@settings(deadline=None)
def test_every_annotation_is_used_or_lost_and_never_both(
    answers: list[Answered[Any]], policy: Policy, minimum: float, names: list[Any]
) -> None:
    answers = [again(answered, who) for answered, who in zip(answers, names, strict=False)]
    merging = merge_parts if isinstance(answers[0].answer, frozenset) else merge
    result = merging(answers, policy, minimum)
    used = [a.key for agreed in result.agreed for a in agreed.by]
    lost = [a.key for a, _ in result.lost]
    assert sorted(used + lost) == sorted(a.annotation.key for a in answers)
    assert all(agreed.by for agreed in result.agreed)
