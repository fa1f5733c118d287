"""The n-th I/O call of a command fails, or every process is killed there; a sample of the n.

All n, with worker processes and servers: tests/long/test_io_faults*.py.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator

import pytest

from tests.faults.harness import FAIL, KILL, TEAR, IoFaults, skip_without_compiler
from tests.faults.scenarios import SCENARIOS, Scenario, every, hold, reference_of, run_short

SAMPLE = [scenario for scenario in SCENARIOS if scenario.name in ("convert-again", "fix")]
POINTS = 3
READS = (5, 13, 29, 45)
"""Calls near the beginning, in which the sources are looked at."""


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IoFaults]:
    skip_without_compiler()
    with IoFaults(tmp_path_factory.mktemp("faults")) as made:
        yield made


@pytest.mark.parametrize("how", [FAIL, KILL, TEAR], ids=["fails", "kills", "tears"])
@pytest.mark.parametrize("scenario", SAMPLE, ids=lambda scenario: str(scenario.name))
def test_a_spoiled_call_leaves_the_old_or_the_new(
    faults: IoFaults, scenario: Scenario, how: int
) -> None:
    reference = reference_of(faults, scenario)
    step = reference.calls // POINTS
    for at in every(reference, step, first=step // 2):
        hold(faults, reference, at, how, errno.ENOSPC if at % 2 else errno.EIO)


@pytest.mark.parametrize("at", READS)
def test_a_source_that_the_disk_does_not_give_refuses_the_run(faults: IoFaults, at: int) -> None:
    reference = reference_of(faults, SAMPLE[0])
    assert reference.calls > 5 * max(READS), "these are no longer the calls that read"
    hold(faults, reference, at, FAIL, errno.EIO)


def test_writes_that_the_system_cuts_short_lose_nothing(faults: IoFaults) -> None:
    for scenario in SAMPLE:
        run_short(faults, reference_of(faults, scenario))


def test_the_shim_does_spoil_a_call(faults: IoFaults) -> None:
    # What holds the laws above without a fault would prove nothing.
    reference = reference_of(faults, SAMPLE[0])
    said = hold(faults, reference, reference.calls // 2, FAIL, errno.ENOSPC)
    assert "No space left on the disk" in said
