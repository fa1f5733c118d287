"""C002: turns behind the last answer, which nobody learns: cut, where nothing hangs on them.

Only who asks or brings a result leaves an end open: a turn of an unknown role may be the answer,
misspelt. And what a row says of its last turn (a verdict, a worse answer, what a grader compares
with) would be said of another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dataprep.finding import Fault
from dataprep.formats.format import Reading, Row
from dataprep.formats.meanings import Meaning, meaning_of

GRADED = ("reference_answer", "reference", "answer", "expected", "ground_truth", "solution", "item")
"""Keys by which items for a grader are told from conversations that were left open at the end."""

_ASKING = ("system", "developer", "user", "tool", "function")
_OF_THE_END = (Meaning.REJECTED, Meaning.REASONING)
_YES_OR_NO = ("true", "false", "1", "0", "1.0", "0.0")


def open_end(messages: Sequence[Any]) -> int | None:
    """The index of the first turn behind the last answer; None where there is none to be cut."""
    roles = [m.get("role") if isinstance(m, Mapping) else None for m in messages]
    if "assistant" not in roles or roles[-1] == "assistant":
        return None
    at = len(roles) - roles[::-1].index("assistant")
    return at if all(role in _ASKING for role in roles[at:]) else None


def speaks_of_its_end(row: Row) -> bool:
    """Whether something beside a conversation is said of its last turn."""
    return any(_is_of_the_end(key, value) for key, value in row.items())


def _is_of_the_end(key: str, value: Any) -> bool:
    if key == "messages" or value is None or value in ("", [], {}):
        return False
    meaning = meaning_of(key)
    if meaning is Meaning.VERDICT:
        return str(value).lower() in _YES_OR_NO
    return key in GRADED or meaning in _OF_THE_END


def closed_end(row: Row) -> Iterator[Fault]:
    """C002: what follows the last answer is not learned, and is cut; no answer is made up."""
    messages = row.get("messages")
    if not isinstance(messages, list) or (at := open_end(messages)) is None:
        return
    if speaks_of_its_end(row):
        return
    last, role = len(messages) - 1, messages[-1]["role"]
    del messages[at:]
    yield Fault("C002", f"messages[{last}]", _words(role))


def cut_open_end(row: Row, reading: Reading) -> list[Fault]:
    """The same for what was read of a row, whichever its format."""
    at = open_end(reading.messages)
    if reading.kind != "chat" or at is None or speaks_of_its_end(row):
        return []
    role, path = reading.messages[-1]["role"], f"messages[{at}]"
    reading.messages = reading.messages[:at]
    return [Fault("C002", reading.places.get(path, path), _words(role))]


def _words(role: str) -> str:
    return f"the last message is of the role {role}, not assistant"
