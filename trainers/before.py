"""What can be refused before torch is loaded, which takes seconds: choices, folders, targets."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Unpack

from dataprep import store
from dataprep.finding import UsageError
from trainers import options, run_folder
from trainers.options import CommonOptions, TrainingChoices, TrainingOptions

HOLDS = {
    "t5": "dataset for T5",
    "causal": "dataset for a causal model",
    "preference": "preferences",
    "kto": "answers with a verdict",
    "reinforcement": "items for a grader",
}


ALIGNED = ("preference", "kto", "reinforcement")
"""Targets that TRL trains on: they are JSON rows, and no token ids."""


def look(
    folder: Path | None,
    target: str,
    out: Path | None,
    model: str | None,
    **choices: Unpack[TrainingChoices],
) -> None:
    """Raise UsageError for choices that cannot be, a dataset without `target`, a run in `out`.

    Without `out` nothing is to be written; without `folder` the dataset is still to be made.
    """
    given: dict[str, Any] = {**choices}
    made = CommonOptions(**given) if target in ALIGNED else TrainingOptions(**given)
    made.settled_for(model)
    if made.lora and model is None:
        raise UsageError(
            "Adapters cannot teach a new model: its own weights are random, and stay so.",
            "Name a trained model with --model, or leave --lora out.",
        )
    if target == "t5":
        refuse_fp16(made)
    if out is not None and not options.ranks()[1]:
        run_folder.claim(out, resume=made.resume)
    if folder is not None:
        manifest_with(folder, target)


def manifest_with(folder: Path, target: str) -> dict[str, Any]:
    """The manifest of a converted folder; raises UsageError where it lacks the target."""
    manifest = store.read_manifest(folder, target)
    if target not in manifest["targets"]:
        raise UsageError(
            f"{folder} holds no {HOLDS.get(target, target)}.",
            f"Convert again, with --to {target} among the targets.",
        )
    return manifest


def refuse_fp16(made: CommonOptions) -> None:
    """Raise UsageError for a T5 in fp16."""
    if made.precision == "fp16":
        raise UsageError(
            "T5 cannot be trained in fp16: its activations overflow, and the loss becomes NaN.",
            "Use --precision bf16 where the hardware has it, or fp32.",
        )
