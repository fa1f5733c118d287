"""A short run of either family without dropout, alone or as one of two ranks under torchrun."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from trainers import causal, models, t5
from trainers.run_folder import RunFolder


def run(family: str, dataset: Path, out: Path, **more: Any) -> Path:
    """Two steps, so that what differs is the arithmetic and not the way that it went on."""
    choices = {"epochs": 1, "batch_tokens": 400, "checkpoint_steps": 2, "seed": 3, **more}
    if family == "causal":
        return causal.train(dataset, out=out, **choices)
    made = models.new_t5

    def without_dropout(*args: Any) -> Any:
        net = made(*args)
        for module in net.modules():
            if hasattr(module, "p"):
                module.p = 0.0
            if isinstance(getattr(module, "dropout", None), float):
                module.dropout = 0.0
        return net

    models.new_t5 = without_dropout
    try:
        return t5.train(dataset, out=out, **choices)
    finally:
        models.new_t5 = made


def die_after_a_checkpoint() -> None:
    """As by kill -9, when the first checkpoint is whole."""
    mark = RunFolder.mark_whole

    def killed(made: RunFolder, step: int) -> None:
        mark(made, step)
        os.kill(os.getpid(), signal.SIGKILL)

    RunFolder.mark_whole = killed  # type: ignore[method-assign]


if __name__ == "__main__":
    family, way, dataset, out, *model = sys.argv[1:]
    if way == "killed":
        die_after_a_checkpoint()
    more: dict[str, Any] = {"model": model[0], "lora": 4, "learning_rate": 1e-2} if model else {}
    run(family, Path(dataset), Path(out), fsdp=way == "fsdp", resume=way == "resumed", **more)
