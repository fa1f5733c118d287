"""What a run found and dropped: counted, kept for the screen, and written down in full."""

from __future__ import annotations

import shutil
from collections.abc import Container
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from dataprep import settings
from dataprep.checks import Selection
from dataprep.finding import Drop, Finding, Severity
from dataprep.recipe import Checks
from dataprep.report import Counts

_FINDINGS = "findings.jsonl"
_DROPS = "dropped.jsonl"
_DISPUTED = "disputed.jsonl"
ADJUDICATION = "adjudication.json"
"""What annotators could not agree on, as a Label Studio import for somebody who decides."""

_ENCODE = msgspec.json.Encoder().encode


class Counting:
    """Which findings of a run count, by their rules and by their files.

    The globs of the recipe are relative to `base`, as its paths are.
    """

    def __init__(self, asked: Checks, base: Path) -> None:
        """Raises UsageError for a rule that does not exist."""
        self.rules = Selection(asked.select, asked.ignore)
        self._asked = asked
        self._base = base.absolute()
        self._ignored = {
            glob: Selection(those.ignore) for glob, those in asked.per_file.items() if those.ignore
        }

    def rules_of(self, file: str) -> Selection:
        """The rules that count in one file."""
        ignored = [
            *self._asked.ignore,
            *(
                code
                for glob, those in self._asked.per_file.items()
                if those.ignore and settings.matches(self._base / file, glob, self._base)
                for code in those.ignore
            ),
        ]
        return Selection(self._asked.select, ignored)

    def __contains__(self, finding: object) -> bool:
        if not isinstance(finding, Finding) or finding.code not in self.rules:
            return False
        return not any(
            finding.code in rules
            and settings.matches(self._base / finding.place.file, glob, self._base)
            for glob, rules in self._ignored.items()
        )


class ConversionJournal:
    """Writes findings.jsonl, dropped.jsonl and what is disputed, and counts.

    `fatal` is set when a whole file could not be read, which no option overrides.
    """

    def __init__(self, folder: Path, counting: Container[Finding]) -> None:
        self._folder = folder
        self._counting = counting
        self._open = ExitStack()
        self._files = {
            name: self._open.enter_context((folder / name).open("wb"))
            for name in (_FINDINGS, _DROPS, _DISPUTED)
        }
        self.disputed = 0
        self.counts = Counts()
        self.fatal = False

    def find(self, finding: Finding) -> bool:
        """Note a finding; False when the recipe ignores it, so that it does not count."""
        if finding not in self._counting:
            return False
        self.counts.add(finding)
        self._files[_FINDINGS].write(_ENCODE(finding) + b"\n")
        return True

    def dispute(self, task: dict[str, Any]) -> None:
        """Keep a task that annotators could not agree on."""
        self.disputed += 1
        self._files[_DISPUTED].write(_ENCODE(task) + b"\n")

    def append(self, folder: Path, counts: Counts, disputed: int) -> None:
        """Take over what another journal has written into `folder` and counted."""
        self.counts.merge(counts)
        self.disputed += disputed
        for name, file in self._files.items():
            with (folder / name).open("rb") as theirs:
                shutil.copyfileobj(theirs, file)

    def adjudication(self) -> None:
        """Turn what is disputed into one JSON list, where there is anything; after `close`."""
        kept = self._folder / _DISPUTED
        if self.disputed:
            with kept.open("rb") as lines, (self._folder / ADJUDICATION).open("wb") as file:
                for number, line in enumerate(lines):
                    file.write((b",\n" if number else b"[\n") + line.rstrip(b"\n"))
                file.write(b"\n]\n")
        kept.unlink()

    @property
    def errors(self) -> int:
        """How many findings refuse the run."""
        return self.counts.at_least(Severity.ERROR)

    def drop(self, drop: Drop) -> None:
        """Note a unit that goes no further."""
        self._files[_DROPS].write(_ENCODE(drop) + b"\n")

    def close(self) -> None:
        """Finish the files."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
