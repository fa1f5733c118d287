"""The fields of a task's data, which may lie deeper: `turns[0].text`.

What an object shows may also be put together of several: `$title: $body`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dataprep.patterns import LatePattern

MISSING = object()
"""Stands for the value of a field that is not there."""

_STEPS = LatePattern(r"[^.\[\]]+")


VARIABLE = LatePattern(r"\$([A-Za-z_][\w\[\]]*(?:\.[\w\[\]]+)*)")
"""A field in a text of the labeling config."""


def is_mixed(field: str) -> bool:
    """Whether that which is shown is a text with fields in it, and no field."""
    return "$" in field


def fields_in(field: str) -> tuple[str, ...]:
    """The fields of which that which is shown is put together: often itself."""
    return tuple(dict.fromkeys(VARIABLE.findall(field))) if is_mixed(field) else (field,)


def steps_of(path: str) -> list[str]:
    """The keys and indices of which the path of a field is made: `turns[0].text` has three."""
    return _STEPS.findall(path)


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """The value of a field, or MISSING; of a text with fields in it, the text with their values."""
    if path in data:
        return data[path]
    if is_mixed(path):
        return _mixed(data, path)
    value: Any = data
    for step in steps_of(path):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return MISSING
    return value


def _mixed(data: Mapping[str, Any], text: str) -> Any:
    if text[1:] in data:  # the name of a field that no editor would find
        return data[text[1:]]
    values = {name: value_at(data, name) for name in fields_in(text)}
    if any(value is MISSING for value in values.values()):
        return MISSING
    if not all(isinstance(value, str | int | float) for value in values.values()):
        return None
    return VARIABLE.sub(lambda found: str(values[found[1]]), text)
