"""Real processes that want the same job at once: from two folders, two homes, and after a kill."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.unit.trainers.racing import (
    SECONDS,
    SERVICES,
    Service,
    Start,
    first_ended,
    killed_at,
)


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> Service:
    return SERVICES[request.param]


@pytest.fixture
def server(service: Service) -> Iterator[Any]:
    with service.serve() as running:
        running.keeps_metadata = service.keeps_metadata
        yield running


@pytest.fixture
def start(service: Service, server: Any, tmp_path: Path) -> Start:
    return Start(service, server, tmp_path)


def test_two_folders_of_one_user_at_once_make_one_job(
    service: Service, server: Any, start: Start
) -> None:
    free = threading.Event()
    server.arriving["POST /v1/files"] = lambda: free.wait(SECONDS)
    refused, maker = first_ended([start("one"), start("two")])
    said = refused.ended()
    free.set()
    assert maker.ended().status == "succeeded"
    assert said.exit_code == 4
    assert "This job is being made already" in said.error
    assert "Run again when it has made its job" in said.error
    again = start(refused.run_dir.name).ended()
    assert (again.status, again.job) == ("succeeded", server.jobs[0]["id"])
    assert (server.calls.count(service.create), len(server.jobs)) == (1, 1)


def test_two_homes_at_once_end_with_one_job_alive(
    service: Service, server: Any, start: Start
) -> None:
    both = threading.Barrier(2)
    server.arriving[service.create] = lambda: both.wait(SECONDS)
    racers = [start("one", "home-1"), start("two", "home-2")]
    ended = [racer.ended() for racer in racers]
    assert [run.status for run in ended] == ["succeeded", "succeeded"], ended
    assert len(server.jobs) == 2
    assert server.alive == [ended[0].job] == [ended[1].job]
    (given_up,) = server.cancelled
    assert [said for run in ended for said in run.told("second") if "was first" in said] == [
        f"another machine made this job at the same moment: {ended[0].job} was first and is "
        f"followed, {given_up} is cancelled"
    ]
    assert server.calls.count(f"POST {service.jobs}/{given_up}/cancel") == 1


def test_a_run_killed_in_the_creation_leaves_one_job_to_another_folder(
    service: Service, server: Any, start: Start
) -> None:
    assert killed_at(service.create, partial(start, "one"), server.answered)
    after = start("two").ended()
    assert (after.status, len(server.jobs)) == ("succeeded", 1), after
    assert server.calls.count(service.create) == 1


def test_a_run_killed_before_its_creation_arrives_is_waited_out_by_another_folder(
    service: Service, server: Any, start: Start
) -> None:
    assert killed_at(service.create, partial(start, "one"), server.arriving)
    after = start("two").ended()
    assert (after.status, len(server.jobs)) == ("succeeded", 1), after
    assert 0 < max(after.waited) <= 60
    assert "until the server surely shows" in after.told("waiting")[0]
