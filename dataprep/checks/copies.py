"""Family D on the rows of files: hashed in batches, and only what is shared is looked at closer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from dataprep.checks.context import Format, Plain, Row
from dataprep.checks.duplicates import CODES, Duplicates
from dataprep.finding import Finding, Place

_WAITING = 8_192
_EACH, _BOTH = 1, 2
"""Seeds of the two hashes; within one version of Polars they are the same everywhere."""


class Rows:
    """What was seen of each row: two 64-bit hashes and its line, never its text."""

    codes: tuple[str, ...] = CODES

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], list[pl.DataFrame]] = {}
        self._waiting: list[tuple[bytes, bytes, int]] = []
        self._of = ("", "")

    def add(self, row: Row, form: Format, place: Place, part: str) -> None:
        """Remember a row; one that holds no answer is nobody's copy."""
        halves = form.halves(row)
        if halves is None:
            return
        if self._of != (part, place.file) or len(self._waiting) >= _WAITING:
            self._flush()
            self._of = (part, place.file)
        self._waiting.append((*halves, place.line or 0))

    def add_plain(self, rows: Plain, form: Format, file: str, part: str) -> None:
        """Remember many rows that are text alone."""
        asked = pl.Series(rows.asked, dtype=pl.String).cast(pl.Binary)
        answers = pl.Series(rows.answers, dtype=pl.String).cast(pl.Binary)
        self._hold((part, file), asked, answers, rows.lines)

    def merge(self, later: Rows) -> None:
        """Remember what another has seen."""
        self._flush()
        later._flush()
        for key, frames in later._held.items():
            self._held.setdefault(key, []).extend(frames)

    def findings(self) -> Iterator[Finding]:
        """Copies, conflicts and leaks."""
        self._flush()
        duplicates = Duplicates()
        numbered = [
            frame.with_columns(of=pl.lit(number, pl.UInt16))
            for number, frames in enumerate(self._held.values())
            for frame in frames
        ]
        if not numbered:
            return
        rows = pl.concat(numbered)
        asked = (pl.col("prompt") != 0) & pl.col("prompt").is_duplicated()
        shared = rows.filter(asked | pl.col("pair").is_duplicated()).sort(
            "of", "line", maintain_order=True
        )
        for number, (part, file) in enumerate(self._held):
            duplicates.add_rows(shared.filter(pl.col("of") == number).drop("of"), file, part)
        yield from duplicates.findings()

    def _flush(self) -> None:
        if self._waiting:
            asked, answers, lines = zip(*self._waiting, strict=True)
            first, second = (pl.Series(half, dtype=pl.Binary) for half in (asked, answers))
            self._hold(self._of, first, second, lines)
            self._waiting = []

    def _hold(
        self, key: tuple[str, str], asked: pl.Series, answers: pl.Series, lines: Sequence[int]
    ) -> None:
        """Keep the hashes of some rows; a prompt that is empty conflicts with nothing: 0."""
        frame = pl.DataFrame({"asked": asked, "answer": answers})
        both = frame.select(pl.all().hash(_EACH), empty=pl.col("asked").bin.size() == 0)
        hashed = both.select(
            prompt=pl.when("empty").then(0).otherwise(pl.col("asked").clip(1)),
            pair=pl.struct("asked", "answer").hash(_BOTH),
            line=pl.Series(lines, dtype=pl.UInt64),
        )
        self._held.setdefault(key, []).append(hashed)
