"""Labels that come with each task: `<Choices value="$options">`, `<Label value="$first"/>`.

Source: the editor's DynamicChildrenMixin and parseValue (Label Studio 1.23.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dataprep.annotation.data_fields import value_at
from dataprep.patterns import LatePattern

Path = tuple[str, ...]
"""The names of a label from root to leaf; one name where labels do not nest."""

_VARIABLE = LatePattern(r"\$([A-Za-z_][\w.\[\]]*)")


@dataclass(frozen=True, slots=True)
class TaskLabels:
    """Where the labels of a control stand in the data of its tasks.

    `listed` is the field that holds a list of them, or empty; `paths` are those of the config,
    with variables in them; `joint` stands between the steps of a nested label, and is None where
    each label stands for itself.
    """

    listed: str
    paths: tuple[Path, ...]
    joint: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the data that hold the labels."""
        steps = (step for path in self.paths for step in path)
        named = (name for step in steps for name in _VARIABLE.findall(step))
        return tuple(dict.fromkeys([*([self.listed] if self.listed else []), *named]))

    def of(self, data: Mapping[str, Any]) -> tuple[str, ...]:
        """The labels of a task, in the order in which they are offered; those of no field left out.

        An annotator is not offered a label whose field is absent or blank.
        """
        read = (tuple(_filled(step, data) for step in path) for path in self.paths)
        paths = [path for path in read if all(step.strip() for step in path)]
        if self.listed:
            paths += _listed(value_at(data, self.listed), nested=self.joint is not None)
        return tuple(dict.fromkeys((self.joint or "").join(path) for path in paths))


def task_labels(listed: str, paths: Sequence[Path], joint: str | None) -> TaskLabels | None:
    """Where labels stand in the tasks; None where the config says them all."""
    variable = any(_VARIABLE.search(step) for path in paths for step in path)
    return TaskLabels(listed, tuple(paths), joint) if listed or variable else None


def _filled(step: str, data: Mapping[str, Any]) -> str:
    """A step with its variables; `$US` inside other words stays where there is no such field."""
    if whole := _VARIABLE.fullmatch(step):
        return _name(value_at(data, whole[1]))
    return _VARIABLE.sub(lambda found: _name(value_at(data, found[1])) or found[0], step)


def _listed(items: Any, above: Path = (), *, nested: bool) -> Iterator[Path]:
    """The labels of a list: texts, or objects with a value (an alias stands for it)."""
    for item in items if isinstance(items, list) else ():
        known = item if isinstance(item, dict) else {"value": item}
        name = _name(known.get("alias")) or _name(known.get("value"))
        if not name.strip():
            continue
        path = (*above, name) if nested else (name,)
        yield path
        yield from _listed(known.get("children"), path, nested=nested)


def _name(value: Any) -> str:
    """A value of the data as the name of a label; empty for what is none."""
    named = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value) if named else ""
