"""What the optimisers of both families share: which parameters decay."""

from __future__ import annotations

from typing import Any

import torch

ParameterGroups = list[dict[str, Any]]


def decayed(parameters: list[torch.nn.Parameter], weight_decay: float) -> ParameterGroups:
    """The parameters for an optimiser: matrices decay, vectors (biases and norms) do not."""
    if not weight_decay:
        return [{"params": parameters, "weight_decay": 0.0}]
    groups = [
        {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]
