"""How a run is done: what both families of models share. Light: torch is loaded when asked."""

from __future__ import annotations

import importlib.util
import math
import os
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, get_args

from dataprep.finding import EnvironmentProblem, UsageError, extra_missing
from dataprep.shell import flag_of
from trainers.schedule import SCHEDULES, Schedule, ScheduleType

if TYPE_CHECKING:
    from trainers.rows import Family

Precision = Literal["auto", "fp32", "bf16", "fp16"]
EPOCHS_OF_NEW, EPOCHS_OF_GIVEN = 10, 3
Keep = Literal["best", "last"]
Attention = Literal["auto", "sdpa", "eager", "flash_attention_2"]
OptimiserName = Literal["adamw_torch", "adamw_8bit", "adafactor"]
OptimiserChoice = Literal["auto", OptimiserName]
"""Names of transformers' `optim`."""
LORA_TARGETS = "all-linear"
REPORTERS = ("tensorboard", "trackio", "wandb", "mlflow")
"""Where metrics may go on request, by transformers' callbacks; wandb sends them to its server."""
CHECKPOINTS = 10
"""Of a run, by default."""
_UNCHANGING = ("report_to", "resume")
_LARGEST_SEED = 2**32 - 1
_ABOVE_NOTHING = (
    "epochs",
    "batch_tokens",
    "accumulate",
    "max_minutes",
    "learning_rate",
    "pack_width",
    "lora",
    "lora_alpha",
    "checkpoint_steps",
    "patience",
)


class CommonChoices(TypedDict, total=False):
    """The fields of CommonOptions, as keywords of the trainers."""

    epochs: float | None
    accumulate: int
    learning_rate: float | None
    lr_scheduler_type: ScheduleType
    warmup_ratio: float | None
    warmup_steps: int | None
    weight_decay: float
    max_grad_norm: float
    optim: OptimiserChoice
    precision: Precision
    seed: int
    lora: int | None
    lora_targets: str
    lora_alpha: int | None
    lora_dropout: float
    load_in_4bit: bool
    checkpoint_steps: int | None
    activation_checkpointing: bool
    attention: Attention
    report_to: str
    resume: bool


class TrainingChoices(CommonChoices, total=False):
    """The fields of TrainingOptions, as keywords of the trainers."""

    max_minutes: float | None
    batch_tokens: int
    packing: bool
    pack_width: int | None
    patience: int | None
    keep: Keep
    compile: bool
    fsdp: bool


@dataclass(frozen=True, slots=True)
class CommonOptions:
    """The choices of every run; those of DPO, KTO and GRPO have no others.

    `epochs` are those of `settled_for` where none are given. `lora` is the rank of the adapters,
    `lora_targets` names parted by commas, `lora_alpha` twice the rank where it is left out. With
    `load_in_4bit` they learn over a base in 4 bits (QLoRA).
    `checkpoint_steps` are a tenth of the run where none are given.
    """

    epochs: float | None = None
    accumulate: int = 1
    learning_rate: float | None = None
    lr_scheduler_type: ScheduleType = "linear"
    warmup_ratio: float | None = None
    warmup_steps: int | None = None
    weight_decay: float = 0.0
    max_grad_norm: float = 1.0
    optim: OptimiserChoice = "auto"
    precision: Precision = "auto"
    seed: int = 0
    lora: int | None = None
    lora_targets: str = LORA_TARGETS
    lora_alpha: int | None = None
    lora_dropout: float = 0.0
    load_in_4bit: bool = False
    checkpoint_steps: int | None = None
    activation_checkpointing: bool = False
    attention: Attention = "auto"
    report_to: str = "none"
    resume: bool = False

    def __post_init__(self) -> None:
        """Raises UsageError for choices that cannot be."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, float) and not math.isfinite(value):
                raise UsageError(f"{flag_of(field.name)} is {value}.", "Give a number.")
            if field.name in _ABOVE_NOTHING and value is not None and value <= 0:
                raise UsageError(f"{flag_of(field.name)} is {value}.", "Give a number above 0.")
        if not 0 <= self.seed <= _LARGEST_SEED:
            raise UsageError(f"--seed is {self.seed}.", f"Give 0 to {_LARGEST_SEED}.")
        self._refuse_schedule()
        if self.attention == "flash_attention_2" and not importlib.util.find_spec("flash_attn"):
            raise EnvironmentProblem(
                "flash_attention_2 needs the package flash_attn, which is not installed.",
                "Use --attention auto.",
            )
        self._refuse_adapters_unasked()
        self._refuse_optimiser()
        self._refuse_4bit()
        _refuse_unknown_reporter(self.report_to)

    def _refuse_schedule(self) -> None:
        for name in ("warmup_steps", "weight_decay", "max_grad_norm"):
            if not 0 <= (value := getattr(self, name) or 0) < float("inf"):
                raise UsageError(f"{flag_of(name)} is {value}.", "Give 0 or a number above it.")
        if not 0 <= (self.warmup_ratio or 0) <= 1:
            raise UsageError(
                f"--warmup-ratio is {self.warmup_ratio}.", "Give a share of the run, from 0 to 1."
            )
        if self.warmup_ratio is not None and self.warmup_steps is not None:
            raise UsageError(
                "The warm-up is given twice.", "Leave --warmup-ratio or --warmup-steps out."
            )
        if self.lr_scheduler_type not in SCHEDULES:
            known = ", ".join(SCHEDULES)
            raise UsageError(
                f"There is no schedule {self.lr_scheduler_type!r}.",
                f"Known to --lr-scheduler-type: {known}.",
            )

    @property
    def schedule(self) -> Schedule:
        """How the learning rate goes up and down."""
        return Schedule(self.lr_scheduler_type, self.warmup_ratio, self.warmup_steps)

    def checkpoint_every(self, steps: int) -> int:
        """Steps between checkpoints of a run of so many."""
        return self.checkpoint_steps or max(steps // CHECKPOINTS, 1)

    def settled_for(self, model: str | None) -> Self:
        """The choices with epochs: 3 for a given model, as its peers have, 10 for a new one.

        Raises UsageError for a model that cannot be loaded in 4 bits.
        """
        if self.load_in_4bit and model is None:
            raise UsageError(
                "A new model is made, and not loaded: in 4 bits it would learn nothing.",
                "Name a trained model with --model, or leave --load-in-4bit out.",
            )
        if self.load_in_4bit and str(model).endswith(".gguf"):
            raise UsageError(
                f"{model} is quantised already, and is not loaded in 4 bits by another kind.",
                "Name the model that it was made from, or leave --load-in-4bit out.",
            )
        usual = EPOCHS_OF_NEW if model is None else EPOCHS_OF_GIVEN
        return replace(self, epochs=self.epochs or usual)

    @property
    def libraries(self) -> tuple[str, ...]:
        """What the weights of the run depend on, beside what every run does."""
        return ("bitsandbytes",) if self.load_in_4bit or self.optim == "adamw_8bit" else ()

    def _refuse_optimiser(self) -> None:
        if self.optim not in (known := get_args(OptimiserName)) and self.optim != "auto":
            raise UsageError(
                f"There is no optimiser {self.optim!r}.",
                f"Known to --optim: auto, {', '.join(known)}.",
            )
        if self.optim == "adamw_8bit":
            _refuse_without_bitsandbytes()

    def _refuse_4bit(self) -> None:
        if not self.load_in_4bit:
            return
        if self.lora is None:
            raise UsageError(
                "A model in 4 bits cannot learn itself: adapters learn over it.",
                "Add --lora and a rank, like --lora 16, or leave --load-in-4bit out.",
            )
        _refuse_without_bitsandbytes()

    def _refuse_adapters_unasked(self) -> None:
        if not 0 <= self.lora_dropout < 1:
            raise UsageError(
                f"--lora-dropout is {self.lora_dropout}.", "Give a share from 0 to below 1."
            )
        asked = (self.lora_targets, self.lora_alpha, self.lora_dropout)
        if self.lora is None and asked != (LORA_TARGETS, None, 0.0):
            raise UsageError(
                "--lora-targets, --lora-alpha and --lora-dropout are for adapters, and none are"
                " asked.",
                "Add --lora and a rank, like --lora 16.",
            )

    def recorded(self) -> dict[str, Any]:
        """What decides the weights: a run goes on only with the same."""
        return {k: v for k, v in asdict(self).items() if k not in _UNCHANGING}


@dataclass(frozen=True, slots=True)
class TrainingOptions(CommonOptions):
    """The choices of a run in batches of our own: of a T5, or of a causal model on answers.

    `batch_tokens` counts a batch with its padding. `pack_width` is the length of a packed line.
    `optim` is settled by `optimiser_of`. `patience` so many checkpoints without a lower held-out
    loss end it. `keep` says which weights are saved: those of the lowest held-out
    loss, where there is a validation split, or the last. `compile` needs packing, for its fixed
    shapes.
    """

    max_minutes: float | None = None
    batch_tokens: int = 1500
    packing: bool = False
    pack_width: int | None = None
    patience: int | None = None
    keep: Keep = "best"
    compile: bool = False
    fsdp: bool = False

    def __post_init__(self) -> None:
        """Raises UsageError for choices that cannot be."""
        CommonOptions.__post_init__(self)
        if self.fsdp and self.resume:
            raise UsageError(
                "A sharded run cannot go on: its checkpoints are not read again.",
                "Begin a new run; one without --fsdp goes on after a kill.",
            )
        if self.fsdp and ranks()[0] == 1:
            raise UsageError(
                "--fsdp shares the model out over several processes, and this is the only one.",
                "Start with: torchrun --nproc-per-node 2 -m dataprep.cli train ...",
            )
        if self.load_in_4bit and (self.fsdp or self.compile):
            name = "fsdp" if self.fsdp else "compile"
            raise UsageError(f"--{name} is not for a base in 4 bits.", "Leave one of them out.")
        if self.fsdp and self.optim in ("adamw_8bit", "adafactor"):
            raise UsageError(
                f"--fsdp shares each parameter out, and {self.optim} works on whole ones.",
                "Leave --optim out, or --fsdp.",
            )
        if self.attention == "flash_attention_2" and self.packing:
            raise UsageError(
                "flash_attention_2 knows packed rows apart in batches of one line only.",
                "Use --attention auto, or leave --packing out.",
            )
        if self.compile and not self.packing:
            raise UsageError(
                "--compile needs batches of one shape.", "Add --packing, which makes them so."
            )

    def optimiser_of(self, family: Family) -> OptimiserName:
        """The one that is asked for, else the usual one."""
        if self.optim != "auto":
            return self.optim
        return usual_optimiser(family, whole=self.lora is None and not self.fsdp)


def usual_optimiser(family: Family, *, whole: bool) -> OptimiserName:
    """What `auto` means: AdamW, and for a T5 whose parameters are trained, and whole, Adafactor.

    Adapters begin at zero and have no size that steps could be relative to.
    """
    return "adafactor" if family == "t5" and whole else "adamw_torch"


def _refuse_without_bitsandbytes() -> None:
    if importlib.util.find_spec("bitsandbytes") is None:
        raise extra_missing("qlora", "bitsandbytes")


def _refuse_unknown_reporter(name: str) -> None:
    if name not in ("none", *REPORTERS):
        known = ", ".join(REPORTERS)
        raise UsageError(f"There is no reporter {name!r}.", f"Known to --report-to: none, {known}.")
    if name != "none" and importlib.util.find_spec(name) is None:
        raise EnvironmentProblem(
            f"{name} is not installed.", f"Install it with: pip install {name}"
        )


def has_gpu() -> bool:
    """Whether torch sees one."""
    import torch

    return torch.cuda.is_available()


def bf16(precision: Precision) -> bool:
    """Whether to compute in bf16; raises UsageError where the hardware cannot."""
    import torch

    gpu = torch.cuda.is_available()
    able = gpu and torch.cuda.is_bf16_supported(including_emulation=False)
    if precision == "bf16" and not able and (gpu or not _cpu_has_bf16()):
        where = torch.cuda.get_device_name() if gpu else "This machine"
        raise UsageError(
            f"{where} has no hardware that computes in bf16.",
            "Use --precision fp32, or fp16 for a causal model." if gpu else "Use --precision fp32.",
        )
    return precision == "bf16" or (able and precision == "auto")


def fp16(precision: Precision) -> bool:
    """Whether to compute in fp16; raises UsageError without a GPU."""
    if precision == "fp16" and not has_gpu():
        raise UsageError("fp16 needs a GPU, and this machine has none.", "Use --precision fp32.")
    return precision == "fp16"


def settled(precision: Precision) -> str:
    """What `auto` means here."""
    return "bf16" if bf16(precision) else "fp16" if precision == "fp16" else "fp32"


def _cpu_has_bf16() -> bool:
    """Whether the processor has instructions for it; elsewhere it is only slower."""
    import torch

    able = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(able and able())


def ranks() -> tuple[int, int]:
    """How many processes train together, and which of them this is, from 0 (torchrun says so)."""
    count, rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    if not 0 <= rank < count:
        raise EnvironmentProblem(f"RANK is {rank} of {count}.", "Start with torchrun.")
    return count, rank
