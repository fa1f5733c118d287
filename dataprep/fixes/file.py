"""Which lines may change: written, checked and put back, until the new file says nothing new."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from dataprep.finding import Finding, Fix, Severity
from dataprep.fixes.gzip_lines import lines_of, write_lines
from dataprep.fixes.line_fixes import REMOVING
from dataprep.report import Counts
from dataprep.rules import CATALOGUE
from dataprep.sources.opening import is_gzip

ATTEMPTS = 12
"""Times that a file is written and checked; after them it is left as it is."""
COPIES = "remove-duplicates"
"""The fix that waits for all others: only then is it known which rows are the same."""

_ALIKE = frozenset(("D001", "D002", "D004", "D006"))
"""What is said of rows that are alike."""


class Change(NamedTuple):
    """One line, or piece of a long one, before and after; `after` None removes it."""

    line: int
    before: bytes
    after: bytes | None


@dataclass(slots=True)
class FoundLines:
    """The lines on which each code was found, in order; 0 stands for the whole file."""

    counts: Counts = field(default_factory=Counts)
    lines: dict[str, array[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> FoundLines:
        """What a check found, at 8 bytes a finding."""
        made = cls()
        for finding in findings:
            made.counts.add(finding)
            made.lines.setdefault(finding.code, array("Q")).append(finding.place.line or 0)
        made.lines = {code: array("Q", sorted(lines)) for code, lines in made.lines.items()}
        return made

    def has(self, code: str, line: int) -> bool:
        """Whether the code was found on that line."""
        lines = self.lines.get(code, array("Q"))
        at = bisect_left(lines, line)
        return at < len(lines) and lines[at] == line


@dataclass(slots=True)
class _Written:
    """A new file: the old number of each of its lines, and which of those were changed."""

    path: Path
    origins: array[int] = field(default_factory=lambda: array("Q"))
    touched: set[int] = field(default_factory=set)
    removed: int = 0

    def origin(self, line: int) -> int:
        return self.origins[line - 1] if 0 < line <= len(self.origins) else 0


class Settler:
    """Writes the new file until it stands. `check` judges a file, `mend` one line."""

    def __init__(
        self,
        path: Path,
        fixes: Mapping[str, Fix],
        check: Callable[[Path], Iterable[Finding]],
        mend: Callable[[bytes, list[str]], bytes | None],
        before: FoundLines,
    ) -> None:
        """`fixes` are those that may be made, by code; `mend` is told the codes of its line.

        `before` is what a check finds in the file.
        """
        self._path, self._check, self._mend = path, check, mend
        self.before = self.after = before
        self.fixes = fixes
        self._copies = {code for code, fix in fixes.items() if fix.name == COPIES}
        told = self.before.lines.keys() & (fixes.keys() - self._copies)
        self._told = {code: self.before.lines[code] for code in sorted(told)}
        self._kept: set[int] = set()
        self._dropped: set[int] = set()
        self._removing = True
        self.changed = self.removed = 0

    @property
    def copies_made(self) -> int:
        """Removed lines that were no copies before the other fixes, masking above all."""
        copies = (any(self.before.has(c, line) for c in self._copies) for line in self._dropped)
        return sum(not before for before in copies)

    def changes(self) -> Iterator[Change]:
        """Every line of the old file with what becomes of it."""
        return self.changes_of(self._path)

    def changes_of(self, path: Path) -> Iterator[Change]:
        """The same, where the old file has been moved to another path."""
        for line, raw in lines_of(path):
            if line in self._dropped:
                yield Change(line, raw, None)
            elif line not in self._kept and (told := self._codes_of(line)):
                after = self._mend(raw, told)
                yield Change(line, raw, raw if after is None and not self._removing else after)
            else:
                yield Change(line, raw, raw)

    def settle(self, staged: Path) -> bool:
        """Write the new file to `staged`; False, and no file, where nothing can change."""
        hopeful = self._told or self._copies & self.before.lines.keys()
        for _ in range(ATTEMPTS if hopeful else 0):
            written = self._write(staged)
            self.after = FoundLines.of(self._check(staged))
            if not self._revise(written):
                self.changed, self.removed = len(written.touched), written.removed
                if self.changed or self.removed:
                    return True
                break
            staged.unlink()
        staged.unlink(missing_ok=True)
        self._told, self._dropped, self.after = {}, set(), self.before
        return False

    def _codes_of(self, line: int) -> list[str]:
        """What may be mended on a line; on the first also what is found of the whole file."""
        codes = [code for code in self._told if self.before.has(code, line)]
        if line == 1:
            whole = (code for code in self._told if self.before.has(code, 0))
            codes += [code for code in whole if self.fixes[code].name not in REMOVING]
        return codes

    def _write(self, staged: Path) -> _Written:
        written = _Written(staged)

        def kept() -> Iterator[bytes]:
            for line, before, after in self.changes():
                if after is None:
                    written.removed += 1
                    continue
                if after != before:
                    written.touched.add(line)
                if not written.origins or written.origins[-1] != line:
                    written.origins.append(line)
                yield after

        write_lines(staged, kept(), compress=is_gzip(self._path))
        return written

    def _revise(self, written: _Written) -> bool:
        """Take back what shows something new; whether the file must be written again.

        Of the file as a whole new things may be said of rows that could not be read before;
        only where rows were removed an error is taken for their removal's.
        """
        copies = self._copies if self._removing else set()
        revealed = self._new(self.after, written.origin, copies) - {0}
        if revealed and self._dropped:  # before copies were dropped, nothing new was found
            self._removing = False
            self._dropped.clear()
            return True
        culprits = revealed & written.touched
        if revealed and not culprits:
            culprits = self._hidden(written)
        if culprits:
            self._kept |= culprits
        elif written.removed and (revealed or self._emptied()):
            self._removing = False
            self._dropped.clear()
        elif revealed:
            self._told = {}
        else:
            return self._drop_copies(written)
        return True

    def _emptied(self) -> bool:
        """Whether the whole file has an error that it did not have."""
        return any(
            lines[0] == 0 and not self.before.has(code, 0)
            for code, lines in self.after.lines.items()
            if CATALOGUE[code].severity is Severity.ERROR
        )

    def _new(
        self, found: FoundLines, origin: Callable[[int], int], but: Collection[str] = ()
    ) -> set[int]:
        """The old numbers of the lines on which something is found that was not before."""
        return {
            origin(line)
            for code, lines in found.lines.items()
            for line in lines
            if code not in but
            and not self.before.has(code, origin(line))
            and self._counts(code, origin(line))
        }

    def _counts(self, code: str, line: int) -> bool:
        """Whether a finding is held against the fixes: every error, and what is no error too
        where an unsafe fix may have brought it about. That two rows are alike once their secrets
        are gone is no reason to keep the secrets.
        """
        if CATALOGUE[code].severity is Severity.ERROR:
            return True
        if code in _ALIKE and any(self.fixes[each].name == "redact" for each in self._told):
            return False
        told = self._codes_of(line)
        unsafe = any(not self.fixes[each].safe for each in self._told)
        return unsafe and not (told and all(self.fixes[each].safe for each in told))

    def _drop_copies(self, written: _Written) -> bool:
        lines = chain.from_iterable(self.after.lines.get(code, ()) for code in self._copies)
        copies = {written.origin(line) for line in lines} - {0}
        self._dropped |= copies if self._removing else set()
        return bool(copies) and self._removing

    def _hidden(self, written: _Written) -> set[int]:
        """The changed lines that make others look worse: put last, they are what is found."""
        order = array("Q", (n for n in written.origins if n not in written.touched))
        order.extend(n for n in written.origins if n in written.touched)
        ordered = written.path.with_name(f"ordered-{written.path.name}")

        def lines(*, touched: bool) -> Iterator[bytes]:
            for line, raw in lines_of(written.path):
                if (written.origin(line) in written.touched) is touched:
                    yield raw if raw.endswith(b"\n") else raw + b"\n"

        both = chain(lines(touched=False), lines(touched=True))
        write_lines(ordered, both, compress=is_gzip(self._path))
        found = FoundLines.of(self._check(ordered))
        ordered.unlink()
        return self._new(found, _Written(ordered, order).origin) & written.touched
