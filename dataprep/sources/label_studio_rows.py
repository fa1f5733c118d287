"""JSON_MIN, CSV and TSV of Label Studio: a row an annotation, put together to tasks again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Literal

from dataprep import jsonio
from dataprep.annotation import LabelingConfig, task_of
from dataprep.example import Record
from dataprep.finding import Finding, Place, excerpt
from dataprep.rules import found
from dataprep.sources.label_studio_columns import (
    RENAMED,
    Columns,
    ResultItem,
    by_config,
    by_order,
    by_shape,
    labelled,
    shown_texts,
)
from dataprep.sources.label_studio_forms import META

Form = Literal["JSON_MIN", "CSV"]
_LOOKED_AT = 200
_DIGITS = 19
_LOST = "relations, region ids, predictions, drafts, skips and ground truths"


def read(
    items: Iterable[Record | Finding], form: Form, name: str, config: LabelingConfig | None
) -> Iterator[Record | Finding]:
    """The tasks of the rows; neighbours with one id and the same data are one task.

    The export writes the annotations of a task next to each other, the newest first. Rows of a
    task that stand apart are tasks of their own, and a finding says so.
    """
    texts = shown_texts(config)
    rows = (_parsed(item, texts) if form == "CSV" else item for item in items)
    first = list(islice(rows, _LOOKED_AT))
    values = [item.value for item in first if isinstance(item, Record)]
    columns = _told(values, form, config)
    lost = _LOST if form == "JSON_MIN" else f"{_LOST}, nor the types of data"
    remedy = "Export the project as JSON, where it can be had."
    if config is None:
        remedy = "Export the project as JSON; else pass --label-config, and columns are told by it."
    said = f"is a {form} export, which has no {lost}; {columns.said()}"
    yield found("A009", said, Place(file=name), remedy=remedy)
    yield from _grouped(chain(first, rows), columns, form)


def _told(rows: list[ResultItem], form: Form, config: LabelingConfig | None) -> Columns:
    if config is not None:
        return by_config(config, chain.from_iterable(rows))
    return (form == "JSON_MIN" and by_order(rows)) or by_shape(rows)


def _parsed(item: Record | Finding, texts: frozenset[str]) -> Record | Finding:
    """The cells of a table as what they were, where that can be told: an object or a list."""
    if isinstance(item, Finding):
        return item
    cells: dict[str, str] = item.value
    plain = {RENAMED + text if RENAMED + text in cells else text for text in texts}
    row = {key: cell if key in plain else _cell(cell) for key, cell in cells.items()}
    return Record(item.place, item.offset, row)


def _cell(cell: str) -> Any:
    if cell.startswith(("{", "[")):
        try:
            return jsonio.loads(cell.encode())
        except (jsonio.JsonError, UnicodeEncodeError):
            return cell
    return cell


@dataclass(slots=True)
class _Held:
    """The task whose annotations are being gathered."""

    key: Any
    data: ResultItem
    place: Place
    offset: int
    annotations: list[ResultItem] = field(default_factory=list)


def _grouped(
    items: Iterable[Record | Finding], columns: Columns, form: Form
) -> Iterator[Record | Finding]:
    held: _Held | None = None
    seen: set[int] = set()
    apart = False
    made = 0
    for item in items:
        if isinstance(item, Finding):
            yield item
            continue
        task = _task(item, columns, form)
        if held and task.key is not None and (task.key, task.data) == (held.key, held.data):
            held.annotations += task.annotations
            continue
        if held:
            yield _made(held, made)
            made += 1
        held = task
        if task.key is not None:
            mark = hash((str(task.key), jsonio.canonical(task.data)))
            if mark in seen and not apart:
                apart = True
                yield _apart(task)
            seen.add(mark)
    if held:
        yield _made(held, made)


def _apart(task: _Held) -> Finding:
    said = f"rows of task {excerpt(str(task.key))} stand apart, and were read as several tasks"
    return found("A009", said, task.place, remedy="Sort the rows by id.")


def _task(item: Record, columns: Columns, form: Form) -> _Held:
    """The task that one row tells of, with its annotation if it has one."""
    row: ResultItem = item.value
    answered = labelled(row)
    data: ResultItem = {}
    results: list[ResultItem] = []
    for key, value in row.items():
        control = columns.control(key)
        if control and answered:
            said = control.of_cell(value) if form == "CSV" else value
            if said is not None and (said != "" or form == "JSON_MIN"):
                results += control.results(said)
        elif form == "CSV" and (control or _derived(key, value, row, columns.texts)):
            continue
        elif key.startswith(RENAMED) and form == "CSV":
            data[key.removeprefix(RENAMED)] = value
        elif key != "id" and key not in META:
            data[key] = value
    annotations = [_annotation(row, results)] if answered else []
    known = None if columns.control("id") and answered else _number(row.get("id"))
    return _Held(known, data, item.place, item.offset, annotations)


def _derived(key: str, value: Any, row: ResultItem, texts: frozenset[str]) -> bool:
    """Whether a cell is no data: empty for want of a key, or a transcript of the chat."""
    if key in texts:
        return False
    return value == "" or key.removesuffix("_transcript") in row.keys() - {key}


def _annotation(row: ResultItem, results: list[ResultItem]) -> ResultItem:
    known = {"id": _number(row.get("annotation_id")), "completed_by": row.get("annotator")}
    known |= {key: row.get(key) for key in ("created_at", "updated_at")}
    known["lead_time"] = _seconds(row.get("lead_time"))
    return {key: value for key, value in known.items() if value is not None} | {"result": results}


def _number(value: Any) -> Any:
    """An id as JSON has it: a table holds digits, and nothing where there is no id."""
    if isinstance(value, str):
        digits = value.isascii() and value.isdigit() and len(value) < _DIGITS
        return int(value) if digits else value or None
    return value


def _seconds(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _made(held: _Held, index: int) -> Record | Finding:
    value: ResultItem = {"data": held.data, "annotations": held.annotations}
    if held.key is not None:
        value["id"] = held.key
    try:
        task = task_of(value)
    except jsonio.JsonError as error:
        return found(error.code, error.message, held.place)
    place = Place(
        file=held.place.file, line=held.place.line, task=index if held.key is None else held.key
    )
    return Record(place, held.offset, task)
