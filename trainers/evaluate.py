"""How good a model is: exact match beside what the most frequent answer alone would reach."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainers import metrics
from trainers.metrics import exact_match as share_exact
from trainers.tasks import main_metric

NO_LABEL = "-"


@dataclass(frozen=True, slots=True)
class Answer:
    """One held-out example: what it is, what was wanted, and what the model said."""

    id: str
    shape: str
    label: str | None
    wanted: str
    said: str


def exact_match(answers: Sequence[Answer]) -> float:
    """The share of answers that are exactly right; 0 where there are none."""
    return share_exact([a.wanted for a in answers], [a.said for a in answers])


def majority(training: Iterable[str]) -> str:
    """The most frequent answer of the training split, of equals the first in the alphabet."""
    counts = Counter(t.strip() for t in training)
    return min(counts, key=lambda t: (-counts[t], t)) if counts else ""


def by_shape(
    answers: Sequence[Answer], training: Mapping[str, Sequence[str]], tasks: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """For each shape: examples, the metrics that fit it, the majority baseline, and each label.

    `training` holds the answers of the training split, by shape; `tasks` says what each shape is
    judged as, which is by itself where it is not there.
    """
    return {
        shape: _scores(tasks.get(shape, shape), group, majority(training.get(shape, ())))
        for shape, group in sorted(_grouped(answers, "shape").items())
    }


def _scores(task: str, answers: Sequence[Answer], most: str) -> dict[str, Any]:
    labels = _grouped(answers, "label")
    wanted, said = [a.wanted for a in answers], [a.said for a in answers]
    return {
        "examples": len(answers),
        "judged_as": task,
        "judged_by": main_metric(task),
        **metrics.scores(task, wanted, said),
        "majority": {
            "answer": most,
            "exact_match": round(sum(a.wanted.strip() == most for a in answers) / len(answers), 4),
        },
        "labels": {
            label: {"examples": len(group), "exact_match": round(exact_match(group), 4)}
            for label, group in sorted(labels.items())
            if label != NO_LABEL
        },
    }


def _grouped(answers: Sequence[Answer], by: str) -> dict[str, list[Answer]]:
    groups: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[getattr(answer, by) or NO_LABEL].append(answer)
    return groups
