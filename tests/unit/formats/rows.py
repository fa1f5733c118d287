"""One row of a file of its own, read as convert reads it."""

from typing import Any

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding, Place
from dataprep.recipe import Source
from dataprep.shapes.rows import RowRules, RowShape


def shaped(value: Any, *, line: int = 3, **recipe: Any) -> list[Example | Drop | Finding]:
    """What comes of the row."""
    return shaped_rows([value], line=line, **recipe)


def shaped_rows(
    rows: list[Any], *, line: int = 1, judge: RowRules | None = None, **recipe: Any
) -> list[Example | Drop | Finding]:
    """What comes of the rows of one file: of each its findings, then its example or its drop."""
    records = [
        Record(Place(file="rows.jsonl", line=line + n), n, value) for n, value in enumerate(rows)
    ]
    shape = RowShape(records, Source(path="rows.jsonl", **recipe), judge)
    found: list[Example | Drop | Finding] = []
    for record in records:
        made = shape(record)
        found += [*made.findings, *made.drops, *made.examples]
    return found


def example(value: Any, **recipe: Any) -> Example:
    """The example that comes of the row, and nothing else."""
    (made,) = shaped(value, **recipe)
    assert isinstance(made, Example), made
    return made
