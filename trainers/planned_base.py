"""A base in 4 bits as a plan sees it: its shapes and bytes, without bitsandbytes and numbers."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from transformers.pytorch_utils import Conv1D

from trainers import quantisation

_BLOCK, _OUTER_BLOCK = 64, 256
"""Weights that share a scale, and scales that share one."""
_TABLES = 4 * (16 + 256 + 1)
"""Bytes a layer has beside: what 4 and 8 bits mean, and the mean of its scales."""


def stored_bytes(weights: int) -> int:
    """Bytes of a layer of so many weights: two a byte, and a scale of a byte for each block."""
    scales = -(-weights // _BLOCK)
    return -(-weights // 2) + scales + 4 * -(-scales // _OUTER_BLOCK) + _TABLES


class PlannedLinear4bit(nn.Linear):
    """Takes the memory of bitsandbytes' Linear4bit, forward and backward; computes nothing."""

    def __init__(self, layer: Any, compute: torch.dtype) -> None:
        transposed = isinstance(layer, Conv1D)
        rows, columns = layer.weight.shape[::-1] if transposed else layer.weight.shape
        super().__init__(columns, rows, bias=layer.bias is not None)
        stored = torch.empty(stored_bytes(rows * columns), dtype=torch.uint8)
        self.weight = nn.Parameter(stored, requires_grad=False)
        self.compute_dtype = compute

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Of the shape [..., out_features]."""
        shape = (self.out_features, self.in_features)
        read: torch.Tensor = _Dequantised.apply(input.to(self.compute_dtype), shape)  # type: ignore[no-untyped-call]
        return (read if self.bias is None else read + self.bias).to(input.dtype)


class _Dequantised(torch.autograd.Function):
    """A product with weights that are made for it, and made again for its gradient."""

    @staticmethod
    def forward(ctx: Any, input: torch.Tensor, shape: tuple[int, int]) -> torch.Tensor:
        ctx.shape = shape
        return nn.functional.linear(input, input.new_empty(shape))

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        return gradient @ gradient.new_empty(ctx.shape), None


def in_4bit(net: Any, compute: torch.dtype) -> Any:
    """The model with those layers that transformers loads in 4 bits replaced, and all frozen."""
    for name in quantisation.linear_names(net):
        net.set_submodule(name, PlannedLinear4bit(net.get_submodule(name), compute))
    return net.requires_grad_(False)
