"""What the questions of an Argilla dataset are: as its settings say, else by their answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from dataprep import jsonio
from dataprep.sources.annotation_tools.building import reads_as_answer
from dataprep.sources.annotation_tools.export import ExportFile

QuestionKind = Literal["classification", "spans", "generation", "rating", "ranking"]

SETTINGS = (".argilla/settings.json", "argilla.yaml")
"""Where 2.x and 1.x write the settings of a dataset, beside its records."""

_KINDS: dict[str, QuestionKind] = {
    "label_selection": "classification",
    "multi_label_selection": "classification",
    "text": "generation",
    "rating": "rating",
    "ranking": "ranking",
    "span": "spans",
}
_LARGEST = 16 * 1024 * 1024


@dataclass(slots=True)
class ArgillaSettings:
    """The questions with their kinds, what spans are marked in, and the fields that are text.

    `scales` are the least and the greatest rating of a question.
    """

    kinds: dict[str, QuestionKind] = field(default_factory=dict)
    marked: dict[str, str] = field(default_factory=dict)
    scales: dict[str, tuple[float, float]] = field(default_factory=dict)
    fields: tuple[str, ...] = ()


def is_settings(file: ExportFile) -> bool:
    """Whether a file holds settings, and no records."""
    return file.inside.endswith(SETTINGS)


def settings_in(files: Iterable[ExportFile]) -> ArgillaSettings:
    """The settings that lie beside the records; empty ones where none do."""
    made = ArgillaSettings()
    for file in files:
        if is_settings(file) and file.path.stat().st_size <= _LARGEST:
            _take(made, _value(file.path.read_bytes(), file.inside))
    return made


def _value(raw: bytes, name: str) -> Any:
    import yaml

    try:
        return jsonio.loads(raw) if name.endswith(".json") else yaml.safe_load(raw)
    except (jsonio.JsonError, yaml.YAMLError, ValueError, RecursionError):
        return None


def _take(made: ArgillaSettings, value: Any) -> None:
    known = value if isinstance(value, dict) else {}
    for one in _objects(known.get("questions")):
        settings = one.get("settings")
        inner = settings if isinstance(settings, dict) else one
        kind = _KINDS.get(str(inner.get("type") or one.get("type")))
        if isinstance(one.get("name"), str) and kind is not None:
            made.kinds[one["name"]] = kind
            if kind == "rating" and len(values := _ratings(inner, one)) > 1:
                made.scales[one["name"]] = min(values), max(values)
            if isinstance(inner.get("field"), str):
                made.marked[one["name"]] = inner["field"]
    names = [one["name"] for one in _objects(known.get("fields")) if "name" in one]
    made.fields = tuple(name for name in names if isinstance(name, str)) or made.fields


def _ratings(*known: dict[str, Any]) -> list[float]:
    """The ratings that a question takes: as options with values, or as values."""
    given: list[Any] = [o.get("value") for each in known for o in _objects(each.get("options"))]
    listed = (each.get("values") for each in known)
    given += [value for many in listed if isinstance(many, list) for value in many]
    return [value for value in given if type(value) in (int, float)]


def _objects(given: Any) -> list[dict[str, Any]]:
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


@dataclass(slots=True)
class QuestionEvidence:
    """What the answers to one question look like."""

    shapes: Counter[str] = field(default_factory=Counter)
    orders: set[tuple[str, ...]] = field(default_factory=set)

    def add(self, value: Any) -> None:
        """Take one answer."""
        match value:
            case str():
                self.shapes["text" if reads_as_answer(value) else "label"] += 1
            case bool():
                self.shapes["unknown"] += 1
            case int() | float():
                self.shapes["number"] += 1
            case [{"start": _, "end": _}, *_]:
                self.shapes["spans"] += 1
            case [{"rank": _, "value": _}, *_]:
                self.shapes["ranks"] += 1
            case [str(), *_] if all(isinstance(one, str) for one in value):
                self.shapes["labels"] += 1
                if len(self.orders) < 1000:
                    self.orders.add(tuple(value))
            case [] | None:
                return
            case _:
                self.shapes["unknown"] += 1

    @property
    def kind(self) -> QuestionKind | None:
        """The kind of question that most answers fit; None where nobody answered."""
        most = self.shapes.most_common(1)
        match most[0][0] if most else "":
            case "text":
                return "generation"
            case "label":
                return "classification"
            case "number":
                return "rating"
            case "spans":
                return "spans"
            case "ranks":
                return "ranking"
            case "labels":
                return "ranking" if self._ranked else "classification"
        return None

    @property
    def _ranked(self) -> bool:
        """Whether each answer orders the same things, and not all in one way."""
        sets = {frozenset(order) for order in self.orders}
        return len(sets) == 1 and len(self.orders) > 1
