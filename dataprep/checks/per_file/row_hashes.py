"""Family D on the rows of files: hashed in batches, and only what is shared is looked at closer.

A few rows that share nothing, as most files have, are seen to share nothing without frames.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from dataprep.finding import Finding, Place
from dataprep.formats import Plain, RowFormat, RowRead
from dataprep.formats.native import halves_of

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

_WAITING = 8_192
_EACH, _BOTH = 1, 2
"""Seeds of the two hashes; within one version of Polars they are the same everywhere."""


class _Halves(NamedTuple):
    """A row that is not hashed yet; `element` counts from 1 in a JSON list, and is 0 elsewhere."""

    of: tuple[str, str]
    asked: bytes
    answer: bytes
    line: int
    element: int


class RowHashes:
    """What was seen of each row: two 64-bit hashes and its place, never its text."""

    codes: tuple[str, ...] = ("D001", "D002", "D003")

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], list[pl.DataFrame]] = {}
        self._waiting: list[_Halves] = []

    def add(self, read: RowRead, place: Place, part: str) -> None:
        """Remember a row; one that holds no answer is nobody's copy."""
        halves = halves_of(read)
        if halves is None:
            return
        if len(self._waiting) >= _WAITING:
            self._flush()
        element = int(place.path[1:-1]) + 1 if place.path else 0
        self._waiting.append(_Halves((part, place.file), *halves, place.line or 0, element))

    def add_plain(self, rows: Plain, form: RowFormat, file: str, part: str) -> None:
        """Remember many rows that are text alone."""
        import numpy as np
        import polars as pl

        asked, answers = (half.cast(pl.Binary) for half in (rows.asked, rows.answers))
        self._hold((part, file), asked, answers, rows.lines, np.zeros_like(rows.lines))

    def merge(self, later: RowHashes) -> None:
        """Remember what another has seen after this one."""
        self._flush()
        later._flush()
        for key, frames in later._held.items():
            self._held.setdefault(key, []).extend(frames)

    def findings(self) -> Iterator[Finding]:
        """Copies, conflicts and leaks."""
        if not self._held and _all_differ(self._waiting):
            return
        import polars as pl

        from dataprep.checks.per_file.duplicates import Duplicates

        self._flush()
        duplicates = Duplicates()
        rows = pl.concat(
            frame.with_columns(of=pl.lit(number, pl.UInt16))
            for number, frames in enumerate(self._held.values())
            for frame in frames
        )
        asked = (pl.col("prompt") != 0) & pl.col("prompt").is_duplicated()
        shared = rows.filter(asked | pl.col("pair").is_duplicated()).sort(
            "of", "line", "element", maintain_order=True
        )
        for number, (part, file) in enumerate(self._held):
            duplicates.add_rows(shared.filter(pl.col("of") == number).drop("of"), file, part)
        yield from duplicates.findings()

    def _flush(self) -> None:
        if not self._waiting:
            return
        import polars as pl

        for of, rows in groupby(self._waiting, key=lambda row: row.of):
            _, asked, answers, lines, elements = zip(*rows, strict=True)
            first, second = (pl.Series(half, dtype=pl.Binary) for half in (asked, answers))
            self._hold(of, first, second, lines, elements)
        self._waiting = []

    def _hold(
        self,
        of: tuple[str, str],
        asked: pl.Series,
        answers: pl.Series,
        lines: Sequence[int] | np.ndarray,
        elements: Sequence[int] | np.ndarray,
    ) -> None:
        """Keep the hashes of some rows; a prompt that is empty conflicts with nothing: 0."""
        import polars as pl

        frame = pl.DataFrame({"asked": asked, "answer": answers})
        both = frame.select(pl.all().hash(_EACH), empty=pl.col("asked").bin.size() == 0)
        hashed = both.select(
            prompt=pl.when("empty").then(0).otherwise(pl.col("asked").clip(1)),
            pair=pl.struct("asked", "answer").hash(_BOTH),
            line=pl.Series(lines, dtype=pl.UInt64),
            element=pl.Series(elements, dtype=pl.UInt32),
        )
        self._held.setdefault(of, []).append(hashed)


def _all_differ(rows: Sequence[_Halves]) -> bool:
    """Whether no two rows ask the same, nor say the same where nothing is asked."""
    told = {(row.asked, b"" if row.asked else row.answer) for row in rows}
    return len(told) == len(rows)
