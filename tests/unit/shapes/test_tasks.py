"""A task becomes examples by the control that is learned and the templates of the recipe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.annotation import parse_config
from dataprep.example import Record
from dataprep.finding import Place, UsageError
from dataprep.recipe import Source
from dataprep.shapes import shape_for
from dataprep.shapes.tasks import task_shape
from tests.building import (
    GOOD,
    NER,
    SENTIMENT,
    SUMMARY,
    TOPICS,
    annotated,
    choices,
    decoded,
    of_task,
    one,
    reasons,
    region,
    shaped,
    words,
    written,
)

ASKED = "Choose one label for the text: Positive, Negative, neu."


def test_a_classification_is_a_question_and_its_label() -> None:
    example = one(shaped(SENTIMENT, of_task("Fine.", annotated(GOOD))))
    assert (example.input, example.output) == (f"{ASKED}\n\nFine.", "Positive")
    assert (example.shape, example.label, example.task) == ("classification", "Positive", "1")
    assert (example.annotations, example.annotators) == ('["01-1"]', '["1"]')
    assert json.loads(example.data) == {
        "text": "Fine.",
        "label": "Positive",
        "labels": ["Positive"],
        "answer": "Positive",
    }


def test_spans_are_written_in_the_form_that_the_recipe_asks_for() -> None:
    task = of_task("Bob works.", annotated(region(0, 3, "PER", quote="Bob")))
    asked = "List the entities in the text with their labels: PER, ORG.\n\nBob works."
    example = one(shaped(NER, task))
    assert (example.input, example.output) == (asked, '[{"text":"Bob","label":"PER"}]')
    assert example.label is None
    assert one(shaped(NER, task, spans_as="list")).output == "PER: Bob"
    assert one(shaped(NER, task, spans_as="inline")).output == "<PER>Bob</PER> works."


def test_every_text_of_a_generation_is_an_example() -> None:
    shape = shaped(SUMMARY, of_task("Long.", annotated(written("Short.", "Brief."))))
    assert [e.output for e in shape.examples] == ["Short.", "Brief."]
    assert shape.examples[0].id != shape.examples[1].id
    assert (shape.annotations, shape.merged, shape.drops) == (1, 1, [])


def test_nested_choices_are_known_to_the_config() -> None:
    config = SENTIMENT.replace("<Choice ", '<Choice value="Mood"><Choice ', 1).replace(
        '"Positive"/>', '"Positive"/></Choice>'
    )
    config = config.replace("<Choices ", '<Choices allowNested="true" ')
    shape = shaped(config, of_task("Fine.", annotated(choices(["Mood", "Positive"]))))
    assert one(shape).output == "Mood / Positive"
    assert shape.findings == []


def test_several_labels_of_which_one_has_a_comma_are_told_apart() -> None:
    task = of_task(
        {"review": "Fine."}, annotated(choices("delivery, returns", "price", control="topics"))
    )
    example = one(shaped(TOPICS, task))
    assert (example.output, example.label) == ("price; delivery, returns",) * 2


def test_templates_see_the_text_the_instruction_and_the_data() -> None:
    task = of_task({"text": "Fine.", "lang": "en"}, annotated(GOOD))
    example = one(
        shaped(
            SENTIMENT,
            task,
            prompt="[{{ lang }}] {{ text }} ({{ data.lang }})",
            completion=" {{ answer }}.",
            system="{{ instruction }}",
        )
    )
    assert (example.input, example.output) == ("[en] Fine. (en)", " Positive.")
    assert example.system == ASKED


def test_data_fields_with_reserved_names_stay_within_reach() -> None:
    config = SENTIMENT.replace("$text", "$body")
    data = {
        "body": "The body.",
        "text": "a data field",
        "answer": "a data answer",
        "instruction": "a data instruction",
        "data": "a field called data",
        "label": "a data label",
    }
    example = one(
        shaped(
            config,
            of_task(data, annotated(GOOD)),
            prompt="{{ text }}|{{ answer }}|{{ label }}|{{ data.data }}",
            completion="{{ data.text }}|{{ data.answer }}|{{ data.label }}|{{ data.instruction }}",
        )
    )
    assert example.input == "The body.|Positive|Positive|a field called data"
    assert example.output == "a data field|a data answer|a data label|a data instruction"


def test_a_text_that_looks_like_a_template_is_only_a_text() -> None:
    example = one(shaped(SENTIMENT, of_task("{{ 7 * 7 }} {% raw %}", annotated(GOOD))))
    assert example.input == ASKED + "\n\n{{ 7 * 7 }} {% raw %}"


def test_a_template_that_does_not_fit_a_task_names_the_task() -> None:
    with pytest.raises(UsageError) as caught:
        shaped(SENTIMENT, of_task("Fine.", annotated(GOOD), id=7), prompt="{{ lang }}")
    assert str(caught.value).startswith("export.json task 7: prompt: undefined value")


def test_the_other_texts_that_annotators_saw_are_in_the_prompt() -> None:
    config = SUMMARY.replace("<TextArea", '<Text name="question" value="$q"/><TextArea')
    task = of_task({"text": "Long.", "q": "Why?"}, annotated(written("Because.")))
    asked = "Summarise the text.\n\nquestion: Why?\n\nLong."
    assert one(shaped(config, task)).input == asked


def test_a_task_without_another_text_that_the_prompt_needs_is_a008() -> None:
    config = SUMMARY.replace("<TextArea", '<Text name="question" value="$q"/><TextArea')
    shape = shaped(config, of_task("Long.", annotated(written("Because."))))
    assert words(shape) == [
        "A008 export.json task 1: the field 'q' is not there; fields here: text"
    ]
    assert reasons(shape) == (["01-1 A008"], ["A008"])
    own = shaped(config, of_task("Long.", annotated(written("Because."))), prompt="{{ text }}")
    assert one(own).input == "Long."


def test_the_stratum_and_the_group_are_fields_of_the_data_where_the_recipe_says_so() -> None:
    data = {"text": "Fine.", "site": "a", "user": 7, "tags": ["x"]}
    example = one(shaped(SENTIMENT, of_task(data, annotated(GOOD)), label="site", group="user"))
    assert (example.label, example.group) == ("a", "7")
    example = one(shaped(SENTIMENT, of_task(data, annotated(GOOD)), group="tags"))
    assert (example.label, example.group) == ("Positive", '["x"]')
    assert one(shaped(SENTIMENT, of_task(data, annotated(GOOD)), group="nobody")).group is None


def test_two_controls_of_one_task_give_examples_with_ids_of_their_own() -> None:
    config = SENTIMENT.replace("</View>", '<Choices name="mood" toName="text"/></View>')
    config = config.replace('name="mood" toName="text"/>', 'name="mood" toName="text" value="$m"/>')
    data = {"text": "Fine.", "m": [{"value": "Positive"}]}
    task = of_task(data, annotated(GOOD, choices("Positive", control="mood")))
    first = one(shaped(config, task, control="sentiment"))
    second = one(shaped(config, task, control="mood"))
    assert (first.output, second.output) == ("Positive", "Positive")
    assert first.id != second.id


def test_an_id_stays_as_it_is() -> None:
    example = one(shaped(SENTIMENT, of_task("Fine.", annotated(GOOD))))
    assert example.id == "06e78ec536a1c05c"


def test_the_recipe_chooses_the_control_by_name_or_by_task() -> None:
    config = parse_config(
        SENTIMENT.replace("</View>", '<TextArea name="why" toName="text"/></View>').encode()
    )
    assert task_shape(config, Source(path="x")).control.name == "sentiment"
    assert task_shape(config, Source(path="x", control="why")).control.name == "why"
    assert task_shape(config, Source(path="x", task="generation")).control.name == "why"


@pytest.mark.parametrize(
    ("recipe", "asked"),
    [
        ({"control": "mood"}, "mood"),
        ({"task": "spans"}, "spans"),
        ({"control": "sentiment", "task": "spans"}, "sentiment"),
    ],
)
def test_a_control_that_is_not_there_is_refused_with_those_that_are(
    recipe: dict[str, Any], asked: str
) -> None:
    with pytest.raises(UsageError) as caught:
        task_shape(parse_config(SENTIMENT.encode()), Source(path="x", **recipe))
    assert str(caught.value) == (
        f"There is no control to learn from ({asked}). Controls in the config: sentiment (Choices)."
    )


def test_without_a_config_the_control_is_read_from_the_results_and_said() -> None:
    record = Record(Place(file="e.json", task=1), 0, decoded(of_task("Fine.", annotated(GOOD))))
    shape, why = shape_for([record], Source(path="e.json"), Path(), 0)
    assert why == (
        "classification from 'sentiment', read from the results, as no labeling config was given"
    )
    assert one(shape(record)).input == "Give the sentiment of the text.\n\nFine."


def test_without_a_config_the_text_is_not_guessed_among_several_fields() -> None:
    task = of_task({"title": "Fine.", "body": "It is fine."}, annotated(GOOD))
    record = Record(Place(file="e.json", task=1), 0, decoded(task))
    with pytest.raises(UsageError, match=r"Several fields of the tasks hold text"):
        shape_for([record], Source(path="e.json"), Path(), 0)
    shape, _ = shape_for([record], Source(path="e.json", text="body"), Path(), 0)
    assert one(shape(record)).input.endswith("\n\nIt is fine.")


def test_a_config_is_read_from_beside_the_recipe_and_what_is_not_learned_is_said(
    tmp_path: Path,
) -> None:
    config = SENTIMENT.replace("</View>", '<TextArea name="why" toName="text"/></View>')
    (tmp_path / "config.xml").write_text(config)
    record = Record(Place(file="e.json", task=1), 0, decoded(of_task("Fine.", annotated(GOOD))))
    source = Source(path="e.json", label_config="config.xml", annotators="latest")
    _, why = shape_for([record], source, tmp_path, 0)
    assert why == "classification from 'sentiment'; not learned: why; annotators: latest"
