"""The fields of a task's data, which may lie deeper: `turns[0].text`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MISSING = object()
"""Stands for the value of a field that is not there."""

_STEPS = re.compile(r"[^.\[\]]+")


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """The value of a field, or MISSING."""
    if path in data:
        return data[path]
    value: Any = data
    for step in _STEPS.findall(path):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return MISSING
    return value
