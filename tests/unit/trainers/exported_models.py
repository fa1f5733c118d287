"""Tiny models with tokenizers, as folders: what runs leave and what is exported of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers
from transformers import (
    AutoModelForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedTokenizerFast,
)

from dataprep.tokens import save_chat_tokenizer, train_chat_tokenizer

TEXTS = ["What is the trout, or the sparrow? It is a fish of the sea, a bird."] * 3
SHAPE: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
LLAMA_3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 10_000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}

MISTRAL = (
    "<s>{% set ns = namespace(system='') %}{% for m in messages %}"
    "{% if m.role == 'system' %}{% set ns.system = m.content ~ '\\n\\n' %}"
    "{% elif m.role == 'user' %}[INST] {{ ns.system ~ m.content }}[/INST]"
    "{% set ns.system = '' %}"
    "{% elif m.role == 'assistant' %} {{ m.content }}</s>"
    "{% else %}{{ raise_exception('it knows system, user and assistant only') }}"
    "{% endif %}{% endfor %}"
)
"""Mistral's instruct format from v3 on, as a Jinja template."""


def byte_level_model(folder: Path, **more: Any) -> Path:
    """A LLaMA with a byte-level BPE tokenizer, its weights at random."""
    tokenizer = train_chat_tokenizer(TEXTS, 300)
    ends = {"eos_token_id": 1, "pad_token_id": 0, "bos_token_id": None}
    config = LlamaConfig(vocab_size=tokenizer.vocabulary, **(SHAPE | ends | more))
    return _saved(LlamaForCausalLM(config), folder, lambda: save_chat_tokenizer(tokenizer, folder))


def sentencepiece_model(folder: Path) -> Path:
    """A Mistral with the kind of tokenizer that Llama 2 and Mistral's first versions have."""
    backend = sentencepiece_like()
    config = MistralConfig(
        vocab_size=len(backend) + 6,
        **SHAPE,
        head_dim=24,
        sliding_window=None,
        tie_word_embeddings=True,
    )
    return _saved(MistralForCausalLM(config), folder, lambda: backend.save_pretrained(folder))


def sentencepiece_like() -> Any:
    """BPE over blanks that are spelled as a sign, with bytes for what it does not know."""
    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    merges = [
        ("t", "h"),
        ("th", "e"),
        ("▁", "the"),
        ("i", "s"),
        ("▁", "is"),
        ("▁", "a"),
        ("r", "o"),
    ]
    made = ["".join(merge) for merge in merges]
    letters = sorted({*"▁abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ?.,'"})
    vocabulary = {piece: n for n, piece in enumerate([*pieces, *made, *letters])}
    made_of = models.BPE(vocabulary, merges, unk_token=pieces[0], byte_fallback=True, fuse_unk=True)
    tokenizer = Tokenizer(made_of)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    tokenizer.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    tokenizer.add_special_tokens([AddedToken(t, special=True) for t in pieces[:3]])
    backend = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=pieces[1], eos_token=pieces[2], unk_token=pieces[0]
    )
    backend.chat_template = MISTRAL
    return backend


def _saved(net: Any, folder: Path, save_tokenizer: Any) -> Path:
    torch.manual_seed(0)
    for weights in net.parameters():  # wide apart, so that answers differ
        torch.nn.init.normal_(weights, std=0.3 if weights.dim() > 1 else 1.0)
    net.save_pretrained(folder)
    save_tokenizer()
    return folder


def write_settings(folder: Path, name: str, **changes: Any) -> None:
    path = folder / name
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def logits(net: Any, ids: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = net.eval()(ids).logits
    return found


def loaded(folder: Path, **more: Any) -> Any:
    return AutoModelForCausalLM.from_pretrained(folder, **more).eval()
