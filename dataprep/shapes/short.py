"""The short way of a task that leaves nothing to judge: one known label, on which all agree.

Most tasks of most projects are such. What it gives is what the long way of `tasks` would make of
the task, or None where any step could go otherwise; a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from dataprep import jsonio
from dataprep.annotation import Annotation, Task, age_of
from dataprep.example import Example, Record, content_id
from dataprep.finding import UsageError
from dataprep.recipe import Source
from dataprep.shapes.allowed import AllowedResults
from dataprep.shapes.kind import AnswerKind
from dataprep.shapes.look import Look, is_address
from dataprep.shapes.partition import agreed_choice
from dataprep.shapes.shaped import Shaped
from dataprep.shapes.single import Classes
from dataprep.templates import Render, names_read

_READ = frozenset({"instruction", "text", "answer"})
"""What a prompt may read here: the names that no field of a task can stand for."""


@dataclass(frozen=True, slots=True)
class ShortWay:
    """The choices of `control` about the text in `field`.

    `allowed` tells by the name of a control what its results may be about; `whole` says that there
    are no others. `labels` is None where no config says them. `voting` says whether several
    annotators who agree are taken, and `several` whether several labels may be chosen.
    `prompt` renders the prompt.
    """

    control: str
    field: str
    instruction: str
    labels: frozenset[str] | None
    allowed: Mapping[str, frozenset[str]]
    whole: bool
    voting: bool
    several: bool
    prompt: Render

    def __call__(self, record: Record) -> Shaped | None:
        """What comes of the task; None where it takes the long way to tell."""
        task: Task = record.value
        data, annotations = task.data, task.annotations
        if not data or not annotations:
            return None
        text = data.get(self.field)
        if type(text) is not str or is_address(text) or not text.strip():
            return None
        label = self._label(annotations[0])
        if label is None:
            return None
        many = len(annotations)
        votes: list[tuple[str, Any]] = []
        truths: list[str] = []
        if many > 1:
            if not (self.voting and self._agree(annotations, label)):
                return None
            annotations = sorted(annotations, key=age_of)
            votes = [(annotation.annotator, (label,)) for annotation in annotations]
            truths = [a.annotator for a in record.value.annotations if a.ground_truth is True]
        try:
            made = self._example(record, text, label, annotations)
        except UsageError:  # the long way says where
            return None
        parts = agreed_choice(many) if self.several else None
        return Shaped(
            [made], annotations=many, merged=many, votes=votes, parts=parts, truths=truths
        )

    def _label(self, annotation: Annotation) -> str | None:
        """The one label of an annotation with which nothing is wrong."""
        if annotation.was_cancelled is True:
            return None
        allowed, label = self.allowed, None
        for result in annotation.result or ():
            name = result.from_name
            if name is UNSET:
                continue
            objects = allowed.get(name)
            if self.whole if objects is None else result.to_name not in objects:
                return None
            if name == self.control:
                if label is not None:
                    return None
                label = _only(result.value)
                if label is None or (self.labels is not None and label not in self.labels):
                    return None
        return label

    def _agree(self, annotations: Sequence[Annotation], label: str) -> bool:
        """Whether they are of as many annotators, each of whom gives this label, and no curator."""
        if any(annotation.final for annotation in annotations):
            return False
        people = {annotation.annotator for annotation in annotations}
        keys = {annotation.unique_id for annotation in annotations}
        if len(people) < len(annotations) or "" in people or len(keys) < len(annotations):
            return False
        return all(self._label(annotation) == label for annotation in annotations)

    def _example(self, record: Record, text: str, label: str, by: Sequence[Annotation]) -> Example:
        place, data = record.place, record.value.data
        task = str(place.task)
        keys = [annotation.key for annotation in by]
        held = {**data, "label": label, "labels": [label], "text": text, "answer": label}
        return Example(
            id=content_id(self.control, task, *keys, text, label),
            file=place.file,
            task=task,
            annotations=jsonio.canonical(keys).decode(),
            annotators=jsonio.canonical([annotation.annotator for annotation in by]).decode(),
            shape="classification",
            input=self.prompt({"instruction": self.instruction, "text": text, "answer": label}),
            output=label,
            label=label,
            data=jsonio.canonical(held).decode(),
        )


def short_way(
    kind: AnswerKind,
    source: Source,
    look: Look,
    allowed: AllowedResults,
    *,
    prompt: tuple[str, Render],
) -> ShortWay | None:
    """The short way of a file, where its control and its recipe allow one.

    `prompt` is a template, and what it renders.
    """
    if not isinstance(kind, Classes) or not shows_text_alone(source, look):
        return None
    control = kind.control
    if not (allowed.required <= {control.name} and names_read(prompt[0]) <= _READ):
        return None
    if control.task_labels or (control.against and control.labels is None):
        return None
    return ShortWay(
        control=control.name,
        field=str(look.field),
        instruction=kind.instruction,
        labels=None if control.labels is None else frozenset(control.labels),
        allowed=allowed.known,
        whole=not allowed.config.inferred,
        voting=source.annotators == "majority" and 0.5 <= source.agreement <= 1,
        several=control.multiple,
        prompt=prompt[1],
    )


def shows_text_alone(source: Source, look: Look) -> bool:
    """Whether annotators had one plain text before them, and the answer is written as it is."""
    beside = look.shown.by_url or look.beside or look.more or look.field is None
    own = (source.completion, source.system, source.label, source.group)
    return look.shown.tag in ("Text", "Header") and not (beside or any(own))


def _only(value: Any) -> str | None:
    """The choice of a result that has one, and no nested one."""
    chosen = value.get("choices") if type(value) is dict else None
    if type(chosen) is list and len(chosen) == 1 and type(chosen[0]) is str:
        only: str = chosen[0]
        return only
    return None
