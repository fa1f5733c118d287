"""Items of reinforcement fine-tuning: messages that end with a question, and keys for a grader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding
from dataprep.formats.chat import BESIDE, chat_row, of_messages
from dataprep.formats.example_of import as_text, broken, claimed, dropped
from dataprep.formats.format import BuildRow, NotTaken, Row
from dataprep.formats.preference import asked_example, asked_messages, beside
from dataprep.recipe import Source, Target

REFERENCE = "reference_answer"
"""The grader's key that holds the right answer, where an item has it."""


def read(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """An item that ends with a question; what it says to the grader is the answer.

    That is its `reference_answer`, else all of its keys for the grader, as JSON.
    """
    row = claimed(record.value, source)
    if violations := broken(record, "reinforcement", row):
        yield from violations
        yield dropped(record, "S001")
        return
    messages = row["messages"]
    item = {key: value for key, value in row.items() if key not in ("messages", *BESIDE)}
    answer = as_text(item.get(REFERENCE, item))
    data = {"item": item, **beside(row)}
    if rest := of_messages(messages):
        data["of_messages"] = rest
    yield asked_example(record, source, messages, answer, shape="reinforcement", row=row, data=data)


def reinforcement_row(_: Target) -> BuildRow:
    """What is asked, and for the grader the right answer, or the keys that the item came with.

    What the system says is said by the developer: reasoning models take no system message.
    """
    chat = chat_row(Target(name="reinforcement"))

    def build(example: Example) -> Row:
        if not example.turns:
            asked: Row = {"messages": asked_messages(example, None)}
        else:
            asked = chat(example)
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
    return {"reference_answer": example.output}
