"""Several annotators of one task become one answer, by a named policy.

An answer is any hashable value; what cannot be decided is dropped with a reason, never guessed.
The order is that of `created_at`, then of the key, never that of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from dataprep.annotation.part_consensus import (
    OPEN_REASONS,
    UNDECIDED,
    Decision,
    PartRole,
    WasAsked,
    as_tie,
    decide,
    everybody,
    plain_role,
)
from dataprep.annotation.task import Annotation
from dataprep.finding import UsageError

Policy = Literal[
    "majority",
    "first",
    "latest",
    "ground-truth-first",
    "all",
    "by-annotator",
    "dawid-skene",
    "mace",
]
"""How several annotators become one; the last two are the majority where nothing is estimated."""
Lost = list[tuple[Annotation, str]]
A = TypeVar("A")
Align = Callable[[Sequence[frozenset[A]]], Sequence[frozenset[A]]]
"""Answers of several annotators, as many: with the same parts where they mean the same."""


class Answered(NamedTuple, Generic[A]):
    """An annotation, and its answer for the control that is learned."""

    annotation: Annotation
    answer: A


class Agreed(NamedTuple, Generic[A]):
    """An answer, the annotations that gave it, and how probable it is where that was estimated."""

    answer: A
    by: tuple[Annotation, ...]
    probability: float | None = None


class Merged(NamedTuple, Generic[A]):
    """What a policy made of one task; `lost` says why each other annotation went no further.

    Where the `voters`, in order of time, decided on each part by itself, `decision` says what
    became of the parts.
    """

    agreed: Sequence[Agreed[A]]
    lost: Sequence[tuple[Annotation, str]]
    decision: Decision[Any] | None = None
    voters: Sequence[Answered[Any]] = ()


def merge(answers: Sequence[Answered[A]], policy: Policy, minimum: float = 0.5) -> Merged[A]:
    """Apply a policy to the answers of one task (at least one).

    `majority` wants more than `minimum` of the annotators to agree, 0.5 to 1, where 1 means all
    of them; without it the task is a tie. `ground-truth-first` takes an annotation marked as
    ground truth, else the majority. `all` keeps every annotation; `by-annotator` keeps the
    latest of each annotator, and like `all` keeps the same answer of two annotators twice. Of
    an annotator who answered more than once, the latest answer votes. Raises UsageError for a
    minimum out of range.
    """
    if len(answers) == 1:
        return Merged([Agreed(answers[0].answer, (answers[0].annotation,))], ())
    ordered = sorted(answers, key=_age)
    match policy:
        case "all":
            return Merged([Agreed(a.answer, (a.annotation,)) for a in ordered], ())
        case "by-annotator":
            voters, lost = _voters(ordered)
            return Merged([Agreed(a.answer, (a.annotation,)) for a in voters], lost)
        case "first":
            return _only(ordered[0], ordered)
        case "latest":
            return _only(ordered[-1], ordered)
        case "ground-truth-first":
            truth = next((a for a in ordered if a.annotation.ground_truth is True), None)
            return _only(truth, ordered) if truth else _majority(ordered, minimum)
        case "majority" | "dawid-skene" | "mace":
            return _majority(ordered, minimum)


def merge_parts(
    answers: Sequence[Answered[frozenset[A]]],
    policy: Policy,
    minimum: float = 0.5,
    role: Callable[[A], PartRole] = plain_role,
    align: Align[A] | None = None,
) -> Merged[frozenset[A]]:
    """As `merge`, for answers that are sets: the majority decides on each part by itself.

    `align` makes parts equal that mean the same, in the answers of those who vote.
    A part stands where more than `minimum` of the annotators see it, and falls where more than
    `minimum` do not; any other is left out as undecided, and the others go on. The task is a tie
    where nothing stands and not more than `minimum` of the annotators gave an empty answer.
    """
    policy = deciding(answers, policy)
    if policy != "majority" or len(answers) == 1:
        return merge(answers, policy, minimum)
    voters, lost = _voters(sorted(answers, key=_age))
    if align:
        aligned = align([a.answer for a in voters])
        voters = [a._replace(answer=one) for a, one in zip(voters, aligned, strict=True)]
    suffices = partial(enough, minimum=minimum)
    decision = decide([a.answer for a in voters], role, suffices, asked_of(voters))
    kept = decision.kept
    if not kept and not enough(sum(not a.answer for a in voters), len(voters), minimum):
        return tied(Merged((), lost, decision, voters))
    shared = [bool(a.answer & kept) or not (a.answer or kept) for a in voters]
    by = tuple(a.annotation for a, mine in zip(voters, shared, strict=True) if mine)
    still_open = {who for f in decision.fates if f.reason in OPEN_REASONS for who in f.by}
    lost += [
        (a.annotation, UNDECIDED if who in still_open else "outvoted")
        for who, (a, mine) in enumerate(zip(voters, shared, strict=True))
        if not mine
    ]
    return Merged([Agreed(kept, by)], lost, decision, voters)


def asked_of(voters: Sequence[Answered[Any]]) -> WasAsked:
    """Which of the voters were asked what."""
    if not any(isinstance(a.annotation.asked, dict) for a in voters):
        return everybody
    return lambda who, role: voters[who].annotation.was_asked(role.group, role.choice)


def tied(merged: Merged[A]) -> Merged[A]:
    """The same where the task is a tie after all: none of the voters' answers goes on."""
    voters = [a.annotation for a in merged.voters]
    others = [lost for lost in merged.lost if not any(lost[0] is voter for voter in voters)]
    decision = merged.decision and as_tie(merged.decision)
    return Merged((), [*((a, "tie") for a in voters), *others], decision, merged.voters)


def is_truth(answered: Answered[Any]) -> bool:
    """Whether the annotation is marked as ground truth."""
    return answered.annotation.ground_truth is True


def deciding(answers: Sequence[Answered[Any]], policy: Policy) -> Policy:
    """The policy that decides on a task: without a ground truth the majority does."""
    if policy == "ground-truth-first":
        marked = any(map(is_truth, answers))
        return policy if marked else "majority"
    return policy


def votes(answers: Sequence[Answered[A]]) -> list[tuple[str, A]]:
    """Who says what, one vote for each annotator: what `Agreement.add` counts."""
    if len(answers) > 1:
        answers, _ = _voters(sorted(answers, key=_age))
    return [(a.annotation.annotator, a.answer) for a in answers]


def voters_of(answers: Sequence[Answered[A]]) -> tuple[list[Answered[A]], Lost]:
    """The answers that vote, in order of time: the latest of each annotator; and the others."""
    return _voters(sorted(answers, key=_age))


def age_of(annotation: Annotation) -> tuple[str, int, str]:
    """What orders annotations by time, then by key; a number counts seconds, as until 2021."""
    at, key = annotation.created_at, annotation.key
    when = f"{at:020}" if isinstance(at, int) else str(at or "").removesuffix("Z")
    return when, len(key), key


def _age(answered: Answered[Any]) -> tuple[str, int, str]:
    return age_of(answered.annotation)


def _only(chosen: Answered[A], answers: Sequence[Answered[A]]) -> Merged[A]:
    lost = [(a.annotation, "not-chosen") for a in answers if a is not chosen]
    return Merged([Agreed(chosen.answer, (chosen.annotation,))], lost)


def _majority(answers: Sequence[Answered[A]], minimum: float) -> Merged[A]:
    voters, lost = _voters(answers)
    winner, votes = Counter(a.answer for a in voters).most_common(1)[0]
    if not enough(votes, len(voters), minimum):
        return Merged((), [*((a.annotation, "tie") for a in voters), *lost], None, voters)
    by = tuple(a.annotation for a in voters if a.answer == winner)
    lost += [(a.annotation, "outvoted") for a in voters if a.answer != winner]
    return Merged([Agreed(winner, by)], lost)


def _voters(ordered: Sequence[Answered[A]]) -> tuple[list[Answered[A]], Lost]:
    """One vote for each annotator, the latest, and what it took the place of.

    An annotation that names no annotator is a voter of its own.
    """
    last = {a.annotation.annotator: a for a in ordered}
    voters = [a for a in ordered if last[who := a.annotation.annotator] is a or not who]
    lost = [a.annotation for a in ordered if last[who := a.annotation.annotator] is not a and who]
    return voters, [(annotation, "not-chosen") for annotation in lost]


def enough(votes: int, of: int, minimum: float = 0.5) -> bool:
    """Whether so many votes are more than the minimum of all, or all of them.

    The quotient, unlike a product, is exact on the border. Raises UsageError for a minimum out of
    range.
    """
    if not 0.5 <= minimum <= 1:
        raise UsageError(
            f"The minimum agreement is {minimum:g}, and must be from 0.5 to 1.",
            "0.5 asks for more than half of the annotators, 1 for all of them.",
        )
    return votes == of or votes / of > minimum
