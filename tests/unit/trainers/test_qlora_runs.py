"""Runs by QLoRA: they go on exactly, and what leaves them is the base as it was, with adapters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

from dataprep.finding import EnvironmentProblem
from tests.unit.trainers import aligned, tiny_models
from tests.unit.trainers.converted import convert, convert_causal
from trainers import adapter_base, causal, kto, t5
from trainers.export import export
from trainers.run_folder import RunFolder

bitsandbytes = pytest.importorskip("bitsandbytes")
QLORA: dict[str, Any] = {"lora": 4, "load_in_4bit": True, "learning_rate": 1e-2}
CHOICES: dict[str, Any] = {**QLORA, "epochs": 2, "batch_tokens": 400, "checkpoint_steps": 2}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sizes = {"train": 40, "validation": 8, "test": 8}
    return convert_causal(tmp_path_factory.mktemp("data") / "out", sizes)


@pytest.fixture(scope="module")
def base(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.build("Mistral 7B v0.3", dataset, tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def run(dataset: Path, base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return causal.train(
        dataset, out=tmp_path_factory.mktemp("runs") / "whole", model=str(base), **CHOICES
    )


def adapters_of(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "adapter" / "adapter_model.safetensors")


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    assert one.keys() == other.keys() != set()
    return all(torch.equal(one[name], other[name]) for name in one)


def test_a_run_that_was_stopped_goes_on_to_the_same_adapters(
    run: Path, dataset: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = RunFolder.mark_whole

    def stopped(made: RunFolder, step: int) -> None:
        mark(made, step)
        raise KeyboardInterrupt

    choices = {**CHOICES, "out": tmp_path / "run", "model": str(base)}
    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "mark_whole", stopped)
        with pytest.raises(KeyboardInterrupt):
            causal.train(dataset, **choices)
    again = causal.train(dataset, resume=True, **choices)
    assert same(adapters_of(again), adapters_of(run))


def test_the_model_is_the_base_of_the_disk_with_the_adapters_merged_by_peft(
    run: Path, base: Path
) -> None:
    plain = AutoModelForCausalLM.from_pretrained(base)
    wanted: Any = PeftModel.from_pretrained(plain, run / "adapter").merge_and_unload()
    found = AutoModelForCausalLM.from_pretrained(run / "model")
    assert same(found.state_dict(), wanted.state_dict())
    assert "quantization_config" not in json.loads((run / "model" / "config.json").read_text())
    named = json.loads((run / "adapter" / "adapter_config.json").read_text())
    assert named["base_model_name_or_path"] == str(base.resolve())


def test_the_run_says_that_its_base_was_read_in_4_bits(run: Path, tmp_path: Path) -> None:
    settings = json.loads((run / "run.json").read_text())
    total = settings["parameters"]
    wanted = {"type": "nf4", "parameters": 15_360, "of": total}
    assert settings["adapters"]["base"] == wanted
    assert settings["versions"]["bitsandbytes"] == bitsandbytes.__version__
    card = (run / "README.md").read_text()
    assert f", {total:,} parameters, QLoRA of rank 4, alpha 8: 3,712 parameters on " in card
    assert (
        f"- base: 15,360 of its {total:,} parameters were read in 4 bits (NF4), and losses are "
        "over these; in model/ the adapters are merged into the base as it was before\n"
    ) in card
    made = export(run, "merged", out=tmp_path / "out")
    assert made.notes == (
        "base: read in 4 bits in training, and merged with the adapters as it was before",
        "weights: safetensors, float32",
    )


def test_a_memory_too_small_to_merge_in_loses_nothing(
    run: Path, dataset: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = {**CHOICES, "out": tmp_path / "run", "model": str(base)}
    with monkeypatch.context() as patch:
        patch.setattr(adapter_base, "free_memory", lambda: 1000)
        with pytest.raises(EnvironmentProblem, match="the base is read whole") as error:
            causal.train(dataset, **choices)
    assert error.value.message.startswith(f"The adapters are in {tmp_path / 'run' / 'adapter'}.")
    assert same(adapters_of(tmp_path / "run"), adapters_of(run))
    steps = (tmp_path / "run" / "metrics.jsonl").read_text().count('"gradient_norm"')
    again = causal.train(dataset, resume=True, **choices)
    assert (again / "metrics.jsonl").read_text().count('"gradient_norm"') == steps
    assert same(adapters_of(again), adapters_of(run))


def test_adapters_of_kto_learn_in_fp32_over_a_base_in_4_bits(base: Path, tmp_path: Path) -> None:
    """TRL casts them to bf16, in which steps of its usual rates are lost."""
    folder = aligned.verdicts(tmp_path / "out")
    made = kto.train(
        folder, out=tmp_path / "run", model=str(base), lora=4, load_in_4bit=True, epochs=2
    )
    found = adapters_of(made)
    assert {weights.dtype for weights in found.values()} == {torch.float32}
    moved = [weights for name, weights in found.items() if "lora_B" in name]
    assert len(moved) == 14
    assert all(weights.any() for weights in moved)
    merged = AutoModelForCausalLM.from_pretrained(made / "model")
    plain = AutoModelForCausalLM.from_pretrained(base)
    wanted: Any = PeftModel.from_pretrained(plain, made / "adapter").merge_and_unload()
    assert same(merged.state_dict(), wanted.state_dict())


def test_a_t5_learns_over_a_base_in_4_bits(tmp_path: Path) -> None:
    folder = convert(tmp_path / "out", {"train": 40})
    base = t5.train(folder, out=tmp_path / "base", epochs=0.2)
    made = t5.train(
        folder, out=tmp_path / "run", model=str(base), optim="adamw_8bit", **(QLORA | {"epochs": 2})
    )
    losses = list(RunFolder(made, {}).losses().values())
    assert losses[-1] < losses[0]
    plain = AutoModelForSeq2SeqLM.from_pretrained(base / "model")
    wanted: Any = PeftModel.from_pretrained(plain, made / "adapter").merge_and_unload()
    found = AutoModelForSeq2SeqLM.from_pretrained(made / "model")
    assert same(found.state_dict(), wanted.state_dict())
