"""What of a folder is data: hidden files are not, nor what stands beside rows to describe them.

Folders of `datasets.save_to_disk` and local copies of data sets of the Hugging Face Hub hold JSON
and Markdown that say what the rows are; read as rows they would be learned.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dataprep.finding import ForbiddenFile, excerpt
from dataprep.names import in_utf8
from dataprep.sources.opening import UNOPENED, is_of_machine, not_read, opened

STATE, INFO = "state.json", "dataset_info.json"
DESCRIBING = frozenset((INFO, "dataset_infos.json", "dataset_dict.json"))
_TOKENIZER = ("tokenizer_config.json", "tokenizer.json", "tekken.json")
_OF_MODEL = frozenset(
    (
        *_TOKENIZER,
        *(
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "chat_template.jinja",
        ),
        *("config.json", "generation_config.json", "adapter_config.json"),
    )
)
"""Files of a tokenizer or a model, where a tokenizer lies beside them."""
_ABOUT = frozenset(("readme", "license", "licence"))
_PROSE = frozenset(("", ".md", ".txt", ".rst"))
_SHOWN = 8
"""Files that are named of those that are left out."""


def entries_of(folder: Path) -> list[Path]:
    """What stands below a folder but folders, and is not hidden, nor in a hidden folder; sorted.

    A link to a folder is one of them, and is not followed, and so is a folder below it that may
    not be read. Raises ForbiddenFile where the folder itself may not be read, and
    EnvironmentProblem where the machine fails.
    """
    found: list[Path] = []

    def unreadable(error: OSError) -> None:
        path = Path(error.filename)
        if is_of_machine(error):
            raise not_read(error, str(path)) from None
        if path == folder:
            raise _forbidden(path) from None
        found.append(path)

    for here, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = (name for name in folders if (Path(here) / name).is_symlink())
        found += [Path(here) / name for name in (*names, *links) if not name.startswith(".")]
    return sorted(found)


def few(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are; empty where there is none."""
    shown = ", ".join(map(excerpt, names[:_SHOWN]))
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown


def _forbidden(path: Path) -> ForbiddenFile:
    return ForbiddenFile(f"{path} may not be read.", "Check its permissions.")


def is_file(path: Path) -> bool:
    """Whether an entry of a folder is a file.

    Raises ForbiddenFile where that may not be known, EnvironmentProblem where the machine fails.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if not isinstance(error, PermissionError) and not is_of_machine(error):
            return False
        raise not_read(error, str(path)) from None
    if stat.S_ISDIR(mode) and not path.is_symlink():  # a folder that could not be listed
        raise _forbidden(path)
    return stat.S_ISREG(mode)


def in_folder(named: str, folder: Path, path: Path) -> str:
    """What messages call a file of a folder that the user named so."""
    inside = path.relative_to(folder)
    if "://" in named:  # an address, which a path would take a slash from
        return in_utf8(f"{named.rstrip('/')}/{inside.as_posix()}")
    return in_utf8(str(Path(named) / inside))


def describes_rows(path: Path) -> bool:
    """Whether a file says what the rows of `datasets` beside it are, or is a cache of theirs.

    So do those of a tokenizer, which tokenised rows have with them.
    """
    if path.name in DESCRIBING:
        return True
    if path.name in _OF_MODEL:
        return any((path.parent / name).is_file() for name in _TOKENIZER)
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
        with opened(path, str(path)) as file:
            value = json.loads(file.read().decode())
    except (*UNOPENED, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _filename(entry: Any) -> str:
    return str(entry.get("filename")) if isinstance(entry, dict) else str(entry)
