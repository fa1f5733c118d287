"""Rows that ask, and are judged: preferences, in OpenAI's or TRL's fields, and grader's items.

What is asked is kept in turns where it is more than a question under an instruction; the last
turn is the answer: the better one, or what the grader compares with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dataprep.example import Example, Record, Turn, content_id
from dataprep.finding import Drop, Finding
from dataprep.recipe import Source
from dataprep.shapes.making import as_text, canonical, dropped, named
from dataprep.shapes.messages import Message, of_messages, text_of, turn
from dataprep.shapes.pairs import broken, claimed

REFERENCE = "reference_answer"
"""The grader's key that holds the right answer, where an item has it."""

_BESIDE = ("tools", "parallel_tool_calls", "functions")
_INSTRUCTING = ("system", "developer")
_PLAIN = {"role", "content"}

Row = dict[str, Any]


def preference(
    record: Record, source: Source, *, seed: int = 0
) -> Iterator[Example | Drop | Finding]:
    """A row with input, preferred_output and non_preferred_output; a bad one gives S001."""
    row = claimed(record.value, source)
    if violations := broken(record, "preference", row):
        yield from violations
        yield dropped(record, "S001")
        return
    yield _preference(record, source, row) or dropped(record, "several-answers")


def trl(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
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
        yield _preference(record, source, told) or dropped(record, "several-answers")


def reinforcement(
    record: Record, source: Source, *, seed: int = 0
) -> Iterator[Example | Drop | Finding]:
    """An item that ends with a question; what it says to the grader is the answer.

    That is its `reference_answer`, else all of its keys for the grader, as JSON.
    """
    row = claimed(record.value, source)
    if violations := broken(record, "reinforcement", row):
        yield from violations
        yield dropped(record, "S001")
        return
    messages = row["messages"]
    item = {key: value for key, value in row.items() if key not in ("messages", *_BESIDE)}
    answer = as_text(item.get(REFERENCE, item))
    data = {"item": item, **_beside(row)}
    if rest := of_messages(messages):
        data["of_messages"] = rest
    yield _asked(record, source, messages, answer, shape="reinforcement", row=row, data=data)


def _preference(record: Record, source: Source, row: Row) -> Example | None:
    asked, better, worse = row["input"], row["preferred_output"], row["non_preferred_output"]
    if len(better) != 1 or len(worse) != 1:
        return None
    made = _asked(
        record,
        source,
        asked["messages"],
        better[0]["content"],
        shape="preference",
        row=row,
        data=_beside(asked),
    )
    made.rejected = worse[0]["content"]
    return made


def _asked(
    record: Record,
    source: Source,
    messages: Sequence[Message],
    answer: str,
    *,
    shape: str,
    row: Row,
    data: Row,
) -> Example:
    turns: list[Turn] = []
    if data or not _is_plain(messages):
        turns = [*map(turn, messages), Turn(role="assistant", content=answer)]
    first = messages[0]
    question = next((m for m in reversed(messages) if m["role"] == "user"), None)
    own = {
        name: record.value[name] for name in (source.label, source.group) if name in record.value
    }
    return Example(
        id=content_id(shape, canonical(row)),
        file=record.place.file,
        line=record.place.line,
        shape=shape,
        input=text_of(question) if question else "",
        output=answer,
        system=text_of(first) if first["role"] in _INSTRUCTING else None,
        label=named(record.value, source.label),
        group=named(record.value, source.group),
        data=canonical({**own, **data}),
        turns=turns,
    )


def _is_plain(messages: Sequence[Message]) -> bool:
    """Whether there is a question, perhaps under a system message, and no more."""
    roles = [m["role"] for m in messages]
    return roles in (["user"], ["system", "user"]) and all(
        m.keys() == _PLAIN and isinstance(m["content"], str) for m in messages
    )


def _beside(row: Row) -> Row:
    return {key: row[key] for key in _BESIDE if key in row}


def _as_openai(row: Row) -> Row | None:
    """The same in OpenAI's fields; None where nothing tells what was asked."""
    chosen, rejected = _said(row["chosen"], "assistant"), _said(row["rejected"], "assistant")
    asked = _said(row["prompt"], "user") if row.get("prompt") else []
    if not asked:
        asked = _common(chosen, rejected)
        chosen, rejected = chosen[len(asked) :], rejected[len(asked) :]
    if not asked:
        return None
    told = {"input": {"messages": asked, **_beside(row)}}
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
