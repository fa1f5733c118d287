"""The command `train`, with a command for each kind of model and each provider below it."""

from __future__ import annotations

from cyclopts import App

from dataprep.cli import alignment, closed_weights, open_weights
from dataprep.cli.commands import TRAIN

train = App(
    name="train",
    help=TRAIN,
    help_format="plaintext",
)
for command in (
    open_weights.t5,
    open_weights.llama,
    open_weights.mistral,
    alignment.dpo,
    alignment.kto,
    alignment.grpo,
    closed_weights.openai,
    closed_weights.azure,
    closed_weights.nebius,
    closed_weights.together,
):
    train.command(command)
