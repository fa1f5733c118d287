"""Files of training rows that can be no export: told by a look at the first of them.

Most files that are checked are such, and the readers of nine tools are not loaded for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataprep.sources.annotation_tools.export import FileHead

FOLDERS = ("annotation", "annotations", "curation")
SOURCE = "source"
"""The folders of a project of INCEpTION, below which any file is the project's."""

_PAIR = {"prompt", "completion"}
_TURN = {"role", "content"}


def is_no_export(head: FileHead) -> bool:
    """Whether a file is of no tool, since its rows are turns or pairs and nothing else.

    False where the tools must be asked. tests/unit/sources/annotation_tools/test_training_rows.py
    holds it and what they say together.
    """
    return (
        head.path.suffix == ".jsonl"
        and not _may_be_of_project(head.path)
        and head.raw[:1] == b"{"
        and bool(head.rows)
        and all(map(_is_plain, head.rows))
    )


def _may_be_of_project(path: Path) -> bool:
    return not {SOURCE, *FOLDERS}.isdisjoint(path.parts)


def _is_plain(row: Mapping[str, Any]) -> bool:
    """Whether a row has messages of a role and a content alone, or a prompt and a completion."""
    if row.keys() == _PAIR:
        return all(isinstance(value, str) for value in row.values())
    messages = row.get("messages")
    return (
        len(row) == 1
        and isinstance(messages, list)
        and all(isinstance(turn, dict) and turn.keys() == _TURN for turn in messages)
    )
