"""What a run found and dropped: counted, kept for the screen, and written down in full."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from dataprep.finding import Drop, Finding, Severity
from dataprep.report import Counts

_ENCODE = msgspec.json.Encoder().encode


class Journal:
    """Writes findings.jsonl and dropped.jsonl, and counts.

    `fatal` is set when a whole file could not be read, which no option overrides.
    """

    def __init__(self, folder: Path, selection: Container[str]) -> None:
        self._selection = selection
        self._findings = (folder / "findings.jsonl").open("wb")
        self._drops = (folder / "dropped.jsonl").open("wb")
        self.counts = Counts()
        self.fatal = False

    def find(self, finding: Finding) -> bool:
        """Note a finding; False when its rule was not selected, so that it does not count."""
        if finding.code not in self._selection:
            return False
        self.counts.add(finding)
        self._findings.write(_ENCODE(finding) + b"\n")
        return True

    @property
    def errors(self) -> int:
        """How many findings refuse the run."""
        return self.counts.at_least(Severity.ERROR)

    def drop(self, drop: Drop) -> None:
        """Note a unit that goes no further."""
        self._drops.write(_ENCODE(drop) + b"\n")

    def close(self) -> None:
        """Finish both files."""
        self._findings.close()
        self._drops.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
