"""Which texts of a row are counted: all that a model would read or say, and nothing else.

What is carried along beside the format is metadata, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from dataprep.example import Message
from dataprep.finding import UsageError
from dataprep.formats.catalogue import recognise
from dataprep.formats.format import Reading, Row, Unreadable
from dataprep.tokens import Count, CountedTexts, Counter

_SAID = ("role", "content", "weight")


def count(row: Row, counter: Counter) -> int:
    """The tokens of one row, markers included."""
    return counter.measure([counted_texts(row)])[0].tokens


def measure(rows: Iterable[Row], counter: Counter) -> list[Count]:
    """The counts of many rows, with what is not sure about them, in one batch."""
    return counter.measure([counted_texts(row) for row in rows])


def counted_texts(row: Row) -> CountedTexts:
    """The texts of a row of any format; raises UsageError for a row that cannot be read."""
    form = recognise(row)
    if form is None:
        raise UsageError("The row is of no format that can be counted.", "See: dataprep check FILE")
    try:
        return texts_of(form.read(form.tidy(row)[0]))
    except (Unreadable, KeyError, TypeError, AttributeError, ValueError):
        raise UsageError("The row breaks its format.", "See: dataprep check FILE") from None


def texts_of(reading: Reading) -> CountedTexts:
    """The texts of a reading; both answers of a preference count."""
    answers = [*(reading.rejected or ())]
    counted = texts_of_messages(
        [*reading.messages, *answers], chat=reading.kind not in ("pair", "text")
    )
    counted.loose += [_json(value) for value in reading.beside.values() if value]
    counted.loose += [_json(value) for value in (reading.item or {}).values()]
    return counted


def texts_of_messages(messages: Sequence[Message], *, chat: bool = True) -> CountedTexts:
    """The texts of messages; `chat` says that something stands around each of them."""
    counted = CountedTexts([], [], len(messages) if chat else 0)
    for message in messages:
        content = message.get("content")
        if isinstance(content, str):
            counted.texts.append(content)
        for part in content if isinstance(content, list) else ():
            if part.get("type") == "text":
                counted.texts.append(part["text"])
            else:
                counted.pictures += 1
        counted.loose += [
            _json(value) for key, value in message.items() if key not in _SAID and value
        ]
    return counted


def _json(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
