"""Two ranks on the processor, as torchrun starts them: DDP and FSDP2 learn what one rank learns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.unit.trainers import one_step, whole_run
from tests.unit.trainers.converted import convert_causal

ROOT = Path(__file__).parents[3]


def torchrun(*command: str) -> subprocess.CompletedProcess[str]:
    """Two ranks over gloo, with one thread each."""
    launch = ("-m", "torch.distributed.run", "--nproc-per-node", "2", "--rdzv-backend", "c10d")
    return subprocess.run(
        [sys.executable, *launch, "--rdzv-endpoint", "localhost:0", *command],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(("family", "way"), [("t5", "ddp"), ("t5", "fsdp")])
def test_two_ranks_learn_what_one_learns(family: str, way: str, tmp_path: Path) -> None:
    done = torchrun(one_step.__file__, family, way, str(tmp_path))
    assert done.returncode == 0, done.stderr[-2000:]
    found = torch.load(tmp_path / f"{family}-{way}.pt")
    loss, gradient = one_step.step(family, one_step.cut(8), tmp_path / "one")
    assert found["loss"] == pytest.approx(loss, rel=1e-6)
    assert (found["gradient"] - gradient).abs().max() < 1e-12


def test_a_whole_run_on_two_ranks_gives_the_weights_of_one(tmp_path: Path) -> None:
    """Each rank holds a part of the model, and the run folder the whole of it."""
    dataset = convert_causal(tmp_path / "out", {"train": 40, "validation": 9, "test": 6})
    done = torchrun(whole_run.__file__, "causal", "fsdp", str(dataset), str(tmp_path / "two"))
    assert done.returncode == 0, done.stderr[-3000:]
    whole_run.run("causal", dataset, tmp_path / "one", accumulate=2)
    found, wanted = (
        load_file(tmp_path / name / "model" / "model.safetensors") for name in ("two", "one")
    )
    assert found.keys() == wanted.keys()
    for name in wanted:
        assert torch.allclose(found[name], wanted[name], atol=5e-4), name
    held = [held_out_losses(tmp_path / name) for name in ("two", "one")]
    assert held[0] == pytest.approx(held[1], rel=1e-3)
    assert (tmp_path / "two" / "README.md").is_file()


def test_adapters_of_a_model_on_two_ranks_are_those_of_one(tmp_path: Path) -> None:
    """The run ended in an internal error, its training lost."""
    dataset = convert_causal(tmp_path / "out", {"train": 40, "validation": 9})
    base = whole_run.run("causal", dataset, tmp_path / "base")
    command = (whole_run.__file__, "causal", "fsdp", str(dataset), str(tmp_path / "two"), str(base))
    done = torchrun(*command)
    assert done.returncode == 0, done.stderr[-3000:]
    choices = {"model": str(base), "lora": 4, "learning_rate": 1e-2, "accumulate": 2}
    whole_run.run("causal", dataset, tmp_path / "one", **choices)
    for name in ("adapter/adapter_model.safetensors", "model/model.safetensors"):
        found, wanted = (load_file(tmp_path / run / name) for run in ("two", "one"))
        assert found.keys() == wanted.keys()
        for key in wanted:
            assert torch.allclose(found[key], wanted[key], atol=5e-4), key


def held_out_losses(run: Path) -> list[float]:
    lines = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
    return [line["held_out_loss"] for line in lines if "held_out_loss" in line]
