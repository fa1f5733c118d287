"""`dataprep.check` with `fix` or `diff`: mended copies of files, or what would change in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from dataprep import checker, checks, sources
from dataprep.api.remedies import unmendable
from dataprep.finding import Severity, UsageError
from dataprep.report import Counts, counted

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from dataprep.api.checking import PreparedCheck
    from dataprep.fixes import Fixed

_LINES = 200
"""Of a diff, that a notebook shows."""


@dataclass(frozen=True, slots=True, repr=False)
class MendedFiles:
    """What `check` has mended, file by file, or with `diff` would; to be iterated over.

    Each file has `out` (the copy, None where there is none), the numbers of lines `changed` and
    `removed`, what was found `before` and `after`, and by code what is `mended` and `left`. `diff`
    is the unified diff that was asked for, with secrets and personal data hidden.
    """

    files: tuple[Fixed, ...]
    diff: str
    fail_on: Severity

    @property
    def ok(self) -> bool:
        """Whether nothing that is left is of the severity `fail_on` or worse."""
        return not self.left.at_least(self.fail_on)

    @property
    def left(self) -> Counts:
        """How many findings of each rule and severity are left in all files."""
        counts = Counts()
        for file in self.files:
            counts.merge(file.after)
        return counts

    def __iter__(self) -> Iterator[Fixed]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    def __repr__(self) -> str:
        return "\n".join([self._told(), *self.diff.splitlines()])

    def _told(self) -> str:
        """What was done, and what is left, on one line."""
        did = [_done(file) for file in self.files if file.out is not None]
        changed, removed = (sum(getattr(f, n) for f in self.files) for n in ("changed", "removed"))
        if not did and self.diff:
            same = (file for file in self.files if not file.changed + file.removed)
            did = [told for file in same for told in file.file_changes]
            if changed or removed:
                did.append(f"{counted(changed, 'line')} would be changed, {removed:,} removed")
        left = ", ".join(f"{code} {self.left.rules[code]:,}" for code in self.left.worst_first())
        verdict = "ok" if self.ok else "not ok"
        told = "; ".join(did) or "nothing is mended"
        return f"MendedFiles({verdict}): {told}. Left: {left or 'nothing'}."

    def _repr_html_(self) -> str:
        from rich.table import Table

        from dataprep import report

        parts: list[Table | Text | str] = [self._told()]
        if lines := self.diff.splitlines():
            table = Table(show_header=False)
            table.add_column()
            for line in lines[:_LINES]:
                table.add_row(report.plain(line))
            parts.append(table)
            if len(lines) > _LINES:
                parts.append(f"… and {len(lines) - _LINES:,} more lines")
        return report.as_html(*parts, *report.findings_parts(self.left))


def is_mending(*, fix: str | None, diff: bool, output: Path | None) -> bool:
    """Whether a check mends; raises UsageError for the name of a copy that nobody makes."""
    if output is not None and not fix and not diff:
        raise UsageError("--output names a mended copy.", "Add --fix or --fix=all.")
    return bool(fix or diff)


def mended(
    made: PreparedCheck, *, fix: str | None, diff: TextIO | None, output: Path | None
) -> Iterator[Fixed]:
    """What the command line and `check` both do: a mended copy of each file, as each is made.

    With a stream for its `diff` it is written there what a copy would change, and no copy is made.
    """
    from dataprep import fixes

    files, target, context = made.files, made.target, made.context
    if output is not None and len(files) > 1:
        raise UsageError("--output names one file.", "Mend the files one by one.")
    for file in files:
        sources.refuse_missing(sources.PathSource(str(file)), Path())
        if sources.is_stream(file):
            how = f"--fix{'=all' * (fix == 'all')}{' --diff' * (diff is not None)}"
            raise UsageError(
                f"{file} is no file, and a fix reads what it mends more than once.",
                "Save what it gives as a file, rows.jsonl for example, then:"
                f" dataprep check rows.jsonl {how}",
            )
        if not fixes.is_mendable(file):
            raise unmendable(file, _forms(file, made))
    unsafe = fix == "all"
    for file in files:
        if diff is not None:
            yield fixes.preview(file, diff, unsafe=unsafe, target=target, context=context)
        else:
            out = output or fixes.default_out(file)
            yield fixes.fix(file, out, unsafe=unsafe, target=target, context=context)


def _forms(path: Path, made: PreparedCheck) -> dict[str, str]:
    """What the rows of a path are read as, as far as the first finding."""
    seen = checks.SeenRows()
    next(checker.check([path], made.target, replace(made.context, seen=seen)), None)
    return seen.formats


def _done(file: Fixed) -> str:
    codes = ", ".join(f"{code} {number:,}" for code, number in sorted(file.mended.items()))
    did = [*file.file_changes] if not file.changed + file.removed else []
    did = did or [f"{counted(file.changed, 'line')} changed", f"{file.removed:,} removed"]
    return f"{file.out}: {', '.join(did)}, mended {codes or 'nothing'}"
