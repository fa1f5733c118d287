"""Why annotations and tasks go no further."""

from __future__ import annotations

from collections.abc import Sequence

from dataprep.annotation import Annotation
from dataprep.finding import Drop, Place
from dataprep.rules import found
from dataprep.shapes.shaped import Shaped

NOT_ASKED = "not-asked"
"""Why an annotation goes no further whose annotator was not asked what is learned."""
SETTLED = "settled"
"""Why an annotation goes no further whose place the answer of an adjudicator took."""


def dropped_annotation(annotation: Annotation, reason: str, place: Place) -> Drop:
    """The drop of one annotation of the task at a place."""
    here = Place(file=place.file, task=place.task, annotation=annotation.key)
    return Drop(unit="annotation", reason=reason, place=here)


def drop_task(annotations: Sequence[Annotation], place: Place, shaped: Shaped) -> None:
    """A task without a single answer is dropped for the reason that its annotations give."""
    reasons = [d.reason for d in shaped.drops if d.unit == "annotation"]
    reason = "unlabelled" if not annotations else max(sorted(set(reasons)), key=_weight)
    shaped.drops.append(Drop(unit="record", reason=reason, place=place))


def find_twins(annotations: Sequence[Annotation], place: Place, shaped: Shaped) -> None:
    """Name every annotation that stands twice in a task."""
    keys: set[str] = set()
    for annotation in annotations:
        key = annotation.unique_id
        if isinstance(key, str) and key in keys:
            here = Place(file=place.file, task=place.task, annotation=key)
            shaped.findings.append(found("A014", "its unique_id stands twice in the task", here))
        elif isinstance(key, str):
            keys.add(key)


def _weight(reason: str) -> int:
    """A broken rule explains more than a skip, and a skip more than an empty submission.

    That the answer of a curator took the place of others explains nothing: it was empty itself.
    """
    return {SETTLED: -1, "submitted-empty": 0, NOT_ASKED: 0, "skipped": 1}.get(reason, 2)
