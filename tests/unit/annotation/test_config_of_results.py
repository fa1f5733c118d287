"""Tasks without a labeling config get one that takes what was said of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.annotation import Task, config_of_results, decode_task, parse_config
from dataprep.annotation.adjudication import adjudication_task, results_by_annotator
from dataprep.finding import UsageError
from tests.building import choices, corpus, region, written

Json = dict[str, Any]


def config(*tasks: Json) -> str | None:
    """The config of some tasks to import."""
    return config_of_results(
        lambda: (decode_task(json.dumps(task).encode(), "predictions") for task in tasks)
    )


def task(*readings: list[Json], **data: Any) -> Json:
    """A task with what each annotator said as a prediction."""
    predictions = [{"model_version": str(n), "result": r} for n, r in enumerate(readings, 1)]
    return {"data": data or {"text": "Ada left Acme."}, "predictions": predictions}


def test_choices_that_differ_are_the_labels_of_one_control() -> None:
    tasks = [task([choices("Positive")], [choices("Negative")]), task([choices("Negative")])]
    assert config(*tasks) == (
        "<View>\n"
        '  <Text name="text" value="$text"/>\n'
        '  <Choices name="sentiment" toName="text" choice="single">\n'
        '    <Choice value="Negative"/>\n'
        '    <Choice value="Positive"/>\n'
        "  </Choices>\n"
        "</View>\n"
    )


def test_an_answer_of_two_labels_makes_the_control_one_of_several() -> None:
    made = config(task([choices("a", "b")]))
    assert made is not None
    assert parse_config(made.encode()).controls["sentiment"].multiple


def test_spans_with_relations_and_an_answer_on_a_region_keep_their_names() -> None:
    spans = [{**region(0, 3, "PER"), "id": "a"}, {**region(9, 13, "ORG"), "id": "b"}]
    place = {"start": 0, "end": 3}
    noted = {**choices("sure", control="how"), "id": "a"}
    noted["value"] = {**noted["value"], **place}
    joined = {"type": "relation", "from_id": "a", "to_id": "b", "labels": ["left"]}
    assert config(task([*spans, noted, joined])) == (
        "<View>\n"
        '  <Text name="text" value="$text"/>\n'
        '  <Labels name="label" toName="text">\n'
        '    <Label value="ORG"/>\n'
        '    <Label value="PER"/>\n'
        "  </Labels>\n"
        "  <Relations>\n"
        '    <Relation value="left"/>\n'
        "  </Relations>\n"
        '  <Choices name="how" toName="text" perRegion="true" choice="single">\n'
        '    <Choice value="sure"/>\n'
        "  </Choices>\n"
        "</View>\n"
    )


def test_each_object_shows_its_own_field() -> None:
    first = choices("a")
    other = {**written("One."), "to_name": "body"}
    made = config(task([first, other], text="A title", body="A long text"))
    assert made is not None
    objects = parse_config(made.encode()).objects
    assert {name: one.field for name, one in objects.items()} == {"text": "text", "body": "body"}


def test_spans_on_a_page_are_those_of_hypertext() -> None:
    spot = {"start": "/p[1]/text()[1]", "end": "/p[1]/text()[1]", "startOffset": 0, "endOffset": 3}
    value = {**spot, "hypertextlabels": ["PER"]}
    result = {"from_name": "label", "to_name": "text", "type": "hypertextlabels", "value": value}
    made = config(task([result], text="<p>Ada</p>"))
    assert made is not None
    assert '<HyperText name="text" value="$text"/>' in made
    assert '<HyperTextLabels name="label" toName="text">' in made


def test_paths_ratings_numbers_and_dates_are_asked_again() -> None:
    def result(kind: str, value: Any) -> Json:
        return {"from_name": kind, "to_name": "text", "type": kind, "value": {kind: value}}

    given = [result("taxonomy", [["a", "b"]]), result("rating", 7), result("number", 3)]
    made = config(task([*given, result("datetime", "2026-11-29")]))
    assert made is not None
    controls = parse_config(made.encode()).controls
    assert [control.task for control in controls.values()] == [
        "taxonomy",
        "rating",
        "number",
        "datetime",
    ]
    assert controls["taxonomy"].labels == ("a", "a > b")
    assert controls["rating"].bounds == (1, 7.0)


def test_tasks_on_which_nobody_said_anything_have_no_config() -> None:
    assert config(task(), task([])) is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (task([choices("a")], title="x", body="y"), "which field of the data 'text' shows"),
        (task([{**choices("a"), "value": {"choices": [["a", "b"]]}}]), "'sentiment' are nested"),
        (task([{**choices("a"), "type": "pairwise"}]), "of the type 'pairwise'"),
        (task([{**choices("a"), "type": "ranker"}]), "'sentiment' do not tell its whole config"),
        (task([{**region(0, 3, "a"), "type": "paragraphlabels"}]), "in a way of its own"),
    ],
)
def test_what_the_results_do_not_tell_is_asked_for(given: Json, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        config(given)
    assert said in caught.value.message
    assert "--label-config" in str(caught.value)


@pytest.mark.parametrize("path", corpus("exports/*/snapshot_full.json"))
def test_a_recorded_project_gets_its_controls_or_is_asked_for_its_config(path: Path) -> None:
    rows = []
    for value in json.loads(path.read_text("utf-8")):
        given = decode_task(json.dumps(value).encode())
        rows.append(adjudication_task(given, results_by_annotator(given.annotations or ())))

    def tasks() -> list[Task]:
        return [decode_task(json.dumps(row).encode(), "predictions") for row in rows]

    try:
        made = config_of_results(tasks)
    except UsageError as error:
        assert "--label-config" in str(error)
        assert path.parent.name in UNTOLD
        return
    assert path.parent.name not in UNTOLD
    assert made is not None
    mine = parse_config(made.encode())
    theirs = parse_config((path.parent / "config.xml").read_bytes())
    for name, control in mine.controls.items():
        known = theirs.control_of(name)
        assert known is not None
        assert (control.task, control.per_region) == (known.task, known.per_region)
        assert set(control.labels or ()) <= set(known.labels or control.labels or ())
        shown = [(mine.objects[n].name, mine.objects[n].field) for n in control.to_names]
        assert shown == [(theirs.objects[n].name, theirs.objects[n].field) for n in known.to_names]


UNTOLD = {"chat", "dialogue", "pairwise", "ranker", "ranker_buckets", "translation"}
"""Projects whose results do not tell their config."""
