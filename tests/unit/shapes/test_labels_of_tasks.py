"""Labels that come with the task: offered in its prompt, and an answer outside them is A001."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.annotation import parse_config
from dataprep.finding import UsageError
from dataprep.recipe import Source
from dataprep.shapes import shape_for
from dataprep.shapes.tasks import task_shape
from tests.building import (
    annotated,
    choices,
    of_task,
    one,
    reasons,
    record,
    region,
    shaped,
    words,
)

Json = dict[str, Any]

TEXT = '<Text name="text" value="$text"/>'
OPTIONS = f'<View>{TEXT}<Choices name="sentiment" toName="text" value="$options"/></View>'
LABELS = f"""<View>{TEXT}<Labels name="label" toName="text">
  <Label value="$first"/><Label value="$second"/>
</Labels></View>"""
TREE = f'<View>{TEXT}<Taxonomy name="kind" toName="text" value="$tree"/></View>'
DATA = {"text": "Zoe met Bob.", "options": [{"value": "yes, it is"}, {"value": "no"}]}


def path(*steps: str) -> Json:
    value = {"taxonomy": [list(steps)]}
    return {"from_name": "kind", "to_name": "text", "type": "taxonomy", "value": value}


def test_the_options_of_a_task_stand_in_its_prompt() -> None:
    example = one(shaped(OPTIONS, of_task(DATA, annotated(choices("no")))))
    assert example.input == "Choose one label for the text: yes, it is; no.\n\nZoe met Bob."
    assert (example.output, example.label) == ("no", "no")
    other = DATA | {"options": [{"value": "maybe"}, {"value": "never"}]}
    example = one(shaped(OPTIONS, of_task(other, annotated(choices("never")))))
    assert example.input == "Choose one label for the text: maybe; never.\n\nZoe met Bob."


def test_an_answer_outside_the_options_of_its_task_is_a001() -> None:
    shape = shaped(OPTIONS, of_task(DATA, annotated(choices("maybe"))))
    assert words(shape) == [
        "A001 export.json task 1 annotation 01-1: 'maybe' is no label of 'sentiment'"
    ]
    assert reasons(shape) == (["01-1 A001"], ["A001"])


def test_two_options_where_one_is_allowed_are_a007() -> None:
    shape = shaped(OPTIONS, of_task(DATA, annotated(choices("no", "yes, it is"))))
    assert reasons(shape) == (["01-1 A007"], ["A007"])
    many = OPTIONS.replace("<Choices", '<Choices choice="multiple"')
    example = one(shaped(many, of_task(DATA, annotated(choices("no", "yes, it is")))))
    assert example.input.startswith("Choose all labels that fit for the text: yes, it is; no.")
    assert example.output == "yes, it is; no"


def test_several_options_are_joined_alike_whatever_the_task_offers() -> None:
    many = OPTIONS.replace("<Choices", '<Choices choice="multiple"')
    data = {"text": "Hi.", "options": ["a", "b"]}
    assert one(shaped(many, of_task(data, annotated(choices("b", "a"))))).output == "a; b"


def test_a_task_that_brings_no_options_is_a008() -> None:
    shape = shaped(OPTIONS, of_task("Hi.", annotated(choices("no"))))
    assert words(shape) == [
        "A008 export.json task 1: the labels of 'sentiment' come with the task, and it has none"
        " in 'options'; fields here: text"
    ]
    assert reasons(shape) == (["01-1 A008"], ["A008"])


def test_any_label_is_taken_for_spans_whose_labels_come_with_the_task() -> None:
    data = {"text": "Zoe met Bob.", "first": "PER", "second": "LOC"}
    task = of_task(data, annotated(region(0, 3, "PER"), region(8, 11, "OTHER")))
    example = one(shaped(LABELS, task))
    assert json.loads(example.output) == [
        {"text": "Zoe", "label": "PER"},
        {"text": "Bob", "label": "OTHER"},
    ]
    assert (
        example.input
        == "List the entities in the text with their labels: PER, LOC.\n\nZoe met Bob."
    )


def test_labels_of_the_task_stand_beside_the_header_of_the_config() -> None:
    config = LABELS.replace("<View>", '<View><Header value="Mark the people."/>')
    data = {"text": "Zoe met Bob.", "first": "PER"}
    example = one(shaped(config, of_task(data, annotated(region(0, 3, "PER")))))
    assert example.input == "Mark the people. Labels: PER.\n\nZoe met Bob."


def test_spans_of_a_task_that_brings_no_labels_are_asked_for_by_their_control() -> None:
    example = one(shaped(LABELS, of_task("Zoe met Bob.", annotated(region(0, 3, "PER")))))
    assert example.input == "List the entities in the text with their labels.\n\nZoe met Bob."


def test_the_paths_of_a_taxonomy_stand_in_the_prompt_however_many_they_are() -> None:
    tree = [{"value": "Life", "children": [{"value": f"kind {n}"} for n in range(60)]}]
    data = {"text": "A dog.", "tree": tree}
    example = one(shaped(TREE, of_task(data, annotated(path("Life", "kind 59")))))
    assert "Choose all paths that fit for the text: Life; Life > kind 0; " in example.input
    assert example.output == "Life > kind 59"
    shape = shaped(TREE, of_task(data, annotated(path("Rock"))))
    assert reasons(shape) == (["01-1 A001"], ["A001"])


def test_an_object_of_several_controls_offers_the_options_of_its_task() -> None:
    config = OPTIONS.replace("</View>", '<Rating name="stars" toName="text"/></View>')
    stars = {"from_name": "stars", "to_name": "text", "type": "rating", "value": {"rating": 4}}
    task = of_task(DATA, annotated(choices("no"), stars))
    example = one(shaped(config, task, task="structured"))
    assert example.input == (
        "Answer with a JSON object with the keys: sentiment, stars."
        " Choose 'sentiment' from: yes, it is; no.\n\nZoe met Bob."
    )
    assert example.output == '{"sentiment":"no","stars":4}'


def test_a_choice_on_a_region_offers_the_options_of_its_task() -> None:
    config = f"""<View>{TEXT}<Labels name="label" toName="text"><Label value="PER"/></Labels>
      <Choices name="sure" toName="text" perRegion="true" value="$options"/></View>"""
    sure = choices("no", control="sure") | {"id": "a"}
    sure["value"] |= {"start": 0, "end": 3}
    results = {**region(0, 3, "PER"), "id": "a"}, sure
    example = one(shaped(config, of_task(DATA, annotated(*results))))
    assert example.input == (
        "List the entities in the text with their labels: PER. Choose 'sure' from: yes, it is; no."
        "\n\nZoe met Bob."
    )
    assert json.loads(example.output) == [{"text": "Zoe", "label": "PER", "sure": "no"}]


def test_labels_that_come_with_each_repetition_are_refused_by_name() -> None:
    config = """<View><Repeater on="$turns" indexFlag="{{i}}">
      <Text name="turn_{{i}}" value="$turns[{{i}}].text"/>
      <Choices name="act_{{i}}" toName="turn_{{i}}" value="$turns[{{i}}].acts"/>
    </Repeater></View>"""
    with pytest.raises(UsageError, match="come with each repetition"):
        task_shape(parse_config(config.encode()), Source(path="x", task="structured"))


def test_the_notes_say_that_the_labels_are_read_from_the_tasks(tmp_path: Path) -> None:
    (tmp_path / "config.xml").write_text(LABELS)
    made = record(of_task("Zoe met Bob.", annotated(region(0, 3, "PER"))))
    source = Source(path="export.json", label_config="config.xml")
    _, why = shape_for([made], source, tmp_path, 0)
    assert why == (
        "spans from 'label'; the labels of 'label' are read from the task's data (first, second)"
    )
