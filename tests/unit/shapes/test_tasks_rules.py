"""What is wrong with a task or an annotation is named by its rule, A001 to A008."""

from __future__ import annotations

from typing import Any

import pytest

from tests.building import (
    BAD,
    GOOD,
    NER,
    SENTIMENT,
    annotated,
    choices,
    of_task,
    one,
    reasons,
    region,
    shaped,
    words,
)


def test_a001_an_unknown_label_drops_its_annotation() -> None:
    shape = shaped(SENTIMENT, of_task("Fine.", annotated(choices("Positiv")), annotated(BAD, by=2)))
    assert words(shape) == [
        "A001 export.json task 1 annotation 01-1: 'Positiv' is no label of 'sentiment'"
    ]
    assert one(shape).output == "Negative"
    assert reasons(shape) == (["01-1 A001"], [])


def test_a002_a_span_outside_the_text_drops_its_annotation() -> None:
    shape = shaped(NER, of_task("Bob", annotated(region(0, 9, "PER"), region(0, 3, "PER"))))
    assert words(shape) == [
        "A002 export.json task 1 annotation 01-1: runs from 0 to 9, in a text of 3 characters"
    ]
    assert reasons(shape) == (["01-1 A002"], ["A002"])


def test_a003_a_span_that_is_not_its_quote_drops_its_annotation() -> None:
    shape = shaped(NER, of_task("Hi Bob", annotated(region(1, 4, "PER", quote="Bob"))))
    assert words(shape) == [
        "A003 export.json task 1 annotation 01-1: quotes 'Bob', but at 1-4 code points give 'i B'"
    ]
    assert reasons(shape) == (["01-1 A003"], ["A003"])


def test_a004_utf16_offsets_are_a_warning_and_the_span_is_used() -> None:
    shape = shaped(NER, of_task("😀 Bob", annotated(region(3, 6, "PER", quote="Bob"))))
    assert [f.code for f in shape.findings] == ["A004"]
    assert [f.severity for f in shape.findings] == ["warning"]
    assert one(shape).output == '[{"text":"Bob","label":"PER"}]'


@pytest.mark.parametrize(
    "text",
    [
        "/data/upload/3/note.txt",
        "/data/local-files/?d=a/b.txt",
        "https://example.com/a.txt",
        "HTTPS://EXAMPLE.COM/A.TXT",
        "s3://bucket/key.txt",
        "gs://bucket/key",
        "  https://example.com/a.txt\n",
    ],
)
def test_a005_an_address_is_no_text(text: str) -> None:
    shape = shaped(SENTIMENT, of_task(text, annotated(GOOD)))
    assert [f.code for f in shape.findings] == ["A005"]
    assert reasons(shape) == (["01-1 A005"], ["A005"])


@pytest.mark.parametrize(
    "text", ["See https://example.com", "https://example.com is down", "/data", "a://", "c: //x"]
)
def test_a_text_that_mentions_an_address_is_a_text(text: str) -> None:
    assert one(shaped(SENTIMENT, of_task(text, annotated(GOOD)))).input.endswith(text)


def test_a005_a_config_that_fetches_its_texts_is_refused_unless_the_recipe_names_another() -> None:
    config = SENTIMENT.replace("$text", '$text" valueType="url')
    task = of_task({"text": "note-1", "body": "The note."}, annotated(GOOD))
    assert words(shaped(config, task)) == [
        "A005 export.json task 1: the field 'text' holds an address: note-1"
    ]
    assert one(shaped(config, task, text="body")).input.endswith("The note.")


def test_a006_an_answer_of_an_unknown_control_drops_its_annotation() -> None:
    shape = shaped(SENTIMENT, of_task("Fine.", annotated(GOOD, choices("sad", control="mood"))))
    assert words(shape) == [
        "A006 export.json task 1 annotation 01-1: answers 'mood', which the config does not have"
    ]
    assert reasons(shape) == (["01-1 A006"], ["A006"])


def test_relations_and_other_known_controls_are_no_unknown_controls() -> None:
    config = NER.replace("<Text ", '<Choices name="kind" toName="text"/><Text ')
    relation = {"from_id": "a", "to_id": "b", "type": "relation", "direction": "right"}
    answers = annotated(region(0, 3, "PER"), relation, choices("news", control="kind"))
    shape = shaped(config, of_task("Bob", answers), control="label")
    assert (shape.findings, len(shape.examples)) == ([], 1)


def test_a007_two_labels_where_one_is_allowed_drop_the_annotation() -> None:
    shape = shaped(SENTIMENT, of_task("Fine.", annotated(choices("Positive", "Negative"))))
    assert words(shape) == [
        "A007 export.json task 1 annotation 01-1: 2 labels on 'sentiment', which allows one"
    ]
    assert reasons(shape) == (["01-1 A007"], ["A007"])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"body": "Fine."}, "the field 'text' is not there; fields here: body"),
        ({}, "the field 'text' is not there; fields here: none"),
        ({"text": ["Fine."]}, "the field 'text' is not a text; fields here: text"),
        ({"text": None}, "the field 'text' is not a text; fields here: text"),
    ],
)
def test_a008_a_task_without_its_text_is_named(data: dict[str, Any], said: str) -> None:
    shape = shaped(SENTIMENT, of_task(data, annotated(GOOD)))
    assert words(shape) == [f"A008 export.json task 1: {said}"]
    assert reasons(shape) == (["01-1 A008"], ["A008"])


def test_the_recipe_may_name_another_field_for_the_text() -> None:
    task = of_task({"text": "a", "body": "b"}, annotated(GOOD))
    assert one(shaped(SENTIMENT, task, text="body")).input.endswith("\n\nb")


def test_crossing_spans_cannot_be_tags_and_are_dropped_by_name() -> None:
    task = of_task("Bob and Eve", annotated(region(0, 7, "PER"), region(4, 11, "ORG")))
    assert reasons(shaped(NER, task, spans_as="inline")) == (
        ["01-1 crossing-spans"],
        ["crossing-spans"],
    )
    assert len(shaped(NER, task, spans_as="list").examples) == 1
