"""D004 and D006: examples that are nearly the same, in one file or in two splits.

Of a row 512 bytes of signature are kept and 36 of place and hashes, never its text.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from dataprep.checks.context import Context
from dataprep.finding import Finding, Place
from dataprep.formats import Plain, RowFormat, RowRead, pieces_of
from dataprep.patterns import LatePattern
from dataprep.rules import found

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    import polars as pl

    from dataprep import near

_BATCH, _LARGE = 4096, 4_096_000
"""Rows, or characters of them, that are signed together."""

_FEW = 100
"""Rows that are looked at without frames first; they take 0.2 s to load."""

_TEMPLATE, _SURELY = 5, 0.4
"""Rows of which a run is a template's (as there), and the share that is surely no near one."""

_VERSIONS = 16
"""Rows with as many runs of templates as others that may be versions of one text (as there)."""

_WORD = LatePattern(r"\w+")

_WORDS_ALIKE = LatePattern(r"[\x00-\xa8\xaa-\xad\xaf-\u02ff\u2010-\u203b\u20a0-\u20cf]*")
"""Texts of which all words are words here as in dataprep.near: Latin letters, and no emoji."""


class _Texts(NamedTuple):
    """What a row asks, if it does, and all that it says."""

    asked: str | None
    whole: str


class Near:
    """Looks at the texts of every row; rows that ask the very same are left to D001 to D003."""

    codes: tuple[str, ...] = ("D004", "D006")

    def __init__(self, context: Context) -> None:
        self._signatures: near.Signatures | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._signing: Future[None] | None = None
        self._templates = context.templates
        self._single: list[_Texts] = []
        self._waiting: list[pl.Series] = []
        self._rows = self._size = 0
        self._asked, self._whole = array("Q"), array("Q")
        self._lines, self._files, self._parts = array("Q"), array("L"), array("L")
        self._names: dict[str, int] = {}

    def add(self, read: RowRead, place: Place, part: str) -> None:
        """Remember a row by its signature and place."""
        if read.reading is None:
            return
        texts = [piece.text for piece in pieces_of(read.reading)]
        asked = "\n".join(texts[:-1]) if len(texts) > 1 else None
        whole = "\n".join(texts)
        self._single.append(_Texts(asked, whole))
        self._stand([place.line or 0], place.file, part)
        self._count(1, len(whole))

    def add_plain(self, rows: Plain, form: RowFormat, file: str, part: str) -> None:
        """Remember many rows that are text alone."""
        whole = rows.before + "\n" + rows.answers
        sizes = [0, *whole.str.len_chars().cast(int).cum_sum()]
        self._put_together()
        self._stand(rows.lines.tolist(), file, part)
        start = 0
        while start < len(whole):
            full = bisect_left(sizes, sizes[start] + _LARGE - self._size, start + 1)
            end = min(start + _BATCH - self._rows, full, len(whole))
            self._wait(rows.before[start:end], whole[start:end])
            self._count(end - start, sizes[end] - sizes[start])
            start = end

    def _stand(self, lines: list[int], file: str, part: str) -> None:
        """Remember where rows stand."""
        self._lines.extend(lines)
        for column, name in ((self._files, file), (self._parts, part)):
            column.extend([self._names.setdefault(name, len(self._names))] * len(lines))

    def _count(self, rows: int, size: int) -> None:
        """Sign what waits, once there are enough rows or characters."""
        self._rows += rows
        self._size += size
        if self._rows >= _BATCH or self._size >= _LARGE:
            self._sign_beside()

    def _put_together(self) -> None:
        """Make columns of the rows that came one by one."""
        if not self._single:
            return
        import polars as pl

        asked, whole = zip(*self._single, strict=True)
        self._single = []
        self._wait(pl.Series(asked, dtype=pl.String), pl.Series(whole, dtype=pl.String))

    def _wait(self, asked: pl.Series, whole: pl.Series) -> None:
        """Keep texts until they are signed, and their hashes; without a question, a row's number.

        Within one version of Polars a hash is the same everywhere.
        """
        hashes, none = asked.hash().to_list(), asked.is_null().to_list()
        first = len(self._asked)
        self._asked.extend(first + n if none[n] else one for n, one in enumerate(hashes))
        self._whole.extend(whole.hash().to_list())
        self._waiting.append(whole)

    def _sign_beside(self) -> None:
        """Sign what waits in a thread, while rows are read on: the library holds no lock."""
        from concurrent.futures import ThreadPoolExecutor

        self._thread = self._thread or ThreadPoolExecutor(1, "signatures")
        if self._signing is not None:
            self._signing.result()
        self._signing = self._thread.submit(self._so_far().add, self._taken())

    def _taken(self) -> pl.Series:
        """The texts that wait, which are kept no longer."""
        import polars as pl

        self._put_together()
        texts = pl.concat(self._waiting) if self._waiting else pl.Series(dtype=pl.String)
        self._waiting, self._rows, self._size = [], 0, 0
        return texts

    def _so_far(self) -> near.Signatures:
        """The signatures of the rows before those that wait."""
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
        if self._rows:
            self._so_far().add(self._taken())
        return self._so_far()

    def findings(self) -> Iterator[Finding]:
        """One finding for each row that is near an earlier one, at the earliest that it is near."""
        few = self._signatures is None and not self._waiting
        if few and _unlike([texts.whole for texts in self._single]):
            return
        pairs = self._in_order(self._of_all().pairs())
        for first, later, similarity in _nearest(pairs, self._others(pairs)).iter_rows():
            leaks = self._parts[first] != self._parts[later]
            other, share = self._place(first), f"about {similarity:.0%} of their words in common"
            if self._files[first] == self._files[later]:
                said = f"is nearly the same as line {other.line}: {share}"
            else:
                said = f"is nearly the same as {other}: {share}"
            yield found("D006" if leaks else "D004", said, self._place(later))

    def _in_order(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """The pairs in the order of their lines: of a block the plain rows came first."""
        import numpy as np
        import polars as pl

        rows = np.lexsort((np.asarray(self._lines), np.asarray(self._files)))
        ranks = rows.argsort()
        ends = [ranks[pairs[name].to_numpy()] for name in ("first", "later")]
        before, behind = np.minimum(*ends), np.maximum(*ends)
        at = np.lexsort((before, behind))
        ordered = {"first": rows[before[at]], "later": rows[behind[at]]}
        return pl.DataFrame({**ordered, "similarity": pairs["similarity"].gather(at)})

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
