"""Adapters as they leave a run: with a base that peft finds, and merged into it.

A base that stood in 4 bits is not saved: what is merged into is the same base, read whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from dataprep.finding import EnvironmentProblem
from dataprep.memory import free_memory
from dataprep.names import utf8_path
from dataprep.tokens import is_local
from trainers import adapters, model_files, models, quantisation
from trainers.dataset import Words
from trainers.generation import settle_generation
from trainers.memory_trial import is_memory
from trainers.rows import Family
from trainers.run_folder import RunFolder

ADAPTER, BASE = "adapter", "base"


def save_adapter(net: Any, run: RunFolder, words: Words) -> Any:
    """Write `adapter/` with its tokenizer and the name of its base; the model with both merged.

    A base that came as GGUF, which peft cannot load, is written to `base/` and named instead.
    Raises EnvironmentProblem where the memory is too small for a base that stood in 4 bits.
    """
    folder = run.folder / ADAPTER
    model = str(run.settings["model"])
    for name in net.peft_config.keys() - {net.active_adapter}:
        net.delete_adapter(name)  # the reference that TRL keeps beside what is trained
    config = net.peft_config[net.active_adapter]
    if model.endswith(".gguf"):
        config.base_model_name_or_path = str((run.folder / BASE).resolve())
    elif is_local(model):
        config.base_model_name_or_path = str(Path(model_files.inner_folder(model)).resolve())
    else:
        config.base_model_name_or_path = model
        config.revision = getattr(net.get_base_model().config, "_commit_hash", None)
    models.save(net, folder)
    words.save(folder)
    with utf8_path(folder) as place:
        net.get_base_model().generation_config.save_pretrained(place)
    if model.endswith(".gguf"):
        net = _through_base(net, run.folder / BASE, folder, words)
    if not quantisation.is_4bit(net):
        return adapters.merge(net)
    return _placed(adapters.merge(_over_whole_base(net, run, config.revision, words)))


def load_adapted(
    run: RunFolder, family: Family, adapter: Path, words: Words, revision: str | None = None
) -> Any:
    """The base of a run anew, with the adapters of a folder."""
    from peft import PeftModel

    dtype = _dtype_of(run, family)
    net = models.load_base(str(run.settings["model"]), family, dtype, revision)
    settle_generation(net, words, words.ends)
    with utf8_path(adapter) as place:
        return PeftModel.from_pretrained(net, place)


def _dtype_of(run: RunFolder, family: Family) -> str:
    """That of the base of a run, when it is whole."""
    return "bfloat16" if family == "causal" and run.settings["precision"] == "bf16" else "float32"


def _over_whole_base(net: Any, run: RunFolder, revision: str | None, words: Words) -> Any:
    """The adapters of a model in 4 bits over the base as it is on the disk."""
    family: Family = run.settings["family"]
    needed = run.settings["parameters"] * getattr(torch, _dtype_of(run, family)).itemsize
    free = free_memory()
    if free is not None and free < needed:
        raise _too_small(run, needed, free)
    try:
        return load_adapted(run, family, run.folder / ADAPTER, words, revision)
    except (MemoryError, RuntimeError) as error:
        if not is_memory(error):
            raise
        raise _too_small(run, needed, free) from error


def _too_small(run: RunFolder, needed: int, free: int | None) -> EnvironmentProblem:
    there = "too little" if free is None else f"{free / 2**30:,.2f} GiB"
    return EnvironmentProblem(
        f"The adapters are in {run.folder / ADAPTER}. To merge them, the base is read whole:"
        f" it takes {needed / 2**30:,.2f} GiB of memory, and {there} is free.",
        "Go on with --resume where there is more; nothing is trained again.",
    )


def _placed(net: Any) -> Any:
    """On the GPU where it fits there, beside what was trained; else where it is."""
    if not torch.cuda.is_available():
        return net
    try:
        return net.to("cuda")
    except torch.OutOfMemoryError:
        return net.to("cpu")


def _through_base(net: Any, base: Path, adapter: Path, words: Words) -> Any:
    """The same model, its base written to a folder on the way."""
    from peft import PeftModel

    plain = net.unload()
    models.save(plain, base)
    words.save(base)
    with utf8_path(adapter) as place:
        return PeftModel.from_pretrained(plain, place)
