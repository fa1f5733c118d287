"""Packing: every row once, lines that are full, and a model that does not fit it is refused."""

from __future__ import annotations

import numpy as np
import pytest

from dataprep.finding import UsageError
from trainers.batches import useful
from trainers.packing import pack, widths_for

DICE = np.random.default_rng(0)
LENGTHS = np.clip(DICE.lognormal(4.43, 0.6, (20_000, 1)), 8, 400).astype(np.int64)


def test_lines_of_one_side_are_full_to_the_hundredth() -> None:
    batches = pack(LENGTHS, (512,), 4, "0")
    held = sum(LENGTHS[list(line)].sum() for batch in batches for line in batch)
    lines = sum(len(batch) for batch in batches)
    assert held / (lines * 512) > 0.99
    assert useful(batches, LENGTHS) > 0.99


def test_every_row_stands_in_one_line_and_no_line_is_too_long() -> None:
    batches = pack(LENGTHS, (512,), 4, "0")
    lines = [line for batch in batches for line in batch]
    assert sorted(row for line in lines for row in line) == list(range(20_000))
    assert max(int(LENGTHS[list(line)].sum()) for line in lines) <= 512


def test_both_sides_of_a_line_fit() -> None:
    both = np.concatenate([LENGTHS, LENGTHS // 4 + 1], axis=1)[:2_000]
    lines = [line for batch in pack(both, (512, 160), 2, "0") for line in batch]
    sums = np.array([both[list(line)].sum(axis=0) for line in lines])
    assert (sums <= (512, 160)).all()
    assert sums.sum() / (len(lines) * 672) > 0.9


def test_the_seed_decides_who_shares_a_line() -> None:
    assert pack(LENGTHS, (512,), 4, "0") == pack(LENGTHS, (512,), 4, "0")
    assert pack(LENGTHS, (512,), 4, "0") != pack(LENGTHS, (512,), 4, "1")


def test_a_row_that_is_longer_than_a_line_is_refused_with_the_length_that_fits() -> None:
    with pytest.raises(UsageError, match="longest row has 1000 tokens") as error:
        widths_for(np.array([[1000]]), 512)
    assert "--pack-width 1008" in error.value.remedy
