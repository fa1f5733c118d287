"""A reading as a row of the format that its rules are written for, and the way back of a path.

Whatever format a row came in, a conversation is judged as OpenAI's chat, a pair as prompt and
completion, a preference as OpenAI's. What is found is said with the place in the user's own row.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator

from dataprep import jsonio
from dataprep.contracts import contract
from dataprep.example import Message
from dataprep.finding import Fault
from dataprep.formats import chat, pair, preference, reinforcement, text
from dataprep.formats.format import Reading, Row, RowRead, objects_of
from dataprep.patterns import LatePattern

_MESSAGE = LatePattern(r"messages\[\d+\]")


def native(reading: Reading) -> tuple[str, Row]:
    """The name of the format that judges a reading, and the row in that format."""
    messages = _plain(reading.messages)
    match reading.kind:
        case "preference":
            row: Row = {
                preference.INPUT: {"messages": messages[:-1], **reading.beside},
                preference.PREFERRED: messages[-1:],
                preference.REJECTED: [*(reading.rejected or ())],
            }
            return preference.NAME, row
        case "reinforcement":
            return reinforcement.NAME, {
                "messages": messages,
                **reading.beside,
                **(reading.item or {}),
            }
        case "text":
            return text.NAME, {"text": messages[-1]["content"]}
        case "pair" | "feedback" if not reading.beside and _is_pair(messages):
            asked, answered = messages[-2]["content"], messages[-1]["content"]
            return pair.NAME, dict(zip(pair.SIDES, (asked, answered), strict=True))
    return chat.NAME, {"messages": messages, **reading.beside}


def broken_messages(reading: Reading) -> list[tuple[Row, Reading]]:
    """What was read and breaks the schema of a chat, as such a row, with the places in it.

    Formats of others say little of the messages that they hold. Of a preference both answers are
    looked at, the worse one where nothing is wrong with the better one.
    """
    said: Row = {"messages": _plain(reading.messages), **reading.beside}
    if not contract(chat.NAME).accepts(said):
        return [(said, reading)]
    worse: Row = {"messages": _plain([*reading.messages[:-1], *(reading.rejected or ())])}
    if reading.rejected is None or contract(chat.NAME).accepts(worse):
        return []
    last = f"messages[{len(reading.messages) - 1}]"
    where = reading.places.get("rejected", "rejected")
    places = {**reading.places, last: where, f"{last}.content": where}
    return [(worse, dataclasses.replace(reading, places=places))]


def _plain(messages: list[Message]) -> list[Row]:
    """The messages without what was thought, which no format of OpenAI's has a key for."""
    if all("reasoning" not in m for _, m in objects_of(messages)):
        return messages
    return [
        {k: v for k, v in m.items() if k != "reasoning"} if isinstance(m, dict) else m
        for m in messages
    ]


def _is_pair(messages: list[Row]) -> bool:
    roles = [m["role"] for m in messages]
    texts = all(isinstance(m.get("content"), str) and "weight" not in m for m in messages)
    return roles in (["user", "assistant"], ["system", "user", "assistant"]) and texts


def halves_of(read: RowRead) -> tuple[bytes, bytes] | None:
    """What is asked and what is answered, as bytes to be hashed; None where nothing is answered.

    All that is asked counts: history, system, tools; of an answer also what was thought. A pair is
    compared without the blanks at its ends.
    """
    reading = read.reading
    if reading is None:
        return None
    messages = reading.messages
    match reading.kind:
        case "text":
            return b"", messages[-1]["content"].strip().encode()
        case "reinforcement":
            return jsonio.canonical([messages, reading.beside]), jsonio.canonical(reading.item)
        case "preference":
            asked = jsonio.canonical([messages[:-1], reading.beside])
            return asked, jsonio.canonical([messages[-1], reading.rejected])
        case "pair" if len(messages) == 2:
            asked, answered = (message["content"].strip() for message in messages)
            return asked.encode(), answered.encode()
        case "feedback":
            found = chat.halves(messages, reading.beside)
            return found and (found[0], found[1] + (b"+" if reading.verdict else b"-"))
    return chat.halves(messages, reading.beside)


def located(faults: Iterable[Fault], reading: Reading) -> Iterator[Fault]:
    """Faults of the native row, with their paths and words as the row has them."""
    if not reading.places:
        yield from faults
        return
    for fault in faults:
        path = _place(fault.path, reading)
        words = _WORDS.sub(lambda found: _place(found[0], reading) or found[0], fault.message)
        yield fault._replace(path=path, message=words)


_WORDS = LatePattern(
    r"(?:input\.)?messages\[\d+\](?:\.content)?"
    r"|input\.(?:tools|functions)\b"
    rf"|(?<![\w.])(?:{preference.PREFERRED}|{preference.REJECTED})(?:\[0\])?(?:\.content)?"
    r"|^(?:prompt|completion|text)\b"
)


def _place(path: str, reading: Reading) -> str:
    """Where a path of the native row stands in the user's row."""
    last = len(reading.messages) - 1
    said = path.removeprefix("input.")
    if reading.kind == "preference":
        said = re.sub(rf"^{preference.PREFERRED}(?:\[0\])?", f"messages[{last}]", said)
        if said.startswith(preference.REJECTED):
            return reading.places.get("rejected", said)
    elif said in pair.SIDES:
        said = f"messages[{last - 1 if said == pair.SIDES[0] else last}].content"
    elif said == "text":
        said = "messages[0].content"
    if said == "messages":
        return _list_of(reading)
    match = _MESSAGE.match(said)
    if match is None:
        return path if preference.INPUT in reading.uses else said
    whole, rest = match[0], said[match.end() :]
    if rest.startswith(".content") and f"{whole}.content" in reading.places:
        return reading.places[f"{whole}.content"] + rest.removeprefix(".content")
    place = reading.places.get(whole)
    if place is None:
        return said
    return place + rest if place.endswith("]") and "messages" in place else place


def _list_of(reading: Reading) -> str:
    """What the list of messages is called in the row, by the place of the first."""
    first = reading.places.get("messages[0]", "messages")
    return first.partition("[")[0]
