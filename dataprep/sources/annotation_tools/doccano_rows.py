"""The rows of doccano, in every form that it has exported since 1.0: what each says of its text.

Shapes as in doccano's source, tags v1.0.0 to v1.8.5 (MIT).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from dataprep.jsonio import Json
from dataprep.sources.annotation_tools.building import reads_as_answer

Era = Literal["1.0 to 1.2", "1.3 to 1.6", "1.6 or later", "1.8", ""]
"""Which versions a row shows; empty where it is of several."""

LABELS = ("label", "labels", "annotations", "entities", "relations", "cats")
_TEXT = ("text", "data")
_ASIDE = frozenset(("id", "Comments", "comments", "meta", "metadata", "annotation_approver"))
_PLACES = 2


class MarkedSpan(NamedTuple):
    """A labelled piece of the text, in the unit of the export; `name` is its id in the row."""

    start: int
    end: int
    label: str | int
    name: str


class MarkedRelation(NamedTuple):
    """A relation from one span of a row to another, by their ids."""

    head: str
    tail: str
    label: str


@dataclass(slots=True)
class MarkedRow:
    """What one person, or nobody by name, says of one text."""

    spans: list[MarkedSpan] = field(default_factory=list)
    relations: list[MarkedRelation] = field(default_factory=list)
    classes: list[str | int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.spans or self.relations or self.classes or self.texts)


class UnknownRow(ValueError):
    """A row that no doccano up to 1.8 writes; the message says what is wrong."""


def text_of(row: Json) -> str | None:
    """The text of a row; None where it has none."""
    return next((row[key] for key in _TEXT if isinstance(row.get(key), str)), None)


def looks_like_doccano(row: Json) -> bool | None:
    """Whether a row is of doccano; None where it may be, and another row must tell."""
    if text_of(row) is None:
        return False
    given = [row[key] for key in LABELS if isinstance(row.get(key), list)]
    if not given:
        return False
    marks = [one for many in given for one in many]
    if any(_is_triple(one) for one in marks) and ("label" in row or "labels" in row):
        return True
    if "cats" in row and "entities" in row:
        return all(isinstance(one, str) or _is_triple(one) for one in marks)
    if any(isinstance(one, dict) and "start_offset" in one for one in marks):
        return True
    if not marks and isinstance(row.get("entities"), list) and "relations" in row:
        return True
    if any(_has_user(one) for one in marks):
        return True
    own = row.keys() - {*_TEXT, *LABELS} <= _ASIDE
    if all(isinstance(one, str) for one in marks) and ("label" in row or "labels" in row):
        known = "Comments" in row or "annotation_approver" in row
        return True if known or (own and marks) else None
    return False


def from_cells(cells: dict[str, Any]) -> Json:
    """A row of a CSV export: labels are joined by #, and until 1.2 each is a row of its own."""
    row = {key: value for key, value in cells.items() if value != ""}
    row.setdefault("text", row.pop("data", None))
    label, user = row.pop("label", None), row.pop("user", None)
    if isinstance(row.get("id"), str) and row["id"].isascii() and row["id"].isdigit():
        row["id"] = int(row["id"])
    if user is not None and label is not None:
        number = int(label) if label.isascii() and label.isdigit() else label
        row["annotations"] = [{"label": number, "user": user}]
    else:
        row["label"] = [] if label is None else label.split("#")
    return row


def has_comments(row: Json) -> bool:
    """Whether a row has the list that doccano 1.8 writes into each: the rest is metadata then."""
    return isinstance(row.get("Comments"), list)


def era_of(row: Json) -> Era:
    """The versions that write such a row."""
    if "annotations" in row or "labels" in row or "annotation_approver" in row:
        return "1.0 to 1.2"
    if "Comments" in row:
        return "1.8"
    if "data" in row and "text" not in row:
        return "1.3 to 1.6"
    return "1.6 or later" if "relations" in row else ""


def rest_of(row: Json) -> Json:
    """What stands beside the text and the labels: the metadata, which doccano spreads.

    A key that another row has is null here, and a row without comments has an empty list.
    """
    used = {text_key(row), "id", *(key for key in LABELS if isinstance(row.get(key), list))}
    rest = {key: value for key, value in row.items() if key not in used}
    return {key: value for key, value in rest.items() if value not in (None, [], {})}


def text_key(row: Json) -> str:
    """The key under which the text of a row stands."""
    return next((key for key in _TEXT if isinstance(row.get(key), str)), "text")


def marked(row: Json, *, generated: bool) -> dict[str, MarkedRow]:
    """What a row says, by who says it: the user's id, empty where the row does not name one.

    `generated` says that the texts of labels are answers, and not names of classes. Raises
    UnknownRow for what doccano never wrote.
    """
    by_user: dict[str, MarkedRow] = {}
    for key in LABELS:
        for at, one in enumerate(_list(row, key)):
            who = _user(one)
            _put(by_user.setdefault(who, MarkedRow()), key, one, at, generated)
    return by_user


def _list(row: Json, key: str) -> list[Any]:
    given = row.get(key)
    if given is not None and not isinstance(given, list):
        raise UnknownRow(f"its {key!r} is no list")
    return given or []


def _put(into: MarkedRow, key: str, one: Any, at: int, generated: bool) -> None:
    match one:
        case str(name) if key not in ("entities", "relations"):
            (into.texts if generated and key != "cats" else into.classes).append(name)
        case [int(start), int(end), str() | int() as label]:
            into.spans.append(MarkedSpan(start, end, label, f"{key}-{at}"))
        case {"start_offset": int(start), "end_offset": int(end), "label": str() | int() as label}:
            into.spans.append(MarkedSpan(start, end, label, str(one.get("id", f"{key}-{at}"))))
        case {"from_id": head, "to_id": tail}:
            into.relations.append(MarkedRelation(str(head), str(tail), str(one.get("type") or "")))
        case {"text": str(answer)}:
            into.texts.append(answer)
        case {"label": str() | int() as label} if "start" not in one:
            into.classes.append(label)
        case _:
            raise UnknownRow(f"its {key!r} holds what no doccano up to 1.8 writes")


def is_generated(row: Json) -> Iterator[bool]:
    """For each text among the labels, whether it reads as an answer and not as a class."""
    for key in ("label", "labels", "annotations"):
        for one in _listed(row, key):
            if isinstance(one, dict) and isinstance(one.get("text"), str):
                yield True
            elif isinstance(one, str):
                yield reads_as_answer(one)


def numbers_in(row: Json) -> Iterator[int]:
    """The labels of a row that are numbers."""
    for key in LABELS:
        for one in _listed(row, key):
            label = one.get("label") if isinstance(one, dict) else None
            label = one[2] if _is_triple(one) else label
            if isinstance(label, int):
                yield label


def _listed(row: Json, key: str) -> list[Any]:
    given = row.get(key)
    return given if isinstance(given, list) else []


def is_label_name(row: Json) -> bool:
    """Whether a row is one of doccano's label export: an id, its text, and how it is shown."""
    shown = {"background_color", "backgroundColor", "suffix_key", "suffixKey"} & row.keys()
    return isinstance(row.get("text"), str) and bool(shown) and "label" not in row


def _is_triple(one: Any) -> bool:
    return (
        isinstance(one, list)
        and len(one) == _PLACES + 1
        and all(type(place) is int for place in one[:_PLACES])
    )


def _has_user(one: Any) -> bool:
    return isinstance(one, Mapping) and "user" in one and bool({"label", "text"} & one.keys())


def _user(one: Any) -> str:
    who = one.get("user") if isinstance(one, dict) else None
    return "" if who is None else str(who)
