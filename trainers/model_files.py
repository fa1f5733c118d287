"""The files of a model: which folder holds it, its config, and its weights, every one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig

from dataprep import jsonio
from dataprep.finding import DataprepError, UsageError, excerpt
from dataprep.tokens import explain_hub, is_local
from trainers import attention as attentions
from trainers import quantisation
from trainers.memory_trial import is_memory

_GGUF = b"GGUF"
_AGAIN = "Fetch the model again, with config.json and all its weights."


def inner_folder(model: str) -> str:
    """The folder that holds config.json, of a run folder of ours the one in it; others as named."""
    if not is_local(model) or model.endswith(".gguf"):
        return model
    folder = Path(model)
    _refuse_adapters(folder)
    if (folder / "config.json").is_file():
        return model
    inner = folder / "model"
    if not (inner / "config.json").is_file():
        raise UsageError(f"{model} holds no model.", "It should hold config.json.")
    return str(inner)


def _refuse_adapters(folder: Path) -> None:
    """Raise UsageError for adapters: transformers would put them on a base, and train neither."""
    path = folder / "adapter_config.json"
    if not path.is_file():
        return
    try:
        base = jsonio.loads(path.read_bytes()).get("base_model_name_or_path")
    except (OSError, ValueError, AttributeError):
        base = None
    raise UsageError(
        f"{folder} holds adapters{f' for {excerpt(base, 80)}' if isinstance(base, str) else ''}, "
        "not a whole model.",
        "Name the run folder that they are in, whose model/ has them merged; of others, merge them "
        "with peft's merge_and_unload, save that, and name its folder.",
    )


def locate_gguf(model: str) -> tuple[str, dict[str, str]]:
    """Where a model is, and which of the files there; raises UsageError for no GGUF file."""
    path = Path(model)
    if path.suffix != ".gguf":
        return model, {}
    if not path.is_file():
        raise UsageError(f"{model}: no such file.", "Check the path.")
    with path.open("rb") as file:
        if file.read(len(_GGUF)) != _GGUF:
            raise UsageError(f"{model} is not a GGUF file.", "Fetch it again.")
    return str(path.parent), {"gguf_file": path.name}


def config_of(model: str) -> Any:
    """The config of a folder, a run folder or a hub name; of a .gguf file there is none apart."""
    if model.endswith(".gguf"):
        raise UsageError(f"{model} has no config of its own to plan by.", "Name a folder.")
    return read_config(inner_folder(model))


def read_config(model: str, **at: str) -> Any:
    """The config of a folder or a hub name; raises UsageError for one that cannot be read."""
    try:
        config = AutoConfig.from_pretrained(model, trust_remote_code=False, **at)
    except (OSError, ValueError) as error:
        raise _explained(model, error) from None
    except Exception as error:  # the libraries raise whatever a damaged file brings them to
        raise _unreadable(model, error) from None
    quantisation.refuse_4bit(model, config)
    _refuse_empty(model, config)
    return config


def _refuse_empty(model: str, config: Any) -> None:
    """Raise UsageError for a config of a model without layers, heads, width or words.

    transformers makes such a model, or divides by nothing while it does.
    """
    text = config.get_text_config()
    for name in ("num_hidden_layers", "num_attention_heads", "hidden_size", "vocab_size"):
        size = getattr(text, name, 1)
        if isinstance(size, int) and size < 1:
            own = text.attribute_map.get(name, name)
            raise UsageError(
                f"The config of {model} says {own}: {size}, and such a model learns nothing.",
                "Name another model, or fetch this one again.",
            )


def load_weights(kind: Any, model: str, attention: str, dtype: str, **more: Any) -> Any:
    """A model of safetensors, and without code of its own; raises UsageError for another.

    Raises it too for files that are damaged, do not fit together or are not all there.
    """
    safe: dict[str, Any] = {} if "gguf_file" in more else {"use_safetensors": True}
    chosen = {"dtype": getattr(torch, dtype), "attn_implementation": attentions.asked_of(attention)}
    try:
        return load_whole(kind, model, **chosen, **safe, **more)
    except DataprepError:
        raise
    except (OSError, ValueError, ImportError) as error:
        refused = attentions.refusal(model, attention, error)
        raise refused or _explained(model, error) from None
    except Exception as error:  # as above
        if is_memory(error):
            raise
        raise _unreadable(model, error) from None


def load_whole(kind: Any, model: Any, **choices: Any) -> Any:
    """What `from_pretrained` makes of files that hold every weight, and each in its shape.

    transformers makes up what is missing by chance, and only logs it. Raises UsageError.
    """
    net, found = kind.from_pretrained(
        model,
        trust_remote_code=False,
        ignore_mismatched_sizes=True,  # they are refused here, by name
        output_loading_info=True,
        **choices,
    )
    if lost := sorted(found["missing_keys"]):
        named = lost[0] if len(lost) == 1 else f"such as {lost[0]}"
        raise UsageError(
            f"{model} lacks {len(lost):,} of its weights ({named}), which would be random.", _AGAIN
        )
    misfits = sorted([key[0] for key in found["mismatched_keys"]] + quantisation.misfits(net))
    if misfits:
        raise UsageError(
            f"{model} has {len(misfits):,} weights of another shape than its config.json says, "
            f"such as {misfits[0]}.",
            _AGAIN,
        )
    return net


def _unreadable(model: str, error: Exception) -> UsageError:
    said = excerpt(" ".join(str(error).split()), 200).rstrip(".") or type(error).__name__
    return UsageError(f"{model} cannot be read: {said}.", _AGAIN)


def _explained(model: str, error: Exception) -> DataprepError:
    said = str(error)
    if "safetensors" in said or "pytorch_model.bin" in said:
        return UsageError(
            f"{model} has no weights as safetensors, and pickled ones can run code.",
            "Convert them where you trust them, with save_pretrained.",
        )
    if "trust_remote_code" in said:
        return UsageError(
            f"{model} brings code of its own, which is never run.",
            "Name a model that transformers knows by itself.",
        )
    return explain_hub(model, error)
