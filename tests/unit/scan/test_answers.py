"""Answers of every kind that look plain and are not, and those that are in spite of their looks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep import scan
from tests.mutated_answers import CONFIG
from tests.scanned_tasks import compare, shape_and_plan

pytestmark = pytest.mark.skipif(not scan.available(), reason=f"no scan: {scan.why_not()}")

Json = dict[str, Any]
TEXT = "Ada met Bo \U0001f642 in\r\nle\u0301 caf\u00e9"


def result(control: str, **value: Any) -> Json:
    return {"from_name": control, "to_name": "text", "type": "x", "value": value, "id": "r"}


def span(start: int, end: int, /, *labels: str, **more: Any) -> Json:
    value: Json = {"start": start, "end": end, "text": TEXT[start:end], "labels": [*labels]}
    return result("span", **(value | more))


KIND = result("kind", choices=["food"])


def verdict(*results: Json, text: str = TEXT, people: int = 1, **asked: str) -> str:
    """Whether a task with these results of one annotator, or of several, is plain or rare."""
    given = [
        {"completed_by": who, "unique_id": f"u{who}", "result": [KIND, *results]}
        for who in range(1, people + 1)
    ]
    task = json.dumps({"id": 1, "annotations": given, "data": {"text": text}}, ensure_ascii=False)
    shape, plan = shape_and_plan(CONFIG, **asked)
    (found,) = compare([task], shape, plan)
    return found


@pytest.mark.parametrize(
    "results",
    [
        [span(0, 3, "PER")],
        [span(8, 10, "ORG"), span(0, 3, "PER")],
        [span(0, 3, "PER", "ORG")],
        [span(0, 3, "PER"), span(0, 3, "ORG")],
        [span(0, 7, "PER"), span(4, 10, "PER"), span(4, 7, "ORG")],
        [span(11, 12, "PER"), span(13, 15, "süß")],
        [span(20, len(TEXT), "PER")],
        [span(0, len(TEXT), "PER")],
        [span(0, 3, "PER", text=" Ada\\n")],
        [span(0, 7, "PER", text="Ada \t met")],
        [span(0, 3, "PER", end=4)],  # quotes all but the blank
        [span(0, 3, "PER", globalOffsets={"start": 0}, hypertextlabels=["ORG"])],
        [span(0, 3, "PER") | {"meta": {"text": ["x"]}, "score": 0.5, "hidden": True}],
        [span(0, 3, "PER"), {"type": "relation", "from_id": "r", "to_id": "q"}],
    ],
)
def test_spans_that_are_plain(results: list[Json]) -> None:
    assert verdict(*results, control="span") == "plain"
    assert verdict(*results, task="structured") == "plain"


@pytest.mark.parametrize(
    "results",
    [
        [span(0, 3, "PER", end=5)],
        [span(0, 3, "PER", start=1)],
        [span(0, 3, "PER", end=0)],
        [span(0, 3, "PER", start=3)],
        [span(0, 3, "PER", start=0.0)],
        [span(0, 3, "PER", start=-3)],
        [span(0, 3, "PER", start="0")],
        [span(0, 3, "PER", end=True)],
        [span(0, len(TEXT), "PER", end=len(TEXT) + 1)],
        [span(0, 3, "PER", end=10**18)],
        [span(0, 3, "PER", text="ada")],
        [span(0, 3, "PER", text=None)],
        [span(13, 15, "PER", start=14, end=16)],  # as UTF-16 counts
        [span(13, 17, "PER", text="in\\n")],  # alike behind what UTF-16 counts otherwise
        [span(0, 3, "PER", text="Ada\u00a0")],
        [span(0, 3, "nobody")],
        [span(0, 3)],
        [span(0, 3, "PER", "PER")],
        [span(0, 3, "PER"), span(0, 3, "PER")],
        [span(0, 3, "PER", labels="PER")],
        [span(0, 3, "PER", labels=[["PER"]])],
        [span(0, 3, "PER", labels=[5])],
    ],
)
def test_spans_that_take_a_closer_look(results: list[Json]) -> None:
    assert verdict(*results, control="span") == "rare"
    assert verdict(*results, task="structured") == "rare"


@pytest.mark.parametrize(
    ("results", "found"),
    [
        ([span(0, 3, "PER")], "plain"),
        ([span(0, 3, "PER", "ORG"), span(4, 7, "PER")], "plain"),
        ([span(0, 4, "PER")], "rare"),  # ends with a blank, which the rules tell apart
        ([span(3, 7, "PER")], "rare"),
        ([span(0, 7, "PER"), span(4, 10, "PER")], "rare"),
        ([span(0, 7, "PER"), span(4, 10, "ORG")], "plain"),
    ],
)
def test_spans_that_annotators_mark_alike(results: list[Json], found: str) -> None:
    assert verdict(*results, control="span", people=3) == found
    assert verdict(*results, task="structured", people=2) == found
    assert verdict(*results, control="span", people=2, borders="overlap") == "rare"
    assert verdict(*results, control="span", people=2, annotators="latest") == "rare"
    assert verdict(*results, control="span") == "plain"


@pytest.mark.parametrize("missing", ["start", "end", "text", "labels"])
def test_a_span_without_one_of_its_members_is_rare(missing: str) -> None:
    one = span(0, 3, "PER")
    del one["value"][missing]
    assert verdict(one, control="span") == "rare"


@pytest.mark.parametrize(
    ("control", "value"),
    [
        ("stars", {"rating": 1}),
        ("stars", {"rating": 4}),
        ("count", {"number": 2}),
        ("count", {"number": 10**17}),
        ("note", {"text": ['\u00e9 "a"\n\\']}),
        ("note", {"text": "said"}),
        ("tags", {"choices": ["q"]}),
        ("tags", {"choices": ["q", "\u00e9, \u00e8", "z"]}),
    ],
)
def test_values_that_are_plain_and_those_on_which_annotators_agree(
    control: str, value: Json
) -> None:
    one = result(control, **value)
    assert verdict(one, control=control) == "plain"
    assert verdict(one, control=control, people=3) == "plain"
    assert verdict(one, task="structured") == "plain"
    assert verdict(one, task="structured", people=2) == "plain"


@pytest.mark.parametrize(
    ("control", "value"),
    [
        ("stars", {"rating": 0}),
        ("stars", {"rating": 5}),
        ("stars", {"rating": 2.5}),
        ("stars", {"rating": 2.0}),
        ("stars", {"rating": "2"}),
        ("stars", {"rating": None}),
        ("stars", {"number": 2}),
        ("count", {"number": 1}),
        ("count", {"number": -2}),
        ("count", {"number": 10**19}),
        ("count", {"rating": 2}),
        ("note", {"text": []}),
        ("note", {"text": ["a", "b"]}),
        ("note", {"text": [" \u3000"]}),
        ("note", {"text": ["\n\t"]}),
        ("note", {"text": ""}),
        ("note", {"text": [5]}),
        ("tags", {"choices": []}),
        ("tags", {"choices": ["q", "q"]}),
        ("tags", {"choices": ["q", "nobody"]}),
        ("tags", {"choices": [["q"]]}),
        ("tags", {"choices": "q"}),
    ],
)
def test_values_that_take_a_closer_look(control: str, value: Json) -> None:
    one = result(control, **value)
    assert verdict(one, control=control) == "rare"
    assert verdict(one, task="structured") == "rare"


@pytest.mark.parametrize("control", ["stars", "count", "note", "tags"])
def test_a_control_that_is_answered_twice_is_rare(control: str) -> None:
    value = {"rating": 2, "number": 2, "text": ["a"], "choices": ["q"]}
    assert verdict(result(control, **value), control=control) == "plain"
    assert verdict(*[result(control, **value)] * 2, control=control) == "rare"


def test_without_what_the_config_requires_a_task_is_rare() -> None:
    shape, plan = shape_and_plan(CONFIG, control="stars")
    given = [{"completed_by": 1, "unique_id": "u", "result": [result("stars", rating=2)]}]
    task = json.dumps({"id": 1, "annotations": given, "data": {"text": TEXT}})
    assert compare([task], shape, plan) == {"rare": 1}


def test_two_controls_of_spans_each_have_a_list() -> None:
    config = CONFIG.replace(
        "</View>", '<Labels name="more" toName="text"><Label value="X"/></Labels></View>'
    )
    shape, plan = shape_and_plan(config, task="structured")
    more = span(0, 3, "X") | {"from_name": "more"}
    given = [{"completed_by": 1, "unique_id": "u", "result": [KIND, span(4, 7, "PER"), more]}]
    task = json.dumps({"id": 1, "annotations": given, "data": {"text": TEXT}})
    assert compare([task], shape, plan) == {"plain": 1}


@pytest.mark.parametrize(
    ("asked", "config"),
    [
        ({"control": "span", "spans_as": "inline"}, CONFIG),
        ({"control": "span", "offsets": "utf16"}, CONFIG),
        ({"control": "span"}, CONFIG.replace("<Rating", '<Rating perRegion="true"')),
        ({"control": "span"}, CONFIG.replace("</View>", "<Relations/></View>")),
        ({"task": "structured"}, CONFIG.replace("<Number", "<DateTime")),
        ({"control": "tags"}, CONFIG.replace('name="tags"', 'name="tags" value="$tags"')),
    ],
)
def test_what_is_no_scans(asked: dict[str, str], config: str) -> None:
    with pytest.raises(AssertionError):
        shape_and_plan(config, **asked)
