"""Several examples in one line of a batch, so that nothing is padded, and no example sees another.

For a causal model positions that begin anew are enough: transformers makes a block mask of them
where no attention mask is given. T5 needs three masks (encoder, decoder, and between the two);
its forward has a place for two of them, and `accept_masks` makes one for the third.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from dataprep.finding import UsageError
from trainers.batches import Line, LineBatch, LineLengths

CROSS_MASK = "packed_cross_mask"


def pack(lengths: LineLengths, widths: Sequence[int], lines: int, seed: str) -> list[LineBatch]:
    """Each row once, in lines of at most `widths` tokens a side, so many lines to a batch.

    Best fit, longest first: on the first side exactly, where several lines fit as well the one
    that is fullest. Source: Ding et al. 2024, "Fewer Truncations Improve Language Modeling".
    """
    chance = np.random.default_rng([ord(c) for c in seed])
    blurred = lengths.sum(axis=1) + chance.random(len(lengths))
    order = np.argsort(-blurred, kind="stable").tolist()
    packed = _best_fit(lengths, order, tuple(widths))
    places = chance.permutation(len(packed)).tolist()
    shuffled = [tuple(chance.permutation(packed[p]).tolist()) for p in places]
    return [shuffled[at : at + lines] for at in range(0, len(shuffled), lines)]


def _best_fit(lengths: LineLengths, order: list[int], widths: tuple[int, ...]) -> list[list[int]]:
    made: list[list[int]] = []
    open_: list[tuple[int, ...]] = []  # what is free on each side, and the line, sorted
    for row, sizes in zip(order, lengths[order].tolist(), strict=True):
        at = bisect.bisect_left(open_, (sizes[0],))
        while at < len(open_) and any(
            free < size for free, size in zip(open_[at], sizes, strict=False)
        ):
            at += 1
        if at < len(open_):
            *free, line = open_.pop(at)
        else:
            free, line = list(widths), len(made)
            made.append([])
        made[line].append(row)
        left = [f - s for f, s in zip(free, sizes, strict=True)]
        if min(left) > 0:
            bisect.insort(open_, (*left, line))
    return made


def widths_for(lengths: LineLengths, width: int | None) -> tuple[int, ...]:
    """How wide the lines are, a side: `width` for the first, and what then fits for the second.

    Raises UsageError when the longest row does not fit.
    """
    longest = lengths.max(axis=0).tolist()
    first = width or max(_rounded(longest[0]), _FEWEST)
    if first < longest[0]:
        raise UsageError(
            f"The longest row has {longest[0]} tokens, and a packed line holds {first}.",
            f"Use --pack-width {_rounded(longest[0])}, or convert with a lower limit.",
        )
    if len(longest) == 1:
        return (first,)
    share = first * lengths[:, 1].sum() / lengths[:, 0].sum()
    return first, max(_rounded(int(share)), _rounded(longest[1]))


_FEWEST = 512


def lines_of(batch_tokens: int, widths: tuple[int, ...]) -> int:
    """How many packed lines a batch of so many tokens holds, at least one."""
    return max(batch_tokens // sum(widths), 1)


def _rounded(length: int) -> int:
    return -(-length // 16) * 16


def block_masks(inputs: dict[str, Any], dtype: torch.dtype) -> dict[str, Any]:
    """The inputs with masks for T5 in the place of `segments` and `decoder_segments`.

    Additive floats [batch, 1, queries, keys]: T5's eager attention would add booleans as 0 and 1,
    without an error. Segment 0 is padding.
    """
    source, target = inputs.pop("segments"), inputs.pop("decoder_segments")
    same = source[:, None, :, None] == source[:, None, None, :]
    own = target[:, None, :, None] == target[:, None, None, :]
    cross = target[:, None, :, None] == source[:, None, None, :]
    cross |= (target == 0)[:, None, :, None]  # padding sees all: no softmax may be empty
    return {
        **inputs,
        "attention_mask": _additive(same, dtype),
        "decoder_attention_mask": _additive(own.tril(), dtype),
        CROSS_MASK: _additive(cross, dtype),
    }


def _additive(allowed: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    nothing = torch.zeros((), dtype=dtype, device=allowed.device)
    return torch.where(allowed, nothing, torch.finfo(dtype).min / 2)


def accept_masks(net: Any) -> None:
    """Let a T5 take CROSS_MASK: its decoder uses it for what it sees of the encoder."""

    def encoder(_: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        kwargs.pop(CROSS_MASK, None)
        return args, kwargs

    def decoder(_: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        if (mask := kwargs.pop(CROSS_MASK, None)) is not None:
            kwargs["encoder_attention_mask"] = mask
        return args, kwargs

    net.get_encoder().register_forward_pre_hook(encoder, with_kwargs=True)
    net.get_decoder().register_forward_pre_hook(decoder, with_kwargs=True)


def first_lines(lengths: LineLengths, count: int = 3) -> Line:
    """A few rows of middling length, to try a packing on."""
    order = np.argsort(lengths.sum(axis=1), kind="stable")
    middle = order[len(order) // 2 :][:count]
    return tuple(middle.tolist())
