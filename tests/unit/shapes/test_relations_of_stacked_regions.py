"""A relation leads to one of several regions at a place, of one annotator and of several."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep.annotation import BORDER_RULES
from dataprep.shapes.shaped import Shaped
from tests.building import Json, annotated, of_task, region, shaped

CONFIG = """<View>
  <Relations><Relation value="leads"/></Relations>
  <Labels name="label" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>
  <Text name="text" value="$text"/>
  <Choices name="sure" toName="text" perRegion="true"><Choice value="yes"/><Choice value="no"/>
  </Choices>
</View>"""
TEXT = "Ada met Bob"
BOB = [{**region(8, 11, "PER"), "id": "bob"}]


def ada(id: str, *labels: str, to: int = 3, sure: str = "") -> list[Json]:
    """A region on the first word, and what is said of it."""
    made: list[Json] = [{**region(0, to, *labels), "id": id}]
    if sure:
        value: Json = {"start": 0, "end": to, "choices": [sure]}
        about = {"id": id, "to_name": "text", "from_name": "sure", "type": "choices"}
        made.append({**about, "value": value})
    return made


def leads(head: str, tail: str = "bob") -> list[Json]:
    return [
        {"from_id": head, "to_id": tail, "type": "relation", "direction": "right"}
        | {"labels": ["leads"]}
    ]


def made(*said: list[Json], **recipe: Any) -> Shaped:
    given = [annotated(*results, by=who, at=who) for who, results in enumerate(said, 1)]
    return shaped(CONFIG, of_task(TEXT, *given), **recipe)


def related(*said: list[Json], **recipe: Any) -> list[Json]:
    (example,) = made(*said, **recipe).examples
    found: list[Json] = json.loads(example.output)["relations"]
    return found


PER, ORG = ada("p", "PER"), ada("o", "ORG")
ADA_ORG = {"text": "Ada", "label": "ORG"}


def test_the_end_of_a_relation_is_the_region_where_several_stand_at_its_place() -> None:
    assert related(PER + ORG + BOB + leads("o")) == [
        {"head": ADA_ORG, "type": "leads", "tail": "Bob"}
    ]
    assert related(PER + ORG + BOB + leads("bob", "o")) == [
        {"head": "Bob", "type": "leads", "tail": ADA_ORG}
    ]


def test_a_region_with_two_labels_and_two_that_are_the_same_are_one_place() -> None:
    for several in (ada("p", "PER", "ORG"), PER + ada("again", "PER")):
        assert related(several + BOB + leads("p")) == [
            {"head": "Ada", "type": "leads", "tail": "Bob"}
        ]


def test_of_regions_with_one_label_the_end_is_told_by_what_is_said_of_it() -> None:
    several = ada("y", "PER", sure="yes") + ada("n", "PER", sure="no")
    (found,) = related(several + BOB + leads("y"))
    assert found["head"] == {"text": "Ada", "label": "PER", "sure": "yes"}
    (found,) = related(several + ada("blank", "PER") + BOB + leads("blank"))
    assert found["head"]["label"] == "PER"


@pytest.mark.parametrize("rule", BORDER_RULES)
def test_annotators_who_relate_other_regions_of_a_place_do_not_agree(rule: str) -> None:
    one, other = PER + ORG + BOB + leads("p"), PER + ORG + BOB + leads("o")
    shape = made(one, other, borders=rule)
    assert [json.loads(e.output)["relations"] for e in shape.examples] == [[]]
    assert shape.disputed is not None
    parts = shape.disputed["meta"]["dataprep"]["parts"]
    assert [(p["unit"], p["head"], p["head_label"]) for p in parts] == [
        ("relation", (0, 3), "ORG"),
        ("relation", (0, 3), "PER"),
    ]
    assert related(one, other, other, borders=rule) == [
        {"head": ADA_ORG, "type": "leads", "tail": "Bob"}
    ]


def test_a_relation_falls_with_the_region_that_it_leads_to() -> None:
    """It went on with the other region of the place."""
    shape = made(PER + ORG + BOB + leads("o"), PER + BOB, PER + BOB)
    assert [json.loads(e.output)["relations"] for e in shape.examples] == [[]]
    assert shape.parts is not None
    assert shape.parts.dropped["relation", "without-region"] == 1


def test_who_marked_one_region_of_the_place_relates_that_one() -> None:
    several = PER + ORG + BOB + leads("o")
    only = ORG + BOB + leads("o")
    assert related(several, several, only) == [{"head": ADA_ORG, "type": "leads", "tail": "Bob"}]
    shape = made(several, several, only)
    assert shape.parts is not None
    assert (shape.parts.given["relation"], shape.parts.kept["relation"]) == (3, 1)
    assert shape.parts.dropped["relation", "merged"] == 2


def test_where_one_region_of_the_place_goes_on_the_end_is_its_text() -> None:
    assert related(
        PER + ORG + BOB + leads("o"), ORG + BOB + leads("o"), ORG + BOB + leads("o")
    ) == [{"head": "Ada", "type": "leads", "tail": "Bob"}]


def test_what_several_say_of_stacked_regions_tells_the_end() -> None:
    several = ada("y", "PER", sure="yes") + ada("n", "PER", sure="no") + BOB + leads("n")
    only = ada("n", "PER", sure="no") + BOB + leads("n")
    (found,) = related(several, several, only)
    assert found["head"] == {"text": "Ada", "label": "PER", "sure": "no"}


def test_ends_move_to_the_border_that_is_agreed_on() -> None:
    wide = ada("p", "PER", to=4) + ada("o", "ORG", to=4) + BOB + leads("o")
    narrow = PER + ORG + BOB + leads("o")
    assert related(wide, narrow, narrow) == [{"head": ADA_ORG, "type": "leads", "tail": "Bob"}]


def test_as_a_list_and_in_a_schema_the_end_is_there_too() -> None:
    task = of_task(TEXT, annotated(*PER, *ORG, *BOB, *leads("o")))
    (example,) = shaped(CONFIG, task, spans_as="list").examples
    assert example.output.endswith("\nAda | leads | Bob")
    made = shaped(CONFIG, task, task="structured")
    assert made.findings == []
    (example,) = made.examples
    assert json.loads(example.output)["label"]["relations"] == [
        {"head": ADA_ORG, "type": "leads", "tail": "Bob"}
    ]
