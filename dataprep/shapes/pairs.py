"""Rows that are already pairs: `prompt` and `completion`, taken as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from dataprep import rules
from dataprep.contracts import contract
from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding
from dataprep.recipe import Source
from dataprep.shapes.making import dropped, example

PAIR = frozenset({"prompt", "completion"})


def shape(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """The pair of the row; columns that the recipe names for strata or groups may stand by it.

    A row that breaks the schema `prompt-completion` gives a finding S001 a violation.
    """
    row = claimed(record.value, source)
    if violations := broken(record, "prompt-completion", row):
        yield from violations
        yield dropped(record, "S001")
        return
    others = {key: value for key, value in record.value.items() if key not in PAIR}
    pair = (row["prompt"], row["completion"])
    yield example(record, source, "pairs", pair, fields=record.value, data=others)


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
        rules.found(
            "S001",
            f"{v.path or 'the row'} {v.message}",
            msgspec.structs.replace(record.place, path=v.path),
        )
        for v in held_to.violations(row)
    ]
