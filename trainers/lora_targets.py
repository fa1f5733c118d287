"""What of a model adapters can stand on, by full names: linear layers, experts and routers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn
from transformers.pytorch_utils import Conv1D

LINEAR = (nn.Linear, Conv1D)
_EXPERTS = 3
"""Dimensions of a parameter that holds the weights of several experts."""


@dataclass(frozen=True, slots=True)
class LoraTargets:
    """What can be adapted in a model, by its full name: linear layers, experts and routers."""

    linear: tuple[str, ...]
    experts: tuple[str, ...]
    routers: tuple[str, ...]
    """Parameters that choose the experts: adapted only where they are named."""

    @property
    def names(self) -> tuple[str, ...]:
        """The last part of each name, as --lora-targets takes it."""
        of_routers = (name.removesuffix(".weight") for name in self.routers)
        return tuple(sorted({leaf(n) for n in (*self.linear, *self.experts, *of_routers)}))


def targets_of(net: Any) -> LoraTargets:
    """What of a model can be adapted: of one that also sees or hears, the part that reads text.

    The head is left out: in many models it is the embeddings, which a merge would change too.
    """
    linear, experts, routers = [], [], []
    inside = _text_part(net)
    head = net.get_output_embeddings()
    heads = {id(part) for part in head.modules()} if head is not None else set()
    for name, module in net.named_modules():
        if id(module) in heads or not inside(name):
            continue
        if isinstance(module, LINEAR) and not is_router(module):
            linear.append(name)
            continue
        for own, weights in module.named_parameters(recurse=False):
            if weights.dim() == _EXPERTS and not isinstance(module, nn.modules.conv._ConvNd):
                experts.append(f"{name}.{own}")
            elif own == "weight" and weights.dim() == 2 and not isinstance(module, nn.Embedding):
                routers.append(f"{name}.{own}")
    return LoraTargets(tuple(linear), tuple(experts), tuple(routers))


def _text_part(net: Any) -> Callable[[str], bool]:
    """Whether a name lies in the part of a model that reads text."""
    config = net.config
    if config.get_text_config() is config or config.is_encoder_decoder:
        return lambda name: not any(part in _SENSES for part in name.split("."))
    text = net.get_decoder()
    prefix = next((name for name, module in net.named_modules() if module is text), "")
    return lambda name: name == prefix or name.startswith(f"{prefix}." if prefix else "")


_SENSES = ("vision_tower", "vision_model", "multi_modal_projector", "audio_tower")
"""Parts of encoders for pictures and sound."""


def is_router(module: nn.Module) -> bool:
    """Whether a linear layer of transformers answers with more than one tensor (Llama 4)."""
    kind = type(module)
    own = kind.__module__.startswith("transformers.models.")
    return own and issubclass(kind, nn.Linear) and kind.forward is not nn.Linear.forward


def leaf(name: str) -> str:
    """The last part of a full name."""
    return name.rsplit(".", 1)[-1]
