"""Whatever goes wrong in whatever order, a run at the mended server has all, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.trainers.rescue_jobs import HELD, TRAIN
from tests.unit.trainers.rescue_schedules import after_troubles


@pytest.mark.parametrize("number", range(4))
def test_after_any_troubles_a_run_at_the_mended_server_brings_all_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    assert after_troubles(number, tmp_path / "r") == {
        "ftjob-5": TRAIN + HELD * 5,
        "ftjob-4": TRAIN + HELD * 4,
        "ftjob-3": TRAIN + HELD * 3,
        "ftjob-2": TRAIN + HELD * 2,
        "ftjob-1": TRAIN + HELD,
    }
