"""What the house says about data: findings, drops, and the errors that end a command."""

from __future__ import annotations

import enum
import errno
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from dataprep._version import DISTRIBUTION


class Severity(enum.StrEnum):
    """How bad a finding is; `error` makes `convert` refuse and `check` exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst, so that sorting by rank shows the worst first."""
        return list(Severity).index(self)


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where something stands. Lines and columns count from 1, offsets from 0 in bytes."""

    file: str = ""
    line: int | None = None
    column: int | None = None
    path: str = ""
    task: int | str | None = None
    annotation: int | str | None = None

    def __str__(self) -> str:
        where = self.file or "input"
        if self.line is not None:
            where += f":{self.line}"
        if self.column is not None:
            where += f":{self.column}"
        if self.task is not None:
            where += f" task {self.task}"
        if self.annotation is not None:
            where += f" annotation {self.annotation}"
        return where


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule broken at one place.

    `message` says what stands there, `remedy` what to do. Neither quotes more than 40
    characters of the user's text. `by_hand` says that the fix of the rule cannot mend it here.
    """

    code: str
    severity: Severity
    message: str
    remedy: str
    place: Place
    example: str = ""
    by_hand: bool = False


class Fault(NamedTuple):
    """A rule broken inside one row; `path` like messages[2].content, empty for the row.

    `remedy` stands in the place of the rule's own where the row shows a better one. `by_hand` says
    that the fix of the rule cannot mend it here.
    """

    code: str
    path: str
    message: str
    remedy: str = ""
    by_hand: bool = False


class Drop(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One unit that does not go on to the next stage, and why."""

    unit: str
    reason: str
    place: Place
    detail: str = ""


class Fix(msgspec.Struct, frozen=True):
    """A named repair; `safe` when the meaning of the data cannot change."""

    name: str
    safe: bool


class DataprepError(Exception):
    """An error that a person can act on: what happened, and what to do next.

    `exit_code` follows the command line's table: 1 findings, 2 usage or recipe, 3 nothing to do,
    4 environment, 5 refused by a gate.
    """

    exit_code = 2

    def __init__(self, message: str, remedy: str = "", *, place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.message}" + (f" {self.remedy}" if self.remedy else "")


class UsageError(DataprepError):
    """The command or the recipe asks for something that cannot be done."""

    exit_code = 2


class NothingToDo(DataprepError):
    """The input holds nothing that could become an example."""

    exit_code = 3


class EnvironmentProblem(DataprepError):
    """The machine is in the way: a missing extra, a full disk, a permission, the network."""

    exit_code = 4


class ForbiddenFile(EnvironmentProblem):
    """A file that may not be read."""


class UnreadableFile(UsageError):
    """A file that is not there, or nothing of which can be read: damaged, or of another kind."""


OF_A_FILE = frozenset((errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG))
"""What the system says of the name of a file; of its permissions it says EACCES or EPERM.

Anything else is said of the machine, and tells nothing of the file.
"""


class Refused(DataprepError):
    """A gate stands between the command and what it would do."""

    exit_code = 5


class InvalidData(DataprepError):
    """The data has findings of severity error, and nothing was written.

    `findings` are the first of each rule, the worst first.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "", findings: Sequence[Finding] = ()) -> None:
        super().__init__(message, remedy)
        self.findings = tuple(findings)


def excerpt(text: str, limit: int = 40) -> str:
    """At most `limit` characters of user text, on one line, safe to print on a terminal."""
    flat = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[: limit + 1])
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def install_command(*extras: str) -> str:
    """The command that installs the distribution with extras."""
    return f"pip install '{DISTRIBUTION}[{','.join(extras)}]'"


def package_missing(package: str, *more: str) -> EnvironmentProblem:
    """The error for a library that no extra brings; with `more` that it needs."""
    return EnvironmentProblem(
        f"{package} is not installed.", f"Install it with: pip install {' '.join((package, *more))}"
    )


def extra_missing(extra: str, package: str) -> EnvironmentProblem:
    """The error for a library that comes with an extra which is not installed."""
    return EnvironmentProblem(
        f"{package} is not installed.", f"Install it with: {install_command(extra)}"
    )
