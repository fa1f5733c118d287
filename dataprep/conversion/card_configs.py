"""What `datasets` is told of an output's targets: the configs of its card, and lines that load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from dataprep.patterns import LatePattern
from dataprep.splits import SPLITS
from dataprep.targets import ColumnTypes, features_of, spelled_out
from dataprep.targets.label_studio import TASKS
from dataprep.targets.parts import BOM

_FILE = LatePattern(r"(?P<split>train|validation|test)(?:-\d{5})?\.(?:jsonl|parquet)")
_KINDS = {".json": "json", ".jsonl": "json", ".parquet": "parquet"}
"""The type of files, to `datasets`, by their ending."""

_LAST = ("azure", "label-studio")
"""Targets that are the default of a card only where there is no other.

The files of the first begin with a byte order mark, which `datasets` takes off the first file of a
split alone; the second is one file for all splits.
"""

_LOOK = 10 << 20
"""Bytes of its first file from which `datasets` takes the types of JSON."""

Entries = Mapping[str, Mapping[str, Any]]
"""What the manifest says of each target, by its name."""


def configs_of(targets: Entries, folder: Path) -> list[dict[str, Any]]:
    """A config for each target with files of the same type as the first's, which is the default.

    `datasets` reads all configs of a card as one type of files.
    """
    files = _files(targets, folder)
    kinds = {name: _kind(of) for name, of in files.items()}
    first = next(iter(kinds), "")
    return [
        {
            "config_name": name,
            "data_files": [
                {"split": split, "path": paths[0] if len(paths) == 1 else paths}
                for split, paths in of.items()
            ],
            **({"default": True} if name == first else {}),
        }
        for name, of in files.items()
        if kinds[name] == kinds[first]
    ]


def infos_of(
    configs: Sequence[Mapping[str, Any]], columns: Mapping[str, ColumnTypes], folder: Path
) -> list[dict[str, Any]]:
    """The types of the columns of each config, where telling them loses nothing."""
    infos = []
    for config in configs:
        name = config["config_name"]
        if (types := columns.get(name)) is None or not types.splits:
            continue
        files = [*_paths(config, folder)]
        is_one = isinstance(config["data_files"][0]["path"], str)
        is_seen_whole = is_one and files[0].stat().st_size <= _LOOK
        told = types.of_all(is_seen_whole=is_seen_whole)
        if told and not _are_spelled_out(types.open_columns(), files):
            infos.append({"config_name": name, "features": features_of(told)})
    return infos


def _paths(config: Mapping[str, Any], folder: Path) -> Iterator[Path]:
    for data in config["data_files"]:
        paths = [data["path"]] if isinstance(data["path"], str) else data["path"]
        yield from (folder / path for path in paths)


def _are_spelled_out(columns: Sequence[str], files: Sequence[Path]) -> bool:
    """Whether a text of one of the columns would be taken for what it spells."""
    return bool(columns) and any(
        spelled_out(row.get(name)) for file in files for row in _rows(file) for name in columns
    )


def _rows(file: Path) -> Iterator[Any]:
    with file.open("rb") as lines:
        for line in lines:
            text = line.removeprefix(BOM).strip(b",\r\n")
            if text not in (b"[", b"]"):  # as of a list of tasks, one a line
                yield msgspec.json.decode(text)


def lines_that_load(
    targets: Entries, folder: Path, configs: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Python for each target with rows: by its config, else by where its files lie."""
    listed = [config["config_name"] for config in configs]
    yield from (f'load_dataset("FOLDER", "{name}")' for name in listed)
    for name in _files(targets, folder):
        if name not in listed and targets[name].get("tasks"):
            yield f'load_dataset("FOLDER", data_files="{name}/{TASKS}")'
        elif name not in listed:
            yield f'load_dataset("FOLDER", data_dir="{name}")'


def _files(targets: Entries, folder: Path) -> dict[str, dict[str, list[str]]]:
    """The files of each target that has rows, by split."""
    found = {}
    for name in sorted(targets, key=lambda name: ("", *_LAST).index(name) if name in _LAST else 0):
        tasks = {"train": [f"{name}/{TASKS}"]} if targets[name].get("tasks") else {}
        if by_split := _by_split(name, folder) or tasks:
            found[name] = by_split
    return found


def _by_split(name: str, folder: Path) -> dict[str, list[str]]:
    files = sorted(path.name for path in (folder / name).glob("*") if path.is_file())
    split = {file: match["split"] for file in files if (match := _FILE.fullmatch(file))}
    by_split = {one: [f"{name}/{file}" for file in split if split[file] == one] for one in SPLITS}
    return {one: paths for one, paths in by_split.items() if paths}


def _kind(by_split: Mapping[str, Sequence[str]]) -> str:
    """The type of a target's files, to `datasets`."""
    return _KINDS[Path(next(iter(by_split.values()))[0]).suffix]
