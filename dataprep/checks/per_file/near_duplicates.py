"""D004 and D006: examples that are nearly the same, in one file or in two splits.

Of a row 512 bytes of signature are kept and 36 of place and hashes, never its text.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from dataprep.checks.context import Context
from dataprep.finding import Finding, Place
from dataprep.formats import Plain, RowFormat, RowRead, pieces_of
from dataprep.rules import found

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    import polars as pl

    from dataprep import near

_BATCH = 4096
"""Rows, or a thousand times as many characters, that are signed together."""

_FEW = 100
"""Rows that are looked at without frames first; they take 0.2 s to load."""

_TEMPLATE, _SURELY = 5, 0.4
"""Rows of which a run is a template's (as there), and the share that is surely no near one."""

_VERSIONS = 16
"""Rows with as many runs of templates as others that may be versions of one text (as there)."""

_WORD = re.compile(r"\w+")

_WORDS_ALIKE = re.compile(r"[\x00-\xa8\xaa-\xad\xaf-\u02ff\u2010-\u203b\u20a0-\u20cf]*")
"""Texts of which all words are words here as in dataprep.near: Latin letters, and no emoji."""


class Near:
    """Looks at the texts of every row; rows that ask the very same are left to D001 to D003."""

    codes: tuple[str, ...] = ("D004", "D006")

    def __init__(self, context: Context) -> None:
        self._signatures: near.Signatures | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._signing: Future[None] | None = None
        self._templates = context.templates
        self._texts: list[str] = []
        self._size = 0
        self._asked, self._whole = array("q"), array("q")
        self._lines, self._files, self._parts = array("Q"), array("L"), array("L")
        self._names: dict[str, int] = {}

    def add(self, read: RowRead, place: Place, part: str) -> None:
        """Remember a row by its signature and place."""
        if read.reading is None:
            return
        texts = [piece.text for piece in pieces_of(read.reading)]
        asked = "\n".join(texts[:-1]) if len(texts) > 1 else None
        self._add(asked, "\n".join(texts), place.line or 0, place.file, part)

    def add_plain(self, rows: Plain, form: RowFormat, file: str, part: str) -> None:
        """Remember many rows that are text alone."""
        for line, texts in zip(rows.lines, rows.texts, strict=True):
            asked = "\n".join(texts[:-1])
            self._add(asked, f"{asked}\n{texts[-1]}", line, file, part)

    def _add(self, asked: str | None, whole: str, line: int, file: str, part: str) -> None:
        self._asked.append(len(self._asked) if asked is None else hash(asked))
        self._whole.append(hash(whole))
        self._lines.append(line)
        self._files.append(self._names.setdefault(file, len(self._names)))
        self._parts.append(self._names.setdefault(part, len(self._names)))
        self._texts.append(whole)
        self._size += len(whole)
        if len(self._texts) >= _BATCH or self._size >= _BATCH * 1000:
            self._sign_beside()

    def _sign_beside(self) -> None:
        """Sign what is held in a thread, while rows are read on: the library holds no lock."""
        from concurrent.futures import ThreadPoolExecutor

        self._thread = self._thread or ThreadPoolExecutor(1, "signatures")
        if self._signing is not None:
            self._signing.result()
        self._signing = self._thread.submit(self._so_far().add, self._texts)
        self._texts, self._size = [], 0

    def _so_far(self) -> near.Signatures:
        """The signatures of the rows before those that are held."""
        if self._signatures is None:
            from dataprep import near

            self._signatures = near.Signatures(near.unpacked(self._templates))
        return self._signatures

    def _of_all(self) -> near.Signatures:
        """The signatures of all rows."""
        if self._thread is not None:
            self._thread.shutdown()
        if self._signing is not None:
            self._signing.result()
        if self._texts:
            self._so_far().add(self._texts)
            self._texts = []
        return self._so_far()

    def findings(self) -> Iterator[Finding]:
        """One finding for each row that is near an earlier one, at the earliest that it is near."""
        if self._signatures is None and _unlike(self._texts):
            return
        pairs = self._of_all().pairs()
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
        import polars as pl

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


def _unlike(texts: Sequence[str]) -> bool:
    """Whether a few texts are clearly not near each other, by the measure of dataprep.near.

    It is exact here, and an estimate there: the bound is seven standard errors below.
    """
    if len(texts) > _FEW or not all(map(_WORDS_ALIKE.fullmatch, texts)):
        return False
    where: dict[tuple[str, ...], list[int]] = {}
    for number, text in enumerate(texts):
        words = _WORD.findall(text.lower())
        for run in set(zip(words, words[1:], words[2:], strict=False)):
            where.setdefault(run, []).append(number)
    own = [rows for rows in where.values() if len(rows) < _TEMPLATE]
    often = Counter(number for rows in where.values() if len(rows) >= _VERSIONS for number in rows)
    sizes = Counter(number for rows in own for number in rows)
    shared = Counter(pair for rows in own for pair in combinations(rows, 2))
    if sum(often[number] >= sizes[number] for number in often) >= _VERSIONS:
        return False
    return all(n < _SURELY * (sizes[a] + sizes[b] - n) for (a, b), n in shared.items())
