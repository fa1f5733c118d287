"""What all readers of rows share: the example, the drop, the row without our columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dataprep import jsonio
from dataprep.contracts import contract
from dataprep.example import Example, Record, content_id
from dataprep.finding import Drop, Finding, Place, excerpt
from dataprep.recipe import Source
from dataprep.rules import found
from dataprep.templates import compile_template


def example(
    record: Record,
    source: Source,
    shape: str,
    pair: tuple[str, str],
    *,
    fields: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    label: str | None = None,
    place: Place | None = None,
) -> Example:
    """An example from a pair of prompt and completion as found.

    The recipe's templates, where given, write it anew from `fields`, or from `input` and
    `output`. The id is a hash of the shape, the pair and `data`, and says nothing of the file.
    """
    row = record.value if isinstance(record.value, dict) else {}
    known = {"input": pair[0], "output": pair[1], **(fields or {})}
    apart = {key: value for key, value in (data or {}).items() if key != "file"}
    return Example(
        id=content_id(shape, *pair, canonical(apart)),
        file=record.place.file,
        line=(place or record.place).line,
        shape=shape,
        input=render(source.prompt, known, "prompt") if source.prompt else pair[0],
        output=render(source.completion, known, "completion") if source.completion else pair[1],
        system=render(source.system, known, "system") if source.system else None,
        label=named(row, source.label or label),
        group=named(row, source.group),
        data=canonical(data or {}),
    )


def render(template: str, fields: Mapping[str, Any], name: str) -> str:
    """The text of one template of the recipe."""
    return compile_template(template, name)(fields)


def named(row: Mapping[str, Any], column: str | None) -> str | None:
    """The value of a column as text, for strata and groups; None where there is none."""
    value = row.get(column) if column else None
    return None if value is None else as_text(value)


def as_text(value: Any) -> str:
    """A JSON value as a person would write it: text as it is, all else as JSON."""
    return value if isinstance(value, str) else canonical(value)


def canonical(value: Any) -> str:
    """The one spelling of a JSON value, as text."""
    return jsonio.canonical(value).decode()


def dropped(record: Record, reason: str, detail: str = "") -> Drop:
    """The record that gives no example."""
    return Drop(unit="record", reason=reason, place=record.place, detail=excerpt(detail))


def claimed(value: Any, source: Source) -> Any:
    """The row without the columns that the recipe names: those are ours, not the format's."""
    ours = {source.label, source.group}
    if not isinstance(value, dict) or not ours & value.keys():
        return value
    return {key: item for key, item in value.items() if key not in ours}


def broken(record: Record, schema: str, row: Any) -> list[Finding]:
    """One finding S001 for each place where a row breaks the schema; none for a good row."""
    held_to = contract(schema)
    if held_to.accepts(row):
        return []
    return [
        found(
            "S001",
            f"{v.path or 'the row'} {v.message}",
            msgspec.structs.replace(record.place, path=v.path),
        )
        for v in held_to.violations(row)
    ]
