"""What stands in a cell of a table, as a text; a list or an object is none unasked."""

from __future__ import annotations

from typing import Any

from dataprep import jsonio
from dataprep.finding import excerpt
from dataprep.formats.format import Row, Unreadable
from dataprep.formats.templating import variable


def text_of(row: Row, name: str, flag: str = "prompt") -> str:
    """A value as text; a list or an object is none."""
    value = row.get(name)
    if isinstance(value, list | dict):
        words = f"{excerpt(name)} is {kind_of(value)}, which is not written out as a text unasked"
        raise Unreadable("S004", name, words, written_out(name, row, flag))
    if value is None:
        raise Unreadable("S001", name, f"{name} is missing or null")
    return value if isinstance(value, str) else scalar(value)


def written_out(name: str, row: Row, flag: str) -> str:
    """The flag whose template writes a list or an object out."""
    value = row[name]
    texts = isinstance(value, list) and all(isinstance(v, str) for v in value)
    how = "join('; ')" if texts else "tojson"
    inner = variable(name, row).removesuffix(" }}")
    return f'Say how it is written out: --{flag} "{inner} | {how} }}}}".'


def scalar(value: Any) -> str:
    """A number or a truth as JSON has it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)  # pandas writes whole numbers as 1.0 where some are missing
    return jsonio.canonical(value).decode()


def kind_of(value: Any) -> str:
    """What a list or an object is called."""
    return "a list" if isinstance(value, list) else "an object"
