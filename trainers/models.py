"""The model that is trained: a new one of a given size, a local folder, or one from the hub."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors import SafetensorError
from transformers import (
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
)
from transformers.models.auto import modeling_auto

from dataprep.finding import EnvironmentProblem, UsageError, extra_missing
from dataprep.names import utf8_path
from dataprep.tokens import (
    AnyChatTokenizer,
    ChatTokenizer,
    TextTokenizer,
    is_local,
    load_chat_tokenizer,
    load_tokenizer,
    save_chat_tokenizer,
    save_tokenizer,
)
from trainers import attention as attentions
from trainers import quantisation
from trainers.dataset import Words
from trainers.model_files import inner_folder, load_weights, locate_gguf, read_config
from trainers.rows import Family

ModelSize = Literal["tiny", "mini", "small"]
ModelFamily = Literal["llama", "mistral"]

# Layers are those of the encoder, and again of the decoder. `small` is t5-small's shape.
SIZES: dict[ModelSize, dict[str, int]] = {
    "tiny": {"d_model": 128, "d_kv": 32, "d_ff": 256, "num_heads": 4, "num_layers": 2},
    "mini": {"d_model": 256, "d_kv": 64, "d_ff": 1024, "num_heads": 4, "num_layers": 4},
    "small": {"d_model": 512, "d_kv": 64, "d_ff": 2048, "num_heads": 8, "num_layers": 6},
}
_GEMMA = ("t5gemma", "t5gemma2")
_FAMILY = ("t5", "mt5", "umt5", *_GEMMA)
_LONGEST = 131_072


def new_t5(size: ModelSize, tokenizer: TextTokenizer, attention: str) -> Any:
    """T5 1.0 (relu, tied and scaled): a new 1.1 would start at a loss of 131 in transformers 5."""
    settings: dict[str, Any] = {
        **_size(size),
        "vocab_size": tokenizer.vocabulary,
        "feed_forward_proj": "relu",
        "pad_token_id": tokenizer.pad_id,
        "eos_token_id": tokenizer.eos_id,
        "decoder_start_token_id": tokenizer.pad_id,
        "attn_implementation": attentions.asked_of(attention),
    }
    return T5ForConditionalGeneration(T5Config(**settings))


def given_t5(
    model: str, tokenizer: TextTokenizer, attention: str, compute: torch.dtype | None = None
) -> Any:
    """A T5 in fp32 from a folder or the hub; raises UsageError when it reads other tokens.

    With `compute` it is loaded in 4 bits, and computes in that dtype.
    """
    model = inner_folder(model)
    if is_local(model):  # on the hub the tokenizer comes first, which tells at once of no network
        _refuse_no_t5(model)
    if load_tokenizer(model).sha256 != tokenizer.sha256:
        raise _other_tokenizer(model)
    if not is_local(model):
        _refuse_no_t5(model)
    return _loaded(AutoModelForSeq2SeqLM, model, attention, "float32", compute)


def start_of(net: Any) -> int:
    """The id that an answer is begun from: T5's <pad>, T5Gemma's <bos>."""
    config = net.config
    begun = getattr(config, "decoder_start_token_id", None)
    return int(config.decoder.bos_token_id if begun is None else begun)


def packs(net: Any) -> bool:
    """Whether rows of a T5 may share a line: T5Gemma counts places, and makes its own masks."""
    return net.config.model_type not in _GEMMA


def new_causal(kind: ModelFamily, size: ModelSize, words: Words, attention: str) -> Any:
    """A small LLaMA or Mistral, as wide and deep as the T5 of that size."""
    shape = _size(size)
    settings: dict[str, Any] = {
        "vocab_size": words.size,
        "hidden_size": shape["d_model"],
        "intermediate_size": shape["d_ff"],
        "num_hidden_layers": shape["num_layers"] * 2,
        "num_attention_heads": shape["num_heads"],
        "num_key_value_heads": max(shape["num_heads"] // 2, 1),
        "head_dim": shape["d_kv"],
        "max_position_embeddings": _LONGEST,
        "pad_token_id": words.pad,
        "bos_token_id": None,
        "eos_token_id": list(words.ends),
        "tie_word_embeddings": True,
        "attn_implementation": attentions.asked_of(attention),
    }
    if kind == "mistral":
        return MistralForCausalLM(MistralConfig(**settings, sliding_window=None))
    return LlamaForCausalLM(LlamaConfig(**settings))


def given_causal(
    model: str, words: Words, attention: str, dtype: str, compute: torch.dtype | None = None
) -> Any:
    """A causal model from a folder, a .gguf file or the hub, with the tokens of the dataset.

    With `compute` it is loaded in 4 bits, and computes in that dtype.
    """
    model = inner_folder(model)
    where, more = locate_gguf(model)
    if not more and is_local(model):
        _refuse_two_sided(model)
    if _vocabulary(where, more) != words.fingerprint:
        raise _other_tokenizer(model)
    if not more and not is_local(model):  # of the hub the tokenizer comes first, as for a T5
        _refuse_two_sided(model)
    if more:
        return _whole(load_weights(AutoModelForCausalLM, where, attention, dtype, **more))
    return _loaded(loader(read_config(model), "causal"), where, attention, dtype, compute)


def _loaded(kind: Any, model: str, attention: str, dtype: str, compute: torch.dtype | None) -> Any:
    """A model whole, or in 4 bits, which are made where it is trained."""
    if compute is None:
        return load_weights(kind, model, attention, dtype)
    more = quantisation.loading(kind, read_config(model), model, compute)
    try:
        return load_weights(kind, model, attention, dtype, **more)
    except torch.OutOfMemoryError as error:
        raise EnvironmentProblem(
            f"The memory of the GPU is too small for {model} in 4 bits.",
            "Name a smaller model; dataprep train llama --plan says before what fits.",
        ) from error


def load_base(model: str, family: Family, dtype: str, revision: str | None = None) -> Any:
    """What adapters are for: a hub name with its revision, a folder, a run or a .gguf file."""
    where, more = locate_gguf(inner_folder(model))
    if more:
        return _whole(load_weights(AutoModelForCausalLM, where, "auto", dtype, **more))
    at = {"revision": revision} if revision and not is_local(model) else {}
    return load_weights(loader(read_config(where, **at), family), where, "auto", dtype, **at)


def loader(config: Any, family: Family) -> Any:
    """The class of transformers that loads such a model; Mistral 3 is one of pictures and text."""
    if family == "t5":
        return AutoModelForSeq2SeqLM
    names = modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    seeing = modeling_auto.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES
    kind = config.model_type
    return (
        AutoModelForImageTextToText
        if kind in seeing and kind not in names
        else AutoModelForCausalLM
    )


def vocabulary_of(net: Any) -> int:
    """How many ids a model reads."""
    return int(net.get_input_embeddings().weight.shape[0])


def _whole(net: Any) -> Any:
    """A model that came as GGUF: its weights are whole numbers no more, but it still says so."""
    net.hf_quantizer = None
    net.is_quantized = False
    if hasattr(net.config, "quantization_config"):
        del net.config.quantization_config
    return net


def save(net: Any, folder: Path) -> None:
    """Weights as safetensors, and config, as `from_pretrained` loads them."""
    try:
        with utf8_path(folder) as place:
            net.save_pretrained(place)
    except SafetensorError as error:
        problem = f"The model could not be written to {folder}: {error}."
        raise EnvironmentProblem(
            problem, "Free some space, and go on with --resume: the last checkpoint is whole."
        ) from None


def t5_words(tokenizer: TextTokenizer) -> Words:
    """The words of a T5: ids without a special token, which the trainer adds."""
    size = tokenizer.vocabulary
    return Words(
        decode=lambda batch: tokenizer.decode_batch([[i for i in x if i < size] for x in batch]),
        encode=lambda texts: [[*ids, tokenizer.eos_id] for ids in tokenizer.encode_batch(texts)],
        save=lambda folder: save_tokenizer(tokenizer, folder),
        pad=tokenizer.pad_id,
        ends=(tokenizer.eos_id,),
        fingerprint=tokenizer.sha256,
        size=size,
        special=frozenset((tokenizer.eos_id,)),
    )


def causal_words(tokenizer: AnyChatTokenizer) -> Words:
    """The words of a causal model; several tokens may end an answer."""
    backend = tokenizer.backend
    end = int(backend.eos_token_id)
    vocabulary = backend.get_vocab()
    # mistral-common has no added tokens: what it calls special is all that no text becomes.
    added = backend.added_tokens_decoder if isinstance(tokenizer, ChatTokenizer) else {}
    special = {i for i, token in added.items() if token.special} | set(backend.all_special_ids)
    return Words(
        decode=lambda batch: _read(backend, batch),
        encode=lambda texts: [backend.encode(t, add_special_tokens=False) for t in texts],
        save=lambda folder: save_chat_tokenizer(tokenizer, folder),
        pad=end if backend.pad_token_id is None else int(backend.pad_token_id),
        ends=tuple(sorted({end, *(vocabulary[e] for e in _TURN_ENDS if e in vocabulary)})),
        fingerprint=vocabulary_sha256(backend),
        size=tokenizer.vocabulary,
        bos=backend.bos_token_id,
        special=frozenset(special),
        added=frozenset(added) | special,
    )


def _read(backend: Any, batch: Sequence[Sequence[int]]) -> list[str]:
    texts: list[str] = backend.batch_decode([list(ids) for ids in batch], skip_special_tokens=True)
    return texts


_TURN_ENDS = ("<|im_end|>", "<|eot_id|>", "<|eot|>", "<end_of_turn>")
"""Tokens that end an answer in chat templates, beside the end of all."""


def vocabulary_sha256(tokenizer: Any) -> str:
    """What decides the meaning of ids: every token with its number."""
    digest = hashlib.sha256()
    for token, number in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1]):
        digest.update(f"{number}\t{token}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _size(size: ModelSize) -> dict[str, int]:
    if size not in SIZES:
        raise UsageError(f"There is no size {size!r}.", f"Known: {', '.join(SIZES)}.")
    return SIZES[size]


def refuse_other_size(model: str | None, words: Words, net: Any) -> None:
    """Raise UsageError where a token that ends or pads a text is none to the model."""
    known = vocabulary_of(net)
    if max(*words.ends, words.pad) >= known:
        raise UsageError(
            f"The tokenizer of {model} has {words.size:,} tokens, and the model knows {known:,}: "
            "it could never end an answer.",
            "Give the tokenizer and the weights of one model.",
        )


def _refuse_no_t5(model: str) -> None:
    kind = read_config(model).model_type
    if kind not in _FAMILY:
        raise UsageError(
            f"{model} is a {kind} model, not a T5.", f"Name one of the kinds {', '.join(_FAMILY)}."
        )


def _refuse_two_sided(model: str) -> None:
    config = read_config(model)
    if config.is_encoder_decoder:
        raise UsageError(
            f"{model} is a {config.model_type} model, which reads and writes apart.",
            "Train it with: dataprep train t5",
        )


def _other_tokenizer(model: str) -> UsageError:
    return UsageError(
        f"The dataset was made for another tokenizer than that of {model}.",
        f"Convert again with --tokenizer {shlex.quote(model)}",
    )


def _vocabulary(model: str, more: dict[str, str]) -> str:
    """The fingerprint of a model's own tokenizer."""
    if more:
        try:
            return vocabulary_sha256(AutoTokenizer.from_pretrained(model, **more))
        except ImportError:
            raise extra_missing("train", "gguf") from None
        except (OSError, ValueError, KeyError, IndexError) as error:
            problem = f"{more['gguf_file']} cannot be read: {type(error).__name__}."
            raise UsageError(problem, "Fetch it again, or name a folder.") from None
    return vocabulary_sha256(load_chat_tokenizer(model).backend)
