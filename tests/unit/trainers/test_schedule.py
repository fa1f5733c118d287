"""The schedules are those of transformers, with a warm-up whose first step learns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import get_scheduler

from dataprep.finding import UsageError
from tests.unit.trainers.converted import convert_causal
from trainers import causal
from trainers.optimisers import decayed
from trainers.schedule import SCHEDULES, Schedule, ScheduleType

STEPS = 40


def of_transformers(kind: str, warm: int) -> list[float]:
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule: Any = get_scheduler(kind, optimiser, num_warmup_steps=warm, num_training_steps=STEPS)
    found = []
    for _ in range(STEPS + 1):
        found.append(float(schedule.get_last_lr()[0]))
        optimiser.step()
        schedule.step()
    return found


@pytest.mark.parametrize("kind", SCHEDULES)
def test_the_rates_are_those_of_transformers(kind: ScheduleType) -> None:
    ours = Schedule(kind, warmup_ratio=0.2)
    theirs = of_transformers(kind, 8)
    warm = 0 if kind == "constant" else 8
    expected = [theirs[step + 1 if step < warm else step] for step in range(STEPS)]
    assert [ours.share(step, STEPS) for step in range(STEPS)] == pytest.approx(expected)


def test_a_warm_up_is_given_in_steps_or_as_a_share() -> None:
    assert Schedule(warmup_steps=7).warm_up(100) == 7
    assert Schedule(warmup_steps=0).share(0, 100) == 1
    assert Schedule(warmup_ratio=0.031).warm_up(100) == 4
    assert Schedule().warm_up(100) == 5


def test_a_warm_up_longer_than_the_run_never_comes_down() -> None:
    long = Schedule(warmup_steps=100)
    assert [long.share(step, 10) for step in (0, 9)] == pytest.approx([0.01, 0.1])


def test_time_brings_the_rate_down_where_it_is_further_than_the_steps() -> None:
    assert Schedule("cosine").share(50, 100, time_done=1.0) == 0
    assert Schedule(warmup_steps=0).share(10, 100, time_done=0.25) == 0.75


def test_matrices_decay_and_vectors_do_not() -> None:
    matrix, vector = torch.nn.Parameter(torch.ones(2, 2)), torch.nn.Parameter(torch.ones(2))
    optimiser = torch.optim.AdamW(decayed([matrix, vector], 0.5), lr=0.1)
    for weights in (matrix, vector):
        weights.grad = torch.zeros_like(weights)
    optimiser.step()
    assert matrix.flatten().tolist() == pytest.approx([0.95] * 4)
    assert vector.tolist() == [1, 1]


def test_the_schedule_and_the_clipping_reach_the_run_and_stay_on_resume(tmp_path: Path) -> None:
    folder = convert_causal(tmp_path / "out", {"train": 40})
    choices: dict[str, Any] = {
        "batch_tokens": 300,
        "epochs": 1,
        "learning_rate": 0.5,
        "lr_scheduler_type": "constant",
        "max_grad_norm": 1e-12,
        "weight_decay": 0.0,
    }
    run = causal.train(folder, out=tmp_path / "run", **choices)
    said = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    rates = {line["learning_rate"] for line in said if "learning_rate" in line}
    assert rates == {0.5}
    losses = [line["loss"] for line in said if "loss" in line]
    assert losses[-1] == pytest.approx(losses[0], rel=0.1)  # unclipped, such a rate breaks a model
    settings = json.loads((run / "run.json").read_text())
    assert settings["lr_scheduler_type"] == "constant"
    assert settings["max_grad_norm"] == 1e-12
    (run / "README.md").unlink()
    with pytest.raises(UsageError, match="begun with another --max-grad-norm"):
        causal.train(folder, out=run, resume=True, **choices | {"max_grad_norm": 1.0})
