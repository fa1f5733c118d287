"""Which implementation computes attention: what is asked, or what suits model and machine best."""

from __future__ import annotations

import importlib.util
from typing import Any

from dataprep.finding import UsageError
from trainers import options as ways
from trainers.options import CommonOptions, TrainingOptions

FLASH = "flash_attention_2"


def asked_of(attention: str) -> str | None:
    """What transformers is asked for; None lets it take sdpa where the model has it, else eager."""
    return None if attention == "auto" else attention


def settle(net: Any, options: CommonOptions) -> Any:
    """The model with flash attention, where `auto` is asked and everything for it is there.

    Flash attention computes in bf16 and fp16 alone. It knows packed rows apart in batches of one
    line only (transformers' `_is_packed_sequence`), so with packing the model keeps exact masks.
    """
    packs = isinstance(options, TrainingOptions) and options.packing
    if options.attention == "auto" and not packs and _flash_fits(net, options):
        net.set_attn_implementation(FLASH)
    return net


def _flash_fits(net: Any, options: CommonOptions) -> bool:
    half = ways.bf16(options.precision) or ways.fp16(options.precision)
    if not (half and ways.has_gpu() and importlib.util.find_spec("flash_attn")):
        return False
    takes = getattr(net, "_compatible_flash_implementations", None) or [FLASH]  # gpt-oss: others
    return bool(net._supports_flash_attn) and FLASH in takes


def leave_flash(net: Any) -> None:
    """Let a trained model answer in any precision and on any device, which flash cannot."""
    base = net.get_base_model() if hasattr(net, "get_base_model") else net
    if computes(base).startswith("flash"):
        base.set_attn_implementation("sdpa" if base._supports_sdpa else "eager")


def refusal(model: str, attention: str, error: Exception) -> UsageError | None:
    """The error in our words where a model lacks the implementation that is asked."""
    said = str(error)
    if "flash_attn" in said or "Flash" in said:
        return UsageError(
            f"{model} cannot be computed by {attention} here.", "Use --attention auto."
        )
    if "scaled_dot_product_attention" in said:
        return UsageError(f"{model} has no attention by sdpa.", "Use --attention auto.")
    return None


def computes(net: Any) -> str:
    """What the model computes attention with."""
    return str(net.config._attn_implementation)
