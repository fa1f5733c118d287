"""Reviewed rows of Prodigy: the decision is the answer, its versions are predictions."""

from pathlib import Path
from typing import Any

from tests.tool_exports import Said, converted, guesses, only, put, tasks

TEXT = "Ann left Rome"


def version(session: str, **more: Any) -> dict[str, Any]:
    return {"text": TEXT, "_input_hash": 1, "answer": "accept", "sessions": [session], **more}


def reviewed(*versions: dict[str, Any], **more: Any) -> dict[str, Any]:
    known = {"_input_hash": 1, "_view_id": "review", "_annotator_id": "cy", "answer": "accept"}
    return {"text": TEXT, **known, "versions": list(versions), **more}


def test_each_label_that_was_reviewed_counts(tmp_path: Path) -> None:
    rows = [
        reviewed(version("ann", label="TRAVEL"), label="TRAVEL"),
        reviewed(version("ann", label="FARM"), label="FARM", answer="reject"),
    ]
    path = put(tmp_path / "review.jsonl", rows)
    given = only(path)
    assert tasks(given) == {1: [Said("cy", [("category", ["TRAVEL", "not FARM"])])]}
    assert given.note == ("Prodigy, review: 1 task, 1 annotator; left out: rejected labels (1)")
    _, chats = converted(path, tmp_path / "out")
    assert [answer for _, answer in chats] == ["TRAVEL"]


def test_the_last_review_of_one_question_counts_and_the_others_are_counted(tmp_path: Path) -> None:
    rows = [reviewed(label="FARM"), reviewed(label="FARM", answer="reject")]
    given = only(put(tmp_path / "review.jsonl", rows))
    assert tasks(given) == {1: [Said("cy", [("category", ["not FARM"])])]}
    assert "rows that a reviewed row holds too (1)" in given.note


def test_a_version_with_a_bad_span_costs_itself_alone(tmp_path: Path) -> None:
    good, bad = {"start": 0, "end": 3, "label": "PER"}, {"start": 0, "end": 99, "label": "PER"}
    row = reviewed(version("ann", spans=[bad]), version("bo", spans=[good]), spans=[good])
    given = only(put(tmp_path / "review.jsonl", [row]))
    ann = (0, 3, "Ann", "PER")
    assert tasks(given) == {1: [Said("cy", [ann])]}
    assert guesses(given) == {1: [("bo", [ann])]}
    assert given.note.endswith("left out: versions of reviewed rows that cannot be read (1)")


def test_a_label_that_was_asked_beside_the_match_of_a_pattern_is_not_learned(
    tmp_path: Path,
) -> None:
    match = {"start": 0, "end": 3, "label": "TRAVEL", "pattern": 7}
    row = {"text": TEXT, "label": "TRAVEL", "spans": [match]}
    rows = [
        {**row, "_input_hash": 1, "answer": "accept"},
        {**row, "_input_hash": 2, "text": "Ann stayed", "answer": "reject"},
    ]
    _, chats = converted(put(tmp_path / "teach.jsonl", rows), tmp_path / "out")
    assert chats == [(f"Choose one label for the text: TRAVEL.\n\n{TEXT}", "TRAVEL")]
