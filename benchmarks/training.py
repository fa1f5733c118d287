"""Useful tokens a second in training: batches of a token budget, packed lines, and what others do.

Every trainer is the real one, on the same rows and the same new model; the rounds are interleaved
in one process, and time is that of the processor. The useful fractions are exact, over all rows.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import exactness
import learned
import numpy as np
import torch
from new_models import VOCABULARY, new_llama, new_t5
from numpy.typing import NDArray

BATCH = 16
BUDGET = 2_300
WIDTHS = (512, 160)
LINE = 1_024
WARM = 1
"""Steps that are not timed."""

Ids = NDArray[np.int64]
Made = tuple[Any, Callable[[int], int]]
"""A trainer, and how many useful tokens its nth step holds."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """How long to measure."""
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=4, help="timed steps of each, a round")
    parser.add_argument("--width", type=int, default=256, help="d_model; 4 layers a side")
    parser.add_argument("--rows", type=int, default=4_096)


def main(options: argparse.Namespace) -> None:
    """Print the tables of speed, and those of exactness."""
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    with contextlib.suppress(ImportError):
        from datasets import disable_progress_bars

        disable_progress_bars()
    torch.set_num_threads(1)
    pairs = rows(options.rows, 0)
    print(f"T5, d_model {options.width}, 4+4 layers, fp32, {options.rows:,} pairs; one thread\n")
    table(
        {
            "Seq2SeqTrainer, its default": partial(default_t5, pairs),
            "padded to max_length 512/128": partial(max_length_t5, pairs),
            f"dataprep, {BUDGET:,} tokens a batch": partial(ours_t5, pairs, packed=False),
            f"dataprep, packed {WIDTHS[0]}/{WIDTHS[1]}": partial(ours_t5, pairs, packed=True),
        },
        options,
        expected={1: None, 2: ((0, 2.0), (1, 3.0)), 3: None},
    )
    causal(options)
    learned.table(rows(options.rows, 2), options)
    exactness.main()


def causal(options: argparse.Namespace) -> None:
    """The table of the causal model."""
    texts = [np.concatenate(pair) for pair in rows(options.rows, 1)]
    print(f"\nLLaMA, hidden size {options.width}, 8 layers, fp32, {options.rows:,} texts\n")
    table(
        {
            "TRL's SFTTrainer, its default": partial(trl, texts),
            f"dataprep, {BUDGET:,} tokens a batch": partial(ours_causal, texts, packed=False),
            f"dataprep, packed {LINE:,}": partial(ours_causal, texts, packed=True),
        },
        options,
        expected={1: ((0, 2.0),), 2: None},
    )
    print("\nNo GPU was used: tokens a second and MFU in bf16 there were not measured.")


def table(
    makers: dict[str, Callable[[int, argparse.Namespace], tuple[Made, float]]],
    options: argparse.Namespace,
    expected: dict[int, Sequence[tuple[int, float]] | None],
) -> None:
    """Rates and useful fractions, and each ratio beside what is expected of it."""
    rates: dict[str, list[float]] = {name: [] for name in makers}
    shares: dict[str, float] = {}
    for number in range(options.rounds):
        for name, make in makers.items():
            (trainer, tokens), shares[name] = make(number, options)
            rates[name].append(timed(trainer, tokens, options.steps))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    names = list(makers)
    print(f"{'':38}{'useful':>9}{'tokens/s':>10}{'ratio':>8}{'each round':>24}")
    for name in names:
        each = [a / b for a, b in zip(rates[name], rates[names[0]], strict=True)]
        spread = " ".join(f"{ratio:.1f}x" for ratio in each)
        ratio = medians[name] / medians[names[0]]
        print(f"{name:38}{shares[name]:9.3f}{medians[name]:10,.0f}{ratio:7.1f}x{spread:>24}")
    for number, wanted in expected.items():
        for other, least in wanted or ():
            ratio = medians[names[number]] / medians[names[other]]
            print(f"{names[number]} against {names[other]}: {ratio:.1f}x (expected: {least:.0f}x)")
    budget, packed = names[-2], names[-1]
    print(f"useful fraction, token budget: {shares[budget]:.3f} (expected: at least 0.90)")
    least = 0.99 if names[0].startswith("TRL") else 0.90
    print(f"useful fraction, packed: {shares[packed]:.3f} (expected: at least {least:.2f})")


def rows(count: int, seed: int) -> list[tuple[Ids, Ids]]:
    """Sources of 20 to 512 tokens (median 73), targets of 2 to 128 (median 22), correlation 0.5."""
    dice = np.random.default_rng(seed)
    first = dice.normal(size=count)
    second = 0.5 * first + np.sqrt(0.75) * dice.normal(size=count)
    source = np.clip(np.exp(np.log(73) + 0.85 * first), 20, 512).astype(int)
    target = np.clip(np.exp(np.log(22) + 0.75 * second), 2, 128).astype(int)
    return [
        (dice.integers(10, VOCABULARY, s), dice.integers(10, VOCABULARY, t))
        for s, t in zip(source, target, strict=True)
    ]


def timed(trainer: Any, tokens: Callable[[int], int], steps: int) -> float:
    """Useful tokens a second of processor time, without the first steps."""
    from transformers import PrinterCallback, TrainerCallback

    at: list[float] = []

    class Clock(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            at.append(time.process_time())

    trainer.add_callback(Clock())
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    held = sum(tokens(step) for step in range(WARM, WARM + steps))
    return held / (at[WARM + steps - 1] - at[WARM - 1])


def plain(options: argparse.Namespace, seed: int) -> dict[str, Any]:
    """What all trainers are told: how many steps, and to write nothing."""
    return {
        "output_dir": tempfile.gettempdir(),
        "max_steps": WARM + options.steps,
        "seed": seed,
        "use_cpu": True,
        "report_to": "none",
        "disable_tqdm": True,
        "save_strategy": "no",
        "remove_unused_columns": False,
        "logging_steps": 1_000,
    }


def _batches(count: int, size: int, seed: int) -> Iterator[list[int]]:
    order = np.random.default_rng(seed).permutation(count).tolist()
    yield from (order[at : at + size] for at in range(0, count, size))


def default_t5(
    pairs: list[tuple[Ids, Ids]], seed: int, options: argparse.Namespace
) -> tuple[Made, float]:
    """Batches by chance, padded to their longest by DataCollatorForSeq2Seq."""
    from transformers import DataCollatorForSeq2Seq

    net = new_t5(options.width)
    features = [{"input_ids": s.tolist(), "labels": t.tolist()} for s, t in pairs]
    collate = DataCollatorForSeq2Seq(_tokenizer(), model=net)
    real = sum(len(s) + len(t) for s, t in pairs)
    padded = sum(
        len(batch) * (max(len(pairs[n][0]) for n in batch) + max(len(pairs[n][1]) for n in batch))
        for batch in _batches(len(pairs), BATCH, 0)
    )
    return _theirs(net, features, collate, seed, options), real / padded


def max_length_t5(
    pairs: list[tuple[Ids, Ids]], seed: int, options: argparse.Namespace
) -> tuple[Made, float]:
    """Every row padded to 512 and 128, as tutorials do."""
    from transformers import default_data_collator

    features = [
        {
            "input_ids": _filled(s, 512, 0),
            "attention_mask": _filled(np.ones(len(s), dtype=int), 512, 0),
            "labels": _filled(t, 128, -100),
        }
        for s, t in pairs
    ]
    real = sum(len(s) + len(t) for s, t in pairs)
    net = new_t5(options.width)
    return _theirs(net, features, default_data_collator, seed, options), real / len(pairs) / 640


def _filled(ids: Ids, length: int, filler: int) -> list[int]:
    return [*ids.tolist(), *[filler] * (length - len(ids))]


def _theirs(
    net: Any, features: list[dict[str, Any]], collate: Any, seed: int, options: argparse.Namespace
) -> Made:
    from transformers import Seq2SeqTrainer, Seq2SeqTrainingArguments

    held: list[int] = []

    def counting(batch: list[dict[str, Any]]) -> Any:
        real = [sum(i != 0 for i in f["input_ids"]) for f in batch]
        held.append(sum(real) + sum(i != -100 for f in batch for i in f["labels"]))
        return collate([dict(f) for f in batch])

    arguments = Seq2SeqTrainingArguments(per_device_train_batch_size=BATCH, **plain(options, seed))
    trainer = Seq2SeqTrainer(
        model=net, args=arguments, train_dataset=features, data_collator=counting
    )
    return trainer, held.__getitem__


def ours_t5(
    pairs: list[tuple[Ids, Ids]], seed: int, options: argparse.Namespace, *, packed: bool
) -> tuple[Made, float]:
    """The batches and the trainer of `dataprep train t5`."""
    from trainers import packing, tensors
    from trainers.rows import TokenRow

    held = [TokenRow(s, t, 1.0) for s, t in pairs]
    lengths = np.array([[len(s), len(t)] for s, t in pairs])
    net = new_t5(options.width)
    packing.accept_masks(net)
    widths = WIDTHS if packed else None
    collate = partial(tensors.pairs, pad=0, start=0, packed=packed, widths=widths)
    return _ours(net, held, lengths, collate, seed=seed, options=options, widths=widths)


def ours_causal(
    texts: list[Ids], seed: int, options: argparse.Namespace, *, packed: bool
) -> tuple[Made, float]:
    """The batches and the trainer of `dataprep train llama`."""
    from trainers import tensors
    from trainers.rows import TokenRow

    held = [TokenRow(ids, ids, 1.0) for ids in texts]
    lengths = np.array([[len(ids)] for ids in texts])
    widths = (LINE,) if packed else None
    collate = partial(tensors.sequences, pad=0, packed=packed, widths=widths)
    return _ours(
        new_llama(options.width), held, lengths, collate, seed=seed, options=options, widths=widths
    )


def _ours(
    net: Any,
    held: list[Any],
    lengths: Any,
    collate: Any,
    *,
    seed: int,
    options: argparse.Namespace,
    widths: tuple[int, ...] | None,
) -> tuple[Made, float]:
    from transformers import TrainingArguments

    from trainers.batches import useful
    from trainers.fitting import plan_of
    from trainers.loop import Course, ExactTrainer
    from trainers.options import TrainingOptions

    class Held(torch.utils.data.Dataset[Any]):
        def __len__(self) -> int:
            return len(held)

        def __getitem__(self, line: tuple[int, ...]) -> list[Any]:
            return [held[n] for n in line]

    chosen = TrainingOptions(epochs=1, batch_tokens=BUDGET, packing=widths is not None, seed=seed)
    plan = plan_of(lengths, chosen, widths)
    trainer = ExactTrainer(
        model=net, args=TrainingArguments(**plain(options, seed)), train_dataset=Held()
    )
    make = partial(torch.optim.AdamW, lr=5e-5, fused=True)
    trainer.follow(Course(plan=plan, collate=collate, optimiser=make))

    def tokens(step: int) -> int:
        return int(sum(lengths[list(line)].sum() for b in plan.step(step) for line in b))

    if widths is None:
        return (trainer, tokens), useful(plan.whole, lengths)
    lines = sum(len(batch) for batch in plan.whole)
    return (trainer, tokens), float(lengths.sum()) / (lines * sum(widths))


def trl(texts: list[Ids], seed: int, options: argparse.Namespace) -> tuple[Made, float]:
    """SFTTrainer with nothing chosen but the number of steps: eight rows, padded to the longest."""
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    config = SFTConfig(**(plain(options, seed) | {"remove_unused_columns": True}))
    trainer = SFTTrainer(
        model=new_llama(options.width),
        args=config,
        train_dataset=Dataset.from_dict({"input_ids": [ids.tolist() for ids in texts]}),
        processing_class=_tokenizer(),
    )
    held: list[int] = []
    collate = trainer.data_collator

    def counting(batch: list[dict[str, Any]]) -> Any:
        held.append(sum(len(row["input_ids"]) for row in batch))
        return collate(batch)

    trainer.data_collator = counting
    size = config.per_device_train_batch_size
    padded = sum(
        len(batch) * max(len(texts[n]) for n in batch) for batch in _batches(len(texts), size, 0)
    )
    return (trainer, held.__getitem__), sum(map(len, texts)) / padded


def _tokenizer() -> Any:
    """One that only knows how to pad: the rows are ids already."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from transformers import PreTrainedTokenizerFast

    words = {"<pad>": 0, "<eos>": 1, "<unk>": 2}
    made = Tokenizer(WordLevel(words, unk_token="<unk>"))  # noqa: S106
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<eos>")  # noqa: S106
