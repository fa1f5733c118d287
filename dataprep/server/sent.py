"""The journal of a push: which tasks went into which project, one JSON line at a time."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from dataprep import jsonio
from dataprep.durable import AppendLog
from dataprep.finding import EnvironmentProblem, Place, UsageError


class SentTasks:
    """What was sent to one server, by digest of the data; appended to before and after a batch.

    `project` is the one given, or that of the last push; None where there is none. `in_doubt`
    is true when a batch was sent and its arrival never noted. A line that was cut off by a kill
    counts as not written.
    """

    def __init__(self, path: Path, address: str, project: int | None) -> None:
        self.path = path
        self.project = project
        self.in_doubt = False
        self.fresh = True
        self._address = address
        self._sent: Counter[str] = Counter()
        self._log: AppendLog | None = None
        self._replay()

    def __enter__(self) -> SentTasks:
        try:
            self._log = AppendLog(self.path, locked=False)
        except OSError as error:
            raise EnvironmentProblem(
                f"{self.path}: {error.strerror}.", "Pass --journal with a path that can be written."
            ) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._log is not None:
            self._log.close()
        if self.path.exists() and not self.path.stat().st_size:
            self.path.unlink()

    def begin(self) -> None:
        """Note which project the tasks go into."""
        self._write({})

    def sending(self, digests: list[str]) -> None:
        """Note that a batch goes out."""
        self._write({"sending": digests})

    def arrived(self, digests: list[str]) -> None:
        """Note that the server has taken it."""
        self._write({"arrived": digests})
        self._sent.update(digests)

    def settle(self, there: Counter[str]) -> None:
        """Take what the server has for what was sent, and note it."""
        self._write({"arrived": sorted((there - self._sent).elements()), "settled": True})
        self._sent = Counter(there)
        self.in_doubt = False

    def missing(self, rows: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
        """The rows that were not sent; of equal ones, as many as are missing."""
        left = Counter(self._sent)
        out = []
        for row in rows:
            if left[row[0]] > 0:
                left[row[0]] -= 1
            else:
                out.append(row)
        return out

    def _replay(self) -> None:
        """Read what earlier pushes to this server and project noted."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            raise UsageError(f"{self.path}: {error.strerror}.", "Check the path.") from None
        rows = [row for number, line in enumerate(lines, 1) if (row := self._row(line, number))]
        rows = [row for row in rows if row.get("address") == self._address]
        if self.project is None and rows:
            self.project = rows[-1].get("project")
        doubtful: Counter[str] = Counter()
        for row in rows:
            if row.get("project") != self.project:
                continue
            self.fresh = False
            doubtful.update(row.get("sending", ()))
            self._sent.update(row.get("arrived", ()))
            doubtful.subtract(row.get("arrived", ()))
            if row.get("settled"):
                doubtful.clear()
        self.in_doubt = any(count > 0 for count in doubtful.values())

    def _row(self, line: bytes, number: int) -> dict[str, Any] | None:
        try:
            row = jsonio.loads(line) if line.endswith(b"}") else None
        except jsonio.JsonError:
            row = None
        if row is not None and not _is_noted(row):
            raise UsageError(
                "this is no journal of a push.",
                "Remove it, or pass another --journal.",
                place=Place(file=str(self.path), line=number),
            )
        return row

    def _write(self, more: dict[str, Any]) -> None:
        assert self._log is not None  # noqa: S101  only called inside `with`
        row = {"address": self._address, "project": self.project, **more}
        try:
            self._log.append(jsonio.dumps(row))
        except OSError as error:
            raise EnvironmentProblem(
                f"{self.path}: {error.strerror}.", "Free some space, then push again."
            ) from None


class _Noted(msgspec.Struct):
    project: int | None = None
    sending: list[str] = []
    arrived: list[str] = []


def _is_noted(row: Any) -> bool:
    """Whether a line has the types that a push notes."""
    try:
        msgspec.convert(row, _Noted)
    except msgspec.ValidationError:
        return False
    return True
