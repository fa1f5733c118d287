"""What is wrong at first sight is refused before torch is loaded, which takes seconds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import UsageError
from trainers.before import look
from trainers.grpo import train as trained_by_grpo
from trainers.kto import train as trained_by_kto

ROOT = Path(__file__).parents[3]
LOOK = """
import sys
from pathlib import Path
from dataprep.finding import UsageError
from trainers.before import look
try:
    look(Path("nowhere"), "t5", Path("run"), None, epochs=0)
except UsageError as error:
    print(error.message, "torch" in sys.modules, "transformers" in sys.modules)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A converted folder for T5, of which only the manifest is looked at."""
    (tmp_path / "out").mkdir()
    manifest = {"digest": "", "targets": {"t5": {"splits": {"train": 3}}}, "files": {}}
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path / "out"


def refused(folder: Path, target: str, model: str | None = None, **choices: Any) -> UsageError:
    with pytest.raises(UsageError) as error:
        look(folder, target, folder.parent / "run", model, **choices)
    return error.value


def test_a_refusal_loads_neither_torch_nor_transformers(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "--epochs is 0. False False\n"


def test_a_folder_without_the_target_names_the_target(folder: Path) -> None:
    error = refused(folder, "causal")
    assert error.message == f"{folder} holds no dataset for a causal model."
    assert error.remedy == "Convert again, with --to causal among the targets."


def test_a_folder_that_is_no_dataset_is_named(folder: Path) -> None:
    assert "no manifest.json" in refused(folder.parent, "t5").message


def test_adapters_of_a_new_model_are_refused(folder: Path) -> None:
    """A run with them ended at the loss that it began with, without a word."""
    assert "its own weights are random" in refused(folder, "t5", lora=8).message
    look(folder, "t5", folder.parent / "run", "google-t5/t5-small", lora=8)


def test_fp16_is_refused_for_t5(folder: Path) -> None:
    assert "overflow" in refused(folder, "t5", precision="fp16").message


def test_a_run_folder_that_is_used_is_refused(folder: Path) -> None:
    (folder.parent / "run").mkdir()
    (folder.parent / "run" / "README.md").touch()
    assert "no run replaces another" in refused(folder, "t5").message


def test_settings_of_kto_and_grpo_that_are_no_number_are_refused(tmp_path: Path) -> None:
    where: dict[str, Any] = {"out": tmp_path / "run", "model": "base"}
    nan = float("nan")
    with pytest.raises(UsageError, match="--beta is nan"):
        trained_by_kto(tmp_path, beta=nan, **where)
    with pytest.raises(UsageError, match="--temperature is nan"):
        trained_by_grpo(tmp_path, temperature=nan, **where)
