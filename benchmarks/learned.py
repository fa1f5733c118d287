"""Scores of the vocabulary on learned tokens alone against those of all tokens, at 128k words.

Forward and backward of the same batches of the same new model, in turns, in one process; time is
that of the processor, and memory the peak of the process above what it holds before a step.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from new_models import new_llama, new_t5
from numpy.typing import NDArray

VOCABULARY = 128_256
"""That of Llama 3."""
BUDGET = 1_500

Pairs = list[tuple[NDArray[np.int64], NDArray[np.int64]]]
TakeLoss = Callable[[Any, dict[str, Any]], torch.Tensor]


def of_all(net: Any, inputs: dict[str, Any]) -> torch.Tensor:
    """The loss by the scores of every token, as transformers' own models take it."""
    from trainers import loss

    labels = inputs.pop("labels")
    return loss.summed(net(**inputs, use_cache=False).logits, labels)


def table(pairs: Pairs, options: argparse.Namespace) -> None:
    """Print time and memory of either way, a line for each family."""
    from trainers.loop import summed_loss

    print(f"\nVocabulary of {VOCABULARY:,}, hidden size {options.width}, 8 layers, fp32\n")
    print("| model | learned | s a step, all | learned alone | ratio | peak, all | learned alone |")
    print("|---|---|---|---|---|---|---|")
    for name in ("LLaMA", "T5"):
        net, batches, share = _made(name, pairs, options)
        ways: dict[str, TakeLoss] = {"all": of_all, "learned": summed_loss}
        seconds: dict[str, list[float]] = {way: [] for way in ways}
        peaks: dict[str, list[int]] = {way: [] for way in ways}
        for batch in batches:
            for way, take in ways.items():
                spent, peak = _step(net, dict(batch), take)
                seconds[way].append(spent)
                peaks[way].append(peak)
        one, other = (statistics.median(seconds[way][1:]) for way in ways)
        least, most = (max(peaks[way]) / 1e6 for way in ("learned", "all"))
        print(
            f"| {name} | {share:.0%} | {one:.1f} | {other:.1f} | {one / other:.2f}x | "
            f"{most:,.0f} MB | {least:,.0f} MB |"
        )
        if name == "LLaMA":
            print(f"expected of a causal model: at least 1.2x, found {one / other:.2f}x")


def _made(
    name: str, pairs: Pairs, options: argparse.Namespace
) -> tuple[Any, list[dict[str, torch.Tensor]], float]:
    """A model, its batches, and the share of their places that are learned."""
    from trainers import tensors
    from trainers.batches import token_budget
    from trainers.rows import IGNORED, TokenRow

    if name == "T5":
        rows = [TokenRow(s, t, 1.0) for s, t in pairs]
        lengths = np.array([[len(s), len(t)] for s, t in pairs])
    else:
        rows = [
            TokenRow(np.concatenate(p), np.concatenate([np.full(len(p[0]), IGNORED), p[1]]), 1.0)
            for p in pairs
        ]
        lengths = np.array([[len(row.source)] for row in rows])
    batches = token_budget(lengths, BUDGET, "0")[: options.steps + 1]
    held = [[[rows[n] for n in line] for line in batch] for batch in batches]
    if name == "T5":
        net = new_t5(options.width, VOCABULARY)
        made = [tensors.pairs(lines, pad=0, start=0, packed=False) for lines in held]
    else:
        net = new_llama(options.width, VOCABULARY)
        made = [tensors.sequences(lines, pad=0, packed=False) for lines in held]
    for parameter in net.parameters():
        parameter.grad = torch.zeros_like(parameter)
    learned = sum(int((batch["labels"] != IGNORED).sum()) for batch in made)
    return net, made, learned / sum(batch["labels"].numel() for batch in made)


def _step(net: Any, batch: dict[str, Any], take: TakeLoss) -> tuple[float, int]:
    """Seconds and bytes of one forward and backward."""
    net.zero_grad(set_to_none=False)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before, start = _status("VmRSS"), time.process_time()
    take(net, batch).backward()
    return time.process_time() - start, _status("VmHWM") - before


def _status(key: str) -> int:
    """Bytes that Linux counts for this process under a key."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key))
