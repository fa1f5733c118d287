"""Schedules of faults, and a kill at every line of ledger and record: `make test-long`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.trainers.openai_folder import in_parts, ready_folder
from tests.unit.trainers.openai_schedules import CALLS, FAULTS, hold, schedule
from tests.unit.trainers.openai_server import Platform, platform
from tests.unit.trainers.test_openai_kill import LINES, killed_and_started_again
from trainers.openai import plan

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def server() -> Iterator[Platform]:
    with pytest.MonkeyPatch.context() as patch, platform() as running:
        patch.setenv("OPENAI_API_KEY", "sk-test-abcdefgh")
        yield running


@pytest.mark.parametrize("block", range(10))
def test_fifty_schedules_make_one_job_each(server: Platform, tmp_path: Path, block: int) -> None:
    made = plan(ready_folder(tmp_path / "out"), base_url=server.url, run_dir=tmp_path / "run")
    for seed in range(1000 + 50 * block, 1050 + 50 * block):
        assert hold(server, made, schedule(seed)) == "finished"


def test_a_hundred_schedules_make_one_file_of_many_parts(
    server: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = in_parts(tmp_path, server, monkeypatch)
    for seed in range(2000, 2100):
        assert hold(server, made, schedule(seed, CALLS + 6)) == "finished"


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_at_each_call_in_turn(server: Platform, tmp_path: Path, fault: str) -> None:
    made = plan(ready_folder(tmp_path / "out"), base_url=server.url, run_dir=tmp_path / "run")
    for call in range(1, CALLS + 1):
        assert hold(server, made, {call: fault}) == "finished"


@pytest.mark.parametrize("elsewhere", [False, True], ids=["there", "elsewhere"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("line", range(1, LINES + 1))
def test_killed_at_any_line_it_goes_on(
    server: Platform, tmp_path: Path, line: int, when: str, elsewhere: bool
) -> None:
    killed_and_started_again(server, tmp_path, line, when, elsewhere=elsewhere)
