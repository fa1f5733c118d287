"""The labeling config that lies beside an export, where none is said and it fits."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import UNSET

from dataprep import shapes, sources
from dataprep.annotation import CONTROL_OF_TYPE, LabelingConfig, Task, parse_config
from dataprep.example import Record
from dataprep.finding import UsageError, excerpt
from dataprep.recipe import Recipe, Source
from dataprep.sources.hub_download import as_typed, is_hub_address
from dataprep.sources.opening import opened

CONFIGS_BESIDE = ("config.xml", "label_config.xml", "labeling_config.xml")
"""What people call the labeling config of an export."""


def read_beside(
    recipe: Recipe, base: Path
) -> tuple[Recipe, list[tuple[Source, sources.Input]], list[str]]:
    """The recipe with the configs beside its exports, the files of each source, and what to say.

    Raises what `sources.files` does.
    """
    given: list[Source] = []
    inputs: list[tuple[Source, sources.Input]] = []
    notes: list[str] = []
    for each in recipe.sources:
        source, files = each, sources.files(each, base)
        config, note = config_beside(source, files, base)
        if config is not None:
            source = each.model_copy(update={"label_config": config})
            files = sources.files(source, base)
        if note:
            notes.append(f"{files[0].name}: {note}")
        if files[0].config is not None:
            notes += _labels_alike(files[0].config, str(source.config_path))
        given.append(source)
        inputs += [(source, file) for file in files]
    return recipe.model_copy(update={"sources": given}), inputs, notes


def config_beside(
    source: Source, files: Sequence[sources.Input], base: Path
) -> tuple[str | None, str]:
    """The path of the config beside the files of a source, as its recipe has it; what to say.

    None where there is none, and where what there is does not fit: that is said.
    """
    exports = [f for f in files if f.format == "label-studio" and f.fault is None]
    if source.label_config is not None or source.path == sources.STDIN or not exports:
        return None, ""
    folder = exports[0].path.parent
    refused = ""
    for path in (folder / name for name in CONFIGS_BESIDE):
        if not path.is_file():
            continue
        if not (why := _misfit(path, exports)):
            return relative(path, base), (
                f"{path.name} stands beside the export: taken as its labeling config"
            )
        refused = refused or (
            f"{path.name} stands beside the export, and is not taken: {why.removesuffix('.')}"
        )
    return None, refused


def _labels_alike(config: LabelingConfig, name: str) -> list[str]:
    """What is to be said of labels of a config that differ in blanks alone, if there are any."""
    notes = []
    for control in config.controls.values():
        alike: dict[str, list[str]] = {}
        for label in control.labels or ():
            alike.setdefault(label.strip(), []).append(label)
        notes += [
            f"{name}: the labels {', '.join(map(repr, labels))} of {excerpt(control.name)!r}"
            " differ in blanks alone, and a model may take them for one: rename them in the project"
            for labels in alike.values()
            if len(labels) > 1
        ]
    return notes


def relative(path: Path, base: Path) -> str:
    """The path as a recipe in `base` writes it; an address of the Hub stays one.

    So does an absolute path that leads out of that folder.
    """
    if is_hub_address(str(path)):
        return as_typed(str(path))
    here = path.absolute()
    if here.is_relative_to(base.absolute()):
        return str(here.relative_to(base.absolute()))
    return str(path) if path.is_absolute() else os.path.relpath(here, base.resolve())


def _misfit(path: Path, exports: Sequence[sources.Input]) -> str:
    """Why a file is not the labeling config of some exports; "" where it is.

    Raises EnvironmentProblem where the machine does not give the file: nobody knows then.
    """
    try:
        with opened(path, str(path)) as file:
            config = parse_config(file.read(), str(path))
    except UsageError as error:
        return str(error.place or "") + f" {error.message}".rstrip()
    first = [task for file in exports for task in _beginning(file)]
    results = [
        result
        for task in first
        for annotation in task.annotations or ()
        for result in annotation.result or ()
        if result.from_name is not UNSET
    ]
    answers = {(str(result.from_name), str(result.type)) for result in results}
    found = (_misfit_of_answer(config, *answer) for answer in sorted(answers))
    if why := next(filter(None, found), "") or _misfit_of_labels(config, results):
        return why
    fields = {field for task in first for field in task.data or ()}
    shown = [o.field for o in config.objects.values() if o.field.isidentifier()]
    unknown = [field for field in shown if field not in fields]
    if answers and len(unknown) < len(shown):  # some tasks may lack a field
        return ""
    return f"it shows {excerpt(unknown[0])!r}, which no task has" if unknown else ""


def _misfit_of_answer(config: LabelingConfig, name: str, kind: str) -> str:
    """Why a config does not know an answer, by the name of its control and its type."""
    if (control := config.control_of(name)) is None:
        return f"it has no control {excerpt(name)!r}"
    tag = CONTROL_OF_TYPE.get(kind)
    if tag is None or control.tag == tag or control.labeling:
        return ""
    return f"its control {excerpt(name)!r} is a {control.tag}, and the answers are {kind}"


def _misfit_of_labels(config: LabelingConfig, results: Sequence[Any]) -> str:
    """Why a config does not know the labels of most answers: it is that of another project."""
    known = unknown = 0
    example = ("", "")
    for result in results:
        control = config.control_of(str(result.from_name))
        given = (result.value or {}).get(str(result.type))
        if control is None or control.labels is None or control.task_labels is not None:
            continue
        for label in given if isinstance(given, list) else ():
            if not isinstance(label, str) or label in (*control.labels, *control.against):
                known += 1
            else:
                unknown += 1
                example = (str(result.from_name), label)
    if unknown <= known:
        return ""
    return f"its control {excerpt(example[0])!r} has no label {excerpt(example[1])!r}"


def _beginning(file: sources.Input) -> list[Task]:
    records = (item.value for item in sources.read(file) if isinstance(item, Record))
    tasks = (value for value in records if isinstance(value, Task))
    return list(islice(tasks, shapes.LOOKED_AT))
