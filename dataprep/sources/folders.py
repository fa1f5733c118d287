"""What of a folder is data: hidden files are not, nor what stands beside rows to describe them.

Folders of `datasets.save_to_disk` and local copies of data sets of the Hugging Face Hub hold JSON
and Markdown that say what the rows are; read as rows they would be learned.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from dataprep.finding import EnvironmentProblem, excerpt

STATE, INFO = "state.json", "dataset_info.json"
_DESCRIBING = frozenset((INFO, "dataset_infos.json", "dataset_dict.json"))
_ABOUT = frozenset(("readme", "license", "licence"))
_PROSE = frozenset(("", ".md", ".txt", ".rst"))
_SHOWN = 8
"""Files that are named of those that are left out."""


def entries_of(folder: Path) -> list[Path]:
    """What stands below a folder but folders, and is not hidden, nor in a hidden folder; sorted.

    A link to a folder is one of them, and is not followed. Raises EnvironmentProblem for a folder
    that may not be read.
    """
    found: list[Path] = []
    for here, folders, names in os.walk(folder, onerror=_unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = (name for name in folders if (Path(here) / name).is_symlink())
        found += [Path(here) / name for name in (*names, *links) if not name.startswith(".")]
    return sorted(found)


def few(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are; empty where there is none."""
    shown = ", ".join(map(excerpt, names[:_SHOWN]))
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown


def _unreadable(error: OSError) -> NoReturn:
    message = f"{error.filename} may not be read."
    raise EnvironmentProblem(message, "Check its permissions.") from None


def describes_rows(path: Path) -> bool:
    """Whether a file says what the rows of `datasets` beside it are, or is a cache of theirs."""
    if path.name in _DESCRIBING:
        return True
    if path.name == STATE:
        return (path.parent / INFO).is_file() or "_data_files" in _object(path)
    kept = _object(path.parent / STATE).get("_data_files") if path.suffix == ".arrow" else None
    return isinstance(kept, list) and path.name not in map(_filename, kept)


def is_about_rows(path: Path) -> bool:
    """Whether a file is a README or a licence, which is no text to learn where rows lie by it."""
    return path.stem.lower() in _ABOUT and path.suffix.lower() in _PROSE


def _object(path: Path) -> dict[str, Any]:
    """The object in a small JSON file; an empty one where there is none."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _filename(entry: Any) -> str:
    return str(entry.get("filename")) if isinstance(entry, dict) else str(entry)
