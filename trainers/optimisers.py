"""The optimisers of both families: which parameters decay, and what each keeps of a parameter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from transformers import Adafactor

from trainers import quantisation
from trainers.options import OptimiserName

ParameterGroups = list[dict[str, Any]]
_LEAST, _BLOCK = 4096, 256
"""bitsandbytes: values from which a parameter's state has 8 bits; values that share a scale."""
_SHARED = 2 * 256 * 4
"""Bytes of its two tables of what 8 bits mean, once for all parameters."""


@dataclass(frozen=True, slots=True)
class OptimiserSettings:
    """An optimiser with its rate; `betas` are AdamW's.

    With `relative` the steps of Adafactor are relative to the size of a parameter, so that T5's
    embeddings, which start at 1, learn like the rest. Source: Raffel et al. 2020, 3.1.2.
    """

    name: OptimiserName
    rate: float
    weight_decay: float = 0.0
    betas: tuple[float, float] = (0.9, 0.999)
    relative: bool = False

    def make(self, net: Any, parameters: list[torch.nn.Parameter]) -> torch.optim.Optimizer:
        """The optimiser for those parameters of `net` that learn."""
        groups = decayed(parameters, self.weight_decay)
        if self.name == "adamw_torch":
            return torch.optim.AdamW(groups, lr=self.rate, betas=self.betas)
        if self.name == "adamw_8bit":
            return _adamw_8bit(groups, self.rate, self.betas, _embeddings(net))
        made: torch.optim.Optimizer = Adafactor(  # type: ignore[no-untyped-call]
            groups, lr=self.rate, scale_parameter=self.relative, relative_step=False
        )
        return made


def decayed(parameters: list[torch.nn.Parameter], weight_decay: float) -> ParameterGroups:
    """The parameters for an optimiser: matrices decay, vectors (biases and norms) do not."""
    if not weight_decay:
        return [{"params": parameters, "weight_decay": 0.0}]
    groups = [
        {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]


def state_sizes(name: OptimiserName, net: Any) -> list[int]:
    """Bytes that an optimiser keeps of each parameter that learns, and once for all of them."""
    whole = {id(parameter) for parameter in _embeddings(net)}
    trained = [p for p in net.parameters() if p.requires_grad]
    if name == "adamw_torch":
        return [2 * 4 * p.numel() for p in trained]
    if name == "adafactor":
        return [4 * _factors(p.shape) for p in trained]
    halved = [id(p) not in whole and p.numel() >= _LEAST for p in trained]
    sizes = [
        2 * (p.numel() + 4 * -(-p.numel() // _BLOCK)) if eight else 2 * 4 * p.numel()
        for p, eight in zip(trained, halved, strict=True)
    ]
    return [*sizes, _SHARED] if any(halved) else sizes


def _factors(shape: torch.Size) -> int:
    """What Adafactor keeps: the means of rows and of columns; of a vector all of it."""
    if len(shape) < 2:
        return shape.numel()
    return shape[:-1].numel() + (shape[:-2] + shape[-1:]).numel()


def _adamw_8bit(
    groups: ParameterGroups,
    rate: float,
    betas: tuple[float, float],
    embeddings: list[torch.nn.Parameter],
) -> torch.optim.Optimizer:
    """AdamW whose state has 8 bits, but that of embeddings, as transformers' Trainer has it.

    Source: Dettmers et al., 8-bit Optimizers via Block-wise Quantization, 2022.
    """
    from bitsandbytes.optim import AdamW8bit, GlobalOptimManager

    quantisation.refuse_broken()
    made: Any = AdamW8bit(groups, lr=rate, betas=betas)
    # Its own: that of the process knows parameters by id(), after they are gone too.
    made.mng = GlobalOptimManager.__new__(GlobalOptimManager)
    made.mng.initialize()
    made.mng.override_config(embeddings, "optim_bits", 32)
    optimiser: torch.optim.Optimizer = made
    return optimiser


def _embeddings(net: Any) -> list[torch.nn.Parameter]:
    parts = [module for module in net.modules() if isinstance(module, torch.nn.Embedding)]
    return [parameter for module in parts for parameter in module.parameters(recurse=False)]
