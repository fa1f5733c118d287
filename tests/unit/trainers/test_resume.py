"""A run that was killed goes on: the same data in the same order, and the same weights."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from dataprep.finding import EnvironmentProblem, UsageError
from tests.unit.trainers.converted import convert_causal
from trainers import causal, fitting
from trainers.options import TrainingOptions
from trainers.run_folder import RunFolder

ROOT = Path(__file__).parents[3]
RUN = """
import sys
from pathlib import Path
from trainers import causal
causal.train(Path(sys.argv[1]), out=Path(sys.argv[2]), epochs=8, batch_tokens=300,
             accumulate=2, checkpoint_steps=5)
"""
CHOICES: dict[str, int] = {"epochs": 8, "batch_tokens": 300, "accumulate": 2, "checkpoint_steps": 5}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert_causal(tmp_path_factory.mktemp("data") / "out", {"train": 90})


@pytest.fixture(scope="module")
def killed(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was killed in its middle, after a checkpoint."""
    out = tmp_path_factory.mktemp("runs") / "killed"
    process = subprocess.Popen([sys.executable, "-c", RUN, dataset, out], cwd=ROOT)
    deadline = time.monotonic() + 120
    while not list(out.glob("checkpoints/checkpoint-*/whole")):
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (out / "README.md").exists()
    return out


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "model" / "model.safetensors")


def test_without_resume_a_run_that_was_not_finished_is_left_alone(
    killed: Path, dataset: Path
) -> None:
    with pytest.raises(UsageError, match="not finished") as error:
        causal.train(dataset, out=killed, **CHOICES)  # type: ignore[arg-type]
    assert "--resume" in error.value.remedy


def test_other_settings_do_not_go_on(killed: Path, dataset: Path) -> None:
    with pytest.raises(UsageError, match="begun with another --seed"):
        causal.train(dataset, out=killed, seed=1, resume=True, **CHOICES)  # type: ignore[arg-type]


def test_the_weights_are_those_of_a_run_that_was_not_killed(
    killed: Path, dataset: Path, tmp_path: Path
) -> None:
    again = causal.train(dataset, out=killed, resume=True, **CHOICES)  # type: ignore[arg-type]
    whole = causal.train(dataset, out=tmp_path / "whole", **CHOICES)  # type: ignore[arg-type]
    lines = [json.loads(line) for line in (again / "metrics.jsonl").read_text().splitlines()]
    assert any(line.get("resumed") and line["step"] >= 5 for line in lines)
    found, wanted = weights(again), weights(whole)
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)


def test_adapters_go_on_to_the_same_weights(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = causal.train(dataset, out=tmp_path / "base", epochs=0.2)
    mark = RunFolder.mark_whole

    def stopped(run: RunFolder, step: int) -> None:
        mark(run, step)
        raise KeyboardInterrupt

    def train(name: str, *, resume: bool = False) -> dict[str, torch.Tensor]:
        run = causal.train(
            dataset,
            out=tmp_path / name,
            model=str(base),
            lora=4,
            epochs=1,
            batch_tokens=300,
            learning_rate=1e-2,
            checkpoint_steps=4,
            resume=resume,
        )
        return load_file(run / "adapter" / "adapter_model.safetensors")

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "mark_whole", stopped)
        with pytest.raises(KeyboardInterrupt):
            train("stopped")
    found, wanted = train("stopped", resume=True), train("whole")
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)


def test_a_disk_that_fills_up_at_a_checkpoint_loses_nothing(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainers.loop import ExactTrainer

    saved = ExactTrainer.save_model

    def full(self: ExactTrainer, *args: object, **more: object) -> None:
        if self.state.global_step == 10:
            raise OSError(28, os.strerror(28))
        saved(self, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ExactTrainer, "save_model", full)
    out = tmp_path / "run"
    with pytest.raises(EnvironmentProblem, match="disk is full") as error:
        causal.train(dataset, out=out, **CHOICES)  # type: ignore[arg-type]
    assert error.value.remedy == (
        "Free some space, and go on with --resume (checkpoint-5 is whole)."
    )
    monkeypatch.undo()
    causal.train(dataset, out=out, resume=True, **CHOICES)  # type: ignore[arg-type]
    assert (out / "README.md").is_file()


def test_a_memory_that_is_too_small_names_the_budget_that_fits() -> None:
    error = fitting.out_of_memory(TrainingOptions(batch_tokens=8000), 3000)
    assert "largest that went through had 3,000" in error.message
    assert error.remedy.startswith("Try --batch-tokens 3000 --accumulate 3")


def test_a_memory_that_was_never_enough_halves_the_budget(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainers import loop

    def full(model: object, inputs: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(loop, "summed_loss", full)
    with pytest.raises(EnvironmentProblem, match="none went through") as error:
        causal.train(dataset, out=tmp_path / "run", batch_tokens=900)
    assert error.value.remedy.startswith("Try --batch-tokens 450 --accumulate 2")
