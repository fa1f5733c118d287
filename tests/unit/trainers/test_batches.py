"""Batches by a budget of tokens: every row once, little padding, the same for the same seed."""

from __future__ import annotations

import random

from trainers.batches import Plan, token_budget

DICE = random.Random(0)  # noqa: S311  lengths, not secrets
LENGTHS = [min(max(int(DICE.lognormvariate(4.3, 0.7)), 10), 600) for _ in range(2000)]


def test_every_row_stands_in_one_batch() -> None:
    rows = [row for batch in token_budget(LENGTHS, 2000, "0") for row in batch]
    assert sorted(rows) == list(range(2000))


def test_no_batch_is_larger_than_the_budget() -> None:
    for batch in token_budget(LENGTHS, 2000, "0"):
        assert max(LENGTHS[r] for r in batch) * len(batch) <= 2000


def test_nine_tenths_of_the_tokens_are_real() -> None:
    padded = sum(
        max(LENGTHS[r] for r in batch) * len(batch) for batch in token_budget(LENGTHS, 2000, "0")
    )
    assert sum(LENGTHS) / padded > 0.9


def test_a_row_beyond_the_budget_is_a_batch_of_its_own() -> None:
    made = token_budget([50, 900, 50], 100, "0")
    assert sorted(sorted(batch) for batch in made) == [[0, 2], [1]]


def test_the_seed_decides_and_each_epoch_differs() -> None:
    first, again = Plan(LENGTHS, 2000, 2, 0), Plan(LENGTHS, 2000, 2, 0)
    assert list(first) == list(again)
    assert list(first) != list(Plan(LENGTHS, 2000, 2, 1))
    half = len(first) // 2
    assert first.batches[:half] != first.batches[half:]


def test_half_an_epoch_is_half_its_batches() -> None:
    whole = len(Plan(LENGTHS, 2000, 1, 0))
    assert len(Plan(LENGTHS, 2000, 0.5, 0)) == round(whole / 2)
    assert len(Plan(LENGTHS, 2000, 1.5, 0)) == whole + round(whole / 2)
