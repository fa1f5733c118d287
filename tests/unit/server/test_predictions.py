"""Answers of a model become pre-annotations of the tasks whose text they answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.annotation import parse_config
from dataprep.finding import UsageError
from dataprep.server.predictions import answered

CONFIG = parse_config(
    b"""<View>
  <Text name="note" value="$text"/>
  <Choices name="mood" toName="note"><Choice value="glad"/><Choice value="cross"/></Choices>
  <Labels name="who" toName="note"><Label value="PER"/></Labels>
  <TextArea name="gist" toName="note"/>
</View>"""
)
TASKS = [{"data": {"text": "\U0001f642 Ada left."}}, {"data": {"text": "Rain."}}]


def predictions(folder: Path, *rows: Any) -> list[Any]:
    """The predictions of each task, given the lines of a file."""
    path = folder / "answers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return [task.get("predictions") for task in answered(TASKS, path, CONFIG)]


def test_labels_answer_the_choices_of_the_config(tmp_path: Path) -> None:
    row = {"text": "Rain.", "labels": ["cross"], "score": 0.75, "model_version": "t5 v2"}
    choice = {"choices": ["cross"]}
    item = {"id": "mood", "from_name": "mood", "to_name": "note", "type": "choices"}
    assert predictions(tmp_path, row) == [
        None,
        [{"model_version": "t5 v2", "result": [item | {"value": choice}], "score": 0.75}],
    ]


def test_spans_are_quoted_from_the_text_in_code_points(tmp_path: Path) -> None:
    span = {"start": 2, "end": 5, "label": "PER"}
    made, _ = predictions(tmp_path, {"text": TASKS[0]["data"]["text"], "spans": [span]})
    assert made[0]["result"][0]["value"] == {
        "start": 2,
        "end": 5,
        "text": "Ada",
        "labels": ["PER"],
    }


def test_spans_on_a_text_of_several_fields_answer_a_taxonomy_that_labels_by_its_paths(
    tmp_path: Path,
) -> None:
    config = parse_config(
        b"""<View><Text name="t" value="$by: $text"/>
        <Taxonomy name="tree" toName="t" labeling="true"><Choice value="Person">
        <Choice value="Woman"/></Choice></Taxonomy></View>"""
    )
    span = {"start": 4, "end": 7, "label": "Person > Woman"}
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "Me: Ada left.", "spans": [span]}))
    tasks = [{"data": {"by": "Me", "text": "Ada left."}}]
    (task,) = answered(tasks, tmp_path / "a.jsonl", config)
    (result,) = task["predictions"][0]["result"]
    assert result["type"] == "taxonomy"
    assert result["value"] == {
        "start": 4,
        "end": 7,
        "text": "Ada",
        "taxonomy": [["Person", "Woman"]],
    }


def test_an_answer_goes_into_the_text_area(tmp_path: Path) -> None:
    _, made = predictions(tmp_path, {"text": "Rain.", "answer": "Wet."})
    assert made[0]["model_version"] == "model"
    assert made[0]["result"][0]["value"] == {"text": ["Wet."]}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"text": "Snow.", "labels": ["glad"]}, "its text is that of no task"),
        ({"text": "Rain.", "labels": ["sad"]}, "a label that the labeling config does not"),
        ({"text": "Rain."}, "no labels, spans or answer"),
        (["Rain."], "this is no object"),
        ({"text": "Rain.", "spans": [{"start": 3, "end": 9, "label": "PER"}]}, "3 to 9"),
        ({"text": "Rain.", "spans": [{"start": "0"}]}, "no start, end and label"),
    ],
)
def test_what_fits_nothing_is_refused_with_its_line(row: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=said) as error:
        predictions(tmp_path, {"text": "Rain.", "answer": "Wet."}, row)
    assert error.value.place is not None
    assert error.value.place.line == 2
