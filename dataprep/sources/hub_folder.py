"""A folder as the Hugging Face Hub keeps a data set: its subset, its splits, its classes.

The card says which files are of which split; where it does not, their names and folders do, as
`datasets` reads them (`train-00000-of-00002.parquet`, `data/dev.csv`, `validation/`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataprep.finding import UsageError, excerpt
from dataprep.formats import split_of_file
from dataprep.names import CARD
from dataprep.patterns import LatePattern
from dataprep.sources.class_names import Features, features_of, words_on_alike
from dataprep.sources.dataset_card import CardSubset, features_in_card, subsets_in_card
from dataprep.sources.folders import INFO, few
from dataprep.sources.one_input import Input
from dataprep.sources.opening import UNOPENED, opened

if TYPE_CHECKING:
    from dataprep.sources.path_source import GivenSource

_INFOS = "dataset_infos.json"
_LARGEST = 16_000_000
"""Bytes of a description that are read: those of the largest have a tenth of it."""


@dataclass(frozen=True, slots=True)
class HubFolder:
    """What a folder says of its files: the split of some, by our names, and the classes in them.

    `left_out` are the files of other subsets, and of splits that are none of ours. `words` is for
    a person.
    """

    splits: Mapping[Path, str] = field(default_factory=dict)
    left_out: frozenset[Path] = frozenset()
    features: Features = field(default_factory=dict)
    words: tuple[str, ...] = ()


class SubsetsToChoose(UsageError):
    """A folder of several subsets, of which none is chosen; `names` are those."""

    def __init__(self, called: str, names: list[str]) -> None:
        words = f"{called} holds {len(names)} subsets, and one is read at a time: {few(names)}."
        super().__init__(words, f"Choose one, as in --subset {excerpt(names[0])}.")
        self.names = names


def hub_folder(folder: Path, called: str, entries: Sequence[Path], subset: str | None) -> HubFolder:
    """What the card of a folder says of its files, or a description of `datasets` beside them.

    Raises SubsetsToChoose where there are several and none is chosen; UsageError for one that is
    not there, and where the files that the card names are missing.
    """
    card = _text(folder / CARD)
    subsets = subsets_in_card(card)
    chosen = chosen_subset(subsets, called, subset)
    features = features_in_card(card, chosen.name if chosen else None) or _told_beside(folder)
    words: list[str] = []
    if chosen and len(subsets) > 1:
        names = few([one.name for one in subsets])
        words.append(f"subset {excerpt(chosen.name)} (there are: {names})")
    if chosen is None or not chosen.patterns:
        return HubFolder(features=features, words=tuple(words))
    named = {path: path.relative_to(folder).as_posix() for path in entries}
    declared = {p: split for p, name in named.items() if (split := split_in(chosen, name))}
    if not declared:
        globs = few([glob for _, glob in chosen.patterns])
        raise UsageError(
            f"{called}: its {CARD} says that the data are in {globs}, and there is no such file.",
            "Download the data set whole, or name its files.",
        )
    ours = {path: split_of_file(split) for path, split in declared.items()}
    splits = {path: split for path, split in ours.items() if split is not None}
    if unknown := sorted({split for path, split in declared.items() if path not in splits}):
        said = f"{few(unknown)}: no name of train, validation or test"
        words.append(f"{said}, so left out" if splits else f"{said}, so all is divided")
    kept = _several(splits)
    if lost := sorted({split for split, _ in chosen.patterns} - set(declared.values())):
        words.append(f"no file of {few(lost)} that is read")
        if splits and not kept and "train" not in splits.values():
            others = few(sorted({declared[path] for path in splits}))
            words[-1] += f", so what the card calls {others} is divided anew"
    left_out = frozenset(path for path in entries if path not in (splits or declared))
    return HubFolder(kept, left_out, features, tuple(words))


def as_given(folder: Path, source: GivenSource, hub: HubFolder, inputs: list[Input]) -> list[Input]:
    """The inputs of a folder with their classes and the splits that are given, which is said."""
    words = [*hub.words]
    made = [replace(one, features=hub.features) if one.export is None else one for one in inputs]
    if hub.features and any(one.features for one in made):
        words.append(f"classes by name: {few(sorted(hub.features))}")
        words += words_on_alike(hub.features)
    if source.split_by is None and all(one.format != "label-studio" for one in made):
        splits = hub.splits or _splits_by_name(folder, made)
        made = [replace(one, split=splits.get(one.path, "")) for one in made]
    first, *rest = made
    return [replace(first, note="; ".join(filter(None, (*words, first.note)))), *rest]


def _splits_by_name(folder: Path, inputs: Sequence[Input]) -> Mapping[Path, str]:
    """The splits that the names of files, or their folders, say; none where one says nothing.

    Files that are read as one must be of one split. None either where all are of one split: then
    nothing is divided yet.
    """
    splits = {}
    for one in inputs:
        paths = [path for _, path in one.made_from] or [one.path]
        inside = (path.relative_to(folder) for path in paths if path.is_relative_to(folder))
        told = {split_of_file(path.as_posix()) for path in inside} - {None}
        if len(told) == 1 and (split := told.pop()) is not None:
            splits[one.path] = split
    return _several(splits) if len(splits) == len(inputs) else {}


def _several(splits: Mapping[Path, str]) -> Mapping[Path, str]:
    return splits if len(set(splits.values())) > 1 and "train" in splits.values() else {}


def chosen_subset(
    subsets: Sequence[CardSubset], called: str, subset: str | None
) -> CardSubset | None:
    """The subset to read: that of the user, the default of the card, or the only one.

    Raises SubsetsToChoose where that is open, and UsageError for one that is not there.
    """
    names = [one.name for one in subsets]
    if subset is not None and subset not in names:
        if not names:
            words = f"{called} has no {CARD} with configs, so there is no subset to choose."
            raise UsageError(words, "Leave --subset out.")
        words = f"{called} has no subset {excerpt(subset)!r}."
        raise UsageError(words, f"There are: {few(names)}.")
    if subset is not None or len(subsets) < 2:
        return next((one for one in subsets if subset in (None, one.name)), None)
    default = next((one for one in subsets if one.is_default), None)
    if default is None:
        raise SubsetsToChoose(called, names)
    return default


def split_in(subset: CardSubset, name: str) -> str | None:
    """The split that a file is of by the globs of a subset; None where none fits."""
    if (split := subset.named.get(name)) is not None:
        return split
    parts = name.split("/")
    fits = (split for split, glob in subset.patterns if _MAGIC.search(glob) and _fits(parts, glob))
    return next(fits, None)


_MAGIC = LatePattern(r"[*?\[]")


def _fits(name: Sequence[str], glob: str) -> bool:
    """Whether a name, in its parts, is one of a glob: `**` is any number of folders."""
    open_ = {0}  # the places in the glob that the parts before may have led to
    wanted = glob.split("/")
    for part in name:
        crossed = {at for at in _with_folders(open_, wanted) if at < len(wanted)}
        open_ = {at for at in crossed if wanted[at] == "**"}
        open_ |= {at + 1 for at in crossed if wanted[at] != "**" and fnmatchcase(part, wanted[at])}
    ends = {len(wanted), *({len(wanted) - 1} if wanted[-1] == "**" else ())}
    return bool(open_ & ends)


def _with_folders(places: set[int], wanted: Sequence[str]) -> set[int]:
    """The places, and those behind each `**`, which may be no folder at all."""
    found = set(places)
    for at, part in enumerate(wanted):
        if at in found and part == "**":
            found.add(at + 1)
    return found


def _told_beside(folder: Path) -> Features:
    """The classes of dataset_info.json, or of the older file of several subsets, if there is one.

    A column of which two of those say different things is none.
    """
    if features := features_of(_text(folder / INFO)):
        return features
    try:
        told = json.loads(_text(folder / _INFOS) or "null")
    except (ValueError, RecursionError):
        return {}
    known: dict[str, Any] = {}
    for info in told.values() if isinstance(told, dict) else ():
        for name, feature in features_of(json.dumps(info)).items():
            known[name] = feature if known.setdefault(name, feature) == feature else None
    return {name: feature for name, feature in known.items() if feature is not None}


def _text(path: Path) -> str:
    try:
        with opened(path, path.name) as file:
            return file.read(_LARGEST).decode("utf-8", "replace")
    except UNOPENED:
        return ""
