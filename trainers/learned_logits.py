"""Scores of the vocabulary only where a label is learned: no others enter the loss.

The rows of the output head that nothing is learned on are left out before it multiplies, so that
what a model does with its scores afterwards (Gemma's soft cap, the scale of Cohere and Granite)
is done as ever, and an adapted head (peft) is the one that is asked. transformers' own way to say
so, `logits_to_keep`, is one that T5 lacks and that takes no mask before transformers 5.20.
"""

from __future__ import annotations

from typing import Any

import torch

from trainers.rows import IGNORED

LossParts = tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]


def scores(
    model: Any,
    inputs: dict[str, Any],
    labels: torch.Tensor,
    weights: torch.Tensor | None,
    places: torch.Tensor | None = None,
) -> LossParts:
    """Logits [1, learned, vocabulary], and labels and weights [1, learned] that belong to them.

    Where the head of a model is not asked for [batch, seq, width] at once, where it is compiled,
    and where all is learned, they are those of all tokens: [batch, seq, vocabulary]. `places` are
    the learned ones among the flattened labels, where the caller knows them.
    """
    head = _head(model)
    if places is None:
        places = labels.flatten().ne(IGNORED).nonzero().squeeze(1)
    if head is None or len(places) == labels.numel():
        return _logits(model, inputs), labels, weights

    def learned_alone(_: Any, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        hidden, *more = args
        if hidden.shape[:-1] != labels.shape:
            return None
        kept = hidden.flatten(0, 1).index_select(0, places.to(hidden.device))
        return kept.unsqueeze(0), *more

    with head.register_forward_pre_hook(learned_alone):
        logits = _logits(model, inputs)
    if logits.shape[:-1] == labels.shape:
        return logits, labels, weights
    kept = None if weights is None else weights.flatten()[places].unsqueeze(0)
    return logits, labels.flatten()[places].unsqueeze(0), kept


def _logits(model: Any, inputs: dict[str, Any]) -> torch.Tensor:
    logits: torch.Tensor = model(**inputs, use_cache=False).logits
    return logits


def _head(model: Any) -> torch.nn.Module | None:
    """The output head, within torch's DDP and peft's wrappers; None where it cannot be hooked."""
    inner = model.module if isinstance(model, torch.nn.parallel.DistributedDataParallel) else model
    if hasattr(inner, "_orig_mod"):  # compiled: a hook would be passed over without a word
        return None
    head = inner.get_output_embeddings()
    return head if isinstance(head, torch.nn.Module) else None
