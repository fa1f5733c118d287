"""No kind of data of `benchmarks/run.py growth` takes the square of its size."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.long
SQUARE = 10.0
"""Four times the data takes four times the time where it is linear, sixteen times as a square."""


def table() -> Any:
    path = Path(__file__).parents[2] / "benchmarks/growth.py"
    spec = importlib.util.spec_from_file_location("growth_table", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", table().KINDS, ids=lambda kind: str(kind.name))
def test_the_time_of_a_command_grows_with_the_data(kind: Any) -> None:
    seconds = table().seconds
    seconds(kind, 1)  # its imports
    least, once, four = (seconds(kind, n) for n in (1, kind.sizes, 4 * kind.sizes))
    assert four - least < max(SQUARE * (once - least), 0.3)
