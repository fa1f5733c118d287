"""One paid job at most: upload, create, watch, with a ledger line before and after every call.

The SDK sends a creation again after a 5xx, and the platform knows no idempotency key. So the
retries are off here, and before anything is sent the server is searched for what an earlier
attempt may have left there: files by a name that carries their hash, jobs by the run key in
their metadata.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from trainers.openai import ending, gates, ledger, results, watch
from trainers.openai.ending import JobOutcome
from trainers.openai.ledger import JobLedger
from trainers.openai.preview import JobPlan
from trainers.openai.sending import Sending
from trainers.openai.together import KEY_CHARACTERS
from trainers.openai.upload import Uploads
from trainers.openai.watch import News, TellNews
from trainers.openai.wire import Job

POLL_SECONDS = 10.0
"""Of one round of two questions: one request in five seconds."""


def job_of(plan: JobPlan) -> str | None:
    """The id of the job that this plan already has in its run folder, if any."""
    for record in reversed(ledger.read(plan.run_dir)):
        if record["step"] == "create" and record.get("key") == plan.key and record.get("job"):
            return str(record["job"])
    return None


def run(
    plan: JobPlan,
    *,
    say: TellNews = lambda _: None,
    poll: float = POLL_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.time,
) -> JobOutcome:
    """Upload, create and follow the job of a plan, from wherever an earlier run stopped.

    Raises Refused when a gate is shut (before anything is sent) or the platform ended the job,
    UsageError for what the platform calls invalid, EnvironmentProblem for key, network and disk.
    """
    with ledger.opened(plan.run_dir, plan.key) as book:
        ended = book.last("end", "done")
        if ended is not None:
            say(News("known", f"job {ended['job']} has ended before; nothing is sent"))
            return ending.outcome(book, ended, plan.base_url)
        if not book.last("create", "done", key=plan.key):
            gates.refuse(plan.gates)
        sending = Sending(plan.server.wire(sleep), book, say, sleep, plan.key_variable)
        job_id = _Errand(plan, sending, clock).job()
        return to_the_end(sending, job_id, poll, plan.base_url)


def to_the_end(sending: Sending, job_id: str, poll: float, base_url: str) -> JobOutcome:
    """Follow a job, fetch what it leaves, and write down how it ended."""
    sending.tell("watching", f"following job {job_id}; Ctrl-C leaves it running")
    job = watch.follow(
        sending.wire,
        job_id,
        sending.book,
        say=sending.say,
        poll=poll,
        sleep=sending.sleep,
        key_variable=sending.key_variable,
    )
    results.fetch(sending.wire, job, sending.book, sending.say)
    return ending.outcome(sending.book, ending.write_end(sending.book, job), base_url)


class _Errand:
    """One run's way to its job."""

    def __init__(self, plan: JobPlan, sending: Sending, clock: Callable[[], float]) -> None:
        self.plan, self.sending = plan, sending
        self.book: JobLedger = sending.book
        above = plan.provider.limits.parts_above_bytes if plan.provider else None
        self.uploads = Uploads(sending, above, clock)
        self.ids: dict[str, str] = {}

    def job(self) -> str:
        """The id of the one job: recorded, found at the server, or made now."""
        if known := self.book.last("create", "done", key=self.plan.key):
            return str(known["job"])
        if not self.book.last("plan", "begin"):
            self.book.write("plan", "begin", **self._memory())
        # Before the uploads too: where the job is found, nothing needs to be sent at all.
        if found := self._recorded_find():
            return found
        self.ids = {file.split: self.uploads.file(file) for file in self.plan.files}
        # A server that keeps no metadata shows an earlier job by its files alone.
        if self.uploads.reused and (found := self._recorded_find()):
            return found
        request = {**self.plan.request, **self.sending.wire.fields(self.ids)}
        job_id = self.sending.once(
            "create",
            "Creating the job",
            self._find,
            lambda: self.sending.wire.create(request),
            key=self.plan.key,
        )
        self.book.write("create", "done", key=self.plan.key, job=job_id)
        self.sending.tell("created", f"job {job_id}")
        return job_id

    def _memory(self) -> dict[str, Any]:
        """What the ledger keeps, so that somebody can come back to the job by its id alone."""
        plan = self.plan
        return {
            "key": plan.key,
            "request": plan.request,
            "folder": str(plan.folder),
            "provider": plan.server.name,
            "protocol": plan.server.protocol,
            "base_url": plan.base_url,
            "key_variable": plan.key_variable,
            "files": [
                {"split": f.split, "path": str(f.path), "sha256": f.sha256} for f in plan.files
            ],
        }

    def _recorded_find(self) -> str | None:
        found: str | None = self.sending.ask("Looking for the job", self._find)
        if found:
            self.book.write("create", "done", key=self.plan.key, job=found, found=True)
            self.sending.tell("found", f"job {found} with this run key is already there")
        return found

    def _find(self) -> str | None:
        return next((job.id for job in self.sending.wire.jobs() if self._is_ours(job)), None)

    def _is_ours(self, job: Job) -> bool:
        """By its run key; where the server keeps none, by files, model and options."""
        if job.run_key is not None:
            return job.run_key in (self.plan.key, self.plan.key[:KEY_CHARACTERS])
        return bool(self.ids) and self._same_request(job, self.plan.request)

    def _same_request(self, job: Job, request: Mapping[str, Any]) -> bool:
        asked = (request.get("model"), self.ids.get("train"), self.ids.get("validation"))
        if asked != (job.model, job.training_file, job.validation_file):
            return False
        return all(
            given is None or given == there
            for given, there in (
                (request.get("suffix"), job.suffix or request.get("suffix")),
                (request.get("seed"), job.seed),
                (self.plan.epochs, job.epochs or self.plan.epochs),
            )
        )
