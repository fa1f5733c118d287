"""The end of a run: the model as anyone loads it, its scores, and the card that says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoConfig

from dataprep import store
from dataprep.finding import EnvironmentProblem
from dataprep.names import utf8_path
from trainers import adapters, models
from trainers import options as ways
from trainers.answers import evaluate
from trainers.card import card
from trainers.dataset import Dataset, Words
from trainers.loop import ExactTrainer
from trainers.run_folder import RunFolder


def finish(
    run: RunFolder,
    trainer: ExactTrainer,
    dataset: Dataset,
    words: Words,
    read: Callable[[str], str],
    *,
    lora: bool,
) -> Path:
    """Save the model (adapters apart and merged), evaluate it, write the card; the run folder."""
    net = _whole(run, trainer, dataset)
    if ways.ranks()[1]:
        return run.folder
    with store.environment_errors(run.folder):
        if lora:
            save(net, run.folder / "adapter")
            net = adapters.merge(net)
        if not trainer.is_fsdp_enabled:
            save(net, run.folder / "model")
        words.save(run.folder / "model")
        scores = evaluate(net, words, dataset, run.losses(), read)
        scores |= _course(run, trainer)
        run.finish(scores, card(run.settings, scores, dataset.family))
    return run.folder


def _course(run: RunFolder, trainer: ExactTrainer) -> dict[str, Any]:
    """How far the training went, and what it was worth on held-out data on the way."""
    held = [line["held_out_loss"] for line in run.journal() if "held_out_loss" in line]
    found: dict[str, Any] = {"steps": [trainer.state.global_step, trainer.course.plan.steps]}
    return found | ({"held_out_loss": {"first": held[0], "lowest": min(held)}} if held else {})


def _whole(run: RunFolder, trainer: ExactTrainer, dataset: Dataset) -> Any:
    """The model on this rank; where every rank held a part, put together by way of the disk."""
    if not trainer.is_fsdp_enabled:
        return trainer.accelerator.unwrap_model(trainer.model)
    trainer.save_model(str(run.folder / "model"))
    if torch.distributed.is_initialized():
        torch.distributed.barrier()
    with utf8_path(run.folder / "model") as place:
        kind = models.loader(AutoConfig.from_pretrained(place), dataset.family)
        return kind.from_pretrained(place, trust_remote_code=False)


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
