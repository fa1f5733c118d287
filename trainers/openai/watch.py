"""Following a job to its end by polling; nothing here can make or change one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from dataprep.finding import EnvironmentProblem
from trainers.openai.client import (
    AGAIN,
    PAGE,
    explain,
    field,
    pages,
    surely_refused,
    troubles,
    words,
)
from trainers.openai.ledger import Ledger

if TYPE_CHECKING:
    from openai import OpenAI

ENDS = ("succeeded", "failed", "cancelled")
PATIENCE = 6


class News(msgspec.Struct, frozen=True):
    """Something to tell the person who waits; `data` holds metrics where there are some."""

    kind: str
    message: str
    data: dict[str, float] = {}


Say = Callable[[News], None]


def follow(
    client: OpenAI,
    job_id: str,
    ledger: Ledger,
    *,
    say: Say,
    poll: float,
    sleep: Callable[[float], None],
    key_variable: str,
) -> Any:
    """Poll until the job has ended, and return it. Every `poll` seconds: the job, its events.

    A failing poll is tried again, six times with growing pauses. Unknown statuses and types of
    events are told and otherwise let be. Raises EnvironmentProblem when the server stays away
    or no longer knows the job.
    """
    told = {r["event"] for r in ledger.records if r["step"] == "watch" and "event" in r}
    status, failures = "", 0
    while True:
        try:
            job = client.fine_tuning.jobs.retrieve(job_id)
            now = field(job, "status")
            _tell_events(client, job_id, ledger, told, say)
            failures = 0
        except troubles() as error:
            failures += 1
            _give_up(error, failures, job_id, key_variable)
            say(News("trouble", f"the server does not answer ({type(error).__name__}); again"))
            sleep(min(poll * 2**failures, 60))
            continue
        if now != status:
            status = now
            ledger.write("watch", "status", job=job_id, status=words(status))
            say(News("status", words(status)))
        if status in ENDS:
            return job
        sleep(poll)


def _give_up(error: Exception, failures: int, job_id: str, key_variable: str) -> None:
    doing = f"Following job {job_id}"
    if getattr(error, "status_code", None) == 404:
        raise EnvironmentProblem(
            f"{doing}: the server no longer knows it.",
            "Look at the provider's list of jobs; the ledger in the run folder holds what is "
            "known. No other job was made.",
        ) from None
    refused = surely_refused(error) and getattr(error, "status_code", None) != 429
    if refused or failures >= PATIENCE:
        problem = explain(error, doing, key_variable)
        raise EnvironmentProblem(problem.message, f"The job itself goes on. {AGAIN}") from None


def _tell_events(client: OpenAI, job_id: str, ledger: Ledger, told: set[str], say: Say) -> None:
    """Tell what has not been told, oldest first. A server without events has none to tell."""
    fresh: list[Any] = []
    known = 0
    try:
        for event in pages(lambda **page: client.fine_tuning.jobs.list_events(job_id, **page)):
            known = known + 1 if event.id in told else 0
            if not known:
                fresh.append(event)
            elif known == PAGE:  # newest first: behind a page of known ones nothing is new
                break
    except troubles() as error:
        if getattr(error, "status_code", None) != 404:
            raise
    fresh.reverse()
    fresh.sort(key=_time)
    for event in fresh:
        told.add(event.id)
        message = words(str(getattr(event, "message", "") or ""))
        data = _figures(getattr(event, "data", None))
        kind = words(str(getattr(event, "type", None) or "message"))
        ledger.write("watch", "event", event=event.id, kind=kind, message=message, data=data)
        say(News("metrics" if kind == "metrics" else "event", message, data))


def _figures(data: object) -> dict[str, float]:
    """The finite numbers among an event's data; a NaN would not go into the ledger's JSON."""
    return {
        words(str(name)): value
        for name, value in (data.items() if isinstance(data, dict) else ())
        if isinstance(value, int | float) and math.isfinite(value)
    }


def _time(event: Any) -> float:
    at = getattr(event, "created_at", 0)
    return at if isinstance(at, int | float) else 0
