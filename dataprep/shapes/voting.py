"""Who has a say on a task: a curator alone, else those who were asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from dataprep.annotation import Answered, PartRole, asked_of, everybody, voters_of, votes
from dataprep.finding import Place
from dataprep.shapes.partition import Partition
from dataprep.shapes.shaped import Shaped
from dataprep.shapes.task_drops import SETTLED, dropped_annotation


def settle_others(
    answers: Sequence[Answered[Any]], partition: Partition | None, place: Place, shaped: Shaped
) -> None:
    """Drop all answers of a task but that of its curator, which takes their place."""
    for other in answers:
        if not other.annotation.final:
            shaped.drops.append(dropped_annotation(other.annotation, SETTLED, place))
            if shaped.parts and partition:
                shaped.parts.drop(partition.held(other.answer), SETTLED)


class SharedVotes(NamedTuple):
    """Who says what; and beside each of them the controls that they were not asked about."""

    votes: list[tuple[str, Any]]
    unasked: list[frozenset[str]]


def shared_votes(
    said: Sequence[Answered[Any]], partition: Partition | None, controls: Collection[str]
) -> SharedVotes:
    """The votes on each of the controls, on what all were asked who were asked about it."""
    asked = asked_of(said)
    if partition is None or asked is everybody:
        return SharedVotes(votes(said), [])
    shared: list[Answered[Any]] = []
    for each in said:
        parts = [(part, partition.role(part)) for part in partition.split(each.answer)]
        both = frozenset(p for p, role in parts if _all_were_asked(said, role))
        shared.append(each._replace(answer=partition.join(both)))
    voters, _ = voters_of(shared)
    unasked = [
        frozenset(name for name in controls if not one.annotation.was_asked(name)) for one in voters
    ]
    return SharedVotes(votes(shared), unasked)


def _all_were_asked(said: Sequence[Answered[Any]], role: PartRole) -> bool:
    """Whether a part answers what everybody was asked who was asked about its control."""
    about = [one.annotation for one in said if one.annotation.was_asked(role.group)]
    return all(one.was_asked(role.group, role.choice) for one in about)
