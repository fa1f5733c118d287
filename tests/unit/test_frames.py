"""There is one door to Parquet files, and it takes a path for the name of one file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dataprep.finding import UsageError
from dataprep.frames import columns_of, note_of, read_frame

ROOT = Path(__file__).parents[2]
MODULES = [p for room in ("dataprep", "trainers") for p in sorted((ROOT / room).rglob("*.py"))]
READERS = ("read_", "scan_")
FROM_MEMORY = {
    "dataprep/targets/shards.py": "read_parquet",  # bytes whose hash was compared before
    "dataprep/sources/arrow.py": "read_ipc",  # a file that is open
    "dataprep/near/signatures.py": "read_ipc",  # a file that is open
    "dataprep/conversion/shard_frames.py": "read_parquet",  # a file that was read whole
    "dataprep/api/asking.py": "read_ndjson",  # our own rows, in memory
    "dataprep/api/tabular.py": "read_ndjson",  # rows that convert wrote, in memory
    "dataprep/api/trained.py": "read_ndjson",  # our own journal, in memory
}


def readers_in(path: Path) -> list[str]:
    """The readers of Polars that a module calls."""
    calls = [
        n.func for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)
    ]
    return [
        called.attr
        for called in calls
        if isinstance(called, ast.Attribute)
        and isinstance(called.value, ast.Name)
        and called.value.id in ("pl", "polars", "pq")
        and called.attr.startswith(READERS)
    ]


def test_polars_reads_files_at_the_door_alone() -> None:
    found = {str(path.relative_to(ROOT)): readers_in(path) for path in MODULES}
    assert found.pop("dataprep/frames.py") != []
    others = {name: called for name, called in found.items() if called}
    assert others.keys() == FROM_MEMORY.keys()
    assert all(c.startswith(FROM_MEMORY[name]) for name, called in others.items() for c in called)


def test_a_folder_and_a_name_without_a_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="x: no such file or directory"):
        read_frame(tmp_path / "x")
    with pytest.raises(UsageError, match="is a directory"):
        read_frame(tmp_path)


def test_what_cannot_be_read_has_no_columns_and_no_notes(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 nothing PAR1")
    assert columns_of(tmp_path / "a.parquet") == []
    assert note_of(tmp_path / "a.parquet", "huggingface") == ""
