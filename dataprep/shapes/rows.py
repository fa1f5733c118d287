"""Rows of a fine-tuning file or a table become examples, in whichever format the file is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from dataprep import sensitive
from dataprep.example import Record
from dataprep.finding import Fault, Finding, Place, Severity, UsageError, excerpt
from dataprep.formats import (
    BY_FILE,
    COLUMNS,
    ContentAccount,
    Row,
    RowFormat,
    RowRead,
    RowReader,
    choices_of,
    dropped,
    example_of,
    named_columns,
    schema_faults,
    unknown_fault,
    with_file,
)
from dataprep.formats.flags import column_flag
from dataprep.formats.remedies import is_of_conversation
from dataprep.recipe import Source
from dataprep.rules import CATALOGUE, found
from dataprep.shapes.shaped import Shaped
from dataprep.shell import command_line


class RowRules(Protocol):
    """Who knows the rules: the same that check reports by."""

    def broken(self, row: Row, form: RowFormat, explain: bool) -> Iterable[Fault]:
        """What is wrong with a tidy row that breaks the schema of its format."""

    def wrong_with(self, row: Row, read: RowRead) -> Iterable[Fault]:
        """What a row shows, its own faults among it, without any piece of its secrets."""

    def may_object(self, texts: Sequence[str]) -> bool:
        """Whether a rule could find something in texts that are not blank."""

    def counts(self, code: str) -> bool:
        """Whether a rule is one that the user wants to hear of."""


class NoJudge:
    """Judges nothing beyond the schema, for those who only look."""

    def broken(self, row: Row, form: RowFormat, explain: bool) -> Iterator[Fault]:
        """What breaks the schema."""
        return schema_faults(row, form, explain)

    def wrong_with(self, row: Row, read: RowRead) -> Iterable[Fault]:
        """The faults of its reading."""
        return read.faults

    def may_object(self, texts: Sequence[str]) -> bool:
        """No rule is known."""
        return False

    def counts(self, code: str) -> bool:
        """Every rule."""
        return True


class RowShape:
    """One row at a time into an example, a drop, or the findings that refuse it.

    `content` accounts for every key of every row. `as_items` says that only a grader will see it.
    """

    def __init__(
        self,
        first: Sequence[Record],
        source: Source,
        judge: RowRules | None = None,
        *,
        as_items: bool = False,
    ) -> None:
        """Raises UsageError for rows of no known format, or with a column nobody placed."""
        self._judge = judge or NoJudge()
        self._source = source
        rows = [record.labelled for record in first]
        try:
            self._reader = RowReader(
                rows, choices_of(source), broken=self._judge.broken, as_items=as_items
            )
            _check_columns(rows, source)
            if self._reader.form is None:
                raise _unknown(rows, first[0].place)
            self._check_placed(first)
        except UsageError as error:
            raise _discreet(error, rows, first) from None
        self.content = ContentAccount(self._reader.form.name)
        self._plain = self._reader.plain(lambda texts: not self._judge.may_object(texts))

    @property
    def why(self) -> str:
        """What the rows are, in words."""
        form = self._reader.form
        if form is COLUMNS and self._source.prompt and self._source.completion:
            return "the templates of the recipe"
        return form.title if form else ""

    def __call__(self, record: Record) -> Shaped:
        """What comes of one row."""
        plain = None if record.unlabelled else self._plain
        if plain is not None and (read := plain.read(record.value)) is not None:
            self.content.add(read)
            return Shaped(examples=[example_of(record, read, self._source)])
        read = self._reader.record(record)
        faults = self._errors(read, record.value)
        shaped = Shaped()
        if faults:
            shaped.findings = [finding_at(fault, record.place) for fault in faults]
            shaped.drops = [dropped(record, faults[0].code)]
        elif read.reason:
            shaped.drops = [dropped(record, read.reason)]
            self.content.add(read)
        elif read.reading is None:
            code = read.faults[0].code if read.faults else "S001"
            shaped.drops = [dropped(record, code)]
        else:
            self.content.add(read)
            shaped.examples = [example_of(record, read, self._source)]
            if self._plain is not None:
                self._plain.learn(record.value, read)
        return shaped

    def _errors(self, read: RowRead, row: Row) -> list[Fault]:
        """What is wrong with a row by rules of severity error that count."""
        faults = read.faults if read.reason else self._judge.wrong_with(row, read)
        return [
            fault
            for fault in faults
            if CATALOGUE[fault.code].severity is Severity.ERROR and self._judge.counts(fault.code)
        ]

    def _check_placed(self, first: Sequence[Record]) -> None:
        """Raise UsageError for a column of the file that nothing says the use of (S004)."""
        faults: dict[str, Fault] = {}
        seen: Counter[str] = Counter()
        for record in first:
            read = self._reader.read(record.labelled)
            for fault in read.faults:
                if fault.code != "S004" or not self._judge.counts("S004"):
                    continue
                if not is_of_conversation(fault.path, read.form, record.value):
                    faults.setdefault(fault.path, fault)
                    seen[fault.path] += 1
        open_ = [fault for path, fault in faults.items() if 2 * seen[path] >= len(first)]
        if open_:
            remedy = open_[0].remedy or CATALOGUE["S004"].remedy
            raise UsageError(f"{open_[0].message}.", " ".join((remedy, *_others(open_[1:]))))


def _others(faults: Sequence[Fault]) -> Iterator[str]:
    """What is open beside the first column, with the flags that settle all of it."""
    if faults:
        names = [fault.path for fault in faults]
        whole = [name for name in names if not {"…", "\N{REPLACEMENT CHARACTER}"} & set(name)]
        flags = (" ".join(column_flag(flag, name) for name in whole) for flag in _ASIDE)
        ways = ", or ".join(flags) if len(whole) == len(names) else _IN_THE_RECIPE
        yield f"The same is open for {', '.join(names)}: {ways}."


_ASIDE = ("carry", "leave-out")
_IN_THE_RECIPE = "name them in a recipe, under carry or leave_out"


def finding_at(fault: Fault, place: Place) -> Finding:
    """The finding of a fault inside a row that stands at `place`."""
    path = f"{place.path}.{fault.path}".strip(".")
    where = msgspec.structs.replace(place, path=path) if fault.path else place
    remedy = with_file(fault.remedy, place.file)
    return found(fault.code, fault.message, where, remedy=remedy)


def _unknown(rows: Sequence[Row], place: Place) -> UsageError:
    """The error for a file whose rows are of no known format."""
    fault = unknown_fault(rows[0], rows=rows)
    where = Place(file=place.file, line=place.line)
    return UsageError(f"{fault.message}.", with_file(fault.remedy, place.file), place=where)


def _discreet(error: UsageError, rows: Sequence[Row], first: Sequence[Record]) -> UsageError:
    """The error; one that would show a piece of a secret of the rows says so in its place."""
    if not sensitive.shows(str(error), rows):
        return error
    file = first[0].place.file
    return UsageError(
        "what is wrong with the rows would show a secret that they hold, and is not shown.",
        f"See where it stands: {command_line('check', Path(file))}. Take it out first; a column"
        " that is called so needs another name.",
        place=error.place,
    )


def _check_columns(rows: Sequence[Row], source: Source) -> None:
    """Raise UsageError for a column that the recipe names and no row has."""
    known = {key for row in rows for key in row}
    named = {
        "label": source.label,
        "group": source.group,
        "strata": source.strata,
        "split_by": source.split_by if source.split_by != BY_FILE else None,
    }
    for field, name in named.items():
        if name and name not in known:
            raise UsageError(
                f"there is no column {excerpt(name)!r}, which {field} names.", named_columns(known)
            )
    for name in (*source.carry, *source.leave_out):
        is_inside = "[]" in name or name.partition(".")[0] in known
        if name not in known and not is_inside:
            raise UsageError(f"there is no column {excerpt(name)!r}.", named_columns(known))
