"""Schedules of faults for the small platform, and the law that every one of them must keep."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from typing import Any

from dataprep.finding import DataprepError
from tests.unit.trainers.openai_server import Answer, Platform, problem
from trainers.openai import JobOutcome, JobPlan, claims, run

RUNS = 8
"""So often a schedule may stop the command; then all its faults are behind it."""

CALLS = 17
"""Of a run without faults."""

_EVENTS = "/events"


def _before(answer: tuple[Any, ...]) -> tuple[Any, ...]:
    return answer


def _vanished(server: Platform, real: Answer) -> Answer:
    ours = isinstance(real[1], dict) and real[1].get("object") == "fine_tuning.job"
    asked = server.calls[-1].startswith("GET")
    return (404, problem("No such job")) if ours and asked else real


def _odd_status(_: Platform, real: Answer) -> Answer:
    if isinstance(real[1], dict) and real[1].get("object") == "fine_tuning.job":
        return real[0], {**real[1], "status": "pondering"}
    return real


def _odd_events(_: Platform, real: Answer) -> Answer:
    if isinstance(real[1], dict) and real[1].get("object") == "list":
        odd = {"id": "ev-odd", "type": "moderation_checks", "message": None, "data": [1]}
        return real[0], {**real[1], "data": [*real[1]["data"], odd]}
    return real


def _endless(_: Platform, real: Answer) -> Answer:
    if isinstance(real[1], dict) and real[1].get("object") == "list":
        return real[0], {**real[1], "has_more": True}
    return real


def _slow(_: Platform, real: Answer) -> Answer:
    time.sleep(0.02)
    return real


def _expired(server: Platform, real: Answer) -> Answer:
    for upload in server.uploads.values():
        if upload["status"] == "pending":
            upload["status"] = "expired"
    return real


FAULTS: dict[str, Any] = {
    "500": _before((500, problem("internal error"))),
    "500 after accepting": lambda *_: (500, problem("internal error")),
    "503 after accepting": lambda *_: (503, problem("overloaded")),
    "lost reply": lambda *_: None,
    "429": _before((429, problem("slow down"))),
    "429 with a pause": _before((429, problem("slow down"), {"retry-after": "7"})),
    "429 with a date": _before((429, problem("x"), {"retry-after": "Sun, 22 Nov 2026 00:00:00"})),
    "malformed": lambda *_: (200, b'{"id": "ftj'),
    "a page": _before((502, b"<html>bad gateway</html>")),
    "null": lambda *_: (200, b"null"),
    "a list": lambda *_: (200, []),
    "vanished": _vanished,
    "unknown status": _odd_status,
    "unknown event": _odd_events,
    "endless list": _endless,
    "slow": _slow,
    "upload expired": _expired,
}


def schedule(seed: int, calls: int = CALLS) -> dict[int, str]:
    """At which calls which faults come: one to five of them, always the same for a seed."""
    chance = random.Random(seed)  # noqa: S311  a schedule, and the same one each time
    places = chance.sample(range(1, 3 * calls), chance.randint(1, 5))
    # The first faults are drawn to where they hurt: the calls of the first run.
    places[0] = chance.randint(1, calls)
    return {place: chance.choice(list(FAULTS)) for place in places}


def hold(
    server: Platform, made: JobPlan, plot: dict[int, str], *, keeps_metadata: bool = True
) -> str:
    """Run the command until it ends well or says for good why not; the law holds at every stop.

    At most one job, at most one file of each content, and every stop says how to go on.
    """
    server.clear()
    server.keeps_metadata = keeps_metadata
    shutil.rmtree(made.run_dir, ignore_errors=True)
    shutil.rmtree(claims.folder(), ignore_errors=True)
    server.events = [
        {"id": "ev-1", "created_at": 1, "type": "message", "message": "Created"},
        {"id": "ev-2", "created_at": 2, "type": "metrics", "message": "Step 1/2"}
        | {"data": {"step": 1, "total_steps": 2, "train_loss": 0.5}},
    ]
    server.at = {place: FAULTS[name] for place, name in plot.items()}
    waited: list[float] = []
    for _ in range(RUNS):
        ended = once(made, waited.append)
        assert len(server.jobs) <= 1, f"{plot}: {len(server.jobs)} jobs"
        assert server.copies <= 1, f"{plot}: a content was uploaded {server.copies} times"
        if isinstance(ended, JobOutcome):
            assert ended.model == f"ft:{made.request['model']}:acme::ftjob-1", plot
            assert len(server.jobs) == 1
            return "finished"
        assert ended.message, plot
        assert ended.remedy, f"{plot}: {ended.message} says not how to go on"
    raise AssertionError(f"{plot}: never finished; at last: {ended}")


def once(made: JobPlan, sleep: Callable[[float], None]) -> JobOutcome | DataprepError:
    """One run of the command; nothing but a DataprepError may come out of it."""
    try:
        return run(made, poll=0, sleep=sleep)
    except DataprepError as error:
        return error
