"""Which rules a row of each format is judged by, once it keeps its schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dataprep.checks.per_row.chat import chat_faults, pair_faults
from dataprep.checks.per_row.images import picture_faults
from dataprep.checks.per_row.preference import preference_faults, trl_preference_faults
from dataprep.checks.per_row.reinforcement import reinforcement_faults
from dataprep.checks.per_row.tools import tool_faults
from dataprep.finding import Fault
from dataprep.formats import alpaca, sharegpt
from dataprep.formats.format import Row


def _alpaca_faults(row: Row) -> Iterator[Fault]:
    names = {"prompt": "instruction", "completion": "output"}
    for code, path, message in pair_faults(alpaca.as_pair(row)):
        yield Fault(code, names[path], message.replace(path, names[path], 1))


def _sharegpt_faults(row: Row) -> Iterator[Fault]:
    for code, path, message in chat_faults(sharegpt.as_chat(row)):
        yield Fault(code, _of_sharegpt(path), _of_sharegpt(message))


def _of_sharegpt(words: str) -> str:
    return words.replace("messages", "conversations").replace("].content", "].value")


def _text_faults(row: Row) -> Iterator[Fault]:
    if not row["text"].strip():
        yield Fault("C003", "text", "text is empty")


JUDGES: dict[str, tuple[Callable[[Row], Iterator[Fault]], ...]] = {
    "preference": (preference_faults,),
    "trl-preference": (trl_preference_faults,),
    "openai-chat": (chat_faults, tool_faults, picture_faults),
    "reinforcement": (reinforcement_faults,),
    "sharegpt": (_sharegpt_faults,),
    "alpaca": (_alpaca_faults,),
    "prompt-completion": (pair_faults,),
    "text": (_text_faults,),
}
"""By the name of a format; a test holds it against the formats that there are."""
