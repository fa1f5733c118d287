"""From a model and a dataset to a trained model in a run folder: what both families share."""

from __future__ import annotations

import errno
import functools
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from transformers import EarlyStoppingCallback, PrinterCallback
from transformers.utils import logging as transformers_logging

from dataprep import store
from dataprep.finding import EnvironmentProblem, UsageError
from trainers import attention, memory_trial, models, packing, quantisation, run_folder, wording
from trainers import options as ways
from trainers.arguments import arguments
from trainers.batches import BatchPlan, LineBatch, LineLengths, token_budget
from trainers.dataset import Dataset
from trainers.generation import caches
from trainers.loop import Course, ExactTrainer, summed_loss
from trainers.optimisers import OptimiserSettings, state_sizes
from trainers.options import EPOCHS_OF_NEW, TrainingOptions
from trainers.progress import Clock, ReportProgress, TrainingJournal, shown
from trainers.run_folder import RunFolder

MOST_THREADS, FEW_THREADS = 16, 4
SMALL_MODEL = 5_000_000
_TOLERANCE = {torch.float64: 1e-9, torch.float32: 1e-3, torch.bfloat16: 0.05}


@dataclass(frozen=True, slots=True)
class Setup:
    """What a family of models brings: the model, its batches, its optimiser and its rate."""

    net: Any
    collate: Callable[..., dict[str, torch.Tensor]]
    optimiser: OptimiserSettings
    fp16: bool = False


def settle(seed: int) -> None:
    """Seed everything, and keep transformers quiet."""
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it tells of every retry
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.manual_seed(seed)


def use_cores(parameters: int) -> None:
    """As many threads as help: a small model gains little, and waits for each of them."""
    if "OMP_NUM_THREADS" in os.environ or not hasattr(os, "sched_getaffinity"):
        return
    cores = len(os.sched_getaffinity(0))
    few = min(max(cores // 2, 1), FEW_THREADS)
    torch.set_num_threads(few if parameters < SMALL_MODEL else min(cores, MOST_THREADS))


def fit(
    setup: Setup,
    dataset: Dataset,
    options: TrainingOptions,
    *,
    out: Path,
    settings: dict[str, Any],
    report: ReportProgress | None,
    goes_on: bool,
) -> tuple[RunFolder, ExactTrainer]:
    """Train, and return what was trained with the run that it stands in.

    Raises UsageError when the loss becomes NaN, and EnvironmentProblem for disk and memory.
    """
    ranks, rank = ways.ranks()
    use_cores(setup.net.num_parameters())
    widths = _widths(dataset, options)
    if widths:
        prove_packing(
            setup, dataset, widths, min(packing.lines_of(options.batch_tokens, widths), 2)
        )
    parts = _parts(setup, dataset, options, widths, begun=out if goes_on else None)
    settings = {**settings, "batch_parts": parts}
    plan = plan_of(dataset.train.lengths, options, widths, ranks=ranks, rank=rank, parts=parts)
    clock = Clock(plan.steps, options.max_minutes, options.schedule)
    course = _course(setup, dataset, options, widths, plan)
    course.share_of_rate = clock.share_of_rate
    with store.environment_errors(out):
        # One rank writes; the others only read what it has.
        run = (
            run_folder.begin(out, settings, goes_on=goes_on)
            if not rank
            else RunFolder(out, settings)
        )
    tokens = [_real(plan.step(n), dataset.train.lengths) for n in range(plan.steps)]
    with shown(report if not rank else lambda _: None) as told:
        journal = TrainingJournal(run, clock, told, tokens, lead=not rank)
        trainer = ExactTrainer(
            model=setup.net,
            args=arguments(
                run.checkpoints,
                options,
                course,
                fp16=setup.fp16,
                use_cache=caches(setup.net),
            ),
            train_dataset=dataset.train,
            eval_dataset=dataset.held_out,
            callbacks=[journal],
        )
        trainer.follow(course)
        trainer.remove_callback(PrinterCallback)
        if options.patience:
            trainer.add_callback(EarlyStoppingCallback(options.patience))
        with _explained(run, options, course):
            last = run.last_checkpoint() if options.resume else None
            trainer.train(resume_from_checkpoint=str(last) if last else None)
    attention.leave_flash(setup.net)
    return run, trainer


def _widths(dataset: Dataset, options: TrainingOptions) -> tuple[int, ...] | None:
    """How long packed lines are: long enough for the longest row of any split."""
    if not options.packing:
        return None
    splits = [rows.lengths for rows in (dataset.train, dataset.held_out) if rows and len(rows)]
    return packing.widths_for(np.concatenate(splits), options.pack_width)


def _course(
    setup: Setup,
    dataset: Dataset,
    options: TrainingOptions,
    widths: tuple[int, ...] | None,
    plan: BatchPlan,
) -> Course:
    parts = plan.accumulate // options.accumulate
    held, held_plan = dataset.held_out, None
    if held is not None and len(held):
        held_plan = plan_of(
            held.lengths, options, widths, ranks=plan.ranks, rank=plan.rank, epochs=1, parts=parts
        )
    if options.patience and held_plan is None:
        raise UsageError(
            "Early stopping needs a validation split, and there is none.",
            "Convert again with a share for validation, or leave --patience out.",
        )
    return Course(
        plan=plan,
        collate=functools.partial(setup.collate, widths=widths, packed=options.packing),
        optimiser=functools.partial(setup.optimiser.make, setup.net),
        held_out=held,
        held_out_plan=held_plan,
    )


def plan_of(
    lengths: LineLengths,
    options: TrainingOptions,
    widths: tuple[int, ...] | None = None,
    *,
    ranks: int = 1,
    rank: int = 0,
    epochs: float | None = None,
    parts: int = 1,
) -> BatchPlan:
    """The batches of a run: packed lines, or padded ones, within the budget of tokens."""

    def make(seed: str) -> list[LineBatch]:
        if widths is None:
            return token_budget(lengths, options.batch_tokens, seed)
        return packing.pack(lengths, widths, packing.lines_of(options.batch_tokens, widths), seed)

    return BatchPlan(
        make,
        epochs or options.epochs or EPOCHS_OF_NEW,
        options.seed,
        ranks=ranks,
        rank=rank,
        accumulate=options.accumulate,
        parts=parts,
    )


def _parts(
    setup: Setup,
    dataset: Dataset,
    options: TrainingOptions,
    widths: tuple[int, ...] | None,
    *,
    begun: Path | None,
) -> int:
    """Into how many parts each batch is cut to fit; a run that goes on has those it began with.

    Several ranks do not try: each would have to agree with the others, and a sharded model is
    not whole on any of them.
    """
    if begun is not None:
        return int(run_folder.settings_of(begun).get("batch_parts", 1))
    if ways.ranks()[0] > 1:
        return 1
    net, rows = setup.net, dataset.train
    if ways.has_gpu() and not quantisation.is_4bit(net):  # which is there already
        net.to("cuda")

    def plan(parts: int) -> BatchPlan:
        return plan_of(rows.lengths, options, widths, parts=parts)

    def try_batch(batch: LineBatch) -> None:
        lines = [rows[line] for line in batch]
        tensors = setup.collate(lines, widths=widths, packed=options.packing)
        there = {name: t.to(net.device) for name, t in tensors.items()}
        torch.autograd.backward(summed_loss(net, there))

    half = torch.bfloat16 if ways.bf16(options.precision) else torch.float16 if setup.fp16 else None
    with memory_trial.rehearsal(
        net,
        state_sizes(setup.optimiser.name, net),
        checkpointing=options.activation_checkpointing,
        dtype=half,
    ):
        return memory_trial.parts_that_fit(plan, rows.lengths, try_batch)


def _real(batches: list[LineBatch], lengths: LineLengths) -> int:
    rows = [row for batch in batches for line in batch for row in line]
    return int(lengths[rows].sum()) if rows else 0


def prove_packing(setup: Setup, dataset: Dataset, widths: tuple[int, ...], lines: int = 1) -> None:
    """Raise UsageError unless this very model reads packed rows as it reads them one by one.

    It is tried on a batch of so many `lines`: some models know rows apart in a single one alone.
    """
    line = packing.first_lines(dataset.train.lengths)
    while len(line) > 1 and (dataset.train.lengths[list(line)].sum(axis=0) > widths).any():
        line = line[:-1]
    rows = dataset.train[line]
    was = setup.net.training
    setup.net.eval()
    with torch.no_grad():
        whole = _loss_of(setup, setup.collate([rows] * lines, widths=widths, packed=True))
        alone = lines * sum(
            _loss_of(setup, setup.collate([[row]], widths=None, packed=False)) for row in rows
        )
    setup.net.train(was)
    dtype = quantisation.compute_dtype(setup.net) or next(setup.net.parameters()).dtype
    if abs(whole - alone) > _TOLERANCE.get(dtype, 0.05) * max(abs(alone), 1e-9):
        raise UsageError(
            f"This model mixes up packed examples: a loss of {whole:.4f}, one by one {alone:.4f}.",
            "Leave --packing out, or use --attention eager.",
        )


def _loss_of(setup: Setup, tensors: dict[str, torch.Tensor]) -> float:
    there = {name: t.to(setup.net.device) for name, t in tensors.items()}
    return float(summed_loss(setup.net, there))


@contextmanager
def _explained(run: RunFolder, options: TrainingOptions, course: Course) -> Iterator[None]:
    """Turn what ends a training into advice."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise out_of_memory(options, course.largest) from error
    except (SafetensorError, OSError, RuntimeError) as error:
        if memory_trial.is_memory(error):
            raise out_of_memory(options, course.largest) from error
        if not _is_disk(error):
            raise
        last = run.last_checkpoint()
        whole = f"{last.name} is whole" if last else "there is none yet"
        raise EnvironmentProblem(
            f"A checkpoint could not be written to {run.checkpoints}: the disk is full.",
            f"Free some space, and go on with --resume ({whole}).",
        ) from error


def _is_disk(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    signs = ("No space left", "File too large", "PytorchStreamWriter", "file write failed")
    return any(sign in str(error) for sign in signs)


def out_of_memory(options: TrainingOptions, largest: int) -> EnvironmentProblem:
    """The advice for a memory that is full: the budget that went through, if one did."""
    asked = options.batch_tokens
    fits = largest if 0 < largest < asked else asked // 2
    times = -(-asked // max(fits, 1)) * options.accumulate
    seen = f"the largest that went through had {largest:,}" if largest else "none went through"
    return EnvironmentProblem(
        f"The memory is too small for batches of {asked:,} tokens; {seen}.",
        f"Try --batch-tokens {fits} --accumulate {times}, which learns the same.",
    )


def settings_of(
    options: TrainingOptions, dataset: Dataset, model: str, rate: float, net: Any
) -> dict[str, Any]:
    """What run.json says: the choices, the data and the versions."""
    return {
        **options.recorded(),
        "model": model,
        "parameters": net.num_parameters(),
        "learning_rate": rate,
        "precision": ways.settled(options.precision),
        "attention": attention.computes(net),
        "loader": models.loader(net.config, dataset.family).__name__,
        "target": dataset.target,
        "family": dataset.family,
        "dataset": {"digest": dataset.manifest["digest"], **dataset.entry},
        "wording": wording.recorded(dataset.folder),
        "versions": run_folder.versions(*options.libraries),
    }
