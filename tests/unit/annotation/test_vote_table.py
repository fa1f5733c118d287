"""Votes as arrays: alike ones together, the same for any order, and in blocks of any size."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from dataprep.annotation.dawid_skene import fit_dawid_skene
from dataprep.annotation.mace import fit_mace
from dataprep.annotation.vote_table import VoteCounts, VoteTable, joined
from tests.unit.annotation.simulated_votes import simulated


def table_of(*questions: list[tuple[str, str]]) -> VoteTable:
    counts = VoteCounts()
    for votes in questions:
        counts.add(votes)
    return counts.table()


def written(table: VoteTable) -> tuple[object, ...]:
    return (
        table.annotators,
        table.labels,
        *(a.tolist() for a in (table.annotator, table.label, table.first, table.weight)),
    )


def test_questions_that_are_answered_alike_are_one_row_with_a_weight() -> None:
    table = table_of(
        [("ben", "y"), ("ann", "x")], [("ann", "x"), ("ben", "y")], [("ann", "y"), ("cid", "y")]
    )
    assert written(table) == (
        ("ann", "ben", "cid"),
        ("x", "y"),
        [0, 1, 0, 2],
        [0, 1, 1, 1],
        [0, 2, 4],
        [2.0, 1.0],
    )
    assert table.votes == 6


def test_annotators_without_a_name_may_vote_twice_on_one_question() -> None:
    table = table_of([("", "x"), ("", "x"), ("", "y")])
    assert written(table)[2:] == ([0, 0, 0], [0, 0, 1], [0, 3], [1.0])


def test_the_order_of_the_annotators_never_shows() -> None:
    votes = [("ann", "x"), ("ben", "y"), ("cid", "x")]
    other = [("cid", "z"), ("ann", "x")]
    tables = {str(written(table_of(list(one), other))) for one in permutations(votes)}
    assert len(tables) == 1


def test_tables_of_several_shares_are_joined_by_name() -> None:
    one = table_of([("ben", "y"), ("zoe", "x")])
    other = table_of([("zoe", "a"), ("ann", "y")])
    assert written(joined([one, other])) == (
        ("ann", "ben", "zoe"),
        ("a", "x", "y"),
        [1, 2, 0, 2],
        [2, 1, 2, 0],
        [0, 2, 4],
        [1.0, 1.0],
    )


@pytest.mark.parametrize("cells", [1, 7, 100, 1 << 21])
def test_blocks_hold_every_row_once_in_any_size(cells: int) -> None:
    table = simulated(50, (0.5,) * 6).table()
    blocks = list(table.blocks(cells))
    assert np.concatenate([b.weight for b in blocks]).tolist() == table.weight.tolist()
    assert np.concatenate([b.annotator for b in blocks]).tolist() == table.annotator.tolist()
    lengths = np.concatenate([np.bincount(b.row, minlength=b.rows) for b in blocks])
    assert lengths.tolist() == np.diff(table.first).tolist()
    assert all(
        b.first.tolist() == np.flatnonzero(np.diff(b.row, prepend=-1)).tolist() for b in blocks
    )


def test_a_weight_counts_like_so_many_questions() -> None:
    case = simulated(40, (0.3, 0.6, 0.9), each=(2, 3))
    once, thrice = VoteCounts(), VoteCounts()
    for votes in case.votes:
        once.add(votes, 3)
        for _ in range(3):
            thrice.add(votes)
    assert written(once.table()) == written(thrice.table())


def test_fits_are_the_same_to_the_bit_whatever_the_order_within_a_question() -> None:
    case = simulated(200, (0.3, 0.6, 0.9, 0.5), each=(2, 4))
    turned = case._replace(votes=[votes[::-1] for votes in case.votes])
    tables = case.table(), turned.table()
    errors = [fit_dawid_skene(table).errors.tobytes() for table in tables]
    habits = [fit_mace(table, restarts=3).habit.tobytes() for table in tables]
    assert errors[0] == errors[1]
    assert habits[0] == habits[1]
