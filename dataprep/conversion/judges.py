"""The rules that rows must keep on their way in and on their way out: the same that check has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dataprep.checks import Context, RowJudge, Selection
from dataprep.contracts import Contract, contract
from dataprep.finding import Fault, Severity
from dataprep.formats import FORMATS, Row, RowFormat, strict
from dataprep.rules import CATALOGUE
from dataprep.targets import JudgeRow, TargetFormat


@dataclass(slots=True)
class Judges:
    """Judges of rows as they come in, and of rows as they are written, by the rules that count."""

    selection: Selection
    completion: Contract | None = None

    def of_rows(self, rules: Selection) -> RowJudge:
        """The judge of the rows of a file in which these rules count."""
        return RowJudge(Context(selection=rules, completion=self.completion), errors_only=True)

    def of_target(self, target: TargetFormat) -> JudgeRow | None:
        """The errors of a row of a target; None where its rows are of no format that is judged."""
        if target.row_format is None:
            return None
        form = FORMATS[target.row_format]
        context = Context(selection=self.selection, provider=_demanding(target))
        judge = RowJudge(context, form, errors_only=True)

        def errors(row: Row) -> Iterable[Fault]:
            return (fault for fault in _faults(row, form, judge) if _refuses(fault, judge))

        return errors


def _demanding(target: TargetFormat) -> str | None:
    """The provider whose demands the rows keep: that of a target which is the provider's own."""
    return target.provider if target.name == target.provider else None


def _faults(row: Row, form: RowFormat, judge: RowJudge) -> Iterable[Fault]:
    tidy, mended = form.tidy(row)
    if not contract(form.name).accepts(strict(tidy, form)):
        return
    yield from mended
    yield from judge.sound(form.read(tidy), form, row)


def _refuses(fault: Fault, judge: RowJudge) -> bool:
    return CATALOGUE[fault.code].severity is Severity.ERROR and judge.counts(fault.code)
