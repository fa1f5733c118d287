"""Preferences in TRL's fields: prompt (or none), chosen, rejected, as texts or as messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dataprep import jsonio
from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding
from dataprep.formats.chat import texts_of_messages
from dataprep.formats.example_of import broken, claimed, dropped
from dataprep.formats.format import BuildRow, Row, Texts
from dataprep.formats.preference import beside, preference_example, preference_row
from dataprep.recipe import Source, Target


def read(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """A row with chosen and rejected; without a prompt, what both begin with is asked."""
    row = claimed(record.value, source)
    violations = broken(record, "trl-preference", row)
    told = None if violations else _as_openai(row)
    violations = violations or (broken(record, "preference", told) if told else [])
    if violations:
        yield from violations
        yield dropped(record, "S001")
    elif told is None:
        yield dropped(record, "no-common-prompt")
    else:
        yield preference_example(record, source, told) or dropped(record, "several-answers")


def _as_openai(row: Row) -> Row | None:
    """The same in OpenAI's fields; None where nothing tells what was asked."""
    chosen, rejected = _said(row["chosen"], "assistant"), _said(row["rejected"], "assistant")
    asked = _said(row["prompt"], "user") if row.get("prompt") else []
    if not asked:
        asked = _common(chosen, rejected)
        chosen, rejected = chosen[len(asked) :], rejected[len(asked) :]
    if not asked:
        return None
    told = {"input": {"messages": asked, **beside(row)}}
    return {**told, "preferred_output": chosen, "non_preferred_output": rejected}


def _common(chosen: list[Row], rejected: list[Row]) -> list[Row]:
    """What both conversations begin with, short of the last turn of either."""
    shared: list[Row] = []
    for left, right in zip(chosen[:-1], rejected[:-1], strict=False):
        if left != right:
            break
        shared.append(left)
    return shared


def _said(given: Any, role: str) -> list[Row]:
    return [{"role": role, "content": given}] if isinstance(given, str) else list(given)


def texts(row: Row) -> Texts:
    for name in ("prompt", "chosen", "rejected"):
        value = row.get(name)
        if isinstance(value, str):
            yield name, value
        elif value:
            yield from texts_of_messages(name, value)


def halves(row: Row) -> tuple[bytes, bytes]:
    asked = jsonio.canonical(row["prompt"]) if row.get("prompt") else b""
    return asked, jsonio.canonical([row["chosen"], row["rejected"]])


def trl_preference_row(target: Target) -> BuildRow:
    """The same as TRL's trainers read it: prompt, chosen, rejected, each a list of messages."""
    openai = preference_row(target)

    def build(example: Example) -> Row:
        row = openai(example)
        asked = row["input"]
        return {
            "prompt": asked.pop("messages"),
            "chosen": row["preferred_output"],
            "rejected": row["non_preferred_output"],
            **asked,
        }

    return build
