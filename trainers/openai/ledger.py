"""The ledger of a job, `job.jsonl`: one line before and one after every call, each synced.

A process killed at any instant leaves a ledger from which the next one goes on. A line torn by
the kill is skipped: either its call was not made yet, or the line before it tells of the doubt.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from dataprep import jsonio, store
from dataprep.durable import AppendLog, sync
from dataprep.finding import EnvironmentProblem, Place, UsageError
from trainers.openai.failures import SentFile

NAME = "job.jsonl"


class JobLedger:
    """An open ledger; `records` are the lines that were there, and those written since.

    `errors` turns what the disk says into words.
    """

    def __init__(
        self,
        log: AppendLog,
        records: list[dict[str, Any]],
        errors: Callable[[Path], AbstractContextManager[None]] = store.environment_errors,
    ) -> None:
        self.path = log.path
        self.records = records
        self._log, self._errors = log, errors

    def write(self, step: str, state: str, **data: Any) -> None:
        """Append one line and wait until the disk has it."""
        record = {"at": datetime.now(UTC).isoformat(), "step": step, "state": state, **data}
        with self._errors(self.path):
            self._log.append(jsonio.dumps(record))
        self.records.append(record)

    def last(self, step: str, state: str, **data: Any) -> dict[str, Any] | None:
        """The newest line of that step and state that holds this data."""
        wanted: dict[str, Any] = {"step": step, "state": state, **data}
        for record in self.records[::-1]:
            if all(record.get(name) == value for name, value in wanted.items()):
                return record
        return None


@contextmanager
def opened(run_dir: Path, key: str) -> Iterator[JobLedger]:
    """The ledger of this run, locked against a second process.

    Raises UsageError when the folder holds another job, EnvironmentProblem when another process
    is at work there.
    """
    path = run_dir / NAME
    with store.environment_errors(run_dir):
        run_dir.mkdir(parents=True, exist_ok=True)
        log = AppendLog(path)
    with log:
        records = read(run_dir)
        _check_key(records, key, run_dir)
        sync(run_dir)
        yield JobLedger(log, records)


def read(run_dir: Path) -> list[dict[str, Any]]:
    """The whole lines of a run folder's ledger, oldest first; none where there is no ledger."""
    return lines_of(run_dir / NAME)


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a file of that kind; raises EnvironmentProblem when it cannot be read.

    Raises UsageError for a line that no run of ours wrote: a job it forgets would be paid twice.
    """
    records: list[dict[str, Any]] = []
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise EnvironmentProblem(f"{path}: {error.strerror}.", "Check the run folder.") from None
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if wrong := _wrong(record):
            raise UsageError(
                f"the line {wrong}, as no run writes it.",
                "Restore the file; or look for the job (dataprep jobs), move the file away, and"
                " take another run folder.",
                place=Place(file=str(path), line=number),
            )
        records.append(record)
    return records


_TEXTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("plan", "begin"): ("key",),
    ("create", "done"): ("job",),
    ("upload", "done"): ("file",),
    ("parts", "begin"): ("upload",),
    ("parts", "done"): ("upload", "part"),
    ("watch", "status"): ("status",),
    ("watch", "event"): ("event",),
    ("end", "done"): ("job", "status", "message"),
}
"""The texts without which a line of that step and state cannot be read."""


_Finite = Annotated[float, msgspec.Meta(ge=-1e300, le=1e300)]
_WORDS = (
    *("key", "job", "model", "code", "message", "param", "status", "file", "event", "upload"),
    *("part", "folder", "run_dir"),
)
_KINDS: dict[str, Any] = {
    **dict.fromkeys(_WORDS, str | None),
    "trained_tokens": int | None,
    "time": _Finite | None,
    "expires": _Finite | None,
    "data": dict[str, _Finite] | None,
    "files": list[SentFile] | None,
}
"""What may stand under a name, wherever it stands."""


def _wrong(record: Any) -> str | None:
    """What a line lacks, in words; None where it can be read."""
    if not isinstance(record, dict):
        return "is no object"
    step, state = record.get("step"), record.get("state")
    needed = _TEXTS.get((str(step), str(state)), ())
    lacking = next((n for n in ("step", "state", *needed) if type(record.get(n)) is not str), None)
    if lacking is not None:
        return f"lacks a text under {lacking!r}"
    if (step, state) == ("watch", "event") and not isinstance(record.get("data"), dict):
        return "lacks an object under 'data'"
    for name, kind in _KINDS.items():
        try:
            msgspec.convert(record.get(name), kind)
        except (msgspec.ValidationError, UnicodeEncodeError):
            return f"has another kind of thing under {name!r}"
    try:
        datetime.fromisoformat(record.get("at", ""))
    except (TypeError, ValueError):
        return "lacks a time under 'at'"
    return None


def _check_key(records: list[dict[str, Any]], key: str, run_dir: Path) -> None:
    other = next(
        (r.get("key") for r in records if r["step"] == "plan" and r.get("key") != key), None
    )
    if other is not None:
        raise UsageError(
            f"{run_dir} holds the ledger of another job (run key {str(other)[:12]}).",
            "Choose another folder with --out, or leave --out out: each job then has its own.",
        )
