"""Taxonomies, ratings, numbers and dates are answers too, within their bounds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.building import annotated, of_task, shaped

HEAD = '<View><Text name="text" value="$text"/>'
TAXONOMY = (
    HEAD
    + """<Taxonomy name="kind" toName="text">
  <Choice value="Life"><Choice value="Animal" alias="ani"/></Choice><Choice value="Rock"/>
</Taxonomy></View>"""
)
STARS = HEAD + '<Rating name="stars" toName="text" maxRating="5"/></View>'
SCORE = HEAD + '<Number name="score" toName="text" min="0" max="10"/></View>'
WHEN = HEAD + '<DateTime name="due_date" toName="text" only="date"/></View>'


def given(control: str, type: str, value: Any) -> dict[str, Any]:
    return {"from_name": control, "to_name": "text", "type": type, "value": {type: value}}


def made(config: str, *results: dict[str, Any], **recipe: Any) -> Any:
    return shaped(config, of_task("Fine.", annotated(*results)), **recipe)


@pytest.mark.parametrize(
    ("config", "result", "shape", "prompt", "completion", "label"),
    [
        (
            TAXONOMY,
            given("kind", "taxonomy", [["Rock"], ["Life", "ani"]]),
            "taxonomy",
            "Choose all paths that fit for the text: Life; Life > ani; Rock.",
            "Life > ani; Rock",
            "Life > ani; Rock",
        ),
        (
            STARS,
            given("stars", "rating", 4),
            "rating",
            "Rate the text from 1 to 5.",
            "4",
            "4",
        ),
        (
            SCORE,
            given("score", "number", 7.5),
            "number",
            "Give the score of the text as a number (0 to 10).",
            "7.5",
            None,
        ),
        (
            SCORE,
            given("score", "number", 0.0),
            "number",
            "Give the score of the text as a number (0 to 10).",
            "0",
            None,
        ),
        (
            WHEN,
            given("due_date", "datetime", "2026-11-22"),
            "datetime",
            "Give the due date of the text as a date or a time.",
            "2026-11-22",
            None,
        ),
    ],
)
def test_a_single_value_is_an_answer(  # noqa: PLR0917
    config: str, result: Any, shape: str, prompt: str, completion: str, label: str | None
) -> None:
    (example,) = made(config, result).examples
    assert (example.shape, example.input) == (shape, f"{prompt}\n\nFine.")
    assert (example.output, example.label) == (completion, label)


@pytest.mark.parametrize(
    ("config", "result", "said"),
    [
        (STARS, given("stars", "rating", 9), "A010 9 on 'stars', which takes 1 to 5"),
        (STARS, given("stars", "rating", "4"), "A010 '4' on 'stars' is not a number"),
        (SCORE, given("score", "number", -1), "A010 -1 on 'score', which takes 0 to 10"),
        (SCORE, given("score", "number", True), "A010 True on 'score' is not a number"),
        (WHEN, given("due_date", "datetime", 7), "A010 7 on 'due_date' is not a date"),
        (
            TAXONOMY,
            given("kind", "taxonomy", [["Life", "x"]]),
            "A001 'Life > x' is no path of 'kind'",
        ),
    ],
)
def test_a_value_that_the_control_does_not_take_is_named(
    config: str, result: Any, said: str
) -> None:
    shape = made(config, result)
    assert [f"{f.code} {f.message}" for f in shape.findings] == [said]
    assert shape.examples == []


def test_two_different_values_of_one_control_are_too_many() -> None:
    two = (given("stars", "rating", 4), given("stars", "rating", 5))
    assert [f.code for f in made(STARS, *two).findings] == ["A007"]
    assert len(made(STARS, two[0], two[0]).examples) == 1


def test_a_taxonomy_for_one_path_takes_one() -> None:
    config = TAXONOMY.replace('"kind" ', '"kind" maxUsages="1" ')
    two = given("kind", "taxonomy", [["Rock"], ["Life"]])
    assert [f.code for f in made(config, two).findings] == ["A007"]


def test_a_value_is_learned_where_the_recipe_asks_for_it() -> None:
    config = STARS.replace("</View>", '<TextArea name="why" toName="text"/></View>')
    (example,) = made(config, given("stars", "rating", 2), task="rating").examples
    assert example.output == "2"
