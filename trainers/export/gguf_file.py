"""A GGUF file for llama.cpp, Ollama and LM Studio: LLaMA and Mistral, by the `gguf` package.

Names, order and metadata follow llama.cpp's convert_hf_to_gguf.py (LlamaModel): queries and keys
are permuted for its rotary embedding, Mistral is written as LLaMA, norms stay in fp32.
"""

from __future__ import annotations

import math
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig

from dataprep.finding import UsageError, extra_missing
from trainers.export.gguf_words import add_words, check_words
from trainers.export.source import TrainedModel

KINDS = ("llama", "mistral")
_ROPES = ("default", "linear", "llama3")
_FLAT = {"float32": 0, "float16": 1, "bfloat16": 32}
"""general.file_type, as llama.cpp numbers them."""


def refuse_unknown(model: TrainedModel) -> None:
    """Raise UsageError for a model that this writer does not know, before it is loaded."""
    try:
        import gguf  # noqa: F401
    except ImportError:
        raise extra_missing("train", "gguf") from None
    config = None if model.adapter else AutoConfig.from_pretrained(model.folder)
    kind = "t5" if model.family == "t5" else config.model_type if config else KINDS[0]
    if kind not in KINDS:
        raise UsageError(
            f"GGUF is written for {' and '.join(KINDS)} alone, and this is a {kind} model.",
            "Export it with --to merged, and use llama.cpp's convert_hf_to_gguf.py on that folder.",
        )


def write(model: TrainedModel, net: Any, path: Path) -> tuple[str, ...]:
    """Write the file, and read its tokenizer back; what it was written with, a line each.

    Raises UsageError for what the file could not say: biases, an unknown rotary embedding, a
    tokenizer that llama.cpp would split otherwise.
    """
    import gguf

    config = net.config
    _refuse(config)
    writer = gguf.GGUFWriter(str(path), "llama")
    _add_settings(writer, config, model)
    add_words(writer, model, config)
    kind = str(next(net.parameters()).dtype).removeprefix("torch.")
    writer.add_file_type(_FLAT[kind])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    for name, weights in _tensors(net):
        data, raw = _data(weights)
        writer.add_tensor(name, data, raw_dtype=raw)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    check_words(model, path)
    notes = [f"GGUF: {kind}, written by the gguf package {version('gguf')}"]
    if window := getattr(config, "sliding_window", None):
        notes.append(f"llama.cpp keeps no sliding window: the same up to {window:,} tokens")
    return tuple(notes)


def _refuse(config: Any) -> None:
    if config.model_type not in KINDS:
        raise UsageError(f"This is a {config.model_type} model.", "Export it with --to merged.")
    biased = [n for n in ("attention_bias", "mlp_bias") if getattr(config, n, False)]
    rope = config.rope_parameters.get("rope_type", "default")
    odd = [*biased, *([f"rope {rope}"] if rope not in _ROPES else [])]
    if config.hidden_act != "silu":
        odd.append(config.hidden_act)
    if odd:
        raise UsageError(
            f"The GGUF of this model would lose its {', '.join(odd)}.",
            "Export it with --to merged, and use llama.cpp's convert_hf_to_gguf.py on that folder.",
        )


def _add_settings(writer: Any, config: Any, model: TrainedModel) -> None:
    rope = config.rope_parameters
    writer.add_name(model.name)
    writer.add_vocab_size(config.vocab_size)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(rope["rope_theta"])
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    if rope.get("rope_type") == "linear":
        import gguf

        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])


def _tensors(net: Any) -> list[tuple[str, torch.Tensor]]:
    """The weights by llama.cpp's names, in the order of the file."""
    import gguf

    config = net.config
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    found: list[tuple[str, torch.Tensor]] = []
    if config.rope_parameters.get("rope_type") == "llama3":
        found.append(("rope_freqs.weight", _llama3_factors(config)))
    for name, weights in net.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        to = names.get_name(name, try_suffixes=(".weight",))
        if to is None:
            raise UsageError(f"GGUF has no place for {name}.", "Export it with --to merged.")
        heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
        count = heads.get(name.split(".")[-2])
        found.append((to, _permuted(weights, count) if count else weights))
    return found


def _permuted(weights: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of each head in pairs, as llama.cpp rotates them, where transformers rotates halves."""
    half = weights.shape[0] // heads // 2
    return weights.reshape(heads, 2, half, -1).swapaxes(1, 2).reshape(weights.shape)


def _llama3_factors(config: Any) -> torch.Tensor:
    """By what each frequency is divided. Source: transformers, _compute_llama3_parameters."""
    rope = config.rope_parameters
    low, high, factor = rope["low_freq_factor"], rope["high_freq_factor"], rope["factor"]
    length = rope["original_max_position_embeddings"]
    exponents = torch.arange(0, config.head_dim, 2, dtype=torch.float32) / config.head_dim
    made = []
    for wave in (2 * math.pi * rope["rope_theta"] ** exponents).tolist():
        if wave < length / high:
            made.append(1.0)
        elif wave > length / low:
            made.append(float(factor))
        else:
            smooth = (length / wave - low) / (high - low)
            made.append(1 / ((1 - smooth) / factor + smooth))
    return torch.tensor(made, dtype=torch.float32)


def _data(weights: torch.Tensor) -> tuple[Any, Any]:
    """The numbers as numpy holds them, and their kind where numpy has no name for it."""
    import gguf

    if weights.dim() == 1 or weights.dtype == torch.float32:
        return weights.detach().float().contiguous().numpy(), None
    if weights.dtype == torch.float16:
        return weights.detach().contiguous().numpy(), None
    bits = weights.detach().contiguous().view(torch.uint16).numpy()
    return bits.view("uint8"), gguf.GGMLQuantizationType.BF16
