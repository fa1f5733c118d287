"""Label Studio's tasks, typed, and the two ways to read one: fast behind a guard, and strict.

Only the strict way knows the forms of other years and places: completions, nested results, and
annotations that hold their task. Shapes as seen in Label Studio 1.23.2 and in exports since 2019.

msgspec keeps the last of duplicate keys; so every known key is a field, and a text that holds
more strings than its task, written again, is read a second time by `jsonio`, which refuses it
by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from dataprep import jsonio

Of = Literal["annotations", "predictions", "drafts"]
"""Whose results are read: people's, a model's, or those not submitted yet."""

_Any = Any
_T = TypeVar("_T")


class Result(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One result of an annotation: an answer of a control, a region, or a relation."""

    value: dict[str, Any] | UnsetType = UNSET
    id: str | int | UnsetType = UNSET
    from_name: str | UnsetType = UNSET
    to_name: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    origin: _Any = UNSET
    from_id: str | int | UnsetType = UNSET
    to_id: str | int | UnsetType = UNSET
    direction: _Any = UNSET
    labels: _Any = UNSET
    meta: _Any = UNSET
    parentID: _Any = UNSET
    readonly: _Any = UNSET
    hidden: _Any = UNSET
    locked: _Any = UNSET
    score: _Any = UNSET
    item_index: _Any = UNSET
    source: _Any = UNSET


CURATED = "curated"
"""The last action on an annotation that its tool takes for the answer, whatever others said."""


class Annotation(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """What one annotator submitted for a task."""

    result: list[Result] | UnsetType = UNSET
    id: int | str | UnsetType = UNSET
    completed_by: int | dict[str, Any] | str | UnsetType | None = UNSET
    was_cancelled: bool | UnsetType | None = UNSET
    ground_truth: bool | UnsetType | None = UNSET
    created_at: str | int | UnsetType | None = UNSET
    unique_id: str | UnsetType | None = UNSET
    updated_at: _Any = UNSET
    draft_created_at: _Any = UNSET
    lead_time: float | UnsetType | None = UNSET
    prediction: _Any = UNSET
    result_count: _Any = UNSET
    import_id: _Any = UNSET
    last_action: _Any = UNSET
    bulk_created: _Any = UNSET
    task: _Any = UNSET
    project: _Any = UNSET
    updated_by: _Any = UNSET
    parent_prediction: _Any = UNSET
    parent_annotation: _Any = UNSET
    last_created_by: _Any = UNSET
    asked: _Any = UNSET

    def was_asked(self, control: str, choice: str = "") -> bool:
        """Whether its annotator was asked about a control, and a choice of it.

        `asked` maps controls to the choices that were asked about, or null for all of them; without
        it silence is an answer to every question.
        """
        if not isinstance(self.asked, dict):
            return True
        choices = self.asked.get(control, ())
        return choices is None or (bool(choices) and (not choice or choice in choices))

    @property
    def annotator(self) -> str:
        """Who submitted it: the id of the user, or what the export gives instead."""
        who = self.completed_by
        if isinstance(who, dict):
            who = who.get("id", who.get("email"))
        return "" if who is None or who is UNSET else str(who)

    @property
    def final(self) -> bool:
        """Whether it is the answer by the tool's own meaning, and those of others led to it."""
        return bool(self.last_action == CURATED)

    @property
    def key(self) -> str:
        """`unique_id`, or the id where an old export has none. Ids alone are re-used."""
        return str(self.unique_id or ("" if self.id is UNSET else self.id))


class Task(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One task of an export."""

    data: dict[str, Any] | UnsetType = UNSET
    annotations: list[Annotation] | UnsetType = UNSET
    id: int | str | UnsetType = UNSET
    drafts: _Any = UNSET
    predictions: _Any = UNSET
    meta: _Any = UNSET
    created_at: _Any = UNSET
    updated_at: _Any = UNSET
    allow_skip: _Any = UNSET
    inner_id: _Any = UNSET
    total_annotations: _Any = UNSET
    cancelled_annotations: _Any = UNSET
    total_predictions: _Any = UNSET
    comment_count: _Any = UNSET
    unresolved_comment_count: _Any = UNSET
    last_comment_updated_at: _Any = UNSET
    project: _Any = UNSET
    updated_by: _Any = UNSET
    comment_authors: _Any = UNSET
    file_upload: _Any = UNSET


_FAST = msgspec.json.Decoder(Task)
_ENCODE = msgspec.json.Encoder().encode
_NESTING = (dict, list, msgspec.Struct)


def decode_task(raw: bytes, of: Of = "annotations") -> Task:
    """One task from its JSON text; predictions or drafts stand as its annotations when asked.

    Raises jsonio.JsonError for what strict reading refuses, and for a value whose type is not
    the one that Label Studio writes (S001).
    """
    task = _decode(raw)
    return task if of == "annotations" else presented(task, of)


def _decode(raw: bytes) -> Task:
    try:
        task = _FAST.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _strict(raw)
    # A key that was given twice leaves two quotation marks behind, which only an escaped
    # quotation mark could make up for.
    if (
        task.data is UNSET
        or _nests_too_deep(raw, task)
        or raw.count(b'"') != _ENCODE(task).count(b'"')
        or (b"\\" in raw and b"\\u0022" in raw)
    ):
        return _strict(raw)
    return task


def _nests_too_deep(raw: bytes, task: Task) -> bool:
    """Whether a task nests deeper than `jsonio` allows; few brackets settle it.

    No chain of brackets runs through two results, nor through two lists of one value.
    """
    brackets = raw.count(b"[") + raw.count(b"{")
    if brackets <= jsonio.MAX_DEPTH:
        return False
    for annotation in task.annotations or ():
        for result in annotation.result or ():
            if value := result.value:
                brackets -= 2 + sum(isinstance(v, list) for v in value.values())
    return brackets + 3 > jsonio.MAX_DEPTH and not _fits(task, jsonio.MAX_DEPTH)


def _fits(value: Any, levels: int) -> bool:
    """Whether a decoded value nests at most so many levels."""
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(value, msgspec.Struct):
        inner = msgspec.structs.astuple(value)
    return levels > 0 and all(_fits(v, levels - 1) for v in inner if isinstance(v, _NESTING))


def _strict(raw: bytes) -> Task:
    value = jsonio.loads(raw)
    if not isinstance(value, dict):
        raise jsonio.JsonError("J005", "is not an object")
    return task_of(value)


def task_of(value: dict[str, Any]) -> Task:
    """A task from its decoded JSON; unknown keys are read over.

    Raises jsonio.JsonError (S001) for what is no task, or a value of another type than Label
    Studio writes.
    """
    value = _rooted_at_task(value)
    if "data" not in value:
        raise jsonio.JsonError("S001", _without_data(value))
    known = _known(value, Task)
    if (given := value.get("annotations", value.get("completions", UNSET))) is not UNSET:
        known["annotations"] = _annotations(given)
    return _converted(known, Task)


def _rooted_at_task(value: dict[str, Any]) -> dict[str, Any]:
    """A target storage holds one file an annotation, with its task inside."""
    inner = value.get("task")
    if "result" not in value or "data" in value or not isinstance(inner, dict):
        return value
    annotation = {key: item for key, item in value.items() if key != "task"}
    return {**inner, "annotations": [annotation]}


def _without_data(value: dict[str, Any]) -> str:
    if "result" in value:
        return "is an annotation without its task, so its text is not here"
    if "annotations" in value or "completions" in value:
        return "has annotations and no 'data', so the texts that they are about are not here"
    return "has no 'data', so it is no task of an export"


def _annotations(given: Any) -> Any:
    """The annotations as they are written today; null is an empty list."""
    if not isinstance(given, list):
        return [] if given is None else given
    return [_annotation(one) for value in given for one in _unaggregated(value)]


def _unaggregated(value: Any) -> list[Any]:
    """An aggregated completion of 2020 gives the annotations that it was made of."""
    if not isinstance(value, dict) or value.get("aggregated") is not True:
        return [value]
    results, people = value.get("result"), value.get("aggregated_completed_by")
    ids = value.get("aggregated_ids")
    lists = [results, people, ids]
    if not all(isinstance(each, list) for each in lists) or len({len(e) for e in lists}) != 1:  # type: ignore[arg-type]
        return [value]
    return [
        {**value, "result": result, "completed_by": person, "id": id}
        for result, person, id in zip(*lists, strict=True)
    ]


def _annotation(value: Any) -> Any:
    """An annotation as it is written today; until 2021 `was_cancelled` was called `skipped`."""
    known = _known(value, Annotation)
    if isinstance(value, dict):
        if "skipped" in value:
            known.setdefault("was_cancelled", value["skipped"])
        if isinstance(known.get("created_at"), float):
            known["created_at"] = int(known["created_at"])
        if "result" in value:
            known["result"] = _each(lambda result: _known(result, Result), _flat(value["result"]))
    return known


def _flat(results: Any) -> Any:
    """The results of an annotation; those of 2020 may stand in lists of their own."""
    if not isinstance(results, list) or not any(isinstance(r, list) for r in results):
        return results
    return [one for r in results for one in (r if isinstance(r, list) else [r])]


def presented(task: Task, of: Of) -> Task:
    """The task itself, with its predictions, or drafts, in the place of its annotations.

    Where the export holds only their ids there is nothing to present.
    """
    given = task.predictions if of == "predictions" else task.drafts
    who = "model_version" if of == "predictions" else "user"
    if isinstance(given, list):
        bodies = [_as_annotation(each, who) for each in given if not isinstance(each, int)]
        task.annotations = _converted(_annotations(bodies), list[Annotation])
    else:
        task.annotations = []
    return task


def _as_annotation(given: Any, who: str) -> Any:
    if not isinstance(given, dict):
        return given
    by = given.get(who, given.get("created_username"))
    by = by if isinstance(by, str | int | dict) or by is None else str(by)
    return {**given, "completed_by": by, "was_cancelled": False}


def _converted(value: Any, kind: type[_T]) -> _T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise jsonio.JsonError("S001", str(error)[0].lower() + str(error)[1:]) from None


def _known(value: Any, kind: type[msgspec.Struct]) -> Any:
    """The known keys of an object; anything else is left for `convert` to refuse by name."""
    if not isinstance(value, dict):
        return value
    return {key: item for key, item in value.items() if key in kind.__struct_fields__}


def _each(change: Callable[[Any], Any], items: Any) -> Any:
    """The items of a list, changed; null is an empty list, and `convert` refuses the rest."""
    if items is None:
        return []
    return [change(item) for item in items] if isinstance(items, list) else items
