"""Rows converted with splits as a test wants them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dataprep.conversion import Outcome, convert
from dataprep.recipe import Recipe
from tests.near_copies import write_rows


def divided(
    folder: Path, rows: list[dict[str, Any]], out: str = "out", workers: int = 1, **asked: Any
) -> Outcome:
    """Rows, converted; `asked` are fields of the source, or of the splits."""
    write_rows(folder / "rows.jsonl", rows)
    held = {"train", "validation", "test", "near_duplicates", "from"} & asked.keys()
    splits = {name: asked.pop(name) for name in held}
    seed = asked.pop("seed", 0)
    plan = {
        "seed": seed,
        "sources": [{"path": "rows.jsonl", **asked}],
        "splits": splits,
        "targets": ["prompt-completion"],
    }
    return convert(Recipe.model_validate(plan), folder, folder / out, workers=workers)
