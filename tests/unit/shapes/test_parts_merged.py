"""What annotators do not agree on is a part of a task: the rest of it goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep.shapes.shaped import Shaped
from tests.building import (
    NER,
    SUMMARY,
    TOPICS,
    annotated,
    choices,
    of_task,
    one,
    reasons,
    region,
    shaped,
    written,
)

Json = dict[str, Any]

LINKED = """<View>
  <Text name="text" value="$text"/>
  <Labels name="label" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>
  <Choices name="sure" toName="text" perRegion="true"><Choice value="yes"/><Choice value="no"/>
  </Choices>
  <Relations><Relation value="works at"/></Relations>
</View>"""
SEVERAL = """<View>
  <Text name="text" value="$text"/>
  <Labels name="label" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>
  <Choices name="mood" toName="text" required="true">
    <Choice value="glad"/><Choice value="cross"/>
  </Choices>
  <Choices name="topics" toName="text" choice="multiple">
    <Choice value="a"/><Choice value="b"/><Choice value="c"/>
  </Choices>
  <TextArea name="note" toName="text" maxSubmissions="1"/>
</View>"""
KEYS = "Answer with a JSON object with the keys: "
TEXT = "Ada left Acme for Bell."
ADA, ACME, BELL = region(0, 3, "PER"), region(9, 13, "ORG"), region(18, 22, "ORG")


def identified(result: Json, id: str) -> Json:
    return {**result, "id": id}


def relation(head: str, tail: str) -> Json:
    return {
        "type": "relation",
        "from_id": head,
        "to_id": tail,
        "direction": "right",
        "labels": ["works at"],
    }


def note(result: Json, id: str, answer: str) -> Json:
    """A per-region answer."""
    place = {k: result["value"][k] for k in ("start", "end")}
    value = {**place, "choices": [answer]}
    return {"id": id, "from_name": "sure", "to_name": "text", "type": "choices", "value": value}


def by_several(config: str, *results: list[Json], **recipe: Any) -> Shaped:
    """What a recipe makes of a text, of which each list is what one annotator said."""
    given = [annotated(*each, by=n, at=n) for n, each in enumerate(results, 1)]
    data = {"review": TEXT} if config == TOPICS else {"text": TEXT}
    return shaped(config, of_task(data, *given), **recipe)


def left_out(shape: Shaped) -> list[str]:
    """The parts that were left out, as dropped.jsonl tells of them."""
    return [f"{d.unit} {d.reason}: {d.detail}" for d in shape.drops if d.detail]


def disputed(shape: Shaped) -> list[Json]:
    assert shape.disputed is not None
    return list(shape.disputed["meta"]["dataprep"]["parts"])


def counted(shape: Shaped, unit: Any) -> tuple[int, int, dict[str, int]]:
    assert shape.parts is not None
    lost = {why: n for (of, why), n in shape.parts.dropped.items() if of == unit and n}
    return shape.parts.given.get(unit, 0), shape.parts.kept.get(unit, 0), lost


def test_an_undecided_span_is_left_out_and_the_text_goes_on() -> None:
    shape = by_several(NER, [ADA, ACME], [ADA, BELL])
    assert json.loads(one(shape).output) == [{"text": "Ada", "label": "PER"}]
    assert one(shape).annotators == '["1","2"]'
    assert reasons(shape) == ([], [])
    assert left_out(shape) == [
        "region undecided: ORG at 9-13, by 1 of 2",
        "region undecided: ORG at 18-22, by 1 of 2",
    ]
    assert counted(shape, "region") == (4, 1, {"merged": 1, "undecided": 2})


def test_what_is_undecided_stands_in_one_entry_with_both_readings() -> None:
    shape = by_several(NER, [ADA, ACME], [ADA, BELL])
    assert disputed(shape) == [
        {
            "unit": "region",
            "control": "label",
            "start": start,
            "end": end,
            "label": "ORG",
            "by": [who],
            "of": 2,
        }
        for start, end, who in ((9, 13, "1"), (18, 22, "2"))
    ]
    assert shape.disputed is not None
    about = shape.disputed["meta"]["dataprep"]
    assert (about["task"], about["file"], about["control"], about["unit"]) == (
        *(1, "export.json"),
        *("label", "region"),
    )
    assert shape.disputed["id"] == 1
    assert {p["model_version"]: len(p["result"]) for p in shape.disputed["predictions"]} == {
        "1": 2,
        "2": 2,
    }


def test_a_skipped_annotation_that_is_read_and_who_has_no_name_have_a_reading() -> None:
    given = [annotated(ADA, each, by=0, at=n, skipped=n > 1) for n, each in ((1, ACME), (2, BELL))]
    for annotation in given:
        del annotation["completed_by"]
    shape = shaped(NER, of_task(TEXT, *given), skipped="keep")
    assert [part["by"] for part in disputed(shape)] == [["unnamed 1"], ["unnamed 2"]]
    assert shape.disputed is not None
    said = [prediction["model_version"] for prediction in shape.disputed["predictions"]]
    assert sorted(said) == ["unnamed 1", "unnamed 2"]


def test_a_task_of_which_nothing_is_decided_is_one_dispute() -> None:
    shape = by_several(NER, [ADA], [BELL])
    assert reasons(shape) == (["01-1 tie", "02-2 tie"], ["tie"])
    assert counted(shape, "region") == (2, 0, {"tie": 2})
    assert shape.disputed is not None
    assert shape.disputed["meta"]["dataprep"]["unit"] == "task"
    assert left_out(shape) == []


def test_an_outvoted_span_is_no_dispute() -> None:
    shape = by_several(NER, [ADA], [ADA], [ADA, BELL])
    assert shape.disputed is None
    assert left_out(shape) == ["region outvoted: ORG at 18-22, by 1 of 3"]
    assert counted(shape, "region") == (4, 1, {"merged": 2, "outvoted": 1})


def test_a_place_that_all_marked_with_another_label_each_is_undecided_in_its_label() -> None:
    labels = ("PER", "ORG", "x")
    config = NER.replace('<Label value="ORG"/>', '<Label value="ORG"/><Label value="x"/>')
    given = [[ADA, region(9, 13, label)] for label in labels]
    shape = by_several(config, *given)
    assert [part["label"] for part in disputed(shape)] == ["ORG", "PER", "x"]
    assert counted(shape, "region") == (6, 1, {"merged": 2, "label-undecided": 3})


def test_a_twin_and_a_region_without_a_label_are_counted() -> None:
    shape = by_several(NER, [ADA, ADA, region(9, 13)])
    assert json.loads(one(shape).output) == [{"text": "Ada", "label": "PER"}]
    assert counted(shape, "region") == (3, 1, {"twin": 1, "no-label": 1})
    assert [(d.unit, d.reason) for d in shape.drops] == [("region", "no-label")]


def test_two_borders_of_one_annotator_that_the_rule_makes_one_are_twins() -> None:
    blank = region(0, 4, "PER")
    shape = by_several(NER, [ADA, blank], [ADA])
    assert json.loads(one(shape).output) == [{"text": "Ada", "label": "PER"}]
    assert counted(shape, "region") == (3, 1, {"merged": 1, "twin": 1})


@pytest.mark.parametrize("policy", ["first", "latest", "all"])
def test_a_single_annotation_and_a_policy_that_takes_one_leave_borders_as_they_are(
    policy: str,
) -> None:
    blank = region(0, 4, "PER")
    assert json.loads(one(by_several(NER, [blank])).output)[0]["text"] == "Ada "
    shape = by_several(NER, [blank], [blank], annotators=policy)
    assert json.loads(shape.examples[0].output)[0]["text"] == "Ada "


def test_regions_of_annotations_that_go_no_further_have_their_reason() -> None:
    given = [
        annotated(ADA, by=1),
        annotated(ADA, ACME, by=2, skipped=True),
        annotated(region(0, 99, "PER"), BELL, by=3),
    ]
    shape = shaped(NER, of_task(TEXT, *given))
    assert counted(shape, "region") == (5, 1, {"skipped": 2, "A002": 2})


def test_an_undecided_relation_is_left_out_and_its_regions_go_on() -> None:
    regions = [identified(ADA, "x"), identified(ACME, "y")]
    shape = by_several(LINKED, [*regions, relation("x", "y")], regions)
    assert json.loads(one(shape).output)["relations"] == []
    assert len(json.loads(one(shape).output)["entities"]) == 2
    assert left_out(shape) == ["relation undecided: works at from 0-3 to 9-13, by 1 of 2"]
    assert disputed(shape) == [
        {
            "unit": "relation",
            "control": "label",
            "head": (0, 3),
            "type": "works at",
            "tail": (9, 13),
            "by": ["1"],
            "of": 2,
        }
    ]


def test_only_who_marked_both_regions_has_a_say_in_their_relation() -> None:
    regions = [identified(ADA, "x"), identified(ACME, "y")]
    related = [*regions, relation("x", "y")]
    shape = by_several(LINKED, related, related, regions, [identified(ADA, "x")], [])
    assert len(json.loads(one(shape).output)["relations"]) == 1


def test_a_relation_whose_region_does_not_go_on_goes_with_it() -> None:
    related = [identified(ADA, "x"), identified(ACME, "y"), relation("x", "y")]
    shape = by_several(LINKED, related, [identified(ADA, "x")])
    assert json.loads(one(shape).output) == {
        "entities": [{"text": "Ada", "label": "PER"}],
        "relations": [],
    }
    assert counted(shape, "relation") == (1, 0, {"without-region": 1})


def test_relations_move_with_the_borders_of_their_regions() -> None:
    exact = [identified(ADA, "x"), identified(ACME, "y"), relation("x", "y")]
    wide = [
        identified(region(0, 4, "PER"), "x"),
        identified(region(8, 14, "ORG"), "y"),
        relation("x", "y"),
    ]
    shape = by_several(LINKED, exact, wide)
    assert json.loads(one(shape).output)["relations"] == [
        {"head": "Ada", "type": "works at", "tail": "Acme"}
    ]
    assert counted(shape, "relation") == (2, 1, {"merged": 1})


def test_a_relation_to_a_region_without_a_label_is_counted_as_dangling() -> None:
    bare = identified(region(9, 13), "y")
    shape = by_several(LINKED, [identified(ADA, "x"), bare, relation("x", "y")])
    assert counted(shape, "relation") == (1, 0, {"dangling": 1})
    assert ("relation", "dangling") in [(d.unit, d.reason) for d in shape.drops]


def test_an_undecided_answer_about_a_region_leaves_the_region() -> None:
    first, second = identified(ADA, "x"), identified(ADA, "z")
    shape = by_several(LINKED, [first, note(ADA, "x", "yes")], [second, note(ADA, "z", "no")])
    assert json.loads(one(shape).output)["entities"] == [{"text": "Ada", "label": "PER"}]
    assert [(p["control"], p["value"]) for p in disputed(shape)] == [
        ("sure", "no"),
        ("sure", "yes"),
    ]
    assert counted(shape, "answer") == (2, 0, {"undecided": 2})


def test_an_undecided_choice_of_several_is_left_out() -> None:
    price, both = choices("price", control="topics"), choices("price", "quality", control="topics")
    shape = by_several(TOPICS, [price], [both])
    assert one(shape).output == "price"
    assert left_out(shape) == ["choice undecided: quality of topics, by 1 of 2"]
    assert counted(shape, "choice") == (3, 1, {"merged": 1, "undecided": 1})
    assert disputed(shape) == [
        {"unit": "choice", "control": "topics", "choice": "quality", "by": ["2"], "of": 2}
    ]


def test_choices_keep_the_order_of_the_config() -> None:
    given = [choices("delivery, returns", "quality", "price", control="topics")]
    assert one(by_several(TOPICS, given, given)).output == "price; quality; delivery, returns"


def test_a_single_choice_and_a_text_are_wholes() -> None:
    shape = by_several(SUMMARY, [written("A", "B")], [written("A", "C")])
    assert reasons(shape)[1] == ["tie"]
    assert shape.parts is None


def test_an_undecided_key_is_not_asked_for() -> None:
    glad, cross = choices("glad", control="mood"), choices("cross", control="mood")
    shape = by_several(SEVERAL, [ADA, glad], [ADA, cross], task="structured")
    assert json.loads(one(shape).output) == {"label": [{"text": "Ada", "label": "PER"}]}
    assert one(shape).input == f"{KEYS}label, topics, note.\n\nAda left Acme for Bell."
    assert [p["value"] for p in disputed(shape)] == ["cross", "glad"]


def test_spans_of_which_none_is_decided_are_not_asked_for() -> None:
    glad = choices("glad", control="mood")
    shape = by_several(SEVERAL, [ADA, glad], [BELL, glad], task="structured")
    assert json.loads(one(shape).output) == {"mood": "glad"}
    assert one(shape).input.startswith(
        "Answer with a JSON object with the keys: mood, topics, note."
    )


def test_three_answers_to_one_control_are_undecided_and_not_absent() -> None:
    glad = choices("glad", control="mood")
    texts = [written(text, control="note") for text in "XYZ"]
    shape = by_several(SEVERAL, *([glad, text] for text in texts), task="structured")
    assert one(shape).input.startswith(
        "Answer with a JSON object with the keys: label, mood, topics."
    )
    assert counted(shape, "answer") == (6, 1, {"merged": 2, "undecided": 3})


def test_a_control_that_enough_left_out_is_asked_for_and_absent() -> None:
    glad = choices("glad", control="mood")
    said = written("X", control="note")
    shape = by_several(SEVERAL, [glad, said], [glad], [glad], task="structured")
    assert json.loads(one(shape).output) == {"label": [], "mood": "glad"}
    assert "note" in one(shape).input
    assert shape.disputed is None


def test_a_choice_of_several_is_left_out_of_its_key() -> None:
    glad = choices("glad", control="mood")
    given = [[glad, choices(*labels, control="topics")] for labels in (("b", "a"), ("a", "c"))]
    shape = by_several(SEVERAL, *given, task="structured")
    assert json.loads(one(shape).output)["topics"] == ["a"]
    assert [p["choice"] for p in disputed(shape)] == ["b", "c"]


def test_a_prompt_that_asks_for_all_keys_makes_an_undecided_key_a_tie() -> None:
    given = [[ADA, choices(mood, control="mood")] for mood in ("glad", "cross")]
    shape = by_several(SEVERAL, *given, task="structured", prompt="Label, mood? {{ text }}")
    assert reasons(shape)[1] == ["tie"]
    assert shape.disputed is not None
    assert shape.disputed["meta"]["dataprep"]["unit"] == "task"
    shape = by_several(SEVERAL, *given, task="structured", prompt="{{ instruction }}: {{ text }}")
    assert one(shape).input.startswith(f"{KEYS}label, topics, note.")
