"""The names of classes that a table holds by number, where `datasets` wrote what they are called.

The features are those of the key `huggingface` in the metadata of an Arrow schema (info.features),
and of dataset_info.json (datasets 4 and 5).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Features = Mapping[str, Any]
"""By column, what `datasets` says of it."""


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
    """The columns among some features that hold classes, in whichever depth."""
    return {name: feature for name, feature in features.items() if _holds_classes(feature)}


def with_class_names(row: dict[str, Any], features: Features) -> dict[str, Any]:
    """The row with names for the numbers of its classes; -1 is none, and becomes null."""
    for name, feature in features.items():
        if name in row:
            row[name] = _with_names(row[name], feature)
    return row


def _holds_classes(feature: Any) -> bool:
    if isinstance(feature, list):
        return any(map(_holds_classes, feature))
    if not isinstance(feature, dict):
        return False
    return feature.get("_type") == "ClassLabel" or any(map(_holds_classes, feature.values()))


def _with_names(value: Any, feature: Any) -> Any:
    """A value by its feature: a class, a list of something, or an object of several."""
    if isinstance(feature, list):  # the older way to write a list
        feature = {"feature": feature[0] if feature else None, "_type": "List"}
    if not isinstance(feature, dict):
        return value
    if feature.get("_type") == "ClassLabel":
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
    if not isinstance(value, int) or isinstance(value, bool) or not isinstance(names, list):
        return value
    if value == -1:
        return None
    return names[value] if 0 <= value < len(names) else value
