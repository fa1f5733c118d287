"""What the templates of the user make of a row, in whole or in part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dataprep.finding import UsageError, excerpt
from dataprep.formats.choices import ColumnChoices
from dataprep.formats.format import Piece, Reading, Row, Unreadable, insert_system, pieces_of
from dataprep.formats.meanings import Meaning, meaning_of
from dataprep.templates import GLOBALS, compile_template, names_read, optional_names

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_OURS = frozenset(("row", "columns"))
"""Names of the whole row, for columns whose names are no words of a template."""

_SIDES = frozenset(("input", "output"))

_OF_ROW = re.compile(r"""\b(?:row|columns)(?:\[\s*(["'])(.*?)\1\s*\]|\.(\w+))""")
_RESERVED = "true false none True False None not and or in is if else self loop"
_WORDS = _OURS.union(_RESERVED.split())


class Templates:
    """The templates of the user for the rows of one file, whose first rows say the columns.

    Raises UsageError for a template that does not parse, or names a column that no row has.
    """

    def __init__(self, choices: ColumnChoices, first: Sequence[Row]) -> None:
        self._columns = frozenset(key for row in first for key in row)
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
        for _, template, use in self._given:
            compile_template(template, _FIELDS[use])
            self.names |= self._names(template)
            self._check(template)

    def __bool__(self) -> bool:
        return bool(self._given)

    def _names(self, template: str) -> frozenset[str]:
        """The columns that a template reads; a function of ours is none."""
        names = names_read(template) - (GLOBALS - self._columns)
        if whole := (names & _OURS) - self._columns:
            return names - whole | {found[2] or found[3] for found in _OF_ROW.finditer(template)}
        return names

    def _check(self, template: str) -> None:
        """Raise UsageError for a name that is no column of any row."""
        known = self._columns | (_OURS if self.are_whole else _OURS | _SIDES)
        for name in sorted(self._names(template) - known):
            raise UsageError(
                f"a template of the recipe names the column {excerpt(name)!r}, and there is none.",
                named_columns(self._columns),
            )

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
            "input": messages[asked]["content"] if asked is not None else "",
            "output": messages[last].get("content") or "",
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
        read = self._names(template)
        if not read & (_SIDES - self._columns):
            gone = {key for key, was in reading.uses.items() if was == use and key not in read}
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
        reading.uses.update(used)

    def _used(self, template: str, use: str, row: Row) -> Iterator[tuple[str, str]]:
        """The columns that a template used, in the order of the row."""
        names = self._names(template)
        return ((key, use) for key in row if key in names)

    def _rendered(self, template: str, fields: Mapping[str, Any], use: str, row: Row) -> str:
        """The text; raises Unreadable for a row without a column that the template reads."""
        for name in sorted(self._names(template)):
            if fields.get(name) is None and name not in optional_names(template):
                raise _absent(name, row)
        told = {name: value for name, value in fields.items() if value is not None}
        try:
            text = compile_template(template, _FIELDS[use])(told)
        except UsageError as error:
            raise Unreadable("S001", "", f"{error.message} {error.remedy}".strip()) from None
        has_gap = any(told.get(name, "") == "" for name in self._names(template))
        return text.strip("\n") if has_gap else text

    @staticmethod
    def _fields(row: Row, more: Mapping[str, Any]) -> dict[str, Any]:
        """What a template may name: the columns, and the whole row for names that are no words."""
        return {**dict.fromkeys(_OURS, row), **more, **row}


_FIELDS = {"system": "system", "prompt": "prompt", "answer": "completion"}


def _absent(name: str, row: Row) -> Unreadable:
    """A row lacks a column that a template reads, and others have."""
    shown = excerpt(name)
    words = f"a template reads {shown!r}, which is null in this row"
    if name not in row:
        known = ", ".join(excerpt(key) for key in list(row)[:12])
        words = f"a template reads {shown!r}, and this row has only {known}"
    column = variable(name, row).removesuffix(" }}")
    remedy = f"If it may be absent, say so in the template: {column} | default('') }}}}."
    return Unreadable("S001", "" if name not in row else shown, words, remedy)


def _instruct(reading: Reading, text: str) -> None:
    """Make a text the system message of a conversation."""
    first = reading.messages[0] if reading.messages else {}
    if first.get("role") == "system":
        reading.messages[0] = {**first, "content": text}
    else:
        insert_system(reading, text, "")


def variable(name: str, columns: Iterable[str] = ()) -> str:
    """A column as a template reads it, in a file that has these columns."""
    if _PLAIN_NAME.match(name) and name not in _WORDS and name not in GLOBALS:
        return f"{{{{ {name} }}}}"
    whole = "columns" if "row" in columns else "row"
    return f'{{{{ {whole}["{excerpt(name)}"] }}}}'


def named_columns(known: Iterable[str]) -> str:
    """A sentence that says which columns there are."""
    shown = sorted(known)
    more = ", …" if len(shown) > 12 else ""
    return f"The columns are: {', '.join(map(excerpt, shown[:12])) or 'none'}{more}."
