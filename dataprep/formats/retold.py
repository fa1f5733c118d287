"""Rows that are told anew as the conversations that they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding
from dataprep.formats import chat
from dataprep.formats.example_of import broken, claimed, dropped
from dataprep.formats.format import Row
from dataprep.recipe import Source


def retold(
    record: Record, source: Source, schema: str, tell: Callable[[Row], list[Row] | None]
) -> Iterator[Example | Drop | Finding]:
    row = claimed(record.value, source)
    if violations := broken(record, schema, row):
        yield from violations
        yield dropped(record, "S001")
    elif (told := tell(row)) is None:
        yield dropped(record, "tool-calls")
    else:
        own = {n: record.value[n] for n in (source.label, source.group) if n in record.value}
        said = msgspec.structs.replace(record, value={**own, "messages": told})
        yield from chat.shape(said, source)


def under(system: str | None, told: list[Row]) -> list[Row]:
    return [{"role": "system", "content": system}, *told] if system else told
