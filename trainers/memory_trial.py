"""Into how many parts a batch is cut to fit the memory: found by trying, before training begins.

A step learns from the same examples however its batches are cut, for the loss is summed over its
tokens: what is learned does not depend on the machine. On a processor the trial sees what the
system refuses (a limit of the process); where it promises more than it has, it does not.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import torch

from dataprep.finding import EnvironmentProblem
from trainers.batches import BatchPlan, LineBatch, LineLengths, padded_tokens

TryBatch = Callable[[LineBatch], None]
"""Forward and backward of a batch; raises what a full memory raises."""

_REFUSED = ("can't allocate memory", "not enough memory", "bad_alloc")
"""What torch says where the system refuses memory for the processor."""


def parts_that_fit(
    plan: Callable[[int], BatchPlan], lengths: LineLengths, try_batch: TryBatch
) -> int:
    """The least power of 2 such that batches in so many parts fit.

    `plan` makes the plan of a run whose batches are cut into so many parts. Raises
    EnvironmentProblem where one line alone does not fit.
    """
    parts = 1
    while True:
        heaviest = _heaviest(plan(parts), lengths)
        failed = next((batch for batch in heaviest if not _goes_through(try_batch, batch)), None)
        if failed is None:
            return parts
        if len(failed) == 1:
            tokens = padded_tokens(failed, lengths)
            raise EnvironmentProblem(
                f"The memory is too small for one line of {tokens:,} tokens.",
                "Try --activation-checkpointing, --lora, a smaller model, or rows of fewer tokens:"
                " a lower --pack-width, or convert with a lower --max-length.",
            )
        parts *= 2


def _heaviest(plan: BatchPlan, lengths: LineLengths) -> list[LineBatch]:
    """The batch with the most tokens, and the one with the longest line."""
    batches = [batch for batch in plan.whole if batch]
    by_tokens = max(batches, key=lambda batch: padded_tokens(batch, lengths))
    by_line = max(batches, key=lambda batch: padded_tokens(batch, lengths) / len(batch))
    return [by_tokens] if by_line == by_tokens else [by_tokens, by_line]


def _goes_through(try_batch: TryBatch, batch: LineBatch) -> bool:
    try:
        try_batch(batch)
    except (torch.OutOfMemoryError, RuntimeError, MemoryError) as error:
        if not is_memory(error):
            raise
    else:
        return True
    gc.collect()  # what the failed batch held, now that no error holds it
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return False


def is_memory(error: BaseException) -> bool:
    """Whether an error says that the memory is full."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return any(sign in str(error) for sign in _REFUSED)


@contextmanager
def rehearsal(
    net: Any, state_sizes: Sequence[int], *, checkpointing: bool, dtype: torch.dtype | None
) -> Iterator[None]:
    """The model as in training, with room for the state of its optimiser; afterwards as it was.

    `state_sizes` are bytes, parameter by parameter. `dtype` is that of autocast. Random numbers are
    given back, so that dropout goes on as it would.
    """
    device, was = net.device, net.training
    trained = [p for p in net.parameters() if p.requires_grad]
    net.train()
    if checkpointing:
        net.activation_checkpointing_enable()
    cast = torch.autocast(device.type, dtype=dtype) if dtype is not None else nullcontext()
    state: list[torch.Tensor] = []
    try:
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []), cast:
            state = [torch.zeros(n, dtype=torch.uint8, device=device) for n in state_sizes]
            yield
    finally:
        state.clear()
        for parameter in trained:
            parameter.grad = None
        if checkpointing:
            net.activation_checkpointing_disable()
        net.train(was)
