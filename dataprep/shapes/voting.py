"""Who has a say on a task: a curator alone, else those who were asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from dataprep.annotation import Answered, Control, asked_of, everybody, voters_of, votes
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


LabelQuestion = tuple[str, list[tuple[str, tuple[str, ...]]]]
"""A control, and what each annotator who was asked about one label of it says of that label."""


class SharedVotes(NamedTuple):
    """Who says what; and beside each of them the controls that they were not asked about.

    Of a control of whose labels they were not all asked about the same, the votes say nothing:
    each label that two were asked about is one of the `questions`.
    """

    votes: list[tuple[str, Any]]
    unasked: list[frozenset[str]]
    questions: list[LabelQuestion]


def shared_votes(
    said: Sequence[Answered[Any]], partition: Partition | None, controls: Mapping[str, Control]
) -> SharedVotes:
    """The votes on each of the controls, of those who were asked about it."""
    if partition is None or asked_of(said) is everybody:
        return SharedVotes(votes(said), [], [])
    voters, _ = voters_of(said)
    apart = [name for name in controls if len(_choices_asked(voters, name)) > 1]
    shared: list[Answered[Any]] = []
    chosen: list[list[tuple[str, str]]] = []
    for each in voters:
        roles = {part: partition.role(part) for part in partition.split(each.answer)}
        rest = frozenset(part for part, role in roles.items() if role.group not in apart)
        shared.append(each._replace(answer=partition.join(rest)))
        chosen.append([(role.group, role.choice) for role in roles.values() if role.choice])
    unasked = [
        frozenset(n for n in controls if n in apart or not one.annotation.was_asked(n))
        for one in voters
    ]
    questions = [q for name in apart for q in _questions(controls[name], voters, chosen)]
    together = [] if set(apart).issuperset(controls) else votes(shared)
    return SharedVotes(together, unasked, questions)


def _choices_asked(voters: Sequence[Answered[Any]], control: str) -> set[frozenset[str] | None]:
    """What voters were asked of a control: the choices, or None for all of them."""
    found: set[frozenset[str] | None] = set()
    for one in voters:
        if one.annotation.was_asked(control):
            given = one.annotation.asked
            choices = given[control] if isinstance(given, dict) else None
            found.add(None if choices is None else frozenset(choices))
    return found


def _questions(
    control: Control, voters: Sequence[Answered[Any]], chosen: Sequence[list[tuple[str, str]]]
) -> Iterator[LabelQuestion]:
    """Each label that two or more were asked about, and whether each of them gave it."""
    mine = [[label for group, label in given if group == control.name] for given in chosen]
    asked = _choices_asked(voters, control.name)
    labels = {label for given in mine for label in given}
    known = labels.union(*(choices for choices in asked if choices))
    of = {label: _label_of(label, control, known) for label in labels}
    for label in sorted(set(of.values())):
        said = [
            (one.annotation.annotator, tuple(sorted(g for g in given if of[g] == label)))
            for one, given in zip(voters, mine, strict=True)
            if one.annotation.was_asked(control.name, label)
        ]
        if len(said) > 1:
            yield control.name, said


def _label_of(label: str, control: Control, labels: Iterable[str]) -> str:
    """The label that a choice is about: of one that says that a label is not right, that label."""
    if label not in control.against:
        return label
    about = [known for known in labels if known != label and label.endswith(known)]
    return max(about, key=len, default=label)
