"""Items of reinforcement fine-tuning: messages that end with a question, and keys for a grader."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dataprep.contracts import keys_of
from dataprep.example import Example
from dataprep.finding import Fault
from dataprep.formats import chat, spellings
from dataprep.formats.format import (
    BuildRow,
    NotTaken,
    Piece,
    Reading,
    Row,
    RowFormat,
    message_pieces,
    pieces_below,
)
from dataprep.formats.meanings import meaning_of
from dataprep.formats.open_end import GRADED
from dataprep.formats.preference import asked_messages

if TYPE_CHECKING:
    from dataprep.recipe import Target

NAME = "reinforcement"

REFERENCE = "reference_answer"
"""The grader's key that holds the right answer, where an item has it."""

OF_THE_FORMAT = frozenset(keys_of(NAME))
"""Keys that the platform reads itself; all others are for the grader."""


def recognise(row: Row) -> bool:
    """Whether the conversation ends with a question, and a key holds what a grader compares with.

    Metadata beside a conversation that was left open is nothing for a grader, and no answer.
    """
    messages = row.get("messages")
    if not isinstance(messages, list) or not all(isinstance(m, dict) for m in messages):
        return False
    roles = [m.get("role") for m in messages]
    if roles[-1:] != ["user"]:
        return False
    others = [key for key in row if key not in OF_THE_FORMAT]
    if any(key in GRADED for key in others):
        return True
    return "assistant" not in roles and any(meaning_of(key) is None for key in others)


def asks(row: Any) -> bool:
    """Whether a conversation ends with a question: an item, for those who want items alone."""
    messages = row.get("messages") if isinstance(row, dict) else None
    last = messages[-1] if isinstance(messages, list) and messages else None
    return isinstance(last, dict) and last.get("role") == "user"


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row in OpenAI's spelling; a developer stays one here."""
    known = {
        name: spelling
        for name, spelling in spellings.CHAT.items()
        if name not in ("developer-as-system", "drop-trailing-turns")
    }
    return spellings.spelled(row, known)


def read(row: Row) -> Reading:
    """What is asked, and what the grader is given."""
    item = {key: value for key, value in row.items() if key not in OF_THE_FORMAT}
    uses = {key: "messages" if key == "messages" else key for key in row if key in OF_THE_FORMAT}
    pieces: list[Piece] = list(message_pieces("messages", row["messages"]))
    for key, value in item.items():
        pieces += pieces_below(value, key, "grader")
    return Reading(
        kind="reinforcement",
        messages=row["messages"],
        beside={key: row[key] for key in chat.BESIDE if key in row},
        item=item,
        uses={**uses, **dict.fromkeys(item, "for the grader")},
        pieces=pieces,
    )


def answer_of(item: Row) -> str:
    """The reference of an item, where it is a text: a grader's keys are no answer of anybody."""
    answer: Any = item.get(REFERENCE)
    return answer if isinstance(answer, str) else ""


def reinforcement_row(_: Target) -> BuildRow:
    """What is asked, and for the grader the right answer, or the keys that the item came with.

    What the system says is said by the developer: reasoning models take no system message.
    """
    write = chat.chat_row(None)

    def build(example: Example) -> Row:
        if not example.turns:
            asked: Row = {"messages": asked_messages(example, None)}
        else:
            asked = write(example)
            if asked["messages"][-1]["role"] == "assistant":
                del asked["messages"][-1]
        if not asked["messages"] or asked["messages"][-1]["role"] != "user":
            raise NotTaken("no-question-at-the-end", "no question stands before the answer")
        for message in asked["messages"]:
            message.pop("weight", None)
            if message["role"] == "system":
                message["role"] = "developer"
        return asked | _for_the_grader(example)

    return build


def _for_the_grader(example: Example) -> dict[str, Any]:
    if example.shape == "reinforcement":
        item: dict[str, Any] = json.loads(example.data)["item"]
        return item
    return {REFERENCE: example.output}


FORMAT = RowFormat(
    NAME,
    "items for a grader (messages that end with a question)",
    recognise,
    read,
    tidy,
    uses_any=True,
    writes=True,
)
