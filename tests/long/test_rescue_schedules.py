"""`rescue` under many schedules of troubles, each followed by a run at the mended server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.trainers.rescue_jobs import HELD, TRAIN
from tests.unit.trainers.rescue_schedules import after_troubles

pytestmark = pytest.mark.long


def test_after_two_hundred_schedules_of_troubles_all_is_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    for number in range(100, 300):
        found = after_troubles(number, tmp_path / str(number))
        assert found == {f"ftjob-{n}": TRAIN + HELD * n for n in (5, 4, 3, 2, 1)}, number
