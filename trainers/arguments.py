"""Our choices in the words of transformers' Trainer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import TrainingArguments

from trainers import options as ways
from trainers.loop import Course
from trainers.options import TrainingOptions

LOGS = 60
"""Lines of the journal that a run has by default."""


def arguments(
    checkpoints: Path, options: TrainingOptions, course: Course, *, fp16: bool, use_cache: bool
) -> TrainingArguments:
    """One epoch, which is the whole plan; losses are not filtered, and weights are safetensors.

    `use_cache` is what the config of the model says, since Trainer writes its own there.
    """
    steps, gpu = course.plan.steps, torch.cuda.is_available()
    every = options.checkpoint_every(steps)
    made = TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=1,
        gradient_accumulation_steps=course.plan.accumulate,
        max_grad_norm=options.max_grad_norm,
        bf16=ways.bf16(options.precision),
        fp16=fp16,
        use_cache=use_cache,
        use_cpu=not gpu,
        ddp_backend="gloo" if ways.ranks()[0] > 1 and not gpu else None,
        ddp_find_unused_parameters=False,
        activation_checkpointing=options.activation_checkpointing,
        torch_compile=options.compile,
        logging_steps=max(steps // LOGS, 1),
        logging_first_step=True,
        logging_nan_inf_filter=False,
        save_strategy="steps",
        save_steps=every,
        save_total_limit=2,
        eval_strategy="steps" if course.held_out_plan else "no",
        eval_steps=every,
        report_to=options.report_to,
        disable_tqdm=True,
        remove_unused_columns=False,
        seed=options.seed,
        **_sharded(options),
        **_best(options, course),
    )
    if made.n_gpu > 1:  # torch's DataParallel would split packed lines; torchrun is the way
        made._n_gpu = 1
    return made


def _sharded(options: TrainingOptions) -> dict[str, Any]:
    """FSDP2: each rank holds a part of the model, and a checkpoint is the whole of it."""
    if not options.fsdp:
        return {}
    return {"fsdp": True, "fsdp_config": {"version": 2, "state_dict_type": "FULL_STATE_DICT"}}


def _best(options: TrainingOptions, course: Course) -> dict[str, Any]:
    """By which loss checkpoints are compared, and whether the best or the last is the model."""
    if course.held_out_plan is None:
        return {}
    return {
        "load_best_model_at_end": options.keep == "best",
        "metric_for_best_model": "eval_loss",
        "greater_is_better": False,
        "restore_callback_states_from_checkpoint": bool(options.patience),
    }
