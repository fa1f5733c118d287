"""What stands in a cell of a table, as a text; a list or an object is none unasked."""

from __future__ import annotations

from typing import Any

from dataprep import jsonio
from dataprep.finding import excerpt
from dataprep.formats.flags import (
    IN_THE_RECIPE,
    column_flag,
    is_nameable,
    template_flag,
    variable,
    with_filter,
)
from dataprep.formats.format import Row, Unreadable
from dataprep.formats.meanings import meaning_of


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
    """The flags whose templates write a list or an object out."""
    if not is_nameable(name):
        return f"Say how it is written out, under {flag} in a recipe: its name is long."
    ways = ", or ".join(template_flag(flag, way) for way in ways_to_write(name, row))
    return f"Say how it is written out: {ways}."


def written_above(name: str, row: Row, asked: str) -> str:
    """The flags that put a list or an object above the question, or set it aside."""
    if not is_nameable(name):
        return f"{IN_THE_RECIPE}."
    below = variable(asked, row)
    ways = (f"{way}\n\n{below}" for way in ways_to_write(name, row))
    flags = ", or ".join(template_flag("prompt", way) for way in ways)
    return f"Say how it is written out: {flags}. Or else: {set_aside(name)}"


def as_it_stands(name: str, row: Row, asked: str) -> str:
    """The flags that put a text above the question as it stands, or set it aside."""
    if not is_nameable(name):
        return f"{IN_THE_RECIPE}."
    whole = f"{variable(name, row)}\n\n{variable(asked, row)}"
    return f"As it stands: {template_flag('prompt', whole)}. Or else: {set_aside(name)}"


def set_aside(name: str) -> str:
    """The flags that keep a column out of what is learned."""
    carry, leave = column_flag("carry", name), column_flag("leave-out", name)
    return f"Carry it along: {carry}; or leave it out: {leave}."


def ways_to_write(name: str, row: Row) -> list[str]:
    """The templates that write a list or an object out: whole, and one text of it."""
    value, own = row[name], variable(name, row)
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return [with_filter(own, "join('; ')")]
    one = _first_text(value)
    inner = own.removesuffix(" }}")
    return [with_filter(own, "tojson"), *([f"{inner}{one} }}}}"] if one else [])]


def _first_text(value: Any) -> str:
    """Where the first text that says something stands in a value, as a template reads it."""
    if isinstance(value, list):
        inside = _first_text(value[0]) if value and isinstance(value[0], dict) else ""
        return f"[0]{inside}" if inside else ""
    texts = (key for key, inside in value.items() if isinstance(inside, str) and inside.strip())
    told = (key for key in texts if key.isidentifier() and meaning_of(key) is None)
    key = next(told, None)
    return f".{key}" if key is not None else ""


def scalar(value: Any) -> str:
    """A number or a truth as JSON has it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)  # pandas writes whole numbers as 1.0 where some are missing
    return jsonio.canonical(value).decode()


def kind_of(value: Any) -> str:
    """What a list, an object or a text is called."""
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"
