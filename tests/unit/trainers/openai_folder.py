"""A small output folder of `convert`, made by hand, for the tests of the OpenAI road."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dataprep import store


def example(number: int, answer: str = "positive") -> dict[str, Any]:
    """One chat example."""
    return {
        "messages": [
            {"role": "system", "content": "Say whether the review is positive or negative."},
            {"role": "user", "content": f"Review {number}: the tea was warm and the cake fresh."},
            {"role": "assistant", "content": answer},
        ]
    }


def folder_with(
    out: Path, train: list[dict[str, Any]], validation: list[dict[str, Any]] | None = None
) -> Path:
    """Publish these examples as `convert` would."""
    files = {"train": train, "validation": validation or [], "test": [example(999)]}
    with store.staging(out) as folder:
        (folder / "openai-chat").mkdir()
        for split, rows in files.items():
            text = "".join(json.dumps(row) + "\n" for row in rows)
            (folder / "openai-chat" / f"{split}.jsonl").write_text(text, "utf-8")
        store.publish(
            folder,
            out,
            {
                "schema": "urn:dataprep:schema:manifest:1",
                "dataprep": "0.1.0",
                "made_from": [],
                "recipe": {},
                "ledger": [],
                "splits": {split: len(rows) for split, rows in files.items()},
                "targets": {
                    "openai-chat": {"splits": {split: len(rows) for split, rows in files.items()}}
                },
            },
        )
    return out


def ready_folder(out: Path) -> Path:
    """Twelve examples to train on and two to validate."""
    return folder_with(out, [example(n) for n in range(12)], [example(n) for n in (100, 101)])
