"""The names of classes that a table holds by number, where `datasets` wrote what they are called.

The features are those of the key `huggingface` in the metadata of an Arrow schema (info.features),
and of dataset_info.json (datasets 4 and 5).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from dataprep.example import Record
from dataprep.finding import excerpt
from dataprep.patterns import LatePattern

Features = Mapping[str, Any]
"""By column, what `datasets` says of it."""

_NUMBER = LatePattern(r"-?[0-9]{1,9}")


def features_of(metadata: str | bytes) -> Features:
    """The columns among some features that hold classes, in whichever depth."""
    try:
        told = json.loads(metadata)
    except (ValueError, RecursionError):
        return {}
    told = told.get("info", told) if isinstance(told, dict) else {}
    features = told.get("features") if isinstance(told, dict) else None
    return holding_classes(features) if isinstance(features, dict) else {}


def holding_classes(features: Features) -> Features:
    """The columns among some features that hold classes, in whichever depth.

    Classes that are called alike have their numbers behind their names: see `words_on_alike`.
    """
    return {name: _apart(one) for name, one in features.items() if _holds_classes(one)}


def words_on_alike(features: Features) -> list[str]:
    """Which classes are called alike, by column: blanks at the ends of names make no difference."""
    return [
        f"{excerpt(column)}: classes {', '.join(map(str, numbers))} have one name,"
        f" {excerpt(name)!r}, and are kept apart as {', '.join(map(repr, kept))}:"
        " give each a name of its own"
        for column, feature in features.items()
        for name, numbers, kept in _alike(feature)
    ]


def with_class_names(row: dict[str, Any], features: Features) -> dict[str, Any]:
    """The row with names for the numbers of its classes; -1 is none, and becomes null."""
    for name, feature in features.items():
        if name in row:
            row[name] = _with_names(row[name], feature)
    return row


def unlabelled_in(row: Mapping[str, Any], features: Features) -> tuple[tuple[str, str], ...]:
    """The columns whose class has no name in a row, each with the name of some class.

    -1 is how test splits of the Hub hide their labels; any other number outside of the names, a
    null and an empty cell say no class either.
    """
    found = []
    for name, feature in features.items():
        names = feature.get("names") if _is_class(feature) else None
        if not isinstance(names, list) or not names or not isinstance(names[0], str):
            continue
        if name in row and _is_unnamed(row[name], names):
            found.append((name, names[0]))
    return tuple(found)


def class_record(record: Record, features: Features) -> Record:
    """The record with names for the numbers of its classes, and with the columns that have none."""
    if not features or not isinstance(record.value, dict):
        return record
    unlabelled = unlabelled_in(record.value, features)
    value = with_class_names(record.value, features)
    return msgspec.structs.replace(record, value=value, unlabelled=unlabelled)


def _apart(feature: Any) -> Any:
    """A feature whose classes have names of their own; what was said of them stays at `told`."""
    if isinstance(feature, list):
        return [*map(_apart, feature)]
    if not isinstance(feature, dict):
        return feature
    names = feature.get("names")
    if not _is_class(feature):
        return {key: _apart(one) for key, one in feature.items()}
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return feature
    times = Counter(name.strip() for name in names)
    if len(times) == len(names):
        return feature
    kept = [f"{n.strip()} ({at})" if times[n.strip()] > 1 else n for at, n in enumerate(names)]
    if len({*kept}) < len(kept):  # one is called as another would be
        kept = [f"{name.strip()} ({at})" for at, name in enumerate(names)]
    return {**feature, "names": kept, "told": names}


def _alike(feature: Any) -> Iterator[tuple[str, list[int], list[str]]]:
    """The names that several classes have, with their numbers and what they are kept apart as."""
    if isinstance(feature, dict) and "told" in feature and _is_class(feature):
        told = [name.strip() for name in feature["told"]]
        for name, times in Counter(told).items():
            numbers = [at for at, one in enumerate(told) if one == name]
            if times > 1:
                yield name, numbers, [feature["names"][at] for at in numbers]
    elif isinstance(feature, dict | list):
        for one in feature.values() if isinstance(feature, dict) else feature:
            yield from _alike(one)


def _is_class(feature: Any) -> bool:
    return isinstance(feature, dict) and feature.get("_type") == "ClassLabel"


def _is_unnamed(value: Any, names: Sequence[str]) -> bool:
    """Whether a value of a column of classes says none of them."""
    if isinstance(value, str) and value not in names:
        if not value.strip():
            return True
        value = _whole(value)
    if value is None:
        return True
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number and not 0 <= value < len(names)


def _whole(text: str) -> int | str:
    """The whole number that a cell of a table holds; any other text as it is."""
    return int(text) if _NUMBER.fullmatch(text) else text


def _holds_classes(feature: Any) -> bool:
    if isinstance(feature, list):
        return any(map(_holds_classes, feature))
    if not isinstance(feature, dict):
        return False
    return _is_class(feature) or any(map(_holds_classes, feature.values()))


def _with_names(value: Any, feature: Any) -> Any:
    """A value by its feature: a class, a list of something, or an object of several."""
    if isinstance(feature, list):  # the older way to write a list
        feature = {"feature": feature[0] if feature else None, "_type": "List"}
    if not isinstance(feature, dict):
        return value
    if _is_class(feature):
        return _name(value, feature.get("names"))
    inner = feature.get("feature")
    if "_type" in feature and inner is not None:
        if isinstance(value, list):
            return [_with_names(item, inner) for item in value]
        if isinstance(value, dict) and isinstance(inner, dict):  # a list of objects, by column
            return {key: _with_names(items, [inner.get(key)]) for key, items in value.items()}
        return value
    if isinstance(value, dict) and not isinstance(feature.get("_type"), str):
        return {key: _with_names(item, feature.get(key)) for key, item in value.items()}
    return value


def _name(value: Any, names: Any) -> Any:
    if isinstance(value, str) and isinstance(names, list) and value not in names:
        number = _whole(value)  # a cell of a table; a text that is no number stays
        return value if isinstance(number, str) else _name(number, names)
    if not isinstance(value, int) or isinstance(value, bool) or not isinstance(names, list):
        return value
    if value == -1:
        return None
    return names[value] if 0 <= value < len(names) else value
