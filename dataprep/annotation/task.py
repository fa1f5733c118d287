"""Label Studio's tasks, typed, and the two ways to read one: fast behind a guard, and strict.

Shapes as seen in Label Studio 1.23.2 and in exports since 2019. msgspec keeps the last of
duplicate keys; so every known key is a field, and a text that holds more strings than its task,
written again, is read a second time by `jsonio`, which refuses it by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from dataprep import jsonio

_Any = Any


class Result(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One result of an annotation: an answer of a control, a region, or a relation."""

    value: dict[str, Any] | UnsetType = UNSET
    id: str | int | UnsetType = UNSET
    from_name: str | UnsetType = UNSET
    to_name: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    origin: _Any = UNSET
    from_id: str | UnsetType = UNSET
    to_id: str | UnsetType = UNSET
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

    @property
    def annotator(self) -> str:
        """Who submitted it: the id of the user, or what the export gives instead."""
        who = self.completed_by
        if isinstance(who, dict):
            who = who.get("id", who.get("email"))
        return "" if who is None or who is UNSET else str(who)

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


def decode_task(raw: bytes) -> Task:
    """One task from its JSON text.

    Raises jsonio.JsonError for what strict reading refuses, and for a value whose type is not
    the one that Label Studio writes (S001).
    """
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
        or b"\\u0022" in raw
    ):
        return _strict(raw)
    return task


def _nests_too_deep(raw: bytes, task: Task) -> bool:
    """Whether a task nests deeper than `jsonio` allows; few brackets settle it.

    No chain of brackets runs through two results, or through the values of two.
    """
    others = 0
    for annotation in task.annotations or ():
        others += sum(2 if result.value else 1 for result in annotation.result or ())
    if raw.count(b"[") + raw.count(b"{") - others < jsonio.MAX_DEPTH - 1:
        return False
    return not _fits(task, jsonio.MAX_DEPTH)


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
    if "data" not in value:
        raise jsonio.JsonError("S001", "has no 'data', so it is no task of an export")
    known = _known(value, Task)
    if (given := value.get("annotations", value.get("completions", UNSET))) is not UNSET:
        known["annotations"] = _each(_annotation, given)
    try:
        return msgspec.convert(known, Task)
    except msgspec.ValidationError as error:
        raise jsonio.JsonError("S001", str(error)[0].lower() + str(error)[1:]) from None


def _annotation(value: Any) -> Any:
    """An annotation as it is written today; until 2021 `was_cancelled` was called `skipped`."""
    known = _known(value, Annotation)
    if isinstance(value, dict):
        if "skipped" in value:
            known.setdefault("was_cancelled", value["skipped"])
        if "result" in value:
            known["result"] = _each(lambda result: _known(result, Result), value["result"])
    return known


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
