"""Which regions of several annotators are the same, and what their border is."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.annotation import BORDER_RULES, BorderRule, agreed_borders, enough
from dataprep.annotation.borders import MOST_PILED, Border, Marked

TEXT = '  Mr. Ada "Lady" Lovelace, of London.  '
MR, ADA, LADY, LOVELACE = (2, 5), (6, 9), (11, 15), (17, 25)


def agreed(rule: BorderRule, *annotators: list[Border], text: str = TEXT) -> list[list[Border]]:
    """The agreed borders of what each annotator marked, all with one label."""
    marked = [[(start, end, "PER") for start, end in borders] for borders in annotators]
    n = len(annotators)
    placed = agreed_borders(marked, text, rule, lambda votes: enough(votes, n))
    return [[each[mark] for mark in marks] for each, marks in zip(placed, marked, strict=True)]


def test_exact_borders_stay_as_they_are() -> None:
    assert agreed("exact", [(0, 9)], [(2, 10)]) == [[(0, 9)], [(2, 10)]]


@pytest.mark.parametrize("rule", ["trim", "punctuation", "overlap"])
def test_blanks_at_the_ends_belong_to_no_border(rule: BorderRule) -> None:
    assert agreed(rule, [(5, 10)], [(6, 9)]) == [[ADA], [ADA]]
    assert agreed("trim", [(0, 3)], [(0, 3)], text="\r\n\u2003A\u00a0"[1:4]) == [[(2, 3)], [(2, 3)]]


@pytest.mark.parametrize("rule", BORDER_RULES)
def test_a_region_of_nothing_but_blanks_stays_as_it_is(rule: BorderRule) -> None:
    assert agreed(rule, [(0, 2)]) == [[(0, 2)]]


def test_only_punctuation_tells_from_trim() -> None:
    assert agreed("trim", [(10, 16)], [LADY]) == [[(10, 16)], [LADY]]
    assert agreed("punctuation", [(10, 16)], [LADY]) == [[LADY], [LADY]]


def test_the_border_that_most_gave_keeps_its_punctuation() -> None:
    assert agreed("punctuation", [MR], [MR], [(2, 4)]) == [[MR], [MR], [MR]]
    assert agreed("punctuation", [MR], [(2, 4)]) == [[(2, 4)], [(2, 4)]]


@pytest.mark.parametrize("rule", ["punctuation", "overlap"])
def test_a_region_of_nothing_but_punctuation_stays_as_it_is(rule: BorderRule) -> None:
    assert agreed(rule, [(10, 11)]) == [[(10, 11)]]


def test_regions_that_overlap_have_the_border_of_most_of_them() -> None:
    whole = (6, 25)
    assert agreed("overlap", [whole], [whole], [LOVELACE]) == [[whole], [whole], [whole]]
    assert agreed("overlap", [whole], [LOVELACE], [LOVELACE]) == [[LOVELACE]] * 3


def test_of_equally_frequent_borders_the_shorter_then_the_earlier_is_taken() -> None:
    assert agreed("overlap", [(6, 25)], [LOVELACE]) == [[LOVELACE], [LOVELACE]]
    assert agreed("overlap", [(11, 16)], [(10, 15)]) == [[(10, 15)], [(10, 15)]]


def test_regions_that_only_touch_are_two() -> None:
    assert agreed("overlap", [(0, 3)], [(3, 6)], text="abcdef") == [[(0, 3)], [(3, 6)]]


def test_regions_of_another_label_are_never_the_same() -> None:
    marked: list[list[Marked]] = [[(6, 25, "PER")], [(17, 25, "ORG")]]
    placed = agreed_borders(marked, TEXT, "overlap", lambda votes: votes == 2)
    assert [dict(each) for each in placed] == [
        {(6, 25, "PER"): (6, 25)},
        {(17, 25, "ORG"): (17, 25)},
    ]


def test_two_regions_of_one_annotator_never_become_one_by_overlap() -> None:
    split, whole = [ADA, LOVELACE], [(6, 25)]
    assert agreed("overlap", split, split, whole) == [split, split, [ADA]]
    first, second = agreed("overlap", [ADA, LOVELACE], [(6, 25)])
    assert first == [ADA, LOVELACE]
    assert second == [ADA]


def test_what_enough_marked_alike_is_not_taken_apart() -> None:
    # Three of five mark the long one, two the short one within it: the long one stays.
    long, short = (6, 25), ADA
    assert agreed("overlap", [long], [long], [long], [short], [short]) == [[long]] * 5


marks = st.lists(
    st.sets(st.tuples(st.integers(0, 10), st.integers(1, 4)), max_size=4), min_size=2, max_size=4
).map(lambda each: [[(start, start + long) for start, long in sorted(one)] for one in each])


@given(marks, st.sampled_from(BORDER_RULES))
@settings(deadline=None)
def test_what_trim_keeps_overlap_keeps_and_every_border_is_in_the_text(
    annotators: list[list[Border]], rule: BorderRule
) -> None:
    text = "a, b c. d (e) f"

    def kept(rule: BorderRule) -> int:
        found = [set(each) for each in agreed(rule, *annotators, text=text)]
        every = set().union(*found)
        return sum(enough(sum(b in each for each in found), len(found)) for b in every)

    assert kept("overlap") >= kept("trim")
    found = agreed(rule, *annotators, text=text)
    assert all(0 <= start < end <= len(text) for each in found for start, end in each)


@given(marks, st.sampled_from(BORDER_RULES), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_annotators_decides_nothing(
    annotators: list[list[Border]], rule: BorderRule, random: object
) -> None:
    order = list(range(len(annotators)))
    random.shuffle(order)  # type: ignore[attr-defined]
    turned = agreed(rule, *[annotators[n] for n in order], text="a, b c. d (e) f")
    straight = agreed(rule, *annotators, text="a, b c. d (e) f")
    assert turned == [straight[n] for n in order]


def test_a_pile_beyond_the_limit_is_compared_by_trim_and_takes_no_square_of_time() -> None:
    def seconds(number: int) -> float:
        one = [(n, 2 * number + n) for n in range(number)]
        began = time.process_time()
        found = agreed("overlap", one, [(1, 2 * number)], text="x" * 4 * number)
        taken = time.process_time() - began
        assert found[0] == one
        return taken

    assert MOST_PILED < 2_000
    few = min(seconds(2_000) for _ in range(3))
    many = min(seconds(20_000) for _ in range(3))
    assert many < 50 * max(few, 0.002)  # a square takes 100 times as long
