"""Small folders for KTO and GRPO, as convert writes them for the targets kto and reinforcement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dataprep import store

GOOD, BAD = "bird", "fish of the sea"


def row(number: int, *, label: bool) -> dict[str, Any]:
    return {
        "prompt": [{"role": "user", "content": f"Which is number {number}?"}],
        "completion": [{"role": "assistant", "content": GOOD if label else BAD}],
        "label": label,
    }


def verdicts(
    out: Path, good: int = 8, bad: int = 8, held_out: Sequence[dict[str, Any]] = ()
) -> Path:
    """A folder as convert writes it for the target kto."""
    rows = [row(n, label=n < good) for n in range(good + bad)]
    with store.staging(out) as folder:
        (folder / "kto").mkdir()
        text = "".join(json.dumps(one) + "\n" for one in rows)
        (folder / "kto" / "train.jsonl").write_text(text)
        if held_out:
            text = "".join(json.dumps(one) + "\n" for one in held_out)
            (folder / "kto" / "validation.jsonl").write_text(text)
        store.publish(folder, out, {"targets": {"kto": {"rows": len(rows)}}})
    return out


def item(number: int, answer: str = "bird") -> dict[str, Any]:
    asked = {"role": "user", "content": f"What is number {number}, the robin? "}
    return {"messages": [asked], "reference_answer": answer}


def items(out: Path, **splits: list[dict[str, Any]]) -> Path:
    """A folder as convert writes it for the target reinforcement."""
    with store.staging(out) as folder:
        (folder / "reinforcement").mkdir()
        for split, rows in splits.items():
            text = "".join(json.dumps(row) + "\n" for row in rows)
            (folder / "reinforcement" / f"{split}.jsonl").write_text(text)
        store.publish(folder, out, {"targets": {"reinforcement": {"rows": 1}}})
    return out


def near(folder: Path) -> Path:
    """A grader that rewards an answer as it is like the reference."""
    path = folder / "grader.json"
    entry = {
        "type": "text_similarity",
        "name": "near",
        "evaluation_metric": "fuzzy_match",
        "input": "{{ sample.output_text }}",
        "reference": "{{ item.reference_answer }}",
    }
    path.write_text(json.dumps(entry))
    return path
