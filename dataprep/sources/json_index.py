"""The keys of rows in a document: each stands once, and columns by index all have the same.

Columns are walked side by side, so that their indexes must come in one order, as pandas writes
them: memory does not grow with the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from dataprep import jsonio
from dataprep.finding import excerpt
from dataprep.sources.json_values import MappedText, Member, Members

_DIGITS = 18
"""Digits of a number that is compared as one, at most."""
_EXPORT = "Give every column the same indexes: export the table again."


class LayoutFault(NamedTuple):
    """Why the rows of a document cannot be told apart: a rule broken at byte `at`."""

    code: str
    message: str
    at: int
    remedy: str = ""


class ColumnsByIndex(NamedTuple):
    """How many rows columns by index have, as far as they agree, and what keeps them apart."""

    rows: int
    fault: LayoutFault | None = None


class Keys:
    """Tells whether each key of the object that begins at byte `at` stands for the first time.

    Numbers that ascend, as those of a table mostly do, take no memory; other keys are kept.
    """

    def __init__(self, text: MappedText, at: int) -> None:
        self._text, self._start = text, at
        self._highest = -1
        self._seen: set[str] | None = None

    def fault(self, member: Member) -> LayoutFault | None:
        """J003 for a key that stood before; the members come in their order."""
        if self._seen is None:
            digits = member.key[1:-1]
            if digits.isdigit() and len(digits) <= _DIGITS and int(digits) > self._highest:
                self._highest = int(digits)
                return None
            self._seen = set(_keys(self._text, self._start, member.start))
        name = key_of(member)
        if name in self._seen:
            return _repeated(member)
        self._seen.add(name)
        return None


def key_of(member: Member) -> str:
    """The key of a member as it is meant; as it is written where it is no JSON."""
    try:
        return str(jsonio.loads(member.key))
    except jsonio.JsonError:
        return excerpt(member.key.decode("utf-8", "replace"))


def columns_by_index(text: MappedText, columns: Sequence[Member]) -> ColumnsByIndex:
    """The rows of columns that are objects, each of them the cells by the index of their row."""
    first, *others = columns
    keys = Keys(text, first.start)
    walks = [iter(Members(text, column.start)) for column in others]
    rows = 0
    for cell, *cells in zip_longest(Members(text, first.start), *walks):
        if cell is not None and (fault := keys.fault(cell)):
            return ColumnsByIndex(rows, fault)
        for column, other in zip(others, cells, strict=True):
            if not _are_alike(cell, other):
                return ColumnsByIndex(rows, _mismatch(text, (first, column), (cell, other)))
        rows += 1
    return ColumnsByIndex(rows)


def _are_alike(one: Member | None, other: Member | None) -> bool:
    """Whether two cells have one index."""
    if one is None or other is None:
        return False
    return one.key == other.key or key_of(one) == key_of(other)


def _mismatch(
    text: MappedText,
    columns: tuple[Member, Member],
    cells: tuple[Member | None, Member | None],
) -> LayoutFault:
    """Why two columns have cells of different indexes in one place."""
    (first, column), (cell, other) = columns, cells
    if other is not None and key_of(other) in _keys(text, column.start, other.start):
        return _repeated(other)
    if cell is not None and key_of(cell) not in _keys(text, column.start):
        return _lacking(column, first, cell)
    if other is not None and key_of(other) not in _keys(text, first.start):
        return _lacking(first, column, other)
    stands = "" if other is None else f", from {excerpt(key_of(other))!r} on"
    words = f"column {_shown(column)} has its indexes in another order than {_shown(first)}{stands}"
    jq = f"jq -c '(.[{_quoted(first)}] | keys_unsorted[]) as $i | map_values(.[$i])' IN > OUT.jsonl"
    at = column.start if other is None else other.start
    return LayoutFault("J005", words, at, f"Join them by index: {jq}")


def _lacking(column: Member, other: Member, cell: Member) -> LayoutFault:
    words = f"column {_shown(column)} has no index {excerpt(key_of(cell))!r}"
    return LayoutFault("J005", f"{words}, which column {_shown(other)} has", cell.start, _EXPORT)


def _repeated(member: Member) -> LayoutFault:
    words = f"the key {excerpt(key_of(member))!r} stands twice in one object"
    return LayoutFault("J003", words, member.start)


def _shown(column: Member) -> str:
    return repr(excerpt(key_of(column)))


def _quoted(column: Member) -> str:
    return f'"{excerpt(key_of(column))}"'


def _keys(text: MappedText, at: int, until: int | None = None) -> Iterator[str]:
    """The keys of an object, or those of the members whose values begin before a byte."""
    for member in Members(text, at):
        if until is not None and member.start >= until:
            return
        yield key_of(member)
