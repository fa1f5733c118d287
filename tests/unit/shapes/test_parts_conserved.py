"""No region, relation, choice or answer is lost, and none is counted twice: in generated tasks."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.annotation import BORDER_RULES, BorderRule
from dataprep.annotation.consensus import Policy
from dataprep.shapes.shaped import Shaped
from tests.building import Json, annotated, choices, of_task, region, shaped, written

CONFIG = """<View>
  <Text name="text" value="$text"/>
  <Labels name="label" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>
  <Choices name="sure" toName="text" perRegion="true"><Choice value="yes"/><Choice value="no"/>
  </Choices>
  <Choices name="mood" toName="text"><Choice value="glad"/><Choice value="cross"/></Choices>
  <Choices name="topics" toName="text" choice="multiple">
    <Choice value="a"/><Choice value="b"/><Choice value="c"/>
  </Choices>
  <TextArea name="note" toName="text" maxSubmissions="1"/>
  <Relations/>
</View>"""
TEXT = " Bob, (Eve) at Acme. "

PLACES = {"x": [(1, 4), (0, 4), (1, 5)], "y": [(6, 11), (7, 10)], "z": [(15, 19), (15, 20)]}
"""Regions that annotators mark, by their ids, with the borders that they give them."""

PLACED = ("start", "end", "label")
"""By what regions of an answer are one region, which may say several things."""


def one_in(draw: st.DrawFn, number: int) -> bool:
    return draw(st.integers(1, number)) == number


@st.composite
def submissions(draw: st.DrawFn) -> list[Json]:
    """What one annotator did: mostly sound, and often what others did."""
    results: list[Json] = []
    marked = draw(st.lists(st.sampled_from(sorted(PLACES)), unique=True, max_size=3))
    for id in marked:
        labels = draw(st.sampled_from([["PER"], ["PER"], ["ORG"], ["PER", "ORG"], []]))
        labels = ["what"] if one_in(draw, 30) else labels
        place = draw(st.sampled_from(PLACES[id]))
        result = {**region(*place, *labels), "id": id}
        results += [result] * (2 if one_in(draw, 10) else 1)
        stacked = [id]
        if one_in(draw, 4):
            stacked.append(f"{id}2")
            results.append(
                {**region(*place, draw(st.sampled_from(["PER", "ORG"]))), "id": f"{id}2"}
            )
        for one in stacked:
            if labels and one_in(draw, 2):
                answer = draw(st.sampled_from(["yes", "no"]))
                results.append({**choices(answer, control="sure"), "id": one})
    for tail in marked[1:]:
        relation = {"type": "relation", "from_id": marked[0], "to_id": tail}
        way, labels = (
            draw(st.sampled_from(["right", "bi"])),
            draw(st.sampled_from([["r"], ["s"], []])),
        )
        results.append({**relation, "direction": way, "labels": labels})
    if draw(st.booleans()):
        results.append(choices(draw(st.sampled_from(["glad", "cross"])), control="mood"))
    topics = draw(st.lists(st.sampled_from("aabc"), max_size=3))
    results += [choices(*topics, control="topics")] if topics else []
    if one_in(draw, 2):
        results.append(written(draw(st.sampled_from(["X", "X", "Y", ""])), control="note"))
    return results


@st.composite
def tasks(draw: st.DrawFn) -> list[Json]:
    """The annotations of a task, mostly of several annotators."""
    said = draw(st.lists(submissions(), min_size=1, max_size=4))
    return [
        {
            **annotated(
                *results,
                by=draw(st.sampled_from([n, n, n, 1])),
                at=n,
                skipped=one_in(draw, 10),
                truth=draw(st.booleans()),
            ),
            "unique_id": f"u{n}",
        }
        for n, results in enumerate(said, 1)
    ]


annotations = tasks()
UNITS = ("region", "relation", "choice", "answer")


def marks(annotations: list[Json], control: str) -> int:
    """The labels of all regions, and the regions without any."""
    results = [r for a in annotations for r in a["result"] if r.get("from_name") == control]
    return sum(max(1, len(r["value"]["labels"])) for r in results)


def made(task: Json, /, **recipe: Any) -> Shaped:
    return shaped(CONFIG, task, **recipe)


recipes = st.builds(
    lambda learned, annotators, borders, agreement, form: {
        **learned,
        "annotators": annotators,
        "borders": borders,
        "agreement": agreement,
        "spans_as": form,
    },
    st.sampled_from([{"task": "structured"}, {"control": "label"}, {"control": "topics"}]),
    st.sampled_from(get_args(Policy)),
    st.sampled_from(BORDER_RULES),
    st.sampled_from([0.5, 0.67, 1.0]),
    st.sampled_from(["json", "inline"]),
)


@given(annotations, recipes)
@settings(deadline=None, max_examples=250)
def test_every_part_is_kept_or_dropped_once(annotations: list[Json], recipe: Json) -> None:
    task = of_task(TEXT, *annotations)
    shape = made(task, **recipe)
    assert shape.parts is not None
    for unit in UNITS:
        dropped = sum(n for (of, _), n in shape.parts.dropped.items() if of == unit)
        assert shape.parts.given.get(unit, 0) == shape.parts.kept.get(unit, 0) + dropped
        assert shape.parts.kept.get(unit, 0) >= 0
    assert all(n >= 0 for n in shape.parts.dropped.values())
    if recipe.get("control") != "topics":
        assert shape.parts.given.get("region", 0) == marks(annotations, "label")
        held = [json.loads(example.data) for example in shape.examples]
        spans = [
            one["regions"].get("label", {}).get("spans", ()) if "regions" in one else one["spans"]
            for one in held
        ]
        apart = {(n, *(s[key] for key in PLACED)) for n, each in enumerate(spans) for s in each}
        assert shape.parts.kept.get("region", 0) == len(apart)
    listed = Counter((d.unit, d.reason) for d in shape.drops if d.unit in UNITS and d.detail)
    kept = {key: n for key, n in shape.parts.dropped.items() if key in listed}
    assert listed == kept


@given(annotations, st.sampled_from(BORDER_RULES), st.permutations(range(4)))
@settings(deadline=None, max_examples=100)
def test_the_order_of_the_annotations_changes_nothing(
    annotations: list[Json], rule: BorderRule, order: list[int]
) -> None:
    turned = [annotations[n] for n in order if n < len(annotations)]
    one = made(of_task(TEXT, *annotations), task="structured", borders=rule)
    other = made(of_task(TEXT, *turned), task="structured", borders=rule)
    assert (one.examples, one.parts, one.disputed) == (other.examples, other.parts, other.disputed)
    assert one.borders == other.borders


@given(annotations, st.sampled_from(BORDER_RULES))
@settings(deadline=None, max_examples=100)
def test_what_a_rule_for_borders_promises_it_keeps(
    annotations: list[Json], rule: BorderRule
) -> None:
    task = of_task(TEXT, *annotations)
    promise = made(task, control="label").borders
    kept = made(task, control="label", borders=rule)
    if promise is None:
        assert kept.borders is None
        return
    assert kept.parts is not None
    promised = promise[0] if len(promise) == 1 else promise[BORDER_RULES.index(rule)]
    assert promised == (len(kept.examples), kept.parts.kept.get("region", 0))


@pytest.mark.parametrize("rule", BORDER_RULES)
def test_the_undecided_parts_of_an_entry_are_those_that_were_dropped_so(rule: BorderRule) -> None:
    given = [
        annotated(region(0, 4, "PER"), region(6, 11, "PER"), by=1),
        annotated(region(1, 4, "PER"), region(15, 19, "ORG"), by=2),
        annotated(region(1, 4, "PER"), by=3),
        annotated(region(15, 19, "ORG"), by=4),
    ]
    shape = made(of_task(TEXT, *given), control="label", borders=rule)
    assert shape.disputed is not None
    parts = shape.disputed["meta"]["dataprep"].get("parts", [])
    undecided = [d for d in shape.drops if d.unit == "region" and d.reason == "undecided"]
    assert len(parts) == len(undecided)
