"""D004 and D006: examples that are nearly the same, in one file or in two splits.

Of a row 512 bytes of signature are kept and 36 of place and hashes, never its text.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import polars as pl

from dataprep import near
from dataprep.checks.context import Context, Format, Plain, Row
from dataprep.checks.formats import TURN
from dataprep.finding import Finding, Place
from dataprep.rules import found

_BATCH = 4096
"""Rows, or a thousand times as many characters, that are signed together."""


class Near:
    """Looks at the texts of every row; rows that ask the very same are left to D001 to D003."""

    codes: tuple[str, ...] = ("D004", "D006")

    def __init__(self, context: Context) -> None:
        self._signatures = near.Signatures()
        self._texts: list[str] = []
        self._size = 0
        self._asked, self._whole = array("q"), array("q")
        self._lines, self._files, self._parts = array("Q"), array("L"), array("L")
        self._names: dict[str, int] = {}

    def add(self, row: Row, form: Format, place: Place, part: str) -> None:
        """Remember a row by its signature and place."""
        texts = [text for _, text in form.texts(row)]
        asked = "\n".join(texts[:-1]) if len(texts) > 1 else None
        self._add(asked, "\n".join(texts), place.line or 0, place.file, part)

    def add_plain(self, rows: Plain, form: Format, file: str, part: str) -> None:
        """Remember many rows that are text alone."""
        turns = form.name == "openai-chat"
        for line, before, answer in zip(*rows, strict=True):
            asked = "\n".join(before.split(TURN)[1::2]) if turns else before
            self._add(asked, f"{asked}\n{answer}", line, file, part)

    def _add(self, asked: str | None, whole: str, line: int, file: str, part: str) -> None:
        self._asked.append(len(self._asked) if asked is None else hash(asked))
        self._whole.append(hash(whole))
        self._lines.append(line)
        self._files.append(self._names.setdefault(file, len(self._names)))
        self._parts.append(self._names.setdefault(part, len(self._names)))
        self._texts.append(whole)
        self._size += len(whole)
        if len(self._texts) >= _BATCH or self._size >= _BATCH * 1000:
            self._sign()

    def _sign(self) -> None:
        self._signatures.add(self._texts)
        self._texts, self._size = [], 0

    def findings(self) -> Iterator[Finding]:
        """One finding for each row that is near an earlier one, at the earliest that it is near."""
        if self._texts:
            self._sign()
        pairs = self._signatures.pairs()
        for first, later, similarity in _nearest(pairs, self._others(pairs)).iter_rows():
            leaks = self._parts[first] != self._parts[later]
            other, share = self._place(first), f"about {similarity:.0%} of their words in common"
            if self._files[first] == self._files[later]:
                said = f"is nearly the same as line {other.line}: {share}"
            else:
                said = f"is nearly the same as {other}: {share}"
            yield found("D006" if leaks else "D004", said, self._place(later))

    def _others(self, pairs: pl.DataFrame) -> pl.Series:
        """Which pairs ask different things, and are not the same."""
        columns = (self._asked, self._whole)
        return pl.Series(
            [
                all(column[first] != column[later] for column in columns)
                for first, later in pairs.select("first", "later").iter_rows()
            ],
            dtype=pl.Boolean,
        )

    def _place(self, row: int) -> Place:
        return Place(file=list(self._names)[self._files[row]], line=self._lines[row] or None)


def _nearest(pairs: pl.DataFrame, counts: pl.Series) -> pl.DataFrame:
    return pairs.filter(counts).unique("later", keep="first", maintain_order=True)
