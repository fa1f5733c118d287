"""Exports of other annotation tools on a live Label Studio: pushed, and read back from it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.real.test_server import Commands, commands, project_in, python, server
from tests.tool_exports import EXPORTS, put

__all__ = ["commands", "python", "server"]
pytestmark = pytest.mark.real

TEXT = "Hi 😀 Bob in Rome"
TOKENS = [(0, 2), (3, 4), (5, 8), (9, 11), (12, 16)]


def _doccano(name: str) -> Callable[[Path], Path]:
    return lambda folder: Path(shutil.copy(EXPORTS / "doccano-1.8" / name, folder))


def _prodigy(folder: Path) -> Path:
    tokens = [
        {"text": TEXT[start:end], "start": start, "end": end, "id": at, "ws": end < len(TEXT)}
        for at, (start, end) in enumerate(TOKENS)
    ]
    bob = {"start": 5, "end": 8, "token_start": 2, "token_end": 2, "label": "PER"}
    rome = {"start": 12, "end": 16, "token_start": 4, "token_end": 4, "label": "LOC"}
    row = {
        "text": TEXT,
        "tokens": tokens,
        "_view_id": "ner_manual",
        "answer": "accept",
        "_input_hash": 1,
        "_is_binary": False,
    }
    rows = [
        {**row, "spans": [bob, rome], "_task_hash": 2, "_annotator_id": "p-alice"},
        {**row, "spans": [bob], "_task_hash": 2, "_annotator_id": "p-bob"},
    ]
    return put(folder / "prodigy.jsonl", rows)


def _brat(folder: Path) -> Path:
    home = folder / "brat"
    home.mkdir()
    (home / "a.txt").write_text(TEXT, "utf-8")
    lines = ["T1\tPER 5 8\tBob", "T2\tLOC 12 16\tRome", "R1\tin Arg1:T1 Arg2:T2"]
    (home / "a.ann").write_text("\n".join(lines) + "\n", "utf-8")
    return home


BOB, ROME, IN = (5, 8, "Bob", "PER"), (12, 16, "Rome", "LOC"), ("Bob", "in", "Rome")
SAID: dict[str, tuple[Callable[[Path], Path], list[set[Any]]]] = {
    "doccano": (_doccano("spans.zip"), [{BOB, ROME}, {BOB}]),
    "doccano with relations": (_doccano("relations.zip"), [{BOB, ROME, IN}, {BOB}]),
    "prodigy": (_prodigy, [{BOB, ROME}, {BOB}]),
    "brat": (_brat, [{BOB, ROME, IN}]),
}


@pytest.mark.parametrize("tool", SAID)
def test_a_live_label_studio_takes_what_annotators_said_elsewhere(
    commands: Commands, tool: str, tmp_path: Path
) -> None:
    written, said = SAID[tool]
    out, _ = commands("push", written(tmp_path))
    commands("pull", project_in(out), "-o", tmp_path / "pulled")
    there = json.loads((tmp_path / "pulled" / "export.json").read_text("utf-8"))
    task = next(task for task in there if task["data"]["text"] == TEXT)
    given = sorted(task["predictions"], key=lambda one: str(one["model_version"]))
    assert [_marks(one["result"]) for one in given] == said


def _marks(results: list[dict[str, Any]]) -> set[Any]:
    """Regions with their places as the editor counts them, and relations by their quotes."""
    quotes = {r["id"]: r["value"]["text"] for r in results if r["type"] == "labels"}
    return {
        (quotes[r["from_id"]], *r["labels"], quotes[r["to_id"]])
        if r["type"] == "relation"
        else (r["value"]["start"], r["value"]["end"], r["value"]["text"], *r["value"]["labels"])
        for r in results
    }
