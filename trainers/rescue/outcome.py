"""What a rescue brought, what is missing, and the command that tries again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from dataprep.finding import DataprepError
from trainers.rescue.files import RescuedFile
from trainers.rescue.folder import RescuedJob


class Unfetched(msgspec.Struct, frozen=True, kw_only=True):
    """A job or a file of which nothing came, or the rest of a list; `lasting` if for ever."""

    what: str
    id: str
    why: str
    lasting: bool = False


class Rescued(msgspec.Struct, frozen=True, kw_only=True):
    """All that was asked for, newest first, and what of it is missing.

    `stopped` is why nothing further was tried, `untried` are the jobs that were not, and `again`
    is the command that fetches what is missing.
    """

    folder: Path
    jobs: tuple[RescuedJob, ...]
    unfetched: tuple[Unfetched, ...] = ()
    stopped: DataprepError | None = None
    untried: tuple[str, ...] = ()
    again: str = ""

    @property
    def missing(self) -> tuple[Unfetched, ...]:
        """Everything that another run may bring."""
        found = list(self.unfetched)
        for job in self.jobs:
            found += [
                Unfetched(what=f"{file.role} file of {job.id}", id=file.id, why=state_of(file))
                for file in job.files
                if file.missing
            ]
            found += [Unfetched(what=part.what, id=job.id, why=part.why) for part in job.missing]
        return tuple(found)

    @property
    def exit_code(self) -> int:
        """0 where all is here that can be had, 1 where something is missing, 4 when stopped."""
        if self.stopped is not None:
            return self.stopped.exit_code
        return 1 if self.missing else 0


def command(out: Path, only: Sequence[str], options: Mapping[str, str | None]) -> str:
    """The command line of a rescue; `options` are its flags, with None where one is not given."""
    given = [part for flag, value in options.items() if value for part in (flag, value)]
    return shlex.join(["dataprep", "rescue", *only, "--out", str(out), *given])


def state_of(file: RescuedFile) -> str:
    """What a file is that is not here whole, and why."""
    return f"{file.state}: {file.why}"
