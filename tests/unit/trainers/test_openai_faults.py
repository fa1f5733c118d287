"""Sixty and more schedules of faults: at most one job, at most one upload, and always a way on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.trainers.openai_folder import in_parts, ready_folder
from tests.unit.trainers.openai_schedules import CALLS, FAULTS, hold, schedule
from tests.unit.trainers.openai_server import Platform, platform
from trainers.openai import JobPlan, plan


@pytest.fixture(scope="module")
def server() -> Iterator[Platform]:
    with pytest.MonkeyPatch.context() as patch, platform() as running:
        patch.setenv("OPENAI_API_KEY", "sk-test-abcdefgh")
        yield running


@pytest.fixture
def made(tmp_path: Path, server: Platform) -> JobPlan:
    folder = ready_folder(tmp_path / "out")
    return plan(folder, base_url=server.url, suffix="tea", seed=7, run_dir=tmp_path / "run")


@pytest.mark.parametrize(("number", "fault"), list(enumerate(FAULTS)))
def test_one_fault_at_every_third_call(
    server: Platform, made: JobPlan, number: int, fault: str
) -> None:
    for call in range(1 + number % 3, CALLS + 1, 3):
        assert hold(server, made, {call: fault}) == "finished"


@pytest.mark.parametrize("seed", range(60))
def test_a_schedule_of_faults_makes_one_job_and_one_upload(
    server: Platform, made: JobPlan, seed: int
) -> None:
    assert hold(server, made, schedule(seed)) == "finished"


@pytest.mark.parametrize("seed", range(20))
def test_a_schedule_makes_one_file_of_many_parts(
    server: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    made = in_parts(tmp_path, server, monkeypatch)
    assert hold(server, made, schedule(seed, CALLS + 6)) == "finished"


def test_a_server_that_keeps_no_metadata_still_gets_one_job(
    server: Platform, made: JobPlan
) -> None:
    for call in range(1, CALLS + 1, 2):
        plot = {call: "lost reply"}
        assert hold(server, made, plot, keeps_metadata=False) == "finished"
