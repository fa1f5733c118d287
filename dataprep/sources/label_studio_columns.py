"""Which keys of a degraded export are controls, and what their values say as results.

The labeling config tells it. Without one, the order of JSON_MIN does (data, id, controls, then
who and when), or what values look like; the finding says what was taken for what.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from dataprep import jsonio, linear
from dataprep.annotation import NESTED, LabelingConfig, fields_in
from dataprep.finding import excerpt
from dataprep.sources.label_studio_forms import META

ResultItem = dict[str, Any]

RENAMED = "_data_"
_TRANSCRIPT = "_transcript"
_TEXTS = frozenset({"Text", "HyperText", "Header"})
_KINDS = ("choices", "taxonomy", "rating", "number", "datetime", "ranker", "pairwise")
_SCALARS = {"Choices": "choices", "TextArea": "text", "Rating": "rating", "Number": "number"}
_SCALARS["DateTime"] = "datetime"
_NUMBERS = frozenset({"Rating", "Number"})
_TAGS = {
    "textarea": "TextArea",
    "datetime": "DateTime",
    "hypertextlabels": "HyperTextLabels",
    "paragraphlabels": "ParagraphLabels",
    "chatmessage": "Chat",
}
_INDEX = r"\{\{\w+\}\}"
_LISTED = frozenset({"choices", "text"})
_SHORT, _WORDS, _MANY, _SHOWN = 40, 2, 10, 8


@dataclass(frozen=True, slots=True)
class Column:
    """A control: `tag` says what a bare value means, `labels` which choices there are."""

    name: str
    tag: str
    to_name: str | None = None
    labels: frozenset[str] = frozenset()
    per_region: bool = False

    def of_cell(self, cell: Any) -> Any:
        """What a cell of a table holds: a number, where the control is answered by one."""
        if self.tag not in _NUMBERS or not isinstance(cell, str) or cell != cell.strip():
            return cell
        try:
            number = jsonio.loads(cell.encode())
        except (jsonio.JsonError, UnicodeEncodeError):
            return cell
        return number if type(number) in (int, float) else cell

    def results(self, value: Any) -> list[dict[str, Any]]:
        """The results that a value was made of, as well as the form still tells them.

        None for a control on regions: which of them it was about is not told any more.
        """
        if self.per_region:
            return []
        items = value if isinstance(value, list) else [value]
        nested = all(isinstance(i, str) for i in items) and NESTED.join(items) in self.labels
        if nested and len(items) > 1:
            items = [{"choices": [items]}]
        return [self._result(item, number) for number, item in enumerate(items)]

    def _result(self, item: Any, number: int) -> dict[str, Any]:
        if isinstance(item, dict):
            kind = kind_of(item) or self.tag.lower()
            value = {"chatmessage": item} if kind == "chatmessage" else item
        else:
            key = _SCALARS.get(self.tag, self.tag.lower())
            kind = "textarea" if key == "text" else key
            value = {key: [item] if key in _LISTED else item}
        to_name = self.name if kind in ("pairwise", "chatmessage") else self.to_name
        made = {"id": f"{self.name}-{number}", "from_name": self.name, "type": kind, "value": value}
        return made if to_name is None else {**made, "to_name": to_name}


@dataclass(frozen=True, slots=True)
class Columns:
    """The controls of an export by name, how they are known, and the fields that are texts."""

    controls: dict[str, Column]
    how: str
    texts: frozenset[str] = frozenset()
    overwritten: tuple[str, ...] = ()
    repeated: tuple[tuple[str, Column], ...] = field(default=())

    def control(self, key: str) -> Column | None:
        """The control that a key answers; those of a repeater are numbered."""
        if key in self.controls:
            return self.controls[key]
        for pattern, column in self.repeated:
            if linear.search(pattern, key):
                return replace(column, name=key)
        return None

    def said(self) -> str:
        """What was taken for what, for the finding."""
        if not (self.controls or self.repeated):
            return "and no column could be told to be a control"
        named = [
            f"{excerpt(c.name, 20)} ({c.tag})" for c in self.controls.values() if not c.per_region
        ]
        said = f"{self.how}: {', '.join(named[:_SHOWN])}"
        if astray := [excerpt(c.name, 20) for c in self.controls.values() if c.per_region]:
            said += f"; left out, as their regions are not told: {', '.join(astray[:_SHOWN])}"
        if self.overwritten:
            names = ", ".join(excerpt(name, 20) for name in self.overwritten[:_SHOWN])
            said += f"; a control stands where the data had: {names}"
        return said


def kind_of(item: Any) -> str | None:
    """The type of the result that an object was made of; None where it is data."""
    if not isinstance(item, dict):
        return None
    labels = next((key for key in item if key.endswith("labels")), None)
    kind = labels or next((key for key in _KINDS if key in item), None)
    if kind is None and isinstance(item.get("text"), list):
        return "textarea"
    if kind is None and isinstance(item.get("text"), str) and {"start", "end"} <= item.keys():
        return "labels"
    if kind is None and {"role", "content"} <= item.keys():
        return "chatmessage"
    return "pairwise" if item.get("selected") in ("left", "right") else kind


def by_config(config: LabelingConfig, header: Iterable[str]) -> Columns:
    """The controls that the labeling config declares."""
    renamed = {h.removeprefix(RENAMED) for h in header if h.startswith(RENAMED)}
    columns = [
        Column(c.name, c.tag, c.to_name, frozenset(c.labels or ()), c.per_region)
        for c in config.controls.values()
    ]
    shown = {name for o in config.objects.values() for name in fields_in(o.field)}
    plain = {c.name: c for c in columns if "{{" not in c.name}
    numbered = [c for c in columns if "{{" in c.name]
    return Columns(
        controls=plain,
        how="controls by the labeling config",
        texts=shown_texts(config),
        overwritten=tuple(n for n in plain if n in {*shown, "id"} - renamed),
        repeated=tuple((_numbered(c.name), c) for c in numbered),
    )


def shown_texts(config: LabelingConfig | None) -> frozenset[str]:
    """The fields that are texts, whatever stands in them."""
    shown = config.objects.values() if config else ()
    return frozenset(name for o in shown if o.tag in _TEXTS for name in fields_in(o.field))


def _numbered(name: str) -> str:
    """A pattern of the linear engine: a name may hold any number of indices, side by side."""
    return f"^{r'[0-9]+'.join(map(re.escape, re.split(_INDEX, name)))}$"


def by_order(rows: Sequence[ResultItem]) -> Columns | None:
    """The controls of JSON_MIN stand between `id` and the annotator; None where it was sorted."""
    names: dict[str, list[Any]] = {}
    for row in filter(labelled, rows):
        keys = list(row)
        tail = [key for key in META if key in row]
        if "id" not in row or keys[-len(tail) :] != tail:
            return None
        for key in keys[keys.index("id") + 1 : -len(tail)]:
            names.setdefault(key, []).append(row[key])
    data = {key for row in rows if not labelled(row) for key in row}
    return _guessed({n: v for n, v in names.items() if n not in data}, "controls by their order")


def by_shape(rows: Sequence[ResultItem]) -> Columns:
    """The columns of a table that only a control can have written, or the one that repeats."""
    data = {key for row in rows if not labelled(row) for key, value in row.items() if value != ""}
    values: dict[str, list[Any]] = {}
    for row in filter(labelled, rows):
        for key, value in row.items():
            if key not in data and not _is_meta(key) and value not in ("", None):
                values.setdefault(key, []).append(value)
    differs = _differing(rows)
    sure = {n: v for n, v in values.items() if n in differs or _sure(n, v, rows[0])}
    if not sure:
        repeated = {n: v for n, v in values.items() if _repeats(v)}
        sure = repeated if len(repeated) == 1 else {}
    return _guessed(sure, "controls by what the columns hold")


def labelled(row: Mapping[str, Any]) -> bool:
    """Whether a row is an annotation, and not a task that nobody has labelled."""
    return any(row.get(key) not in (None, "") for key in ("annotation_id", "annotator"))


def _is_meta(key: str) -> bool:
    return key == "id" or key in META or key.startswith(RENAMED) or key.endswith(_TRANSCRIPT)


def _differing(rows: Sequence[ResultItem]) -> set[str]:
    """The columns in which two annotations of one task differ: no data does."""
    found: set[str] = set()
    marked = [row for row in rows if labelled(row)]
    for before, row in pairwise(marked):
        if before.get("id") == row.get("id"):
            found |= {key for key in row.keys() | before.keys() if row.get(key) != before.get(key)}
    return found


def _sure(name: str, values: list[Any], header: ResultItem) -> bool:
    if RENAMED + name in header or name + _TRANSCRIPT in header:
        return True
    kinds = {kind_of(v[0] if isinstance(v, list) and v else v) for v in values}
    return bool(kinds - {None, "chatmessage"})


def _repeats(values: list[Any]) -> bool:
    return _tag(values) == "Choices" and 2 * len(set(map(str, values))) <= len(values)


def _guessed(values: dict[str, list[Any]], how: str) -> Columns:
    named = {name: Column(name, _tag(given)) for name, given in values.items()}
    return Columns(controls=named, how=how)


def _tag(values: list[Any]) -> str:
    """Choices or TextArea for bare values, by their length and how often they come again."""
    items = [i for value in values for i in (value if isinstance(value, list) else [value])]
    kinds = [kind for item in items if (kind := kind_of(item))]
    if kinds:
        return _TAGS.get(kinds[0], kinds[0].capitalize())
    texts = [str(item) for item in items]
    long = any(len(t) > _SHORT or "\n" in t or len(t.split()) > _WORDS for t in texts)
    rare = len(texts) >= _MANY and 2 * len(set(texts)) > len(texts)
    return "TextArea" if long or rare else "Choices"
