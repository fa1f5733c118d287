"""What DPO, KTO and GRPO share: a run by one of TRL's trainers, on ids of our own renderer.

TRL would let a user's text become a special token, and finds the answer by a common prefix.
"""

from __future__ import annotations

import codecs
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import PrinterCallback, TrainerCallback

from dataprep import jsonio, store
from dataprep.example import Message
from dataprep.finding import DataprepError, NothingToDo, Place, UsageError
from dataprep.jsonio import Json
from dataprep.tokens import AnyChatTokenizer, load_chat_tokenizer
from trainers import (
    adapters,
    attention,
    fitting,
    model_files,
    models,
    quantisation,
    run_folder,
    wording,
)
from trainers import options as ways
from trainers.adapter_base import save_adapter
from trainers.answers import last_answer
from trainers.before import HOLDS, manifest_with
from trainers.card import card
from trainers.dataset import Words
from trainers.generation import TAIL, caches, closing_tokens, settle_generation
from trainers.models import save
from trainers.options import EPOCHS_OF_GIVEN, CommonOptions

RATE, LORA_RATE = 1e-6, 1e-5
BATCH = 8
"""Rows of a batch of TRL's."""
Encode = Callable[[AnyChatTokenizer, Json], Json]
MakeTrainer = Callable[[run_folder.RunFolder], Any]
Judge = Callable[[Any, list[Json]], Json]
"""The scores of a run, by the trained model and by what TRL logged."""


class Whole(TrainerCallback):
    """Marks each checkpoint that is written to its end: from the last of them a run goes on."""

    def __init__(self, run: run_folder.RunFolder) -> None:
        self.run = run

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """The checkpoint of this step is there."""
        self.run.mark_whole(state.global_step)


@dataclass(frozen=True, slots=True)
class Alignment:
    """A model that answers already, and what it is to learn from: rows in ids, and settings."""

    out: Path
    options: CommonOptions
    net: Any
    tokenizer: AnyChatTokenizer
    words: Words
    """Those of the tokenizer, with every token that ends an answer."""
    rows: list[Json]
    held_out: list[Json]
    """Rows of the validation split, by whose loss checkpoints are compared; none for GRPO."""
    rate: float
    settings: Json
    goes_on: bool

    def arguments(self, run: run_folder.RunFolder) -> Json:
        """Our choices in the words of TRL's configs."""
        options, every = self.options, self.options.checkpoint_every(self._steps)
        return {
            "output_dir": str(run.checkpoints),
            "num_train_epochs": options.epochs or EPOCHS_OF_GIVEN,
            "per_device_train_batch_size": BATCH,
            "gradient_accumulation_steps": options.accumulate,
            "learning_rate": self.rate,
            "lr_scheduler_type": options.lr_scheduler_type,
            "warmup_steps": options.schedule.warm_up(self._steps),
            "weight_decay": options.weight_decay,
            "max_grad_norm": options.max_grad_norm,
            **({} if options.optim == "auto" else {"optim": options.optim}),
            "bf16": ways.bf16(options.precision),
            "fp16": ways.fp16(options.precision),
            "use_cpu": not ways.has_gpu(),
            "activation_checkpointing": options.activation_checkpointing,
            "logging_steps": 1,
            "save_strategy": "steps",
            "save_steps": every,
            "save_total_limit": 2,
            **(self._compared(every) if self.held_out else {}),
            "report_to": options.report_to,
            "disable_tqdm": True,
            "seed": options.seed,
            "use_cache": caches(self.net),
        }

    def _compared(self, every: int) -> Json:
        """How checkpoints are judged, and whether the best of them or the last is the model."""
        return {
            "eval_strategy": "steps",
            "eval_steps": every,
            "per_device_eval_batch_size": BATCH,
            "load_best_model_at_end": self.settings["keep"] == "best",
            "metric_for_best_model": "eval_loss",
            "greater_is_better": False,
        }

    @property
    def _steps(self) -> int:
        """Optimiser steps of the run."""
        batches = -(-len(self.rows) // BATCH)
        epochs = self.options.epochs or EPOCHS_OF_GIVEN
        return math.ceil(-(-batches // self.options.accumulate) * epochs)

    def train(self, make: MakeTrainer, judge: Judge) -> Path:
        """Train by TRL's trainer, from the last whole checkpoint on; the finished run folder."""
        with store.environment_errors(self.out):
            run = run_folder.begin(self.out, self.settings, goes_on=self.goes_on)
            trainer = make(run)
            _keep_fp32(trainer.model)
            trainer.remove_callback(PrinterCallback)
            trainer.add_callback(Whole(run))
            last = run.last_checkpoint()
            trainer.train(resume_from_checkpoint=str(last) if last else None)
            self._finish(run, trainer, judge)
        return run.folder

    def _finish(self, run: run_folder.RunFolder, trainer: Any, judge: Judge) -> None:
        """The model with its tokenizer, what TRL logged, and the card."""
        net, state = trainer.accelerator.unwrap_model(trainer.model), trainer.state
        best = bool(trainer.args.load_best_model_at_end and state.best_model_checkpoint)
        kept = state.best_global_step if best else state.global_step
        for line in state.log_history:
            run.log(**{_TOLD.get(name, name): value for name, value in line.items()})
        lora = self.options.lora
        # Again: TRL's trainers write the tokenizer's own end, pad and bos into the settings.
        settle_generation(net.get_base_model() if lora else net, self.words, self.words.ends)
        if lora:
            net = save_adapter(net, run, self.words)
        save(net, run.folder / "model")
        self.words.save(run.folder / "model")
        course = run.course(kept, best=best, steps=(state.global_step, self._steps))
        scores = course | judge(net, [line for line in state.log_history if line["step"] <= kept])
        run.log(step=kept, saved=True)
        run.finish(scores, card(run.settings, scores, "causal"))


def prepare(
    folder: Path,
    target: str,
    encode: Encode,
    *,
    out: Path,
    model: str,
    options: CommonOptions,
    own: Json,
) -> Alignment:
    """The model and the rows of `folder` (an output of convert with that target), in ids.

    `own` are the settings of the method alone; with `keep` among them, rows are held out. Raises
    UsageError for choices and rows that it cannot use, NothingToDo for a folder without rows to
    train on.
    """
    options = options.settled_for(model)
    if options.libraries:
        quantisation.refuse_broken()
    goes_on = run_folder.claim(out, resume=options.resume)
    fitting.settle(options.seed)
    found = _rows(folder, target, "train")
    day = run_folder.day_in(run_folder.settings_of(out)) if goes_on else None
    tokenizer = load_chat_tokenizer(model_files.inner_folder(model), day=day)
    rows = [_encoded(encode, tokenizer, place, row) for place, row in found]
    held_out = [
        _encoded(encode, tokenizer, place, row)
        for place, row in (_placed(folder / target, "validation") if "keep" in own else ())
    ]
    words = models.causal_words(tokenizer)
    compute = quantisation.compute_of(options)
    dtype = str(compute or torch.float32).removeprefix("torch.")
    net = models.given_causal(model, words, options.attention, dtype, compute)
    words = settle_generation(net, words, closing_tokens(_tails(rows), words))
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
        **own,
        "target": target,
        "family": "causal",
        "dataset": {
            "digest": manifest["digest"],
            "tokenizer": {"sha256": tokenizer.sha256},
            **({"chat_template": {"date": tokenizer.day.isoformat()}} if tokenizer.day else {}),
            **manifest["targets"][target],
        },
        "wording": wording.recorded(folder),
        "versions": run_folder.versions(*options.libraries),
    }
    if options.lora:
        net = adapters.with_lora(net, options, "CAUSAL_LM")
        settings["adapters"] = adapters.summary(net)
    return Alignment(out, options, net, tokenizer, words, rows, held_out, rate, settings, goes_on)


def refuse_changed(folder: Path, target: str) -> None:
    """Raise UsageError for a folder without the target, or that is not as convert wrote it."""
    manifest_with(folder, target)
    if problems := store.verify(folder):
        raise UsageError(f"{folder} is not as it was written: {problems[0]}", "Convert again.")


def answer_ids(
    tokenizer: AnyChatTokenizer, messages: Sequence[Message], tools: Any
) -> tuple[list[int], list[int]]:
    """What stands before the last answer, and the answer with its end, in ids."""
    coded = tokenizer.encode(messages, tools)
    first, end = last_answer(coded.labels)
    if first == end:
        raise UsageError("nothing of the answer is left to learn.", "Take the row out.")
    return coded.input_ids[:first], coded.input_ids[first:end]


def prompt_ids(tokenizer: AnyChatTokenizer, messages: Sequence[Message], tools: Any) -> list[int]:
    """What stands before an answer, when there is one."""
    return answer_ids(tokenizer, [*messages, {"role": "assistant", "content": "-"}], tools)[0]


def rows_of(folder: Path, target: str, split: str) -> list[Json]:
    """The rows of a split as convert wrote them; none where it has no such split."""
    return [row for _, row in _placed(folder / target, split)]


def _placed(folder: Path, split: str) -> Iterator[tuple[Place, Json]]:
    """Each row of a split with its place: in one file or in parts, behind Azure's mark or not."""
    whole = folder / f"{split}.jsonl"
    for path in [whole] if whole.is_file() else sorted(folder.glob(f"{split}-[0-9]*.jsonl")):
        lines = path.read_bytes().removeprefix(codecs.BOM_UTF8).split(b"\n")
        for number, line in enumerate(lines, 1):
            if line:
                yield Place(file=str(path), line=number), jsonio.loads(line)


def _rows(folder: Path, target: str, split: str) -> list[tuple[Place, Json]]:
    """Each row with its place; raises for a folder that was changed, or that has none."""
    refuse_changed(folder, target)
    if not (rows := list(_placed(folder / target, split))):
        raise NothingToDo(
            f"{folder} has no {HOLDS[target]} to train on.", "Add examples, or splits."
        )
    return rows


def _keep_fp32(net: Any) -> None:
    """Let adapters learn in fp32: over a base in 4 bits TRL casts them to bf16.

    Steps of the rates that are usual here are smaller than what bf16 tells apart.
    """
    for parameter in net.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()


def _tails(rows: Sequence[Json]) -> Counter[tuple[int, ...]]:
    """How often the answers in rows end in which ids; items of GRPO have none."""
    answers = (row.get("chosen_ids") or row.get("completion_ids") or [] for row in rows)
    return Counter(tuple(ids[-TAIL:]) for ids in answers)


def _encoded(encode: Encode, tokenizer: AnyChatTokenizer, place: Place, row: Json) -> Json:
    try:
        return encode(tokenizer, row)
    except DataprepError as error:
        raise UsageError(error.message, error.remedy, place=place) from None


_TOLD = {"eval_loss": "held_out_loss"}
"""What TRL logs, by the name that it has in our journals."""
