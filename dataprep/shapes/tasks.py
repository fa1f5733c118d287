"""A task with its annotations becomes examples: read, judge, merge, write.

One `TaskShape` is made for each export; it knows the control that is learned. Every annotation
that goes no further is dropped with a reason, and so is every task that gives no example.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dataprep import jsonio
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
    adjudication_task,
    merge,
    merge_parts,
    results_by_annotator,
    scale_of,
    votes,
)
from dataprep.example import INSTRUCTING, Example, Record, Turn, content_id
from dataprep.finding import Drop, Place, Severity, UsageError
from dataprep.formats.example_of import named
from dataprep.recipe import Source
from dataprep.rules import found
from dataprep.shapes import choosing
from dataprep.shapes.allowed import AllowedResults, allowed_results
from dataprep.shapes.kind import AnswerKind, SeenText, WrittenAnswer
from dataprep.shapes.look import Look, Unseen, without_labels
from dataprep.shapes.shaped import Shaped
from dataprep.shapes.short import ShortWay, short_way
from dataprep.shapes.structured import Structured
from dataprep.templates import Render, compile_template


@dataclass(frozen=True, slots=True)
class TaskShape:
    """How the tasks of one export become examples.

    `labels_from` are the learned controls whose labels come with each task.
    """

    control: Control
    kind: AnswerKind
    config: LabelingConfig
    allowed: AllowedResults
    look: Look
    source: Source
    prompt: Render
    completion: Render | None
    system: Render | None
    short: ShortWay | None = None
    labels_from: tuple[str, ...] = ()

    def __call__(self, record: Record) -> Shaped:
        """The examples of one task, and everything that did not become one."""
        return (self.short and self.short(record)) or self._of(record.value)._judged(record)

    def _of(self, task: Task) -> TaskShape:
        """The shape with the labels that a task brings."""
        if not self.labels_from:
            return self
        config = self.config.of_task(task.data or {})
        kind, control = choosing.kind_of(config, self.source)
        return replace(self, config=config, kind=kind, control=control)

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
        seen = self._seen(task.data or {})
        if isinstance(seen, Unseen):
            if seen.code:
                shaped.findings.append(found(seen.code, seen.message, record.place))
            self._drop_all(annotations, seen.code or "empty-text", record.place, shaped)
            return shaped
        if len(annotations) > 1:
            _find_twins(annotations, record.place, shaped)
        said = [
            answered
            for annotation in annotations
            if (answered := self._answered(annotation, seen, record.place, shaped))
        ]
        if len(said) > 1:
            shaped.votes = votes(said)
        negative = self.source.empty == "negative"
        answers = [a for a in said if a.answer or negative]
        if not answers:
            self._drop_task(annotations, record.place, shaped)
            return shaped
        merged = _merge(answers, self.kind, self.source)
        if len(answers) > 1 and not merged.agreed:
            theirs = results_by_annotator(a.annotation for a in answers)
            about = {"task": record.place.task, "file": record.place.file}
            about |= {"control": self.control.name, "unit": "task"}
            shaped.disputed = adjudication_task(task, theirs, about)
        shaped.drops += [_dropped(a, reason, record.place) for a, reason in merged.lost]
        reason = "tie"
        for agreed in merged.agreed:
            if made := list(self._examples(agreed, task, seen, record.place)):
                shaped.examples += made
                shaped.merged += len(agreed.by)
            else:
                reason = self.kind.unwritten
                shaped.drops += [_dropped(a, reason, record.place) for a in agreed.by]
        if not shaped.examples:
            shaped.drops.append(Drop(unit="record", reason=reason, place=record.place))
        return shaped

    def tally(self) -> Agreement | Agreements:
        """An empty count of how far annotators agree on what is learned."""
        if isinstance(self.kind, Structured):
            return Agreements({c.name: scale_of(c.task) for c in self.kind.controls.values()})
        return Agreement(self.control.name, scale_of(self.control.task))

    def _answered(
        self, annotation: Annotation, seen: SeenText, place: Place, shaped: Shaped
    ) -> Answered[Any] | None:
        """The answer of one annotation, or a drop with its reason.

        Who submits no spans is dropped, and still says that there are none: that is an answer to
        measure agreement by.
        """
        if annotation.was_cancelled is True and self.source.skipped == "drop":
            shaped.drops.append(_dropped(annotation, "skipped", place))
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
        if worst or not (answer or negative):
            reason = worst.code if worst else "submitted-empty"
            shaped.drops.append(_dropped(annotation, reason, place))
            if worst or not self.kind.parts:
                return None
        return Answered(annotation, answer)

    def _examples(
        self, agreed: Agreed[Any], task: Task, seen: SeenText, place: Place
    ) -> Iterator[Example]:
        """The examples of one agreed answer: one, several, or none where it cannot be written."""
        keys = [a.key for a in agreed.by]
        annotations = jsonio.canonical(keys).decode()
        annotators = jsonio.canonical([a.annotator for a in agreed.by]).decode()
        data, name = task.data or {}, str(place.task)
        source = self.source
        for one in self.kind.write(agreed.answer, seen):
            answer = one.completion
            text = seen.text if one.text is None else one.text
            held = {**data, **one.fields, "text": text, "answer": answer}
            prompt, completion, system = self._rendered(held, data, answer, place)
            rejected = one.rejected and self._rejected(held, data, one.rejected, place)
            apart = (rejected,) if rejected else ()
            yield Example(
                id=content_id(self.control.name, name, *keys, text, answer, *apart),
                file=place.file,
                task=name,
                annotations=annotations,
                annotators=annotators,
                shape=self.kind.name,
                input=prompt,
                output=completion,
                system=system,
                rejected=rejected,
                label=named(data, source.label) if source.label else one.label,
                group=named(data, source.group) if source.group else None,
                data=jsonio.canonical(held).decode(),
                turns=self._turns(one, system) if one.turns else (),
            )

    def _rendered(
        self, held: dict[str, Any], data: Mapping[str, Any], answer: str, place: Place
    ) -> tuple[str, str, str | None]:
        """Prompt, completion and system message; raises UsageError that names the task."""
        fields = {**held, "data": data, "instruction": self.kind.instruction}
        try:
            return (
                self.prompt(fields),
                self.completion(fields) if self.completion else answer,
                self.system(fields) if self.system else None,
            )
        except UsageError as error:
            raise UsageError(error.message, error.remedy, place=place) from None

    def _rejected(
        self, held: dict[str, Any], data: Mapping[str, Any], worse: str, place: Place
    ) -> str:
        """The worse answer, written as the better one is."""
        return self._rendered({**held, "answer": worse}, data, worse, place)[1]

    def _turns(self, one: WrittenAnswer, system: str | None) -> tuple[Turn, ...]:
        """The conversation, unless the recipe writes prompt or completion by itself."""
        if self.source.prompt or self.source.completion:
            return ()
        first = [Turn(role="system", content=system)] if system is not None else []
        kept = [t for t in one.turns if not (first and t.role in INSTRUCTING)]
        return (*first, *kept)

    def _drop_task(self, annotations: list[Annotation], place: Place, shaped: Shaped) -> None:
        """A task without a single answer is dropped for the reason that its annotations give."""
        reasons = [d.reason for d in shaped.drops if d.unit == "annotation"]
        reason = "unlabelled" if not annotations else max(sorted(set(reasons)), key=_weight)
        shaped.drops.append(Drop(unit="record", reason=reason, place=place))

    def _drop_all(
        self, annotations: list[Annotation], reason: str, place: Place, shaped: Shaped
    ) -> None:
        shaped.drops += [_dropped(a, reason, place) for a in annotations]
        shaped.drops.append(Drop(unit="record", reason=reason, place=place))


def task_shape(config: LabelingConfig, source: Source, offsets: Offsets | None = None) -> TaskShape:
    """Choose the control and compile the templates; raises UsageError when nothing fits."""
    kind, control = choosing.kind_of(config, source)
    field = choosing.shown_field(config, control, source)
    others = [] if source.prompt else choosing.beside(config, control)
    others = [o for o in others if kind.name != "preference" or o.field != field]
    prompt = source.prompt or choosing.default_prompt(kind, field, others)
    allowed = allowed_results(config, kind)
    look = Look(
        config.objects[control.to_name],
        field,
        tuple(o.field for o in others),
        (offsets or Offsets(source.offsets)) if kind.parts else None,
        more=tuple(Look(o, o.field) for o in choosing.answered_too(config, control, source)),
    )
    render = compile_template(prompt, "prompt")
    return TaskShape(
        control=control,
        kind=kind,
        config=config,
        allowed=allowed,
        look=look,
        source=source,
        prompt=render,
        completion=(
            compile_template(source.completion, "completion") if source.completion else None
        ),
        system=compile_template(source.system, "system") if source.system else None,
        short=short_way(kind, source, look, allowed, prompt=(prompt, render)),
        labels_from=tuple(
            c.name for c in config.controls.values() if c.name in kind.reads and c.task_labels
        ),
    )


def _merge(answers: list[Answered[Any]], kind: AnswerKind, source: Source) -> Merged[Any]:
    if kind.parts:
        return merge_parts(answers, source.annotators, source.agreement)
    return merge(answers, source.annotators, source.agreement)


def _find_twins(annotations: list[Annotation], place: Place, shaped: Shaped) -> None:
    """Name every annotation that stands twice in a task."""
    keys: set[str] = set()
    for annotation in annotations:
        key = annotation.unique_id
        if isinstance(key, str) and key in keys:
            here = Place(file=place.file, task=place.task, annotation=key)
            shaped.findings.append(found("A014", "its unique_id stands twice in the task", here))
        elif isinstance(key, str):
            keys.add(key)


def _dropped(annotation: Annotation, reason: str, place: Place) -> Drop:
    here = Place(file=place.file, task=place.task, annotation=annotation.key)
    return Drop(unit="annotation", reason=reason, place=here)


def _weight(reason: str) -> int:
    """A broken rule explains more than a skip, and a skip more than an empty submission."""
    return {"submitted-empty": 0, "skipped": 1}.get(reason, 2)
