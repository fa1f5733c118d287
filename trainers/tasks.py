"""What the examples of a shape are judged as, by which metric first, and what metrics are called.

A training, its model card and `evaluate` ask here, so that one task has one judgement everywhere.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dataprep.parts import part_batches
from trainers import metrics
from trainers.taught import taught

TITLES = {
    "exact_match": "exact match",
    "accuracy": "accuracy",
    "macro_f1": "label F1 (macro)",
    "span_f1": "span F1",
    "rouge_l": "ROUGE-L",
    "chrf": "chrF",
}
"""What a person reads for each metric."""

FEWEST, MOST_LABELS, LABEL_CHARACTERS = 20, 50, 60
"""Answers that must be known before a task is told by them; what labels are, by number and size."""


def tasks_of(folder: Path) -> dict[str, str]:
    """What each shape of a converted dataset is judged as, told by all of its answers."""
    answers: dict[str, list[str]] = defaultdict(list)
    for batch in part_batches(folder):
        found: Iterator[tuple[str, str | None]]
        if (batch.turns["weight"] == 0).any():
            found = ((example.shape, taught(example)) for example in batch.rows())
        else:
            found = batch.examples.select("shape", "output").iter_rows()
        for shape, answer in found:
            if answer is not None:
                answers[shape].append(answer)
    return {shape: task_of(shape, said) for shape, said in answers.items()}


def main_metric(task: str) -> str:
    """The one that a task is judged by first: the last of those that fit it, but for texts."""
    names = list(metrics.metrics_for(task))
    return "rouge_l" if "rouge_l" in names else names[-1]


def task_of(shape: str, answers: Sequence[str]) -> str:
    """What a shape is judged as; of rows that say it only by their answers, what these show.

    Few, short and often the same: labels. All of them lists of (label, text): spans. All of them
    JSON: structured.
    """
    if shape in (*metrics.LABELS, "spans", "structured") or len(answers) < FEWEST:
        return shape
    counts = Counter(answer.strip() for answer in answers)
    short = all(len(answer) <= LABEL_CHARACTERS for answer in counts)
    if short and len(counts) <= min(MOST_LABELS, len(answers) // 5):
        return "classification"
    read = [_read(answer) for answer in counts]
    if not all(isinstance(value, dict | list) for value in read):
        return shape
    found = [item for value in read if isinstance(value, list) for item in value]
    spans = all(isinstance(item, dict) and {"label", "text"} <= item.keys() for item in found)
    lists = all(isinstance(value, list) for value in read)
    return "spans" if found and spans and lists else "structured"


def _read(answer: str) -> Any:
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        return None
