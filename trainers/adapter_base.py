"""Adapters as they leave a run: with a base that peft finds, and merged into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dataprep.names import utf8_path
from dataprep.tokens import is_local
from trainers import adapters, models
from trainers.dataset import Words
from trainers.generation import settle_generation
from trainers.rows import Family
from trainers.run_folder import RunFolder

ADAPTER, BASE = "adapter", "base"


def save_adapter(net: Any, run: RunFolder, words: Words) -> Any:
    """Write `adapter/` with its tokenizer and the name of its base; the model with both merged.

    A base that came as GGUF, which peft cannot load, is written to `base/` and named instead.
    """
    folder = run.folder / ADAPTER
    model = str(run.settings["model"])
    for name in net.peft_config.keys() - {net.active_adapter}:
        net.delete_adapter(name)  # the reference that TRL keeps beside what is trained
    config = net.peft_config[net.active_adapter]
    if model.endswith(".gguf"):
        config.base_model_name_or_path = str((run.folder / BASE).resolve())
    elif is_local(model):
        config.base_model_name_or_path = str(Path(models.inner_folder(model)).resolve())
    else:
        config.base_model_name_or_path = model
        config.revision = getattr(net.get_base_model().config, "_commit_hash", None)
    models.save(net, folder)
    words.save(folder)
    with utf8_path(folder) as place:
        net.get_base_model().generation_config.save_pretrained(place)
    if model.endswith(".gguf"):
        net = _through_base(net, run.folder / BASE, folder, words)
    return adapters.merge(net)


def load_adapted(run: RunFolder, family: Family, adapter: Path, words: Words) -> Any:
    """The base of a run anew, with the adapters of a folder: they were shared out over ranks."""
    from peft import PeftModel

    half = family == "causal" and run.settings["precision"] == "bf16"
    net = models.load_base(str(run.settings["model"]), family, "bfloat16" if half else "float32")
    settle_generation(net, words, words.ends)
    with utf8_path(adapter) as place:
        return PeftModel.from_pretrained(net, place)


def _through_base(net: Any, base: Path, adapter: Path, words: Words) -> Any:
    """The same model, its base written to a folder on the way."""
    from peft import PeftModel

    plain = net.unload()
    models.save(plain, base)
    words.save(base)
    with utf8_path(adapter) as place:
        return PeftModel.from_pretrained(plain, place)
