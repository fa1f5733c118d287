"""Labelled regions of a text: how many an annotation gives, and their borders among annotators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from msgspec import UNSET

from dataprep.annotation import PATH, BorderRule, Placed, Result, agreed_borders
from dataprep.shapes.partition import DANGLING, NO_LABEL, Given


class Labelled(NamedTuple):
    """One label on one span, in code points of the text."""

    start: int
    end: int
    label: str


def given_regions(results: Iterable[Result], control: str) -> Given:
    """The regions of a control: one for each of its labels, or one without a label."""
    labelled = bare = 0
    for result in results:
        if result.from_name == control:
            number = len(labels_of(result.value or {}))
            labelled += number
            bare += not number
    found: Given = {("region", ""): labelled}
    if bare:
        found["region", NO_LABEL] = bare
    return found


def given_relations(results: Sequence[Result], controls: Iterable[str]) -> Given:
    """The relations, one a label and a direction; apart from the others those to nothing."""
    names = frozenset(controls)
    ids = {
        str(result.id)
        for result in results
        if result.from_name in names and result.id is not UNSET and labels_of(result.value or {})
    }
    joined = dangling = 0
    for result in results:
        if result.from_name is UNSET and result.type == "relation":
            labels = result.labels if isinstance(result.labels, list) else []
            number = max(1, len(labels)) * (2 if result.direction == "bi" else 1)
            if str(result.from_id) in ids and str(result.to_id) in ids:
                joined += number
            else:
                dangling += number
    found: Given = {("relation", ""): joined}
    if dangling:
        found["relation", DANGLING] = dangling
    return found


def align_spans(
    answers: Sequence[frozenset[Any]],
    text: str,
    rule: BorderRule,
    decides: Callable[[int], bool],
) -> Sequence[Placed] | None:
    """The agreed borders of the regions among the answers; None where all stay as they are."""
    if rule == "exact":
        return None
    marked = [[(*p,) for p in answer if isinstance(p, Labelled)] for answer in answers]
    placed = agreed_borders(marked, text, rule, decides)
    moved = any(mark[:2] != border for each in placed for mark, border in each.items())
    return placed if moved else None


def labels_of(value: dict[str, Any]) -> list[str]:
    """The labels of a region; none where it was marked and not labelled."""
    for key in ("labels", "hypertextlabels", "paragraphlabels"):
        if isinstance(found := value.get(key), list):
            return [str(label) for label in found]
    paths = value.get("taxonomy")
    if not isinstance(paths, list):
        return []
    return [PATH.join(map(str, p)) if isinstance(p, list) else str(p) for p in paths]
