"""A preference as one JSON row: in OpenAI's fields, or in those of TRL."""

from __future__ import annotations

import json
from typing import Any

from dataprep.example import Example
from dataprep.recipe import Target
from dataprep.targets.rows import BuildRow, NotTaken, Row, chat_row

WITHOUT_REJECTED = (
    *("classification", "spans", "generation", "taxonomy", "rating", "number", "datetime"),
    *("structured", "chat", "messages", "pairs", "columns", "qa", "sections"),
    *("continuation", "denoising", "plain", "chunk", "reinforcement"),
)
"""The shapes that say what is right, and not what is worse."""


def preference_row(target: Target) -> BuildRow:
    """What is asked, the answer that was chosen, and the one that was rejected.

    The names are those that the platform takes: its OpenAPI document calls them otherwise.
    """
    chat = chat_row(target)

    def build(example: Example) -> Row:
        if not example.turns:
            asked: Row = {"messages": _asked(example, target.system)}
        else:
            asked = chat(example)
            del asked["messages"][-1]
        return {
            "input": asked,
            "preferred_output": [_answer(example.output)],
            "non_preferred_output": [_answer(example.rejected or "")],
        }

    return build


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


def reinforcement_row(_: Target) -> BuildRow:
    """What is asked, and for the grader the right answer, or the keys that the item came with.

    What the system says is said by the developer: reasoning models take no system message.
    """
    chat = chat_row(Target(name="reinforcement"))

    def build(example: Example) -> Row:
        if not example.turns:
            asked: Row = {"messages": _asked(example, None)}
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


def _asked(example: Example, system: str | None) -> list[Row]:
    messages = [{"role": "user", "content": example.input}]
    said = example.system if example.system is not None else system
    if said is not None:
        messages.insert(0, {"role": "system", "content": said})
    return messages


def _answer(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}
