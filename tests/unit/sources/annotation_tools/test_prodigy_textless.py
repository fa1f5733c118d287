"""Rows of Prodigy in which something else stands where the text should."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dataprep.conversion import convert
from dataprep.recipe import Recipe
from tests.tool_exports import findings, only, put

ROW = {"text": "Ann left", "label": "TRAVEL", "_input_hash": 1, "answer": "accept"}
ODD = {**ROW, "text": ["Ann"], "_input_hash": 2}


def test_a_row_whose_text_is_none_is_dropped_by_its_code(tmp_path: Path) -> None:
    """It was named in the note alone, and stood in no ledger."""
    path = put(tmp_path / "a.jsonl", [ROW, ODD])
    plan = {"sources": [{"path": str(path)}], "targets": ["prompt-completion"]}
    recipe = Recipe.model_validate(plan)
    assert convert(recipe, tmp_path, tmp_path / "out").refused
    outcome = convert(recipe, tmp_path, tmp_path / "out", drop_invalid=True)
    read = outcome.ledger.stages["read"]
    assert (read.entered, read.out, dict(read.dropped)) == (2, 1, {"S001": 1})


def test_a_picture_beside_a_text_that_is_none_is_left_out_as_a_picture(tmp_path: Path) -> None:
    picture = {**ODD, "text": None, "image": "a.png"}
    given = only(put(tmp_path / "a.jsonl", [ROW, picture]))
    assert findings(given) == []
    assert "rows about pictures, sound or HTML (1)" in given.note


def test_a_reviewed_picture_is_left_out_as_a_picture(tmp_path: Path) -> None:
    """Its spans are boxes, which were read as spans of a text that is not there (A002)."""
    boxes = [{"label": "CAT", "points": [[0, 0], [9, 9]]}]
    reviewed = {"image": "a.png", "spans": boxes, "versions": [], "_input_hash": 3}
    given = only(put(tmp_path / "a.jsonl", [ROW, {**reviewed, "answer": "accept"}]))
    assert findings(given) == []
    assert "rows about pictures, sound or HTML (1)" in given.note


@pytest.mark.parametrize(
    "about",
    [
        {"label": "A"},
        {"spans": [], "_view_id": "ner_manual"},
        {"_view_id": "ner_manual"},
        {"options": [{"id": "A", "text": "A"}]},
    ],
)
def test_a_row_that_asks_about_a_text_and_has_none_is_named(
    tmp_path: Path, about: dict[str, Any]
) -> None:
    """It was named in the note alone, as a row that was judged as a whole."""
    row = {"_input_hash": 2, "answer": "accept", **about}
    given = only(put(tmp_path / "a.jsonl", [ROW, row]))
    assert findings(given) == [("S001", "it has no text", 2)]
