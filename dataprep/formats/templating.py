"""What the templates of the user make of a row, in whole or in part."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dataprep.finding import UsageError, excerpt
from dataprep.formats.cells import kind_of, ways_to_write
from dataprep.formats.choices import ColumnChoices
from dataprep.formats.flags import ANSWERED, ASKED, OURS, template_flag, variable, with_filter
from dataprep.formats.format import (
    LOOKED_AT,
    Piece,
    Reading,
    Row,
    Unreadable,
    insert_system,
    pieces_of,
)
from dataprep.formats.meanings import Meaning, meaning_of
from dataprep.patterns import LatePattern
from dataprep.templates import (
    GLOBALS,
    STRING,
    StructurePrinted,
    asked_names,
    codes,
    compile_template,
    names_read,
    optional_names,
)

_SIDES = {**dict.fromkeys(ASKED, "prompt"), **dict.fromkeys(ANSWERED, "answer")}
"""What the format would make without a template, by its name in one."""

_OF_ROW = LatePattern(
    rf"{STRING}|(?<![\w.])(?P<whole>row|columns)\b"
    rf"(?:\[\s*(?P<key>{STRING})\s*\]|\.(?P<word>\w+)(?![\w]|\s*\())?",
    re.DOTALL,
)
"""The whole row in the code of a template, or one column of it; a literal text is passed over."""


_PRINTED = LatePattern(r"\{\{-? *([A-Za-z_]\w*) *-?\}\}")
"""A column that a template writes as it stands."""


class Templates:
    """The templates of the user for the rows of one file, whose first rows say the columns.

    `names` are the columns that they read, `alone` the uses that they make without what the
    format would make. Raises UsageError for a template that is wrong whatever the row, names a
    column that no row has, or one that is left out.
    """

    def __init__(self, choices: ColumnChoices, first: Sequence[Row]) -> None:
        self._columns = frozenset(key for row in first for key in row)
        self._has_more_rows = len(first) >= LOOKED_AT
        self._given = [
            (role, template, use)
            for role, template, use in (
                ("system", choices.system, "system"),
                ("user", choices.prompt, "prompt"),
                ("assistant", choices.completion, "answer"),
            )
            if template is not None
        ]
        self.are_whole = choices.is_whole
        self.names: frozenset[str] = frozenset()
        self._printed = frozenset(
            name for _, template, _ in self._given for name in _PRINTED.findall(template)
        )
        self._read: dict[str, frozenset[str]] = {}
        self._read_whole: set[str] = set()
        for _, template, use in self._given:
            compile_template(template, _FIELDS[use])
            self._look_at(template)
            self._check(template)
            self._check_left_out(template, use, choices.leave_out)
        if self._read_whole:
            self.names = self.names | self._columns - choices.leave_out
        sides = {use for name, use in _SIDES.items() if name in self.names - self._columns}
        self.alone = frozenset(use for _, _, use in self._given) - sides

    def __bool__(self) -> bool:
        return bool(self._given)

    def _look_at(self, template: str) -> None:
        """Note the columns that a template reads; a function of ours is none."""
        names, reads_whole = columns_read(template, self._columns)
        if reads_whole:
            self._read_whole.add(template)
        self._read[template] = names
        self.names |= names

    def _reads(self, template: str, key: str) -> bool:
        """Whether a template reads a column of a row."""
        return template in self._read_whole or key in self._read[template]

    def _check(self, template: str) -> None:
        """Raise UsageError for a name that is no column of any row."""
        known = self._columns | (OURS if self.are_whole else OURS | _SIDES.keys())
        known |= _may_lack(template) if self._has_more_rows else frozenset()
        for name in sorted(self._read[template] - known):
            raise UsageError(
                f"a template of the recipe names the column {excerpt(name)!r}, and there is none.",
                named_columns(self._columns),
            )

    def _check_left_out(self, template: str, use: str, left_out: frozenset[str]) -> None:
        """Raise UsageError for a column that a template reads, and that is to be left out."""
        for name in sorted(self._read[template] & left_out):
            raise UsageError(
                f"--{_FIELDS[use]} reads the column {excerpt(name)!r}, and --leave-out leaves it"
                " out.",
                "Take it out of one of the two.",
            )

    def as_printed(self, row: Row, cells: Row) -> Row:
        """The row with the text of a cell, not what it holds, where a template writes the cell."""
        printed = {name: cells[name] for name in self._printed & row.keys() & cells.keys()}
        return {**row, **printed} if printed else row

    def whole(self, row: Row) -> Reading:
        """The pair that the templates make by themselves."""
        fields = self._fields(row, {})
        uses: dict[str, str] = {}
        messages: list[Row] = []
        for role, template, use in self._given:
            text = self._rendered(template, fields, use, row)
            messages.append({"role": role, "content": text})
            uses.update(self._used(template, use, row))
        return Reading(kind="pair", messages=messages, uses=uses, places={})

    def rewrite(self, row: Row, reading: Reading) -> None:
        """Put what single templates make into the place of the prompt, the answer or the system."""
        messages = reading.messages
        last = len(messages) - 1
        asked = next((n for n in range(last, -1, -1) if messages[n]["role"] == "user"), None)
        known = {
            **dict.fromkeys(ASKED, messages[asked]["content"] if asked is not None else ""),
            **dict.fromkeys(ANSWERED, messages[last].get("content") or ""),
        }
        fields = self._fields(row, known)
        for role, template, use in reversed(self._given):  # the system moves the others
            text = self._rendered(template, fields, use, row)
            at = {"user": asked, "assistant": last}.get(role)
            if role == "system":
                _instruct(reading, text)
            elif at is not None:
                messages[at] = {**messages[at], "content": text}
            self._replace(template, use, reading)
            self._use(template, role, use, row, reading)

    def _replace(self, template: str, use: str, reading: Reading) -> None:
        """Forget the columns that stood where the template stands, and are not read by it."""
        if use in self.alone:
            uses = reading.uses.items()
            gone = {key for key, was in uses if was == use and not self._reads(template, key)}
            gone = {key for key in gone if meaning_of(key) is not Meaning.HISTORY}
            reading.replaced |= gone
            for key in gone:
                del reading.uses[key]
            reading.pieces = [p for p in pieces_of(reading) if p.path not in gone]

    def _use(self, template: str, role: str, use: str, row: Row, reading: Reading) -> None:
        """Note the columns that the template reads, and the texts in them."""
        used = dict(self._used(template, use, row))
        pieces = [*pieces_of(reading)]
        known = {piece.path for piece in pieces}
        texts = ((key, row[key]) for key in used if key not in known)
        reading.pieces = pieces + [Piece(k, text, role) for k, text in texts if type(text) is str]
        for key, as_what in used.items():
            if key in self._read[template] or key not in reading.uses:
                reading.uses[key] = as_what

    def _used(self, template: str, use: str, row: Row) -> Iterator[tuple[str, str]]:
        """The columns that a template used, in the order of the row."""
        return ((key, use) for key in row if self._reads(template, key))

    def _rendered(self, template: str, fields: Mapping[str, Any], use: str, row: Row) -> str:
        """The text; raises Unreadable for a row that a template makes none of."""
        names = self._read[template]
        for name in sorted(names):
            if fields.get(name) is None and name not in _may_lack(template):
                raise _absent(name, row)
        told = {name: value for name, value in fields.items() if value is not None}
        try:
            text = compile_template(template, _FIELDS[use])(told)
        except StructurePrinted as error:
            raise _not_a_text(error, template, use, sorted(names), row) from None
        except UsageError as error:
            remedy = f"The template is the cause: mend --{_FIELDS[use]}. {error.remedy}".strip()
            raise Unreadable("S001", "", error.message.rstrip("."), remedy) from None
        has_gap = any(told.get(name, "") == "" for name in names)
        return text.strip("\n") if has_gap else text

    @staticmethod
    def _fields(row: Row, more: Mapping[str, Any]) -> dict[str, Any]:
        """What a template may name: the columns, and the whole row for names that are no words."""
        return {**dict.fromkeys(OURS, row), **more, **row}


_FIELDS = {"system": "system", "prompt": "prompt", "answer": "completion"}


def _may_lack(template: str) -> frozenset[str]:
    """The columns that a template reads only in rows that have them, as it says itself."""
    return optional_names(template) | asked_names(template)


def _absent(name: str, row: Row) -> Unreadable:
    """A row lacks a column that a template reads, and others have."""
    shown = excerpt(name)
    words = f"a template reads {shown!r}, which is null in this row"
    if name not in row:
        known = ", ".join(excerpt(key) for key in list(row)[:12])
        words = f"a template reads {shown!r}, and this row has only {known}"
    allowed = with_filter(variable(name, row), "default('')")
    remedy = f"If it may be absent, say so in the template: {allowed}."
    return Unreadable("S001", "" if name not in row else shown, words, remedy)


def _not_a_text(
    error: UsageError, template: str, use: str, names: Sequence[str], row: Row
) -> Unreadable:
    """S004 for a list or an object that a template prints, with the template that writes it out."""
    flag = _FIELDS[use]
    name = next((n for n in names if isinstance(row.get(n), list | dict)), None)
    if name is None:
        words = error.message.rstrip(".")
        return Unreadable("S004", "", words, "Write it out with | tojson, or name a field of it.")
    words = f"{excerpt(name)} is {kind_of(row[name])}, which is not written out as a text unasked"
    own = variable(name, row)
    ways = [template.replace(own, way) for way in ways_to_write(name, row)]
    if own not in template:
        ways = ways_to_write(name, row)
    flags = ", or ".join(template_flag(flag, way) for way in ways)
    return Unreadable("S004", excerpt(name), words, f"Say how it is written out: {flags}.")


def columns_read(template: str, columns: frozenset[str]) -> tuple[frozenset[str], bool]:
    """The columns that a template names, alone or as `row["a name"]`; and whether it reads all."""
    names = names_read(template) - (GLOBALS - columns)
    whole = (names & OURS) - columns
    names -= whole
    reads_all = False
    for found in (f for code in codes(template) for f in _OF_ROW.finditer(code)):
        if found["whole"] is None or found["whole"] not in whole:
            continue
        if found["key"] is None and found["word"] is None:
            reads_all = True
        else:
            names |= {found["word"] or _literal(found["key"])}
    return names, reads_all


def _literal(spelled: str) -> str:
    """The text that a literal of a template stands for."""
    try:
        return str(ast.literal_eval(spelled.replace("\n", "\\n")))
    except (SyntaxError, ValueError):
        return spelled[1:-1]


def _instruct(reading: Reading, text: str) -> None:
    """Make a text the system message of a conversation."""
    first = reading.messages[0] if reading.messages else {}
    if first.get("role") == "system":
        reading.messages[0] = {**first, "content": text}
    else:
        insert_system(reading, text, "")


def named_columns(known: Iterable[str]) -> str:
    """A sentence that says which columns there are."""
    shown = sorted(known)
    more = ", …" if len(shown) > 12 else ""
    names = ", ".join(excerpt(name) or "''" for name in shown[:12])
    return f"The columns are: {names or 'none'}{more}."
