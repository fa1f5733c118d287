"""A labeling config for tasks that come without one: the controls and labels of their results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET

from dataprep.annotation.config_text import Asked, config_text
from dataprep.annotation.inference import CONTROL_OF_TYPE, infer_config
from dataprep.annotation.labeling_config import PATH, Control, LabelingConfig
from dataprep.annotation.task import Result, Task
from dataprep.finding import UsageError, excerpt

_REMEDY = "Pass the config.xml of the project that the tasks come from: --label-config config.xml"
_SHOWN = ("Text", "HyperText")
_REGIONS = {"labels", "hypertextlabels"}
_LABELLED = {"choices": "choices", "taxonomy": "taxonomy"} | {name: name for name in _REGIONS}


@dataclass(slots=True)
class _Seen:
    """What the results of one control hold: its labels, and whether one answer had several."""

    labels: set[str] = field(default_factory=set)
    several: bool = False
    most: int = 0
    html: bool = False


def config_of_results(tasks: Callable[[], Iterable[Task]]) -> str | None:
    """The config.xml that takes the results of some tasks; None where they have no results.

    `tasks` gives them anew each time that it is called. Labels are those that somebody gave, in
    the order of the alphabet. Raises UsageError where the results do not say what was shown, or
    are of a control whose config they do not tell.
    """
    seen: dict[str, _Seen] = {}
    relations: set[str] = set()
    for task in tasks():
        for annotation in task.annotations or ():
            _look_at(annotation.result or (), seen, relations)
    if not seen:
        return None
    config = infer_config(tasks())
    asked = [
        _asked(control, seen[control.name], relations, config)
        for control in config.controls.values()
    ]
    objects = [
        config.objects[name] for control in config.controls.values() for name in control.to_names
    ]
    for shown in objects:
        if shown.tag not in _SHOWN:
            said = f"The results are about {shown.name!r}, which is shown in a way of its own."
            raise UsageError(said, _REMEDY)
        if not shown.field:
            said = f"Nothing says which field of the data {shown.name!r} shows."
            raise UsageError(said, _REMEDY)
    return config_text(asked, objects=list(dict.fromkeys(objects)))


def _look_at(results: Iterable[Result], seen: dict[str, _Seen], relations: set[str]) -> None:
    """Note the labels of one annotation."""
    answers: dict[tuple[str, str], int] = {}
    for result in results:
        if result.type not in CONTROL_OF_TYPE and result.type not in (UNSET, "relation"):
            said = f"The results are of the type {excerpt(str(result.type))!r}."
            raise UsageError(said, _REMEDY)
        if result.type == "relation":
            relations.update(map(str, result.labels if isinstance(result.labels, list) else ()))
            continue
        if result.from_name is UNSET:
            continue
        known = seen.setdefault(result.from_name, _Seen())
        labels = list(_labels(result))
        known.labels.update(labels)
        about = (result.from_name, str(result.id) if "start" in (result.value or {}) else "")
        answers[about] = answers.get(about, 0) + (len(labels) or _texts(result))
        known.several |= answers[about] > 1
        rating = (result.value or {}).get("rating")
        known.most = max(known.most, rating if type(rating) is int else 0)
        known.html |= result.type == "hypertextlabels"


def _labels(result: Result) -> Iterator[str]:
    key = _LABELLED.get(str(result.type))
    given = (result.value or {}).get(key or "")
    for label in given if isinstance(given, list) else ():
        if not isinstance(label, list):
            yield str(label)
        elif key == "taxonomy":
            yield PATH.join(map(str, label))
        else:
            said = f"The choices of {str(result.from_name)!r} are nested."
            raise UsageError(said, _REMEDY)


def _texts(result: Result) -> int:
    text: Any = (result.value or {}).get("text")
    return len(text) if result.type == "textarea" and isinstance(text, list) else 1


def _asked(control: Control, seen: _Seen, relations: set[str], config: LabelingConfig) -> Asked:
    """What is asked of the annotators by one control."""
    kind = control.task
    if kind is None or kind in ("preference", "chat"):
        said = f"The results of {control.name!r} do not tell its whole config."
        raise UsageError(said, _REMEDY)
    spans = kind == "spans"
    return Asked(
        kind,  # type: ignore[arg-type]  # those of `Control.task` are those of `Asked`
        control=control.name,
        shown=",".join(control.to_names),
        labels=tuple(sorted(seen.labels)),
        multiple=seen.several,
        per_region=control.per_region,
        relations=tuple(sorted(relations)) if spans and config.relations is not None else None,
        most=seen.most,
        html=seen.html,
    )
