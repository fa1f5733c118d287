"""One example as one JSON row that the recipe itself describes."""

from __future__ import annotations

import json
import re
from typing import Any

from dataprep.example import Example
from dataprep.formats.chat import conversation
from dataprep.formats.format import BuildRow, Row
from dataprep.patterns import LatePattern
from dataprep.recipe import Target
from dataprep.templates import compile_template, evaluate

_ONE_EXPRESSION = LatePattern(r"\{\{(?![-+])((?:(?!\}\}).)*)(?<![-+])\}\}", re.DOTALL)


def described_row(target: Target) -> BuildRow:
    """A row as the recipe's `fields` describe it: templates at the leaves of any structure.

    A leaf that is one expression, like "{{ spans }}", keeps its JSON type.
    """
    fields = target.fields or {}

    def build(example: Example) -> Row:
        row = _filled(fields, _fields_of(example), target.name)
        assert isinstance(row, dict)  # noqa: S101  fields is an object in the recipe's schema
        return row

    return build


def check_templates(target: Target) -> None:
    """Raise UsageError for a template of `fields` that does not parse."""
    leaves: list[tuple[str, Any]] = [(target.name, target.fields)]
    while leaves:
        name, part = leaves.pop()
        if isinstance(part, dict):
            leaves += [(f"{name}.{key}", value) for key, value in part.items()]
        elif isinstance(part, list):
            leaves += [(f"{name}[{i}]", value) for i, value in enumerate(part)]
        elif isinstance(part, str):
            compile_template(part, name)


def _fields_of(example: Example) -> dict[str, Any]:
    data = {**json.loads(example.meta), **json.loads(example.data)}
    more = data.get("of_messages", {}) if example.turns else {}
    return {
        **data,
        "data": data,
        "id": example.id,
        "input": example.input,
        "output": example.output,
        "system": example.system,
        "label": example.label,
        "shape": example.shape,
        "split": example.split,
        "file": example.file,
        "task": example.task,
        "messages": conversation(example, more),
        "annotators": json.loads(example.annotators),
    }


def _filled(part: Any, fields: dict[str, Any], name: str) -> Any:
    if isinstance(part, dict):
        return {key: _filled(value, fields, f"{name}.{key}") for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, fields, f"{name}[{i}]") for i, value in enumerate(part)]
    if not isinstance(part, str):
        return part
    if match := _ONE_EXPRESSION.fullmatch(part.strip()):
        return evaluate(match[1].strip(), fields, name)
    return compile_template(part, name)(fields)
