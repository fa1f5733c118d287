"""What the head of a data set's README.md says of its columns, as the Hugging Face Hub keeps it.

`dataset_info` is one object, or a list of one for each configuration; its features are a list of
`name` with `dtype`, `sequence`, `list` or `struct`, and classes are `class_label: names:`.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from dataprep.sources.class_names import Features, holding_classes

CARD = "README.md"
_LONGEST = 1_000_000
_DEEPEST = 20
_HEAD = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_LISTS = ("sequence", "list")


def features_in_card(text: str) -> Features:
    """The columns that hold classes, as `datasets` writes them; none where nothing says it.

    A column of which two configurations say different things is none.
    """
    match = _HEAD.match(text[:_LONGEST])
    if match is None:
        return {}
    try:
        told = yaml.load(match[1], Loader=yaml.BaseLoader)  # noqa: S506  builds no objects
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    told = told.get("dataset_info") if isinstance(told, dict) else None
    known: dict[str, Any] = {}
    differing: set[str] = set()
    for info in told if isinstance(told, list) else [told]:
        features = info.get("features") if isinstance(info, dict) else None
        for name, feature in _columns(features, 0).items():
            if known.setdefault(name, feature) != feature:
                differing.add(name)
    return holding_classes({k: v for k, v in known.items() if k not in differing})


def _columns(features: Any, depth: int) -> dict[str, Any]:
    """The columns of a list of features, by name."""
    if not isinstance(features, list) or depth > _DEEPEST:
        return {}
    named = (one for one in features if isinstance(one, dict) and isinstance(one.get("name"), str))
    return {one["name"]: _feature(one, depth + 1) for one in named}


def _feature(one: Any, depth: int) -> Any:
    """One feature as dataset_info.json has it."""
    if depth > _DEEPEST or not isinstance(one, dict):
        return {"_type": "Value"}
    if "class_label" in one:
        label = one["class_label"]
        return {"_type": "ClassLabel", "names": _names(label)}
    inner = next((one[key] for key in _LISTS if key in one), None)
    if inner is not None:
        made = _columns(inner, depth + 1) if isinstance(inner, list) else _feature(inner, depth + 1)
        return {"_type": "List", "feature": made}
    if isinstance(one.get("struct"), list):
        return _columns(one["struct"], depth + 1)
    return _feature(one.get("dtype"), depth + 1)


def _names(label: Any) -> list[str] | None:
    """The names of classes in the order of their numbers; None where a number has none."""
    names = label.get("names") if isinstance(label, dict) else None
    if isinstance(names, dict):
        numbers = [str(number) for number in range(len(names))]
        names = [names[n] for n in numbers] if set(names) == set(numbers) else None
    known = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return names if known else None
