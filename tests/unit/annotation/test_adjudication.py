"""What was not agreed on goes back to Label Studio, with what each annotator said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.annotation.adjudication import adjudication_task, results_by_annotator
from dataprep.annotation.task import Annotation, Result, Task, decode_task
from dataprep.contracts import contract
from tests.building import corpus

TASK = Task(id=17, data={"text": "Bob works.", "id": 4}, predictions=[3, 4], total_annotations=2)


def choice(label: str, **more: Any) -> Result:
    known = {"from_name": "sentiment", "to_name": "text", "type": "choices", "id": "r1"}
    return Result(**{**known, "value": {"choices": [label]}, **more})


def region(id: str | int, start: int, end: int, label: str) -> Result:
    value = {"start": start, "end": end, "labels": [label]}
    return Result(id=id, from_name="label", to_name="text", type="labels", value=value)


def relation(one: str | int, other: str | int, **more: Any) -> Result:
    known = {"type": "relation", "direction": "right", "labels": ["works at"]}
    return Result(**{**known, "from_id": one, "to_id": other, **more})


def scores(task: dict[str, Any]) -> dict[str, float]:
    return {p["model_version"]: p["score"] for p in task["predictions"]}


def test_each_annotator_is_a_prediction_written_out_beside_the_id_of_the_task() -> None:
    made = adjudication_task(
        TASK, {"1": [choice("Positive", origin="manual", score=0.5)], "2": [choice("Negative")]}
    )
    item = {"type": "choices", "id": "r1", "from_name": "sentiment", "to_name": "text"}
    assert made == {
        "id": 17,
        "data": {"text": "Bob works.", "id": 4},
        "predictions": [
            {
                "model_version": "2",
                "result": [{**item, "value": {"choices": ["Negative"]}}],
                "score": 0.5,
            },
            {
                "model_version": "1",
                "result": [{**item, "value": {"choices": ["Positive"]}}],
                "score": 0.5,
            },
        ],
    }


def test_the_task_says_in_its_meta_which_one_it_was_and_keeps_what_stood_there() -> None:
    about = {"task": 17, "file": "export.json", "control": "sentiment", "unit": "task"}
    task = Task(id=17, data={"text": "Bob works."}, meta={"source": "mail"})
    made = adjudication_task(task, {"1": [choice("A")], "2": [choice("B")]}, about)
    assert made["meta"] == {"source": "mail", "dataprep": about}
    assert list(contract("label-studio-tasks").violations([made])) == []
    assert "meta" not in adjudication_task(task, {"1": [choice("A")]})


def test_a_task_without_an_id_is_given_none() -> None:
    assert "id" not in adjudication_task(Task(data={"text": "a"}), {})


def test_an_import_of_such_tasks_keeps_its_contract_and_is_json() -> None:
    said = [choice("A"), region("x", 0, 3, "PER"), region("y", 4, 9, "ORG"), relation("x", "y")]
    made = adjudication_task(TASK, {"1": said, "2": []})
    assert list(contract("label-studio-tasks").violations([made])) == []
    assert json.loads(json.dumps(made)) == made


def test_what_most_annotators_said_comes_first_with_their_share_as_its_score() -> None:
    made = adjudication_task(
        TASK, {"1": [choice("B")], "2": [choice("A", id="other")], "3": [choice("A")], "4": []}
    )
    assert [p["model_version"] for p in made["predictions"]] == ["2", "3", "4", "1"]
    assert scores(made) == {"2": 0.5, "3": 0.5, "4": 0.25, "1": 0.25}


def test_the_same_spans_and_relations_are_one_answer_whatever_their_ids_and_order() -> None:
    one = [region("a", 0, 3, "PER"), region("b", 4, 9, "ORG"), relation("a", "b")]
    same = [relation("z", "y"), region("y", 4, 9, "ORG"), region("z", 0, 3, "PER")]
    turned = [relation("y", "z"), *same[1:]]
    assert scores(adjudication_task(TASK, {"1": one, "2": same})) == {"1": 1.0, "2": 1.0}
    assert scores(adjudication_task(TASK, {"1": one, "2": turned})) == {"1": 0.5, "2": 0.5}


def test_ids_of_regions_stay_as_text_because_relations_point_to_them() -> None:
    (prediction,) = adjudication_task(
        TASK, {"1": [region(1, 0, 3, "PER"), region(2, 4, 9, "ORG"), relation(1, 2)]}
    )["predictions"]
    assert [item.get("id") for item in prediction["result"]] == ["1", "2", None]
    assert prediction["result"][2] == {
        "type": "relation",
        "from_id": "1",
        "to_id": "2",
        "direction": "right",
        "labels": ["works at"],
    }


def test_a_result_without_an_id_is_given_one() -> None:
    plain = Result(from_name="s", to_name="text", type="choices", value={"choices": ["A"]})
    (prediction,) = adjudication_task(TASK, {"1": [plain, plain]})["predictions"]
    assert [item["id"] for item in prediction["result"]] == ["s-0", "s-1"]


def test_results_that_answer_nothing_are_left_out() -> None:
    made = adjudication_task(TASK, {"1": [Result(type="choices"), Result(value={"choices": []})]})
    assert made["predictions"] == [{"model_version": "1", "result": [], "score": 1.0}]


def test_a_task_without_data_and_without_answers_is_still_a_task() -> None:
    assert adjudication_task(Task(), {}) == {"data": {}, "predictions": []}


def test_the_results_of_annotators_are_those_they_submitted_last() -> None:
    annotations = [
        Annotation(completed_by=1, result=[choice("A")]),
        Annotation(completed_by={"id": 2, "email": "b@example.com"}, result=[choice("B")]),
        Annotation(completed_by=1, result=[choice("C")]),
        Annotation(completed_by=4),
    ]
    assert results_by_annotator(annotations) == {"1": [choice("C")], "2": [choice("B")], "4": []}


def test_annotators_without_a_name_are_told_apart() -> None:
    annotations = [Annotation(result=[choice("A")]), Annotation(result=[choice("B")])]
    assert list(results_by_annotator(annotations)) == ["unnamed 1", "unnamed 2"]


@given(st.dictionaries(st.sampled_from("1234"), st.lists(st.sampled_from("AB"), max_size=3)))
def test_the_scores_of_different_answers_add_up(said: dict[str, list[str]]) -> None:
    answers = {who: [choice(label) for label in labels] for who, labels in said.items()}
    made = adjudication_task(TASK, answers)
    assert scores(made).keys() == said.keys()
    for who, labels in said.items():
        alike = sum(sorted(other) == sorted(labels) for other in said.values())
        assert scores(made)[who] == round(alike / len(said), 4)


@pytest.mark.parametrize("path", corpus("exports/*/snapshot_full.json"))
def test_every_task_of_the_recorded_projects_can_be_sent_back(path: Path) -> None:
    for value in json.loads(path.read_text("utf-8")):
        task = decode_task(json.dumps(value).encode())
        answers = results_by_annotator(task.annotations or ())
        made = adjudication_task(task, answers)
        assert made["data"] == value["data"]
        assert {p["model_version"] for p in made["predictions"]} == answers.keys()
        for prediction in made["predictions"]:
            assert prediction.keys() == {"model_version", "result", "score"}
            said = answers[prediction["model_version"]]
            assert [r["type"] for r in prediction["result"]] == [r.type for r in said]
            prediction["result"] = [r for r in prediction["result"] if r["type"] != "relation"]
        assert list(contract("label-studio-tasks").violations([made])) == []
