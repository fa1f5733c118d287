"""A task with its annotations becomes examples: read, judge, merge, write.

One `TaskShape` is made for each export; it knows the control that is learned. Every annotation
that goes no further is dropped with a reason, and so is every task that gives no example.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dataprep.annotation import (
    Agreed,
    Agreement,
    Agreements,
    Annotation,
    Answered,
    Control,
    LabelingConfig,
    Merged,
    Offsets,
    Task,
    is_truth,
    scale_of,
    tied,
)
from dataprep.example import Record
from dataprep.finding import Drop, Place, Severity
from dataprep.recipe import ESTIMATED, Source
from dataprep.rules import found
from dataprep.shapes import choosing
from dataprep.shapes.allowed import AllowedResults, allowed_results
from dataprep.shapes.kind import AnswerKind, SeenText
from dataprep.shapes.look import Look, Unseen, without_labels
from dataprep.shapes.merging import COMPARING, TaskMerge, disputed_task, lost_parts, part_drops
from dataprep.shapes.partition import PartAccount, Partition
from dataprep.shapes.shaped import Shaped
from dataprep.shapes.short import ShortWay, short_way
from dataprep.shapes.structured import Structured
from dataprep.shapes.task_drops import NOT_ASKED, drop_task, dropped_annotation, find_twins
from dataprep.shapes.task_examples import ExampleTemplates, TaskExamples
from dataprep.shapes.task_prompt import look_of
from dataprep.shapes.voting import settle_others, shared_votes

if TYPE_CHECKING:
    from dataprep.annotation.reliability import Ballots, Reliability
    from dataprep.shapes.estimating import Estimation

_NARROWED = 256
"""Shapes that are kept, of those that ask for less."""


@dataclass(frozen=True, slots=True)
class TaskShape:
    """How the tasks of one export become examples.

    `labels_from` are the learned controls whose labels come with each task. `narrowed` are the
    shapes that ask for less than all of several controls, which come again.
    """

    control: Control
    kind: AnswerKind
    partition: Partition | None
    config: LabelingConfig
    allowed: AllowedResults
    look: Look
    source: Source
    templates: ExampleTemplates
    short: ShortWay | None = None
    estimation: Estimation | None = None
    labels_from: tuple[str, ...] = ()
    narrowed: dict[frozenset[str], TaskShape | None] = field(default_factory=dict)

    def __call__(self, record: Record) -> Shaped:
        """The examples of one task, and everything that did not become one."""
        return (self.short and self.short(record)) or self._of(record.value)._judged(record)

    @property
    def compares_borders(self) -> bool:
        """Whether it is counted with how many regions tasks go on under each rule for borders."""
        return self.kind.parts and self.source.annotators in COMPARING

    def _of(self, task: Task) -> TaskShape:
        """The shape with the labels that a task brings."""
        if not self.labels_from:
            return self
        config = self.config.of_task(task.data or {})
        kind, control = choosing.kind_of(config, self.source)
        shape = replace(self, config=config, control=control, narrowed={})
        return replace(shape, kind=kind, partition=kind.partition)

    def _seen(self, data: Mapping[str, Any]) -> SeenText | Unseen:
        """What annotators had before them, the labels that come with the task among it."""
        for name in self.labels_from:
            control = self.config.controls[name]
            if control.labels is None and control.task in ("classification", "taxonomy"):
                return without_labels(control, data)
        return self.look(data)

    def _judged(self, record: Record) -> Shaped:
        task: Task = record.value
        annotations = task.annotations or []
        shaped = Shaped(annotations=len(annotations))
        if self.partition:
            shaped.parts = PartAccount()  # as long as nothing says that there are only wholes
        seen = self._seen(task.data or {})
        if isinstance(seen, Unseen):
            if seen.code:
                shaped.findings.append(found(seen.code, seen.message, record.place))
            self._drop_all(annotations, seen.code or "empty-text", record.place, shaped)
            return shaped
        if len(annotations) > 1:
            find_twins(annotations, record.place, shaped)
        said = [
            answered
            for annotation in annotations
            if (answered := self._answered(annotation, seen, record.place, shaped))
        ]
        theirs = [a for a in said if not a.annotation.final]
        if len(theirs) > 1:
            asked = {n: c for n, c in self.config.controls.items() if n in self.kind.reads}
            shared = shared_votes(theirs, self.partition, asked)
            shaped.votes, shaped.unasked, shaped.questions = shared
        negative = self.source.empty == "negative"
        answers = [a for a in said if a.answer or negative]
        partition = self.partition
        if partition is None or not partition.applies(answers):
            partition = shaped.parts = None
        curated = [a for a in said if a.annotation.final]
        if curated:
            settle_others(answers, partition, record.place, shaped)
            answers = [a for a in curated if a.answer or negative]
        if len(answers) == 1 and (answers[0].annotation.final or not self.estimation):
            self._take(answers[0], partition, seen, record, shaped)
        elif answers:
            merging = TaskMerge(self.source, partition, seen.text)
            self._merge(answers, merging, seen, record, shaped)
        else:
            drop_task(annotations, record.place, shaped)
        return shaped

    def _merge(
        self,
        answers: list[Answered[Any]],
        merging: TaskMerge,
        seen: SeenText,
        record: Record,
        shaped: Shaped,
    ) -> None:
        """Put the answers of several annotations together, and write what they agree on."""
        place, partition = record.place, merging.partition
        if self.estimation:
            merged = self.estimation.merge(answers, self.kind, partition, seen.text)
        else:
            merged = merging(answers)
        written = self._asked(merged)
        if written is None:
            written, merged = self, tied(merged)
        if self.kind.parts and not self.estimation:
            shaped.borders = merging.border_counts(answers, merged)
        shaped.disputed = disputed_task(record.value, merged, partition, self.control.name, place)
        if self.source.annotators != "ground-truth-first" and len(answers) > 1:
            shaped.truths = [a.annotation.annotator for a in answers if is_truth(a)]
        if shaped.parts:
            merging.count(merged, answers, shaped.parts)
        shaped.drops += part_drops(merged, partition, place)
        shaped.drops += [dropped_annotation(a, reason, place) for a, reason in merged.lost]
        written._write(merged.agreed, seen, record, shaped)

    def _take(
        self,
        only: Answered[Any],
        partition: Partition | None,
        seen: SeenText,
        record: Record,
        shaped: Shaped,
    ) -> None:
        """Write the only answer of a task, which every policy takes as it is."""
        if partition and shaped.parts:
            held = partition.held(only.answer)
            shaped.parts.keep(held)
            if self.compares_borders:
                shaped.borders = ((1, held.get("region", 0)),)
        self._write([Agreed(only.answer, (only.annotation,))], seen, record, shaped)

    def _write(
        self, agreed: Iterable[Agreed[Any]], seen: SeenText, record: Record, shaped: Shaped
    ) -> None:
        """Write the examples of what was agreed on; without any the task is dropped."""
        reason = self.estimation.reason if self.estimation else "tie"
        examples = TaskExamples(self.control, self.kind, self.source, self.templates)
        for each in agreed:
            if made := list(examples(each, record.value, seen, record.place)):
                shaped.examples += made
                shaped.merged += len(each.by)
            else:
                reason = self.kind.unwritten
                shaped.drops += [dropped_annotation(a, reason, record.place) for a in each.by]
                if shaped.parts and self.partition:
                    shaped.parts.withdraw(self.partition.held(each.answer), reason)
        if not shaped.examples:
            shaped.drops.append(Drop(unit="record", reason=reason, place=record.place))

    def count_votes(self, record: Record, ballots: Ballots) -> None:
        """Count what the annotators of a task say towards their reliability."""
        from dataprep.shapes.estimating import count_votes

        shape = self._of(record.value)
        task: Task = record.value
        seen = shape._seen(task.data or {})
        if isinstance(seen, Unseen):
            return
        aside = Shaped()
        said = [shape._answered(a, seen, record.place, aside) for a in task.annotations or ()]
        negative = self.source.empty == "negative"
        theirs = [a for a in said if a and not a.annotation.final]
        if answers := [a for a in theirs if a.answer or negative]:
            count_votes(answers, shape.kind, seen.text, self.source, ballots)

    def parts_of(self, record: Record, annotation: Annotation) -> PartAccount:
        """The parts of one annotation by itself, all that its answer holds among the kept."""
        shape, account = self._of(record.value), PartAccount()
        seen = shape._seen(record.value.data or {})
        if shape.partition and not isinstance(seen, Unseen):
            mine, _ = shape.allowed(annotation)
            answer, _ = shape.kind.read(mine, seen)
            account.take(shape.partition.given(mine), held := shape.partition.held(answer))
            account.keep(held)
        return account

    def tally(self) -> Agreement | Agreements:
        """An empty count of how far annotators agree on what is learned."""
        if isinstance(self.kind, Structured):
            return Agreements({c.name: scale_of(c.task) for c in self.kind.controls.values()})
        return Agreement(self.control.name, scale_of(self.kind.name))

    def _answered(
        self, annotation: Annotation, seen: SeenText, place: Place, shaped: Shaped
    ) -> Answered[Any] | None:
        """The answer of one annotation, or a drop with its reason.

        Who submits no spans is dropped, and still says that there are none: that is an answer to
        measure agreement by.
        """
        if annotation.was_cancelled is True and self.source.skipped == "drop":
            self._lose(annotation, "skipped", place, shaped)
            return None
        mine, problems = self.allowed(annotation)
        answer, more = self.kind.read(mine, seen)
        worst = None
        if problems or more:
            here = Place(file=place.file, task=place.task, annotation=annotation.key)
            findings = [found(code, message, here) for code, message in (*problems, *more)]
            shaped.findings += findings
            worst = next((f for f in findings if f.severity is Severity.ERROR), None)
        negative = self.source.empty == "negative"
        unasked = not (answer or any(map(annotation.was_asked, self.kind.reads)))
        if worst or unasked or not (answer or negative):
            empty = NOT_ASKED if unasked else "submitted-empty"
            self._lose(annotation, worst.code if worst else empty, place, shaped)
            if worst or unasked or not self.kind.parts:
                return None
        elif shaped.parts and self.partition:
            given = self.partition.given(mine)
            shaped.parts.take(given, self.partition.held(answer))
            if len(given) > 1:
                here = Place(file=place.file, task=place.task, annotation=annotation.key)
                shaped.drops += lost_parts(given, here)
        return Answered(annotation, answer)

    def _lose(self, annotation: Annotation, reason: str, place: Place, shaped: Shaped) -> None:
        """Drop an annotation with all that it holds."""
        shaped.drops.append(dropped_annotation(annotation, reason, place))
        if shaped.parts and self.partition:
            shaped.parts.lose(self.partition.given(annotation.result or ()), reason)

    def _asked(self, merged: Merged[Any]) -> TaskShape | None:
        """The shape that asks only for what is decided; None where its prompt cannot leave it out.

        An object that lacks a key says that there is nothing to say. So a key on which annotators
        came to no decision is not asked for in that task.
        """
        undecided = merged.decision.open if merged.decision and merged.agreed else frozenset()
        if not undecided or not isinstance(self.kind, Structured):
            return self
        if undecided not in self.narrowed:
            if len(self.narrowed) >= _NARROWED:
                self.narrowed.clear()
            kind = choosing.without(self.kind, undecided, self.source)
            narrower = kind and replace(self, kind=kind, partition=kind.partition, short=None)
            self.narrowed[undecided] = narrower or None
        return self.narrowed[undecided]

    def _drop_all(
        self, annotations: list[Annotation], reason: str, place: Place, shaped: Shaped
    ) -> None:
        for annotation in annotations:
            self._lose(annotation, reason, place, shaped)
        shaped.drops.append(Drop(unit="record", reason=reason, place=place))


def task_shape(
    config: LabelingConfig,
    source: Source,
    offsets: Offsets | None = None,
    reliability: Mapping[str, Reliability] | None = None,
) -> TaskShape:
    """Choose the control and compile the templates; raises UsageError when nothing fits.

    Where annotators are to be estimated, and no `reliability` is known for the control, the
    majority decides.
    """
    kind, control = choosing.kind_of(config, source)
    estimation = None
    if source.annotators in ESTIMATED:
        from dataprep.shapes.estimating import estimation_of

        estimation = estimation_of(kind, source, (reliability or {}).get(control.name))
        if estimation is None:
            source = source.model_copy(update={"annotators": "majority"})
    counted = (offsets or Offsets(source.offsets)) if kind.parts else None
    look, prompt = look_of(config, kind, control, source, counted)
    allowed = allowed_results(config, kind)
    templates = ExampleTemplates.compiled(prompt, source)
    return TaskShape(
        control=control,
        kind=kind,
        partition=estimation.partition_of(kind) if estimation else kind.partition,
        config=config,
        allowed=allowed,
        look=look,
        source=source,
        templates=templates,
        short=(
            None
            if estimation
            else short_way(kind, source, look, allowed, prompt=(prompt, templates.prompt))
        ),
        estimation=estimation,
        labels_from=tuple(
            c.name for c in config.controls.values() if c.name in kind.reads and c.task_labels
        ),
    )
