"""Which choices and which numbers approve, told by words, by a middle or by a border."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.annotation import Control, Result
from dataprep.finding import UsageError
from dataprep.formats.verdict_words import verdict_of_choice
from dataprep.recipe import Source
from dataprep.shapes.verdict_scales import number_of_choice, scale_of_control


@pytest.mark.parametrize(
    ("choice", "name", "approves"),
    [
        ("👍🏽", "c", True),
        ("👎️", "c", False),
        ("👍 Good", "c", True),
        ("Good response", "c", True),
        ("BAD!", "c", False),
        ("not good", "c", None),
        ("so so", "c", None),
        ("Good, bad", "c", None),
        ("Skip", "c", None),
        ("tie", "c", None),
        ("removed", "c", None),
        ("Positive", "c", None),
        ("yes", "is_correct", True),
        ("yes", "hallucination", False),
        ("No", "toxic", True),
        ("true", "thumb", True),
        ("0", "helpful", False),
        ("yes", "q1", None),
        ("", "good", None),
    ],
)
def test_a_choice_approves_if_all_its_words_do(
    choice: str, name: str, approves: bool | None
) -> None:
    assert verdict_of_choice(choice, name) is approves


@pytest.mark.parametrize(
    ("label", "number"),
    [("3", 3), (" 3 ", 3), ("-1", -1), ("0.5", 0.5), ("1e3", None), ("٣", None), ("3 stars", None)],
)
def test_a_choice_is_a_number_by_its_digits_alone(label: str, number: float | None) -> None:
    assert number_of_choice(label) == number


def verdict(control: Control, value: dict[str, Any], **recipe: Any) -> str | None:
    scale = scale_of_control(control, Source(path="e.json", **recipe), inferred=False)
    said, problems = scale.read([Result(value=value, from_name=control.name)])
    assert not problems
    return said


@pytest.mark.parametrize(
    ("number", "recipe", "wanted"),
    [
        (50, {}, "neutral"),
        (50.5, {}, "good"),
        (49.5, {}, "bad"),
        (80, {"good_from": 80}, "good"),
        (79.9, {"good_from": 80}, "bad"),
        (79.9, {"good_from": 80, "bad_to": 20}, "neutral"),
        (20, {"good_from": 80, "bad_to": 20}, "bad"),
        (20.1, {"bad_to": 20}, "good"),
    ],
)
def test_a_number_approves_by_the_middle_or_by_the_borders(
    number: float, recipe: dict[str, float], wanted: str
) -> None:
    control = Control("score", "Number", "t", None, bounds=(0, 100))
    assert verdict(control, {"number": number}, **recipe) == wanted


def test_no_value_is_no_verdict() -> None:
    stars = Control("stars", "Rating", "t", None, bounds=(1, 5))
    assert verdict(stars, {}) is None
    thumb = Control("thumb", "Choices", "t", ("👍", "👎"))
    assert verdict(thumb, {"choices": []}) is None


def test_a_label_turned_round_by_a_tool_turns_its_verdict_round() -> None:
    """Prodigy asks about one label, and a rejection of it is a choice of its own."""
    control = Control("category", "Choices", "t", ("HARMFUL",), against=("not HARMFUL",))
    assert verdict(control, {"choices": ["HARMFUL"]}) == "bad"
    assert verdict(control, {"choices": ["not HARMFUL"]}) == "good"
    unknown = Control("category", "Choices", "t", ("BLUE",), against=("not BLUE",))
    with pytest.raises(UsageError, match="'BLUE' of 'category' is not known to approve"):
        verdict(unknown, {"choices": ["BLUE"]})
    assert verdict(unknown, {"choices": ["not BLUE"]}, good=["BLUE"]) == "bad"


def test_choices_that_nobody_lists_are_all_to_be_named() -> None:
    control = Control("thumb", "Choices", "t", None)
    with pytest.raises(UsageError, match="is not known to approve"):
        verdict(control, {"choices": ["a"]})
    with pytest.raises(UsageError, match="other choices too"):
        verdict(control, {"choices": ["a"]}, good=["a"])
    assert verdict(control, {"choices": ["c"]}, good=["a"], bad=["b"]) == "neutral"
