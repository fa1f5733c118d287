"""What the ledgers and records of earlier runs on this machine know of the same content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from dataprep.finding import EnvironmentProblem, UsageError
from trainers.openai import claims, ledger
from trainers.openai.dataset import DataFile


class RememberedRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run folder with a job's ledger, as far as it came."""

    run_dir: Path
    records: list[dict[str, Any]]

    def newest(self, step: str, state: str) -> dict[str, Any]:
        """The newest line of that kind; empty where there is none."""
        lines = (r for r in reversed(self.records) if (r["step"], r.get("state")) == (step, state))
        return next(lines, {})

    @property
    def job(self) -> str | None:
        """The id of its job, if it has one."""
        found = self.newest("create", "done").get("job")
        return str(found) if found else None

    @property
    def status(self) -> str:
        """The last status that was seen."""
        end = self.newest("end", "done").get("status")
        return str(end or self.newest("watch", "status").get("status") or "not followed yet")


def runs(folder: Path) -> Iterator[RememberedRun]:
    """The runs in a folder, by name. A ledger that cannot be read is passed over."""
    for path in sorted(folder.glob(f"*/{ledger.NAME}")):
        try:
            yield RememberedRun(run_dir=path.parent, records=ledger.read(path.parent))
        except (EnvironmentProblem, UsageError):
            continue


def unreadable(folder: Path) -> Iterator[str]:
    """What is wrong with each ledger in a folder that `runs` passes over, in words."""
    for path in sorted(folder.glob(f"*/{ledger.NAME}")):
        try:
            ledger.read(path.parent)
        except (EnvironmentProblem, UsageError) as problem:
            yield str(problem)


def notes(folder: Path, key: str, files: tuple[DataFile, ...], base_url: str) -> list[str]:
    """What of a plan has been done before: it is reused and not paid again."""
    said: dict[str, str] = {}
    for run in runs(folder):
        begun = run.newest("plan", "begin")
        if begun.get("base_url") != base_url:
            continue
        if run.job and begun.get("key") == key:
            said["job"] = f"Job {run.job} is this job ({run.run_dir}): it is followed, not made."
        for record in run.records:
            for file in files:
                done = (record["step"], record.get("state")) == ("upload", "done")
                if done and record.get("sha256") == file.sha256:
                    said[file.split] = (
                        f"{file.split} was uploaded before as {record.get('file')} "
                        f"({run.run_dir}): the upload is reused while it is there."
                    )
    if "job" not in said and (made := claims.known_job(key)):
        said["job"] = claims.note(made)
    return list(said.values())
