"""How the rows of one file are read: in one format, with every key of every row accounted for.

The same reader serves check (which reports what it finds) and convert (which makes examples): a
key is used, or carried along, or left out by name, or the row breaks S004 with the flag that says
what it is for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from typing import Any

from dataprep.contracts import contract
from dataprep.example import Record
from dataprep.finding import Fault, UsageError, excerpt
from dataprep.formats import batch, columns, text
from dataprep.formats.approval import Approval
from dataprep.formats.beside import Beside
from dataprep.formats.catalogue import (
    CHAT,
    COLUMNS,
    FEEDBACK,
    ITEMS,
    PAIR,
    SHAREGPT,
    format_of,
    recognise,
    same_family,
    strict,
)
from dataprep.formats.choices import ColumnChoices
from dataprep.formats.endings import refuse_cut_off
from dataprep.formats.format import Reading, Row, RowFormat, RowRead, Unreadable
from dataprep.formats.given_splits import split_of
from dataprep.formats.inner_keys import InnerKeys, Stripped
from dataprep.formats.judging import disapprove
from dataprep.formats.loss_marks import settle_preference, unread_marks
from dataprep.formats.named_option import Hidden, Naming
from dataprep.formats.native import broken_messages, located
from dataprep.formats.open_answer import with_answer
from dataprep.formats.open_end import cut_open_end
from dataprep.formats.plain_reader import IsSaid, PlainReader
from dataprep.formats.reinforcement import asks
from dataprep.formats.remedies import with_names
from dataprep.formats.separators import Separators, separators_of
from dataprep.formats.sides import by_name, sides_of
from dataprep.formats.templating import Templates
from dataprep.formats.unknown import unknown_fault
from dataprep.formats.uses import LEFT_OUT, UNLABELLED

_ENDS_ARE_READ = (batch.NAME, text.NAME)
"""Formats that know by themselves which answer ended for which reason, or have no answer."""

_ASKED, _ANSWERED = ("prompt", "instruction"), ("completion", "output")
"""What the two sides of a pair are called in its own formats."""

ExplainBroken = Callable[[Row, RowFormat, bool], Iterable[Fault]]
"""What is wrong with a tidy row that breaks its schema, in detail if asked for."""

EXPLAINED = 1_000
"""Rows of a file whose broken schema is explained; beyond, the same is said without detail."""


def schema_faults(row: Row, form: RowFormat, explain: bool = True) -> Iterator[Fault]:
    """S001, once for each place where a tidy row breaks the schema of its format."""
    if not explain:
        yield Fault("S001", "", f"the row breaks the format {form.name}, like many before it")
        return
    for violation in contract(form.name).violations(strict(row, form)):
        words = f"{violation.path or 'the row'} {violation.message}"
        yield Fault("S001", violation.path, words)


class RowReader:
    """Reads the rows of one file. `wanted` is the format that the user names, if any.

    `as_items` says that all of it is for a grader, so that an open question is an item.

    Raises UsageError, when it is made, for rows that are of no format that is read.
    """

    def __init__(
        self,
        first: Sequence[Row],
        choices: ColumnChoices | None = None,
        *,
        wanted: RowFormat | None = None,
        broken: ExplainBroken = schema_faults,
        as_items: bool = False,
    ) -> None:
        self.choices = choices or ColumnChoices()
        self._as_items = as_items
        self._answers = not as_items and self.choices.fills_answers
        first = [with_answer(row) for row in first] if self._answers else first
        self._broken = broken
        self._broken_rows = 0
        self._wanted = wanted
        self.form = wanted or _format(first, self.choices)
        if as_items and self.form is CHAT and all(map(asks, first)):
            self.form = ITEMS
        self._chosen = self._named_pair()
        self._templates = Templates(self.choices, first)
        self._approval: Approval | None = None
        self._names = self._templates.names
        if self.choices.approved is not None:
            self._approval = Approval(
                self.choices.approved,
                frozenset(key for row in first for key in row),
                asks=self.choices.unjudged == "ask",
            )
            self._names |= self._approval.names
            if both := sorted(self._approval.names & self.choices.leave_out):
                name = excerpt(both[0])
                words = f"--approved reads the column {name!r}, which --leave-out leaves out."
                raise UsageError(words, "Name it in one of the two.")
        self._naming = Naming()
        if self.form is not None and same_family(self.form, COLUMNS):
            own = (self._apart(row) for row in first if isinstance(row, dict))
            self._naming = columns.naming_in(own, self._chosen)
        self._separators: Separators | None = None
        graded = as_items or wanted is ITEMS
        self._beside = Beside(self.choices, first, self._names, is_graded=graded)
        self._inner = InnerKeys(self.choices)

        if not self._templates.are_whole:
            readings = (self.read(row).reading for row in first if isinstance(row, dict))
            self._separators = separators_of(r for r in readings if r is not None)
            self._broken_rows = 0

    @property
    def is_marked(self) -> bool:
        """Whether the file has old separators, so that no row is as it stands."""
        return self._separators is not None

    def plain(self, is_said: IsSaid) -> PlainReader | None:
        """The short way for rows of texts alone; None where the user, or old marks, change texts.

        `is_said` tells that no rule could object to some texts.
        """
        choices = self.choices
        changed = (*choices.templates, *choices.named, choices.approved)
        if any(changed) or self.is_marked:
            return None
        return PlainReader(self._beside.keeps, is_said, has_options=self._naming.by_place)

    def _named_pair(self) -> tuple[str, str] | None:
        """The columns that `text` and `label` of the recipe make a pair of."""
        if self.choices.text and self.choices.label:
            return self.choices.text, self.choices.label
        return None

    def record(self, record: Record) -> RowRead:
        """What comes of one record; one whose answer is a class that it does not say, of none."""
        if record.unlabelled:
            read = self.read(record.labelled, typed=record.typed)
            uses = read.reading.uses if read.reading else {}
            if learned := [name for name, _ in record.unlabelled if uses.get(name) == "answer"]:
                keys = {**read.keys, **dict.fromkeys(learned, UNLABELLED)}
                return RowRead(read.form, row=read.row, reason=UNLABELLED, keys=keys)
        return self.read(record.value, typed=record.typed)

    def read(self, row: Row, *, typed: bool = False) -> RowRead:
        """What comes of one row; in one of typed columns, a null is nothing to be mended."""
        if self._answers:
            row = with_answer(row)
        form = self._form_of(row)
        if form is None or (self._wanted is not None and form is not self._wanted):
            return RowRead(form, row=row, faults=[unknown_fault(row, self._wanted)])
        read = RowRead(form)
        if self.form is not None and not self._may_stand(form, self.form):
            message = f"the row is {form.name}, in a file of {self.form.name}"
            read.faults.append(Fault("S003", "", message))
        if self._as_items and form is CHAT and asks(row):
            form = read.form = ITEMS
        mine = self._inner.strip(self._apart(row))
        read.row, read.mended = form.tidy(mine.row)
        if typed:
            read.mended = [fault for fault in read.mended if fault.code != "C016"]
        if not contract(form.name).accepts(strict(read.row, form)):
            self._broken_rows += 1
            broken = self._broken(read.row, form, self._broken_rows <= EXPLAINED)
            read.faults += (with_names(fault, form, row) for fault in broken)
            return read
        try:
            self._take(row, mine, form, read)
        except Unreadable as unreadable:
            read.faults.append(with_names(unreadable.fault, form, row))
        except Hidden as hidden:
            keys = {**read.keys, hidden.column: UNLABELLED}
            return RowRead(form, row=read.row, reason=UNLABELLED, keys=keys)
        return read

    def _take(self, row: Row, mine: Stripped, form: RowFormat, read: RowRead) -> None:
        """Read a row that keeps its schema, and account for every key; raises Unreadable.

        `mine` is the row without the columns, and the keys inside messages, that the user names.
        """
        if not self._templates.are_whole and form.name not in _ENDS_ARE_READ:
            refuse_cut_off(read.row)
        shown = self._templates.as_printed(read.row, mine.row)
        whole = self._templates.are_whole
        reading = self._templates.whole(shown) if whole else self._reading(read.row, form)
        reading.messages = [*reading.messages]  # those of the row stay as they are
        if reading.kind == "preference":
            settle_preference(read, reading)
        if wrong := self._unproven(reading, form):
            read.faults += (with_names(fault, form, row) for fault in wrong)
            return
        read.reading = reading
        if self._templates and not self._templates.are_whole:
            self._templates.rewrite(shown, reading)
        read.mended += cut_open_end(mine.row, reading)
        if self._separators is not None:
            read.mended += self._separators.cut(reading)
        if self._approval is not None:
            self._approve(self._approval, row, read, reading)
        reading.carried |= mine.carried
        reading.uses |= dict.fromkeys(mine.left_out, LEFT_OUT)
        read.faults += unread_marks(reading, self.choices)
        self._beside.account(row, read, reading)
        read.faults += self._split_faults(row)

    def _approve(self, approval: Approval, row: Row, read: RowRead, reading: Reading) -> None:
        """Let the template of the user say whether the answer was approved."""
        judged = [key for key, use in reading.uses.items() if use == "verdict"]
        if reading.kind == "feedback" and approval.names.issuperset(judged):
            reading.kind, reading.verdict = "chat", None  # the template reads its verdict
        reading.uses.update({name: "verdict" for name in row if name in approval.names})
        approved = approval.of(row)
        if approved is False:
            disapprove(read, reading)
        elif approved and reading.verdict is None:
            reading.verdict = True

    def _split_faults(self, row: Row) -> Iterator[Fault]:
        """S001 for a split that the user's column gives, and that is none of ours."""
        column = self.choices.split
        value = row.get(column) if column else None
        if column and value not in (None, "") and split_of(column, value) is None:
            shown = excerpt(str(value))
            words = f"{excerpt(column)} is {shown!r}, which names no train, validation or test"
            yield Fault("S001", excerpt(column), words)

    def _may_stand(self, form: RowFormat, file: RowFormat) -> bool:
        """Whether a row of a format may stand in a file of another.

        One that nobody judged may among others that were: `beside` asks what becomes of it.
        """
        is_settled = self._approval is not None or self.choices.unjudged != "ask"
        if form is FEEDBACK and is_settled:
            form, file = file, form
        return same_family(form, file) or (file is FEEDBACK and form in _UNJUDGED)

    def _apart(self, row: Row) -> Row:
        """The row without the columns that the user names: those are ours, not the format's."""
        choices = self.choices
        ours = {choices.group, choices.strata, choices.split, *choices.leave_out, *choices.carry}
        if choices.label is not None and self._chosen is None:
            ours.add(choices.label)
        ours -= self._names
        return _apart_from(ours, row, choices, self._chosen)

    def _form_of(self, row: Row) -> RowFormat | None:
        if self._templates.are_whole and isinstance(row, dict):
            return COLUMNS
        if self._chosen is not None and all(name in row for name in self._chosen):
            return COLUMNS
        form = recognise(self._apart(row) if isinstance(row, dict) else row, self.form)
        return COLUMNS if form is not None and self._replaces_a_side(row, form) else form

    def _replaces_a_side(self, row: Row, form: RowFormat) -> bool:
        """Whether a template of the user makes the side of a pair that is no text in the row."""
        sides = {"prompt": _ASKED, "answer": _ANSWERED}
        names = (name for use in self._templates.alone for name in sides.get(use, ()))
        return any(_is_no_side(row.get(name)) for name in names) and same_family(form, COLUMNS)

    # What a row says.

    def _reading(self, row: Row, form: RowFormat) -> Reading:
        if form is COLUMNS:
            sides = sides_of(row, self._chosen)
            if sides is None or (sides.answered not in row and self.choices.completion is None):
                missing = sides.answered if sides else "an answer"
                raise Unreadable("S001", "", f"the row lacks {missing!r}")
            if sides.naming != self._naming:
                sides = dataclasses.replace(sides, naming=self._naming)
            reading = columns.read(row, sides, self._templates.alone, self._templates.names)
        else:
            reading = form.read(row)
        return reading

    def _unproven(self, reading: Reading, form: RowFormat) -> list[Fault]:
        """What is wrong with messages that another format holds: no rule may meet such ones."""
        if form is CHAT or reading.kind in ("pair", "text", "reinforcement"):
            return []
        broken = broken_messages(reading)
        self._broken_rows += bool(broken)
        explain = self._broken_rows <= EXPLAINED
        return [
            fault
            for said, where in broken
            for fault in located(self._broken(said, CHAT, explain), where)
        ]


_UNJUDGED = (PAIR, COLUMNS, CHAT, SHAREGPT)


def _is_no_side(value: Any) -> bool:
    """Whether a value is neither a text nor messages."""
    if isinstance(value, list):
        return not all(isinstance(message, dict) for message in value)
    return isinstance(value, dict)


def _format(rows: Sequence[Row], choices: ColumnChoices) -> RowFormat | None:
    """The format that most rows of a file have; of equals, the first's."""
    if choices.is_whole:
        return COLUMNS
    ours = choices.carry | choices.leave_out | choices.named
    if choices.text and choices.label:
        return COLUMNS
    return format_of(_apart_from(ours, row, choices) for row in rows)


def _apart_from(
    ours: Set[Any], row: Row, choices: ColumnChoices, chosen: tuple[str, str] | None = None
) -> Row:
    """The row without the columns that are the user's, but for one that a template stands for."""
    if ours.isdisjoint(row):
        return row
    sides = by_name(tuple(row), chosen) if choices.completion is not None else None
    kept = {sides.answered} if sides else set()
    return {key: value for key, value in row.items() if key not in ours or key in kept}
