"""Runs of KTO and GRPO that were killed go on to the same weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.unit.trainers.aligned import item, items, near, verdicts
from tests.unit.trainers.converted import convert_causal
from trainers import causal, grpo, kto
from trainers.run_folder import RunFolder

pytest.importorskip("trl")
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model that has learned a little."""
    folder = tmp_path_factory.mktemp("base")
    dataset = convert_causal(folder / "out", {"train": 60})
    return causal.train(dataset, out=folder / "run", epochs=6, batch_tokens=700)


def killed_and_whole(
    train: Callable[..., Path], folder: Path, weights: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The weights of a run that was killed after a checkpoint, and of one that was not."""
    mark = RunFolder.mark_whole

    def killed(run: RunFolder, step: int) -> None:
        mark(run, step)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RunFolder, "mark_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            train(out=folder / "killed")
    assert list((folder / "killed" / "checkpoints").glob("checkpoint-*/whole"))
    runs = train(out=folder / "killed", resume=True), train(out=folder / "whole")
    found, wanted = (load_file(run / weights) for run in runs)
    return found, wanted


def test_kto_goes_on_to_the_same_weights(base: Path, tmp_path: Path) -> None:
    folder = verdicts(tmp_path / "out")

    def train(**more: Any) -> Path:
        return kto.train(
            folder, model=str(base), epochs=3, checkpoint_steps=2, learning_rate=1e-3, **more
        )

    found, wanted = killed_and_whole(train, tmp_path, "model/model.safetensors")
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)


def test_grpo_by_adapters_samples_the_same_answers_again(base: Path, tmp_path: Path) -> None:
    folder = items(tmp_path / "out", train=[item(n) for n in range(4)])

    def train(**more: Any) -> Path:
        return grpo.train(
            folder,
            model=str(base),
            grader=near(tmp_path),
            max_new_tokens=4,
            generations=4,
            epochs=1,
            checkpoint_steps=2,
            learning_rate=1e-3,
            lora=4,
            **more,
        )

    found, wanted = killed_and_whole(train, tmp_path, "adapter/adapter_model.safetensors")
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)
    assert any(value.abs().max() > 0 for name, value in wanted.items() if "lora_B" in name)
