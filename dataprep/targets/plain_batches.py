"""The rows of plain examples all at once, from the columns of their frame: no object an example.

Plain are one question and its answer, with no system message of their own, no worse answer, no
weight. A row of such an example is the same text with the two filled in, so that is all there is to
do; a test holds it and the writing of single rows together.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import msgspec
import polars as pl

from dataprep.example import Batch, Example
from dataprep.formats.plain_rows import Quick

_FILLED = ("input", "output")
_PROBES = tuple(
    Example(id="", file="", shape="", input=f"input {mark}", output=f"output {mark}")
    for mark in ("4f1d2a", 'and "9c77e0"\n')
)
"""What tells where the two stand in a row, and whether that is all that there is to a row."""

_ENCODE = msgspec.json.encode
_ESCAPES = {one: _ENCODE(one).decode()[1:-1] for one in (*map(chr, range(32)), '"', "\\")}
"""What JSON cannot hold as it is, and how msgspec spells it."""


@dataclass(frozen=True, slots=True)
class RowText:
    """The row of a plain example: text, and by turns the names of columns and text again."""

    pieces: tuple[str, ...]

    @classmethod
    def of(cls, quick: Quick) -> RowText | None:
        """The text of the rows that a short way builds; None where it is not so simple."""
        first, second = (_ENCODE(row).decode() if (row := quick(p)) else None for p in _PROBES)
        if first is None or second is None:
            return None
        made = cls(tuple(_pieces(first)))
        return made if made._filled(_PROBES[1]) == second else None

    def _filled(self, example: Example) -> str:
        turns = enumerate(self.pieces)
        held = (_ENCODE(getattr(example, p)).decode() if n % 2 else p for n, p in turns)
        return "".join(held)

    def lines(self, frame: pl.DataFrame) -> bytes:
        """A line for each row of a frame of examples."""
        texts = [
            pl.concat_str(pl.lit('"'), _escaped(piece), pl.lit('"')) if at % 2 else pl.lit(piece)
            for at, piece in enumerate(self.pieces)
        ]
        lines = io.BytesIO()
        rows = frame.select(pl.concat_str(texts))
        rows.write_csv(lines, include_header=False, quote_style="never")
        return lines.getvalue()


def is_plain(batch: Batch) -> bool:
    """Whether all examples of a batch are plain."""
    frame = batch.examples
    return (
        batch.turns.is_empty()
        and all(frame[name].null_count() == len(frame) for name in ("system", "rejected"))
        and bool((frame["weight"] == 1).all())
    )


def _pieces(row: str) -> list[str]:
    """The text of the row of the first probe around what was filled in."""
    marks = {_ENCODE(getattr(_PROBES[0], name)).decode(): name for name in _FILLED}
    pieces = [row]
    while found := [(pieces[-1].find(mark), mark) for mark in marks if mark in pieces[-1]]:
        _, mark = min(found)
        before, _, behind = pieces.pop().partition(mark)
        pieces += [before, marks[mark], behind]
    return pieces


def _escaped(column: str) -> pl.Expr:
    return pl.col(column).str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
