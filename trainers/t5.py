"""T5 from a converted dataset: read from top to bottom, config in, run folder out.

Stands on transformers' Seq2SeqTrainer and replaces what is wrong or missing there: the loss
(summed over tokens and divided by their real count; transformers' own T5 loss is off by the
number of accumulation steps, huggingface/transformers#47688) and the batches (a token budget).
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import torch
from safetensors import SafetensorError
from torch.utils.data import DataLoader
from transformers import (
    Adafactor,
    PrinterCallback,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
)
from transformers.utils import logging as transformers_logging

from dataprep import store
from dataprep.finding import EnvironmentProblem, NothingToDo, UsageError
from dataprep.tokens import Tokenizer, load_tokenizer, save_tokenizer
from trainers import models, run_folder
from trainers.answers import evaluate
from trainers.batches import Plan
from trainers.progress import Clock, Journal, Report, shown
from trainers.rows import IGNORED, Rows, collate

Precision = Literal["auto", "fp32", "bf16", "fp16"]

LOGS = 60
MOST_THREADS, FEW_THREADS = 16, 4
SMALL_MODEL = 5_000_000
FROM_SCRATCH, FINE_TUNING = 1e-2, 1e-3
"""Learning rates for Adafactor, relative to the size of each parameter."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A converted dataset that was found whole."""

    folder: Path
    manifest: dict[str, Any]
    tokenizer: Tokenizer
    train: Rows


def train(
    folder: Path,
    *,
    out: Path,
    model: str | None = None,
    size: models.Size = "tiny",
    epochs: float = 10,
    max_minutes: float | None = None,
    batch_tokens: int = 1500,
    accumulate: int = 1,
    learning_rate: float | None = None,
    precision: Precision = "auto",
    seed: int = 0,
    on_progress: Report | None = None,
) -> Path:
    """Train on `folder` (an output of convert with the target t5) and return the run folder.

    `model` is a hub name or a local folder; without one a new model of that `size` is made.
    `batch_tokens` counts source and target with padding. Raises UsageError for a dataset that was
    changed or made for another tokenizer, and EnvironmentProblem for disk, memory and network.
    """
    bf16 = _bf16(precision)
    run_folder.refuse_used(out)
    _settle(seed)
    dataset = _read(folder)
    net = models.load(model, size, dataset.tokenizer, dataset.train.highest)
    _use_cores(net.num_parameters())
    plan = Plan(dataset.train.lengths, batch_tokens, epochs, seed)
    rate = learning_rate or (FINE_TUNING if model else FROM_SCRATCH)
    settings = {
        "model": model or f"from scratch, {size}",
        "parameters": net.num_parameters(),
        "epochs": epochs,
        "max_minutes": max_minutes,
        "batch_tokens": batch_tokens,
        "accumulate": accumulate,
        "learning_rate": rate,
        "precision": "bf16" if bf16 else "fp32",
        "seed": seed,
    }
    with store.environment_errors(out), _out_of_memory(batch_tokens):
        run = run_folder.start(out, settings, dataset.manifest)
        clock = Clock(-(-len(plan) // accumulate), max_minutes)
        with shown(on_progress) as report:
            journal = Journal(run, clock, report, _tokens_a_step(dataset.train, plan, accumulate))
            trainer = _trainer(net, dataset, plan, journal)
            trainer.train()
        save_model(net, dataset.tokenizer, run.folder / "model")
        run.finish(evaluate(net, dataset.tokenizer, dataset.folder, dataset.train, journal.losses))
    return run.folder


def _bf16(precision: Precision) -> bool:
    if precision == "fp16":
        raise UsageError(
            "T5 cannot be trained in fp16: its activations overflow, and the loss becomes NaN.",
            "Use bf16 where the hardware has it, or fp32.",
        )
    able = torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    if precision == "bf16" and not able:
        raise UsageError("This machine has no GPU that computes in bf16.", "Use fp32.")
    return able and precision != "fp32"


def _settle(seed: int) -> None:
    """Seed everything, and keep transformers quiet."""
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.manual_seed(seed)


def _use_cores(parameters: int) -> None:
    """As many threads as help: a small model gains little, and waits for each of them."""
    if "OMP_NUM_THREADS" in os.environ or not hasattr(os, "sched_getaffinity"):
        return
    cores = len(os.sched_getaffinity(0))
    few = min(max(cores // 2, 1), FEW_THREADS)
    torch.set_num_threads(few if parameters < SMALL_MODEL else min(cores, MOST_THREADS))


def _read(folder: Path) -> Dataset:
    manifest = store.read_manifest(folder)
    entry = manifest["targets"].get("t5")
    if entry is None:
        raise UsageError(
            f"{folder} holds no dataset for T5.", "Convert again, with --to t5 among the targets."
        )
    if problems := store.verify(folder):
        raise UsageError(
            f"{folder} is not as it was written: {problems[0]}",
            "Convert again, so that what is trained on is what was checked.",
        )
    if not entry["splits"].get("train"):
        raise NothingToDo(f"{folder} has no examples to train on.", "Add examples, or splits.")
    tokenizer = load_tokenizer(str(folder / "t5" / "tokenizer"))
    if tokenizer.sha256 != entry["tokenizer"]["sha256"]:
        raise UsageError(f"{folder} holds another tokenizer than it says.", "Convert again.")
    return Dataset(folder, manifest, tokenizer, Rows(folder / "t5" / "train.parquet"))


class _TokenBudgetTrainer(Seq2SeqTrainer):
    """Seq2SeqTrainer with the batches of a plan."""

    plan: Plan

    def get_train_dataloader(self) -> DataLoader[Any]:
        loader = DataLoader(
            cast("Rows", self.train_dataset),
            batch_sampler=self.plan,
            collate_fn=self.data_collator,
            pin_memory=torch.cuda.is_available(),
        )
        prepared: DataLoader[Any] = self.accelerator.prepare(loader)
        return prepared


def summed_loss(outputs: Any, labels: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
    """Cross entropy summed over the tokens of [batch, seq], over the count of the whole step."""
    logits = outputs.logits
    flat = logits.view(-1, logits.size(-1)).to(torch.promote_types(logits.dtype, torch.float32))
    loss = torch.nn.functional.cross_entropy(
        flat, labels.reshape(-1), ignore_index=IGNORED, reduction="sum"
    )
    count = labels.ne(IGNORED).sum() if num_items_in_batch is None else num_items_in_batch
    return loss / count


def _arguments(run: run_folder.Run, steps: int) -> Seq2SeqTrainingArguments:
    return Seq2SeqTrainingArguments(
        output_dir=str(run.folder),
        num_train_epochs=1,  # the plan holds all epochs
        gradient_accumulation_steps=run.settings["accumulate"],
        bf16=run.settings["precision"] == "bf16",
        use_cpu=not torch.cuda.is_available(),
        logging_steps=max(steps // LOGS, 1),
        logging_first_step=True,
        logging_nan_inf_filter=False,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        seed=run.settings["seed"],
    )


def _trainer(net: Any, dataset: Dataset, plan: Plan, journal: Journal) -> _TokenBudgetTrainer:
    # T5's own optimiser: steps relative to the size of a parameter, so that embeddings, which
    # start at 1, learn as fast as the rest. AdamW leaves them where they are (Raffel 2020, 3.1.2).
    optimiser = Adafactor(  # type: ignore[no-untyped-call]
        net.parameters(),
        lr=journal.run.settings["learning_rate"],
        scale_parameter=True,
        relative_step=False,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, journal.clock.share_of_rate)
    start = net.config.decoder_start_token_id
    trainer = _TokenBudgetTrainer(
        model=net,
        args=_arguments(journal.run, journal.clock.steps),
        train_dataset=dataset.train,
        data_collator=functools.partial(collate, pad=dataset.tokenizer.pad_id, start=start),
        compute_loss_func=summed_loss,
        optimizers=(optimiser, schedule),
        callbacks=[journal],
    )
    trainer.plan = plan
    trainer.remove_callback(PrinterCallback)
    return trainer


def _tokens_a_step(rows: Rows, plan: Plan, accumulate: int) -> list[int]:
    """Real tokens of each optimiser step."""
    sizes = [sum(rows.lengths[row] for row in batch) for batch in plan]
    return [sum(sizes[i : i + accumulate]) for i in range(0, len(sizes), accumulate)]


@contextmanager
def _out_of_memory(batch_tokens: int) -> Iterator[None]:
    """Turn a GPU that is full into advice."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise EnvironmentProblem(
            f"The memory is too small for batches of {batch_tokens:,} tokens.",
            f"Try --batch-tokens {batch_tokens // 2}.",
        ) from error


def save_model(net: Any, tokenizer: Tokenizer, folder: Path) -> None:
    """Weights as safetensors, config and tokenizer, as `from_pretrained` loads them."""
    try:
        net.save_pretrained(folder)
    except SafetensorError as error:
        problem = f"The model could not be written to {folder}: {error}."
        raise EnvironmentProblem(problem, "Free some space, and train again.") from None
    save_tokenizer(tokenizer, folder)
