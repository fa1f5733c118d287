"""A small output folder of `convert`, made by hand, for the tests of the OpenAI road."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dataprep import store
from tests.unit.trainers.openai_server import Platform
from trainers.openai import JobPlan, plan


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
    out: Path,
    train: list[dict[str, Any]],
    validation: list[dict[str, Any]] | None = None,
    *,
    target: str = "openai-chat",
    mark: bool = False,
) -> Path:
    """Publish these examples as `convert` would."""
    files = {"train": train, "validation": validation or [], "test": [example(999)]}
    with store.staging(out) as folder:
        (folder / target).mkdir()
        for split, rows in files.items():
            text = "".join(json.dumps(row) + "\n" for row in rows)
            encoding = "utf-8-sig" if mark and text else "utf-8"
            (folder / target / f"{split}.jsonl").write_text(text, encoding)
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
                    target: {"splits": {split: len(rows) for split, rows in files.items()}}
                },
            },
        )
    return out


def ready_folder(out: Path) -> Path:
    """Twelve examples to train on and two to validate."""
    return folder_with(out, [example(n) for n in range(12)], [example(n) for n in (100, 101)])


def in_parts(tmp_path: Path, server: Platform, monkeypatch: pytest.MonkeyPatch) -> JobPlan:
    """A plan whose train file goes up in three parts of at most 1,000 bytes."""
    monkeypatch.setattr("trainers.openai.upload.PART_BYTES", 1000)
    shipped = Path(__file__).parents[3] / "dataprep/providers/table.json"
    table = json.loads(shipped.read_text("utf-8"))
    table["providers"][0]["limits"]["parts_above_bytes"] = 1000
    (tmp_path / "table.json").write_text(json.dumps(table), "utf-8")
    return plan(
        ready_folder(tmp_path / "out"),
        provider="openai",
        base_url=server.url,
        suffix="tea",
        today=date(2026, 9, 1),
        table=tmp_path / "table.json",
        run_dir=tmp_path / "run",
    )
