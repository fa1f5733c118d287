"""Jobs that are already there: list them, come back to one, end one."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from dataprep import network, providers
from dataprep.finding import NothingToDo, Refused, UsageError, excerpt
from trainers.openai import ending, ledger
from trainers.openai.client import ONCE_MORE, explain, troubles
from trainers.openai.ending import JobOutcome
from trainers.openai.job import POLL_SECONDS, to_the_end
from trainers.openai.remembered import RememberedRun, runs
from trainers.openai.sending import Sending
from trainers.openai.server import SPOKEN, Server, server_of
from trainers.openai.watch import News, TellNews
from trainers.openai.wire import ENDS, cancel_job, is_job_id

RUNS = Path("runs")
MOST = 100


class JobRow(msgspec.Struct, frozen=True, kw_only=True):
    """One job as a list shows it; `run_dir` where this machine has its ledger."""

    job: str
    status: str
    model: str = ""
    created: datetime | None = None
    server: str = ""
    run_dir: Path | None = None


def local(folder: Path = RUNS) -> list[JobRow]:
    """The jobs whose ledgers lie in run folders here; nothing is sent."""
    return [
        JobRow(
            job=run.job,
            status=run.status,
            model=str(run.newest("end", "done").get("model") or ""),
            created=_time(run.newest("create", "done").get("at")),
            server=str(run.newest("plan", "begin").get("base_url") or ""),
            run_dir=run.run_dir,
        )
        for run in runs(folder)
        if run.job
    ]


def listed(
    provider: str | None = None,
    base_url: str | None = None,
    key_variable: str | None = None,
    *,
    folder: Path = RUNS,
    sleep: Callable[[float], None] = time.sleep,
) -> list[JobRow]:
    """The newest hundred jobs at a server, with the run folders of those that were made here."""
    server, _ = server_of(provider, base_url, key_variable=key_variable)
    here = {row.job: row.run_dir for row in local(folder)}
    found: list[JobRow] = []
    try:
        for job in server.wire(sleep).jobs():
            found.append(
                JobRow(
                    job=job.id,
                    status=job.status,
                    model=job.tuned or job.model,
                    created=None if job.created is None else _moment(job.created),
                    server=server.base_url,
                    run_dir=here.get(job.id),
                )
            )
            if len(found) == MOST:
                break
    except troubles() as error:
        raise explain(error, "Listing the jobs", server.key_variable, ONCE_MORE) from None
    return found


def attach(
    job_id: str,
    provider: str | None = None,
    base_url: str | None = None,
    key_variable: str | None = None,
    *,
    folder: Path = RUNS,
    say: TellNews = lambda _: None,
    poll: float = POLL_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> JobOutcome:
    """Follow a job to its end, by its run folder here or, for any other job, in a new one.

    The server is that of the ledger unless one is named, and of a ledger only where it is a
    provider's own. Raises like `run`.
    """
    _check_id(job_id)
    run = _run_of(job_id, folder)
    server = _server(job_id, run, provider, base_url, key_variable)
    run_dir = run.run_dir if run else folder / f"attached-{job_id}"
    key = str(run.newest("plan", "begin").get("key")) if run else f"attached-{job_id}"
    with ledger.opened(run_dir, key) as book:
        if run is None and not book.last("plan", "begin"):
            book.write("plan", "begin", key=key, **_memory(server))
            book.write("create", "done", key=key, job=job_id, found=True)
        if ended := book.last("end", "done"):
            say(News("known", f"job {job_id} has ended before; nothing is sent"))
            return ending.outcome(book, ended, server.base_url)
        sending = Sending(server.wire(sleep), book, say, sleep, server.key_variable)
        return to_the_end(sending, job_id, poll, server.base_url)


def cancel(
    job_id: str,
    provider: str | None = None,
    base_url: str | None = None,
    key_variable: str | None = None,
    *,
    folder: Path = RUNS,
    sleep: Callable[[float], None] = time.sleep,
) -> JobRow:
    """End a job before its time; the platform may bill what was trained so far.

    Raises Refused for a job that has ended already. A lost answer is looked into.
    """
    _check_id(job_id)
    run = _run_of(job_id, folder)
    server = _server(job_id, run, provider, base_url, key_variable)
    wire = server.wire(sleep)
    try:
        job = wire.job(job_id)
        if job.status in ENDS:
            raise Refused(f"Job {job_id} has ended as {job.status}.", "There is nothing to cancel.")
        job = cancel_job(wire, job_id)
    except troubles() as error:
        doing = f"Cancelling job {job_id}"
        raise explain(error, doing, server.key_variable, ONCE_MORE) from None
    return JobRow(
        job=job.id,
        status=job.status,
        model=job.model,
        server=server.base_url,
        run_dir=run.run_dir if run else None,
    )


def _memory(server: Server) -> dict[str, str]:
    return {
        "provider": server.name,
        "protocol": server.protocol,
        "base_url": server.base_url,
        "key_variable": server.key_variable,
    }


def _run_of(job_id: str, folder: Path) -> RememberedRun | None:
    return next((run for run in runs(folder) if run.job == job_id), None)


def _server(
    job_id: str,
    run: RememberedRun | None,
    provider: str | None,
    base_url: str | None,
    key_variable: str | None,
) -> Server:
    """The server that is named, else that of the ledger: a provider's own, with its own key.

    A run folder may come from anybody, and so it chooses neither an address nor a variable.
    Raises UsageError, with what to type, for any other server that it names.
    """
    begun = run.newest("plan", "begin") if run else {}
    if provider or base_url or run is None or not begun.get("base_url"):
        return server_of(provider, base_url, key_variable=key_variable)[0]
    name, address = begun.get("provider"), str(begun["base_url"])
    own = _own_server(name, key_variable)
    if own is not None and network.same_place(own.base_url, address):
        return own
    raise UsageError(
        f"The ledger in {run.run_dir} says that job {job_id} is at {network.shown(address)}, which"
        " is no provider's own address. Nothing was sent: a ledger chooses no server and no key.",
        "If you know that server, name it, and the variable of its key: "
        + (f"--provider {name} " if own is not None else "")
        + f"--base-url {network.shown(address)} --key-variable NAME.",
    )


def _own_server(name: object, key_variable: str | None) -> Server | None:
    """The server of a provider that a ledger names, where it has an address of its own."""
    rows = {row.name: row for row in providers.table().providers}
    row = rows.get(name) if isinstance(name, str) else None
    if row is None or row.protocol not in SPOKEN:
        return None
    return server_of(row.name, None, key_variable=key_variable)[0]


def _check_id(job_id: str) -> None:
    """An id goes into an address and into the name of a folder."""
    if not job_id:
        raise NothingToDo("No job was named.", "dataprep jobs lists them.")
    if not is_job_id(job_id):
        raise UsageError(f"{excerpt(job_id)!r} is no id of a job.", "dataprep jobs lists them.")


def _time(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
