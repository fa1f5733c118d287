"""What a row format is, and what reading a row gives: the words of a chat, whatever the format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from dataprep.example import Example, Message
from dataprep.finding import Fault

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

Row = dict[str, Any]

LOOKED_AT = 200
"""Rows of a file that decide its format, and what is the same in all of them."""

BuildRow = Callable[[Example], Row]
BuildRows = Callable[[Example], list[Row]]
"""For a target of which one example is several rows."""
ReadingKind = Literal["chat", "pair", "preference", "feedback", "reinforcement", "text"]


class NotTaken(Exception):
    """The reader of the target does not take such an example; it is dropped by this reason."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Unreadable(Exception):
    """A row keeps its schema and cannot be read all the same: a rule is broken at a path."""

    def __init__(self, code: str, path: str, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.fault = Fault(code, path, message, remedy)


class Piece(NamedTuple):
    """A text that somebody wrote, and its JSON path in the row."""

    path: str
    text: str
    role: str


@dataclass(slots=True, kw_only=True)
class Reading:
    """What one row says.

    `messages` are what is asked and, last, what is answered: of a preference the better answer,
    `rejected` being the worse one; of an item for a grader there is no answer. `verdict` says
    whether the answer was approved, None that nobody judged it. `beside` holds what a chat has
    beside its messages (tools), `item` the grader's keys. `uses` names each key of the row that
    was used, and as what; a path like messages[].timestamp stands for a key inside. `places` maps
    a path in the words of a chat to the path in the row, `pieces` are all texts in the order of
    the row.
    `replaced` are the columns in whose place the user's template stands, which does not read them.
    `unjudged` are the paths of `carried` that the format defines itself, and that are no verdict.
    """

    kind: ReadingKind
    messages: list[Message]
    rejected: list[Message] | None = None
    verdict: bool | None = None
    weight: float = 1.0
    beside: Row = field(default_factory=dict)
    item: Row | None = None
    uses: dict[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    pieces: list[Piece] | None = None
    carried: Row = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    replaced: frozenset[str] = frozenset()
    unjudged: frozenset[str] = frozenset()

    @property
    def answer(self) -> str | None:
        """The text of the answer; None where there is none, or it is no text."""
        last = self.messages[-1] if self.messages else {}
        content = last.get("content") if last.get("role") == "assistant" else None
        return content if isinstance(content, str) else None


@dataclass(frozen=True, slots=True)
class RowFormat:
    """One format of fine-tuning rows; its schema in schemas/ has its `name`.

    `recognise` tells a row by its keys and their types. `tidy` gives the row as the schema wants
    it, and names each spelling that it mended by the rule whose safe fix it is. `read` takes a
    tidy row that keeps the schema, and raises Unreadable. `title` is for people. `uses_any` says
    that the format gives a meaning to any key, so that none is metadata; `writes` that a target
    of its name writes such rows.
    """

    name: str
    title: str
    recognise: Callable[[Row], bool]
    read: Callable[[Row], Reading]
    tidy: Callable[[Row], tuple[Row, list[Fault]]]
    uses_any: bool = False
    writes: bool = False


@dataclass(slots=True)
class RowRead:
    """What came of one row: its reading, and what is wrong with it or was mended in it.

    `reason` says why a sound row gives no example. `keys` says what became of each key.
    """

    form: RowFormat | None
    reading: Reading | None = None
    row: Row = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    mended: list[Fault] = field(default_factory=list)
    reason: str = ""
    keys: dict[str, str] = field(default_factory=dict)


class Plain(NamedTuple):
    """Rows that are text alone, sound but for what a watch finds, as columns.

    They stand in one file, in `lines`. `asked` is all that was said before the answer, turn by
    turn, `before` the same as texts alone, with line breaks between them. `content` are the texts
    of all rows, one after the other, with the answer last in each; of those, row i has `counts[i]`.
    """

    lines: np.ndarray
    asked: pl.Series
    before: pl.Series
    answers: pl.Series
    content: pl.Series
    counts: np.ndarray

    def texts(self) -> Iterator[list[str]]:
        """What was said in each row, with the answer last."""
        content: list[str] = self.content.to_list()
        end = 0
        for count in self.counts.tolist():
            start, end = end, end + count
            yield content[start:end]

    def halves(self) -> Iterator[tuple[int, str, str]]:
        """Of each row its line, what is asked, and the answer."""
        return zip(self.lines.tolist(), self.asked.to_list(), self.answers.to_list(), strict=True)


def without_nulls(row: Row) -> tuple[Row, list[Fault]]:
    """The row without keys that are null: Arrow writes them where a row has no such key."""
    if None not in row.values():
        return row, []
    return {key: value for key, value in row.items() if value is not None}, []


def without_deep_nulls(row: Row) -> tuple[Row, list[Fault]]:
    """The same at any depth, but in somebody's JSON: of a format whose parts are of many kinds."""
    return _without_nulls(row), []


_AS_IT_IS = ("tools", "input_schema", "parameters", "parametersJsonSchema", "args", "arguments")
"""Keys whose values are somebody's JSON, in which a null may mean something."""


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        if not any(inner is None or type(inner) in (dict, list) for inner in value.values()):
            return value
        return {
            key: inner if key in _AS_IT_IS else _without_nulls(inner)
            for key, inner in value.items()
            if inner is not None
        }
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def pieces_of(reading: Reading) -> Iterator[Piece]:
    """The texts that a person or a model wrote: contents, thoughts, refusals, arguments."""
    if reading.pieces is not None:
        yield from reading.pieces
        return
    yield from message_pieces("messages", reading.messages)


def insert_system(reading: Reading, text: str, place: str) -> None:
    """Put a system message before a conversation; all places move.

    It stands at `place` in the row.
    """
    reading.pieces = [*pieces_of(reading)]
    moved = {}
    for path, where in reading.places.items():
        match = re.match(r"messages\[(\d+)\](.*)", path)
        moved[f"messages[{int(match[1]) + 1}]{match[2]}" if match else path] = where
    if not reading.places:
        for number in range(len(reading.messages)):
            moved[f"messages[{number + 1}]"] = f"messages[{number}]"
    moved["messages[0]"] = moved["messages[0].content"] = place
    reading.places = moved
    reading.messages = [{"role": "system", "content": text}, *reading.messages]


def message_pieces(path: str, messages: Sequence[Message]) -> Iterator[Piece]:
    """The same for messages in OpenAI's form that stand in the row as they are.

    They may be unproven: what is no text there is none.
    """
    for index, message in objects_of(messages):
        role = message.get("role")
        for inside, text in _texts_of(message):
            yield Piece(f"{path}[{index}].{inside}", text, role if isinstance(role, str) else "")


def _texts_of(message: Message) -> Iterator[tuple[str, str]]:
    """The texts of one message, each with its path inside it."""
    if isinstance(content := message.get("content"), str):
        yield "content", content
    for number, part in objects_of(content):
        if isinstance(part.get("text"), str):
            yield f"content[{number}].text", part["text"]
    for key in ("reasoning", "refusal"):
        if isinstance(text := message.get(key), str):
            yield key, text
    for number, call in objects_of(message.get("tool_calls")):
        function = call.get("function")
        if isinstance(function, dict) and isinstance(function.get("arguments"), str):
            yield f"tool_calls[{number}].function.arguments", function["arguments"]


def objects_of(values: Any) -> list[tuple[int, Row]]:
    """The objects of a list, with their places; nothing for anything else."""
    if not isinstance(values, list):
        return []
    return [(n, value) for n, value in enumerate(values) if isinstance(value, dict)]


def placed_pieces(messages: Sequence[Message], places: Mapping[str, str]) -> list[Piece]:
    """The texts of messages that stand elsewhere in the row, by their own places."""
    found = []
    for piece in message_pieces("messages", messages):
        at, _, rest = piece.path.partition("].")
        found.append(piece._replace(path=f"{places[at + ']']}.{rest}"))
    return found


def pieces_below(value: Any, path: str, role: str) -> list[Piece]:
    """Every text below a value but for roles and ids, under a role where none is said."""
    if isinstance(value, str):
        return [Piece(path, value, role)]
    if isinstance(value, list):
        return [p for n, v in enumerate(value) for p in pieces_below(v, f"{path}[{n}]", role)]
    if not isinstance(value, dict):
        return []
    speaker = value.get("role", value.get("from"))
    spoken = speaker if isinstance(speaker, str) else role
    return [
        piece
        for key, inner in value.items()
        if key not in ("role", "from", "id", "type", "tool_call_id", "name")
        for piece in pieces_below(inner, f"{path}.{key}", spoken)
    ]
