"""Batches that do not fit are cut, by trying; what is learned stays the same."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from dataprep.finding import EnvironmentProblem
from tests.unit.trainers.converted import convert_causal
from tests.unit.trainers.one_step import cut, model, step
from trainers import causal, fitting, memory_trial
from trainers.batches import BatchPlan, LineBatch, padded_tokens, token_budget

ROOT = Path(__file__).parents[3]
LENGTHS = np.array([[n] for n in (10, 10, 10, 10, 40, 20, 20, 5)])


def plan(parts: int, ranks: int = 1) -> BatchPlan:
    return BatchPlan(partial(token_budget, LENGTHS, 80), 2, 0, parts=parts, ranks=ranks)


def memory_of(tokens: int, tried: list[int]) -> memory_trial.TryBatch:
    """A memory that holds so many tokens."""

    def try_batch(batch: LineBatch) -> None:
        tried.append(padded_tokens(batch, LENGTHS))
        if tried[-1] > tokens:
            raise torch.OutOfMemoryError("CUDA out of memory")

    return try_batch


def heaviest(parts: int) -> int:
    """Tokens of the heaviest batch that is cut into so many parts."""
    return max(padded_tokens(batch, LENGTHS) for batch in plan(parts).whole)


@pytest.mark.parametrize("less", [0, 1, 20])
def test_batches_are_halved_until_the_heaviest_fits(less: int) -> None:
    tried: list[int] = []
    tokens = heaviest(1) - less
    found = memory_trial.parts_that_fit(plan, LENGTHS, memory_of(tokens, tried))
    assert found == next(parts for parts in (1, 2, 4, 8) if heaviest(parts) <= tokens)
    assert (found > 1) is (less > 0)
    assert tried[0] == heaviest(1)


def test_a_line_that_does_not_fit_alone_is_told_in_words() -> None:
    with pytest.raises(EnvironmentProblem, match="too small for one line of 40 tokens"):
        memory_trial.parts_that_fit(plan, LENGTHS, memory_of(39, []))


def test_what_is_no_lack_of_memory_is_raised() -> None:
    def broken(_: LineBatch) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="mat1"):
        memory_trial.parts_that_fit(plan, LENGTHS, broken)


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_step_holds_the_same_rows_in_however_many_parts(ranks: int) -> None:
    whole, cut_up = plan(1, ranks), plan(4, ranks)
    assert cut_up.steps == whole.steps
    assert cut_up.epoch_steps == whole.epoch_steps
    for number in range(whole.steps):
        rows = [row for batch in whole.step(number) for row in batch]
        assert sorted(row for batch in cut_up.step(number) for row in batch) == sorted(rows)
    for rank in range(ranks):
        ours = BatchPlan(whole_of(ranks), 2, 0, parts=4, ranks=ranks, rank=rank)
        uncut = BatchPlan(whole_of(ranks), 2, 0, ranks=ranks, rank=rank)
        pieces = list(ours)
        for number, batch in enumerate(uncut):
            parts = pieces[number * 4 : number * 4 + 4]
            assert [line for part in parts for line in part] == batch


def whole_of(_: int) -> Any:
    return partial(token_budget, LENGTHS, 80)


@pytest.mark.parametrize("family", ["causal", "t5"])
def test_loss_and_gradient_of_a_step_are_those_of_its_whole_batch(
    family: str, tmp_path: Path
) -> None:
    loss, gradient = step(family, cut(8), tmp_path)
    pieces = BatchPlan(lambda _: cut(8), 1, 0, parts=16).whole
    assert len(pieces) == 16
    assert [] in pieces
    again, same = step(family, pieces, tmp_path)
    assert again == pytest.approx(loss, rel=1e-6)
    assert (same - gradient).abs().max() < 1e-12


def test_the_rehearsal_leaves_the_model_and_its_dice_as_they_were() -> None:
    net = model("causal", dtype=torch.float32).eval()
    before = torch.random.get_rng_state()
    with memory_trial.rehearsal(net, [8], checkpointing=True, dtype=None):
        assert net.training
        net(input_ids=torch.ones(1, 4, dtype=torch.long)).logits.sum().backward()
        torch.rand(3)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert not net.training
    assert all(p.grad is None for p in net.parameters())
    assert not net.is_activation_checkpointing


def test_a_run_whose_batches_were_cut_has_the_weights_of_one_whose_were_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = convert_causal(tmp_path / "out", {"train": 30})
    choices: dict[str, Any] = {"batch_tokens": 400, "epochs": 2}
    whole = causal.train(folder, out=tmp_path / "whole", **choices)
    tried = fitting.summed_loss

    def small(net: Any, inputs: Any) -> torch.Tensor:
        if inputs["input_ids"].numel() > 150:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return tried(net, inputs)

    monkeypatch.setattr(fitting, "summed_loss", small)
    parted = causal.train(folder, out=tmp_path / "parted", **choices)
    settings = [json.loads((run / "run.json").read_text()) for run in (whole, parted)]
    assert [said["batch_parts"] for said in settings] == [1, 4]
    one, other = (load_file(run / "model" / "model.safetensors") for run in (whole, parted))
    assert max(float((one[name] - other[name]).abs().max()) for name in one) < 1e-3
    lines = [(run / "metrics.jsonl").read_text().splitlines() for run in (whole, parted)]
    assert len(lines[0]) == len(lines[1])
    monkeypatch.setattr(memory_trial, "parts_that_fit", None)  # a run that goes on tries no more
    (parted / "README.md").unlink()
    causal.train(folder, out=parted, resume=True, **choices)


_LIMITED = """
import resource, sys
from pathlib import Path
import torch
from tests.unit.trainers.one_step import Held, collate, model
from trainers.loop import summed_loss
from trainers import memory_trial
from trainers.batches import BatchPlan
import numpy as np

net = model("causal", dtype=torch.float32)
net.resize_token_embeddings(60_000)
make = collate("causal", packed=False)
rows = Held("causal")[(0,)] * 64
summed_loss(net, make([rows[:1]])).backward()
taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + 150_000_000,) * 2)
plan = lambda parts: BatchPlan(lambda _: [[(n,) for n in range(64)]], 1, 0, parts=parts)
def attempt(batch):
    tensors = make([[row._replace(labels=row.source)] for row in rows[: len(batch)]])
    summed_loss(net, tensors).backward()
sizes = [8 * p.numel() for p in net.parameters()]
with memory_trial.rehearsal(net, sizes, checkpointing=False, dtype=None):
    print(memory_trial.parts_that_fit(plan, np.array([[8]] * 64), attempt))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of an address space are Linux's")
def test_a_real_limit_of_the_process_is_met() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.split()[-1]) in (2, 4, 8, 16, 32)
