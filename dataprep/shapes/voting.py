"""Who has a say on a task: a curator alone, else those who were asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataprep.annotation import Answered, asked_of, everybody, votes
from dataprep.finding import Place
from dataprep.shapes.partition import Partition
from dataprep.shapes.shaped import Shaped
from dataprep.shapes.task_drops import SETTLED, dropped_annotation


def final_of(
    answers: list[Answered[Any]], partition: Partition | None, place: Place, shaped: Shaped
) -> list[Answered[Any]]:
    """The answers of a task, or that of its curator alone, which takes the place of all others."""
    final = [answered for answered in answers if answered.annotation.final]
    if not final:
        return answers
    for other in answers:
        if not other.annotation.final:
            shaped.drops.append(dropped_annotation(other.annotation, SETTLED, place))
            if shaped.parts and partition:
                shaped.parts.drop(partition.held(other.answer), SETTLED)
    return final


def shared_votes(
    said: Sequence[Answered[Any]], partition: Partition | None
) -> list[tuple[str, Any]]:
    """Who says what, to the questions that all of them were asked."""
    asked = asked_of(said)
    if partition is None or asked is everybody:
        return votes(said)
    voters = range(len(said))
    shared: list[Answered[Any]] = []
    for each in said:
        parts = [(part, partition.role(part)) for part in partition.split(each.answer)]
        both = frozenset(p for p, role in parts if all(asked(who, role) for who in voters))
        shared.append(each._replace(answer=partition.join(both)))
    return votes(shared)
