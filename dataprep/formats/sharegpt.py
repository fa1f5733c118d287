"""ShareGPT: conversations of turns that say `from` whom the `value` is.

Source: LLaMA-Factory, data/README.md, 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator

from dataprep.example import Example, Record, Turn
from dataprep.finding import Drop, Finding
from dataprep.formats import chat
from dataprep.formats.format import BuildRow, NotTaken, Row, Texts
from dataprep.formats.retold import retold, under
from dataprep.recipe import Source, Target

_FROM = {"system": "system", "user": "human", "assistant": "gpt"}

SHAREGPT_ROLES = {
    "human": "user",
    "user": "user",
    "observation": "user",
    "tool": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "function_call": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
    "model": "assistant",
    "system": "system",
}
"""Who speaks in ShareGPT files, in the words of a chat (LLaMA-Factory's data/README)."""


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


def read(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """The turns under their system message; calls of tools have no ids here, and are dropped."""
    return retold(record, source, "sharegpt", _conversation)


def _conversation(row: Row) -> list[Row] | None:
    said = row["conversations"]
    if row.get("tools") or any(turn["from"] not in _ROLES for turn in said):
        return None
    told = [{"role": _ROLES[turn["from"]], "content": turn["value"]} for turn in said]
    return under(row.get("system"), told)


def as_chat(row: Row) -> Row:
    said = row["conversations"]
    talk = [{"role": SHAREGPT_ROLES[turn["from"]], "content": turn["value"]} for turn in said]
    return {"messages": talk}


def texts(row: Row) -> Texts:
    for index, turn in enumerate(row["conversations"]):
        yield f"conversations[{index}].value", turn["value"]


def answer(row: Row) -> str | None:
    """The last answer, where it is a text."""
    return chat.answer(as_chat(row))


def halves(row: Row) -> tuple[bytes, bytes] | None:
    """Those of the conversation."""
    return chat.halves(as_chat(row))


def sharegpt_row(target: Target) -> BuildRow:
    """Who said what: system, human, gpt. Only texts are taken: calls have no ids there."""

    def build(example: Example) -> Row:
        for turn in example.turns:
            if not is_text(turn):
                raise NotTaken("more-than-texts", f"a message of the role {turn.role}")
        said = [(turn.role, turn.content or "") for turn in example.turns]
        if not said:
            said = [("user", example.input), ("assistant", example.output)]
            if example.system is not None:
                said.insert(0, ("system", example.system))
        if target.system is not None and said[0][0] not in ("system", "developer"):
            said.insert(0, ("system", target.system))
        return {"conversations": [{"from": _FROM.get(r, r), "value": text} for r, text in said]}

    return build


def is_text(turn: Turn) -> bool:
    """Whether the turn is a text and nothing else, said by one of three roles."""
    return (
        turn.role in _FROM
        and turn.content is not None
        and turn.parts is None
        and turn.tool_calls is None
    )
