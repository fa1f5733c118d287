"""What dataprep wrote below a folder beside data: runs, ledgers, journals, mended copies.

Searched as data they would be read as rows, and compared with the data that they are of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dataprep.sources.opening import UNOPENED, opened

_FOLDERS = (
    ("run.json", "metrics.jsonl"),  # a training here
    ("job.jsonl",),  # one at a provider: its ledger
    ("evaluation.json", "answers.jsonl"),
)
"""Files that a folder of ours has, each set of which tells it."""

_ANSWERS = "predictions.jsonl"
_RECORDS: dict[str, frozenset[str]] = {
    "findings.jsonl": frozenset(("code", "severity", "message")),
    "dropped.jsonl": frozenset(("unit", "reason", "place")),
    _ANSWERS: frozenset(("id", "completion")),
    "manifest.json": frozenset(("digest", "targets", "files")),
}
"""Files of ours by their names, with the keys that their first record has."""

_MENDED = ".fixed."
_HEAD = 4_000_000
"""Bytes of a file that are read for its first record."""


class OwnFiles(NamedTuple):
    """What of a folder is ours: whole folders, and files."""

    folders: tuple[Path, ...]
    files: frozenset[Path]

    def hold(self, path: Path) -> bool:
        """Whether an entry is one of them, or lies in one."""
        return path in self.files or any(folder in path.parents for folder in self.folders)

    @property
    def named(self) -> list[Path]:
        """Each folder and file once; of a folder nothing that lies in it."""
        loose = (path for path in self.files if not any(f in path.parents for f in self.folders))
        return sorted((*self.folders, *loose))


def own_files(folder: Path, entries: Sequence[Path]) -> OwnFiles:
    """What dataprep wrote among the entries below a folder; the folder itself is none of them.

    A mended copy is ours where what it was made from lies beside it.
    """
    there = frozenset(entries)
    folders = tuple(dict.fromkeys(_folders(folder, there, entries)))
    files = (path for path in entries if _is_record(path, folder) or _is_copy(path, there))
    return OwnFiles(folders, frozenset(files))


def _folders(folder: Path, there: frozenset[Path], entries: Sequence[Path]) -> Iterator[Path]:
    for path in entries:
        for first, *more in _FOLDERS:
            above = path.parent
            if path.name == first and above != folder and all(above / n in there for n in more):
                yield above


def _is_copy(path: Path, there: frozenset[Path]) -> bool:
    stem, fixed, ending = path.name.rpartition(_MENDED)
    return bool(stem and fixed) and path.with_name(f"{stem}.{ending}") in there


def _is_record(path: Path, folder: Path) -> bool:
    if path.name == _ANSWERS and path.parent == folder:  # whoever names its folder wants them
        return False
    wanted = _RECORDS.get(path.name)
    if wanted is None:
        return False
    return wanted <= _first_record(path).keys() or _is_empty_journal(path)


def _is_empty_journal(path: Path) -> bool:
    """Whether it is the journal of a conversion that found, or dropped, nothing."""
    return path.name in ("findings.jsonl", "dropped.jsonl") and not path.stat().st_size


def _first_record(path: Path) -> dict[str, Any]:
    """The first record of a file, or the whole of a JSON file; empty where that is none."""
    try:
        with opened(path, str(path)) as file:
            text = file.read(_HEAD) if path.suffix == ".json" else file.readline(_HEAD)
        value = json.loads(text)
    except (*UNOPENED, OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
