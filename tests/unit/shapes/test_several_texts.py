"""A control on several texts: all of them are shown, and a span is cut from its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.annotation import infer_config, parse_config
from dataprep.finding import UsageError
from dataprep.recipe import Source
from dataprep.shapes import shape_for
from dataprep.shapes.tasks import task_shape
from tests.building import annotated, of_task, one, reasons, record, shaped, words

Json = dict[str, Any]

TEXTS = '<Text name="a" value="$left"/><Text name="b" value="$right"/>'
CHOICES = '<Choices name="same" toName="a,b"><Choice value="yes"/><Choice value="no"/></Choices>'
DATA = {"left": "Acme sold pumps.", "right": "Pumps were sold by Acme."}
BOTH = "a: Acme sold pumps.\n\nb: Pumps were sold by Acme."


def config(inside: str, texts: str = TEXTS) -> str:
    return f"<View>{texts}{inside}</View>"


def answer(type: str, value: Json, control: str = "same", about: str = "a") -> Json:
    return {"from_name": control, "to_name": about, "type": type, "value": value}


YES = answer("choices", {"choices": ["yes"]})
SPAN = answer("labels", {"start": 0, "end": 5, "labels": ["NAME"]}, "name", "b")


@pytest.mark.parametrize(
    ("inside", "given", "asked", "output"),
    [
        (CHOICES, YES, "Choose one label for the texts: yes, no.", "yes"),
        (
            '<Rating name="same" toName="a,b"/>',
            answer("rating", {"rating": 4}, about="b"),
            "Rate the same of the texts from 1 to 5.",
            "4",
        ),
        (
            '<TextArea name="same" toName="a, b"/>',
            answer("textarea", {"text": ["They say the same."]}),
            "Write the same for the texts.",
            "They say the same.",
        ),
        (
            '<Taxonomy name="same" toName="a,b"><Choice value="yes"/></Taxonomy>',
            answer("taxonomy", {"taxonomy": [["yes"]]}),
            "Choose all paths that fit for the texts: yes.",
            "yes",
        ),
    ],
    ids=["choices", "rating", "text", "taxonomy"],
)
def test_both_texts_stand_in_the_prompt_each_behind_its_name(
    inside: str, given: Json, asked: str, output: str
) -> None:
    example = one(shaped(config(inside), of_task(DATA, annotated(given))))
    assert example.input == f"{asked}\n\n{BOTH}"
    assert example.output == output


def test_a_prompt_of_the_recipe_sees_both_texts_too() -> None:
    task = of_task(DATA, annotated(YES))
    assert one(shaped(config(CHOICES), task, prompt="Same? {{ text }}")).input == f"Same? {BOTH}"


def test_a_field_that_the_recipe_names_is_the_only_text() -> None:
    task = of_task(DATA, annotated(YES))
    example = one(shaped(config(CHOICES), task, text="right"))
    assert example.input.endswith("\n\nPumps were sold by Acme.")
    assert "Acme sold pumps" not in example.input


def test_html_and_dialogues_are_shown_as_texts_beside_the_other() -> None:
    texts = '<HyperText name="a" value="$page"/><Paragraphs name="b" value="$talk"/>'
    data = {"page": "<p>Acme <b>sold</b> pumps.</p>", "talk": [{"author": "Bob", "text": "Why?"}]}
    inside = '<TextArea name="same" toName="b,a"/>'
    given = answer("textarea", {"text": ["Because."]}, about="b")
    example = one(shaped(config(inside, texts), of_task(data, annotated(given))))
    assert example.input == "Write the same for the texts.\n\nb: Bob: Why?\n\na: Acme sold pumps."
    assert example.turns == ()


def test_a_task_without_the_second_text_is_a008_and_one_with_a_blank_one_is_dropped() -> None:
    shape = shaped(config(CHOICES), of_task({"left": "Hi."}, annotated(YES)))
    assert words(shape) == [
        "A008 export.json task 1: the field 'right' is not there; fields here: left"
    ]
    shape = shaped(config(CHOICES), of_task({"left": "Hi.", "right": " "}, annotated(YES)))
    assert reasons(shape) == (["01-1 empty-text"], ["empty-text"])


def test_answers_about_each_text_apart_are_a012() -> None:
    no = answer("choices", {"choices": ["no"]}, about="b")
    shape = shaped(config(CHOICES), of_task(DATA, annotated(YES, no)))
    assert (
        "A012 export.json task 1 annotation 01-1: 'same' is answered apart about a, b,"
        " and is asked about them at once"
    ) in words(shape)
    assert shape.examples == []


def test_a_control_on_a_text_and_a_picture_is_refused_by_the_tag() -> None:
    texts = '<Text name="a" value="$left"/><Image name="b" value="$right"/>'
    with pytest.raises(UsageError, match=r"'same' is about pictures \(the tag Image\)"):
        task_shape(parse_config(config(CHOICES, texts).encode()), Source(path="x"))


def test_spans_on_several_texts_with_one_field_named_are_refused_before_anything_is_read() -> None:
    inside = '<Labels name="name" toName="a,b"><Label value="NAME"/></Labels>'
    with pytest.raises(UsageError) as caught:
        task_shape(parse_config(config(inside).encode()), Source(path="x", text="left"))
    assert str(caught.value) == (
        "'name' marks spans on several texts (a, b), and each span counts in its own; the field"
        " 'left' is one of them. Leave `text` out: the texts are shown together, and every span in"
        " its own."
    )


def test_spans_of_two_controls_on_other_texts_cannot_be_learned_together() -> None:
    inside = '<Labels name="one" toName="a,b"><Label value="NAME"/></Labels>'
    inside += '<Labels name="two" toName="a"><Label value="NAME"/></Labels>'
    with pytest.raises(UsageError, match="Spans on several texts cannot be learned together"):
        task_shape(parse_config(config(inside).encode()), Source(path="x", task="structured"))


def test_a_control_learned_with_others_shows_its_text_or_is_refused() -> None:
    texts = '<Text name="a" value="$left"/><HyperText name="b" value="$right"/>'
    inside = '<Labels name="name" toName="a"><Label value="NAME"/></Labels>'
    inside += '<Rating name="stars" toName="b"/>'
    with pytest.raises(UsageError) as caught:
        task_shape(
            parse_config(config(inside, texts).encode()), Source(path="x", task="structured")
        )
    assert str(caught.value).startswith(
        "'stars' is about 'b', and 'name' about 'a': they cannot be learned together."
    )


def test_without_a_config_both_texts_are_known_from_the_results() -> None:
    data = {"a": "Acme sold pumps.", "b": "Pumps were sold by Acme."}
    given = answer("choices", {"choices": ["yes"]}, about="b")
    tasks = [record(of_task(data, annotated(YES))), record(of_task(data, annotated(given), id=2))]
    shape, why = shape_for(tasks, Source(path="export.json"), Path(), 0)
    assert "asked about several texts: a, b" in why
    assert one(shape(tasks[1])).input == f"Give the same of the texts.\n\n{BOTH}"


def test_without_a_config_a_span_on_another_text_is_never_cut_from_the_first() -> None:
    first = {**SPAN, "to_name": "a"}
    data = {"a": "Bob sold pumps.", "b": "Pumps were sold by Bob."}
    tasks = [record(of_task(data, annotated(first))), record(of_task(data, annotated(SPAN)))]
    shape, _ = shape_for(tasks, Source(path="export.json"), Path(), 0)
    assert [json.loads(one(shape(task)).output)[0]["in"] for task in tasks] == ["a", "b"]
    later = task_shape(infer_config([tasks[0].value]), Source(path="export.json"))(tasks[1])
    assert words(later) == [
        "A012 export.json task 1 annotation 01-1: 'name' is about 'b', and in the first tasks"
        " about a"
    ]
    assert later.examples == []


def test_a_note_on_a_region_of_another_text_is_not_on_the_span_at_the_same_place() -> None:
    inside = """<Labels name="name" toName="a"><Label value="NAME"/></Labels>
      <Labels name="other" toName="b"><Label value="NAME"/></Labels>
      <Choices name="sure" toName="a,b" perRegion="true"><Choice value="yes"/></Choices>
      <Relations><Relation value="is"/></Relations>"""
    span = answer("labels", {"start": 0, "end": 4, "labels": ["NAME"]}, "name") | {"id": "1"}
    there = {**span, "from_name": "other", "to_name": "b", "id": "2"}
    at_2 = answer("choices", {"start": 0, "end": 4, "choices": ["yes"]}, "sure", "b") | {"id": "2"}
    relation = {"from_id": "1", "to_id": "2", "type": "relation", "labels": ["is"]}
    task = of_task(DATA, annotated(span, there, at_2, relation))
    example = one(shaped(config(inside), task, control="name"))
    assert json.loads(example.output) == {
        "entities": [{"text": "Acme", "label": "NAME"}],
        "relations": [],
    }
