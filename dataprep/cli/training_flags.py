"""The flags of `train` on this machine: those of every training, and those of some."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from dataprep.api.numbers import TRAINING
from dataprep.cli.numbers import within
from dataprep.cli.screen import Flag

KeptWeights = Literal["best", "last"]
Out = Annotated[Path, Parameter(name=["--out", "-o"])]


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommonFlags:
    """How to train, the same for every training; dpo, kto and grpo take no others."""

    epochs: Annotated[float | None, within(TRAINING["epochs"])] = None
    "Passes over the train split; 3 if left out."
    accumulate: Annotated[int, within(TRAINING["accumulate"])] = 1
    "Batches that make one step."
    learning_rate: Annotated[float | None, within(TRAINING["learning_rate"])] = None
    "By default what suits the model: new or given, whole or by adapters."
    lr_scheduler_type: Literal["linear", "cosine", "constant", "constant_with_warmup"] = "linear"
    "How the learning rate comes down."
    warmup_ratio: Annotated[float | None, within(TRAINING["warmup_ratio"])] = None
    "The share of the steps in which it rises; 0.05 if left out."
    warmup_steps: Annotated[int | None, within(TRAINING["warmup_steps"])] = None
    "The same in steps."
    weight_decay: Annotated[float, within(TRAINING["weight_decay"])] = 0.0
    "Of matrices, a step; biases and norms have none."
    max_grad_norm: Annotated[float, within(TRAINING["max_grad_norm"])] = 1.0
    "Gradients that are longer are clipped to it; 0 clips none."
    optim: Literal["auto", "adamw_torch", "adamw_8bit", "adafactor"] = "auto"
    "auto is AdamW, for a whole T5 Adafactor; adamw_8bit keeps a quarter (dataprep-tune[qlora])."
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"
    "auto takes bf16 where the hardware has it."
    seed: Annotated[int, within(TRAINING["seed"])] = 0
    "Of the weights and of the order."
    lora: Annotated[int | None, within(TRAINING["lora"])] = None
    "Train adapters of this rank (LoRA) instead of the whole model."
    lora_targets: str = "all-linear"
    "What gets adapters: names parted by commas (q_proj,v_proj); all-linear takes experts too."
    lora_alpha: Annotated[int | None, within(TRAINING["lora_alpha"])] = None
    "The scale of adapters, over their rank; twice the rank if left out."
    lora_dropout: Annotated[float, within(TRAINING["lora_dropout"])] = 0.0
    "Share of the inputs of adapters that is dropped; experts take none."
    load_in_4bit: Flag = False
    "With --lora: read the base in 4 bits (QLoRA), a quarter of its memory (dataprep-tune[qlora])."
    checkpoint_steps: Annotated[int | None, within(TRAINING["checkpoint_steps"])] = None
    "Steps between checkpoints; a tenth of the run if left out."
    resume: Flag = False
    "Go on from the last checkpoint of the run folder."
    activation_checkpointing: Flag = False
    "Less memory for a third more time."
    attention: Literal["auto", "sdpa", "eager", "flash_attention_2"] = "auto"
    "Which implementation computes attention; auto takes the best that model and machine have."
    report_to: Literal["none", "tensorboard", "trackio", "wandb", "mlflow"] = "none"
    "Where else metrics go, beside metrics.jsonl; wandb sends them to its server."


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFlags(CommonFlags):
    """How to train a T5 or a causal model, in batches of our own."""

    epochs: Annotated[float | None, within(TRAINING["epochs"])] = None
    "Passes over the train split; if left out 3 for a given model, 10 for a new one."
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"
    "auto takes bf16 where the hardware has it; T5 refuses fp16, in which it overflows."
    max_minutes: Annotated[float | None, within(TRAINING["max_minutes"])] = None
    "End after so many minutes, to which the learning rate comes down; the run is finished then."
    batch_tokens: Annotated[int, within(TRAINING["batch_tokens"])] = 1500
    "Tokens of a batch, with their padding."
    packing: Flag = False
    "Several examples in one line, kept apart by exact masks."
    pack_width: Annotated[int | None, within(TRAINING["pack_width"])] = None
    "Tokens of a packed line."
    patience: Annotated[int | None, within(TRAINING["patience"])] = None
    "Stop after so many checkpoints without a lower held-out loss."
    keep: KeptWeights = "best"
    "Which weights are saved: of the checkpoint with the lowest held-out loss, or the last."
    plan: Flag = False
    "Print what the training takes, way by way, and which of them fits; train nothing."
    gpu: str | None = None
    'With --plan: plan for a GPU by its name ("RTX 4090") or memory (24GB), not for this machine.'
    compile: Flag = False
    "torch.compile; needs --packing, whose batches have one shape."
    fsdp: Flag = False
    "Shard the model over the ranks of torchrun (FSDP2); T5 then learns by AdamW, at 1e-3."
