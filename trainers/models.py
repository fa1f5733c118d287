"""The T5 that is trained: a new one of a given size, a local folder, or one from the hub."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from transformers import AutoConfig, AutoModelForSeq2SeqLM, T5Config, T5ForConditionalGeneration

from dataprep.finding import UsageError
from dataprep.tokens import Tokenizer, explain_hub, is_local, load_tokenizer

Size = Literal["tiny", "mini", "small"]

# Layers are those of the encoder, and again of the decoder. `small` is t5-small's shape.
SIZES: dict[Size, dict[str, int]] = {
    "tiny": {"d_model": 128, "d_kv": 32, "d_ff": 256, "num_heads": 4, "num_layers": 2},
    "mini": {"d_model": 256, "d_kv": 64, "d_ff": 1024, "num_heads": 4, "num_layers": 4},
    "small": {"d_model": 512, "d_kv": 64, "d_ff": 2048, "num_heads": 8, "num_layers": 6},
}
_FAMILY = ("t5", "mt5", "umt5")


def load(model: str | None, size: Size, tokenizer: Tokenizer, highest: int) -> Any:
    """A T5 in fp32 for ids up to `highest`; raises UsageError when it reads other tokens."""
    net = _new(size, tokenizer) if model is None else _given(model, tokenizer)
    if highest >= net.config.vocab_size:
        raise UsageError(
            f"The dataset holds token {highest}, and the model knows {net.config.vocab_size}.",
            f"Convert again with --tokenizer {model}.",
        )
    return net


def _new(size: Size, tokenizer: Tokenizer) -> Any:
    """T5 1.0 (relu, tied and scaled): a new 1.1 would start at a loss of 131 in transformers 5."""
    if size not in SIZES:
        raise UsageError(f"There is no size {size!r}.", f"Known: {', '.join(SIZES)}.")
    settings: dict[str, Any] = {
        **SIZES[size],
        "vocab_size": tokenizer.vocabulary,
        "feed_forward_proj": "relu",
        "pad_token_id": tokenizer.pad_id,
        "eos_token_id": tokenizer.eos_id,
        "decoder_start_token_id": tokenizer.pad_id,
    }
    return T5ForConditionalGeneration(T5Config(**settings))


def _given(model: str, tokenizer: Tokenizer) -> Any:
    local = is_local(model)
    if local and not (Path(model) / "config.json").is_file():
        inner = Path(model) / "model"
        if not (inner / "config.json").is_file():
            raise UsageError(f"{model} holds no model.", "It should hold config.json.")
        model = str(inner)  # a run folder of ours
    if load_tokenizer(model).sha256 != tokenizer.sha256:
        raise UsageError(
            f"The dataset was made for another tokenizer than that of {model}.",
            f"Convert again with --tokenizer {model}",
        )
    try:
        kind = AutoConfig.from_pretrained(model, trust_remote_code=False).model_type
        if kind not in _FAMILY:
            raise UsageError(f"{model} is a {kind} model, not a T5.", "Name a T5 model.")
        return AutoModelForSeq2SeqLM.from_pretrained(
            model, dtype="float32", use_safetensors=True, trust_remote_code=False
        )
    except (OSError, ValueError) as error:
        if "safetensors" in str(error):
            raise UsageError(
                f"{model} has no weights as safetensors, and pickled ones can run code.",
                "Convert them where you trust them, with save_pretrained.",
            ) from None
        raise explain_hub(model, error) from None
