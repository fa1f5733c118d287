"""Family B: how often each label stands, where the answers of a file look like labels.

Counting stops for good once a part has more than MOST different answers: they are no labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from dataprep import sensitive
from dataprep.checks.context import Context
from dataprep.finding import Finding, Place, excerpt
from dataprep.formats import Plain, RowFormat, RowRead
from dataprep.rules import found

MOST = 200
"""Different answers that labels can be at the most; no published label set in use is larger."""

LONGEST = 60
"""Characters of a label."""

ROWS, EACH = 50, 5
"""Rows that a part needs before it is judged, and rows a different answer, on the average."""

RARE, UNEVEN = 10, 20
"""Examples that a label needs, and how much more frequent the most frequent one may be."""


class Balance:
    """Counts the answers of each part (a split, or a file)."""

    codes: tuple[str, ...] = ("B001", "B002", "B003", "B004", "B005")

    def __init__(self, context: Context) -> None:
        self._counts: dict[str, Counter[str] | None] = {}
        self._files: dict[str, str] = {}

    def add(self, read: RowRead, place: Place, part: str) -> None:
        """Count the answer of a row; one that is no label ends the counting of its part."""
        if self._counts.get(part, ()) is not None:
            answer = read.reading.answer if read.reading else None
            self._count((answer,), place.file, part)

    def add_plain(self, rows: Plain, form: RowFormat, file: str, part: str) -> None:
        """Count the answers of many rows."""
        if self._counts.get(part, ()) is not None:
            self._count(rows.answers.to_list(), file, part)

    def _count(self, answers: Iterable[str | None], file: str, part: str) -> None:
        self._files.setdefault(part, file)
        counts = self._counts.setdefault(part, Counter())
        for answer in answers:
            if answer is None or counts is None or len(answer) > LONGEST or "\n" in answer.strip():
                self._counts[part] = None
                return
            counts[answer] += 1
            if len(counts) > MOST:
                self._counts[part] = None
                return

    def findings(self) -> Iterator[Finding]:
        """What is wrong with the labels of each part, then what one part lacks."""
        labels = {
            part: counts
            for part, counts in self._counts.items()
            if counts and counts.total() >= max(ROWS, EACH * len(counts))
        }
        for part, counts in labels.items():
            for code, message in _of_one(counts):
                yield found(code, message, Place(file=self._files[part]))
        yield from self._missing(labels)

    def _missing(self, labels: dict[str, Counter[str]]) -> Iterator[Finding]:
        """B005, for parts that share a label with the largest one; others are of other tasks."""
        if not labels:
            return
        largest = max(labels, key=lambda part: labels[part].total())
        for part, counts in self._counts.items():
            if part == largest or not counts or counts.keys().isdisjoint(labels[largest]):
                continue
            for one, other in ((largest, part), (part, largest)):
                lacks = (self._counts[one] or Counter()).keys() - (self._counts[other] or {}).keys()
                if lacks:
                    said = f"has no example of {_shown(lacks)}, which {self._files[one]} has"
                    yield found("B005", said, Place(file=self._files[other]))


def _of_one(counts: Counter[str]) -> Iterator[tuple[str, str]]:
    """What the labels of one part show, as code and message."""
    if len(counts) == 1:
        label, n = next(iter(counts.items()))
        yield "B003", f"all {n:,} answers are {_named(label)!r}"
        return
    spellings: dict[str, list[str]] = {}
    for label in counts:
        spellings.setdefault(_folded(label), []).append(label)
    for same in spellings.values():
        if len(same) > 1:
            shown = " and ".join(f"{_named(label, 18)!r} ({counts[label]:,})" for label in same[:2])
            more = f" and {len(same) - 2} more" if len(same) > 2 else ""
            yield "B004", f"{shown}{more} are one label in {len(same)} spellings"
    rare = [label for label, n in counts.items() if n < RARE]
    if rare:
        yield "B001", f"{_shown(rare)} {'has' if len(rare) == 1 else 'have'} under {RARE} examples"
    (often, most), (seldom, least) = counts.most_common(1)[0], counts.most_common()[-1]
    if most > UNEVEN * least and not rare:
        said = f"{_named(often, 18)!r} stands {most:,} times, {_named(seldom, 18)!r} only {least:,}"
        yield "B002", said


def _folded(label: str) -> str:
    """The letters and digits of a label, without case; the label itself where it has none."""
    return "".join(c for c in label.casefold() if c.isalnum()) or label


def _shown(labels: set[str] | list[str]) -> str:
    """How many labels there are, and the name of one."""
    first = _named(min(labels), 30)
    return f"{first!r}" if len(labels) == 1 else f"{first!r} and {len(labels) - 1} more labels"


def _named(label: str, limit: int = 40) -> str:
    """A label on the screen: an answer that looks like one may be a secret."""
    return excerpt(sensitive.redacted(label), limit)
