"""`dataprep rescue`: a user's earlier jobs, fetched with their files before a platform closes.

One folder a job, published whole: job.json, data/ (what `convert` reads), results/, events.jsonl.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from dataprep import jsonio, store
from dataprep.durable import lock, sync, write_json
from dataprep.finding import NothingToDo, UsageError, excerpt
from dataprep.jsonio import Json
from trainers.openai import (
    Server,
    decoded,
    explain,
    field,
    pages,
    patient,
    plain,
    server_of,
    troubles,
    words,
)
from trainers.rescue.files import FETCHED, KEPT, Files, RescuedFile, Role, named
from trainers.rescue.rows import RescuedRows, read_rows

SCHEMA = "urn:dataprep:schema:rescued-job:1"
JOB, DATA, RESULTS, EVENTS = "job.json", "data", "results", "events.jsonl"
ENDED = ("succeeded", "failed", "cancelled")

Announce = Callable[[str], None]


class RescuedJob(msgspec.Struct, frozen=True, kw_only=True):
    """One job (or one file that was asked for by its id) on this disk; `new` since this run."""

    id: str
    folder: Path
    status: str
    model: str
    tuned: str
    files: tuple[RescuedFile, ...]
    rows: RescuedRows
    new: bool

    @property
    def data(self) -> Path | None:
        """The folder that `convert` reads, where at least one file of rows was kept."""
        kept = any(file.state == KEPT and file.role != "result" for file in self.files)
        return self.folder / DATA if kept else None


class Rescued(msgspec.Struct, frozen=True, kw_only=True):
    """All that was asked for, newest first."""

    folder: Path
    jobs: tuple[RescuedJob, ...]


def rescue(
    out: Path,
    *,
    only: Sequence[str] = (),
    provider: str | None = None,
    base_url: str | None = None,
    key_variable: str | None = None,
    say: Announce = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Rescued:
    """Fetch the jobs of an account, or those jobs and files whose ids are in `only`.

    What is there already is not fetched again; a killed rescue goes on. Nothing is changed at
    the server. Raises NothingToDo where there is no job, UsageError for an id that is unknown
    or is no file of training, EnvironmentProblem for key, network and disk.
    """
    server, _ = server_of(provider, base_url, key_variable=key_variable)
    if server.protocol != "openai":
        raise UsageError(
            f"{server.name} does not speak OpenAI's protocol.", "Fetch with its own client."
        )
    client = server.wire(sleep).client  # asks for the key, before anything is made here
    with _held(out):
        errand = _Errand(server, client, out, say, sleep)
        jobs = [errand.one(name) for name in only] if only else list(errand.all())
    if not jobs:
        raise NothingToDo(
            f"{server.base_url} has no fine-tuning jobs of yours.",
            "Is it the key of the right organisation and project? A file: rescue file-ID",
        )
    return Rescued(folder=out, jobs=tuple(jobs))


@contextmanager
def _held(out: Path) -> Iterator[None]:
    """The folder, for this process alone; raises UsageError for one that holds something else."""
    with store.environment_errors(out):
        ours = (out / FETCHED).is_dir()
        if out.exists() and not ours and (not out.is_dir() or any(out.iterdir())):
            raise UsageError(f"{out} holds something else.", "Choose another folder with --out.")
        (out / FETCHED).mkdir(parents=True, exist_ok=True)
        with (out / FETCHED / "lock").open("ab") as file:
            lock(file, out)
            yield


class _Errand:
    """One run's way through the jobs of an account."""

    def __init__(
        self, server: Server, client: Any, out: Path, say: Announce, sleep: Callable[[float], None]
    ) -> None:
        self.server, self.out, self.say, self.sleep = server, out, say, sleep
        self.client = client
        self.files = Files(self.client, out / FETCHED, server.key_variable, say, sleep)

    def all(self) -> Iterator[RescuedJob]:
        """Every job of the account, newest first."""
        listed = self._ask("Listing the jobs", lambda: list(self._pages(self._jobs.list)))
        for number, job in enumerate(listed, 1):
            self.say(f"job {number} of {len(listed)}: {words(str(job['id']))}")
            yield self._job(job)

    def one(self, name: str) -> RescuedJob:
        """A job or a file by its id."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}", name):
            raise UsageError(f"{excerpt(name)!r} is no id.", "Give ids like ftjob-... or file-...")
        if name.startswith("file"):
            return self._file(name)
        job = self._ask(
            f"Fetching {name}",
            lambda: patient(lambda: plain(self._jobs.retrieve(name)), self.sleep),
        )
        return self._job(job)

    @property
    def _jobs(self) -> Any:
        return self.client.fine_tuning.jobs

    def _file(self, name: str) -> RescuedJob:
        """One file by its id, kept as if a job had it; must be one of training."""
        known = _read(self.out / named(name))
        if known is not None:
            return known
        file = self.files.fetch(name, "file")
        if file.state != KEPT:
            raise UsageError(f"{name} cannot be fetched: {file.why}.", "Check the id.")
        return self._publish(name, {"id": name, "status": "file"}, [file], [])

    def _job(self, job: Json) -> RescuedJob:
        name = field(job, "id")
        known = _read(self.out / named(name))
        if known is not None and known.status in ENDED:
            return known
        files = [self.files.fetch(file, role) for role, file in _wanted(job)]
        events = self._told(lambda **page: self._jobs.list_events(name, **page))
        checkpoints = self._told(lambda **page: self._jobs.checkpoints.list(name, **page))
        return self._publish(name, {**job, "checkpoints": checkpoints}, files, events)

    def _publish(
        self, name: str, job: Json, files: list[RescuedFile], events: list[Json]
    ) -> RescuedJob:
        """Build the folder of a job beside its place, and put it there whole."""
        place = self.out / named(name)
        staged = place.with_name(f".{place.name}.part")
        with store.environment_errors(self.out):
            shutil.rmtree(staged, ignore_errors=True)
            for folder in (DATA, RESULTS):
                (staged / folder).mkdir(parents=True)
            kept = [self._place(file, staged) for file in files]
            (staged / EVENTS).write_bytes(b"".join(jsonio.dumps(e) + b"\n" for e in events))
            rows = read_rows(staged / DATA)
            record = {
                "schema": SCHEMA,
                "server": self.server.base_url,
                "rescued_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "job": job,
                "files": [msgspec.to_builtins(file) for file in kept],
                "rows": msgspec.to_builtins(rows),
            }
            write_json(staged / JOB, record)
            _exchange(staged, place)
        made = _read(place)
        assert made is not None  # noqa: S101  it was written just now
        return msgspec.structs.replace(made, new=True)

    def _place(self, file: RescuedFile, staged: Path) -> RescuedFile:
        """Give the job a kept file: the same bytes on the disk, not a copy, where that can be.

        Results come in base64 from OpenAI, and are kept as the CSV that they are.
        """
        if file.state != KEPT:
            return file
        folder, ending = (RESULTS, ".csv") if file.role == "result" else (DATA, ".jsonl")
        path = f"{folder}/{file.role}-{named(file.id)}{ending}"
        source = self.out / FETCHED / named(file.id)
        if file.role == "result":
            content = decoded(source.read_bytes())
            (staged / path).write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            return msgspec.structs.replace(file, path=path, bytes=len(content), sha256=digest)
        try:
            os.link(source, staged / path)
        except OSError:
            shutil.copyfile(source, staged / path)
        return msgspec.structs.replace(file, path=path)

    def _pages(self, fetch: Callable[..., Any]) -> Iterator[Json]:
        return pages(lambda **page: patient(lambda: fetch(**page), self.sleep))

    def _ask(self, doing: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except troubles() as error:
            raise explain(error, doing, self.server.key_variable) from None

    def _told(self, fetch: Callable[..., Any]) -> list[Json]:
        """A list that is good to have: a server that does not give it gives nothing."""
        try:
            return list(self._pages(fetch))
        except troubles() as error:
            if getattr(error, "status_code", None) == 401:
                raise explain(error, "Reading a job", self.server.key_variable) from None
            return []


def _wanted(job: Json) -> Iterator[tuple[Role, str]]:
    """The files that a job names, by what they are to it."""
    results = job.get("result_files")
    named: list[tuple[Role, Any]] = [
        ("training", job.get("training_file")),
        ("validation", job.get("validation_file")),
        *(("result", file) for file in (results if isinstance(results, list) else ())),
    ]
    return ((role, file) for role, file in named if isinstance(file, str) and file)


def _read(folder: Path) -> RescuedJob | None:
    """A job that was rescued before."""
    try:
        record = jsonio.loads((folder / JOB).read_bytes())
        job = record["job"]
        return RescuedJob(
            id=job["id"],
            folder=folder,
            status=_text(job, "status"),
            model=_text(job, "model"),
            tuned=_text(job, "fine_tuned_model"),
            files=msgspec.convert(tuple(record["files"]), tuple[RescuedFile, ...]),
            rows=msgspec.convert(record["rows"], RescuedRows),
            new=False,
        )
    except (OSError, ValueError, KeyError, TypeError, msgspec.ValidationError):
        return None


def _text(job: Json, name: str) -> str:
    value = job.get(name)
    return words(value) if isinstance(value, str) else ""


def _exchange(staged: Path, place: Path) -> None:
    """Put a folder in its place; an older one goes only when the new one stands."""
    for path in [*staged.rglob("*"), staged]:
        sync(path)
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    staged.rename(place)
    sync(place.parent)
    shutil.rmtree(old, ignore_errors=True)
