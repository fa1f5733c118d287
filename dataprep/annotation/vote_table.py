"""Who said what about which question, as arrays: what the reliability of annotators is told from.

Questions that were answered alike, by the same annotators, are one row with a weight. A table
takes about 8 bytes a vote and 16 a row; all work on it goes block by block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int32]
Places = NDArray[np.int64]
Floats = NDArray[np.float64]

BLOCK = 1 << 21
"""Cells of the matrices that are held at once: 16 MiB each."""


class VoteBlock(NamedTuple):
    """Some rows of a table: `row` and the others are those of each vote, `weight` of each row."""

    row: Places
    annotator: Places
    label: Places
    first: Places
    weight: Floats

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.weight)


@dataclass(frozen=True, slots=True)
class VoteTable:
    """The votes on questions that have the same possible labels.

    `annotator` and `label` [votes] count in `annotators` and `labels`, both sorted; the votes of
    row i are those from `first[i]` to `first[i + 1]`, sorted; `weight` [rows] says how many
    questions were answered just so.
    """

    annotators: tuple[str, ...]
    labels: tuple[str, ...]
    annotator: Integers
    label: Integers
    first: Places
    weight: Floats

    @property
    def votes(self) -> float:
        """How many votes there are in all, each row counted by its weight."""
        return float(np.diff(self.first) @ self.weight)

    def blocks(self, cells: int = BLOCK, labels: int | None = None) -> Iterator[VoteBlock]:
        """The rows in their order; no matrix [votes, labels] of a block has many more cells.

        So many `labels` are told apart in it, by default all.
        """
        votes = max(1, cells // max(1, labels or len(self.labels)))
        at, rows = 0, len(self.weight)
        while at < rows:
            end = int(np.searchsorted(self.first, self.first[at] + votes, "right")) - 1
            end = min(max(end, at + 1), rows)
            first, last = self.first[at], self.first[end]
            yield VoteBlock(
                np.repeat(np.arange(end - at), np.diff(self.first[at : end + 1])),
                self.annotator[first:last].astype(np.int64),
                self.label[first:last].astype(np.int64),
                self.first[at:end] - first,
                self.weight[at:end],
            )
            at = end


Vote = tuple[str, str]
"""An annotator, and a label."""


class VoteCounts:
    """Collects votes, those of questions that were answered alike together."""

    def __init__(self) -> None:
        self._annotators: dict[str, int] = {}
        self._labels: dict[str, int] = {}
        self._rows: dict[tuple[int, ...], int] = {}

    def add(self, votes: Iterable[Vote], times: int = 1) -> None:
        """Count the votes on one question, or on so many that were answered alike.

        Votes of annotators without a name are those of one of whom little is known.
        """
        row: list[int] = []
        for who, label in sorted(votes):
            row.append(self._annotators.setdefault(who, len(self._annotators)))
            row.append(self._labels.setdefault(label, len(self._labels)))
        key = tuple(row)
        self._rows[key] = self._rows.get(key, 0) + times

    def table(self) -> VoteTable:
        """What was counted, as arrays."""
        size = sum(map(len, self._rows))
        flat = np.fromiter(chain.from_iterable(self._rows), np.int32, size).reshape(-1, 2)
        lengths = np.fromiter((len(key) // 2 for key in self._rows), np.int64, len(self._rows))
        weight = np.fromiter(self._rows.values(), np.float64, len(self._rows))
        made = VoteTable(
            tuple(self._annotators),
            tuple(self._labels),
            flat[:, 0],
            flat[:, 1],
            np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]),
            weight,
        )
        return joined([made])


def joined(tables: Sequence[VoteTable]) -> VoteTable:
    """Several tables as one: annotators, labels and the votes of each row in their order."""
    annotators = sorted({who for table in tables for who in table.annotators})
    labels = sorted({label for table in tables for label in table.labels})
    places = {who: at for at, who in enumerate(annotators)}, {x: at for at, x in enumerate(labels)}
    annotator = [_moved(table.annotator, table.annotators, places[0]) for table in tables]
    label = [_moved(table.label, table.labels, places[1]) for table in tables]
    lengths = np.concatenate([np.diff(table.first) for table in tables])
    who, said = np.concatenate(annotator), np.concatenate(label)
    order = np.lexsort((said, who, np.repeat(np.arange(len(lengths)), lengths)))
    return VoteTable(
        tuple(annotators),
        tuple(labels),
        who[order],
        said[order],
        np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]),
        np.concatenate([table.weight for table in tables]),
    )


def _moved(index: Integers, names: Sequence[str], places: dict[str, int]) -> Integers:
    """An index into `names` as one into all names."""
    return np.array([places[name] for name in names], np.int32)[index]
