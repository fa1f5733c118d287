"""Every kind of Mistral, and models of experts: whole, packed and by adapters, against peft."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoConfig

from tests.unit.trainers import tiny_models
from tests.unit.trainers.converted import convert_causal
from trainers import causal, models

pytestmark = pytest.mark.long

MISTRALS = [
    "Mistral 7B v0.1",
    "Mistral 7B v0.3",
    "Nemo",
    "Small 2501",
    "Small 3.1",
    "Ministral 8B",
    "Ministral 3",
    "Mixtral",
]
OF_EXPERTS = ["Mixtral", "Qwen3-MoE", "Llama 4", "gpt-oss", "GLM-4.5"]
IDS = torch.tensor([[7, 8, 9, 10, 11, 12], [20, 21, 22, 23, 24, 25]])


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert_causal(tmp_path_factory.mktemp("data") / "out", {"train": 24, "test": 4})


def trained(name: str, dataset: Path, folder: Path, **choices: Any) -> Path:
    """A run over a tiny model of that kind; everything else in `folder`."""
    base = tiny_models.build(name, dataset, folder / "base")
    given = {"epochs": 2, "batch_tokens": 1200, "learning_rate": 5e-3, **choices}
    return causal.train(dataset, out=folder / "run", model=str(base), kind="mistral", **given)


def loaded(folder: Path) -> Any:
    kind = models.loader(AutoConfig.from_pretrained(folder), "causal")
    return kind.from_pretrained(folder).eval()


def logits(net: Any) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = net(IDS).logits
    return found


def settings(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "run.json").read_text())
    return found


def learned(run: Path) -> bool:
    loss = json.loads((run / "evaluation.json").read_text())["loss"]
    return bool(loss["last"] < loss["first"])


@pytest.mark.parametrize("name", [*MISTRALS, "Llama 4", "Gemma 2"])
def test_a_model_is_trained_whole_and_packed(name: str, dataset: Path, tmp_path: Path) -> None:
    run = trained(name, dataset, tmp_path, packing=True)
    assert learned(run)
    assert not torch.equal(logits(loaded(run / "model")), logits(loaded(tmp_path / "base")))
    config, base = (
        AutoConfig.from_pretrained(folder) for folder in (run / "model", tmp_path / "base")
    )
    assert (config.model_type, config.architectures) == (base.model_type, base.architectures)


@pytest.mark.parametrize("name", [*MISTRALS, *OF_EXPERTS[1:], "Gemma 3"])
def test_adapters_learn_merge_and_load_alike(name: str, dataset: Path, tmp_path: Path) -> None:
    from peft import PeftModel

    run = trained(name, dataset, tmp_path, lora=4)
    assert learned(run)
    merged = logits(loaded(run / "model"))
    adapted = PeftModel.from_pretrained(loaded(tmp_path / "base"), str(run / "adapter")).eval()
    assert torch.allclose(logits(adapted), merged, atol=1e-5)
    assert not torch.allclose(logits(loaded(tmp_path / "base")), merged, atol=1e-4)
    unmoved = [
        place
        for place, weights in adapted.named_parameters()
        if ".lora_B." in place and not weights.any()
    ]
    assert unmoved == []
