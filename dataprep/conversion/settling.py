"""What was settled takes the place of what annotators said, and all of it is accounted for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import msgspec
from msgspec import UNSET, UnsetType

from dataprep import jsonio, sources
from dataprep.annotation import Annotation, Task, age_of
from dataprep.conversion.journal import ConversionJournal
from dataprep.conversion.ledger import Stage
from dataprep.conversion.settled import (
    SettledCounts,
    SettledOutcome,
    SettledTable,
    Settlement,
    dispute_of,
    merge_outcomes,
    write_settled,
)
from dataprep.example import Record
from dataprep.finding import Drop, Finding, Place, Severity, UsageError, excerpt
from dataprep.recipe import Recipe, Source
from dataprep.rules import CATALOGUE, Grain
from dataprep.shapes import Shape, Shaped, Structured, TaskShape

Outcomes = dict[str, dict[int, SettledOutcome]]
"""What became of what was found, by the path of the settled file."""

STAGE, UNIT = "settle", "annotation"
MISSING_ANSWER = "A011"
_SHOWN = 3


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
        found = table.find(record.place, task.data)
        if found is None:
            return shape(record)
        if not found.marked and _is_of(task, found.annotation):
            merge_outcomes(table.outcomes, {found.number: "annotators-own"})
            return shape(record)
        annotations = _settled(shape, task, found)
        if annotations is None:
            merge_outcomes(table.outcomes, {found.number: "not-learned"})
            return shape(record)
        alone = annotations == [found.annotation]
        wrong = _mistakes(shape, record, found, alone=alone)
        if wrong:
            merge_outcomes(table.outcomes, {found.number: "invalid"})
            shaped = shape(record)
            shaped.findings = [*shaped.findings, *wrong]
            return shaped
        merge_outcomes(table.outcomes, {found.number: "used"})
        given = msgspec.structs.replace(task, annotations=annotations)
        decided = _decided(shape, task, found, alone=alone)
        with _uncounted(shape):
            shaped = decided(msgspec.structs.replace(record, value=given))
        # Who agrees with whom is told of the annotators alone, as it was before the dispute.
        shaped.votes = shape(record).votes
        if alone:
            _place_in_their_file(shaped, found)
            _count_replaced(shaped, record, decided)
        else:
            _name_adjudicator(shaped, found)
        return shaped

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


def _settled(shape: TaskShape, task: Task, found: Settlement) -> list[Annotation] | None:
    """The annotations of a task with the adjudicator's results for the controls they answer.

    None where they answer nothing that is learned. Where nothing is left of the annotators it is
    the adjudicator's annotation alone.
    """
    settled = found.annotation
    if not settled.result:
        return [settled]
    mine, _ = shape.allowed(settled)
    if not mine:
        return None
    if not isinstance(shape.kind, Structured):
        return [settled]
    answered = _answered(shape, task, found)
    annotations = []
    others = False
    for annotation in task.annotations or ():
        results = annotation.result or ()
        kept = [r for r in results if _control(shape, r.from_name) not in answered]
        others |= any(_control(shape, r.from_name) in shape.kind.controls for r in kept)
        both = [*kept, *settled.result]
        annotations.append(msgspec.structs.replace(annotation, result=both))
    return annotations if others else [settled]


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
    named = [_named(shape, annotation) for annotation in read]
    asked = {_control(shape, name) for name in found.asked}
    silent = {name for name in asked if any(name not in mine for mine in named)}
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
        shaped.drops = [*shaped.drops, Drop(unit="annotation", reason="settled", place=place)]
        shaped.annotations += 1
        if shaped.parts and shape.partition:
            shaped.parts.lose(shape.partition.given(annotation.result or ()), "settled")


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


@dataclass(slots=True)
class _SettledFile:
    """One settled file or folder: its table, what was read, and the drops so far by reason."""

    name: str
    table: Path
    counts: SettledCounts = field(default_factory=SettledCounts)
    dropped: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class SettledAccount:
    """Reads what a recipe names as settled, and accounts for every annotation of it."""

    journal: ConversionJournal
    files: list[_SettledFile] = field(default_factory=list)
    inputs: list[sources.Input] = field(default_factory=list)

    def read(
        self, recipe: Recipe, base: Path, folder: Path, given: Sequence[sources.Input]
    ) -> None:
        """Write a table into the folder for each; `given` are the inputs of the run.

        Raises UsageError for what is no export, and for an input of the run.
        """
        for name in dict.fromkeys(s.settled for s in recipe.sources if s.settled):
            those = [s for s in recipe.sources if s.settled == name]
            # The form, the labeling config and the names are those of the source that it settles.
            source = Source(path=name, label_config=those[0].label_config)
            inputs = sources.files(source, base)
            _check(inputs, name, given)
            broken: list[Finding] = []
            file = _SettledFile(name, folder / f".settled-{len(self.files)}.sqlite")
            file.counts = write_settled(
                (item for one in inputs for item in sources.read(one)),
                file.table,
                empty_settles=any(s.empty == "negative" for s in those),
                find=broken.append,
                drop=partial(self._drop, file),
            )
            for finding in broken:
                self.journal.find(finding)
                whole = CATALOGUE[finding.code].grain is Grain.FILE or not file.counts.tasks
                self.journal.fatal |= whole and finding.severity is Severity.ERROR
            self.files.append(file)
            self.inputs += inputs

    def tables(self) -> dict[str, Path]:
        """The tables by the path that the recipe gives."""
        return {file.name: file.table for file in self.files}

    def close(
        self, outcomes: Mapping[str, Mapping[int, SettledOutcome]], stage: Stage
    ) -> list[str]:
        """Account for what was not used, and remove the tables; what came of each, in words."""
        notes: list[str] = []
        for file in self.files:
            mine = outcomes.get(file.name, {})
            table = SettledTable(file.table, frozenset())
            for number, place in table.places():
                if (outcome := mine.get(number, "no-task")) != "used":
                    self._drop(file, Drop(unit=UNIT, reason=outcome, place=place))
            table.close()
            file.table.unlink()
            stage.entered += file.counts.annotations
            stage.out += sum(outcome == "used" for outcome in mine.values())
            stage.dropped += file.dropped
            notes += _notes(file, sum(outcome == "used" for outcome in mine.values()))
        return notes

    def _drop(self, file: _SettledFile, drop: Drop) -> None:
        file.dropped[drop.reason] += 1
        shown = file.shown.setdefault(drop.reason, [])
        task = str(drop.place.task)
        if len(shown) < _SHOWN and task not in shown:
            shown.append(task)
        self.journal.drop(drop)


def _check(inputs: Iterable[sources.Input], name: str, given: Sequence[sources.Input]) -> None:
    learned = {one.path.resolve() for one in given}
    for one in inputs:
        if one.format != "label-studio":
            raise UsageError(
                f"{one.name} is no export of Label Studio, so nothing in it is settled.",
                "Export the project of the adjudicator as JSON, or take it down with pull.",
            )
        if one.path.resolve() in learned:
            raise UsageError(
                f"{name} is the input itself, so it settles nothing.",
                "Pass the export of the project in which adjudication.json was answered.",
            )


_REASONS = {
    "skipped": "skipped, so nothing is settled",
    "submitted-empty": "empty, so nothing is settled",
    "not-chosen": "settled again by a newer annotation, which counts",
    "no-task": "not used, since the task is not in the input",
    "annotators-own": "not used, since it is what an annotator of the task itself said",
    "invalid": "not used, since it has errors",
    "other-data": "not used, since the data of the task is another now",
    "not-learned": "not used, since no control that is learned is answered",
}
"""What is said of an annotation that settles nothing, by its reason."""


def _notes(file: _SettledFile, used: int) -> Iterator[str]:
    yield f"{file.name}: disputes settled: {used:,}"
    if file.counts.waiting:
        yield f"{file.name}: waiting for an adjudicator: {file.counts.waiting:,}"
    if file.counts.unmarked:
        said = "matched by equal data, since the server kept no meta"
        yield f"{file.name}: {said}: {file.counts.unmarked:,}"
    for reason, said in _REASONS.items():
        if number := file.dropped[reason]:
            tasks = ", ".join(map(excerpt, file.shown[reason]))
            more = " ..." if number > len(file.shown[reason]) else ""
            yield f"{file.name}: {said}: {number:,} (task {tasks}{more})"


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
