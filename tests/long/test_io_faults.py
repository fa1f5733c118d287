"""Each I/O call of each command fails once, is killed before once, and behind once."""

from __future__ import annotations

import errno
from collections.abc import Iterator

import pytest

from tests.faults.harness import FAIL, KILL, TEAR, IoFaults, skip_without_compiler
from tests.faults.scenarios import (
    SCENARIOS,
    WORKERS,
    Scenario,
    every,
    hold,
    reference_of,
    run_short,
)

pytestmark = pytest.mark.long
WORKER_POINTS = 12
"""Workers are spawned, with all imports, so that a run takes seconds: so many calls of theirs."""


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IoFaults]:
    skip_without_compiler()
    with IoFaults(tmp_path_factory.mktemp("faults")) as made:
        yield made


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: str(scenario.name))
def test_each_io_call_fails_once(faults: IoFaults, scenario: Scenario) -> None:
    reference = reference_of(faults, scenario)
    assert reference.calls > 20
    for at in every(reference, scenario.step):
        hold(faults, reference, at, FAIL, errno.ENOSPC if at % 2 else errno.EIO)
    spoiled = f"{reference.calls} failed I/O calls (step {scenario.step})"
    print(f"\n{scenario.name}: {spoiled}, none half-written")  # noqa: T201


@pytest.mark.parametrize("how", [FAIL, KILL, TEAR], ids=["fails", "kills", "tears"])
def test_an_io_call_of_a_worker_is_spoiled(faults: IoFaults, how: int) -> None:
    reference = reference_of(faults, WORKERS)
    assert reference.calls > 100
    for at in every(reference, reference.calls // WORKER_POINTS, first=5):
        hold(faults, reference, at, how)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: str(scenario.name))
def test_a_kill_before_and_behind_each_io_call_leaves_the_old_or_the_new(
    faults: IoFaults, scenario: Scenario
) -> None:
    reference = reference_of(faults, scenario)
    for at in every(reference, scenario.step):
        for how in (KILL, TEAR):
            hold(faults, reference, at, how)
    kills = 2 * reference.calls // scenario.step
    print(f"\n{scenario.name}: {kills} kills, none half-written")  # noqa: T201


def test_writes_that_the_system_cuts_short_lose_nothing(faults: IoFaults) -> None:
    for scenario in (*SCENARIOS, WORKERS):
        run_short(faults, reference_of(faults, scenario))
