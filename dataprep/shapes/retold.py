"""Rows of LLaMA-Factory's two formats, Alpaca and ShareGPT, told as the conversations they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding
from dataprep.recipe import Source
from dataprep.shapes import messages
from dataprep.shapes.making import dropped
from dataprep.shapes.pairs import broken, claimed

_ROLES = {
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
    "model": "assistant",
    "system": "system",
}

Row = dict[str, Any]


def alpaca(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """The history, then the instruction with its input below it, then the output."""
    return _retold(record, source, "alpaca", _alpaca)


def sharegpt(
    record: Record, source: Source, *, seed: int = 0
) -> Iterator[Example | Drop | Finding]:
    """The turns under their system message; calls of tools have no ids here, and are dropped."""
    return _retold(record, source, "sharegpt", _sharegpt)


def _retold(
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
        chat = msgspec.structs.replace(record, value={**own, "messages": told})
        yield from messages.shape(chat, source)


def _alpaca(row: Row) -> list[Row]:
    asked = "\n\n".join(filter(str.strip, (row["instruction"], row.get("input") or "")))
    said = [turn for pair in row.get("history") or () for turn in pair]
    turns = [*said, asked, row["output"]]
    roles = ("user", "assistant")
    told = [{"role": roles[n % 2], "content": text} for n, text in enumerate(turns)]
    return _under(row.get("system"), told)


def _sharegpt(row: Row) -> list[Row] | None:
    said = row["conversations"]
    if row.get("tools") or any(turn["from"] not in _ROLES for turn in said):
        return None
    told = [{"role": _ROLES[turn["from"]], "content": turn["value"]} for turn in said]
    return _under(row.get("system"), told)


def _under(system: str | None, told: list[Row]) -> list[Row]:
    return [{"role": "system", "content": system}, *told] if system else told
