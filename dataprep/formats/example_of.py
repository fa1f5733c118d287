"""What was read of a row becomes an example; and what all ways to an example share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dataprep import jsonio
from dataprep.example import INSTRUCTING, Example, Message, Record, Turn, content_id
from dataprep.finding import Drop, Place, excerpt
from dataprep.formats import chat, columns, pair
from dataprep.formats.choices import ColumnChoices
from dataprep.formats.format import Reading, ReadingKind, Row, RowFormat, RowRead
from dataprep.formats.given_splits import split_of
from dataprep.formats.reinforcement import answer_of
from dataprep.templates import compile_template

if TYPE_CHECKING:
    from dataprep.recipe import Source

_SHAPES: dict[ReadingKind, str] = {
    "chat": "messages",
    "pair": "columns",
    "preference": "preference",
    "feedback": "feedback",
    "reinforcement": "reinforcement",
    "text": "plain",
}
_PLAIN = {"role", "content"}


def choices_of(source: Source) -> ColumnChoices:
    """What the recipe says of the columns of a file."""
    return ColumnChoices(
        prompt=source.prompt,
        completion=source.completion,
        system=source.system,
        approved=source.approved,
        unjudged=source.unjudged,
        text=source.text,
        label=source.label,
        group=source.group,
        strata=source.strata,
        split=source.split_by,
        carry=frozenset(source.carry),
        leave_out=frozenset(source.leave_out),
    )


def example_of(record: Record, read: RowRead, source: Source) -> Example:
    """The example of a row that was read without a fault."""
    reading, form = read.reading, read.form
    assert reading is not None and form is not None  # noqa: S101  the caller looks for faults
    value: Row = record.value
    shape = _shape(reading, form)
    messages = reading.messages
    answer = _answer(reading)
    at = chat.last_answer(messages)
    asked = messages if reading.kind == "reinforcement" or at < 0 else messages[:at]
    question = _question(asked)
    first = messages[0] if messages else {}
    example = Example(
        id=content_id(reading.kind, canonical(_identity(reading, source))),
        file=record.place.file,
        line=record.place.line,
        shape=shape,
        input=chat.text_of(question) if question else "",
        output=answer,
        system=chat.text_of(first) if first.get("role") in INSTRUCTING else None,
        label=named(value, _label(read, source)),
        group=named(value, source.group),
        split=_split(value, source.split_by),
        weight=reading.weight,
        data=canonical(_data(reading, read, value)),
        meta=canonical(carried) if (carried := _carried(reading)) else "{}",
    )
    if reading.rejected is not None:
        example.rejected = chat.text_of(reading.rejected[0])
    if reading.kind == "feedback" and not reading.verdict:
        example.shape, example.output, example.rejected = "disapproved", "", answer
    if not _is_pair(reading):
        example.turns = _turns(reading, answer)
    return example


def _carried(reading: Reading) -> Row:
    """What is kept with an example; of an answer that was not approved, what stands beside it."""
    if reading.kind != "feedback" or reading.verdict:
        return reading.carried
    at = chat.last_answer(reading.messages)
    beside = {k: v for k, v in reading.messages[at].items() if k not in _PLAIN}
    return {**reading.carried, **{f"messages[{at}].{key}": v for key, v in beside.items()}}


def _question(messages: Sequence[Message]) -> Message | None:
    """The last message of a user."""
    for message in reversed(messages):
        if message["role"] == "user":
            return message
    return None


def _shape(reading: Reading, form: RowFormat) -> str:
    if reading.kind == "pair" and not _is_approved(reading) and form.name == pair.NAME:
        return "pairs"
    return _SHAPES["feedback" if _is_approved(reading) else reading.kind]


def _is_approved(reading: Reading) -> bool:
    """Whether somebody approved the one answer that there is."""
    return reading.verdict is True and reading.kind in ("pair", "chat")


def _identity(reading: Reading, source: Source) -> Any:
    """What makes an example itself: all that its row says, whatever its spelling."""
    said: Row = {"messages": reading.messages}
    if reading.rejected:
        said["rejected"] = reading.rejected
    if reading.item:
        said["item"] = reading.item
    if reading.beside:
        said["beside"] = reading.beside
    if reading.carried:
        said["carried"] = reading.carried
    if reading.verdict is not None or reading.weight != 1:
        said["worth"] = [reading.verdict, reading.weight]
    if source.prompt or source.completion or source.system:
        said["templates"] = [t for t in (source.prompt, source.completion, source.system) if t]
    return said


def _label(read: RowRead, source: Source) -> str | None:
    """The column of the stratum: the user's, else an answer that is called a label."""
    if source.label is not None:
        return source.label
    uses = read.reading.uses if read.reading else {}
    for key, use in uses.items():
        if use == "answer" and key.casefold() == "label":
            return key
    return None


def _split(row: Row, column: str | None) -> str | None:
    """The split that a column gives; None where it gives none."""
    value = row.get(column) if column else None
    return None if column is None or value is None else split_of(column, value)


def _answer(reading: Reading) -> str:
    """What is answered, as a text; where nothing is said, what is called, as JSON, or a refusal."""
    if reading.kind == "reinforcement":
        return answer_of(reading.item or {})
    at = chat.last_answer(reading.messages)
    if at < 0:
        return ""
    message = reading.messages[at]
    if text := chat.text_of(message):
        return text
    for key in ("tool_calls", "function_call"):
        if key in message:
            return canonical(message[key])
    return message.get("refusal") or ""


def _is_pair(reading: Reading) -> bool:
    """Whether there is a question, perhaps under a system message, its answer, and no more."""
    if reading.beside or reading.kind == "chat":
        return False
    messages = reading.messages
    if reading.kind == "reinforcement":
        return not reading.item and _are_plain(messages)
    return _are_plain(messages[:-1]) and messages[-1].keys() == _PLAIN


def _are_plain(messages: Sequence[Message]) -> bool:
    roles = [m["role"] for m in messages]
    return roles in (["user"], ["system", "user"]) and all(
        m.keys() == _PLAIN and isinstance(m["content"], str) for m in messages
    )


def _turns(reading: Reading, answer: str) -> list[Turn]:
    """The conversation; of an item its reference is the last turn, a bad answer is none."""
    messages = reading.messages
    if reading.kind == "feedback" and not reading.verdict:
        messages = messages[: chat.last_answer(messages)]
    turns = [*map(chat.turn, messages)]
    if reading.kind == "reinforcement":
        turns.append(Turn(role="assistant", content=answer))
    return turns


def _data(reading: Reading, read: RowRead, row: Row) -> Row:
    """What templates may use: the columns that were used, and what stands beside messages."""
    data: Row = {}
    if read.form is not None and read.form.name == columns.NAME:
        data.update((key, row[key]) for key in reading.uses if key in row)
    data.update(reading.beside)
    if reading.item is not None:
        data["item"] = reading.item
    if rest := chat.of_messages(reading.messages):
        data["of_messages"] = rest
    return data


# What all ways to an example share.


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
