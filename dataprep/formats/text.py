"""Running text: one text a row, and nothing to pair it with."""

from __future__ import annotations

from dataprep.finding import Fault
from dataprep.formats.format import (
    Piece,
    Reading,
    Row,
    RowFormat,
    without_nulls,
)

NAME = "text"


def recognise(row: Row) -> bool:
    """Whether there is a text."""
    return isinstance(row.get("text"), str)


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row without nulls."""
    return without_nulls(row)


def read(row: Row) -> Reading:
    """The text, as something that is said."""
    text = row["text"]
    return Reading(
        kind="text",
        messages=[{"role": "assistant", "content": text}],
        uses={"text": "text"},
        places={"messages[0].content": "text", "text": "text"},
        pieces=[Piece("text", text, "assistant")],
    )


FORMAT = RowFormat(NAME, "texts", recognise, read, tidy)
