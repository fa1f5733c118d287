"""`dataprep rescue`: a user's earlier jobs, fetched with their files before a platform closes.

One folder a job. What fails is marked and listed, and the next one is fetched.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from dataprep import jsonio, store
from dataprep.durable import lock, write_json
from dataprep.finding import NothingToDo, UsageError, excerpt
from dataprep.jsonio import Json
from trainers.openai import (
    FileNames,
    Server,
    UnexpectedAnswer,
    field,
    plain,
    server_of,
    words,
)
from trainers.rescue import folder
from trainers.rescue.asking import Asking, Stop, Trouble, disk
from trainers.rescue.files import FETCHED, KEPT, Files, RescuedFile, Role
from trainers.rescue.folder import (
    DATA,
    EVENTS,
    FILE,
    JOB,
    Earlier,
    MissingPart,
    RescuedJob,
)
from trainers.rescue.outcome import Rescued, Unfetched, command, state_of
from trainers.rescue.placing import put_file
from trainers.rescue.rows import read_rows

Announce = Callable[[str], None]


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

    What is there already is not fetched again; a killed rescue goes on. What cannot be had is in
    `missing`. Nothing is changed at the server. Raises NothingToDo where there is no job,
    UsageError for ids of which none is known or of training, EnvironmentProblem where nothing at
    all can be asked or written.
    """
    server, _ = server_of(provider, base_url, key_variable=key_variable)
    if server.protocol != "openai":
        raise UsageError(
            f"{server.name} does not speak OpenAI's protocol.", "Fetch with its own client."
        )
    for name in only:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}", name):
            raise UsageError(f"{excerpt(name)!r} is no id.", "Give ids like ftjob-... or file-...")
    client = server.wire(sleep).client  # asks for the key, before anything is made here
    with _held(out):
        errand = _Errand(server, Asking(client, server.key_variable, sleep), out, say)
        made = errand.some(only) if only else errand.all()
    server_flags = {"--provider": provider, "--base-url": base_url, "--key-variable": key_variable}
    again = command(out, only, server_flags)
    return msgspec.structs.replace(made, again=again)


@contextmanager
def _held(out: Path) -> Iterator[None]:
    """The folder, for this process alone; raises UsageError for one that holds something else."""
    with store.environment_errors(out):
        ours = (out / FETCHED).is_dir()
        if out.exists() and not ours and (not out.is_dir() or any(out.iterdir())):
            raise UsageError(f"{out} holds something else.", "Choose another folder with --out.")
        (out / FETCHED).mkdir(parents=True, exist_ok=True)
        file = (out / FETCHED / ".lock").open("ab")
    with file:
        lock(file, out)
        yield


class _Errand:
    """One run's way through the jobs of an account."""

    def __init__(self, server: Server, asking: Asking, out: Path, say: Announce) -> None:
        self.server, self.asking, self.out, self.say = server, asking, out, say
        self.files = Files(asking, out / FETCHED, server.base_url, say)
        with store.environment_errors(out):
            self._names = FileNames(folder.holders(out))

    def all(self) -> Rescued:
        """Every job of the account, newest first."""
        try:
            listed = self.asking.list_all("Listing the jobs", self._jobs.list)
        except Stop as stop:
            raise stop.problem from None
        rows, trouble = listed.rows, listed.trouble
        if not rows and trouble is not None:
            raise trouble.problem
        if not rows:
            raise NothingToDo(
                f"{self.server.base_url} has no fine-tuning jobs of yours.",
                "Is it the key of the right organisation and project? A file: rescue file-ID",
            )
        lost = []
        if trouble is not None:
            after = f"the jobs that are listed after {words(rows[-1]['id'])}"
            lost.append(Unfetched(what=after, id="", why=trouble.why))
            self.say(f"not all jobs were listed: {trouble.why}")
        return self._go([row["id"] for row in rows], lambda n: self._job(rows[n]), lost)

    def some(self, only: Sequence[str]) -> Rescued:
        """The jobs and files with these ids."""
        names = list(dict.fromkeys(only))
        made = self._go(names, lambda number: self._one(names[number]), [])
        if not made.jobs:
            if made.stopped is not None:
                raise made.stopped
            if all(lost.lasting for lost in made.unfetched):
                said = "; ".join(f"{lost.id}: {lost.why}" for lost in made.unfetched)
                raise UsageError(f"Nothing could be fetched: {said}.", "Check the ids.")
        return made

    def _go(
        self, names: list[str], fetch: Callable[[int], RescuedJob], lost: list[Unfetched]
    ) -> Rescued:
        """Fetch one after the other; what fails is noted, and only a Stop ends it."""
        jobs: list[RescuedJob] = []
        stopped, tried = None, len(names)
        for number, name in enumerate(names):
            self.say(f"{number + 1} of {len(names)}: {words(name)}")
            try:
                jobs.append(fetch(number))
            except Stop as stop:
                stopped, tried = stop.problem, number
                break
            except Trouble as trouble:
                self.say(f"{words(name)} could not be fetched: {trouble.why}")
                what = "file" if name.startswith("file") else "job"
                lost.append(Unfetched(what=what, id=name, why=trouble.why, lasting=trouble.lasting))
        return Rescued(
            folder=self.out,
            jobs=tuple(jobs),
            unfetched=tuple(lost),
            stopped=stopped,
            untried=tuple(names[tried:]),
        )

    @property
    def _jobs(self) -> Any:
        return self.asking.client.fine_tuning.jobs

    def _one(self, name: str) -> RescuedJob:
        """A job or a file by its id."""
        if name.startswith("file"):
            return self._file(name)
        earlier = self._earlier(name)
        if earlier is not None and earlier.job.complete:
            return earlier.job
        return self._job(self.asking.ask(f"Fetching {name}", lambda: self._retrieved(name)))

    def _retrieved(self, name: str) -> Json:
        job = plain(self._jobs.retrieve(name))
        if field(job, "id") != name:
            raise UnexpectedAnswer("the answer is about another job")
        return job

    def _file(self, name: str) -> RescuedJob:
        """One file by its id, kept as if a job had it; must be one of training."""
        earlier = self._earlier(name)
        if earlier is not None and earlier.job.complete:
            return earlier.job
        file = self.files.fetch(name, "file")
        if file.state != KEPT and not file.bytes:
            raise Trouble(state_of(file), lasting=not file.missing)
        return self._publish({"id": name, "status": FILE}, earlier, [file], [], [])

    def _job(self, job: Json) -> RescuedJob:
        name = field(job, "id")
        earlier = self._earlier(name)
        if earlier is not None and earlier.job.complete:
            return earlier.job
        files = [self._file_of(earlier, role, file) for role, file in _wanted(job)]
        missing: list[MissingPart] = []
        events = self._events(name, earlier, missing)
        checkpoints = self._checkpoints(name, earlier, missing)
        record = {**folder.cleaned(job), "checkpoints": checkpoints}
        return self._publish(record, earlier, files, events, missing)

    def _earlier(self, name: str) -> Earlier | None:
        """What an earlier run fetched of a job."""
        place = self._place(name)
        with disk(self.out):
            if place.exists() and not place.is_dir():
                raise Trouble(f"{place} is in its place, and no folder")
            folder.put_back(place)
            earlier = folder.read(place, self.server.base_url)
            if earlier is None and place.exists():
                self.say(f"{words(name)}: what an earlier run left is damaged, and fetched again")
        return earlier

    def _place(self, name: str) -> Path:
        return self.out / self._names.of(name, self.server.base_url)

    def _file_of(self, earlier: Earlier | None, role: Role, identity: str) -> RescuedFile:
        known = None if earlier is None else earlier.file(identity, role)
        return known or self.files.fetch(identity, role)

    def _events(
        self, name: str, earlier: Earlier | None, missing: list[MissingPart]
    ) -> list[bytes]:
        """The lines of what happened to a job; what cannot be had is noted in `missing`."""
        before = [] if earlier is None else earlier.events()
        if earlier is not None and earlier.has("events"):
            return before
        rows = self._part("events", lambda **page: self._jobs.list_events(name, **page), missing)
        lines = [jsonio.dumps(folder.cleaned(row)) for row in rows]
        return lines if len(lines) >= len(before) else before

    def _checkpoints(
        self, name: str, earlier: Earlier | None, missing: list[MissingPart]
    ) -> list[Any]:
        before = [] if earlier is None else earlier.checkpoints()
        if earlier is not None and earlier.has("checkpoints"):
            return before
        rows = self._part(
            "checkpoints", lambda **page: self._jobs.checkpoints.list(name, **page), missing
        )
        return folder.cleaned(rows) if len(rows) >= len(before) else before

    def _part(self, what: str, fetch: Callable[..., Any], missing: list[MissingPart]) -> list[Json]:
        """A list of a job; a server that has no such list has nothing to miss."""
        listed = self.asking.list_all(f"Reading the {what}", fetch)
        if listed.trouble is not None and not listed.trouble.lasting:
            missing.append(MissingPart(what=what, why=listed.trouble.why))
        return listed.rows

    def _publish(
        self,
        job: Json,
        earlier: Earlier | None,
        files: list[RescuedFile],
        events: list[bytes],
        missing: Sequence[MissingPart],
    ) -> RescuedJob:
        """Build the folder of a job beside its place, and put it there whole."""
        place = self._place(job["id"])
        with disk(self.out):
            staged = folder.staged_for(place)
            placed = [put_file(self.files, file, staged, place) for file in files]
            (staged / EVENTS).write_bytes(b"".join(line + b"\n" for line in events))
            record = {
                "schema": folder.SCHEMA,
                "server": self.server.base_url,
                "rescued_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "job": job,
                "files": [msgspec.to_builtins(file) for file in placed],
                "missing": [msgspec.to_builtins(part) for part in missing],
                "rows": msgspec.to_builtins(read_rows(staged / DATA)),
            }
            write_json(staged / JOB, record)
            folder.exchange(staged, place)
        made = folder.parsed(record, place)
        same = earlier is not None and _content(earlier.job) == _content(made)
        return msgspec.structs.replace(made, new=not same)


def _content(job: RescuedJob) -> Any:
    return job.status, job.tuned, job.files, job.missing


def _wanted(job: Json) -> Iterator[tuple[Role, str]]:
    """The files that a job names, each once, by what they are to it."""
    results = job.get("result_files")
    found: list[tuple[Role, Any]] = [
        ("training", job.get("training_file")),
        ("validation", job.get("validation_file")),
        *(("result", file) for file in (results if isinstance(results, list) else ())),
    ]
    texts = ((role, file) for role, file in found if isinstance(file, str) and file)
    return iter(dict.fromkeys(texts))
