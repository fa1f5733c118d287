"""One paid job at most: upload, create, watch, with a ledger line before and after every call.

The SDK sends a creation again after a 5xx, and the platform knows no idempotency key. So the
retries are off here, and before anything is sent the server is searched for what an earlier
attempt may have left there: files by a name that carries their hash, jobs by the run key in
their metadata. Two run folders of one user exclude each other by a claim to the run key; two
machines only see each other at the server, so that is asked once more after the creation.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

from dataprep.finding import EnvironmentProblem
from dataprep.shell import command_line
from trainers.openai import claims, ending, gates, ledger, results, watch
from trainers.openai.client import explain, patient, troubles
from trainers.openai.ending import JobOutcome
from trainers.openai.ledger import JobLedger
from trainers.openai.preview import JobPlan
from trainers.openai.request import with_attempt
from trainers.openai.search import JobSearch, rank
from trainers.openai.sending import Sending
from trainers.openai.upload import Uploads
from trainers.openai.watch import News, TellNews
from trainers.openai.wire import ENDS, cancel_job, is_job_id

POLL_SECONDS = 10.0
"""Of one round of two questions: one request in five seconds."""

SETTLE_SECONDS = 2.0
"""From a creation to the look for a second job: `created_at` counts whole seconds, so that of two
jobs of one second both are there by then, and one that comes later is later by its date."""


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
    UsageError for what the platform calls invalid, EnvironmentProblem for key, network and disk,
    and while another run makes the same job.
    """
    with ledger.opened(plan.run_dir, plan.key) as book:
        ended = book.last("end", "done")
        if ended is not None:
            say(News("known", f"job {ended['job']} has ended before; nothing is sent"))
            return ending.outcome(book, ended, plan.base_url)
        known = book.last("create", "done", key=plan.key)
        if not known:
            gates.refuse(plan.gates)
        sending = Sending(plan.server.wire(sleep), book, say, sleep, plan.key_variable)
        if known:
            job_id = _Errand(plan, sending, clock).settled(known)
        else:
            with claims.held(plan.key, plan.run_dir, plan.base_url) as claim:
                job_id = _Errand(plan, sending, clock, claim).job()
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
    """One run's way to its job; with the `claim` to its run key, it may make one."""

    def __init__(
        self,
        plan: JobPlan,
        sending: Sending,
        clock: Callable[[], float],
        claim: JobLedger | None = None,
    ) -> None:
        self.plan, self.sending, self.claim = plan, sending, claim
        self.book: JobLedger = sending.book
        above = plan.provider.limits.parts_above_bytes if plan.provider else None
        self.uploads = Uploads(sending, above, clock)
        self.search = JobSearch(plan, sending.wire)

    def job(self) -> str:
        """The id of the one job: found at the server, recorded by another run, or made now."""
        if not self.book.last("plan", "begin"):
            self.book.write("plan", "begin", **self._memory())
        # Before the uploads too: where the job is found, nothing needs to be sent at all.
        there = self.sending.ask("Looking for the job", self.search.find)
        if found := there or self._recorded():
            return self._adopt(str(found))
        for file in self.plan.files:
            self.search.ids[file.split] = self.uploads.file(file)
        attempt = secrets.token_hex(8)
        request = {**self.plan.request, **self.sending.wire.fields(self.search.ids)}
        request = with_attempt(request, attempt)
        sent = self.sending.once(
            "create",
            "Creating the job",
            self.search.find,
            lambda: self.sending.wire.create(request),
            also=self.claim,
            look_first=True,
            key=self.plan.key,
        )
        made = sent.id if sent.ours else self.search.made_by(attempt)
        if made is None:
            return self._adopt(sent.id)
        self._note(made)
        self.sending.tell("created", f"job {made}")
        self.sending.sleep(SETTLE_SECONDS)
        return self._settle(made, just_made=True)

    def settled(self, known: dict[str, Any]) -> str:
        """The id of a job that the ledger knows, once it is sure that there is no second one."""
        job_id = str(known["job"])
        if known.get("found") or self.book.last("rivals", "done", key=self.plan.key):
            return job_id
        return self._settle(job_id, just_made=False)

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

    def _note(self, job_id: str, **data: Any) -> None:
        """The job that there is, in the record for all run folders and in the ledger."""
        done = {"key": self.plan.key, "job": job_id, **data}
        try:
            if self.claim:
                run_dir = str(self.plan.run_dir.resolve())
                self.claim.write("create", "done", run_dir=run_dir, **done)
        except EnvironmentProblem as problem:  # the ledger has it, and the list of the server
            self.sending.tell("trouble", f"the record misses job {job_id}. {problem.message}")
        self.book.write("create", "done", **done)

    def _adopt(self, job_id: str) -> str:
        self._note(job_id, found=True)
        self.sending.tell("found", f"job {job_id} with this run key is already there")
        self._tell_others(job_id, "was not made by this run: end it")
        return job_id

    def _recorded(self) -> str | None:
        """The job that another run folder made, where the server's list does not show it (yet)."""
        done = self.claim and self.claim.last("create", "done", key=self.plan.key)
        if not (self.claim and done):
            return None
        job_id, wire = done.get("job"), self.sending.wire
        if not is_job_id(job_id):
            raise claims.gone(self.claim.path, done)
        try:
            patient(lambda: wire.job(job_id), self.sending.sleep)
        except troubles() as error:
            if getattr(error, "status_code", None) == 404:
                raise claims.gone(self.claim.path, done) from None
            raise explain(error, f"Looking at {job_id}", self.sending.key_variable) from None
        return job_id

    def _settle(self, job_id: str, *, just_made: bool) -> str:
        """The job that counts: this one, or an earlier one that another machine has made.

        What this process has just made gives way and is cancelled; nothing else ever is.
        """
        try:
            there = self.search.jobs()
            if there and job_id not in [job.id for job in there]:
                there.append(self.sending.wire.job(job_id))  # the list lags
        except troubles():
            self.sending.tell(
                "trouble",
                "the server does not say whether another machine made this job at the same "
                "moment; see dataprep jobs",
            )
            return job_id
        first = min(there, key=rank).id if there else job_id
        if first != job_id:
            if just_made:
                self._give_way(job_id, first)
            self._note(first, found=True)
        self.book.write("rivals", "done", key=self.plan.key, job=first)
        if first == job_id and just_made:
            self._tell_others(first, "is cancelled by its maker; if it goes on, end it")
        elif not just_made:
            self._tell_others(first, "was not made by this run: end it")
        return first

    def _tell_others(self, followed: str, advice: str) -> None:
        """Jobs of this run key that go on beside the one that is followed: a person ends them."""
        for job in self.search.seen:
            if job.id != followed and job.status not in ENDS:
                self.sending.tell(
                    "second",
                    f"job {job.id} is the same job once more, {followed} is followed. The other "
                    f"{advice}: {command_line('jobs', cancel=job.id)}",
                )

    def _give_way(self, job_id: str, first: str) -> None:
        """Cancel the job that was made a moment ago; raises EnvironmentProblem if it goes on."""
        wire = self.sending.wire
        self.sending.tell(
            "second",
            f"another machine made this job at the same moment: {first} was first and is followed, "
            f"{job_id} is cancelled",
        )
        try:
            patient(lambda: cancel_job(wire, job_id), self.sending.sleep)
        except troubles() as error:
            if self._ended(job_id):
                return
            self._note(first, found=True)
            problem = explain(error, f"Cancelling {job_id}", self.sending.key_variable)
            raise EnvironmentProblem(
                f"{problem.message} Two jobs are at work on the same data: {first} and {job_id}.",
                f"End the second: {command_line('jobs', cancel=job_id)}. The same command then "
                f"follows {first}.",
            ) from None

    def _ended(self, job_id: str) -> bool:
        try:
            return self.sending.wire.job(job_id).status in ENDS
        except troubles():
            return False
