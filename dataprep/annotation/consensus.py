"""Several annotators of one task become one answer, by a named policy.

An answer is any hashable value; what cannot be decided is dropped with a reason, never guessed.
The order is that of `created_at`, then of the key, never that of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Generic, Literal, NamedTuple, TypeVar

from dataprep.annotation.task import Annotation

Policy = Literal["majority", "first", "latest", "ground-truth-first", "all"]
A = TypeVar("A")


class Answered(NamedTuple, Generic[A]):
    """An annotation, and its answer for the control that is learned."""

    annotation: Annotation
    answer: A


class Agreed(NamedTuple, Generic[A]):
    """An answer, and the annotations that gave it."""

    answer: A
    by: tuple[Annotation, ...]


class Merged(NamedTuple, Generic[A]):
    """What a policy made of one task; `lost` says why each other annotation went no further."""

    agreed: Sequence[Agreed[A]]
    lost: Sequence[tuple[Annotation, str]]


def merge(answers: Sequence[Answered[A]], policy: Policy) -> Merged[A]:
    """Apply a policy to the answers of one task (at least one).

    `majority` wants more than half of the annotators; without it the task is a tie.
    `ground-truth-first` takes an annotation marked as ground truth, else the majority.
    """
    if len(answers) == 1:
        return Merged([Agreed(answers[0].answer, (answers[0].annotation,))], ())
    ordered = sorted(answers, key=lambda a: (str(a.annotation.created_at or ""), a.annotation.key))
    match policy:
        case "all":
            return Merged([Agreed(a.answer, (a.annotation,)) for a in ordered], ())
        case "first":
            return _only(ordered[0], ordered)
        case "latest":
            return _only(ordered[-1], ordered)
        case "ground-truth-first":
            truth = next((a for a in ordered if a.annotation.ground_truth is True), None)
            return _only(truth, ordered) if truth else _majority(ordered)
        case "majority":
            return _majority(ordered)


def merge_parts(answers: Sequence[Answered[frozenset[A]]], policy: Policy) -> Merged[frozenset[A]]:
    """As `merge`, for answers that are sets: the majority decides on each part by itself.

    A part that exactly half of the annotators see makes the task a tie.
    """
    if policy == "ground-truth-first" and not any(a.annotation.ground_truth for a in answers):
        policy = "majority"
    if policy != "majority" or len(answers) == 1:
        return merge(answers, policy)
    votes = Counter(part for a in answers for part in a.answer)
    if any(2 * n == len(answers) for n in votes.values()):
        return Merged((), [(a.annotation, "tie") for a in answers])
    agreed = frozenset(part for part, n in votes.items() if 2 * n > len(answers))
    by = tuple(a.annotation for a in answers if a.answer & agreed or not a.answer | agreed)
    if not by:
        return Merged((), [(a.annotation, "tie") for a in answers])
    lost = [(a.annotation, "outvoted") for a in answers if a.annotation not in by]
    return Merged([Agreed(agreed, by)], lost)


def _only(chosen: Answered[A], answers: Sequence[Answered[A]]) -> Merged[A]:
    lost = [(a.annotation, "not-chosen") for a in answers if a is not chosen]
    return Merged([Agreed(chosen.answer, (chosen.annotation,))], lost)


def _majority(answers: Sequence[Answered[A]]) -> Merged[A]:
    winner, votes = Counter(a.answer for a in answers).most_common(1)[0]
    if 2 * votes <= len(answers):
        return Merged((), [(a.annotation, "tie") for a in answers])
    by = tuple(a.annotation for a in answers if a.answer == winner)
    lost = [(a.annotation, "outvoted") for a in answers if a.answer != winner]
    return Merged([Agreed(winner, by)], lost)
