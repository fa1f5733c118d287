"""Following a job to its end by polling; nothing here can make or change one."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from dataprep.finding import EnvironmentProblem
from dataprep.network import NetworkProblem
from trainers.openai.client import (
    AGAIN,
    UnexpectedAnswer,
    explain,
    pause_after,
    surely_refused,
    troubles,
)
from trainers.openai.ledger import JobLedger
from trainers.openai.wire import ENDS, Event, Job, ProviderWire

PATIENCE = 6
KNOWN_IN_A_ROW = 20
"""Events come newest first; behind so many that are known, nothing is new."""


class News(msgspec.Struct, frozen=True):
    """Something to tell the person who waits; `data` holds figures, `finish` an estimated end."""

    kind: str
    message: str
    data: dict[str, float] = {}
    finish: float | None = None


TellNews = Callable[[News], None]


def follow(
    wire: ProviderWire,
    job_id: str,
    ledger: JobLedger,
    *,
    say: TellNews,
    poll: float,
    sleep: Callable[[float], None],
    key_variable: str,
) -> Job:
    """Poll until the job has ended, and return it. Every `poll` seconds: the job, its events.

    A failing poll is tried again, six times with growing pauses. Unknown statuses and types of
    events are told and otherwise let be. Raises EnvironmentProblem when the server stays away
    or no longer knows the job.
    """
    watch = _Watch(wire, job_id, ledger, say)
    failures = 0
    while True:
        try:
            job = wire.job(job_id)
            watch.status(job)
            if job.status not in ENDS:
                sleep(poll / 2)  # two questions a round, and never two at once
            watch.events(job)
            failures = 0
        except NetworkProblem as error:
            raise EnvironmentProblem(
                error.message, f"{error.remedy} The job itself goes on. {AGAIN}"
            ) from None
        except troubles() as error:
            failures += 1
            _give_up(error, failures, job_id, key_variable)
            say(News("trouble", f"the server does not answer ({type(error).__name__}); again"))
            sleep(max(min(poll * 2**failures, 60.0), pause_after(error, failures)))
            continue
        if job.status in ENDS:
            return job
        sleep(poll / 2)


class _Watch:
    """What has been told of one job."""

    def __init__(self, wire: ProviderWire, job_id: str, ledger: JobLedger, say: TellNews) -> None:
        self.wire, self.job_id, self.ledger, self.say = wire, job_id, ledger, say
        self.told = {r["event"] for r in ledger.records if r["step"] == "watch" and "event" in r}
        self.now = ""
        self.pace = Pace()

    def status(self, job: Job) -> None:
        """Tell a status once."""
        if job.status == self.now:
            return
        self.now = job.status
        self.ledger.write("watch", "status", job=self.job_id, status=job.status)
        self.say(News("status", job.status, finish=job.finish))

    def events(self, job: Job) -> None:
        """Tell what has not been told, oldest first. A server without events has none to tell."""
        fresh: list[Event] = []
        known = 0
        try:
            for event in self.wire.events(self.job_id):
                known = known + 1 if event.id in self.told else 0
                if not known:
                    fresh.append(event)
                elif known == KNOWN_IN_A_ROW:
                    break
        except UnexpectedAnswer:
            if not fresh:  # a list that never ends has told enough
                raise
        except troubles() as error:
            if getattr(error, "status_code", None) != 404:
                raise
        fresh.reverse()
        fresh.sort(key=lambda event: event.at)
        for event in fresh:
            self._tell(event, job)

    def _tell(self, event: Event, job: Job) -> None:
        self.told.add(event.id)
        data = event.data | steps_in(event.message)
        kind = "metrics" if event.kind == "metrics" or "train_loss" in data else "event"
        self.ledger.write(
            "watch",
            "event",
            event=event.id,
            time=event.at,
            kind=event.kind,
            message=event.message,
            data=data,
        )
        self.say(News(kind, event.message, data, job.finish or self.pace.finish(event.at, data)))


_STEP = re.compile(r"[Ss]tep (\d{1,15})(?:/(\d{1,15}))?(?!\d)")
_LOSS = re.compile(r"training loss[=:] ?(\d{1,15}(?:\.\d+)?)")


def steps_in(message: str) -> dict[str, float]:
    """The figures of a message such as `Step 10/90: training loss=0.51`."""
    found: dict[str, float] = {}
    if step := _STEP.search(message):
        found["step"] = int(step[1])
        if step[2]:
            found["total_steps"] = int(step[2])
        if loss := _LOSS.search(message):
            found["train_loss"] = float(loss[1])
    return found


class Pace:
    """The estimated end of a training, from the time its steps have taken so far."""

    def __init__(self) -> None:
        self._first: tuple[float, float] | None = None

    def finish(self, at: float, data: dict[str, float]) -> float | None:
        """Seconds since 1970; None until two steps and their total are known."""
        step, total = data.get("step"), data.get("total_steps")
        if step is None or not at:
            return None
        if self._first is None:
            self._first = (at, step)
        began, first = self._first
        if not total or step <= first or at <= began:
            return None
        return at + (at - began) / (step - first) * (total - step)


def _give_up(error: Exception, failures: int, job_id: str, key_variable: str) -> None:
    doing = f"Following job {job_id}"
    if getattr(error, "status_code", None) == 404:
        raise EnvironmentProblem(
            f"{doing}: the server no longer knows it.",
            "Look at the provider's list of jobs (dataprep jobs); the ledger in the run folder "
            "holds what is known. No other job was made; another --seed makes a new one.",
        ) from None
    refused = surely_refused(error) and getattr(error, "status_code", None) != 429
    if refused or failures >= PATIENCE:
        problem = explain(error, doing, key_variable)
        raise EnvironmentProblem(problem.message, f"The job itself goes on. {AGAIN}") from None
