"""Batches by a budget of tokens: every row once, little padding, the same for the same seed."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from trainers.batches import BatchPlan, token_budget, useful

BUDGET = 2_000


def lengths(rows: int = 4_096, seed: int = 0) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Source (20 to 512, median 73) and target (2 to 128, median 22), as texts have them."""
    dice = np.random.default_rng(seed)
    first = dice.normal(size=rows)
    second = 0.5 * first + np.sqrt(0.75) * dice.normal(size=rows)
    source = np.clip(np.exp(np.log(73) + 0.85 * first), 20, 512)
    target = np.clip(np.exp(np.log(22) + 0.75 * second), 2, 128)
    return np.stack([source, target], axis=1).astype(np.int64)


LENGTHS = lengths()


@pytest.fixture(scope="module")
def batches() -> list[list[tuple[int, ...]]]:
    return token_budget(LENGTHS, BUDGET, "0")


def test_every_row_stands_in_one_batch(batches: list[list[tuple[int, ...]]]) -> None:
    assert sorted(row for batch in batches for (row,) in batch) == list(range(4_096))


def test_no_batch_is_larger_than_the_budget_on_both_sides(
    batches: list[list[tuple[int, ...]]],
) -> None:
    for batch in batches:
        sides = LENGTHS[[row for (row,) in batch]].max(axis=0)
        assert int(sides.sum()) * len(batch) <= BUDGET


def test_nine_tenths_of_the_tokens_are_real_with_the_targets_padding_counted(
    batches: list[list[tuple[int, ...]]],
) -> None:
    assert useful(batches, LENGTHS) > 0.9


def test_rows_of_one_side_are_mixed_so_that_batches_of_like_labels_are_rare() -> None:
    """Sorted as a whole, the longest rows of an epoch stood in its last batches and no other."""
    one = LENGTHS.sum(axis=1, keepdims=True)
    made = token_budget(one, BUDGET, "0")
    longest = {int(row) for row in np.argsort(one[:, 0])[-400:]}
    shares = [sum(row in longest for (row,) in batch) / len(batch) for batch in made]
    assert useful(made, one) > 0.85
    assert sum(0 < share < 1 for share in shares) > 20
    assert sorted(row for batch in made for (row,) in batch) == list(range(4_096))


def test_few_rows_are_not_sorted_so_that_each_batch_has_what_all_have() -> None:
    """Where length says the label, five sorted batches would each teach one label alone."""
    one = np.array([[20 + 30 * (n % 4)] for n in range(40)])
    for epoch in range(20):
        made = token_budget(one, 520, f"0:{epoch}")
        kinds = [len({row % 4 for (row,) in batch}) for batch in made]
        assert sum(kind > 1 for kind in kinds) >= len(made) - 1


def test_a_row_beyond_the_budget_is_a_batch_of_its_own() -> None:
    made = token_budget(np.array([[50], [900], [50]]), 100, "0")
    assert sorted(sorted(batch) for batch in made) == [[(0,), (2,)], [(1,)]]


def test_no_rows_are_no_batches() -> None:
    assert token_budget(np.zeros((0, 2), dtype=np.int64), 100, "0") == []


def plan(epochs: float, seed: int, **more: int) -> BatchPlan:
    return BatchPlan(partial(token_budget, LENGTHS, BUDGET), epochs, seed, **more)


def test_the_seed_decides_and_each_epoch_differs() -> None:
    first, again = plan(2, 0), plan(2, 0)
    assert first.whole == again.whole
    assert first.whole != plan(2, 1).whole
    half = len(first) // 2
    assert first.whole[:half] != first.whole[half:]


def test_rows_of_like_length_meet_others_in_the_next_epoch() -> None:
    def neighbours(epoch: str) -> set[frozenset[tuple[int, ...]]]:
        return {frozenset(batch) for batch in token_budget(LENGTHS, BUDGET, epoch)}

    first = neighbours("0:0")
    assert len(first & neighbours("0:1")) < len(first) / 10


def test_half_an_epoch_is_half_its_batches() -> None:
    whole = len(plan(1, 0))
    assert len(plan(0.5, 0)) == round(whole / 2)


@pytest.mark.parametrize("ranks", [2, 3])
def test_ranks_share_the_batches_and_take_as_many_each(ranks: int) -> None:
    shares = [plan(1, 0, ranks=ranks, rank=rank) for rank in range(ranks)]
    assert len({len(share) for share in shares}) == 1
    taken = [line for share in shares for batch in share for line in batch]
    assert sorted(taken) == [(row,) for row in range(4_096)]


def test_two_ranks_and_one_rank_that_gathers_two_batches_take_the_same_steps() -> None:
    alone, together = plan(1, 0, accumulate=2), plan(1, 0, ranks=2)
    assert alone.steps == together.steps
    assert alone.step(3) == together.step(3)
