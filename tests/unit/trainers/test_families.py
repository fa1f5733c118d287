"""Families beside plain LLaMA and Mistral, through the trainer; all of them are in tests/long."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForImageTextToText

from dataprep.finding import UsageError
from tests.unit.trainers import tiny_models
from tests.unit.trainers.converted import convert_causal
from trainers import attention, causal, predict
from trainers.options import TrainingOptions


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert_causal(tmp_path_factory.mktemp("data") / "out", {"train": 12, "test": 2})


def trained(name: str, dataset: Path, folder: Path, **choices: Any) -> Path:
    base = tiny_models.build(name, dataset, folder / "base")
    given = {"epochs": 1, "batch_tokens": 1200, **choices}
    return causal.train(dataset, out=folder / "run", model=str(base), kind="mistral", **given)


def settings(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "run.json").read_text())
    return found


def test_a_mistral_small_that_sees_is_trained_on_text_and_answers(
    dataset: Path, tmp_path: Path
) -> None:
    """AutoModelForCausalLM does not know Mistral 3: it was an error of the folder."""
    run = trained("Small 3.1", dataset, tmp_path, packing=True)
    net = AutoModelForImageTextToText.from_pretrained(run / "model")
    assert type(net).__name__ == "Mistral3ForConditionalGeneration"
    assert "AutoModelForImageTextToText.from_pretrained" in (run / "README.md").read_text()
    (tmp_path / "asked.jsonl").write_text('{"prompt": "What is number 3, the trout?"}\n')
    said = predict.predict(run, tmp_path / "asked.jsonl", out=tmp_path / "said", max_new_tokens=4)
    assert said.answers == 1


def test_a_run_by_adapters_says_on_what_they_are_and_how_many_parameters_learn(
    dataset: Path, tmp_path: Path
) -> None:
    run = trained("Mixtral", dataset, tmp_path, lora=2, lora_alpha=6, lora_targets="q_proj,w2")
    # Two layers; q_proj 32 to 32, and down_proj of four experts 48 to 32; rank 2.
    learned = 2 * (2 * (32 + 32) + 4 * 2 * (48 + 32))
    assert settings(run)["adapters"] == {
        "on": {"down_proj": 2, "q_proj": 2},
        "parameters": learned,
    }
    card = (run / "README.md").read_text()
    assert f"LoRA of rank 2, alpha 6: {learned:,} parameters on down_proj, q_proj learn" in card


@pytest.mark.parametrize(("name", "best"), [("Gemma 2", "eager"), ("Mixtral", "sdpa")])
def test_attention_is_what_the_model_has(
    name: str, best: str, dataset: Path, tmp_path: Path
) -> None:
    """Gemma 2 was refused, as sdpa knows nothing of its soft cap."""
    run = trained(name, dataset, tmp_path, packing=True)
    assert settings(run)["attention"] == best


def test_sdpa_that_a_model_lacks_is_refused_in_words(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no attention by sdpa") as error:
        trained("Gemma 2", dataset, tmp_path, attention="sdpa")
    assert error.value.remedy == "Use --attention auto."


def test_flash_attention_is_taken_on_a_gpu_where_it_is_installed_and_nothing_is_packed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    net = tiny_models.net("Mistral 7B v0.3")
    monkeypatch.setattr(net, "set_attn_implementation", asked.append)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: True)
    attention.settle(net, TrainingOptions())
    assert asked == []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    attention.settle(net, TrainingOptions(packing=True))
    attention.settle(net, TrainingOptions(precision="fp32"))
    attention.settle(net, TrainingOptions(attention="eager"))
    attention.settle(tiny_models.net("gpt-oss"), TrainingOptions())
    assert asked == []
    attention.settle(net, TrainingOptions())
    assert asked == ["flash_attention_2"]


def test_a_model_that_lets_packed_rows_see_one_another_is_refused(
    dataset: Path, tmp_path: Path
) -> None:
    """gpt-oss of transformers 5.23 makes its masks without the positions."""
    with pytest.raises(UsageError, match="mixes up packed examples"):
        trained("gpt-oss", dataset, tmp_path, packing=True)
