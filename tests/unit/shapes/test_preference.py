"""Preferences: a chosen answer and a rejected one; a tie is no example."""

from __future__ import annotations

from functools import partial
from typing import Any

from dataprep.annotation import Control, Result, resolve
from dataprep.shapes.kind import SeenText
from dataprep.shapes.preference import Ranks
from tests.building import annotated, of_task, shaped

PAIRWISE = """<View>
  <Text name="prompt" value="$prompt"/>
  <Pairwise name="pref" toName="a1,a2"/>
  <Text name="a1" value="$answer1"/><Text name="a2" value="$answer2"/>
</View>"""
RANKER = """<View>
  <Text name="prompt" value="$prompt"/>
  <List name="answers" value="$items"/>
  <Ranker name="rank" toName="answers"/>
</View>"""
BUCKETS = RANKER.replace(
    "/>\n</View>", '><Bucket name="good" title="G"/><Bucket name="bad" title="B"/></Ranker></View>'
)
DATA = {"prompt": "2+2?", "answer1": "5", "answer2": "4"}
ITEMS = {
    "prompt": "Say hi.",
    "items": [
        {"id": "x", "title": "X", "body": "hi"},
        {"id": "y", "title": "Y", "body": "hey"},
        {"id": "z", "title": "bye"},
    ],
}


def selected(side: str) -> dict[str, Any]:
    value = {"selected": side}
    return {"from_name": "pref", "to_name": "pref", "type": "pairwise", "value": value}


def ranked(**order: list[str]) -> dict[str, Any]:
    return {"from_name": "rank", "to_name": "answers", "type": "ranker", "value": {"ranker": order}}


def pairs(config: str, data: dict[str, Any], *results: dict[str, Any]) -> list[Any]:
    made = shaped(config, of_task(data, annotated(*results)))
    assert made.findings == []
    return [(e.output, e.rejected) for e in made.examples]


def test_the_selected_side_is_chosen_and_the_other_rejected() -> None:
    (example,) = shaped(PAIRWISE, of_task(DATA, annotated(selected("right")))).examples
    assert (example.input, example.output, example.rejected) == ("2+2?", "4", "5")
    assert example.shape == "preference"
    assert pairs(PAIRWISE, DATA, selected("left")) == [("5", "4")]


def test_a_tie_has_no_item_and_gives_no_example() -> None:
    made = shaped(PAIRWISE, of_task(DATA, annotated()))
    assert [d.reason for d in made.drops] == ["submitted-empty", "submitted-empty"]


def test_two_equal_answers_cannot_be_preferred() -> None:
    made = shaped(PAIRWISE, of_task({**DATA, "answer1": "4"}, annotated(selected("left"))))
    assert [d.reason for d in made.drops] == ["same-answers", "same-answers"]


def test_a_side_that_is_none_and_a_text_that_is_not_there_are_named() -> None:
    made = shaped(PAIRWISE, of_task(DATA, annotated(selected("both"))))
    assert [f.code for f in made.findings] == ["A001"]
    made = shaped(PAIRWISE, of_task({"prompt": "2+2?"}, annotated(selected("left"))))
    assert {f.code for f in made.findings} == {"A008"}


def test_the_completion_template_writes_both_sides() -> None:
    task = of_task(DATA, annotated(selected("left")))
    (example,) = shaped(PAIRWISE, task, completion="= {{ answer }}").examples
    assert (example.output, example.rejected) == ("= 5", "= 4")


def test_a_ranking_sets_every_item_above_those_below_it() -> None:
    order = ranked(rank=["y", "x", "z"])
    assert pairs(RANKER, ITEMS, order) == [("hey", "hi"), ("hey", "bye"), ("hi", "bye")]


def test_buckets_rank_in_the_order_of_the_config_and_the_rest_is_left_out() -> None:
    assert pairs(BUCKETS, ITEMS, ranked(bad=["x"], good=["z"], _=["y"])) == [("bye", "hi")]


def test_an_item_that_the_task_does_not_have_is_named() -> None:
    made = shaped(RANKER, of_task(ITEMS, annotated(ranked(rank=["y", "w"]))))
    assert [f"{f.code} {f.message}" for f in made.findings] == ["A001 'w' is no item of 'items'"]


def test_buckets_without_a_config_have_no_order() -> None:
    control = Control("rank", "Ranker", "items", None)
    ranks = Ranks(control, "items", "Give the better answer.", frozenset({"rank"}))
    ranked = Result(value={"ranker": {"good": ["a"], "bad": ["b"]}}, from_name="rank")
    items = [{"id": "a", "body": "A"}, {"id": "b", "body": "B"}]
    answer, problems = ranks.read([ranked], SeenText("", {"items": items}, partial(resolve, "")))
    said = "the buckets of 'rank' have no order without the labeling config"
    assert (answer, problems) == ((), [("A001", said)])
