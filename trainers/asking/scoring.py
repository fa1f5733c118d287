"""Scores of several roads on the same questions, side by side, by what the task is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from math import comb

from dataprep.jsonio import Json
from trainers import metrics
from trainers.asking.kept import KINDS, KeptAnswer
from trainers.asking.questions import LENGTHS, LONGEST, Question
from trainers.evaluate import majority
from trainers.tasks import main_metric

SLICES = ("label", "length", "file")
MOST_SLICES = 100
"""Of labels and files, the most frequent ones are told apart."""

Answers = Mapping[str, KeptAnswer]


def compared(questions: Sequence[Question], roads: Mapping[str, Answers]) -> list[Question]:
    """The questions that every road was asked."""
    return [q for q in questions if all(q.id in answers for answers in roads.values())]


def of_road(questions: Sequence[Question], answers: Answers, tasks: Mapping[str, str]) -> Json:
    """How the answers came, and the scores by shape, each with its slices.

    `tasks` says what each shape is judged as.
    """
    kinds = Counter(answers[q.id].kind for q in questions)
    shapes: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        shapes[question.shape].append(question)
    return {
        "kinds": {kind: kinds[kind] for kind in KINDS},
        "tokens": {
            "in": sum(answers[q.id].tokens_in for q in questions),
            "out": sum(answers[q.id].tokens_out for q in questions),
        },
        "shapes": {
            name: _of_shape(tasks[name], rows, answers) for name, rows in sorted(shapes.items())
        },
    }


def of_majority(
    questions: Sequence[Question],
    training: Mapping[str, Sequence[str]],
    tasks: Mapping[str, str],
) -> dict[str, Json]:
    """By shape, what the most frequent answer of the train split alone would reach."""
    found = {}
    for shape in sorted({q.shape for q in questions}):
        most = majority(training.get(shape, ()))
        wanted = [q.wanted for q in questions if q.shape == shape]
        scores = metrics.scores(tasks[shape], wanted, [most] * len(wanted))
        found[shape] = {"answer": most, "scores": scores}
    return found


def pairs(questions: Sequence[Question], roads: Mapping[str, Answers]) -> list[Json]:
    """For each two roads, who is exactly right where the other is not.

    `p` is McNemar's exact test: how often a coin would part the disputed questions so unevenly.
    """
    right = {
        name: {q.id for q in questions if answers[q.id].text.strip() == q.wanted.strip()}
        for name, answers in roads.items()
    }
    return [
        {
            "roads": [a, b],
            "both": len(right[a] & right[b]),
            "only_first": (one := len(right[a] - right[b])),
            "only_second": (other := len(right[b] - right[a])),
            "neither": len(questions) - len(right[a] | right[b]),
            "p": round(coin(one, other), 4),
        }
        for a, b in combinations(roads, 2)
    ]


def coin(one: int, other: int) -> float:
    """The two-sided exact binomial test of a fair coin; 1 where nothing is disputed."""
    thrown, least = one + other, min(one, other)
    tail = sum(comb(thrown, k) for k in range(least + 1))
    return float(min(1.0, 2 * tail / 2**thrown))


def _of_shape(task: str, questions: Sequence[Question], answers: Answers) -> Json:
    wanted = [q.wanted for q in questions]
    said = [answers[q.id].text for q in questions]
    slices = {
        by: metrics.by_slice(
            task, wanted, said, _frequent([_slice(q, by, task) for q in questions])
        )
        for by in SLICES
    }
    order = [name for _, name in LENGTHS] + [LONGEST]
    slices["length"] = {name: slices["length"][name] for name in order if name in slices["length"]}
    return {
        "examples": len(questions),
        "judged_as": task,
        "judged_by": main_metric(task),
        "scores": metrics.scores(task, wanted, said),
        "slices": slices,
    }


def _slice(question: Question, by: str, task: str) -> str | None:
    """The slice of a question; where labels are the answers, these are the labels."""
    if by == "label" and question.label is None and task in metrics.LABELS:
        return question.wanted.strip()
    value: str | None = getattr(question, by)
    return value


def _frequent(names: Sequence[str | None]) -> list[str | None]:
    """The names, with those beyond the most frequent ones left out."""
    counts = Counter(name for name in names if name is not None)
    kept = {name for name, _ in counts.most_common(MOST_SLICES)}
    return [name if name in kept else None for name in names]
