"""`train --plan`: what a training takes in memory, steps and tokens, for each way to do it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Unpack

import torch

from dataprep.finding import UsageError
from dataprep.memory import free_memory
from dataprep.tokens import load_chat_tokenizer, load_tokenizer
from trainers import adapters, fitting, memory_plan, model_files, models, planned_ways, tensors
from trainers import attention as attentions
from trainers import dataset as datasets
from trainers import options as ways
from trainers.batches import LineBatch, padded_tokens
from trainers.memory_plan import StepMemory
from trainers.options import TrainingChoices, TrainingOptions
from trainers.planned_base import in_4bit
from trainers.planned_ways import PlannedWay
from trainers.rows import Family

GIB = 2**30
GPUS = {
    "T4": (16, False),
    "V100": (16, False),
    "RTX 3060": (12, True),
    "RTX 3090": (24, True),
    "RTX 4080": (16, True),
    "RTX 4090": (24, True),
    "RTX 5090": (32, True),
    "L4": (24, True),
    "A10G": (24, True),
    "L40S": (48, True),
    "RTX A6000": (48, True),
    "A100": (40, True),
    "A100 80GB": (80, True),
    "H100": (80, True),
    "H200": (141, True),
}
"""GB of memory, and whether there is bf16. Source: NVIDIA's data sheets, 2026-11."""
CONTEXT = GIB // 2
"""What CUDA takes for itself, about."""


@dataclass(frozen=True, slots=True)
class PlannedDevice:
    """Where a model would be trained, and its bytes of memory (None: unknown)."""

    name: str
    memory: int | None
    bf16: bool
    gpu: bool

    def holds(self, needed: StepMemory) -> bool | None:
        """Whether a step fits, with MARGIN on top."""
        if self.memory is None:
            return None
        most = needed.total * (1 + memory_plan.MARGIN) + (CONTEXT if self.gpu else 0)
        return most <= self.memory


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What `train --plan` tells; `tokens` are those of all epochs, without padding.

    `merging` are the bytes of a base that is read whole, when adapters are merged into it.
    """

    model: str
    parameters: int
    device: PlannedDevice
    epochs: float
    steps: int
    tokens: int
    heaviest: int
    merging: int
    ways: tuple[PlannedWay, ...]

    def page(self) -> str:
        """As Markdown."""
        memory = f", {_gb(self.device.memory)}" if self.device.memory is not None else ""
        lines = [
            f"- model: {self.model}, {self.parameters:,} parameters",
            f"- on: {self.device.name}{memory}, {'bf16' if self.device.bf16 else 'fp32'}",
            f"- {self.steps:,} steps, {self.epochs:g} epochs, {self.tokens:,} tokens;"
            f" the heaviest batch has {self.heaviest:,} with its padding",
            "",
            "| way | weights | gradients | optimiser | activations | in all | fits |",
            "|---|---|---|---|---|---|---|",
        ]
        for way in self.ways:
            part = way.batch
            sizes = (part.weights, part.gradients, part.optimiser, part.activations, part.total)
            cells = " | ".join(map(_gb, sizes))
            flags = f" `{way.flags}`" if way.flags else ""
            lines.append(f"| {way.name}{flags} | {cells} | {self._fits(way)} |")
        lines += [
            "",
            f"Fits: with {memory_plan.MARGIN:.0%} on top. What does not fit whole is cut into parts"
            " of the same step, and learns the same. How long a step takes is known once it is"
            " tried.",
            "",
        ]
        if any("--load-in-4bit" in way.flags for way in self.ways):
            lines += [
                "QLoRA needs dataprep-tune[qlora]. At its end the base is read whole, by the"
                f" processor, to merge the adapters into it: {_gb(self.merging)} of memory there.",
                "",
            ]
        return "\n".join(lines)

    def _fits(self, way: PlannedWay) -> str:
        holds = self.device.holds(way.batch)
        if holds is None:
            return "unknown"
        return "yes" if holds else "in parts" if self.device.holds(way.line) else "no"


def plan(
    folder: Path,
    *,
    target: str,
    family: Family,
    model: str | None,
    size: models.ModelSize = "tiny",
    kind: models.ModelFamily = "llama",
    gpu: str | None = None,
    **choices: Unpack[TrainingChoices],
) -> TrainingPlan:
    """The plan of a run, from the dataset and the model's config alone; nothing is written.

    Raises UsageError for a GPU that is unknown and a model whose config does not tell its shape.
    """
    options = TrainingOptions(**choices).settled_for(model)
    fitting.settle(options.seed)
    device = device_of(gpu)
    dataset = datasets.read(folder, target, family)
    rows = dataset.train
    make = _maker(dataset, family, model, size=size, kind=kind, attention=options.attention)
    collate: Callable[..., tensors.Tensors] = (
        partial(tensors.pairs, start=0) if family == "t5" else tensors.sequences
    )
    run = fitting.plan_of(rows.lengths, replace(options, packing=False))

    def tensors_of(batch: LineBatch) -> dict[str, torch.Tensor]:
        made = collate([rows[line] for line in batch], pad=0, packed=False)
        made.pop("attention_mask", None)  # of padding, which costs next to nothing
        return made

    heaviest = max(run.whole, key=lambda batch: padded_tokens(batch, rows.lengths))
    longest = max(
        (line for batch in run.whole for line in batch), key=lambda line: _size(rows, line)
    )
    accumulated = options.accumulate > 1

    def measure(made: Callable[[], Any], anew: bool) -> tuple[StepMemory, StepMemory]:
        step = partial(
            memory_plan.step_memory,
            made,
            checkpointing=anew,
            autocast=torch.bfloat16 if device.bf16 else None,
        )
        return (
            step(tensors_of(heaviest), accumulate=accumulated),
            step(tensors_of([longest]), accumulate=True),
        )

    adapted = partial(adapted_maker, make, family=family, half=device.bf16) if model else None
    found = planned_ways.weigh(options, family, make, adapted, measure)
    per_epoch, parameters = int(rows.lengths.sum()), _parameters(make)
    return TrainingPlan(
        model=model or f"{kind if family == 'causal' else 'T5'} from scratch, {size}",
        parameters=parameters,
        device=device,
        epochs=options.epochs or 0,
        steps=run.steps,
        tokens=round(per_epoch * (options.epochs or 0)),
        heaviest=padded_tokens(heaviest, rows.lengths),
        merging=parameters * (2 if device.bf16 and family == "causal" else 4),
        ways=tuple(found),
    )


def device_of(gpu: str | None) -> PlannedDevice:
    """The device of a name ("RTX 4090", "24GB"), or this machine's."""
    if gpu is None:
        if ways.has_gpu():
            free, _ = torch.cuda.mem_get_info()
            return PlannedDevice(torch.cuda.get_device_name(), free, ways.bf16("auto"), True)
        return PlannedDevice("this machine's processor", free_memory(), ways.bf16("auto"), False)
    if size := re.fullmatch(r"(\d+(?:\.\d+)?) ?Gi?B", gpu.strip(), re.IGNORECASE):
        return PlannedDevice(f"a GPU of {gpu}", int(float(size[1]) * GIB), True, True)
    wanted = re.sub(r"nvidia|geforce|[\s-]", "", gpu.casefold())
    for name, (memory, bf16) in GPUS.items():
        if wanted == re.sub(r"\s", "", name.casefold()):
            return PlannedDevice(name, memory * GIB, bf16, True)
    raise UsageError(
        f"There is no GPU {gpu!r} in the table.",
        f"Give its memory, like --gpu 24GB, or one of: {', '.join(GPUS)}.",
    )


def _maker(
    dataset: datasets.Dataset,
    family: Family,
    model: str | None,
    *,
    size: models.ModelSize,
    kind: models.ModelFamily,
    attention: str,
) -> Callable[[], Any]:
    """Makes the model without its weights."""
    if model is not None:
        config = model_files.config_of(model)
        auto: Any = models.loader(config, family)
        asked = attentions.asked_of(attention)
        return lambda: auto.from_config(
            config, attn_implementation=asked, dtype=torch.get_default_dtype()
        )
    if family == "t5":
        tokenizer = load_tokenizer(str(dataset.tokenizer))
        return lambda: models.new_t5(size, tokenizer, attention)
    words = models.causal_words(load_chat_tokenizer(str(dataset.tokenizer)))
    return lambda: models.new_causal(kind, size, words, attention)


def adapted_maker(
    make: Callable[[], Any],
    options: TrainingOptions,
    four_bit: bool,
    *,
    family: Family,
    half: bool,
) -> Callable[[], Any]:
    """The same with adapters, whose frozen model is in bf16 where a causal one is trained so.

    What is not in 4 bits of a base that is, is in fp32.
    """

    def adapted() -> Any:
        usual = torch.get_default_dtype()
        whole = not four_bit and half and family == "causal"
        torch.set_default_dtype(torch.bfloat16 if whole else usual)
        try:
            net = make()
        finally:
            torch.set_default_dtype(usual)
        if four_bit:
            net = in_4bit(net, torch.bfloat16 if half else torch.float32)
        return adapters.with_lora(net, options, "SEQ_2_SEQ_LM" if family == "t5" else "CAUSAL_LM")

    return adapted


def _parameters(make: Callable[[], Any]) -> int:
    with torch.device("meta"):
        return int(make().num_parameters())


def _size(rows: Any, line: tuple[int, ...]) -> int:
    return int(rows.lengths[list(line)].sum())


def _gb(size: int) -> str:
    return f"{size / GIB:,.2f} GiB"
