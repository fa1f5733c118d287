"""The end of a run: the model as anyone loads it, its scores, and the card that says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig

from dataprep import store
from dataprep.names import utf8_path
from trainers import models
from trainers import options as ways
from trainers.adapter_base import load_adapted, save_adapter
from trainers.answers import evaluate
from trainers.card import card
from trainers.dataset import Dataset, Words
from trainers.loop import ExactTrainer
from trainers.model_files import load_whole
from trainers.models import save
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
    kept = trainer.kept_step
    net = _whole(run, trainer, dataset, words, kept)
    if ways.ranks()[1]:
        return run.folder
    with store.environment_errors(run.folder):
        if lora:
            net = save_adapter(net, run, words)
        save(net, run.folder / "model")
        words.save(run.folder / "model")
        steps = trainer.state.global_step, trainer.course.plan.steps
        scores = evaluate(net, words, dataset, read)
        scores |= run.course(kept, best=trainer.keeps_best, steps=steps)
        run.log(step=kept, saved=True)
        run.finish(scores, card(run.settings, scores, dataset.family))
    return run.folder


def _whole(run: RunFolder, trainer: ExactTrainer, dataset: Dataset, words: Words, kept: int) -> Any:
    """The model on this rank; where every rank held a part, put together by way of the disk."""
    if not trainer.is_fsdp_enabled:
        return trainer.accelerator.unwrap_model(trainer.model)
    folder = run.checkpoints / (f"checkpoint-{kept}" if trainer.keeps_best else "last")
    if not trainer.keeps_best:
        trainer.save_model(str(folder))
    if torch.distributed.is_initialized():
        torch.distributed.barrier()
    if ways.ranks()[1]:
        return None
    if run.settings.get("lora"):
        return load_adapted(run, dataset.family, folder, words)
    with utf8_path(folder) as place:
        kind = models.loader(AutoConfig.from_pretrained(place), dataset.family)
        return load_whole(kind, place, use_safetensors=True)
