"""Rows that are already pairs: `prompt` and `completion`, taken as they are."""

from __future__ import annotations

from collections.abc import Iterator

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding
from dataprep.formats.example_of import broken, claimed, dropped, example
from dataprep.formats.format import BuildRow, Row
from dataprep.recipe import Source, Target

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


def halves(row: Row) -> tuple[bytes, bytes]:
    return row["prompt"].strip().encode(), row["completion"].strip().encode()


def pair_row(_: Target) -> BuildRow:
    """Prompt and completion; a system message, and what was said before, stand in the prompt."""

    def build(example: Example) -> Row:
        if example.turns:
            from dataprep.tokens import render_pair

            pair = render_pair(example)
            return {"prompt": pair.input, "completion": pair.target}
        prompt = f"{example.system}\n\n{example.input}" if example.system else example.input
        return {"prompt": prompt, "completion": example.output}

    return build
