"""A small export, converted by the command itself, and what it said and wrote."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from dataprep.cli import run
from tests.building import Json


@dataclass(frozen=True, slots=True)
class Converted:
    """The exit code, all that was said with its white space made single, and (prompt, answer)."""

    code: int
    said: str
    rows: list[tuple[str, str]]
    folder: Path


class Converting:
    """Converts what is given in a folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys

    def __call__(self, given: str | list[Any], *flags: str, config: str = "") -> Converted:
        """`given` is the name of a file or folder that lies there, or the tasks of an export."""
        if not isinstance(given, str):
            (self.folder / "export.json").write_text(json.dumps(given), "utf-8")
            given = "export.json"
        if config:
            (self.folder / "config.xml").write_text(config, "utf-8")
            flags = ("--label-config", str(self.folder / "config.xml"), *flags)
        out = self.folder / "out"
        to = () if "--to" in flags else ("--to", "prompt-completion")
        self._capsys.readouterr()
        with patch.dict(os.environ, COLUMNS="500"):  # nothing is wrapped, however long the path
            code = run(["convert", str(self.folder / given), *flags, *to, "-o", str(out)])
        told = "".join(self._capsys.readouterr()).replace(f"{self.folder}/", "")
        rows = [row for split in sorted(out.glob("*/*.jsonl")) for row in _rows(split)]
        return Converted(code, re.sub(r"\s+", " ", told), sorted(rows), out)


def _rows(path: Path) -> list[tuple[str, str]]:
    rows: list[Json] = [json.loads(line) for line in path.read_text("utf-8-sig").splitlines()]
    return [
        (row["prompt"], row["completion"]) for row in rows if isinstance(row.get("completion"), str)
    ]
