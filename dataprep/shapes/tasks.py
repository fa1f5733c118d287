"""A task with its annotations becomes examples: read, judge, merge, write.

One `TaskShape` is made for each export; it knows the control that is learned. Every annotation
that goes no further is dropped with a reason, and so is every task that gives no example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from dataprep import jsonio
from dataprep.annotation import (
    Agreed,
    Annotation,
    Answered,
    Control,
    LabelingConfig,
    Merged,
    ObjectTag,
    Result,
    Task,
    merge,
    merge_parts,
)
from dataprep.example import Example, Record, content_id
from dataprep.finding import Drop, Place, Severity, UsageError, excerpt
from dataprep.recipe import Source
from dataprep.rules import found
from dataprep.shapes import classification, generation, spans
from dataprep.shapes.shaped import Shaped
from dataprep.templates import Render, compile_template

_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|/data/)\S+")
_KINDS = {"classification": classification, "spans": spans, "generation": generation}


@dataclass(frozen=True, slots=True)
class TaskShape:
    """How the tasks of one export become examples."""

    control: Control
    kind: str
    known: frozenset[str] | None
    shown: ObjectTag
    source: Source
    instruction: str
    prompt: Render
    completion: Render | None
    system: Render | None

    def __call__(self, record: Record) -> Shaped:
        """The examples of one task, and everything that did not become one."""
        task: Task = record.value
        annotations = task.annotations or []
        shaped = Shaped(annotations=len(annotations))
        text = self._text(task, record.place, shaped)
        if text is None:
            self._drop_all(annotations, shaped.findings[-1].code, record.place, shaped)
            return shaped
        answers = [
            answered
            for annotation in annotations
            if (answered := self._answered(annotation, text, record.place, shaped))
        ]
        if not answers:
            self._drop_task(annotations, record.place, shaped)
            return shaped
        merged = _merge(answers, self.control, self.source)
        shaped.drops += [_dropped(a, reason, record.place) for a, reason in merged.lost]
        reason = "tie"
        for agreed in merged.agreed:
            if made := list(self._examples(agreed, task, text, record.place)):
                shaped.examples += made
                shaped.merged += len(agreed.by)
            else:
                reason = "crossing-spans"
                shaped.drops += [_dropped(a, reason, record.place) for a in agreed.by]
        if not shaped.examples:
            shaped.drops.append(Drop(unit="record", reason=reason, place=record.place))
        return shaped

    def _text(self, task: Task, place: Place, shaped: Shaped) -> str | None:
        field = self.source.text or self.shown.field
        data = task.data or {}
        text = data.get(field)
        if not isinstance(text, str):
            said = "is not there" if field not in data else "is not a text"
            known = ", ".join(map(str, list(data)[:8])) or "none"
            message = f"the field {field!r} {said}; fields here: {known}"
            shaped.findings.append(found("A008", message, place))
            return None
        if self.shown.by_url or (text.isascii() and _ADDRESS.fullmatch(text)):
            message = f"the field {field!r} holds an address: {excerpt(text)}"
            shaped.findings.append(found("A005", message, place))
            return None
        return text

    def _answered(
        self, annotation: Annotation, text: str, place: Place, shaped: Shaped
    ) -> Answered[Any] | None:
        """The answer of one annotation, or a drop with its reason."""
        if annotation.was_cancelled is True:
            shaped.drops.append(_dropped(annotation, "skipped", place))
            return None
        mine: list[Result] = []
        problems: list[tuple[str, str]] = []
        for result in annotation.result or ():
            name = result.from_name
            if name == self.control.name:
                mine.append(result)
            elif self.known is not None and name is not UNSET and name not in self.known:
                said = f"answers {excerpt(name)!r}, which the config does not have"
                problems.append(("A006", said))
        answer, more = self._read(mine, text)
        worst = None
        if problems or more:
            here = Place(file=place.file, task=place.task, annotation=annotation.key)
            findings = [found(code, message, here) for code, message in (*problems, *more)]
            shaped.findings += findings
            worst = next((f for f in findings if f.severity is Severity.ERROR), None)
        negative = self.kind == "spans" and self.source.empty == "negative"
        if worst or not (answer or negative):
            reason = worst.code if worst else "submitted-empty"
            shaped.drops.append(_dropped(annotation, reason, place))
            return None
        return Answered(annotation, answer)

    def _read(self, results: list[Result], text: str) -> tuple[Any, list[tuple[str, str]]]:
        match self.kind:
            case "classification":
                return classification.answer(results, self.control)
            case "spans":
                return spans.answer(results, self.control, text)
            case _:
                return generation.answer(results, self.control)

    def _examples(
        self, agreed: Agreed[Any], task: Task, text: str, place: Place
    ) -> Iterator[Example]:
        """The examples of one agreed answer: one, one for each text of a generation, or none."""
        keys = [a.key for a in agreed.by]
        data = task.data or {}
        for answer, label, more in self._written(agreed.answer, text):
            if answer is None:
                return
            fields = {
                **data,
                **more,
                "data": data,
                "instruction": self.instruction,
                "text": text,
                "answer": answer,
            }
            group = data.get(self.source.group) if self.source.group else None
            yield Example(
                id=content_id(str(place.task), *keys, text, answer),
                file=place.file,
                task=str(place.task),
                annotations=jsonio.canonical(keys).decode(),
                annotators=jsonio.canonical([a.annotator for a in agreed.by]).decode(),
                shape=self.kind,
                input=self.prompt(fields),
                output=self.completion(fields) if self.completion else answer,
                system=self.system(fields) if self.system else None,
                label=label,
                group=None if group is None else str(group),
                data=jsonio.canonical({**data, **more, "text": text, "answer": answer}).decode(),
            )

    def _written(
        self, answer: Any, text: str
    ) -> Iterator[tuple[str | None, str | None, dict[str, Any]]]:
        """Completion (None where it cannot be written), stratum, and fields for templates."""
        match self.kind:
            case "classification":
                yield from classification.completions(answer, self.control)
            case "spans":
                written = spans.completion(answer, text, self.source.spans_as)
                yield written, None, {"spans": list(spans.fields(answer, text))}
            case _:
                for one in answer:
                    yield one, None, {}

    def _drop_task(self, annotations: list[Annotation], place: Place, shaped: Shaped) -> None:
        """A task without a single answer is dropped for the reason that its annotations give."""
        reasons = [d.reason for d in shaped.drops if d.unit == "annotation"]
        reason = "unlabelled" if not annotations else max(set(reasons), key=_weight)
        shaped.drops.append(Drop(unit="record", reason=reason, place=place))

    def _drop_all(
        self, annotations: list[Annotation], reason: str, place: Place, shaped: Shaped
    ) -> None:
        shaped.drops += [_dropped(a, reason, place) for a in annotations]
        shaped.drops.append(Drop(unit="record", reason=reason, place=place))


def task_shape(config: LabelingConfig, source: Source) -> TaskShape:
    """Choose the control and compile the templates; raises UsageError when nothing fits."""
    control = _control(config, source)
    kind = _KINDS[control.task or ""]
    return TaskShape(
        control=control,
        kind=control.task or "",
        known=None if config.inferred else frozenset(config.controls),
        shown=config.objects[control.to_name],
        source=source,
        instruction=kind.instruction(control, config.instruction),
        prompt=compile_template(source.prompt or _prompt(config, control), "prompt"),
        completion=(
            compile_template(source.completion, "completion") if source.completion else None
        ),
        system=compile_template(source.system, "system") if source.system else None,
    )


def _prompt(config: LabelingConfig, control: Control) -> str:
    """The default prompt: the instruction, and every text that annotators had before them."""
    others = [
        f"{o.name}: {{{{ data[{jsonio.dumps(o.field).decode()}] }}}}"
        for o in config.objects.values()
        if o.name != control.to_name and o.tag == "Text"
    ]
    return "\n\n".join(["{{ instruction }}", *others, "{{ text }}"])


def _control(config: LabelingConfig, source: Source) -> Control:
    fit = config.learnable()
    if source.control:
        fit = [c for c in fit if c.name == source.control]
    if source.task:
        fit = [c for c in fit if c.task == source.task]
    if not fit:
        known = ", ".join(f"{c.name} ({c.tag})" for c in config.controls.values()) or "none"
        asked = source.control or source.task or "Choices, Labels or TextArea"
        raise UsageError(
            f"There is no control to learn from ({asked}).", f"Controls in the config: {known}."
        )
    shown = config.objects[fit[0].to_name]
    if fit[0].task == "spans" and shown.tag not in ("Text", "Header"):
        raise UsageError(
            f"Spans on a {shown.tag} tag are not read yet.", "Spans on a Text tag are."
        )
    return fit[0]


def _merge(answers: list[Answered[Any]], control: Control, source: Source) -> Merged[Any]:
    if control.task == "spans":
        return merge_parts(answers, source.annotators)
    return merge(answers, source.annotators)


def _dropped(annotation: Annotation, reason: str, place: Place) -> Drop:
    here = Place(file=place.file, task=place.task, annotation=annotation.key)
    return Drop(unit="annotation", reason=reason, place=here)


def _weight(reason: str) -> int:
    """A broken rule explains more than a skip, and a skip more than an empty submission."""
    return {"submitted-empty": 0, "skipped": 1}.get(reason, 2)
