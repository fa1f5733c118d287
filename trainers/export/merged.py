"""The whole model in a folder that `from_pretrained` loads: adapters merged into their base."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from transformers import AutoConfig

from dataprep.finding import EnvironmentProblem, UsageError, extra_missing
from dataprep.names import utf8_path
from dataprep.tokens import load_chat_tokenizer, load_tokenizer
from trainers import adapters, model_files, models
from trainers.card import BY_TOOL
from trainers.export.source import Dtype, TrainedModel
from trainers.generation import written_config

_DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}
_ADAPTERS = "adapter_model.safetensors"
_SHARD = "5GB"
_SPARE = 16_000_000
"""Bytes for what stands beside the weights: tokenizers have up to that."""
_WEIGHTS = (".safetensors", ".bin", ".pt", ".index.json")
_OF_THE_MODEL = ("config.json", "generation_config.json", "adapter_config.json", "README.md")


def load(model: TrainedModel, *, base: str | None, dtype: Dtype) -> Any:
    """The model, merged in fp32 where it is an adapter, in the dtype that is asked for.

    Raises UsageError for an adapter of another base, and for weights that are pickled.
    """
    if base is not None and not model.adapter:
        raise UsageError(f"{model.folder} is whole, and needs no base.", "Leave --base out.")
    where = (base or model.base) if model.adapter else str(model.folder)
    if where is None:
        raise UsageError(f"{model.folder} names no base.", "Name it with --base.")
    if model.adapter:
        _refuse_missing(model, where)
        _refuse_other_words(model, where)
    if model.adapter:
        revision = model.revision if base is None else None
        net = _merged(models.load_base(where, model.family, "float32", revision), model, where)
    else:
        net = models.load_base(where, model.family, "float32")
    return net.to(_DTYPES.get(dtype) or _dtype_of(model.base, where)).eval()


def _refuse_missing(model: TrainedModel, base: str) -> None:
    if not (model.folder / _ADAPTERS).is_file():
        raise UsageError(
            f"{model.folder} has no adapters as safetensors, and pickled ones can run code.",
            "Convert them where you trust them, with save_pretrained.",
        )
    path = Path(base)
    if path.is_absolute() and not (path / "config.json").is_file():
        raise UsageError(
            f"The adapters in {model.folder} are for {base}, and no model is there.",
            "Name the base with --base.",
        )


def _refuse_other_words(model: TrainedModel, base: str) -> None:
    """Raise UsageError where the adapters' tokenizer and the base's number tokens differently."""
    try:
        own, others = (_words_of(model, where) for where in (str(model.folder), base))
    except UsageError:
        return  # one of them has none
    if own != others:
        raise _other_base(model, base)


def _words_of(model: TrainedModel, where: str) -> str:
    if model.family == "t5":
        return load_tokenizer(where).sha256
    return models.vocabulary_sha256(load_chat_tokenizer(where).backend)


def _other_base(model: TrainedModel, base: str) -> UsageError:
    return UsageError(
        f"The adapters in {model.folder} do not fit {base}: it is another model.",
        "Name the base that they were trained on with --base.",
    )


def _merged(net: Any, model: TrainedModel, base: str) -> Any:
    try:
        from peft import PeftModel, get_peft_model_state_dict
    except ImportError:
        raise extra_missing("train", "peft") from None
    settings = net.generation_config
    try:
        with utf8_path(model.folder) as place:
            adapted = PeftModel.from_pretrained(net, place)
            with safe_open(place / _ADAPTERS, "pt") as file:
                # peft passes over what a base of fewer layers has no place for.
                if set(file.keys()) != get_peft_model_state_dict(adapted).keys():
                    raise KeyError
    except (RuntimeError, ValueError, KeyError):
        raise _other_base(model, base) from None
    net = adapters.merge(adapted)
    path = model.folder / "generation_config.json"
    net.generation_config = (
        type(settings).from_pretrained(model.folder) if path.is_file() else settings
    )
    if path.is_file():
        config = written_config(net)
        for name in ("eos_token_id", "pad_token_id", "bos_token_id"):
            setattr(config, name, getattr(net.generation_config, name))
    return net


def _dtype_of(*sources: str | None) -> torch.dtype:
    """The dtype of the first source that says it: the base, else what is saved. No network."""
    for source in filter(None, sources):
        if source.endswith(".gguf"):
            continue
        with contextlib.suppress(OSError, ValueError, UsageError):
            place = model_files.inner_folder(source)
            config = AutoConfig.from_pretrained(place, local_files_only=True)
            if isinstance(config.dtype, torch.dtype):
                return config.dtype
    return torch.float32


def size_of(net: Any) -> int:
    """Bytes of the weights, tied ones once."""
    seen = {p.data_ptr(): p.numel() * p.element_size() for p in net.parameters()}
    return sum(seen.values())


def refuse_full(where: Path, size: int) -> None:
    """Raise EnvironmentProblem where a model of that size does not fit, before it is written."""
    free = shutil.disk_usage(where).free
    if free < size + _SPARE:
        raise EnvironmentProblem(
            f"The model takes {size / 1e9:.2f} GB, and the disk that holds {where} has"
            f" {free / 1e9:.2f} GB free. Nothing was written.",
            "Free some space, choose another --out, or a smaller --dtype.",
        )


def write(model: TrainedModel, net: Any, folder: Path) -> tuple[str, ...]:
    """Weights in shards of safetensors, config, tokenizer and card."""
    with utf8_path(folder) as place:
        net.save_pretrained(place, max_shard_size=_SHARD)
    for path in sorted(model.folder.iterdir()):
        if path.is_file() and not path.name.endswith(_WEIGHTS) and path.name not in _OF_THE_MODEL:
            shutil.copyfile(path, folder / path.name)
    if model.card is not None:
        card = model.card.replace(BY_TOOL, "")
        card = card.replace('from_pretrained("model")', 'from_pretrained(".")')
        (folder / "README.md").write_text(card, "utf-8")
    return (f"weights: safetensors, {dtype_name(net)}",)


def dtype_name(net: Any) -> str:
    """As people write it: float32, float16 or bfloat16."""
    return str(next(net.parameters()).dtype).removeprefix("torch.")
