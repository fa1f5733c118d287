"""Several regions at one place keep what is said of each, of one annotator and of several."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep.annotation import BORDER_RULES
from dataprep.shapes.shaped import Shaped
from tests.building import Json, annotated, of_task, region, shaped

CONFIG = """<View>
  <Labels name="label" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>
  <Text name="text" value="$text"/>
  <Choices name="sure" toName="text" perRegion="true"><Choice value="yes"/><Choice value="no"/>
  </Choices>
  <TextArea name="norm" toName="text" perRegion="true" maxSubmissions="1"/>
</View>"""
TEXT = "Ada met Bob"


def ada(id: str, *labels: str, to: int = 3, sure: str = "", norm: str = "") -> list[Json]:
    """A region on the first word, and what is said of it."""
    about = {"id": id, "to_name": "text"}
    made = [{**region(0, to, *labels), "id": id}]
    if sure:
        value: Json = {"start": 0, "end": to, "choices": [sure]}
        made.append({**about, "from_name": "sure", "type": "choices", "value": value})
    if norm:
        value = {"start": 0, "end": to, "text": [norm]}
        made.append({**about, "from_name": "norm", "type": "textarea", "value": value})
    return made


def made(*said: list[Json], **recipe: Any) -> Shaped:
    given = [annotated(*results, by=who, at=who) for who, results in enumerate(said, 1)]
    return shaped(CONFIG, of_task(TEXT, *given), **recipe)


def entities(*said: list[Json], **recipe: Any) -> list[Json]:
    (example,) = made(*said, **recipe).examples
    found: list[Json] = json.loads(example.output)
    return [{key: value for key, value in one.items() if key != "text"} for one in found]


PER_YES, PER_NO = ada("a", "PER", sure="yes"), ada("b", "PER", sure="no")
ORG_NO = ada("c", "ORG", sure="no")
YES = {"label": "PER", "sure": "yes"}
NO = {"label": "PER", "sure": "no"}
ORG = {"label": "ORG", "sure": "no"}


def test_regions_with_two_labels_at_one_place_keep_what_is_said_of_each() -> None:
    assert made(PER_YES + ORG_NO).findings == []
    assert entities(PER_YES + ORG_NO) == [ORG, YES]


def test_regions_with_one_label_that_say_different_things_are_two() -> None:
    assert made(PER_YES + PER_NO).findings == []
    assert entities(PER_YES + PER_NO) == [NO, YES]


@pytest.mark.parametrize("form", ["list", "inline"])
def test_where_what_is_said_is_not_written_a_stacked_region_stands_once(form: str) -> None:
    (example,) = made(PER_YES + PER_NO, spans_as=form).examples
    assert example.output in ("PER: Ada", "<PER>Ada</PER> met Bob")


def test_regions_that_say_the_same_are_one() -> None:
    assert entities(PER_YES + ada("b", "PER", sure="yes")) == [YES]
    both = ada("a", "PER", sure="yes") + ada("b", "ORG", sure="yes")
    assert entities(both) == [{"label": "ORG", "sure": "yes"}, YES]


def test_a_region_that_says_nothing_of_its_own_is_part_of_the_other() -> None:
    more = ada("b", "PER", sure="yes", norm="Lovelace")
    assert entities(PER_YES + more + ada("c", "PER")) == [{**YES, "norm": "Lovelace"}]
    apart = ada("b", "PER", norm="Lovelace")
    assert entities(PER_YES + apart) == [{"label": "PER", "norm": "Lovelace"}, YES]


def test_a_region_with_another_label_does_not_have_what_is_said_of_its_neighbour() -> None:
    assert entities(PER_YES + ada("c", "ORG")) == [{"label": "ORG"}, YES]


def test_what_names_no_region_is_said_of_all_at_its_place() -> None:
    (_, note) = ada("nowhere", "PER", sure="yes")
    assert entities([*ada("a", "PER"), *ada("b", "ORG"), note]) == [
        {"label": "ORG", "sure": "yes"},
        YES,
    ]


def test_two_answers_about_one_region_are_still_a_contradiction() -> None:
    (_, other) = ada("a", "PER", sure="no")
    assert [f.code for f in made([*PER_YES, other]).findings] == ["A007"]


@pytest.mark.parametrize("rule", BORDER_RULES)
def test_annotators_agree_on_each_label_of_a_place_by_itself(rule: str) -> None:
    assert entities(PER_YES + ORG_NO, PER_YES, ORG_NO + PER_YES, borders=rule) == [ORG, YES]
    assert entities(PER_YES + ORG_NO, PER_YES + ORG_NO, PER_NO, borders=rule) == [ORG, YES]


def test_who_gives_a_region_two_labels_says_the_same_of_both() -> None:
    both = ada("a", "PER", "ORG", sure="no")
    assert entities(both, PER_YES + ORG_NO, both) == [ORG, NO]
    shape = made(both, PER_YES + ORG_NO, both)
    assert shape.parts is not None
    assert (shape.parts.given["answer"], shape.parts.kept["answer"]) == (6, 2)


@pytest.mark.parametrize("rule", BORDER_RULES)
def test_stacked_regions_are_matched_by_all_that_they_say(rule: str) -> None:
    several = PER_YES + PER_NO
    assert entities(several, PER_YES, PER_YES + ORG_NO, borders=rule) == [YES]
    assert entities(several, several, PER_YES, borders=rule) == [NO, YES]
    shape = made(several, several, PER_YES, borders=rule)
    assert shape.parts is not None
    assert (shape.parts.given, shape.parts.kept) == (
        {"region": 5, "answer": 5},
        {"region": 1, "answer": 2},
    )
    assert shape.parts.dropped == {
        ("region", "twin"): 2,
        ("region", "merged"): 2,
        ("answer", "merged"): 3,
    }


def test_stacked_regions_on_which_annotators_differ_are_a_dispute_about_what_is_said() -> None:
    shape = made(PER_YES + PER_NO, PER_YES)
    assert [json.loads(e.output) for e in shape.examples] == [
        [{"text": "Ada", "label": "PER", "sure": "yes"}]
    ]
    assert shape.disputed is not None
    assert shape.disputed["meta"]["dataprep"]["parts"] == [
        {
            "unit": "answer",
            "start": 0,
            "end": 3,
            "control": "label",
            "notes": {"sure": "no"},
            "on": "PER",
            "by": ["1"],
            "of": 2,
        }
    ]


def test_stacked_regions_move_to_the_border_that_is_agreed_on() -> None:
    wide = ada("a", "PER", to=4, sure="yes") + ada("b", "PER", to=4, sure="no")
    (example,) = made(wide, PER_YES + PER_NO, PER_YES + PER_NO).examples
    assert json.loads(example.data)["spans"] == [
        {"start": 0, "end": 3, "label": "PER", "text": "Ada", "sure": said}
        for said in ("no", "yes")
    ]


def test_the_object_of_several_controls_has_them_too() -> None:
    config = CONFIG.replace(
        "</View>", '<Choices name="mood" toName="text"><Choice value="glad"/></Choices></View>'
    )
    task = of_task(TEXT, annotated(*PER_YES, *PER_NO, *ORG_NO))
    (example,) = shaped(config, task, task="structured").examples
    assert json.loads(example.output) == {
        "label": [{"text": "Ada", **said} for said in (ORG, NO, YES)]
    }
