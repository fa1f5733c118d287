"""The loss: summed over tokens, divided by the real count of the whole optimiser step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch

from trainers.rows import IGNORED


def summed(
    logits: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor | None = None
) -> torch.Tensor:
    """Cross entropy of [batch, seq, vocabulary], summed over the tokens that count."""
    flat = logits.reshape(-1, logits.size(-1))
    flat = flat.to(torch.promote_types(flat.dtype, torch.float32))
    each = torch.nn.functional.cross_entropy(
        flat,
        labels.reshape(-1),
        ignore_index=IGNORED,
        reduction="sum" if weights is None else "none",
    )
    return each if weights is None else (each * weights.reshape(-1).to(each.dtype)).sum()


def counted(batch: Mapping[str, torch.Tensor]) -> float:
    """How many tokens a loss is taken on, each as much as its row weighs."""
    learned = batch["labels"].ne(IGNORED)
    weights = batch.get("weights")
    return float(learned.sum() if weights is None else weights[learned].sum())


def counted_all(batches: Iterable[Mapping[str, torch.Tensor]]) -> float:
    """The same for several batches."""
    return sum(counted(batch) for batch in batches)
