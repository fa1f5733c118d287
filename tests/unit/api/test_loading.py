"""Trainers are loaded by commands without what their libraries would fetch."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from dataprep.api.loading import trainer
from dataprep.finding import EnvironmentProblem


def test_no_command_lets_a_library_run_code_of_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """bitsandbytes does, at its import, by the package `kernels` where that is installed."""
    monkeypatch.delitem(sys.modules, "kernels", raising=False)
    trainer("adapters", "train")
    assert importlib.util.find_spec("kernels") is None
    with pytest.raises(ImportError):
        importlib.import_module("kernels")
    monkeypatch.delitem(sys.modules, "kernels")
    trainer("before", "train")
    assert "kernels" not in sys.modules


def test_a_package_trainers_of_somebody_else_is_no_missing_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another distribution has put it first on the path: the extra would not help."""
    (tmp_path / "trainers").mkdir()
    (tmp_path / "trainers" / "__init__.py").write_text("", "utf-8")
    for name in [each for each in sys.modules if each.partition(".")[0] == "trainers"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        with pytest.raises(EnvironmentProblem) as caught:
            trainer("t5", "train")
    finally:
        sys.modules.pop("trainers", None)
    assert str(caught.value) == (
        f"The package trainers in {tmp_path / 'trainers'} is not that of dataprep-tune."
        " See whose it is: dataprep doctor"
    )
