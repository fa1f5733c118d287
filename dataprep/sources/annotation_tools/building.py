"""Tasks of Label Studio, built from what another tool says: the names that all readers use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dataprep.annotation import task_of
from dataprep.example import Record
from dataprep.finding import Place
from dataprep.jsonio import Json

TEXT = "text"
"""The field of the data, and the object, that holds the text."""
SPANS, CLASSES, ANSWERS, BETTER = "label", "category", "answer", "better"
"""The controls where a tool has no names for its questions."""


_WORDS, _LENGTH = 4, 40


def reads_as_answer(text: str) -> bool:
    """Whether a text is written out, and no name of a class."""
    return len(text.split()) > _WORDS or len(text) > _LENGTH or "\n" in text


def annotation(
    user: str,
    results: Sequence[Json],
    *,
    key: str = "",
    at: int | str | None = None,
    skipped: bool = False,
) -> Json:
    """What one annotator says of a text, or that he passed it over; nobody where unnamed."""
    made: Json = {"result": list(results)}
    if key or user:
        made["id"] = key or user
    if user:
        made["completed_by"] = user
    if at is not None:
        made["created_at"] = at
    if skipped:
        made["was_cancelled"] = True
    return made


def prediction(model: str, results: Sequence[Json], score: Any = None) -> Json:
    """What a model says of a text."""
    scored = isinstance(score, int | float) and not isinstance(score, bool)
    return {"model_version": model, "result": list(results)} | ({"score": score} if scored else {})


def task_record(
    first: Record,
    name: int | str | None,
    data: Mapping[str, Any],
    annotations: Sequence[Json],
    *,
    predictions: Sequence[Json] = (),
    drafts: Sequence[Json] = (),
) -> Record:
    """A task that begins where a row stands; `name` is its id, else the line."""
    value: Json = {"data": dict(data), "annotations": list(annotations)}
    if predictions:
        value["predictions"] = list(predictions)
    if drafts:
        value["drafts"] = list(drafts)
    task = name if name is not None else first.place.line or 0
    place = Place(file=first.place.file, line=first.place.line, task=task)
    return Record(place, first.offset, task_of(value))
