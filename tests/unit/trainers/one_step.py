"""One optimiser step over the same rows, cut into batches, micro-batches and ranks at will.

Run by torchrun it does the step on two ranks, and the first writes what came out of it.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PrinterCallback,
    T5Config,
    T5ForConditionalGeneration,
    TrainingArguments,
)

from trainers import packing, tensors
from trainers.batches import BatchPlan, LineBatch
from trainers.loop import Course, ExactTrainer
from trainers.rows import IGNORED, TokenRow

VOCABULARY = 120
SOURCES = (5, 31, 12, 47, 8, 23, 64, 17)
TARGETS = (3, 40, 2, 9, 21, 5, 14, 30)


def rows(family: str) -> list[TokenRow]:
    """Eight rows whose targets have from 2 to 40 tokens."""
    dice = np.random.default_rng(0)
    made = []
    for source, target in zip(SOURCES, TARGETS, strict=True):
        ids, labels = dice.integers(3, VOCABULARY, source), dice.integers(3, VOCABULARY, target)
        if family == "causal":
            masked = np.concatenate([np.full(source, IGNORED), labels])
            made.append(TokenRow(np.concatenate([ids, labels]), masked, 1.0))
        else:
            made.append(TokenRow(ids, labels, 1.0))
    return made


class Held(torch.utils.data.Dataset[Any]):
    """The rows by their line, as the trainers' own Rows gives them."""

    def __init__(self, family: str) -> None:
        self.rows = rows(family)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, line: tuple[int, ...]) -> list[TokenRow]:
        return [self.rows[n] for n in line]


def model(family: str, attention: str = "sdpa", dtype: torch.dtype = torch.float64) -> Any:
    """A random model whose relative bias is large, so that a wrong position would show."""
    torch.manual_seed(0)
    if family == "causal":
        made: Any = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=VOCABULARY,
                hidden_size=48,
                intermediate_size=64,
                num_hidden_layers=3,
                num_attention_heads=4,
                num_key_value_heads=2,
                attn_implementation=attention,
            )
        )
    else:
        shape: dict[str, Any] = {"d_model": 48, "d_kv": 12, "d_ff": 64, "num_heads": 4}
        made = T5ForConditionalGeneration(
            T5Config(
                vocab_size=VOCABULARY,
                num_layers=3,
                decoder_start_token_id=0,
                dropout_rate=0.0,
                attn_implementation=attention,
                **shape,
            )
        )
        for name, weights in made.named_parameters():
            if "relative_attention_bias" in name:
                torch.nn.init.normal_(weights, std=2.0)
        packing.accept_masks(made)
    return made.to(dtype)


def collate(family: str, **more: Any) -> Any:
    """How lines of that family become tensors."""
    if family == "causal":
        return partial(tensors.sequences, pad=0, **more)
    return partial(tensors.pairs, pad=0, start=0, **more)


def cut(size: int) -> list[LineBatch]:
    """The eight rows in batches of that size."""
    return [[(n,) for n in range(at, min(at + size, 8))] for at in range(0, 8, size)]


def step(
    family: str, batches: list[LineBatch], out: Path, *, packed: bool = False, **more: Any
) -> tuple[float, torch.Tensor]:
    """Loss and gradient of one step that holds all the batches, shared out over the ranks."""
    arguments: dict[str, Any] = {
        "output_dir": str(out),
        "max_grad_norm": 0,
        "use_cpu": True,
        "report_to": "none",
        "disable_tqdm": True,
        "save_strategy": "no",
        "remove_unused_columns": False,
        "logging_steps": 1,
        "num_train_epochs": 1,
        **more,
    }
    ranks = int(arguments.pop("ranks", 1))
    rank = int(arguments.pop("rank", 0))
    accumulate = -(-len(batches) // ranks)
    net = model(family)
    held: list[torch.Tensor] = []

    class Stopped(torch.optim.SGD):
        def step(self, closure: Any = None) -> None:  # type: ignore[override]
            found = [p.grad for group in self.param_groups for p in group["params"]]
            whole = [
                g.full_tensor() if hasattr(g, "full_tensor") else g for g in found if g is not None
            ]
            held.append(torch.cat([g.flatten() for g in whole]))

    plan = BatchPlan(lambda _: batches, 1, 0, ranks=ranks, rank=rank, accumulate=accumulate)
    trainer = ExactTrainer(
        model=net,
        args=TrainingArguments(gradient_accumulation_steps=accumulate, **arguments),
        train_dataset=Held(family),
    )
    trainer.remove_callback(PrinterCallback)
    trainer.follow(
        Course(
            plan=plan,
            collate=collate(family, packed=packed),
            optimiser=lambda parameters: Stopped(parameters, lr=0.1),
        )
    )
    loss = trainer.train().training_loss
    return float(loss), held[0]


def main() -> None:
    """family, way (ddp or fsdp), folder: as one of two ranks."""
    import os

    family, way, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    rank = int(os.environ["RANK"])
    more: dict[str, Any] = {"ranks": 2, "rank": rank, "ddp_backend": "gloo"}
    more["ddp_find_unused_parameters"] = False
    if way == "fsdp":
        more |= {"fsdp": True, "fsdp_config": {"version": 2}}
    loss, gradient = step(family, cut(3), folder, **more)
    if rank == 0:
        torch.save({"loss": loss, "gradient": gradient}, folder / f"{family}-{way}.pt")


if __name__ == "__main__":
    main()
