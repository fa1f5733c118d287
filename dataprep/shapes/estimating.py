"""Several annotators of one task become one answer by how reliable each of them is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from dataprep import jsonio
from dataprep.annotation import (
    OPEN_REASONS,
    Agreed,
    Answered,
    Decision,
    Fate,
    Merged,
    PartRole,
    asked_of,
    enough,
    voters_of,
)
from dataprep.annotation.estimated_consensus import (
    AnswerParts,
    Estimator,
    Topic,
    count_questions,
)
from dataprep.annotation.reliability import Ballots, Reliability
from dataprep.finding import UsageError
from dataprep.recipe import Source
from dataprep.shapes.entities import Entities
from dataprep.shapes.feedback import Feedback
from dataprep.shapes.kind import AnswerKind
from dataprep.shapes.partition import ChoiceParts, Partition
from dataprep.shapes.preference import Pairs
from dataprep.shapes.single import Classes, Values
from dataprep.shapes.structured import Structured

UNDECIDED = "undecided"
"""Why a task goes no further of which no answer is probable enough."""

_FREE = ("generation", "number", "datetime")
"""What is answered freely: no two annotators need to say the same."""


@dataclass(frozen=True, slots=True)
class Estimation:
    """Merges the answers of tasks by what was estimated of their annotators.

    What is said of the `settled` controls, in all answers alike, stands as it is.
    """

    source: Source
    estimator: Estimator
    reason: str = UNDECIDED
    settled: frozenset[str] = frozenset()

    @staticmethod
    def partition_of(kind: AnswerKind) -> Partition | None:
        """The parts of answers; None where it is not known whether several may be chosen.

        Then what an annotator chose is one answer, in all tasks alike.
        """
        partition = kind.partition
        return None if isinstance(partition, ChoiceParts) and not partition.several else partition

    def merge(
        self,
        answers: Sequence[Answered[Any]],
        kind: AnswerKind,
        partition: Partition | None,
        text: str,
    ) -> Merged[Any]:
        """The most probable answer, part by part, and why the other annotations are left out."""
        voters, lost = voters_of(answers)
        given = _parts_of(voters, kind, partition, text, self.source)
        voters = [a._replace(answer=x) for a, x in zip(voters, given.answers, strict=True)]
        decision, probability = self._decide(given)
        kept = decision.kept
        still_open = {i for f in decision.fates if f.reason in OPEN_REASONS for i in f.by}
        if not kept and (still_open or all(a.answer for a in voters)):
            fates = [fate._replace(reason=self.reason) for fate in decision.fates]
            decision = Decision(fates, frozenset(), decision.open)
            lost = [*((a.annotation, self.reason) for a in voters), *lost]
            return Merged((), lost, decision if partition else None, voters)
        shared = [bool(a.answer & kept) or not (a.answer or kept) for a in voters]
        by = tuple(a.annotation for a, mine in zip(voters, shared, strict=True) if mine)
        lost += [
            (a.annotation, self.reason if who in still_open else "outvoted")
            for who, (a, mine) in enumerate(zip(voters, shared, strict=True))
            if not mine
        ]
        answer = partition.join(kept) if partition else next(iter(kept))
        agreed = Agreed(answer, by, probability)
        return Merged([agreed], lost, decision if partition else None, voters)

    def _decide(self, given: AnswerParts[Any]) -> tuple[Decision[Any], float]:
        """Decide on all parts; of several answers the settled parts are no question."""
        if not self.settled:
            return self.estimator.decide(given)
        parts = frozenset().union(*given.answers)
        fixed = frozenset(p for p in parts if given.role(p).group in self.settled)
        left = replace(given, answers=[answer - fixed for answer in given.answers])
        decision, probability = self.estimator.decide(left)
        all_ = tuple(range(len(given.answers)))
        fates = [*decision.fates, *(Fate(p, "", all_, len(all_)) for p in fixed)]
        return Decision(fates, decision.kept | fixed, decision.open - self.settled), probability


def estimation_of(
    kind: AnswerKind, source: Source, reliability: Reliability | None
) -> Estimation | None:
    """How answers are merged by what is known of the annotators; None where nothing is.

    Raises UsageError for answers without labels that come again, by which people can be told.
    """
    match kind:
        case Classes() | Pairs() | Entities() | Structured():
            pass
        case Values() if kind.name not in _FREE:
            pass
        case Feedback() if kind.chat not in kind.reads:
            pass
        case _:
            raise UsageError(
                f"{source.annotators} tells annotators by labels that come again, and"
                f" {sorted(kind.reads)[0]!r} is answered freely ({kind.name}).",
                "Pass --annotators majority or latest.",
            )
    if reliability is None:
        return None
    return Estimation(source, Estimator(reliability, source.agreement))


def count_votes(
    answers: Sequence[Answered[Any]],
    kind: AnswerKind,
    text: str,
    source: Source,
    ballots: Ballots,
) -> None:
    """Count what the annotators of a task say towards their reliability."""
    voters, _ = voters_of(answers)
    given = _parts_of(voters, kind, Estimation.partition_of(kind), text, source)
    count_questions(given, _marking(kind), ballots)


def _parts_of(
    voters: Sequence[Answered[Any]],
    kind: AnswerKind,
    partition: Partition | None,
    text: str,
    source: Source,
) -> AnswerParts[Any]:
    """The parts of all answers, or each as a whole, with what they are about."""
    people = [a.annotation.annotator for a in voters]
    if partition is None:
        (name,) = kind.reads
        wholes = [frozenset([a.answer]) for a in voters]
        return AnswerParts(people, wholes, text, _whole_role, lambda x: Topic(name, written(x)))
    decides = partial(enough, of=len(voters), minimum=source.agreement)
    split = [partition.split(a.answer) for a in voters]
    split = [*partition.align(split, text, source.borders, decides)]
    topic = partial(_topic, kind=kind, partition=partition)
    return AnswerParts(people, split, text, partition.role, topic, asked_of(voters))


def _marking(kind: AnswerKind) -> list[str]:
    """The controls whose regions are asked for."""
    match kind:
        case Entities():
            return [kind.control.name]
        case Structured():
            return list(kind.entities)
    return []


def _topic(part: Any, kind: AnswerKind, partition: Partition) -> Topic:
    """The topic of a part, by the control that it answers."""
    match partition.described(part):
        case {"unit": "region", "control": control, "start": start, "end": end, "label": label}:
            return Topic(control, label, span=(start, end, label))
        case {"unit": "relation", "control": control, "type": label}:
            return Topic(f"{control}: relations", label)
        case {"unit": "choice", "control": key, "choice": choice}:
            return Topic(f"{key}: {choice}", choice, choice=key)
        case {"control": key, "notes": said}:
            return Topic(f"{key}: several", written(said), estimated=False)
        case {"control": key, "value": value}:
            return Topic(key, written(value), estimated=_task(key, kind) not in _FREE)
    raise ValueError("a part is none of the known units")


def _task(key: str, kind: AnswerKind) -> str | None:
    """What learning a control means, by its name or that of one of its repetitions."""
    match kind:
        case Structured():
            control = kind.config.control_of(key)
        case Entities():
            control = kind.notes.get(key)
        case _:
            control = None
    return control.task if control else None


def written(value: Any) -> str:
    """A value as the report on annotators shows it: its labels, else its JSON."""
    if isinstance(value, tuple) and len(value) == 1:
        (value,) = value
    if isinstance(value, str):
        return value
    if isinstance(value, tuple | list) and all(isinstance(each, str) for each in value):
        return "; ".join(value)
    return jsonio.dumps(value).decode()


def _whole_role(_: Any) -> PartRole:
    return PartRole("answer", "", "")
