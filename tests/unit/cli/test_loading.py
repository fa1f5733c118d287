"""Trainers are loaded by commands without what their libraries would fetch."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from dataprep.cli.loading import trainer


def test_no_command_lets_a_library_run_code_of_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """bitsandbytes does, at its import, by the package `kernels` where that is installed."""
    monkeypatch.delitem(sys.modules, "kernels", raising=False)
    trainer("before", "train")
    assert importlib.util.find_spec("kernels") is None
    with pytest.raises(ImportError):
        importlib.import_module("kernels")
    monkeypatch.delitem(sys.modules, "kernels")
