"""The parts of the answers of a settled task, each counted once, whoever holds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dataprep.annotation import Annotation, Result
from dataprep.example import Record
from dataprep.shapes import MERGED, SETTLED, Shaped, TaskShape

_DECIDED = ("tie", "outvoted", "undecided")
"""Why the annotation of a voter goes no further whose parts were decided on one by one."""
_NOT_CHOSEN = "not-chosen"
_SKIPPED = "skipped"
"""Why an annotation goes no further into which nothing was settled."""
_EACH = ("all", "by-annotator")
"""The policies by which several annotations of a task go on."""


def count_replaced(shaped: Shaped, shape: TaskShape, replaced: Sequence[Result]) -> None:
    """Count the parts that an annotator gave and an adjudicator replaced."""
    if shaped.parts is not None and shape.partition:
        shaped.parts.lose(shape.partition.given(replaced), SETTLED)


def count_once(
    shaped: Shaped, record: Record, shape: TaskShape, settled: Annotation, copies: int
) -> None:
    """Count the parts of an adjudicator once, whose results stood in so many annotations.

    Where several annotations are examples of their own (`all`, `by-annotator`) the parts go on in
    each of them, and are counted there.
    """
    parts, partition = shaped.parts, shape.partition
    if parts is None or partition is None:
        return
    once = shape.parts_of(record, settled)
    lost = Counter(drop.reason for drop in shaped.drops if drop.unit == "annotation")
    for reason in (*_DECIDED, shape.kind.unwritten, _SKIPPED):
        lost.pop(reason, None)
    passed_over = lost.pop(_NOT_CHOSEN, 0)
    left = copies - lost.total() - passed_over
    if not left and not passed_over:
        ((reason, number), *_) = lost.most_common(1)
        lost[reason] = number - 1
    for reason, number in lost.items():
        given = partition.given(settled.result or ())
        parts.lose({key: -n * number for key, n in given.items()}, reason)
    parts.uncount(once, _NOT_CHOSEN, passed_over)
    if shape.source.annotators not in _EACH:
        parts.uncount(once, MERGED, max(left - 1, 0))
