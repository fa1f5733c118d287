"""How a job ended: the outcome, or the failure in words that a person can act on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from dataprep.finding import DataprepError, EnvironmentProblem, Refused, UsageError
from dataprep.shell import command_line
from trainers.openai import failures
from trainers.openai.failures import SentFile
from trainers.openai.ledger import JobLedger
from trainers.openai.wire import SUCCEEDED, Job


class JobOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a job ended; `model` is the name to ask for answers."""

    job: str
    status: str
    model: str | None
    trained_tokens: int | None
    run_dir: Path
    message: str = ""
    try_it: str = ""


def write_end(book: JobLedger, job: Job) -> dict[str, Any]:
    """The ledger's last line."""
    book.write(
        "end",
        "done",
        job=job.id,
        status=job.status,
        model=job.tuned,
        trained_tokens=job.tokens,
        code=job.code,
        message=job.told,
        param=job.param,
    )
    return book.records[-1]


def outcome(book: JobLedger, end: dict[str, Any], base_url: str) -> JobOutcome:
    """The outcome behind the ledger's last line; raises for a job that did not succeed."""
    begun = book.last("plan", "begin") or {}
    if end["status"] != SUCCEEDED:
        raise _failure(end, [msgspec.convert(f, SentFile) for f in begun.get("files", ())])
    return JobOutcome(
        job=end["job"],
        status=end["status"],
        model=end.get("model"),
        trained_tokens=end.get("trained_tokens"),
        run_dir=book.path.parent,
        message=end["message"],
        try_it=_try_it(begun.get("folder"), end.get("model"), base_url),
    )


def _try_it(folder: str | None, model: str | None, base_url: str) -> str:
    """The command that asks the model the held-out prompts."""
    if model is None:
        return ""
    return command_line("evaluate", Path(folder or "FOLDER"), endpoint=base_url, model=model)


def _failure(end: dict[str, Any], files: list[SentFile]) -> DataprepError:
    """Why the platform ended a job, by its code."""
    said = f"Job {end['job']} ended as {end['status']}"
    said += f": {end['message']} [{end.get('code')}]" if end["message"] else "."
    where = failures.told(end["message"], files, end.get("param") or "") if end["message"] else ""
    again = "The same data, model and options are the same job: change one (--seed) for a new job."
    code = end.get("code") or ""
    if code.startswith("invalid") or "format" in code:
        return UsageError(said, _joined(where, f"Correct the data and convert again. {again}"))
    if end["status"] == "failed" and code == "server_error":
        return EnvironmentProblem(said, _joined(where, again))
    return Refused(said, _joined(where, again))


def _joined(*parts: str) -> str:
    return " ".join(filter(None, parts))
