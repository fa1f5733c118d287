"""Every provider: killed at every call and gone on with elsewhere, and many races: `test-long`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.unit.trainers.racing import SERVICES, Service, Start, killed_at

pytestmark = pytest.mark.long

ROUNDS = 20


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> Service:
    return SERVICES[request.param]


@pytest.fixture
def started(service: Service, tmp_path: Path) -> Iterator[tuple[Any, Start, Path]]:
    """A fresh server and a starter of runs, in folders of their own."""
    with service.serve() as running:
        running.keeps_metadata = service.keeps_metadata
        yield running, Start(service, running, tmp_path), tmp_path


@pytest.mark.parametrize("when", ["arriving", "answered"])
def test_killed_at_any_call_another_folder_ends_with_one_job(
    service: Service, tmp_path: Path, when: str
) -> None:
    for call in count(1):
        with service.serve() as server:
            server.keeps_metadata = service.keeps_metadata
            start = Start(service, server, tmp_path)
            home = f"home-{call}"
            one = partial(start, f"one-{call}", home)
            if not killed_at(call, one, getattr(server, when)):
                break
            after = start(f"two-{call}", home).ended()
            assert after.status == "succeeded", f"{when} {call}: {after}"
            assert len(server.jobs) == 1, f"{when} {call}: {len(server.jobs)} jobs"
            names = [file["filename"] for file in server.files]
            assert len(names) == len(set(names)), f"{when} {call}: {names}"
    assert call > 12


def test_two_folders_of_one_user_race_freely_for_one_job(
    service: Service, started: tuple[Any, Start, Path]
) -> None:
    server, start, _ = started
    for n in range(ROUNDS):
        home = f"home-{n}"
        racers = [start(f"{side}-{n}", home) for side in ("one", "two")]
        ended = [racer.ended() for racer in racers]
        assert {run.exit_code for run in ended} <= {0, 4}, ended
        for racer, run in zip(racers, ended, strict=True):
            if run.exit_code:
                assert "is being made already" in run.error
                assert start(racer.run_dir.name, home).ended().status == "succeeded"
        assert server.calls.count(service.create) == 1
        server.jobs.clear()
        server.calls.clear()


def test_two_homes_race_freely_and_one_job_is_alive_at_the_end(
    service: Service, started: tuple[Any, Start, Path]
) -> None:
    server, start, _ = started
    for n in range(ROUNDS):
        racers = [start(f"{side}-{n}", f"home-{side}-{n}") for side in ("one", "two")]
        ended = [racer.ended() for racer in racers]
        assert [run.status for run in ended] == ["succeeded", "succeeded"], ended
        assert server.alive == [ended[0].job] == [ended[1].job]
        server.jobs.clear()
        server.cancelled.clear()
