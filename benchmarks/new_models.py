"""Small models of either family, made on the spot: the same seed, the same weights."""

from __future__ import annotations

from typing import Any

import torch

VOCABULARY = 8_000


def new_t5(width: int, vocabulary: int = VOCABULARY) -> Any:
    """A T5 1.0, by default of a small vocabulary, so that the layers are what costs."""
    from transformers import T5Config, T5ForConditionalGeneration

    torch.manual_seed(0)
    shape = {"d_model": width, "d_kv": 64, "d_ff": 4 * width, "num_heads": max(width // 64, 1)}
    return T5ForConditionalGeneration(
        T5Config(vocab_size=vocabulary, num_layers=4, decoder_start_token_id=0, **shape)
    )


def new_llama(width: int, vocabulary: int = VOCABULARY) -> Any:
    """A LLaMA of the same width, with as many layers in all."""
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    heads = max(width // 64, 1)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=width,
            intermediate_size=4 * width,
            num_hidden_layers=8,
            num_attention_heads=heads,
            num_key_value_heads=heads,
            pad_token_id=0,
        )
    )
