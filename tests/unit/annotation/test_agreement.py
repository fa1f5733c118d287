"""How far annotators agree: published values, the definitions spelled out, and the bounds."""

from __future__ import annotations

import pickle
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.annotation.agreement import (
    Agreement,
    AgreementResult,
    Agreements,
    Disputed,
    Measure,
    ScaleKind,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    scale_of,
    span_f1,
)
from dataprep.annotation.measures import Level, overlapping

LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval")
SAME = "all answers are the same, so chance cannot be told from agreement"
NOTHING = "no task has two answers"

# Krippendorff 2011, section C: four observers, twelve units, answers missing.
FOUR_OBSERVERS = [
    (1, 1, None, 1),
    (2, 2, 3, 2),
    (3, 3, 3, 3),
    (3, 3, 3, 3),
    (2, 2, 2, 2),
    (1, 2, 3, 4),
    (4, 4, 4, 4),
    (1, 1, 2, 1),
    (2, 2, 2, 2),
    (None, 5, 5, 5),
    (None, None, 1, 1),
    (None, 3, None, None),
]
# Fourteen raters, ten subjects, five categories: the worked example of the encyclopedias.
FOURTEEN_RATERS = [
    (0, 0, 0, 0, 14),
    (0, 2, 6, 4, 2),
    (0, 0, 3, 5, 6),
    (0, 3, 9, 2, 0),
    (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0),
    (3, 2, 6, 3, 0),
    (2, 5, 3, 2, 2),
    (6, 5, 2, 1, 0),
    (0, 2, 2, 3, 7),
]


def cross(table: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """The pairs of answers that a table of two annotators counts."""
    return [(a, b) for a, row in enumerate(table) for b, n in enumerate(row) for _ in range(n)]


def counted(answers: Sequence[Sequence[Any]], kind: ScaleKind = "nominal") -> AgreementResult:
    """The result for tasks 1, 2, ... whose answers are by annotators a, b, ..."""
    agreement = Agreement("control", kind)
    for task, unit in enumerate(answers, 1):
        agreement.add(str(task), [(chr(97 + n), v) for n, v in enumerate(unit) if v is not None])
    return agreement.result()


def test_cohens_kappa_of_the_paper_of_1960() -> None:
    kappa = cohen_kappa(cross([(88, 14, 18), (10, 40, 10), (2, 6, 12)]))
    assert kappa.value == pytest.approx(0.29 / 0.59)


def test_cohens_kappa_of_two_readers_of_fifty_proposals() -> None:
    assert cohen_kappa(cross([(20, 5), (10, 15)])) == Measure(0.4)


def test_cohens_kappa_is_below_zero_where_annotators_contradict_each_other() -> None:
    assert cohen_kappa([("A", "B"), ("B", "A")]) == Measure(-1.0)


def test_fleiss_kappa_of_fourteen_raters() -> None:
    assert fleiss_kappa(FOURTEEN_RATERS).value == pytest.approx(0.20993070442195522, abs=1e-15)


@pytest.mark.parametrize(
    ("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_krippendorffs_alpha_of_the_paper_of_2011(level: Level, alpha: float) -> None:
    assert krippendorff_alpha(FOUR_OBSERVERS, level).value == pytest.approx(alpha, abs=5e-4)
    assert counted(FOUR_OBSERVERS, level).alpha == krippendorff_alpha(FOUR_OBSERVERS, level)


def test_krippendorffs_alpha_of_two_observers() -> None:
    binary = zip((0, 1, 0, 0, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 0, 1, 0, 0, 0, 0), strict=True)
    assert krippendorff_alpha(list(binary)).value == pytest.approx(0.095, abs=5e-4)
    named = list(zip("aabbdcccedda", "babbbccceddd", strict=True))
    assert krippendorff_alpha(named).value == pytest.approx(0.692, abs=5e-4)


def alpha_by_definition(units: Sequence[Sequence[Any]], level: Level) -> Fraction | None:
    """1 - D_o / D_e, each pair of values by itself."""
    pairable = [[v for v in unit if v is not None] for unit in units]
    pairable = [unit for unit in pairable if len(unit) > 1]
    every = [v for unit in pairable for v in unit]
    counts = Counter(every)

    def distance(a: Any, b: Any) -> Fraction:
        if level == "nominal":
            return Fraction(a != b)
        if level == "interval":
            return (Fraction(a) - Fraction(b)) ** 2
        low, high = min(a, b), max(a, b)
        between = sum(n for v, n in counts.items() if low <= v <= high)
        return (between - Fraction(counts[low] + counts[high], 2)) ** 2

    observed = sum(
        (distance(a, b) / (len(unit) - 1) for unit in pairable for a, b in permutations(unit, 2)),
        Fraction(),
    )
    expected = sum((distance(a, b) for a, b in permutations(every, 2)), Fraction())
    return 1 - observed * (len(every) - 1) / expected if expected else None


ratings = st.lists(
    st.lists(st.none() | st.integers(1, 5), min_size=4, max_size=4), min_size=1, max_size=8
)


@given(ratings, st.sampled_from(LEVELS))
@settings(deadline=None)
def test_alpha_is_what_its_definition_says(units: list[list[int | None]], level: Level) -> None:
    value = krippendorff_alpha(units, level).value
    defined = alpha_by_definition(units, level)
    assert value == (None if defined is None else float(defined))


@given(st.data(), ratings, st.sampled_from(LEVELS))
@settings(deadline=None)
def test_no_order_of_tasks_or_of_answers_changes_a_measure(
    data: st.DataObject, units: list[list[int | None]], level: Level
) -> None:
    shuffled = [data.draw(st.permutations(unit)) for unit in data.draw(st.permutations(units))]
    assert krippendorff_alpha(shuffled, level) == krippendorff_alpha(units, level)
    before, after = counted(units, level), counted(shuffled, level)
    assert (after.observed, after.fleiss, after.alpha) == (
        before.observed,
        before.fleiss,
        before.alpha,
    )


@given(ratings, st.sampled_from(LEVELS))
@settings(deadline=None)
def test_every_measure_is_a_number_up_to_one_or_none_with_a_reason(
    units: list[list[int | None]], level: Level
) -> None:
    result = counted(units, level)
    measures = [result.observed, result.cohen, result.fleiss, result.alpha, *result.f1]
    measures += [one.agreement for one in result.annotators]
    measures += [measure for pair in result.pairs for measure in (pair.agreement, pair.kappa)]
    for value, reason in measures:
        assert (value is None) == bool(reason)
        assert value is None or -1 <= value <= 1


@given(st.lists(st.integers(1, 5), min_size=2, max_size=8).filter(lambda v: len(set(v)) > 1))
def test_annotators_who_say_the_same_agree_fully(values: list[int]) -> None:
    assert cohen_kappa((v, v) for v in values) == Measure(1.0)
    assert fleiss_kappa([[3 * (v == c) for c in range(1, 6)] for v in values]) == Measure(1.0)
    for level in LEVELS:
        assert krippendorff_alpha([(v, v, v) for v in values], level) == Measure(1.0)
        assert counted([(v, v) for v in values], level).observed == Measure(1.0)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("ABC")), max_size=9))
def test_the_kappa_of_two_annotators_is_the_same_counted_and_at_once(
    pairs: list[tuple[str, str]],
) -> None:
    result = counted(pairs)
    if pairs:
        assert [pair.kappa for pair in result.pairs] == [cohen_kappa(pairs)]
        assert result.cohen == cohen_kappa(pairs)
        table = [[pair.count(c) for c in "ABC"] for pair in pairs]
        assert result.fleiss == fleiss_kappa(table)
    assert result.alpha == krippendorff_alpha(pairs)


def test_a_single_category_leaves_no_room_for_chance() -> None:
    result = counted([("A", "A"), ("A", "A")])
    assert result.observed == Measure(1.0)
    assert result.cohen == result.fleiss == result.alpha == Measure(None, SAME)
    assert krippendorff_alpha([(4, 4)], "interval") == Measure(None, SAME)
    assert krippendorff_alpha([(4, 4)], "ordinal") == Measure(None, SAME)


def test_without_a_task_that_two_answered_nothing_is_said() -> None:
    result = counted([("A",), ("B", None), ()])
    assert (result.tasks, result.answers, result.alone) == (0, 0, 2)
    assert result.observed == result.fleiss == result.alpha == Measure(None, NOTHING)
    assert result.cohen == Measure(None, "no two named annotators share a task")
    assert krippendorff_alpha([]) == fleiss_kappa([]) == cohen_kappa([]) == Measure(None, NOTHING)
    assert fleiss_kappa([(1, 0)]) == Measure(None, NOTHING)


def test_fleiss_wants_the_same_number_of_answers_for_each_task() -> None:
    said = "tasks have 2 to 3 answers, and it wants one number"
    assert counted([("A", "B"), ("A", "A", "A")]).fleiss == Measure(None, said)
    assert fleiss_kappa([(1, 1), (3, 0)]) == Measure(None, said)


def test_cohens_kappa_over_pairs_is_weighted_by_their_tasks() -> None:
    # a and b: (A, A), (B, B), (A, B), kappa 0.4; a and c: (A, B), (B, A), kappa -1.
    agreement = Agreement("control")
    for task, (one, other) in enumerate([("A", "A"), ("B", "B"), ("A", "B")]):
        agreement.add(str(task), [("a", one), ("b", other)])
    for task, (one, other) in enumerate([("A", "B"), ("B", "A")]):
        agreement.add(f"c{task}", [("c", other), ("a", one)])
    result = agreement.result()
    assert [(pair.annotators, pair.tasks) for pair in result.pairs] == [
        (("a", "b"), 3),
        (("a", "c"), 2),
    ]
    assert [pair.kappa.value for pair in result.pairs] == [pytest.approx(0.4), -1.0]
    assert result.cohen.value == pytest.approx((3 * 0.4 - 2) / 5)


def test_each_annotator_is_judged_against_the_others() -> None:
    result = counted([("A", "A", "B"), ("A", "A", "A"), ("B", None, "A")])
    shares = {one.annotator: (one.tasks, one.agreement.value) for one in result.annotators}
    assert shares == {"a": (3, 0.6), "b": (2, 0.75), "c": (3, 0.4)}
    assert result.observed.value == pytest.approx((1 / 3 + 1 + 0) / 3)


def test_of_an_annotator_who_answers_twice_the_last_answer_counts() -> None:
    agreement = Agreement("control")
    agreement.add("1", [("a", "A"), ("b", "B"), ("a", "B")])
    agreement.add("2", [("a", "A"), ("a", "B")])
    result = agreement.result()
    assert (result.tasks, result.answers, result.alone) == (1, 2, 1)
    assert result.observed == Measure(1.0)


def test_annotators_without_a_name_are_different_people_and_not_judged() -> None:
    agreement = Agreement("control")
    agreement.add("1", [("", "A"), ("", "B"), ("a", "A")])
    result = agreement.result()
    assert (result.tasks, result.answers) == (1, 3)
    assert result.observed.value == pytest.approx(1 / 3)
    assert [(one.annotator, one.agreement) for one in result.annotators] == [("a", Measure(0.5))]
    assert result.pairs == ()


def test_the_most_disputed_tasks_come_first_and_are_twenty_at_most() -> None:
    agreement = Agreement("control")
    for task in range(100):
        agreement.add(str(task), [("a", "A"), ("b", "A"), ("c", "B" if task % 2 else "A")])
    agreement.add("split", [("a", "A"), ("b", "B"), ("c", "C")])
    disputed = agreement.result().disputed
    assert disputed[:3] == (
        Disputed("split", 3, 0.0),
        Disputed("1", 3, 1 / 3),
        Disputed("3", 3, 1 / 3),
    )
    assert len(disputed) == 20


def test_on_a_scale_the_widest_spread_is_disputed_most() -> None:
    result = counted([(1, 2), (1, 5), (3, 3), (4, 4, 2)], "ordinal")
    assert [one.task for one in result.disputed] == ["2", "4", "1"]


def test_an_order_of_names_makes_a_scale() -> None:
    agreement = Agreement("control", "ordinal", order=["low", "middle", "high"])
    numbers = Agreement("control", "ordinal")
    for task, names in enumerate([("low", "high"), ("low", "low"), ("middle", "high")]):
        agreement.add(str(task), [("a", names[0]), ("b", names[1])])
        rank = {"low": 0, "middle": 1, "high": 2}
        numbers.add(str(task), [("a", rank[names[0]]), ("b", rank[names[1]])])
    assert agreement.result() == numbers.result()


def test_what_is_not_on_the_scale_is_counted_and_left_out() -> None:
    result = counted([(1, "two", 1), (1, float("nan"), True), (2, 2, None)], "interval")
    assert (result.tasks, result.unread, result.alone) == (2, 3, 1)
    assert result.alpha == Measure(1.0)


def test_interval_values_of_any_size_are_reckoned_exactly() -> None:
    assert krippendorff_alpha([(1e308, 1e308), (-1e308, -1e308)], "interval") == Measure(1.0)
    huge = counted([(10**4000, 10**4000), (0.1, 0.1), (1, 2)], "interval")
    assert huge.alpha.value == pytest.approx(1)
    tiny = krippendorff_alpha([(0.1, 0.1), (0.1 + 2**-54, 0.1)], "interval")
    assert tiny.value == pytest.approx(0.0, abs=1e-9) or tiny.reason == SAME


def test_free_text_is_no_scale_of_categories() -> None:
    agreement = Agreement("control")
    for task in range(1001):
        agreement.add(str(task), [("a", f"text {task}"), ("b", f"other text {task}")])
    result = agreement.result()
    said = "more than 2,000 different answers, so they are no categories"
    assert result.alpha == result.fleiss == Measure(None, said)
    assert result.observed == Measure(0.0)


def test_long_answers_are_told_apart_and_sets_have_no_order() -> None:
    long = "a text that goes on for much longer than forty characters"
    assert counted([(long + "1", long + "1")]).observed == Measure(1.0)
    assert counted([(long + "1", long + "2")]).observed == Measure(0.0)
    sets = (frozenset(["x", "y", long]), frozenset([long, "y", "x"]))
    assert counted([sets, (("x", sets[0]), ("x", sets[1]))]).observed == Measure(1.0)
    assert counted([("\0'x'", ("x",))]).observed == Measure(0.0)


ONE = {(0, 5, "PER"), (10, 20, "ORG")}


def test_spans_with_the_same_borders_are_exact_and_others_may_overlap() -> None:
    other = {(0, 5, "PER"), (12, 18, "ORG"), (30, 31, "PER")}
    exact, overlap = span_f1(ONE, other)
    assert exact.value == pytest.approx(2 * 1 / 5)
    assert overlap.value == pytest.approx(2 * 2 / 5)


def test_spans_of_other_labels_and_spans_that_only_touch_do_not_overlap() -> None:
    assert span_f1({(0, 5, "PER")}, {(0, 5, "ORG")}) == (Measure(0.0), Measure(0.0))
    assert span_f1({(0, 5, "PER")}, {(5, 9, "PER")}) == (Measure(0.0), Measure(0.0))


def test_one_long_span_stands_for_one_short_span_only() -> None:
    assert overlapping({(0, 10, "X")}, {(0, 2, "X"), (3, 5, "X"), (6, 8, "X")}) == 1


def test_no_spans_on_either_side_cannot_be_judged() -> None:
    nobody = Measure(None, "nobody marked a span")
    assert span_f1((), ()) == (nobody, nobody)
    assert span_f1(ONE, ()) == (Measure(0.0), Measure(0.0))


span_sets = st.frozensets(
    st.tuples(st.integers(0, 8), st.integers(1, 5), st.sampled_from("XY")).map(
        lambda s: (s[0], s[0] + s[1], s[2])
    ),
    max_size=5,
)


@given(span_sets, span_sets)
@settings(deadline=None)
def test_f1_is_symmetric_and_one_for_the_same(a: frozenset[Any], b: frozenset[Any]) -> None:
    there = span_f1(a, b)
    assert there == span_f1(b, a)
    assert there == counted([(a, b)], "spans").f1
    if a or b:
        assert 0 <= (there.exact.value or 0) <= (there.overlap.value or 0) <= 1
    if a:
        assert span_f1(a, a) == (Measure(1.0), Measure(1.0))


@given(span_sets, span_sets)
@settings(deadline=None)
def test_overlapping_spans_are_paired_as_well_as_can_be(
    a: frozenset[Any], b: frozenset[Any]
) -> None:
    def best(left: list[Any], right: list[Any]) -> int:
        if not left:
            return 0
        (start, end, label), *rest = left
        found = best(rest, right)
        for other in right:
            if other[2] == label and other[0] < end and start < other[1]:
                found = max(found, 1 + best(rest, [r for r in right if r is not other]))
        return found

    assert overlapping(a, b) == best(sorted(a), sorted(b))


def test_spans_are_counted_over_tasks_and_judged_by_f1() -> None:
    x, y = (0, 5, "X"), (7, 9, "X")
    result = counted([({x, y}, {x}), ({y}, {y}), (set(), set())], "spans")
    assert result.observed.value == pytest.approx(2 / 3)
    assert result.f1.exact.value == pytest.approx(4 / 5)
    assert [one.agreement.value for one in result.annotators] == pytest.approx([0.8, 0.8])
    assert result.disputed == (Disputed("1", 2, 2 / 3),)
    assert result.alpha == Measure(None, "answers are spans: see F1")


def test_annotators_who_all_marked_nothing_agree_and_have_no_f1() -> None:
    result = counted([(set(), set())], "spans")
    assert result.observed == Measure(1.0)
    assert result.f1.exact == Measure(None, "nobody marked a span")
    assert result.disputed == ()


scaled: dict[ScaleKind, st.SearchStrategy[Any]] = {
    "nominal": st.sampled_from(["A", "B", ("C", "D")]),
    "ordinal": st.integers(1, 5),
    "interval": st.floats(allow_nan=False, allow_infinity=False) | st.integers(),
    "spans": span_sets,
}
tasks = st.sampled_from(sorted(scaled)).flatmap(
    lambda kind: st.tuples(
        st.just(kind),
        st.lists(
            st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), scaled[kind]), max_size=5),
            max_size=8,
        ),
    )
)


@given(st.data(), tasks)
@settings(deadline=None)
def test_workers_that_share_the_tasks_come_to_the_same_result(
    data: st.DataObject, given_tasks: tuple[ScaleKind, list[list[tuple[str, Any]]]]
) -> None:
    kind, answered = given_tasks
    alone = Agreement("control", kind)
    workers = [Agreement("control", kind) for _ in range(3)]
    for task, answers in enumerate(answered):
        alone.add(str(task), answers)
        workers[data.draw(st.integers(0, 2))].add(str(task), answers)
    total = Agreement("control", kind)
    for worker in data.draw(st.permutations(workers)):
        total.absorb(pickle.loads(pickle.dumps(worker)))  # noqa: S301  # our own
    assert total.result() == alone.result()


def test_what_outgrows_its_bound_is_given_up_by_workers_as_by_one() -> None:
    alone, one, other = (Agreement("control") for _ in range(3))
    for task in range(8000):
        answers = [(f"a{task}", "A"), (f"b{task}", "B")]
        alone.add(str(task), answers)
        (one if task % 2 else other).add(str(task), answers)
    one.absorb(other)
    assert one.result() == alone.result()
    said = "too many annotators, or answers to one task, to compare each with each"
    assert alone.result().cohen == Measure(None, said)
    assert alone.result().alpha.value == pytest.approx(-1, abs=1e-3)


def test_a_task_with_very_many_answers_is_judged_as_a_whole_only() -> None:
    agreement = Agreement("control")
    agreement.add("1", [(str(n), "AB"[n % 2]) for n in range(100_000)])
    result = agreement.result()
    assert result.observed.value == pytest.approx(0.5, abs=1e-4)
    assert result.pairs == result.annotators == ()
    ordinal = Agreement("control", "ordinal")
    ordinal.add("1", [("", n) for n in range(1_000)])
    assert ordinal.result().alpha.value is None
    spans = Agreement("control", "spans")
    spans.add("1", [("", frozenset({(0, n % 2 + 1, "X")})) for n in range(1000)])
    assert spans.result().f1.exact.value == pytest.approx(0.4995, abs=1e-4)
    assert spans.result().f1.overlap.value is None


@pytest.mark.parametrize("kind", ["nominal", "interval", "spans"])
def test_memory_does_not_grow_with_the_tasks(kind: ScaleKind) -> None:
    number = 10_000
    agreement = Agreement("control", kind)
    tracemalloc.start()
    for task in range(number):
        value = {(task, task + 3, "X")} if kind == "spans" else task
        other = {(task, task + 4, "X")} if kind == "spans" else task + 1
        agreement.add(str(task), [(str(task % 7), value), (str(task % 11 + 7), other)])
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 64 * number
    assert agreement.result().tasks == number


def test_every_pair_of_annotators_is_compared_once() -> None:
    result = counted([("A", "A", "A", "B")] * 3)
    assert [pair.annotators for pair in result.pairs] == list(combinations("abcd", 2))
    assert {pair.tasks for pair in result.pairs} == {3}


def test_a_number_may_come_in_a_tuple_and_notes_and_relations_are_no_spans() -> None:
    assert counted([((4,), (5,)), ((1,), (1,))], "interval") == counted(
        [(4, 5), (1, 1)], "interval"
    )
    noted, related = (0, 5, "sure", '"yes"'), ((0, 5), "knows", (10, 20))
    with_more = counted([(ONE | {noted, related}, ONE)], "spans")
    assert with_more.f1 == (Measure(1.0), Measure(1.0))


def test_several_controls_are_judged_each_by_itself() -> None:
    span = (0, 5, "PER")
    agreements = Agreements({"label": scale_of("spans"), "stars": "ordinal", "mood": "nominal"})
    more = Agreements({"label": "spans", "stars": "ordinal", "mood": "nominal"})
    one = {("label", span), ("stars", "4"), ("mood", '"good"'), ("unknown", "1")}
    agreements.add("1", [("a", one), ("b", {("stars", "2"), ("mood", '"good"')})])
    more.add("2", [("a", {("stars", "2")}), ("b", {("stars", "2"), ("mood", '"bad"')})])
    agreements.absorb(more)
    label, stars, mood = agreements.results()
    assert (label.control, label.tasks, label.f1.exact) == ("label", 2, Measure(0.0))
    assert (stars.tasks, stars.observed) == (2, Measure(0.5))
    assert (mood.tasks, mood.alone, mood.observed) == (1, 1, Measure(1.0))


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        ("classification", "nominal"),
        ("spans", "spans"),
        ("rating", "ordinal"),
        ("number", "interval"),
        (None, "nominal"),
    ],
)
def test_what_a_control_is_learned_for_says_how_its_answers_compare(
    task: str | None, kind: ScaleKind
) -> None:
    assert scale_of(task) == kind


@pytest.mark.parametrize("kind", ["nominal", "ordinal", "interval", "text"])
def test_tasks_that_were_answered_alike_are_counted_together(kind: ScaleKind) -> None:
    one, together = Agreement("c", kind), Agreement("c", kind)
    for agreement in (one, together):
        agreement.add("9", [("a", 1), ("b", 2)])
    for task in range(3):
        one.add(str(task), [("a", 2), ("b", 2), ("", 2)])
    together.add("", [("a", 2), ("b", 2), ("", 2)], times=3)
    assert together.result() == one.result()


def test_spans_that_were_answered_alike_are_counted_together() -> None:
    one, together = Agreement("c", "spans"), Agreement("c", "spans")
    spans = frozenset({(0, 3, "PER"), (5, 9, "ORG")})
    for task in range(3):
        one.add(str(task), [("a", spans), ("b", spans)])
    together.add("", [("a", spans), ("b", spans)], times=3)
    assert together.result() == one.result()


def test_free_text_has_no_categories() -> None:
    result = counted([("a", "a"), ("a", "b")], "text")
    assert result.observed.value == 0.5
    why = "answers are free text, which no chance makes alike"
    assert {result.cohen.reason, result.fleiss.reason, result.alpha.reason} == {why}
    assert scale_of("generation") == scale_of("chat") == "text"
