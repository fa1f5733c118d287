"""Tiny models with random weights, of every family that is trained, with a dataset's tokenizer."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoTokenizer

from trainers import models

_TEXT: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 4096,
    "initializer_range": 0.1,
}
_SIGHT: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "image_size": 28,
    "patch_size": 14,
}
_EXPERTS = {"num_local_experts": 4, "num_experts_per_tok": 2}
_ROUTED = {"num_experts_per_tok": 2, "moe_intermediate_size": 24}
_PARTS = {"n_group": 1, "topk_group": 1, "first_k_dense_replace": 1}

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "Mistral 7B v0.1": ("mistral", {"sliding_window": 16}),
    "Mistral 7B v0.3": ("mistral", {"sliding_window": None}),
    "Nemo": ("mistral", {"sliding_window": None, "head_dim": 16}),
    "Small 2501": ("mistral", {"sliding_window": None, "num_key_value_heads": 1}),
    "Small 3.1": ("mistral3", {"text": "mistral"}),
    "Ministral 8B": (
        "ministral",
        {"sliding_window": 16, "layer_types": ["sliding_attention", "full_attention"]},
    ),
    "Ministral 3": ("mistral3", {"text": "ministral3"}),
    "Mixtral": ("mixtral", {**_EXPERTS, "sliding_window": None}),
    "Qwen3-MoE": ("qwen3_moe", {"num_experts": 4, **_ROUTED}),
    "Llama 4": ("llama4_text", {"num_local_experts": 4, "intermediate_size_mlp": 48}),
    "gpt-oss": ("gpt_oss", _EXPERTS),
    "GLM-4.5": ("glm4_moe", {"n_routed_experts": 4, **_ROUTED, **_PARTS}),
    "Gemma 2": ("gemma2", {}),
    "Gemma 3": ("gemma3", {"text": "gemma3_text"}),
    "Qwen3": ("qwen3", {}),
}


def config_of(name: str, vocabulary: int, ends: dict[str, Any]) -> Any:
    """The config of a model of that kind; `ends` are its ids of padding and end."""
    kind, more = KINDS[name]
    more = dict(more)
    text = {**_TEXT, "vocab_size": vocabulary, "bos_token_id": None, **ends}
    if inner := more.pop("text", None):
        seen = {"model_type": "pixtral", "head_dim": 16} if kind == "mistral3" else {}
        text = {
            "text_config": {"model_type": inner, **text},
            "vision_config": {**_SIGHT, **seen},
            "image_token_id": vocabulary - 1,
            **ends,
        }
    return AutoConfig.for_model(kind, **{**text, **more})


def net(name: str, vocabulary: int = 96, **ends: Any) -> Any:
    """A model of that kind, the same weights each time."""
    torch.manual_seed(0)
    config = config_of(name, vocabulary, ends or {"pad_token_id": 0, "eos_token_id": 1})
    return models.loader(config, "causal").from_config(config, dtype=torch.float32)


def build(name: str, dataset: Path, folder: Path) -> Path:
    """A folder with a model of that kind, and the tokenizer of a causal dataset."""
    tokenizer = AutoTokenizer.from_pretrained(dataset / "causal" / "tokenizer")
    ends = {"pad_token_id": tokenizer.pad_token_id, "eos_token_id": tokenizer.eos_token_id}
    net(name, len(tokenizer) + 24, **ends).save_pretrained(folder)
    shutil.copytree(dataset / "causal" / "tokenizer", folder, dirs_exist_ok=True)
    return folder
