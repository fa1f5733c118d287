"""How the rows stand in a JSON document: in a list, under a key, by key, in columns, in a row.

Told from the brackets of the whole text, and from the first values that stand in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from dataprep import jsonio
from dataprep.sources.json_index import Keys, columns_by_index, key_of
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
from dataprep.sources.layout import VIEWER, Layout, SeveralLists

_LOOKED_AT = 8
"""Elements of a list that are decoded to tell a row."""
_MEMBERS = 1_000
_NESTED = 1
"""Objects around the one in which the rows stand, at most."""
_SMALL = 1024 * 1024


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
    if layout.is_columnar:
        return {key_of(m): _first_of(text, m.start) for m in Members(text, layout.start)}
    first = _first_of(text, layout.start)
    return first.get(VIEWER) if layout.wrapped and isinstance(first, dict) else first


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
    rows, lacking = _counted(listed)
    if not key and (behind := skip_blanks(text, listed.end)) < len(text):
        raise BrokenOff(behind, "something stands behind the list", rows)
    return Layout(
        "under" if key else "list",
        at,
        rows,
        (key,) if key else (),
        wrapped=wrapped,
        lacks_commas=lacking,
        extra_comma=listed.extra_comma,
        beside=tuple(name for name in beside if name != key),
    )


def _counted(listed: Elements) -> tuple[int, int]:
    """How many elements a list has, and how many of them lack a comma before them."""
    count = lacking = 0
    for span in listed:
        count += 1
        lacking += span.lacks_comma
    return count, lacking


def _of_object(text: MappedText, at: int, depth: int = 0) -> Layout | None:
    """The rows inside one object; None where it is a row itself, or one of several.

    `depth` counts the objects around it.
    """
    if _opens(text, at) != b"{":
        return None
    listed = Members(text, at)
    every = iter(listed)
    found = list(islice(every, _MEMBERS))
    more = next(every, None)
    many = _of_many(text, at, [*found, more], every) if more is not None else None
    if not found or (not depth and skip_blanks(text, listed.end) < len(text)):
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
    if depth < _NESTED and (inner := _of_nested(text, found, of_rows, depth)) is not None:
        return inner
    if len(of_rows) == 1:
        ((name, member),) = of_rows.items()
        return _of_list(text, member.start, name, names)
    if len(of_rows) > 1:
        raise SeveralLists([_of_list(text, m.start, n) for n, m in of_rows.items()])
    if len(lists) == len(found):
        return _of_columns(text, at, found)
    return _of_objects(text, at, found)


def _of_nested(
    text: MappedText, found: Sequence[Member], of_rows: dict[str, Member], depth: int
) -> Layout | None:
    """The rows of a known format inside the one member that is an object of them.

    None where there is none, or where rows of a known format stand in a list beside. Raises
    SeveralLists where several members hold rows.
    """
    by_index = len(found) > 1 and _is_by_index(text, found)
    if by_index or _holds_known(text, of_rows.values()) or _are_rows(text, found):
        return None
    inside: list[Layout] = []
    for member in found:
        if _opens(text, member.start) == b"{":
            inside += _known_inside(text, member, depth)
    if len(inside) > 1:
        raise SeveralLists(inside)
    for layout in inside:
        beside = (name for name in map(key_of, found) if name != layout.path[0])
        return replace(layout, beside=(*beside, *layout.beside))
    return None


def _are_rows(text: MappedText, found: Sequence[Member]) -> bool:
    """Whether the members are rows of a known format themselves, by the first two of them."""
    if len(found) < 2 or any(_opens(text, member.start) != b"{" for member in found):
        return False
    for member in found[:2]:
        inside = list(Members(text, member.start))
        row = {key_of(each): _sample(text, each) for each in inside}
        if not _recognise(row) or _is_columnar(text, row, inside):
            return False
    return True


def _known_inside(text: MappedText, member: Member, depth: int) -> list[Layout]:
    """The rows of known formats inside a member that is an object, with its key ahead of theirs."""
    name = key_of(member)
    try:
        layout = _of_object(text, member.start, depth + 1)
    except SeveralLists as several:
        layouts = several.layouts
    else:
        layouts = [layout] if layout is not None else []
    known = [each for each in layouts if _recognise(first_row(text, each))]
    return [replace(each, path=(name, *each.path)) for each in known]


def _holds_known(text: MappedText, lists: Iterable[Member]) -> bool:
    """Whether one of some lists begins with a row of a known format."""
    return any(_recognise(_decoded(text, _first(text, member))) for member in lists)


def _recognise(row: Any) -> bool:
    """Whether a row is one of a known format."""
    from dataprep.formats import recognise

    return recognise(row) is not None


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
    if _opens(text, found[0].start) != b"{":
        return False
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
    row = {key_of(member): _sample(text, member) for member in found}
    if _recognise({key: value for key, value in row.items() if key not in of_rows}):
        return bool(of_rows) or not _is_columnar(text, row, found)
    if _holds_known(text, of_rows.values()):
        return False
    return _recognise(row) and not _is_columnar(text, row, found)


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
