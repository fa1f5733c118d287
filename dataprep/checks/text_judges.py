"""Who judges the texts that a screen stopped: this process, or several where that pays.

In code and in manuals every other text has a word of secrets, and judging those takes most of the
time of a check. What is found in a row depends on nothing but its texts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from dataprep.checks.hinted_texts import HintedRow
    from dataprep.workers import Work

PAYS_AFTER = 2.0
"""Seconds of judging after which more processes are started: each of them takes half of one."""

MOST = 8
"""Processes that are started without being asked for; each takes about 100 MB."""

_UNIT = 50_000
"""Characters of texts that one process judges at a time."""


class TextJudges:
    """Judges rows until it is closed: by so many processes, or by more than one where that pays."""

    def __init__(self, number: int | None = None) -> None:
        self._number = number
        self._spent = 0.0
        self._started = ExitStack()
        self._work: Work | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._started.close()

    def objected(self, rows: Sequence[HintedRow]) -> Iterable[int]:
        """The numbers of the rows with a text to which a rule on texts objects."""
        if self._work is None and (number := self._worth()) > 1:
            from dataprep import workers

            self._work = self._started.enter_context(workers.crew(_judge, number))
        if self._work is not None:
            return chain.from_iterable(self._work(_units(rows)))
        began = time.process_time()
        found = _judge()(rows)
        self._spent += time.process_time() - began
        return found

    def _worth(self) -> int:
        """How many processes are worth their while by now."""
        if self._number is not None:
            return self._number
        if self._spent <= PAYS_AFTER:
            return 1
        from dataprep import workers

        return min(workers.cores(), MOST)


def _judge() -> Callable[[Sequence[HintedRow]], list[int]]:
    """What every process does with its rows."""
    from dataprep.checks.hinted_texts import objected

    return objected


def _units(rows: Sequence[HintedRow]) -> Iterator[Sequence[HintedRow]]:
    """The rows in their order, some together."""
    start = size = 0
    for end, row in enumerate(rows, 1):
        size += sum(map(len, row.texts))
        if size >= _UNIT or end == len(rows):
            yield rows[start:end]
            start, size = end, 0
