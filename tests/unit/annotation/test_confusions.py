"""How far annotators agree on each label, and what they say in its place."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.annotation import confusions
from dataprep.annotation.agreement import Agreement, AgreementResult, Agreements
from dataprep.annotation.confusions import LabelAgreement, LabelCounts, stand_ins
from dataprep.annotation.measures import Measure

Task = tuple[Any, ...]


def counted(kind: Any, *tasks: Task) -> AgreementResult:
    """The result for tasks that annotators a, b, c ... answered."""
    agreement = Agreement("control", kind)
    for number, answers in enumerate(tasks):
        agreement.add(str(number), list(zip("abcde", answers, strict=False)))
    return agreement.result()


def spans(*given: tuple[int, int, str]) -> frozenset[tuple[int, int, str]]:
    return frozenset(given)


def test_each_label_has_its_f1_and_what_was_said_in_its_place() -> None:
    result = counted("nominal", ("A", "A", "B"), ("C",))
    # Pairs: a-b agree on A; a-c and b-c differ. A: 2 of 2 + 1 + 1, B: 0 of 1 + 1.
    assert result.labels == (
        LabelAgreement("A", 2, Measure(0.5), (("B", 2),), 0, 0),
        LabelAgreement("B", 1, Measure(0.0), (("A", 2),), 0, 0),
    )


def test_of_several_choices_each_is_a_label_of_its_own() -> None:
    result = counted("nominal", (("x", "y"), ("x", "z")), (("x", "y"), ("x",)), (("y",), ()))
    # x: both twice. y: a alone three times; in its place z once, and nothing twice. z: b alone.
    assert result.labels == (
        LabelAgreement("x", 4, Measure(1.0), (), 0, 0),
        LabelAgreement("y", 3, Measure(0.0), (("z", 1),), 0, 2),
        LabelAgreement("z", 1, Measure(0.0), (("y", 1),), 0, 0),
    )


def test_spans_are_confused_by_label_by_border_or_with_nothing() -> None:
    result = counted(
        "spans",
        (
            spans((0, 3, "PER"), (9, 13, "ORG")),
            spans((0, 3, "PER"), (9, 13, "PER"), (20, 24, "ORG")),
        ),
        (spans((0, 4, "PER")), spans((0, 3, "PER"))),
        (spans((0, 4, "PER")), spans((2, 6, "ORG"))),
    )
    assert result.labels == (
        LabelAgreement("PER", 6, Measure(2 / 6), (("ORG", 2),), 2, 0),
        LabelAgreement("ORG", 3, Measure(0.0), (("PER", 2),), 0, 1),
    )


def test_the_same_label_beside_another_one_is_a_matter_of_borders() -> None:
    one, other = spans((4, 9, "PER")), spans((0, 5, "LOC"), (8, 12, "PER"))
    (per, loc) = counted("spans", (one, other)).labels
    assert (per.label, per.other_borders, per.instead) == ("PER", 2, ())
    assert (loc.label, loc.other_borders, loc.instead) == ("LOC", 0, (("PER", 1),))


def test_a_pair_of_annotators_has_its_f1() -> None:
    (pair,) = counted("nominal", ("A", "A"), ("A", "B"), ("B", "B"), ("B", "B")).pairs
    # A: both once, 2 + 1 given: 2/3. B: both twice, 2 + 3 given: 4/5. The mean of both.
    assert pair.f1.value == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert pair.agreement.value == 0.75
    x, y = (0, 5, "X"), (7, 9, "X")
    (pair,) = counted("spans", (spans(x, y), spans(x))).pairs
    assert pair.f1 == pair.agreement == Measure(2 / 3)


def test_a_pair_of_annotators_has_the_labels_that_they_confuse() -> None:
    (pair,) = counted("nominal", ("A", "B"), ("A", "B"), ("B", "A"), ("C", "C")).pairs
    assert pair.confused == (("A", "B", 2), ("B", "A", 1))
    (pair,) = counted("nominal", (("x", "y"), ("z", "w")), (("x", "y"), ("x", "w"))).pairs
    assert pair.confused == (("y", "w", 1),)
    one = spans((0, 3, "PER"), (5, 9, "PER"), (20, 22, "PER"))
    other = spans((0, 3, "ORG"), (6, 9, "LOC"), (30, 33, "ORG"))
    (pair,) = counted("spans", (one, other)).pairs
    assert pair.confused == (("PER", "LOC", 1), ("PER", "ORG", 1))


def test_numbers_and_free_texts_have_no_labels_and_say_so() -> None:
    rating = counted("ordinal", (1, 2))
    assert (rating.labels, rating.no_labels) == ((), "answers are no labels")
    assert rating.pairs[0].f1 == Measure(None, "answers are no labels")
    text = counted("text", ("a", "b"))
    assert (text.labels, text.no_labels) == ((), "answers are no labels")
    ranked = counted("nominal", ((("a",), ("b",)), (("b",), ("a",))))
    assert (ranked.labels, ranked.no_labels) == ((), "answers are no labels")


def test_of_several_controls_each_label_is_the_text_that_was_chosen() -> None:
    agreements = Agreements({"mood": "nominal", "label": "spans"})
    said = [("a", {("mood", '"glad"')}), ("b", {("mood", '"cross"'), ("label", (0, 3, "PER"))})]
    agreements.add("1", said)
    agreements.add("2", [("a", {("mood", '["glad","calm"]')}), ("b", {("mood", '["glad"]')})])
    mood, label = agreements.results()
    assert [(one.label, one.f1.value, one.nothing) for one in mood.labels] == [
        ("glad", 2 / 3, 0),
        ("calm", 0.0, 1),
        ("cross", 0.0, 0),
    ]
    assert [(one.label, one.nothing) for one in label.labels] == [("PER", 1)]


def test_labels_without_end_are_given_up_by_workers_as_by_one() -> None:
    alone, one, other = (Agreement("control") for _ in range(3))
    for task in range(600):
        answers = [("a", f"x{task}"), ("b", f"y{task}")]
        alone.add(str(task), answers)
        (one if task % 2 else other).add(str(task), answers)
    one.absorb(other)
    assert one.result() == alone.result()
    said = "more than 1,000 different labels, or 20,000 confusions of two"
    assert (alone.result().labels, alone.result().no_labels) == ((), said)


def test_a_long_label_is_shortened_and_still_told_from_others() -> None:
    long = "x" * 10_000
    labels = counted("nominal", (long + "a", long + "b")).labels
    assert [len(one.label) for one in labels] == [200, 200]
    assert labels[0].label != labels[1].label


label_sets = st.frozensets(st.sampled_from("ABC"), max_size=3)
span_sets = st.frozensets(
    st.tuples(st.integers(0, 6), st.integers(1, 4), st.sampled_from(["X", "Y", ""])).map(
        lambda t: (t[0], t[0] + t[1], t[2])
    ),
    max_size=5,
)


@given(st.lists(st.lists(span_sets, min_size=2, max_size=4), max_size=6))
@settings(deadline=None)
def test_what_is_not_the_same_is_told_to_the_last_span(tasks: list[list[Any]]) -> None:
    counts = LabelCounts()
    for answers in tasks:
        counts.add_spans(answers)
    for one in counts.result():
        pairs = [(a, b) for given in tasks for i, a in enumerate(given) for b in given[:i]]
        mine = [
            ({s for s in a if s[2] == one.label}, {s for s in b if s[2] == one.label})
            for a, b in pairs
        ]
        of = sum(len(a) + len(b) for a, b in mine)
        same = sum(2 * len(a & b) for a, b in mine)
        assert one.f1.value == (same / of if of else None)
        told = sum(n for _, n in one.instead) + one.other_borders + one.nothing
        assert told == of - same


@given(span_sets, span_sets)
@settings(deadline=None)
def test_few_spans_and_many_are_looked_up_alike(one: Any, other: Any) -> None:
    few = stand_ins(one, other)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(confusions, "_FEW", -1)
        assert stand_ins(one, other) == few


@given(st.lists(st.lists(label_sets, min_size=2, max_size=4), max_size=6), st.randoms())
@settings(deadline=None)
def test_workers_that_share_the_tasks_count_the_same(tasks: list[list[Any]], random: Any) -> None:
    alone, workers = LabelCounts(), [LabelCounts() for _ in range(3)]
    for answers in tasks:
        alone.add_labels(answers)
        random.choice(workers).add_labels(answers)
    total = LabelCounts()
    for worker in random.sample(workers, 3):
        total.absorb(pickle.loads(pickle.dumps(worker)))  # noqa: S301  # our own
    assert total.result() == alone.result()
