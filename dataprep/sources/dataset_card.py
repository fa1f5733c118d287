"""What the head of a data set's README.md says of its files and columns, as the Hub keeps it.

`configs` are the subsets with their data files by split. `dataset_info` is one object, or a list
of one for each subset; its features are a list of `name` with `dtype`, `sequence`, `list` or
`struct`, and classes are `class_label: names:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dataprep.patterns import LatePattern
from dataprep.sources.class_names import Features, holding_classes

DEFAULT = "default"
"""What the Hub calls the subset of a data set that has but one."""

_LONGEST = 1_000_000
_DEEPEST = 20
_HEAD = LatePattern(r"\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_KEY = LatePattern(r"""(["']?)([^\s#:"'\-{\[][^:"']*)\1:(?:\s|$)""")
_LISTS = ("sequence", "list")
_ALL = "train"
"""The split of files that no split is said of."""


@dataclass(frozen=True)
class CardSubset:
    """One of `configs`: its globs by the split that they are of; none where none is said."""

    name: str
    patterns: tuple[tuple[str, str], ...]
    is_default: bool

    @cached_property
    def named(self) -> dict[str, str]:
        """The split of each glob, of which most are the name of a file."""
        return {glob: split for split, glob in reversed(self.patterns)}


def head_of_card(text: str) -> dict[str, Any]:
    """The front matter of a card, every scalar a text; empty where there is none to read.

    None either where it repeats itself by aliases, which may stand for more than there is room for.
    """
    match = _HEAD.match(text[:_LONGEST])
    if match is None:
        return {}
    import yaml

    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        if any(isinstance(one, yaml.AliasEvent) for one in yaml.parse(match[1], Loader=loader)):
            return {}
        told = yaml.load(match[1], Loader=loader)  # noqa: S506  builds no objects
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def lines_of_head(text: str) -> dict[str, list[str]]:
    """The lines of the front matter by its keys, as they stand; empty where that cannot be told."""
    head, match = head_of_card(text), _HEAD.match(text[:_LONGEST])
    found: dict[str, list[str]] = {}
    for line in match[1].splitlines() if match and head else ():
        if key := _KEY.match(line):
            found[key[2]] = []
        if found:
            next(reversed(found.values())).append(line)
    return found if found.keys() == head.keys() else {}


def text_below_head(text: str) -> str:
    """A card without its front matter."""
    match = _HEAD.match(text[:_LONGEST])
    return text[match.end() :] if match else text


def subsets_in_card(text: str) -> list[CardSubset]:
    """The subsets of `configs`, in their order; what is no subset is passed over."""
    configs = head_of_card(text).get("configs")
    found = []
    for one in configs if isinstance(configs, list) else ():
        if not isinstance(one, dict):
            continue
        name = one.get("config_name", DEFAULT)
        folder = one.get("data_dir")
        base = f"{folder.strip('/')}/" if isinstance(folder, str) and folder.strip("/") else ""
        patterns = tuple(
            (split, base + glob.removeprefix("./")) for split, glob in _globs(one.get("data_files"))
        )
        if base and not patterns:
            patterns = (("", f"{base}**/*"),)
        if isinstance(name, str):
            is_default = one.get("default") == "true" or name == DEFAULT
            found.append(CardSubset(name, patterns, is_default))
    return found


def _globs(files: Any) -> Iterator[tuple[str, str]]:
    """The globs of `data_files`: a text, a list of texts, or objects of `split` and `path`."""
    for one in files if isinstance(files, list) else [files]:
        if isinstance(one, str):
            yield _ALL, one
        elif isinstance(one, dict):
            paths = one.get("path")
            for path in paths if isinstance(paths, list) else [paths]:
                if isinstance(path, str):
                    yield str(one.get("split", _ALL)), path


def features_in_card(text: str, subset: str | None = None) -> Features:
    """The columns that hold classes, as `datasets` writes them; none where nothing says it.

    Of one subset, where it is named and told of; a column of which two subsets say different
    things is none otherwise.
    """
    told = head_of_card(text).get("dataset_info")
    listed = told if isinstance(told, list) else [told]
    infos = [info for info in listed if isinstance(info, dict)]
    own = [info for info in infos if info.get("config_name", DEFAULT) == subset]
    known: dict[str, Any] = {}
    differing: set[str] = set()
    for info in own or infos:
        for name, feature in _columns(info.get("features"), 0).items():
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
