"""Models whose files are damaged, do not fit together or are not all there are refused in words."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from dataprep.finding import UsageError
from tests.unit.trainers import tiny_models
from trainers import model_files, models
from trainers.predict import predict

WEIGHTS, LOST = "model.safetensors", "model.layers.1.self_attn.q_proj.weight"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain")
    tiny_models.net("Mistral 7B v0.3").save_pretrained(folder)
    return folder


@pytest.fixture
def model(plain: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(plain, tmp_path / "model"))


def set_in_config(model: Path, **settings: Any) -> None:
    path = model / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **settings}))


def lose_a_layer(model: Path) -> None:
    kept = load_file(model / WEIGHTS)
    del kept[LOST]
    save_file(kept, model / WEIGHTS, metadata={"format": "pt"})


def cut_off(model: Path) -> None:
    path = model / WEIGHTS
    path.write_bytes(path.read_bytes()[:-100])


def test_a_model_whose_weights_are_all_there_is_loaded(model: Path) -> None:
    assert models.load_base(str(model), "causal", "float32").num_parameters() > 0


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lose_a_layer, f"lacks 1 of its weights ({LOST}), which would be random."),
        (
            lambda model: set_in_config(model, intermediate_size=64),
            "has 6 weights of another shape than its config.json says, such as "
            "model.layers.0.mlp.down_proj.weight.",
        ),
        (
            cut_off,
            "cannot be read: Error while deserializing header: incomplete metadata, file not fully "
            "covered.",
        ),
    ],
    ids=["lost", "misfit", "cut off"],
)
def test_weights_that_are_lost_do_not_fit_or_are_cut_off_are_refused(
    damage: Callable[[Path], None], said: str, model: Path
) -> None:
    damage(model)
    with pytest.raises(UsageError) as error:
        models.load_base(str(model), "causal", "float32")
    assert error.value.message == f"{model} {said}"
    assert error.value.remedy == "Fetch the model again, with config.json and all its weights."


@pytest.mark.parametrize(
    "settings",
    [{"hidden_size": "abc"}, {"quantization_config": "gptq"}, {"dtype": "foo"}],
    ids=["hidden_size", "quantization_config", "dtype"],
)
def test_a_config_that_cannot_be_read_is_refused(settings: dict[str, Any], model: Path) -> None:
    set_in_config(model, **settings)
    with pytest.raises(UsageError) as error:
        model_files.config_of(str(model))
    assert error.value.message.startswith(f"{model} cannot be read: ")
    assert error.value.remedy == "Fetch the model again, with config.json and all its weights."


def test_a_run_that_lost_weights_answers_nothing(model: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(model, run / "model")
    lose_a_layer(run / "model")
    entry = {"tokenizer": {"sha256": "0"}}
    settings = {"family": "causal", "target": "causal", "dataset": entry}
    (run / "run.json").write_text(json.dumps(settings))
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"messages": [{"role": "user", "content": "What is it?"}]}\n')
    with pytest.raises(UsageError) as error:
        predict(run, rows, out=tmp_path / "out")
    assert f"lacks 1 of its weights ({LOST})" in error.value.message
    assert error.value.remedy == "Restore the files, or train again."
