"""`dataprep.check`: files of training rows, judged; the findings, and what they amount to."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack, overload

from dataprep import checker
from dataprep.api.hub import guard_hub_token
from dataprep.api.mending import MendedFiles, is_mending, mended
from dataprep.api.numbers import CHECK
from dataprep.api.options import checked
from dataprep.api.paths import StrPath, several
from dataprep.api.remedies import fitting
from dataprep.api.surroundings import without_bar_warnings
from dataprep.finding import Finding, Severity, UsageError
from dataprep.providers import own_table, table
from dataprep.report import Counts, counted
from dataprep.settings import Settings, settings_for

if TYPE_CHECKING:
    import pandas
    import polars as pl

    from dataprep.api.converting import ReportStage
    from dataprep.checks import Context
    from dataprep.tokens import TokenAccount

_NAMED = 3
"""Rules that a line names, the worst first."""


@dataclass(frozen=True, slots=True)
class PreparedCheck:
    """A check before it reads: the files, who reads them, and which findings count.

    `account`, where it is asked for, counts tokens while `findings` are drawn.
    """

    files: tuple[Path, ...]
    target: str | None
    context: Context
    fail_on: Severity
    settings: Settings
    folder: Path
    account: TokenAccount | None

    def findings(self, progress: ReportStage | None = None) -> Iterator[Finding]:
        """Judge the files, and give what counts as it is found."""
        context = replace(self.context, progress=progress) if progress else self.context
        found = checker.check(self.files, self.target, context)
        kept = (finding for finding in found if self.settings.keeps(finding, self.folder))
        return map(fitting(self.files, context.seen.formats), kept)


@dataclass(frozen=True, slots=True, repr=False)
class CheckResult:
    """The findings of a check, to be iterated over; `ok` where none is as bad as `fail_on`.

    `rows` is how many rows were read, `formats` what each file was read as, `notes` what is to be
    said of a file. `account` counts tokens and their cost, where that was asked for.
    """

    findings: tuple[Finding, ...]
    rows: int
    formats: dict[str, str]
    notes: dict[str, str]
    account: TokenAccount | None
    fail_on: Severity

    @property
    def ok(self) -> bool:
        """Whether no finding is of the severity `fail_on` or worse."""
        return not self.counts.at_least(self.fail_on)

    @property
    def counts(self) -> Counts:
        """How many findings there are of each rule and severity."""
        return Counts.of(self.findings)

    def to_polars(self) -> pl.DataFrame:
        """The findings as a Polars table: file, line, column, path, code, severity, words."""
        import polars as pl

        text, number = pl.String(), pl.Int64()
        schema = {"file": text, "line": number, "column": number, "path": text}
        schema |= dict.fromkeys(("code", "severity", "message", "remedy"), text)
        rows = [
            (
                *(f.place.file, f.place.line, f.place.column, f.place.path),
                *(f.code, f.severity.value, f.message, f.remedy),
            )
            for f in self.findings
        ]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def to_pandas(self) -> pandas.DataFrame:
        """The same table for pandas. Raises EnvironmentProblem where it is not installed."""
        from dataprep.api.tabular import pandas_frame

        return pandas_frame(self.to_polars())

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __repr__(self) -> str:
        counts = self.counts
        codes = [f"{code} {counts.rules[code]:,}" for code in counts.worst_first()]
        more = [counted(len(codes) - _NAMED, "more rule")] if len(codes) > _NAMED else []
        told = f": {', '.join([*codes[:_NAMED], *more])}" if codes else ""
        found = counted(len(self), "finding") if codes else "no findings"
        verdict = "ok" if self.ok else "not ok"
        return f"CheckResult({verdict}): {found} in {counted(self.rows, 'row')}{told}"

    def _repr_html_(self) -> str:
        from dataprep import report

        notes = [f"{name}: {note}" for name, note in self.notes.items()]
        return report.as_html(
            *(f"Read as {form}: {name}" for name, form in self.formats.items()),
            *notes,
            *report.findings_parts(self.counts, self.rows),
            *(report.account_parts(self.account) if self.account else ()),
        )


class CheckChoices(TypedDict, total=False):
    """What a check may be told, beside what it mends."""

    target: str | None
    select: str | Sequence[str]
    ignore: str | Sequence[str]
    fail_on: Literal["error", "warning", "info"] | None
    tokens: bool
    tokenizer: StrPath | None
    epochs: int | None
    evaluation: StrPath | Sequence[StrPath]
    completion_schema: StrPath | None
    language: str | None
    near_duplicates: bool
    providers: StrPath | None
    workers: int | None


@overload
def check(
    *files: StrPath,
    fix: None = None,
    diff: Literal[False] = False,
    **options: Unpack[CheckChoices],
) -> CheckResult: ...


@overload
def check(
    *files: StrPath,
    fix: Literal["safe", "all"],
    diff: bool = False,
    output: StrPath | None = None,
    **options: Unpack[CheckChoices],
) -> MendedFiles: ...


@overload
def check(
    *files: StrPath,
    fix: Literal["safe", "all"] | None = None,
    diff: Literal[True],
    output: StrPath | None = None,
    **options: Unpack[CheckChoices],
) -> MendedFiles: ...


@checked(CHECK)
def check(
    *files: StrPath,
    target: str | None = None,
    select: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    fail_on: Literal["error", "warning", "info"] | None = None,
    fix: Literal["safe", "all"] | None = None,
    diff: bool = False,
    output: StrPath | None = None,
    tokens: bool = False,
    tokenizer: StrPath | None = None,
    epochs: int | None = None,
    evaluation: StrPath | Sequence[StrPath] = (),
    completion_schema: StrPath | None = None,
    language: str | None = None,
    near_duplicates: bool = True,
    providers: StrPath | None = None,
    workers: int | None = None,
) -> CheckResult | MendedFiles:
    """Judge training files before they are uploaded or trained on. Nothing leaves the machine.

    The options are those of the command, `dataprep check --help`, and so are the settings in
    pyproject.toml, above which they stand. Several files are splits of one dataset. All findings
    are held in memory. What is found is returned and not raised; UsageError is raised for files
    that hold no training rows and for what cannot be asked, NothingToDo for a folder without files.

    With `fix` ("safe", or "all" for the fixes too that may change what is learned) a mended copy is
    written of each file, train.fixed.jsonl or `output`; with `diff` what it would change is told,
    and nothing is written. MendedFiles are returned then.
    """
    copy = None if output is None else Path(output)
    with prepared_check(
        tuple(map(Path, files)),
        target=target,
        select=several(select),
        ignore=several(ignore),
        fail_on=fail_on,
        tokens=tokens,
        tokenizer=None if tokenizer is None else os.fspath(tokenizer),
        epochs=epochs,
        evaluation=tuple(map(Path, several(evaluation))),
        completion_schema=None if completion_schema is None else Path(completion_schema),
        language=language,
        near_duplicates=near_duplicates,
        providers=None if providers is None else Path(providers),
        workers=workers,
    ) as made:
        if is_mending(fix=fix, diff=diff, output=copy):
            shown = io.StringIO()
            done = tuple(mended(made, fix=fix, diff=shown if diff else None, output=copy))
            return MendedFiles(done, shown.getvalue(), made.fail_on)
        findings = tuple(made.findings())
        seen, account = made.context.seen, made.account
        return CheckResult(
            findings,
            rows=seen.rows,
            formats=dict(seen.formats),
            notes=dict(seen.notes),
            account=account if account is not None and account.splits else None,
            fail_on=made.fail_on,
        )


@contextmanager
def prepared_check(
    files: tuple[Path, ...],
    *,
    target: str | None,
    select: Sequence[str],
    ignore: Sequence[str],
    fail_on: str | None,
    tokens: bool,
    tokenizer: str | None,
    epochs: int | None,
    evaluation: tuple[Path, ...],
    completion_schema: Path | None,
    language: str | None,
    near_duplicates: bool,
    providers: Path | None,
    workers: int | None,
) -> Iterator[PreparedCheck]:
    """What the command line and `check` both do: options above the settings of pyproject.toml.

    Within it the user's own table of `providers` holds. Raises UsageError for no file.
    """
    if not files:
        raise UsageError("There is nothing to check.", "Example: dataprep check train.jsonl")
    guard_hub_token()
    with own_table(providers), without_bar_warnings():
        if providers is not None:
            table()  # read even where no target asks for it: a path that is wrong is told
        settings, folder = settings_for(files)
        target = target or settings.target
        context = checker.context(
            select or settings.select, ignore or settings.ignore, completion_schema
        )
        context = replace(
            context, evaluation=evaluation, language=language, near_duplicates=near_duplicates
        )
        context = replace(context, tokenizer=tokenizer, workers=workers)
        account = None
        if tokens or tokenizer or epochs:
            account = checker.account(target, tokenizer, epochs)
            context = replace(context, account=account)
        worst = Severity(fail_on) if fail_on else settings.fail_on or Severity.ERROR
        yield PreparedCheck(files, target, context, worst, settings, folder, account)
