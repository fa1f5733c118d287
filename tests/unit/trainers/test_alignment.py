"""The rows that DPO, KTO and GRPO train on, as convert writes them."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

from dataprep import conversion, store
from dataprep.recipe import Recipe
from trainers.alignment import rows_of


def test_the_rows_of_every_target_that_convert_writes_are_read(tmp_path: Path) -> None:
    """Azure's target begins with a byte order mark, at which the reading stopped."""
    rows = [
        {"prompt": f"Which is {n}?", "completion": "bird", "label": n % 2 == 0} for n in range(12)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "rows.jsonl").write_text(lines)
    recipe = Recipe.model_validate(
        {
            "sources": [{"path": "rows.jsonl"}],
            "targets": [{"name": "kto"}, {"name": "reinforcement"}],
            "splits": {"train": 1.0, "validation": 0.0, "test": 0.0},
            "checks": {"ignore": ["D"]},
        }
    )
    conversion.convert(recipe, tmp_path, tmp_path / "out")
    written = (tmp_path / "out" / "reinforcement" / "train.jsonl").read_bytes()
    assert written.startswith(codecs.BOM_UTF8)
    items = rows_of(tmp_path / "out", "reinforcement", "train")
    assert [item["reference_answer"] for item in items] == ["bird"] * 6
    verdicts = rows_of(tmp_path / "out", "kto", "train")
    assert sorted(row["label"] for row in verdicts) == [False] * 6 + [True] * 6
    assert rows_of(tmp_path / "out", "kto", "test") == []


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_parts_of_a_large_file_are_read_in_their_order(tmp_path: Path, mark: bytes) -> None:
    with store.staging(tmp_path / "out") as folder:
        (folder / "kto").mkdir()
        for part in (2, 1, 10):
            path = folder / "kto" / f"train-{part:05}.jsonl"
            path.write_bytes(mark + b'{"n": %d}\n' % part)
        store.publish(folder, tmp_path / "out", {"targets": {"kto": {}}})
    found = rows_of(tmp_path / "out", "kto", "train")
    assert [row["n"] for row in found] == [1, 2, 10]
