"""The types of the columns that a target's rows have, split by split, as `datasets` has them.

`datasets` takes the types of JSON from the first rows of the first split. It fails where a later
one has more (a `weight`, `tools`), and takes texts for points in time where all of them look so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from dataprep.formats.plain_rows import WeighedMessage, WrittenChat
from dataprep.splits import SPLITS

JSON = "json"
"""The type of what differs from row to row; `datasets` knows it from 4.7 on."""

_TEXT, _MOMENT, _ANY, _NULL = "string", "moment", "any", "null"
_LEAVES = {bool: "bool", float: "float64"}
_INT64 = 1 << 63
_TIME = r"[ T]\d\d(:?\d\d(:?\d\d([.,]\d+)?)?)?"
_LOOKS_LIKE_MOMENT = re.compile(rf"\d{{4}}-\d\d-\d\d({_TIME}(Z|[+-]\d\d(:?\d\d)?)?)?").fullmatch
_LOOKS_LIKE_NUMBER = re.compile(r"[-+.\deE\s]+").fullmatch

ColumnType = Any
"""A name of a leaf, a dict of a struct's types by key, or a list of the one type of its items.

None is the type of what was never seen.
"""


@dataclass(slots=True)
class ColumnTypes:
    """What was seen in the rows of each split: the types of its columns, by name.

    `settled` are the kinds of plain rows of which one more tells nothing new.
    """

    splits: dict[str, dict[str, ColumnType]] = field(default_factory=dict)
    settled: set[tuple[str, type]] = field(default_factory=set)

    def add(self, split: str, row: Mapping[str, Any] | msgspec.Struct) -> None:
        """Note the types of one row."""
        kind = type(row)
        if (split, kind) in self.settled:
            if kind is not WrittenChat or not _is_weighed(row):
                return
        elif isinstance(row, msgspec.Struct) and not _is_weighed(row):
            seen = self._see(split, msgspec.to_builtins(row))
            if not any(_holds(_MOMENT, seen[name]) for name in row.__struct_fields__):
                self.settled.add((split, kind))
            return
        self._see(split, msgspec.to_builtins(row) if isinstance(row, msgspec.Struct) else row)

    def is_settled(self, split: str, kind: type) -> bool:
        """Whether one more plain row of that kind tells nothing new."""
        return (split, kind) in self.settled

    def merge(self, later: ColumnTypes) -> None:
        """Add what was seen in other rows."""
        for split, columns in later.splits.items():
            mine = self.splits.setdefault(split, {})
            for name, its in columns.items():
                mine[name] = _both(mine.get(name), its, apart=False)

    def of_all(self, *, is_seen_whole: bool) -> dict[str, ColumnType] | None:
        """The types that all splits fit, by column; None where they need not be told.

        That is where some rows need `JSON`, which versions of `datasets` before 4.7 do not know,
        and the first split tells all: `is_seen_whole` says that `datasets` looks at all of it.
        """
        told = {name: _told(its) for name, its in self._whole().items()}
        if is_seen_whole and any(_holds(JSON, its) for its in told.values()):
            first = next(self.splits[split] for split in SPLITS if split in self.splits)
            found = {name: _found(its) for name, its in first.items()}
            return None if found == told else told
        return told

    def open_columns(self) -> list[str]:
        """The columns of `JSON` that hold texts, to be kept only if none is `spelled_out`."""
        return [name for name, its in self._whole().items() if _is_open(its)]

    def _whole(self) -> dict[str, ColumnType]:
        whole: dict[str, ColumnType] = {}
        for columns in (self.splits[split] for split in SPLITS if split in self.splits):
            for name, its in columns.items():
                whole[name] = _both(whole.get(name), its, apart=True)
        return whole

    def _see(self, split: str, row: Mapping[str, Any]) -> dict[str, ColumnType]:
        columns = self.splits.setdefault(split, {})
        for name, value in row.items():
            columns[name] = _with(columns.get(name), value)
        return columns


def features_of(columns: Mapping[str, ColumnType]) -> list[dict[str, Any]]:
    """The types as the head of a card has them: a `name` with `dtype`, `list` or `struct` each."""
    return [{"name": name, **_feature(its)} for name, its in columns.items()]


def spelled_out(value: Any) -> bool:
    """Whether `JSON` would take a text, or one of a list, for what it spells: `12` for a number.

    The parser of `datasets` (ujson) takes more for numbers than JSON does, as `-` and `007`.
    """
    if isinstance(value, list):
        return any(map(spelled_out, value))
    if not isinstance(value, str) or _LOOKS_LIKE_MOMENT(value):
        return False
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return _LOOKS_LIKE_NUMBER(value) is not None
    return True


def _feature(its: ColumnType) -> dict[str, Any]:
    if isinstance(its, dict):
        return {"struct": features_of(its)}
    if not isinstance(its, list):
        return {"dtype": its}
    inner = _feature(its[0])
    return {"list": inner.get("dtype") or inner.get("struct") or inner}


def _is_weighed(row: Any) -> bool:
    """Whether the messages of a plain conversation are of two kinds."""
    return type(row) is WrittenChat and any(type(m) is WeighedMessage for m in row.messages)


def _with(known: ColumnType, value: Any) -> ColumnType:
    """The type that fits what is known and one value more; what is known may be changed."""
    if known == _ANY or (known == JSON and isinstance(value, dict)):
        return known
    if isinstance(value, dict) and value:
        if isinstance(known, dict) and known.keys() == value.keys():
            for key, one in value.items():
                known[key] = _with(known[key], one)
            return known
        its: ColumnType = {key: _with(None, one) for key, one in value.items()}
    elif isinstance(value, list):
        its = known if isinstance(known, list) else [None]
        for one in value:
            its[0] = _with(its[0], one)
        if its is known:
            return known
    elif type(value) is str:
        if known == _TEXT:
            return known
        its = _MOMENT if _LOOKS_LIKE_MOMENT(value) else _TEXT
    else:
        its = _leaf(value)
    return _both(known, its, apart=False)


def _leaf(value: Any) -> str:
    if value is None:
        return _NULL
    if type(value) is int:
        return "int64" if -_INT64 <= value < _INT64 else _ANY
    return JSON if isinstance(value, dict) else _LEAVES.get(type(value), _ANY)


def _both(one: ColumnType, two: ColumnType, *, apart: bool) -> ColumnType:
    """The type that fits two; `apart` says that they are read one by one, as splits are."""
    if one is None or two is None or one == two:
        return two if one is None else one
    if _NULL in (one, two):
        return two if one == _NULL else one
    if isinstance(one, list) and isinstance(two, list):
        return [_both(one[0], two[0], apart=apart)]
    if _is_object(one) and _is_object(two):
        if JSON in (one, two) or one.keys() != two.keys():
            return JSON
        return {key: _both(its, two[key], apart=apart) for key, its in one.items()}
    if not apart and {_TEXT, _MOMENT} == {*_names(one, two)}:
        return _TEXT
    return _ANY


def _is_object(its: ColumnType) -> bool:
    return isinstance(its, dict) or its == JSON


def _names(*types: ColumnType) -> Iterator[str]:
    return (one if isinstance(one, str) else "" for one in types)


def _told(its: ColumnType) -> ColumnType:
    """A type as a card tells it.

    `JSON` takes a text for what it spells (`12`), so that an object is told as a whole where one of
    its texts could not stand as a text: beside other types, or as what looks like a moment.
    """
    if isinstance(its, list):
        return [_told(its[0])]
    if isinstance(its, dict):
        told = {key: _told(one) for key, one in its.items()}
        return JSON if any(_is_open(one) for one in its.values()) else told
    return {_MOMENT: JSON, _ANY: JSON, None: _NULL}.get(its, its)


def _is_open(its: ColumnType) -> bool:
    return _is_open(its[0]) if isinstance(its, list) else its in (_MOMENT, _ANY)


def _found(its: ColumnType) -> ColumnType:
    """A type as `datasets` finds it."""
    if isinstance(its, dict):
        return {key: _found(one) for key, one in its.items()}
    if isinstance(its, list):
        return [_found(its[0])]
    return {_MOMENT: "timestamp", _ANY: JSON, None: _NULL}.get(its, its)


def _holds(name: str, its: ColumnType) -> bool:
    """Whether a leaf of that name is somewhere in a type."""
    if isinstance(its, dict):
        return any(_holds(name, one) for one in its.values())
    return _holds(name, its[0]) if isinstance(its, list) else its == name
