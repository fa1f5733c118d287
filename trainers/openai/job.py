"""One paid job at most: upload, create, watch, with a ledger line before and after every call.

The SDK sends a creation again after a 5xx, and the platform knows no idempotency key. So the
retries are off here, and before anything is sent the server is searched for what an earlier
attempt may have left there: files by a name that carries their hash, jobs by the run key in
their metadata.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from dataprep.finding import DataprepError, EnvironmentProblem, Refused, UsageError
from trainers.openai import gates, ledger, watch
from trainers.openai.client import connect, explain, field, pages, surely_refused, troubles, words
from trainers.openai.dataset import DataFile
from trainers.openai.ledger import Ledger
from trainers.openai.preview import RUN_KEY, Plan
from trainers.openai.watch import News, Say

if TYPE_CHECKING:
    from openai import OpenAI

POLL_SECONDS = 10.0
# After a lost answer the list may lag behind what the server did.
SEARCH_PAUSES = (0.0, 2.0, 5.0)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a job ended; `model` is the name to ask for answers."""

    job: str
    status: str
    model: str | None
    trained_tokens: int | None
    run_dir: Path
    message: str = ""


def job_of(plan: Plan) -> str | None:
    """The id of the job that this plan already has in its run folder, if any."""
    for record in reversed(ledger.read(plan.run_dir)):
        if record["step"] == "create" and record.get("key") == plan.key and record.get("job"):
            return str(record["job"])
    return None


def run(
    plan: Plan,
    *,
    say: Say = lambda _: None,
    poll: float = POLL_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Upload, create and follow the job of a plan, from wherever an earlier run stopped.

    Raises Refused when a gate is shut (before anything is sent) or the platform ended the job,
    UsageError for what the platform calls invalid, EnvironmentProblem for key, network and disk.
    """
    with ledger.opened(plan.run_dir, plan.key) as book:
        ended = book.last("end", "done")
        if ended is not None:
            say(News("known", f"job {ended['job']} has ended before; nothing is sent"))
            return _outcome(plan, ended)
        errand = _Errand(plan, book, say, sleep)
        job_id = errand.job()
        say(News("watching", f"following job {job_id}; Ctrl-C leaves it running"))
        job = watch.follow(
            errand.client,
            job_id,
            book,
            say=say,
            poll=poll,
            sleep=sleep,
            key_variable=plan.key_variable,
        )
        return _outcome(plan, _write_end(book, job_id, job))


class _Errand:
    """One run's way to its job: the client, the ledger, and whom to tell."""

    def __init__(self, plan: Plan, book: Ledger, say: Say, sleep: Callable[[float], None]) -> None:
        self.plan, self.book, self.say, self.sleep = plan, book, say, sleep
        if not self._created():
            gates.refuse(plan.gates)
        self.client: OpenAI = connect(plan.base_url, plan.key_variable)
        self.once: OpenAI = self.client.with_options(max_retries=0)

    def job(self) -> str:
        """The id of the one job: recorded, found at the server, or made now."""
        if known := self._created():
            return known
        if not self.book.last("plan", "begin"):
            self.book.write("plan", "begin", key=self.plan.key, request=self.plan.request)
        # Before the uploads too: where the job is found, nothing needs to be sent at all.
        if found := self._recorded_find():
            return found
        ids = {file.split: self._upload(file) for file in self.plan.files}
        request = {**self.plan.request, "training_file": ids["train"]}
        if "validation" in ids:
            request["validation_file"] = ids["validation"]
        job_id = self._send(
            "create",
            "Creating the job",
            search=self._find_job,
            call=lambda: self.once.fine_tuning.jobs.create(**request),
            key=self.plan.key,
        )
        self.book.write("create", "done", key=self.plan.key, job=job_id)
        self.say(News("created", f"job {job_id}"))
        return job_id

    def _created(self) -> str | None:
        record = self.book.last("create", "done", key=self.plan.key)
        return str(record["job"]) if record else None

    def _recorded_find(self) -> str | None:
        found = self._ask("Looking for the job", self._find_job)
        if found:
            self.book.write("create", "done", key=self.plan.key, job=found, found=True)
            self.say(News("found", f"job {found} with this run key is already there"))
        return found

    def _upload(self, file: DataFile) -> str:
        """The id of the file at the server, sent only if it is not there."""
        same = {"split": file.split, "sha256": file.sha256}

        def search() -> str | None:
            return self._find_file(file)

        if there := self._ask(f"Looking for {file.name}", lambda: self._recorded_file(same, file)):
            if not self.book.last("upload", "done", **same, file=there):
                self.book.write("upload", "done", **same, file=there, found=True)
            self.say(News("reused", f"{file.split}: already uploaded as {there}"))
            return there
        # Read whole: at most 512 MB, and a reader that was half sent could not be sent again.
        body = (file.name, file.path.read_bytes(), "application/jsonl")
        made = self._send(
            "upload",
            f"Uploading {file.path.name}",
            search=search,
            call=lambda: self.once.files.create(file=body, purpose="fine-tune"),
            **same,
        )
        self.book.write("upload", "done", **same, file=made)
        self.say(News("uploaded", f"{file.split}: {file.bytes:,} bytes as {made}"))
        return made

    def _recorded_file(self, same: dict[str, Any], file: DataFile) -> str | None:
        """The upload of the ledger while the server still has it, else one found by its name."""
        import openai

        if recorded := self.book.last("upload", "done", **same):
            try:
                there = self.client.files.retrieve(str(recorded["file"]))
            except openai.NotFoundError:
                self.say(News("gone", f"{file.split}: {recorded['file']} was deleted there"))
            else:
                return field(there, "id")
        return self._find_file(file)

    def _send(
        self,
        step: str,
        doing: str,
        *,
        search: Callable[[], str | None],
        call: Callable[[], Any],
        **data: Any,
    ) -> str:
        """Send once. When the answer is lost, search for what was made; never send again."""
        self.book.write(step, "begin", **data)
        try:
            return field(call(), "id")
        except troubles() as error:
            problem = explain(error, doing, self.plan.key_variable)
            refused = surely_refused(error)
            self.book.write(step, "refused" if refused else "doubt", **data, why=problem.message)
            found = None if refused else self._search_after_doubt(search)
            if found is None:
                raise problem from None
            self.say(News("found", f"{problem.message} It was done all the same: {found}"))
            return found

    def _search_after_doubt(self, search: Callable[[], str | None]) -> str | None:
        for pause in SEARCH_PAUSES:
            self.sleep(pause)
            try:
                if found := search():
                    return found
            except troubles():
                continue
        return None

    def _ask(self, doing: str, search: Callable[[], str | None]) -> str | None:
        """A search that must answer: without it, nothing is sent."""
        try:
            return search()
        except troubles() as error:
            raise explain(error, doing, self.plan.key_variable) from None

    def _find_job(self) -> str | None:
        for job in pages(self.client.fine_tuning.jobs.list):
            metadata = getattr(job, "metadata", None)
            if isinstance(metadata, dict) and metadata.get(RUN_KEY) == self.plan.key:
                return str(job.id)
        return None

    def _find_file(self, file: DataFile) -> str | None:
        """By name and size: the name carries the hash of the content."""
        for there in pages(lambda **page: self.client.files.list(purpose="fine-tune", **page)):
            same = getattr(there, "filename", None) == file.name
            whole = getattr(there, "bytes", None) == file.bytes
            if same and whole and getattr(there, "status", None) not in ("error", "deleted"):
                return str(there.id)
        return None


def _write_end(book: Ledger, job_id: str, job: Any) -> dict[str, Any]:
    error = getattr(job, "error", None)
    said = {name: getattr(error, name, None) for name in ("code", "message")}
    tuned = getattr(job, "fine_tuned_model", None)
    tokens = getattr(job, "trained_tokens", None)
    book.write(
        "end",
        "done",
        job=job_id,
        status=job.status,
        model=words(tuned) if isinstance(tuned, str) else None,
        trained_tokens=tokens if isinstance(tokens, int) else None,
        **{name: words(text) if isinstance(text, str) else "" for name, text in said.items()},
    )
    return book.records[-1]


def _outcome(plan: Plan, end: dict[str, Any]) -> Outcome:
    if end["status"] != "succeeded":
        raise _failure(end)
    return Outcome(
        job=end["job"],
        status=end["status"],
        model=end["model"],
        trained_tokens=end["trained_tokens"],
        run_dir=plan.run_dir,
        message=end["message"],
    )


def _failure(end: dict[str, Any]) -> DataprepError:
    """Why the platform ended a job, by its code."""
    said = f"Job {end['job']} ended as {end['status']}"
    said += f": {end['message']} [{end['code']}]" if end["message"] else "."
    again = "The same data, model and options are the same job: change one (--seed) for a new job."
    if end["code"].startswith("invalid") or "format" in end["code"]:
        return UsageError(said, f"Correct the data and convert again. {again}")
    if end["status"] == "failed" and end["code"] == "server_error":
        return EnvironmentProblem(said, again)
    return Refused(said, again)
