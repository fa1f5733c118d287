"""Exports of Argilla 1.x, as argilla-v1 1.29.1 wrote them (tests/annotation_tools/argilla-1)."""

import shutil
from pathlib import Path

from tests.tool_exports import EXPORTS, Said, findings, guesses, only, put, tasks

OLD = EXPORTS / "argilla-1"
ONE, TWO = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"


def alone(tmp_path: Path, name: str) -> Path:
    shutil.copy(OLD / name, tmp_path / name)
    return tmp_path / name


def test_feedback_with_its_settings(tmp_path: Path) -> None:
    alone(tmp_path, "argilla.yaml")
    given = only(alone(tmp_path, "feedback.jsonl"))
    assert given.note == (
        "Argilla 1.x feedback, topic (classification), rank (ranking), ner (spans), spans in UTF-16"
        " units (1 of 1 spans that the unit moves fit, 0 in code points and 0 in graphemes):"
        " 1 task, 2 annotators"
    )
    said = [("topic", ["news"]), ("rank", {"rank": ["b", "a"]}), (5, 8, "Bob", "PER")]
    assert tasks(given) == {"e1": [Said(ONE, said), Said(TWO, [], skipped=True)]}
    assert guesses(given) == {"e1": [("m1", [("topic", ["news"])])]}
    assert given.config is not None
    assert list(given.config.objects) == ["text", "title", "rank_ranked"]


def test_answers_in_columns_are_read_as_rows(tmp_path: Path) -> None:
    row = {
        "text": "Ann left.",
        "topic": {"user_id": ["u", "v"], "value": ["x", "y"], "status": ["submitted", "draft"]},
        "external_id": "e1",
        "metadata": "{}",
    }
    given = only(put(tmp_path / "columns.jsonl", [row]))
    assert tasks(given) == {"e1": [Said("u", [("topic", ["x"])])]}


def test_answers_that_are_not_equally_many_are_refused(tmp_path: Path) -> None:
    row = {"text": "A", "q": {"user_id": ["u", "v"], "value": ["x"], "status": ["submitted"]}}
    given = only(put(tmp_path / "columns.jsonl", [row]))
    assert findings(given) == [
        ("S001", "the users, values and statuses of 'q' are not equally many", 1)
    ]


def test_old_tokens(tmp_path: Path) -> None:
    given = only(alone(tmp_path, "token.jsonl"))
    assert tasks(given) == {"1": [Said("bo", [(0, 3, "Ann", "PER")])]}
    assert guesses(given) == {"1": [("m1", [(0, 3, "Ann", "PER")])]}


def test_old_classes_of_which_a_prediction_is_no_answer(tmp_path: Path) -> None:
    given = only(alone(tmp_path, "text.jsonl"))
    assert tasks(given) == {"1": [Said("bo", [("annotation", ["pos"])])], "2": []}
    assert guesses(given)["2"] == [("argilla", [("annotation", ["pos"])])]


def test_an_old_text_is_an_answer_however_short(tmp_path: Path) -> None:
    given = only(alone(tmp_path, "text2text.jsonl"))
    assert given.config is not None
    assert given.config.controls["annotation"].tag == "TextArea"
    assert tasks(given) == {"1": [Said("bo", [("annotation", ["A short one."])])]}
