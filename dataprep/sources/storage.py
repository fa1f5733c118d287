"""Target storage of Label Studio: files of one task or one annotation each, read as tasks.

A storage holds a file an annotation, and some hold in file k the annotations 1 to k of one task.
The files of one task are put together: the newest state of each annotation counts once, so that
annotators meet in their task. Memory holds a few hundred bytes a file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from dataprep import jsonio
from dataprep.annotation import decode_task
from dataprep.example import Record, content_id
from dataprep.finding import Finding, Place
from dataprep.rules import found
from dataprep.sources import label_studio
from dataprep.sources.label_studio_forms import looks_like_tasks
from dataprep.sources.one_input import Input
from dataprep.sources.opening import BOM

_Value = dict[str, Any]
_LISTS = ("annotations", "completions")


class StoredFile(NamedTuple):
    """A file that holds one task, and how messages call it."""

    path: Path
    name: str


StoredTask = tuple[StoredFile, ...]
"""The files of one task, that with its newest state last."""


class _State(NamedTuple):
    """When the state in a file was reached, by its times, then by what it holds and its name."""

    at: str
    held: int
    length: int
    name: str


@dataclass(slots=True)
class _Group:
    """The files of one task while they are gathered; equal data or an annotation joins them."""

    data: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    files: list[tuple[_State, StoredFile]] = field(default_factory=list)


def gathered(inputs: Sequence[Input]) -> list[Input]:
    """The inputs, those of one task each put together to one input; `inputs` are read alike.

    The order of the tasks is that of their first files.
    """
    groups: dict[Any, list[_Group]] = {}
    ordered: list[_Group] = []
    single: list[int] = []
    for number, given in enumerate(inputs):
        if (value := _single_task(given)) is None:
            continue
        single.append(number)
        group, is_new = _group_of(value, groups)
        if is_new:
            ordered.append(group)
        stored = StoredFile(given.path, given.name)
        group.files.append((_state_of(value, given.name), stored))
    if len(single) < 2:
        return list(inputs)
    first, gone = single[0], frozenset(single[1:])
    one = replace(
        inputs[first],
        name=_name_of([inputs[n].name for n in single]),
        stored=tuple(tuple(file for _, file in sorted(group.files)) for group in ordered),
        note=_in_words(inputs[first].note, len(single), len(ordered)),
    )
    return [one if n == first else given for n, given in enumerate(inputs) if n not in gone]


def read(given: Input) -> Iterator[Record | Finding]:
    """The tasks of a storage; a file that cannot be read is a finding, and the others go on."""
    for index, files in enumerate(given.stored):
        if len(files) == 1:
            for item in label_studio.read(*files[0], given.of, given.config):
                yield _at(item, index) if isinstance(item, Record) else item
        else:
            yield from _together(files, given, index)


def _at(record: Record, index: int) -> Record:
    """The record; a task without an id is called by its place in the storage."""
    if record.value.id is not msgspec.UNSET:
        return record
    place = msgspec.structs.replace(record.place, task=index)
    return Record(place, record.offset, record.value)


def _together(files: StoredTask, given: Input, index: int) -> Iterator[Record | Finding]:
    values: list[tuple[StoredFile, _Value]] = []
    for file in files:
        try:
            value = jsonio.loads(file.path.read_bytes().removeprefix(BOM))
            decode_task(jsonio.dumps(value))
        except jsonio.JsonError as error:
            place = Place(file=file.name, line=error.line, column=error.column)
            yield found(error.code, error.message, place)
            continue
        values.append((file, value))
    if values:
        newest = values[-1][0]
        task = decode_task(jsonio.dumps(merged([value for _, value in values])), given.of)
        key = index if task.id is msgspec.UNSET else task.id
        yield Record(Place(file=newest.name, task=key), 0, task)


def merged(values: Sequence[_Value]) -> _Value:
    """One task of its states, the newest last: each annotation once, in its newest state.

    Where the newest state says that it holds all annotations, one that it lacks was deleted.
    """
    latest = _task_in(values[-1])
    own = _annotations_in(values[-1])
    known: dict[Any, _Value] = {}
    for value in values:
        for number, annotation in enumerate(_annotations_in(value)):
            key = _key_of(annotation) or (id(value), number)
            before = known.get(key)
            if before is None or _time_of(annotation) >= _time_of(before):
                known[key] = annotation
    if latest is values[-1] and _says_all(latest, own):
        keys = {_key_of(annotation) for annotation in own}
        known = {key: annotation for key, annotation in known.items() if key in keys}
    rest = {key: value for key, value in latest.items() if key not in _LISTS}
    return {**rest, "annotations": list(known.values())}


def _says_all(task: _Value, own: Sequence[_Value]) -> bool:
    """Whether a task counts as many annotations as it holds."""
    total, cancelled = task.get("total_annotations"), task.get("cancelled_annotations")
    counts = [count for count in (total, cancelled) if type(count) is int]
    return len(counts) == 2 and sum(counts) == len(own) > 0


def _single_task(given: Input) -> _Value | None:
    """What stands in a file that is one task, or one annotation with its task; else None."""
    if given.format != "label-studio" or given.path.suffix == ".gz" or given.fault is not None:
        return None
    if not given.path.is_file() or given.path.stat().st_size > label_studio.MAX_TASK:
        return None
    raw = given.path.read_bytes().removeprefix(BOM)
    if raw.lstrip()[:1] != b"{":
        return None
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = _leniently(raw)
    is_task = looks_like_tasks(value) or (isinstance(value, dict) and _has_data(value))
    return value if is_task else None


def _has_data(value: _Value) -> bool:
    return isinstance(value.get("data"), dict)


def _leniently(raw: bytes) -> Any:
    """What stands in a file with half a character or a number that JSON has not."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _group_of(value: _Value, groups: dict[Any, list[_Group]]) -> tuple[_Group, bool]:
    """The group of the task that stands in a file, and whether it was made for it."""
    task = _task_in(value)
    name = task.get("id")
    keys = {str(key) for one in _annotations_in(value) if (key := _key_of(one)) is not None}
    data = content_id(json.dumps(task.get("data"), sort_keys=True))
    project = task.get("project", value.get("project"))
    alike = groups.setdefault((_hashable(project), _hashable(name)), [])
    known = (g for g in alike if name is not None and (data in g.data or keys & g.keys))
    group = next(known, None)
    if is_new := group is None:
        group = _Group()
        alike.append(group)
    group.data.add(data)
    group.keys |= keys
    return group, is_new


def _hashable(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _task_in(value: _Value) -> _Value:
    """The task of a file, which an annotation may hold inside it."""
    inner = value.get("task")
    is_inside = "data" not in value and isinstance(inner, dict)
    return inner if is_inside else value  # type: ignore[return-value]


def _annotations_in(value: _Value) -> list[_Value]:
    """The annotations of a file: itself, or those that its task lists."""
    task = _task_in(value)
    if task is not value:
        return [{key: item for key, item in value.items() if key != "task"}]
    lists = (task[key] for key in _LISTS if isinstance(task.get(key), list))
    listed: list[Any] = next(lists, [])
    return [one for one in listed if isinstance(one, dict)]


def _key_of(annotation: Mapping[str, Any]) -> str | None:
    key = annotation.get("unique_id") or annotation.get("id")
    return None if key is None else str(key)


def _time_of(value: Mapping[str, Any]) -> str:
    """When something changed last; a number counts seconds, as until 2021."""
    at = value.get("updated_at") or value.get("created_at") or ""
    return f"{at:020.0f}" if isinstance(at, int | float) else str(at)


def _state_of(value: _Value, name: str) -> _State:
    own = _annotations_in(value)
    task = _task_in(value)
    times = [_time_of(each) for each in own]
    if task is value:
        times.append(_time_of(task))
    return _State(max(times, default=""), len(own), len(name), name)


def _name_of(names: Sequence[str]) -> str:
    """What messages call all the files together: their folder, else the first of them."""
    shared = os.path.commonpath(names) if len({Path(n).is_absolute() for n in names}) == 1 else ""
    return shared or f"{names[0]} and {len(names) - 1} more"


def _in_words(note: str, files: int, tasks: int) -> str:
    held = "task" if tasks == 1 else "tasks"
    said = f"{files:,} files hold {tasks:,} {held}"
    if files > tasks:
        said += ": the newest state of each annotation is read, the annotators of a task together"
    return "; ".join(filter(None, [said if files > tasks else "", note]))
