"""Exports of other annotation tools as tasks for a Label Studio server, as they were annotated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from dataprep import jsonio, sources
from dataprep.annotation import Annotation, Control, LabelingConfig, Task, written_config
from dataprep.example import Record
from dataprep.finding import Finding, Severity, UsageError
from dataprep.jsonio import Json
from dataprep.recipe import Source

TASKS, CONFIG = "tasks.json", "config.xml"


def tasks_of_exports(given: Sequence[Source], base: Path, folder: Path) -> Path | None:
    """A file of tasks in which each annotator's answer is a prediction, with its config.xml.

    None where the sources are no exports of annotation tools. Raises UsageError where some are
    and others are not, and for what cannot be read.
    """
    if not all(_is_stored(base / source.path) for source in given):
        return None
    inputs = [file for source in given for file in sources.files(source, base)]
    fault = next((file.fault for file in inputs if file.fault is not None), None)
    if fault is not None:
        raise _unreadable(fault)
    exports = [sources.surveyed(file) for file in inputs if file.export is not None]
    if not exports:
        return None
    if len(exports) < len(inputs):
        other = next(file.name for file in inputs if file.export is None)
        raise UsageError(f"{other} is of no annotation tool.", "Push the exports by themselves.")
    with (folder / TASKS).open("wb") as file:
        file.write(b"[")
        for number, task in enumerate(_tasks(exports)):
            file.write((b",\n" if number else b"\n") + jsonio.dumps(task))
        file.write(b"\n]\n")
    config = _together([export.config for export in exports if export.config is not None])
    if config.controls:
        (folder / CONFIG).write_text(written_config(config), "utf-8")
    return folder / TASKS


def _is_stored(path: Path) -> bool:
    """Whether a path can be read twice: a pipe cannot."""
    return path.is_file() or path.is_dir()


def _tasks(exports: Sequence[sources.Input]) -> Iterator[Json]:
    """The tasks of all exports; raises UsageError for the first that cannot be read."""
    for export in exports:
        for item in sources.read(export):
            if isinstance(item, Record):
                yield _sent(item.value)
            elif item.severity is Severity.ERROR:
                raise _unreadable(item)


def _unreadable(finding: Finding) -> UsageError:
    words = f"{finding.code} {finding.message}."
    return UsageError(
        words, "Mend it; dataprep convert names all that is wrong.", place=finding.place
    )


def _sent(task: Task) -> Json:
    """A task for the import: what people and models say, with who said it."""
    answers = [_prediction(one) for one in task.annotations or () if one.result]
    return {"data": task.data or {}, "predictions": [*answers, *(task.predictions or ())]}


def _prediction(one: Annotation) -> Json:
    results: list[Any] = [msgspec.to_builtins(result) for result in one.result or ()]
    return {"model_version": one.annotator or "annotator", "result": results}


def _together(configs: Sequence[LabelingConfig]) -> LabelingConfig:
    """One config for all exports, whose controls offer every label that one of them has given.

    What says that a label is not right is offered as well, for it was answered.
    """
    objects = {name: shown for c in reversed(configs) for name, shown in c.objects.items()}
    controls: dict[str, Control] = {}
    related: dict[str, None] | None = None
    for config in configs:
        for name, control in config.controls.items():
            known = controls.get(name)
            controls[name] = _offering(control if known is None else known, control)
        if config.relations is not None:
            related = (related or {}) | dict.fromkeys(config.relations)
    relations = None if related is None else tuple(related)
    return LabelingConfig(controls, objects, relations=relations)


def _offering(one: Control, other: Control) -> Control:
    """A control with the labels of another of its name."""
    given = (*(one.labels or ()), *one.against, *(other.labels or ()), *other.against)
    labels = tuple(dict.fromkeys(given)) or None
    multiple = one.multiple or other.multiple
    return replace(one, labels=labels, multiple=multiple, single=one.single and other.single)
