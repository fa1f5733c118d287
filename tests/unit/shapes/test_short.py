"""The short way gives what the long way gives, or leaves the task to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.annotation import infer_config, parse_config
from dataprep.finding import UsageError
from dataprep.recipe import Source
from dataprep.shapes.tasks import TaskShape, task_shape
from tests.building import (
    BAD,
    GOOD,
    SENTIMENT,
    Json,
    annotated,
    choices,
    of_task,
    record,
    shaped,
    texts,
)

TWO = SENTIMENT.replace(
    "</View>",
    '<Choices name="tone" toName="text"><Choice value="warm"/></Choices>'
    '<TextArea name="note" toName="text"/></View>',
)
BOTH = TWO.replace('name="tone"', 'name="tone" required="true"')
MANY = SENTIMENT.replace('choice="single"', 'choice="multiple"')
OFFERED = SENTIMENT.replace('toName="text" choice', 'toName="text" value="$options" choice')
PAIRED = SENTIMENT.replace('toName="text"', 'toName="text,other"').replace(
    "</View>", '<Text name="other" value="$more"/></View>'
)

one_label = st.sampled_from(["Positive", "Positive", "Positive", "Negative", "unknown", 7])
odd_results = st.sampled_from(
    [
        choices("Positive", "Negative"),
        choices(["Positive", "Negative"]),
        choices(),
        choices("warm", control="tone"),
        choices("x", control="other"),
        {**GOOD, "to_name": "elsewhere"},
        {**GOOD, "to_name": "other"},
        {**GOOD, "value": {}},
        {**GOOD, "value": {"choices": "Positive"}},
        {"from_id": "a", "to_id": "b", "type": "relation"},
        {"type": "choices", "value": {"choices": ["Positive"]}},
    ]
)
results = st.lists(one_label.map(choices), min_size=1, max_size=1) | st.lists(
    odd_results | one_label.map(choices), max_size=3
)
annotations = st.builds(
    lambda given, by, at, how, more: annotated(*given, by=by, at=at, **how) | more,
    results,
    st.sampled_from([1, 2, 3, 4, 5]),
    st.integers(1, 12),
    st.sampled_from([{}, {}, {}, {"skipped": True}, {"truth": True}]),
    st.sampled_from(
        [
            *[{}, {}, {}, {"unique_id": "same"}, {"completed_by": None}],
            *[{"completed_by": {"id": 1}}, {"created_at": None}, {"created_at": 1593512345}],
            {"unique_id": None, "id": 3},
        ]
    ),
)
written_texts = st.sampled_from(
    ["Fine.", "  ", "", "https://example.org/a.txt", "/data/upload/1.txt", "and/or", "x\r\n😀"]
)
data = st.builds(
    lambda text, more: {"text": text, **more},
    written_texts | texts,
    st.sampled_from(
        [
            *[{}, {}, {"label": "mine", "answer": 4, "data": [1], "instruction": "Hm."}],
            *[{"options": ["unknown"], "more": "Too."}, {"options": [], "more": " "}],
        ]
    ),
) | st.sampled_from([{}, {"text": None}, {"text": 3}, {"review": "no text"}])
tasks = st.builds(
    lambda known, given, id: of_task(known, *given, id=id),
    data,
    st.lists(annotations, max_size=1) | st.lists(annotations, max_size=4),
    st.sampled_from([1, 20_000, "a"]),
)
recipes = st.sampled_from(
    [
        {},
        {},
        {"prompt": "Say: {{ text }}"},
        {"prompt": "{{ text|upper }} {{ answer }}"},
        {"prompt": "{{ label }}: {{ data.text }}"},
        {"prompt": "{{ text.nothing }}"},
        {"completion": "It is {{ answer }}."},
        {"system": "Be short."},
        {"label": "text"},
        {"group": "text"},
        {"annotators": "latest"},
        {"annotators": "all"},
        {"agreement": 1.0},
        {"skipped": "keep"},
    ]
)


def both_ways(shape: TaskShape, task: Json) -> tuple[Any, Any]:
    """What the shape makes of a task, and what it makes without its short way."""
    made: list[Any] = []
    for way in (shape, replace(shape, short=None)):
        try:
            made.append(way(record(task)))
        except UsageError as error:
            made.append(str(error))
    return made[0], made[1]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([SENTIMENT, TWO, BOTH, MANY, OFFERED, PAIRED, None]), recipes, tasks)
def test_the_short_way_is_the_long_way(config: str | None, recipe: Json, task: Json) -> None:
    known = parse_config(config.encode()) if config else infer_config([record(TOLD).value])
    shape = task_shape(known, Source(path="export.json", **recipe))
    short, long = both_ways(shape, task)
    assert short == long


TOLD = of_task("Fine.", annotated(GOOD))
AGREED = of_task("Fine.", annotated(GOOD, by=2, at=5), annotated(GOOD, by=1, at=3))


def taken(config: str, task: Json, **recipe: Any) -> bool:
    """Whether a task goes the short way."""
    shape = task_shape(parse_config(config.encode()), Source(path="export.json", **recipe))
    return shape.short is not None and shape.short(record(task)) is not None


@pytest.mark.parametrize("config", [SENTIMENT, TWO, MANY])
def test_one_known_label_on_which_all_agree_goes_the_short_way(config: str) -> None:
    assert taken(config, TOLD)
    assert taken(config, AGREED)
    assert taken(config, TOLD, prompt="{{ text }}")


def test_annotators_who_agree_stand_in_the_order_of_time() -> None:
    made = shaped(SENTIMENT, AGREED)
    assert made.examples[0].annotators == '["1","2"]'
    assert made.votes == [("1", ("Positive",)), ("2", ("Positive",))]
    assert (made.annotations, made.merged) == (2, 2)


@pytest.mark.parametrize(
    "task",
    [
        of_task("Fine.", annotated(GOOD, skipped=True)),
        of_task("Fine.", annotated(GOOD), annotated(BAD, by=2)),
        of_task("Fine.", annotated(GOOD), annotated(GOOD, at=2)),
        of_task("Fine.", annotated(choices("unknown"))),
        of_task("https://example.org/a.txt", annotated(GOOD)),
        of_task("Fine."),
    ],
    ids=["skipped", "disagreed", "twice", "unknown", "address", "unlabelled"],
)
def test_what_must_be_judged_goes_the_long_way(task: Json) -> None:
    assert not taken(SENTIMENT, task)


def test_labels_of_the_task_and_a_second_text_go_the_long_way() -> None:
    data = {"text": "Fine.", "options": ["Positive"], "more": "Too."}
    assert not taken(OFFERED, of_task(data, annotated(GOOD)))
    assert not taken(PAIRED, of_task(data, annotated(GOOD)))


def test_a_recipe_that_asks_for_more_goes_the_long_way() -> None:
    assert not taken(SENTIMENT, TOLD, prompt="{{ data.text }}")
    assert not taken(SENTIMENT, TOLD, completion="{{ answer }}")
    assert not taken(SENTIMENT, AGREED, annotators="latest")
    assert not taken(BOTH, TOLD)


def test_where_a_curator_agrees_the_answer_is_the_curators_alone() -> None:
    task = of_task(
        "Fine.",
        annotated(GOOD, by=1, at=3),
        annotated(GOOD, by=2, at=5) | {"last_action": "curated"},
    )
    shape = task_shape(parse_config(SENTIMENT.encode()), Source(path="export.json"))
    short, long = both_ways(shape, task)
    assert short == long
    assert [drop.reason for drop in short.drops] == ["settled"]
