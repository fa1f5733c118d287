"""Who judges the texts of rows: this process, or several where that pays.

In code and in manuals most texts have a word of secrets, and judging those takes most of the time
of a check. What is found in the texts of a row depends on nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Self

from dataprep.checks.context import Context
from dataprep.checks.per_row.schema import AskedTexts, RowJudge

if TYPE_CHECKING:
    from dataprep.checks.hinted_texts import HintedRow
    from dataprep.finding import Fault
    from dataprep.workers import Work

PAYS_AFTER = 2.0
"""Seconds of judging after which more processes are started: each of them takes half of one."""

MOST = 8
"""Processes that are started without being asked for; each takes about 100 MB."""

_EACH = 250_000_000
"""Bytes of free memory for each of them, so that others have some left."""

_UNIT = 20
"""Rows that one process judges at a time."""


class TextJudges:
    """Judges texts until it is closed.

    `number` is that of the processes; without it there are more than one where that pays.
    `language` is the one that answers should be in.
    """

    def __init__(self, number: int | None = None, language: str | None = None) -> None:
        self._number = number
        self._make = partial(_Judge, language)
        self._judge = self._make()
        self._spent = 0.0
        self._started = ExitStack()
        self._work: Work | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._started.close()

    def told(self, rows: Sequence[AskedTexts]) -> Iterable[list[Fault]]:
        """What the rules on texts say of each row."""
        return self._of_each(rows)

    def objected(self, rows: Sequence[HintedRow]) -> Iterator[int]:
        """The numbers of the rows with a text to which a rule on texts objects."""
        for row, objects in zip(rows, self._of_each(rows), strict=True):
            if objects:
                yield row.number

    def _of_each(self, rows: Sequence[AskedTexts] | Sequence[HintedRow]) -> Iterable[Any]:
        if self._work is None and len(rows) > _UNIT and (number := self._worth()) > 1:
            from dataprep import workers

            self._work = self._started.enter_context(workers.crew(self._make, number))
        if self._work is not None and len(rows) > _UNIT:
            units = (rows[at : at + _UNIT] for at in range(0, len(rows), _UNIT))
            return chain.from_iterable(self._work(units))
        began = time.process_time()
        found = self._judge(rows)
        self._spent += time.process_time() - began
        return found

    def _worth(self) -> int:
        """How many processes are worth their while by now."""
        if self._number is not None:
            return self._number
        if self._spent <= PAYS_AFTER:
            return 1
        from dataprep import workers
        from dataprep.memory import free_memory

        free = free_memory()
        room = MOST if free is None else free // _EACH
        return max(1, min(workers.cores(), MOST, room))


class _Judge:
    """What every process does with some rows."""

    def __init__(self, language: str | None) -> None:
        self._of_rows = RowJudge(Context(language=language))

    def __call__(self, rows: Sequence[AskedTexts | HintedRow]) -> list[bool | list[Fault]]:
        return [*map(self._verdict, rows)]

    def _verdict(self, row: AskedTexts | HintedRow) -> bool | list[Fault]:
        """Of a row all faults; of one that was stopped by a screen, whether there are any."""
        if isinstance(row, AskedTexts):
            return [*self._of_rows.of_texts(row)]
        from dataprep.checks.hinted_texts import is_objected

        return is_objected(row)
