"""The claim to a run key: a lock and a record per user, so that two run folders make one job.

The ledger of a run folder knows what was done from there; the record knows it from any folder. It
holds the ids of jobs and the paths of run folders, and nobody takes an address or a key from it.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dataprep import network
from dataprep.durable import AppendLog, finished, sync
from dataprep.finding import EnvironmentProblem, Refused, UsageError
from trainers.openai import ledger
from trainers.openai.client import words
from trainers.openai.ledger import JobLedger

STATE_HOME = "XDG_STATE_HOME"
_PRIVATE = 0o700


def folder() -> Path:
    """Where the records lie: below $XDG_STATE_HOME, else in the platform's own place.

    That is ~/.local/state, ~/Library/Application Support on macOS, and %LOCALAPPDATA% on Windows.
    """
    return _state_home() / "dataprep" / "jobs"


def path_of(key: str) -> Path:
    """The record of a run key, which is the lock as well."""
    return folder() / f"{key}.jsonl"


@contextmanager
def held(key: str, run_dir: Path, server: str) -> Iterator[JobLedger]:
    """The record of this run key, locked against every other process of this user.

    Raises EnvironmentProblem when another process holds it, naming its run folder, and when the
    state folder cannot be made, locked or written.
    """
    path = path_of(key)
    with _errors(path, "Nothing was sent."):
        _make_private(path.parent)
        try:
            log = AppendLog(path)
        except EnvironmentProblem:
            raise _busy(path) from None
    with log:
        book = JobLedger(log, ledger.lines_of(path), _errors)
        with _errors(path, "Nothing was sent."):
            sync(path.parent)
        book.write(
            "claim",
            "begin",
            key=key,
            run_dir=str(run_dir.resolve()),
            server=network.shown(server),
            process=os.getpid(),
            machine=platform.node(),
        )
        try:
            yield book
        finally:
            # Only words depend on it: a process that was killed leaves none either.
            with suppress(EnvironmentProblem):
                book.write("claim", "end", key=key)


def known_job(key: str) -> dict[str, Any] | None:
    """The line that tells of the job of this run key, whatever folder made it; locks nothing."""
    try:
        records = ledger.lines_of(path_of(key))
    except (EnvironmentProblem, UsageError):
        return None
    return next((r for r in reversed(records) if _made(r)), None)


def note(made: dict[str, Any]) -> str:
    """What a plan says of such a line."""
    return (
        f"Job {words(str(made['job']))} is this job (made or found from {_run_dir(made)}): it is "
        "followed, not made."
    )


def gone(path: Path, done: dict[str, Any]) -> Refused:
    """The error for a recorded job that the server does not know: a person decides what it is."""
    return Refused(
        f"Job {words(str(done.get('job')))} was made for this data, model and options before (run "
        f"folder {_run_dir(done)}), and the server does not know it. Nothing was sent.",
        "If it belongs to another account, use the key of that account; if it was made a moment "
        "ago, run again. If it was deleted there: another --seed makes a new paid job, and so does "
        f"the same command once you have deleted {path}.",
    )


def _run_dir(record: dict[str, Any]) -> str:
    return words(str(record.get("run_dir") or "unknown"))


def _made(record: dict[str, Any]) -> bool:
    return _state(record) == ("create", "done") and isinstance(record.get("job"), str)


def _state(record: dict[str, Any]) -> tuple[Any, Any]:
    return record["step"], record.get("state")


def _state_home() -> Path:
    chosen = os.environ.get(STATE_HOME, "")
    if chosen and Path(chosen).is_absolute():  # the specification ignores any other
        return Path(chosen)
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", "")
        return Path(local) if local else _home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return _home() / "Library" / "Application Support"
    return _home() / ".local" / "state"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        raise EnvironmentProblem(
            "There is no home folder to keep the record of paid jobs in. Nothing was sent.",
            f"Set {STATE_HOME} to a folder that can be written.",
        ) from None


def _make_private(records: Path) -> None:
    """The folder and the one above it, for this user alone."""
    records.parent.parent.mkdir(parents=True, exist_ok=True)
    for made in (records.parent, records):
        made.mkdir(mode=_PRIVATE, exist_ok=True)
        if os.name == "posix" and made.stat().st_mode & 0o077:
            made.chmod(_PRIVATE)


@contextmanager
def _errors(path: Path, so: str = "No job is made without it.") -> Iterator[None]:
    """What the disk says of the record, in words, and what comes of it."""
    try:
        yield
    except OSError as error:
        why = error.strerror or "the system gives no reason"
        raise EnvironmentProblem(
            f"{finished(error.filename or path)}: {why}. The record there keeps two runs from"
            f" paying for one job twice. {so}",
            f"Make it writable, or set {STATE_HOME} to a folder that is.",
        ) from None


def _busy(path: Path) -> EnvironmentProblem:
    """Who holds the lock, as far as the record tells."""
    records: list[dict[str, Any]] = []
    with suppress(EnvironmentProblem, UsageError):  # only words depend on it
        records = ledger.lines_of(path)
    newest: dict[str, Any] = next((r for r in reversed(records) if r["step"] == "claim"), {})
    who = "another run"
    if newest.get("state") == "begin":
        who = f"the run in {_run_dir(newest)} (process {words(str(newest.get('process')))}"
        who += f" on {words(str(newest.get('machine')))})"
    return EnvironmentProblem(
        f"This job is being made already: {who} is at work on the same data, model and options. "
        "Nothing was sent.",
        "Run again when it has made its job: that job is then followed, and no second one made.",
    )
