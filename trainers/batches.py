"""Batches that waste little: a budget of tokens over source and target, shuffled by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

_NEAR = 8
"""Lengths that differ by less share a bucket, in which the order is by chance."""


class Plan:
    """The batches of a whole training run in their order, as row numbers.

    `epochs` may be a fraction. Known before the first step, so a run can say how long it is,
    and the same seed gives the same run.
    """

    def __init__(self, lengths: Sequence[int], budget: int, epochs: float, seed: int) -> None:
        self.batches: list[list[int]] = []
        whole, part = divmod(epochs, 1)
        for epoch in range(int(whole) + bool(part)):
            made = token_budget(lengths, budget, f"{seed}:{epoch}")
            take = len(made) if epoch < whole else max(round(part * len(made)), 1)
            self.batches += made[:take]

    def __iter__(self) -> Iterator[list[int]]:
        return iter(self.batches)

    def __len__(self) -> int:
        return len(self.batches)


def token_budget(lengths: Sequence[int], budget: int, seed: str) -> list[list[int]]:
    """Each row once, rows of like length together, at most `budget` tokens with padding.

    A row that is longer than the budget is a batch of its own.
    """
    dice = random.Random(seed)  # noqa: S311  an order, not a secret
    order = list(range(len(lengths)))
    dice.shuffle(order)
    order.sort(key=lambda row: lengths[row] // _NEAR)
    made: list[list[int]] = []
    batch: list[int] = []
    longest = 0
    for row in order:
        longest = max(longest, lengths[row])
        if batch and longest * (len(batch) + 1) > budget:
            made.append(batch)
            batch, longest = [], lengths[row]
        batch.append(row)
    if batch:
        made.append(batch)
    dice.shuffle(made)
    return made
