"""QLoRA: a base whose linear layers stand in 4 bits, and are read by adapters that learn.

NF4 in blocks of 64 values, whose scales are quantised in their turn; embeddings, head and norms
are left as they are. Source: Dettmers et al., QLoRA: Efficient Finetuning of Quantized LLMs, 2023.
"""

from __future__ import annotations

import os
from typing import Any

import torch
from torch import nn
from transformers import BitsAndBytesConfig
from transformers.pytorch_utils import Conv1D
from transformers.quantizers.base import HfQuantizer
from transformers.quantizers.quantizers_utils import should_convert_module

from dataprep.finding import EnvironmentProblem, UsageError
from trainers import options as ways
from trainers.lora_targets import targets_of
from trainers.options import CommonOptions


def compute_of(options: CommonOptions) -> torch.dtype | None:
    """The dtype that a base in 4 bits computes in, which is that of the run; None without one."""
    if not options.load_in_4bit:
        return None
    if ways.fp16(options.precision):
        return torch.float16
    return torch.bfloat16 if ways.bf16(options.precision) else torch.float32


def loading(kind: Any, config: Any, model: str, compute: torch.dtype) -> dict[str, Any]:
    """What `from_pretrained` of `kind` is told so that it loads the linear layers in 4 bits.

    Raises UsageError for a model that has none, that has experts, or that is quantised already,
    and EnvironmentProblem where bitsandbytes does not work.
    """
    refuse_broken()
    if method := _method(config):
        raise _quantised_already(model, method)
    with torch.device("meta"):
        net = kind.from_config(config)
    if said := unfit(net):
        raise UsageError(
            f"{model} {said}.", "Leave --load-in-4bit out; --lora trains adapters on it whole."
        )
    gpu = int(os.environ.get("LOCAL_RANK", "0"))
    return {
        "quantization_config": BitsAndBytesConfig(  # type: ignore[no-untyped-call]
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=compute,
        ),
        "device_map": {"": gpu if ways.has_gpu() else "cpu"},
    }


def refuse_broken() -> None:
    """Raise EnvironmentProblem where bitsandbytes has no library for the GPU that is here."""
    from bitsandbytes import cextension

    if ways.has_gpu() and isinstance(cextension.lib, cextension.ErrorHandlerMockBNBNativeLibrary):
        raise EnvironmentProblem(
            "bitsandbytes has no library for this GPU and this version of CUDA.",
            "Run: python -m bitsandbytes, which says why; or train without it.",
        )


def refuse_4bit(model: str, config: Any) -> None:
    """Raise UsageError for weights by bitsandbytes: nothing is trained or merged on top of them."""
    if (method := _method(config)) == "bitsandbytes":
        raise _quantised_already(model, method)


def unfit(net: Any) -> str | None:
    """Why the base is not loaded in 4 bits, in words behind its name; None where it can be."""
    if method := _method(net.config):
        return f"is quantised already ({method})"
    experts = [net.get_parameter(name) for name in targets_of(net).experts]
    if experts:
        share = sum(p.numel() for p in experts) / net.num_parameters()
        return (
            "has experts that are no linear layers, and bitsandbytes would leave them as they are:"
            f" {share:.0%} of the weights"
        )
    return None if linear_names(net) else "has no linear layer that bitsandbytes puts in 4 bits"


def linear_names(net: Any) -> list[str]:
    """The layers that transformers loads in 4 bits: linear ones, but the head and what is tied."""
    left_out = HfQuantizer.get_modules_to_not_convert(net, None, net._keep_in_fp32_modules)
    return [
        name
        for name, module in net.named_modules()
        if (type(module) is nn.Linear or isinstance(module, Conv1D))
        and should_convert_module(name, left_out)
    ]


def prepared(net: Any, *, checkpointing: bool) -> Any:
    """A base in 4 bits, ready for adapters: frozen, all else in fp32, as peft has it.

    On processors that compute in bf16 bitsandbytes rewrites weights as soon as a model answers,
    rounds their scales, and computes no gradient through them from then on: it is told not to.
    """
    from peft import prepare_model_for_kbit_training

    for layer in _layers(net):
        layer.support_avx512bf16_for_cpu = False
    net = prepare_model_for_kbit_training(  # type: ignore[no-untyped-call]
        net, use_gradient_checkpointing=False
    )
    if checkpointing:
        net.enable_input_require_grads()
    return net


def is_4bit(net: Any) -> bool:
    """Whether a model, or the base of adapters, stands in 4 bits."""
    base = net.get_base_model() if hasattr(net, "get_base_model") else net
    return bool(getattr(base, "is_loaded_in_4bit", False))


def compute_dtype(net: Any) -> torch.dtype | None:
    """What the layers in 4 bits compute in; None where there are none."""
    return _layers(net)[0].compute_dtype if is_4bit(net) else None


def summary(net: Any) -> dict[str, Any]:
    """What run.json says of the base: how many of its parameters stand in 4 bits."""
    return {
        "type": "nf4",
        "parameters": sum(layer.in_features * layer.out_features for layer in _layers(net)),
        "of": net.num_parameters() - net.num_parameters(only_trainable=True),
    }


def misfits(net: Any) -> list[str]:
    """The weights in 4 bits of another shape than their layer, which transformers loads as well."""
    if not is_4bit(net):
        return []
    from bitsandbytes.nn import Linear4bit

    return [
        f"{name}.weight"
        for name, layer in net.named_modules()
        if isinstance(layer, Linear4bit)
        and tuple(layer.weight.quant_state.shape) != (layer.out_features, layer.in_features)
    ]


def _layers(net: Any) -> list[Any]:
    from bitsandbytes.nn import Linear4bit

    return [module for module in net.modules() if isinstance(module, Linear4bit)]


def _method(config: Any) -> str | None:
    """How the weights of a model are quantised, by its config."""
    found = getattr(config, "quantization_config", None)
    if not isinstance(found, dict):
        return None
    by_name = (
        "bitsandbytes" if found.get("load_in_4bit") or found.get("load_in_8bit") else "unnamed"
    )
    return str(found.get("quant_method") or by_name)


def _quantised_already(model: str, method: str) -> UsageError:
    return UsageError(
        f"{model} is quantised already ({method}): nothing can be merged into its weights.",
        "Name the model that it was made from, and add --load-in-4bit to train over it in 4 bits.",
    )
