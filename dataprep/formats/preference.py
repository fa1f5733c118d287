"""Preferences in OpenAI's fields: input, preferred_output, non_preferred_output.

What is asked is kept in turns where it is more than a question under an instruction; the last
turn is the answer that was preferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dataprep import jsonio
from dataprep.example import Example, Record, Turn, content_id
from dataprep.finding import Drop, Finding
from dataprep.formats.chat import (
    BESIDE,
    Message,
    chat_row,
    text_of,
    texts_of_messages,
    turn,
)
from dataprep.formats.example_of import broken, canonical, claimed, dropped, named
from dataprep.formats.format import BuildRow, Row, Texts
from dataprep.recipe import Source, Target

_INSTRUCTING = ("system", "developer")
_PLAIN = {"role", "content"}

WITHOUT_REJECTED = (
    *("classification", "spans", "generation", "taxonomy", "rating", "number", "datetime"),
    *("structured", "chat", "messages", "pairs", "columns", "qa", "sections"),
    *("continuation", "denoising", "plain", "chunk", "reinforcement"),
)
"""The shapes that say what is right, and not what is worse."""


def preference(
    record: Record, source: Source, *, seed: int = 0
) -> Iterator[Example | Drop | Finding]:
    """A row with input, preferred_output and non_preferred_output; a bad one gives S001."""
    row = claimed(record.value, source)
    if violations := broken(record, "preference", row):
        yield from violations
        yield dropped(record, "S001")
        return
    yield preference_example(record, source, row) or dropped(record, "several-answers")


def preference_example(record: Record, source: Source, row: Row) -> Example | None:
    asked, better, worse = row["input"], row["preferred_output"], row["non_preferred_output"]
    if len(better) != 1 or len(worse) != 1:
        return None
    made = asked_example(
        record,
        source,
        asked["messages"],
        better[0]["content"],
        shape="preference",
        row=row,
        data=beside(asked),
    )
    made.rejected = worse[0]["content"]
    return made


def asked_example(
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


def beside(row: Row) -> Row:
    return {key: row[key] for key in BESIDE if key in row}


def texts(row: Row) -> Texts:
    yield from texts_of_messages("input.messages", row["input"]["messages"])
    yield from texts_of_messages("preferred_output", row["preferred_output"])
    yield from texts_of_messages("non_preferred_output", row["non_preferred_output"])


def halves(row: Row) -> tuple[bytes, bytes]:
    both = [row["preferred_output"], row["non_preferred_output"]]
    return jsonio.canonical(row["input"]), jsonio.canonical(both)


def preference_row(target: Target) -> BuildRow:
    """What is asked, the answer that was chosen, and the one that was rejected.

    The names are those that the platform takes: its OpenAPI document calls them otherwise.
    """
    chat = chat_row(target)

    def build(example: Example) -> Row:
        if not example.turns:
            asked: Row = {"messages": asked_messages(example, target.system)}
        else:
            asked = chat(example)
            del asked["messages"][-1]
        return {
            "input": asked,
            "preferred_output": [_answer(example.output)],
            "non_preferred_output": [_answer(example.rejected or "")],
        }

    return build


def asked_messages(example: Example, system: str | None) -> list[Row]:
    messages = [{"role": "user", "content": example.input}]
    said = example.system if example.system is not None else system
    if said is not None:
        messages.insert(0, {"role": "system", "content": said})
    return messages


def _answer(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}
