"""How the rows stand in a JSON document: in a list, under a key, by key, in columns, in a row.

Told from the brackets of the whole text, and from the first values that stand in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Literal

from dataprep import jsonio
from dataprep.finding import excerpt
from dataprep.sources.json_index import Keys, LayoutFault, columns_by_index, key_of
from dataprep.sources.json_values import (
    BrokenOff,
    Elements,
    MappedText,
    Member,
    Members,
    objects,
    skip_blanks,
    value_end,
)

LayoutKind = Literal["objects", "list", "under", "by-key", "columns", "by-index", "empty"]

VIEWER = "row"
"""The key that the Hugging Face viewer wraps each of its `rows` in."""

_LOOKED_AT = 8
"""Elements of a list that are decoded to tell a row."""
_MEMBERS = 1_000
_SMALL = 1024 * 1024
_WORDS = {
    "list": "one JSON list of rows",
    "by-key": "one JSON object whose values are the rows, their keys left out",
    "columns": "one JSON object of columns",
    "by-index": "one JSON object of columns, each an object by index",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows of a document are: `start` is the byte of the list or object of them.

    `key` is what they stand under, `beside` the other keys there, `rows` how many rows there
    are. Of a list, `lacks_commas` counts the rows before which none stands, and `extra_comma`
    says that one stands behind the last. With `fault` nobody knows which values are one row.
    """

    kind: LayoutKind
    start: int
    rows: int
    key: str = ""
    wrapped: bool = False
    lacks_commas: int = 0
    extra_comma: bool = False
    beside: tuple[str, ...] = ()
    fault: LayoutFault | None = None

    @property
    def words(self) -> str:
        """The layout in words; empty for one object, and where there is no row."""
        if not self.rows:
            return ""
        if self.kind == "under":
            inside = f", each in its {VIEWER!r}" if self.wrapped else ""
            left = f"; left out: {', '.join(map(excerpt, self.beside))}" if self.beside else ""
            return f"the rows under {excerpt(self.key)!r} of one JSON object{inside}{left}"
        if self.kind == "objects":
            return "JSON objects one after another" if self.rows > 1 else ""
        return _WORDS.get(self.kind, "")


class SeveralLists(Exception):
    """Rows stand under several keys of one object, by key with their numbers."""

    def __init__(self, found: dict[str, int]) -> None:
        super().__init__()
        self.found = found


def layout_of(text: MappedText, start: int = 0) -> Layout:
    """The layout of a document from byte `start` on, of which the whole is looked through.

    Raises BrokenOff where brackets or quotation marks do not close, and SeveralLists.
    """
    at = skip_blanks(text, start)
    if at == len(text):
        return Layout("empty", at, 0)
    if text[at : at + 1] == b"[":
        return _of_list(text, at)
    return _of_object(text, at) or Layout("objects", at, sum(1 for _ in objects(text, at)))


def first_row(text: MappedText, layout: Layout) -> Any:
    """The value of the first row of a document, as far as it tells a format; else None."""
    if layout.kind in ("columns", "by-index"):
        return {key_of(m): _first_of(text, m.start) for m in Members(text, layout.start)}
    return _first_of(text, layout.start)


def _first_of(text: MappedText, at: int) -> Any:
    """The first value of a list, or of an object."""
    if _opens(text, at) == b"[":
        return _decoded(text, skip_blanks(text, at + 1))
    member = next(iter(Members(text, at)), None)
    return None if member is None else _decoded(text, member.start)


def _of_list(
    text: MappedText, at: int, key: str = "", beside: Iterable[str] = (), *, wrapped: bool = False
) -> Layout:
    listed = Elements(text, at)
    rows = lacking = 0
    for span in listed:
        rows += 1
        lacking += span.lacks_comma
    if not key and (behind := skip_blanks(text, listed.end)) < len(text):
        raise BrokenOff(behind, "something stands behind the list", rows)
    return Layout(
        "under" if key else "list",
        at,
        rows,
        key,
        wrapped=wrapped,
        lacks_commas=lacking,
        extra_comma=listed.extra_comma,
        beside=tuple(name for name in beside if name != key),
    )


def _of_object(text: MappedText, at: int) -> Layout | None:
    """The rows inside one object; None where it is a row itself, or one of several."""
    if _opens(text, at) != b"{":
        return None
    listed = Members(text, at)
    every = iter(listed)
    found = list(islice(every, _MEMBERS))
    more = next(every, None)
    many = _of_many(text, at, [*found, more], every) if more is not None else None
    if not found or skip_blanks(text, listed.end) < len(text):
        return None
    if more is not None:
        return many
    names = [key_of(member) for member in found]
    if len(set(names)) < len(names):
        return None  # a strict reader names the key that stands twice
    lists = {key_of(m): m for m in found if _opens(text, m.start) == b"["}
    of_rows = {name: m for name, m in lists.items() if _opens(text, _first(text, m)) == b"{"}
    if "rows" in of_rows and _is_viewed(text, of_rows["rows"]):
        return _of_list(text, of_rows["rows"].start, "rows", names, wrapped=True)
    if _is_row(text, found, of_rows):
        return None
    if len(of_rows) == 1:
        ((name, member),) = of_rows.items()
        return _of_list(text, member.start, name, names)
    if len(of_rows) > 1:
        raise SeveralLists({n: _of_list(text, m.start, n).rows for n, m in of_rows.items()})
    if len(lists) == len(found):
        return _of_columns(text, at, found)
    return _of_objects(text, at, found)


def _of_many(
    text: MappedText, at: int, found: Sequence[Member], others: Iterator[Member]
) -> Layout | None:
    """The layout of an object of so many keys that they can only be those of rows."""
    rows, are_rows = 0, True
    keys, fault = Keys(text, at), None
    for member in chain(found, others):
        are_rows = are_rows and _opens(text, member.start) == b"{"
        fault = fault or keys.fault(member)
        rows += 1
    return Layout("by-key", at, rows, fault=fault) if are_rows else None


def _of_columns(text: MappedText, at: int, found: Sequence[Member]) -> Layout | None:
    """Lists of one length."""
    lengths, lacking = set(), 0
    columns = [Elements(text, member.start) for member in found]
    for column in columns:
        spans = [span.lacks_comma for span in column]
        lengths.add(len(spans))
        lacking += sum(spans)
    if len(lengths) > 1 or 0 in lengths:
        return None
    extra = any(column.extra_comma for column in columns)
    return Layout("columns", at, lengths.pop(), lacks_commas=lacking, extra_comma=extra)


def _of_objects(text: MappedText, at: int, found: Sequence[Member]) -> Layout | None:
    """Objects: each a row, or each a column by the index of its rows, as pandas writes it."""
    if any(_opens(text, member.start) != b"{" for member in found):
        return None
    if _is_by_index(text, found):
        table = columns_by_index(text, found)
        return Layout("by-index", at, table.rows, fault=table.fault)
    several = len(found) > 1 or key_of(found[0]).isdecimal()
    return Layout("by-key", at, len(found)) if several else None


def _is_by_index(text: MappedText, found: Sequence[Member]) -> bool:
    """Whether the values of an object have numbers for keys, and it has names."""
    first = next(iter(Members(text, found[0].start)), None)
    if first is None or not key_of(first).isdecimal():
        return False
    return not key_of(found[0]).isdecimal()


def _is_viewed(text: MappedText, member: Member) -> bool:
    """Whether the rows of a list are those of the viewer: each an object with its `row`."""
    first = _decoded(text, _first(text, member))
    return isinstance(first, dict) and isinstance(first.get(VIEWER), dict)


def _is_row(text: MappedText, found: Sequence[Member], of_rows: dict[str, Member]) -> bool:
    """Whether an object is a row of a known format.

    Where only a list of objects in it makes it one, it is none if these are rows themselves.
    """
    from dataprep.formats import recognise

    row = {key_of(member): _sample(text, member) for member in found}
    if recognise({key: value for key, value in row.items() if key not in of_rows}) is not None:
        return bool(of_rows) or not _is_columnar(text, row, found)
    if any(recognise(_decoded(text, _first(text, member))) for member in of_rows.values()):
        return False
    return recognise(row) is not None and not _is_columnar(text, row, found)


def _is_columnar(text: MappedText, row: dict[str, Any], found: Sequence[Member]) -> bool:
    """Whether the values are columns: objects by index, or lists of what is no message."""
    if all(isinstance(value, dict) for value in row.values()):
        return _is_by_index(text, found)
    if not all(isinstance(value, list) for value in row.values()):
        return False
    kinds = {type(item) for value in row.values() for item in value}
    return dict not in kinds and (len(row) > 1 or list in kinds)


def _sample(text: MappedText, member: Member) -> Any:
    """A value, of a long list the beginning; None where it is too long or broken."""
    if _opens(text, member.start) == b"[":
        spans = list(islice(Elements(text, member.start), _LOOKED_AT))
        return [_decoded(text, span.start) for span in spans]
    return _decoded(text, member.start)


def _decoded(text: MappedText, at: int) -> Any:
    try:
        end = value_end(text, at)
        return jsonio.loads(text[at:end]) if end - at <= _SMALL else None
    except (BrokenOff, jsonio.JsonError):
        return None


def _first(text: MappedText, member: Member) -> int:
    """The byte of the first element of a list."""
    return skip_blanks(text, member.start + 1)


def _opens(text: MappedText, at: int) -> bytes:
    return text[at : at + 1]
