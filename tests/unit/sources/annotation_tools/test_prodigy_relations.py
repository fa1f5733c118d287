"""Relations of Prodigy between spans that stand at one place."""

from __future__ import annotations

import json
from pathlib import Path

from tests.tool_exports import converted, put

PER = {"start": 0, "end": 3, "label": "PER"}
ORG, ROME = {**PER, "label": "ORG"}, {"start": 9, "end": 13, "label": "LOC"}


def test_a_relation_leads_to_one_of_two_spans_at_a_place(tmp_path: Path) -> None:
    row = {
        "text": "Ann left Rome",
        "spans": [PER, ORG, ROME],
        "relations": [{"head": 0, "child": 2, "head_span": ORG, "child_span": ROME, "label": "in"}],
        "_view_id": "relations",
        "_input_hash": 1,
        "answer": "accept",
    }
    _, chats = converted(put(tmp_path / "a.jsonl", [row]), tmp_path / "out")
    ((_, answer),) = chats
    assert json.loads(answer)["relations"] == [
        {"head": {"text": "Ann", "label": "ORG"}, "type": "in", "tail": "Rome"}
    ]
