"""Metrics go to another tool on request, by transformers' own callback, and never otherwise."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from transformers import TrainerCallback
from transformers.integrations import integration_utils

from tests.unit.trainers.converted import convert_causal
from trainers import causal

TOOLS = ("wandb", "mlflow")


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[dict[str, Any]]]:
    """What each tool is told, as if both were installed."""
    told: dict[str, list[dict[str, Any]]] = {}
    for tool in TOOLS:

        class Told(TrainerCallback):
            name = tool

            def __init__(self) -> None:
                told[self.name] = []

            def on_log(self, args: Any, state: Any, control: Any, **found: Any) -> None:
                told[self.name].append(dict(found["logs"]))

        monkeypatch.setitem(integration_utils.INTEGRATION_TO_CALLBACK, tool, Told)
        monkeypatch.setattr(integration_utils, f"is_{tool}_available", lambda: True)
    there = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: name in TOOLS or there(name, *more)
    )
    return told


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_is_told_the_losses_where_it_is_asked_for(
    tool: str, reported: dict[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    folder = convert_causal(tmp_path / "out", {"train": 20})
    causal.train(folder, out=tmp_path / "run", epochs=1, batch_tokens=300, report_to=tool)
    assert list(reported) == [tool]
    assert any("loss" in line for line in reported[tool])


def test_no_tool_is_called_that_nobody_asked_for(
    reported: dict[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    folder = convert_causal(tmp_path / "out", {"train": 20})
    causal.train(folder, out=tmp_path / "run", epochs=1, batch_tokens=300)
    assert reported == {}
