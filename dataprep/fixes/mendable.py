"""Which files can be mended: a check that mends none asks this, too."""

from __future__ import annotations

from pathlib import Path

LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
"""Endings of files of lines."""


def is_mendable(path: Path) -> bool:
    """Whether a path is a file of lines by its name, which alone are mended."""
    return path.is_file() and path.name.lower().endswith(LINES)
