"""Choices become a class, named as the config names it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep.annotation import Control, Result, decode_task
from dataprep.shapes import classification
from tests.building import annotated, choices, of_task

ONE = Control("mood", "Choices", "text", ("good", "bad", "neu"))
MANY = Control(
    "topics", "Choices", "text", ("price", "quality", "delivery, returns"), multiple=True
)
UNKNOWN = Control("topics", "Choices", "text", None)


def results(*given: dict[str, Any]) -> list[Result]:
    task = decode_task(json.dumps(of_task("Hi", annotated(*given))).encode())
    (annotation,) = task.annotations or []
    return list(annotation.result or [])


def answer(control: Control, *given: dict[str, Any]) -> tuple[Any, list[tuple[str, str]]]:
    return classification.answer(results(*given), control)


def written(answer: tuple[str, ...], control: Control) -> tuple[str | None, str | None]:
    ((completion, label, _),) = classification.completions(answer, control)
    return completion, label


def test_a_choice_is_the_answer() -> None:
    assert answer(ONE, choices("bad")) == (("bad",), [])
    assert written(("bad",), ONE) == ("bad", "bad")


def test_several_choices_stand_in_the_order_of_the_config() -> None:
    expected = (("price", "quality"), [])
    assert answer(MANY, choices("quality", "price")) == expected
    assert answer(MANY, choices("quality"), choices("price")) == expected


def test_several_choices_of_an_unknown_config_stand_in_one_order_too() -> None:
    assert answer(UNKNOWN, choices("b", "a")) == answer(UNKNOWN, choices("a"), choices("b"))


def test_labels_with_a_comma_are_joined_with_semicolons() -> None:
    assert written(("price", "delivery, returns"), MANY)[0] == "price; delivery, returns"
    assert written(("price", "quality"), MANY)[0] == "price; quality"


def test_labels_without_a_comma_are_joined_with_commas() -> None:
    control = Control("topics", "Choices", "text", ("price", "quality"), multiple=True)
    assert written(("price", "quality"), control)[0] == "price, quality"


def test_unknown_labels_are_joined_in_one_way_whatever_they_hold() -> None:
    assert written(("a", "b"), UNKNOWN)[0] == "a; b"
    assert written(("a", "b, c"), UNKNOWN)[0] == "a; b, c"
    assert written(("b, c",), UNKNOWN)[0] == "b, c"


def test_the_template_sees_the_labels_as_a_list() -> None:
    ((_, _, fields),) = classification.completions(("price", "quality"), MANY)
    assert fields == {"label": "price; quality", "labels": ["price", "quality"]}


def test_a_nested_choice_is_the_path_from_the_root() -> None:
    nested = Control("kind", "Choices", "text", ("Animal", "Animal / Dog"))
    assert answer(nested, choices(["Animal", "Dog"])) == (("Animal / Dog",), [])


def test_a_label_that_the_config_does_not_have_is_named() -> None:
    assert answer(ONE, choices("good", "goood")) == (
        ("good", "goood"),
        [
            ("A001", "'goood' is no label of 'mood'"),
            ("A007", "2 labels on 'mood', which allows one"),
        ],
    )
    assert answer(UNKNOWN, choices("goood")) == (("goood",), [])


def test_a_long_unknown_label_is_quoted_in_part() -> None:
    _, ((_, said),) = answer(ONE, choices("x" * 500))
    assert said == f"'{'x' * 39}…' is no label of 'mood'"


def test_two_labels_on_a_control_that_allows_one_are_named() -> None:
    _, problems = answer(ONE, choices("good", "bad"))
    assert problems == [("A007", "2 labels on 'mood', which allows one")]


def test_the_same_label_twice_is_one_label() -> None:
    assert answer(ONE, choices("good", "good")) == (("good",), [])
    assert answer(ONE, choices("good"), choices("good")) == (("good",), [])


@pytest.mark.parametrize("value", [{}, {"choices": []}, {"choices": None}])
def test_no_choice_is_no_answer(value: dict[str, Any]) -> None:
    assert answer(ONE, {**choices(), "value": value}) == ((), [])


def test_a_choice_that_is_a_bare_text_is_read() -> None:
    assert answer(ONE, {**choices(), "value": {"choices": "good"}}) == (("good",), [])


@pytest.mark.parametrize(
    ("control", "header", "said"),
    [
        (ONE, None, "Choose one label for the text: good, bad, neu."),
        (ONE, "How is it?", "How is it? Choose one label: good, bad, neu."),
        (
            MANY,
            None,
            "Choose all labels that fit for the text: price; quality; delivery, returns.",
        ),
        (UNKNOWN, None, "Give the topics of the text."),
        (UNKNOWN, "What is it about?", "What is it about?"),
    ],
)
def test_the_instruction_names_the_labels(control: Control, header: str | None, said: str) -> None:
    assert classification.instruction(control, header) == said
