"""Preferences by TRL's DPO: what it does right is its own, the tokens come from our renderer.

TRL would let a user's text become a special token, and finds the answer by a common prefix.
"""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any, Unpack

from transformers import PrinterCallback, TrainerCallback

from dataprep import jsonio, store
from dataprep.finding import NothingToDo, UsageError, extra_missing
from dataprep.formats.preference import INPUT, OUTPUTS
from dataprep.tokens import AnyChatTokenizer, load_chat_tokenizer
from trainers import adapters, attention, fitting, models, run_folder
from trainers import options as ways
from trainers.answers import last_answer
from trainers.before import manifest_with
from trainers.card import card
from trainers.finishing import save
from trainers.options import EPOCHS_OF_GIVEN, TrainingChoices, TrainingOptions

TARGET = "preference"
RATE, LORA_RATE = 1e-6, 1e-5
BATCH = 8


class Whole(TrainerCallback):
    """Marks each checkpoint that is written to its end: from the last of them a run goes on."""

    def __init__(self, run: run_folder.RunFolder) -> None:
        self.run = run

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """The checkpoint of this step is there."""
        self.run.mark_whole(state.global_step)


def train(
    folder: Path, *, out: Path, model: str, beta: float = 0.1, **choices: Unpack[TrainingChoices]
) -> Path:
    """Train `model` on the pairs of `folder` (an output of convert with the target preference).

    Returns the run folder. Batches are TRL's, of eight pairs; packing, patience, minutes and
    sharding are not for it. Raises UsageError for choices and data that it cannot use.
    """
    options = TrainingOptions(**choices).settled_for(model)
    _refuse_others(options)
    goes_on = run_folder.claim(out, resume=options.resume)
    fitting.settle(options.seed)
    rows = _rows(folder, "train")
    given = str(Path(model) / "model") if _is_run(model) else model
    tokenizer = load_chat_tokenizer(given, day=_day_of(out) if goes_on else None)
    words = models.causal_words(tokenizer)
    net = models.given_causal(model, words, options.attention, "float32")
    net = attention.settle(net, options)
    rate = options.learning_rate or (LORA_RATE if options.lora else RATE)
    manifest = store.read_manifest(folder)
    settings = {
        **options.recorded(),
        "model": model,
        "parameters": net.num_parameters(),
        "learning_rate": rate,
        "precision": ways.settled(options.precision),
        "attention": attention.computes(net),
        "beta": beta,
        "target": TARGET,
        "family": "causal",
        "dataset": {
            "digest": manifest["digest"],
            "tokenizer": {"sha256": tokenizer.sha256},
            **({"chat_template": {"date": tokenizer.day.isoformat()}} if tokenizer.day else {}),
            **manifest["targets"][TARGET],
        },
        "versions": run_folder.versions(),
    }
    if options.lora:
        net = adapters.with_lora(net, options, "CAUSAL_LM")
        settings["adapters"] = adapters.summary(net)
    with store.environment_errors(out):
        run = run_folder.begin(out, settings, goes_on=goes_on)
        trainer = _trainer(net, tokenizer, rows, options, run, rate=rate, beta=beta)
        last = run.last_checkpoint()
        trainer.train(resume_from_checkpoint=str(last) if last else None)
        _finish(run, trainer, tokenizer, lora=options.lora is not None)
    return run.folder


def _day_of(out: Path) -> date | None:
    """The day that the chat template of a run wrote when it was begun, if it asks for one."""
    written = run_folder.settings_of(out)["dataset"].get("chat_template", {}).get("date")
    return date.fromisoformat(written) if written else None


def _refuse_others(options: TrainingOptions) -> None:
    for name in ("packing", "patience", "max_minutes", "fsdp", "compile"):
        if getattr(options, name):
            raise UsageError(f"{name} is not for preferences.", "Leave it out.")


def _is_run(model: str) -> bool:
    return (Path(model) / "model" / "config.json").is_file()


def _rows(folder: Path, split: str) -> list[dict[str, Any]]:
    """Prompt, chosen and rejected, as messages; raises for a folder that was changed."""
    manifest_with(folder, TARGET)
    if problems := store.verify(folder):
        raise UsageError(f"{folder} is not as it was written: {problems[0]}", "Convert again.")
    path = folder / TARGET / f"{split}.jsonl"
    if not path.is_file():
        raise NothingToDo(f"{folder} has no pairs to train on.", "Add examples, or splits.")
    return [jsonio.loads(line) for line in path.read_bytes().splitlines()]


def pair_ids(tokenizer: AnyChatTokenizer, row: dict[str, Any]) -> dict[str, list[int]]:
    """A pair in ids: what stands before the answers, and either answer with its end."""
    asked, tools = row[INPUT]["messages"], row[INPUT].get("tools")
    made = []
    for side in OUTPUTS:
        coded = tokenizer.encode([*asked, *row[side]], tools)
        first, end = last_answer(coded.labels)
        made.append((coded.input_ids[:first], coded.input_ids[first:end]))
    (prompt, chosen), (_, rejected) = made
    return {"prompt_ids": prompt, "chosen_ids": chosen, "rejected_ids": rejected}


def _steps(rows: int, options: TrainingOptions) -> int:
    """Optimiser steps of the run."""
    batches = -(-rows // BATCH)
    return math.ceil(-(-batches // options.accumulate) * (options.epochs or EPOCHS_OF_GIVEN))


def _trainer(
    net: Any,
    tokenizer: AnyChatTokenizer,
    rows: list[dict[str, Any]],
    options: TrainingOptions,
    run: run_folder.RunFolder,
    *,
    rate: float,
    beta: float,
) -> Any:
    try:
        from datasets import Dataset
        from trl import DPOConfig, DPOTrainer  # type: ignore[attr-defined]
    except ImportError:
        raise extra_missing("train", "trl") from None

    class InOurIds(DPOTrainer):
        """DPOTrainer with pairs that are tokenised already."""

        def _prepare_dataset(self, dataset: Any, *_: Any, **__: Any) -> Any:
            return dataset

    config = DPOConfig(
        output_dir=str(run.checkpoints),
        num_train_epochs=options.epochs or EPOCHS_OF_GIVEN,
        per_device_train_batch_size=BATCH,
        gradient_accumulation_steps=options.accumulate,
        learning_rate=rate,
        lr_scheduler_type=options.lr_scheduler_type,
        warmup_steps=options.schedule.warm_up(_steps(len(rows), options)),
        weight_decay=options.weight_decay,
        max_grad_norm=options.max_grad_norm,
        beta=beta,
        bf16=ways.bf16(options.precision),
        fp16=ways.fp16(options.precision),
        use_cpu=not ways.has_gpu(),
        activation_checkpointing=options.activation_checkpointing,
        max_length=None,
        logging_steps=1,
        save_strategy="steps",
        save_steps=options.checkpoint_steps or 100,
        save_total_limit=2,
        report_to=options.report_to,
        disable_tqdm=True,
        seed=options.seed,
    )
    trainer = InOurIds(
        model=net,
        args=config,
        train_dataset=Dataset.from_list([pair_ids(tokenizer, row) for row in rows]),
        processing_class=tokenizer.backend,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(Whole(run))
    return trainer


def _finish(
    run: run_folder.RunFolder, trainer: Any, tokenizer: AnyChatTokenizer, *, lora: bool
) -> None:
    """The model with its tokenizer, what TRL logged, and the card."""
    net = trainer.accelerator.unwrap_model(trainer.model)
    for line in trainer.state.log_history:
        run.log(**line)
    if lora:
        save(net, run.folder / "adapter")
        net = net.merge_and_unload()
    save(net, run.folder / "model")
    models.causal_words(tokenizer).save(run.folder / "model")
    logged = [line for line in trainer.state.log_history if "rewards/accuracies" in line]
    scores: dict[str, Any] = {
        "loss": {"first": logged[0]["loss"], "last": logged[-1]["loss"]} if logged else None
    }
    if logged:
        scores["chosen_over_rejected"] = logged[-1]["rewards/accuracies"]
    run.finish(scores, card(run.settings, scores, "causal"))
