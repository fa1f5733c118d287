"""The labels that the annotations of a file use: what a prompt offers where no config is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from msgspec import UNSET

from dataprep.annotation.labeling_config import NESTED, PATH, Control, LabelingConfig
from dataprep.annotation.task import Result, Task

MOST_SEEN = 50
"""Labels of a control, at most: more are no list that an annotator chose from."""

_KEYS = ("labels", "hypertextlabels", "paragraphlabels")
_OFFERED = ("classification", "spans", "taxonomy")


@dataclass(slots=True)
class SeenLabels:
    """The labels of each control by its name, and the controls that were given several at once.

    Memory holds MOST_SEEN labels of a control and one more.
    """

    labels: dict[str, dict[str, None]] = field(default_factory=dict)
    several: set[str] = field(default_factory=set)

    def add(self, task: Task) -> None:
        """Note the labels of one task."""
        for annotation in task.annotations or ():
            answered: set[str] = set()
            for result in annotation.result or ():
                if result.from_name is UNSET or not result.value:
                    continue
                given = _labels_of(result)
                if not given:
                    continue
                name = result.from_name
                if len(given) > 1 or (name in answered and "start" not in result.value):
                    self.several.add(name)
                answered.add(name)
                known = self.labels.setdefault(name, {})
                if len(known) <= MOST_SEEN:
                    known.update(dict.fromkeys(given[: MOST_SEEN + 1]))

    def offered_by(self, control: Control) -> tuple[str, ...] | None:
        """The labels of a control in the order of the alphabet; None where they are no list."""
        known = self.labels.get(control.name, {})
        if control.task not in _OFFERED or not 0 < len(known) <= MOST_SEEN:
            return None
        return tuple(sorted(known))


def seen_labels(tasks: Iterable[Task]) -> SeenLabels:
    """The labels of some tasks."""
    seen = SeenLabels()
    for task in tasks:
        seen.add(task)
    return seen


def with_seen_labels(config: LabelingConfig, seen: SeenLabels) -> LabelingConfig:
    """An inferred config whose controls offer the labels that were seen."""
    controls = {
        name: replace(control, labels=labels, multiple=name in seen.several)
        if (labels := seen.offered_by(control))
        else control
        for name, control in config.controls.items()
    }
    return replace(config, controls=controls)


def _labels_of(result: Result) -> list[str]:
    value: dict[str, Any] = result.value or {}
    if isinstance(choices := value.get("choices"), list | str):
        listed = choices if isinstance(choices, list) else [choices]
        return [_joined(choice, NESTED) for choice in listed]
    if isinstance(paths := value.get("taxonomy"), list):
        return [_joined(path, PATH) for path in paths]
    for key in _KEYS:
        if isinstance(labels := value.get(key), list):
            return [str(label) for label in labels]
    return []


def _joined(label: Any, joint: str) -> str:
    return joint.join(map(str, label)) if isinstance(label, list) else str(label)
