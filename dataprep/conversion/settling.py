"""What was settled takes the place of what annotators said."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from dataprep import jsonio
from dataprep.annotation import Annotation, Result, Task, age_of
from dataprep.conversion.settled import (
    SettledOutcome,
    SettledTable,
    Settlement,
    dispute_of,
    merge_outcomes,
)
from dataprep.conversion.settled_parts import count_once, count_replaced
from dataprep.example import Record
from dataprep.finding import Drop, Finding, Place, Severity, UsageError, excerpt
from dataprep.recipe import Source
from dataprep.shapes import SETTLED, Shape, Shaped, Structured, TaskShape

Outcomes = dict[str, dict[int, SettledOutcome]]
"""What became of what was found, by the path of the settled file."""

MISSING_ANSWER = "A011"


@dataclass(slots=True)
class SettledShaping:
    """Shapes the tasks of one process; what is settled, by the adjudicator's annotation."""

    tables: Mapping[str, SettledTable]

    def __call__(self, shape: Shape, record: Record, source: Source) -> Shaped:
        """The examples of a record, and everything that did not become one."""
        table = self.tables.get(source.settled or "")
        task = record.value
        if table is None or not isinstance(task, Task) or not isinstance(shape, TaskShape):
            return shape(record)
        several = table.find(record.place, task.data)
        if not several:
            return shape(record)
        usable, mistakes = _usable(shape, record, several, table)
        if not usable:
            return _with_mistakes(shape(record), mistakes)
        found, older = _joined(shape, record, usable, table)
        given = _settled(shape, task, found)
        assert given is not None  # noqa: S101  it is one of those that settle something
        alone = given.alone
        merge_outcomes(table.outcomes, {one.number: "used" for one in (found, *older)})
        both = msgspec.structs.replace(task, annotations=given.annotations)
        decided = _decided(shape, task, found, alone=alone)
        with _uncounted(shape):
            shaped = decided(msgspec.structs.replace(record, value=both))
            if not alone:
                count_once(shaped, record, decided, found.annotation, given.copies)
        # Who agrees with whom is told of the annotators alone, as it was before the dispute.
        before = shape(record)
        shaped.votes, shaped.unasked = before.votes, before.unasked
        shaped.questions = before.questions
        if alone:
            _place_in_their_file(shaped, found)
            _count_replaced(shaped, record, decided)
        else:
            count_replaced(shaped, decided, given.replaced)
            _name_adjudicator(shaped, found)
        for one in older:
            _name_adjudicator(shaped, one)
        return _with_mistakes(shaped, mistakes)

    def take(self) -> Outcomes:
        """What became of what was found since the last time."""
        taken = {name: table.outcomes for name, table in self.tables.items()}
        for table in self.tables.values():
            table.outcomes = {}
        return taken


def _is_of(task: Task, annotation: Annotation) -> bool:
    """Whether an annotation of another export of the project stands in the task already."""
    return any(
        one.key == annotation.key
        and age_of(one) == age_of(annotation)
        and one.result == annotation.result
        for one in task.annotations or ()
    )


def _usable(
    shape: TaskShape, record: Record, several: Sequence[Settlement], table: SettledTable
) -> tuple[list[Settlement], list[Finding]]:
    """Those that settle something of a task, in their order, and what is wrong with others."""
    usable: list[Settlement] = []
    mistakes: list[Finding] = []
    for one in several:
        if not one.marked and _is_of(record.value, one.annotation):
            merge_outcomes(table.outcomes, {one.number: "annotators-own"})
        elif (given := _settled(shape, record.value, one)) is None:
            merge_outcomes(table.outcomes, {one.number: "not-learned"})
        elif wrong := _mistakes(shape, record, one, alone=given.alone):
            merge_outcomes(table.outcomes, {one.number: "invalid"})
            mistakes += wrong
        else:
            usable.append(one)
    return usable, mistakes


def _with_mistakes(shaped: Shaped, mistakes: list[Finding]) -> Shaped:
    """What comes of a task, and what is wrong with the answers of adjudicators."""
    if mistakes:
        shaped.findings = [*shaped.findings, *mistakes]
    return shaped


def _joined(
    shape: TaskShape, record: Record, usable: Sequence[Settlement], table: SettledTable
) -> tuple[Settlement, list[Settlement]]:
    """The newest that settles a task, with what older ones settle of other controls; and those.

    One that settles nothing more is not chosen.
    """
    found, *others = usable
    older: list[Settlement] = []
    for one in others:
        more = frozenset[str]()
        if isinstance(shape.kind, Structured):
            more = _answered(shape, record.value, one) - _answered(shape, record.value, found)
            more &= shape.kind.controls.keys()
        if not more:
            merge_outcomes(table.outcomes, {one.number: "not-chosen"})
            continue
        older.append(one)
        added = [r for r in one.annotation.result or () if _control(shape, r.from_name) in more]
        result = [*(found.annotation.result or ()), *added]
        joint = msgspec.structs.replace(found.annotation, result=result)
        both = None if found.asked is None else found.asked | more
        found = found._replace(annotation=joint, asked=both)
    return found, older


class _SettledTask(NamedTuple):
    """The annotations of a task with the adjudicator's results for the controls they answer.

    Those stand in so many `copies`, in the place of the `replaced` ones. `alone` says that nothing
    is left of the annotators.
    """

    annotations: list[Annotation]
    replaced: Sequence[Result] = ()
    copies: int = 1

    @property
    def alone(self) -> bool:
        """Whether it is the adjudicator's annotation by itself."""
        return not self.copies


def _settled(shape: TaskShape, task: Task, found: Settlement) -> _SettledTask | None:
    """The task with what settles it; None where that answers nothing that is learned.

    An annotation that was skipped stays as it is.
    """
    settled = found.annotation
    only = _SettledTask([settled], copies=0)
    if not settled.result:
        return only
    mine, _ = shape.allowed(settled)
    if not mine:
        return None
    if not isinstance(shape.kind, Structured):
        return only
    answered = _answered(shape, task, found)
    annotations: list[Annotation] = []
    replaced: list[Result] = []
    copies, others = 0, False
    for annotation in task.annotations or ():
        if annotation.was_cancelled is True and shape.source.skipped == "drop":
            annotations.append(annotation)
            continue
        kept: list[Result] = []
        for result in annotation.result or ():
            of = _control(shape, result.from_name)
            (replaced if of in answered else kept).append(result)
            others |= of in shape.kind.controls and of not in answered
        both = [*kept, *settled.result]
        annotations.append(msgspec.structs.replace(annotation, result=both))
        copies += 1
    return _SettledTask(annotations, replaced, copies) if others else only


def _answered(shape: TaskShape, task: Task, found: Settlement) -> frozenset[str]:
    """The controls that the adjudicator answered.

    Silence is an answer to what was in dispute, where an annotator was silent too: it is one of
    the readings. Of spans in dispute, who marks none says that there are none.
    """
    assert isinstance(shape.kind, Structured)  # noqa: S101  the only kind of several controls
    given = [*_named(shape, found.annotation)]
    if found.asked is None:
        return frozenset([*given, *shape.kind.entities])
    read = [a for a in task.annotations or () if a.result and a.was_cancelled is not True]
    named = [(annotation, _named(shape, annotation)) for annotation in read]
    asked = {_control(shape, name) for name in found.asked}
    silent = {
        name
        for name in asked
        if any(name not in mine and annotation.was_asked(name) for annotation, mine in named)
    }
    return frozenset([*given, *silent, *asked.intersection(shape.kind.entities)])


def _named(shape: TaskShape, annotation: Annotation) -> frozenset[str]:
    """The controls that an annotation has results for."""
    return frozenset(_control(shape, result.from_name) for result in annotation.result or ())


def _control(shape: TaskShape, name: str | UnsetType) -> str:
    """The control of an answer by its name; relations and answers on regions go with spans."""
    assert isinstance(shape.kind, Structured)  # noqa: S101  the only kind of several controls
    if name is UNSET:
        return next(iter(shape.kind.entities), "")
    control = shape.config.control_of(name)
    if control is None:
        return name
    if control.per_region:
        return next(iter(shape.kind.entities), control.name)
    return control.name


def _decided(shape: TaskShape, task: Task, found: Settlement, *, alone: bool) -> TaskShape:
    """The shape that takes what is settled as it is, however annotators are put together."""
    if alone or shape.estimation is None:
        return _without_estimation(shape)
    answered = _answered(shape, task, found)
    return replace(shape, estimation=replace(shape.estimation, settled=answered))


@contextmanager
def _uncounted(shape: TaskShape) -> Iterator[None]:
    """Count no region of what is read again: each was counted where its annotation was judged."""
    offsets = shape.look.offsets
    before = Counter[str]() if offsets is None else offsets.counts.copy()
    yield
    if offsets is not None:
        offsets.counts = before


def _without_estimation(shape: TaskShape) -> TaskShape:
    """The shape for an adjudicator, of whom nothing is estimated."""
    if shape.estimation is None:
        return shape
    return replace(shape, estimation=None, partition=shape.kind.partition)


def _mistakes(shape: TaskShape, record: Record, found: Settlement, *, alone: bool) -> list[Finding]:
    """What is wrong with the adjudicator's annotation, where it stands.

    Beside answers of annotators it need not have all answers that the config requires.
    """
    only = msgspec.structs.replace(record.value, annotations=[found.annotation])
    judged = _without_estimation(shape)(msgspec.structs.replace(record, value=only))
    return [
        msgspec.structs.replace(finding, place=found.place)
        for finding in judged.findings
        if finding.severity is Severity.ERROR
        and finding.place.annotation == found.annotation.key
        and (alone or finding.code != MISSING_ANSWER)
    ]


def _count_replaced(shaped: Shaped, record: Record, shape: TaskShape) -> None:
    """Count the annotations whose place the settled one took, with all that they hold."""
    task: Task = record.value
    for annotation in task.annotations or ():
        place = Place(file=record.place.file, task=record.place.task, annotation=annotation.key)
        shaped.drops = [*shaped.drops, Drop(unit="annotation", reason=SETTLED, place=place)]
        shaped.annotations += 1
        count_replaced(shaped, shape, annotation.result or ())


def _name_adjudicator(shaped: Shaped, found: Settlement) -> None:
    """Name the adjudicator beside the annotators who decided the other controls."""
    shaped.annotations += 1
    if not shaped.examples:
        drop = Drop(unit="annotation", reason="tie", place=found.place)
        shaped.drops = [*shaped.drops, drop]
        return
    shaped.merged += 1
    for example in shaped.examples:
        keys = [*json.loads(example.annotations), found.annotation.key]
        people = [*json.loads(example.annotators), found.annotation.annotator]
        example.annotations = jsonio.canonical(keys).decode()
        example.annotators = jsonio.canonical(people).decode()


def _place_in_their_file(shaped: Shaped, found: Settlement) -> None:
    """What is wrong with the adjudicator's annotation is looked for where it stands."""

    def mended(place: Place) -> Place:
        return found.place if place.annotation == found.annotation.key else place

    shaped.findings = [
        msgspec.structs.replace(finding, place=mended(finding.place)) for finding in shaped.findings
    ]
    shaped.drops = [
        msgspec.structs.replace(drop, place=mended(drop.place)) for drop in shaped.drops
    ]


def check_disputes(first: Sequence[Record], name: str, others: int) -> str:
    """What to say of an input whose tasks are disputes of another; "" for any other input.

    Raises UsageError where it is one of several inputs: the task and its dispute would both count.
    """
    for record in first:
        about = dispute_of(record.value) if isinstance(record.value, Task) else None
        if about is None:
            continue
        of = excerpt(about[1]) if about[1] else "an export"
        if others:
            raise UsageError(
                f"{name}: holds what an adjudicator was asked about {of}, so its tasks would"
                " count twice.",
                f"Pass it as --settled {name}, or settled: in the recipe.",
            )
        return f"; its tasks are disputes of {of}: convert that, with --settled {name}"
    return ""
