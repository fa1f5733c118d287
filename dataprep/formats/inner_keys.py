"""Keys inside the messages of a row that the user carries along or leaves out: messages[].name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from dataprep import jsonio
from dataprep.formats.choices import ColumnChoices
from dataprep.formats.format import Row
from dataprep.formats.literals import from_cell

_INSIDE = "[]."


class Stripped(NamedTuple):
    """A row without such keys; those that were in it, with a value a message, and by name alone."""

    row: Row
    carried: Row
    left_out: tuple[str, ...]


class InnerKeys:
    """Takes the keys inside messages that the user names out of rows, before a format reads them.

    A path names a key of every object of a list: `messages[].name`, `chosen[].weight`,
    `contents[].parts[].thoughtSignature`.
    """

    def __init__(self, choices: ColumnChoices) -> None:
        self._carry = sorted(path for path in choices.carry if _INSIDE in path)
        self._leave_out = sorted(path for path in choices.leave_out if _INSIDE in path)

    def strip(self, row: Row) -> Stripped:
        """The row without them; itself where the user names none."""
        if not (self._carry or self._leave_out):
            return Stripped(row, {}, ())
        bare: Row = jsonio.copied(row)
        taken = {path: _taken(bare, path) for path in (*self._carry, *self._leave_out)}
        carried = {path: taken[path] for path in self._carry if taken[path]}
        return Stripped(bare, carried, tuple(path for path in self._leave_out if taken[path]))


def _taken(row: Row, path: str) -> list[Any]:
    """Remove the key that a path names from a row; its values, one a message, or nothing."""
    first, *steps = path.split(_INSIDE)
    holder, name = _holder(row, first)
    said = holder.get(name)
    values = from_cell(said) if isinstance(said, str) else said
    found = [_from(value, steps) for value in _objects(values)]
    if all(value is None for value in found):
        return []
    if isinstance(said, str):
        holder[name] = json.dumps(values, ensure_ascii=False)
    return found


def _from(value: Any, steps: Sequence[str]) -> Any:
    """Remove the key at the end of some steps from a value; what stood there."""
    if not isinstance(value, dict):
        return None
    holder, name = _holder(value, steps[0])
    if len(steps) == 1:
        return holder.pop(name, None)
    found = [_from(inner, steps[1:]) for inner in _objects(holder.get(name))]
    return None if all(one is None for one in found) else found


def _holder(value: Row, name: str) -> tuple[Row, str]:
    """The object that holds a key, and the key: a name with dots may be a path of several."""
    outer, dot, rest = name.partition(".")
    inner = value.get(outer)
    if name not in value and dot and isinstance(inner, dict):
        return _holder(inner, rest)
    return value, name


def _objects(value: Any) -> list[Any]:
    """The values of a list; one object is a list of itself."""
    return [value] if isinstance(value, dict) else value if isinstance(value, list) else []
