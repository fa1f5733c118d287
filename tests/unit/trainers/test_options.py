"""The choices of a run: what cannot be is refused at once, with what to do."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from dataprep.finding import EnvironmentProblem, UsageError
from dataprep.shell import flag_of
from trainers import options
from trainers.options import TrainingOptions


def test_a_given_model_has_three_epochs_and_a_new_one_ten() -> None:
    assert TrainingOptions().settled_for("a/model").epochs == 3
    assert TrainingOptions().settled_for(None).epochs == 10
    assert TrainingOptions(epochs=0.5).settled_for("a/model").epochs == 0.5


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"warmup_steps": -1}, "--warmup-steps is -1"),
        ({"weight_decay": -0.1}, "--weight-decay is -0.1"),
        ({"max_grad_norm": float("nan")}, "--max-grad-norm is nan"),
        ({"warmup_ratio": 5}, "--warmup-ratio is 5"),
        ({"warmup_ratio": 0.1, "warmup_steps": 5}, "given twice"),
        ({"lr_scheduler_type": "cosinus"}, "no schedule 'cosinus'"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(choices: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        TrainingOptions(**choices)


@pytest.mark.parametrize(
    "name", ["epochs", "batch_tokens", "accumulate", "lora", "patience", "checkpoint_steps"]
)
def test_a_number_that_is_not_above_nothing_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=f"{flag_of(name)} is 0"):
        TrainingOptions(**{name: 0})  # type: ignore[arg-type]


def test_compiling_needs_batches_of_one_shape() -> None:
    with pytest.raises(UsageError, match="batches of one shape"):
        TrainingOptions(compile=True)
    assert TrainingOptions(compile=True, packing=True).compile


def test_a_sharded_run_is_not_promised_to_go_on() -> None:
    with pytest.raises(UsageError, match="sharded run cannot go on") as error:
        TrainingOptions(fsdp=True, resume=True)
    assert "without --fsdp" in error.value.remedy


def test_a_single_process_has_nobody_to_share_the_model_with() -> None:
    """It was an internal error, from within transformers."""
    with pytest.raises(UsageError, match="this is the only one") as error:
        TrainingOptions(fsdp=True)
    assert "torchrun" in error.value.remedy


def test_what_only_watches_a_run_is_not_part_of_its_settings() -> None:
    assert "resume" not in TrainingOptions(resume=True).recorded()
    assert TrainingOptions(seed=3).recorded()["seed"] == 3


def test_a_reporter_that_is_unknown_or_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no reporter 'comet_ml'"):
        TrainingOptions(report_to="comet_ml")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(EnvironmentProblem, match="tensorboard is not installed"):
        TrainingOptions(report_to="tensorboard")


def test_attention_that_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a new model it was an internal error, from within transformers."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(EnvironmentProblem, match="flash_attn, which is not installed"):
        TrainingOptions(attention="flash_attention_2")


def test_packed_rows_by_flash_attention_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """transformers tells them apart in batches of one line only, and mixes them in others."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: True)
    with pytest.raises(UsageError, match="knows packed rows apart in batches of one line only"):
        TrainingOptions(attention="flash_attention_2", packing=True)


@pytest.mark.parametrize(
    "choice", [{"lora_targets": "q_proj"}, {"lora_alpha": 8}, {"lora_dropout": 0.1}]
)
def test_settings_of_adapters_without_a_rank_are_refused(choice: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="are for adapters, and none are asked") as error:
        TrainingOptions(**choice)
    assert "--lora 16" in error.value.remedy
    assert TrainingOptions(lora=4, **choice).lora == 4


def test_a_share_of_dropout_is_below_one() -> None:
    with pytest.raises(UsageError, match="--lora-dropout is 1"):
        TrainingOptions(lora=4, lora_dropout=1)


def test_a_gpu_that_only_emulates_bf16_computes_in_fp32(monkeypatch: pytest.MonkeyPatch) -> None:
    """torch says that a T4 supports it, since it emulates it, at a fraction of the speed."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Tesla T4")
    monkeypatch.setattr(
        torch.cuda, "is_bf16_supported", lambda including_emulation=True: including_emulation
    )
    assert options.settled("auto") == "fp32"
    with pytest.raises(UsageError, match="Tesla T4 has no hardware that computes in bf16") as error:
        options.bf16("bf16")
    assert "fp16" in error.value.remedy


def test_precision_follows_the_hardware(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    assert options.settled("auto") == "bf16"
    assert options.settled("fp32") == "fp32"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(options, "_cpu_has_bf16", lambda: False)
    assert options.settled("auto") == "fp32"
    with pytest.raises(UsageError, match="no hardware that computes in bf16"):
        options.bf16("bf16")
    with pytest.raises(UsageError, match="fp16 needs a GPU"):
        options.fp16("fp16")


def test_ranks_are_what_torchrun_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert options.ranks() == (1, 0)
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    assert options.ranks() == (2, 1)


@pytest.mark.parametrize("name", ["epochs", "learning_rate", "max_minutes", "weight_decay"])
@pytest.mark.parametrize("value", ["nan", "inf"])
def test_what_is_no_finite_number_is_refused(name: str, value: str) -> None:
    choices: Any = {name: float(value)}
    with pytest.raises(UsageError, match=f"{flag_of(name)} is {value}"):
        TrainingOptions(**choices)
