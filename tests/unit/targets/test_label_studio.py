"""Tasks for Label Studio's import: what an example says becomes a prediction that fits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dataprep.annotation import parse_config
from dataprep.contracts import contract
from dataprep.example import Batch, Example
from dataprep.targets.label_studio import write


def example(shape: str, data: dict[str, Any], output: str = "", text: str = "") -> Example:
    """One example, as a shape makes it."""
    return Example(
        id=json.dumps([shape, data]),
        file="a.json",
        shape=shape,
        input=text,
        output=output,
        data=json.dumps(data),
    )


def written(folder: Path, *examples: Example) -> tuple[list[Any], str]:
    """The tasks and the config of some examples; the tasks keep their contract."""
    write(folder / "out", [Batch.of(examples)])
    tasks = json.loads((folder / "out" / "tasks.json").read_text("utf-8"))
    assert list(contract("label-studio-tasks").violations(tasks)) == []
    return tasks, (folder / "out" / "config.xml").read_text("utf-8")


def test_a_class_becomes_a_choice(tmp_path: Path) -> None:
    data = {"text": "What a day!", "author": "Ada", "label": "glad", "labels": ["glad"]}
    tasks, config = written(tmp_path, example("classification", data | {"answer": "glad"}, "glad"))
    assert tasks == [
        {
            "data": {"text": "What a day!", "author": "Ada"},
            "predictions": [
                {
                    "model_version": "dataprep",
                    "result": [
                        {
                            "id": "label",
                            "from_name": "label",
                            "to_name": "text",
                            "type": "choices",
                            "value": {"choices": ["glad"]},
                        }
                    ],
                }
            ],
        }
    ]
    assert config == (
        "<View>\n"
        '  <Text name="text" value="$text"/>\n'
        '  <Choices name="label" toName="text" choice="single">\n'
        '    <Choice value="glad"/>\n'
        "  </Choices>\n"
        "</View>\n"
    )


def test_two_classes_at_once_make_the_choice_multiple(tmp_path: Path) -> None:
    data = {"text": "a", "labels": ["b", "a, c"], "answer": "b; a, c"}
    tasks, config = written(tmp_path, example("classification", data))
    assert tasks[0]["predictions"][0]["result"][0]["value"] == {"choices": ["b", "a, c"]}
    control = parse_config(config.encode()).controls["label"]
    assert (control.labels, control.multiple) == (("a, c", "b"), True)


def test_spans_stand_at_code_points_with_all_their_labels(tmp_path: Path) -> None:
    spans = [
        {"start": 2, "end": 5, "label": "PER", "text": "Ada"},
        {"start": 2, "end": 5, "label": "AUTHOR", "text": "Ada"},
        {"start": 11, "end": 15, "label": "ORG", "text": "Acme"},
    ]
    data = {"text": "🙂 Ada left Acme.", "spans": spans, "answer": "[]"}
    tasks, config = written(tmp_path, example("spans", data))
    assert tasks[0]["data"] == {"text": "🙂 Ada left Acme."}
    assert [(r["id"], r["type"], r["value"]) for r in tasks[0]["predictions"][0]["result"]] == [
        (
            "label-2-5",
            "labels",
            {"start": 2, "end": 5, "text": "Ada", "labels": ["PER", "AUTHOR"]},
        ),
        ("label-11-15", "labels", {"start": 11, "end": 15, "text": "Acme", "labels": ["ORG"]}),
    ]
    assert parse_config(config.encode()).controls["label"].labels == ("AUTHOR", "ORG", "PER")


def test_a_text_with_no_span_is_a_prediction_of_nothing(tmp_path: Path) -> None:
    data = {"text": "Nobody.", "spans": [], "answer": "[]"}
    tasks, config = written(tmp_path, example("spans", data))
    assert tasks[0]["predictions"] == [{"model_version": "dataprep", "result": []}]
    assert config == '<View>\n  <Text name="text" value="$text"/>\n</View>\n'


def test_a_written_answer_becomes_a_text_area(tmp_path: Path) -> None:
    tasks, config = written(
        tmp_path, example("generation", {"text": "Long.", "answer": "Short."}, "ignored")
    )
    item = tasks[0]["predictions"][0]["result"][0]
    assert (item["type"], item["value"]) == ("textarea", {"text": ["Short."]})
    assert parse_config(config.encode()).controls["label"].task == "generation"


def test_a_pair_of_raw_text_is_a_written_answer_too(tmp_path: Path) -> None:
    tasks, _ = written(tmp_path, example("pairs", {}, "Paris", "Capital of France?"))
    assert tasks[0]["data"] == {"text": "Capital of France?"}
    assert tasks[0]["predictions"][0]["result"][0]["value"] == {"text": ["Paris"]}


def test_a_chunk_waits_for_its_annotator(tmp_path: Path) -> None:
    data = {"text": "A piece.", "file": "a.txt", "start": 0, "end": 8}
    tasks, _ = written(tmp_path, example("chunk", data, text="A piece."))
    assert tasks == [{"data": data}]


def test_names_come_from_the_data_where_both_are_recorded(tmp_path: Path) -> None:
    data = {"text": "a", "labels": ["x"], "control": "mood", "object": "review"}
    tasks, config = written(tmp_path, example("classification", data))
    item = tasks[0]["predictions"][0]["result"][0]
    assert (item["from_name"], item["to_name"]) == ("mood", "review")
    assert list(parse_config(config.encode()).controls) == ["mood"]


def test_shapes_that_share_a_name_get_controls_of_their_own(tmp_path: Path) -> None:
    span = {"start": 0, "end": 1, "label": "X", "text": "a"}
    tasks, config = written(
        tmp_path,
        example("classification", {"text": "a", "labels": ["x"]}),
        example("spans", {"text": "a", "spans": [span]}),
    )
    assert tasks[1]["predictions"][0]["result"][0]["from_name"] == "label_spans"
    assert list(parse_config(config.encode()).controls) == ["label", "label_spans"]


def test_labels_with_marks_of_xml_and_line_breaks_survive_the_config(tmp_path: Path) -> None:
    label = 'a "<&> b\nc'
    _, config = written(tmp_path, example("classification", {"text": "a", "labels": [label]}))
    assert parse_config(config.encode()).controls["label"].labels == (label,)
