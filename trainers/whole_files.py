"""Small files that are there whole or not at all, also after a kill; and one process at a time."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import IO, Any

from dataprep.finding import EnvironmentProblem


def write_text(path: Path, text: str) -> None:
    """Write beside, wait for the disk, and put it in place; lone surrogates become `?`."""
    staged = path.with_name(f".{path.name}.part")
    with staged.open("w", encoding="utf-8", errors="replace") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(path)


def write_json(path: Path, value: Any) -> None:
    """The same for a value, as indented JSON."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def lock(file: IO[bytes], path: Path) -> None:
    """Hold an open file until it is closed; raises EnvironmentProblem while another has it."""
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise EnvironmentProblem(
            f"Another process is at work with {path}.", "Wait until it has ended."
        ) from None
