"""The parts of a task that is settled in one control of several are counted once each."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.annotation import BORDER_RULES, parse_config
from dataprep.annotation.consensus import Policy
from dataprep.conversion.settled import SettledOutcome, Settlement
from dataprep.conversion.settling import SettledShaping
from dataprep.finding import Place
from dataprep.recipe import Source
from dataprep.shapes.shaped import Shaped
from dataprep.shapes.tasks import task_shape
from tests.building import Json, annotated, choices, decoded, of_task, record, region
from tests.unit.conversion.disputes import ran, settled, stage

TEXT = "Ada left Acme"
CONFIG = """<View>
  <Text name="text" value="$text"/>
  <Labels name="label" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>
  <Choices name="tone" toName="text"><Choice value="dry"/><Choice value="warm"/></Choices>
  <Choices name="topics" toName="text" choice="multiple"><Choice value="a"/><Choice value="b"/>
  </Choices>
</View>"""
ADA, ACME = region(0, 3, "PER"), region(9, 13, "ORG")
DRY, WARM = choices("dry", control="tone"), choices("warm", control="tone")


def topics(*given: str) -> Json:
    return choices(*given, control="topics")


def about(task: Json, *parts: Json) -> Json:
    """The settled task, which says which parts were in dispute."""
    task["meta"]["dataprep"] |= {"unit": parts[0]["unit"], "parts": list(parts)}
    return task


SPAN = {"unit": "region", "control": "label", "start": 9, "end": 13, "label": "ORG"}


def test_of_a_partly_settled_task_no_part_is_counted_for_each_annotator(tmp_path: Path) -> None:
    task = of_task(
        TEXT,
        annotated(ADA, DRY, topics("a"), by=1),
        annotated(ADA, ACME, DRY, topics("a", "b"), by=2, at=2),
        annotated(ADA, DRY, topics("a"), by=3, at=3),
        annotated(ACME, WARM, by=4, at=4, skipped=True),
        id=3,
    )
    decided = about(settled(3, TEXT, annotated(ADA, ACME, by=7, at=9)), SPAN)
    outcome = ran(tmp_path, [task], [decided], CONFIG, task="structured")
    assert stage(outcome, "settle") == (1, 1, {})
    assert stage(outcome, "merge") == (5, 4, {"skipped": 1})
    assert stage(outcome, "regions") == (7, 2, {"settled": 4, "skipped": 1})
    assert stage(outcome, "choices") == (4, 1, {"merged": 2, "outvoted": 1})
    assert stage(outcome, "answers") == (3, 1, {"merged": 2})


def test_where_each_annotation_is_an_example_the_settled_parts_are_counted_in_each(
    tmp_path: Path,
) -> None:
    task = of_task(TEXT, annotated(ADA, DRY, by=1), annotated(ACME, WARM, by=2, at=2), id=3)
    decided = about(settled(3, TEXT, annotated(ADA, ACME, by=7, at=9)), SPAN)
    outcome = ran(tmp_path, [task], [decided], CONFIG, task="structured", annotators="all")
    assert stage(outcome, "shape") == (1, 1, {})
    assert stage(outcome, "regions") == (6, 4, {"settled": 2})
    assert stage(outcome, "answers") == (2, 2, {})


def test_where_every_annotation_is_wrong_the_settled_parts_are_lost_once(tmp_path: Path) -> None:
    wet = choices("wet", control="tone")
    task = of_task(TEXT, annotated(ADA, wet, by=1), annotated(ACME, wet, by=2, at=2), id=3)
    other = of_task(TEXT, annotated(ADA, DRY, by=1), id=4)
    decided = about(settled(3, TEXT, annotated(ADA, ACME, by=7, at=9)), SPAN)
    outcome = ran(tmp_path, [task, other], [decided], CONFIG, task="structured", drop_invalid=True)
    assert stage(outcome, "shape") == (2, 1, {"A001": 1})
    assert stage(outcome, "regions") == (5, 1, {"settled": 2, "A001": 2})


@dataclass
class _Table:
    """One settled annotation, that settles every task."""

    found: Settlement
    outcomes: dict[int, SettledOutcome] = field(default_factory=dict)

    def find(self, *_: Any) -> list[Settlement]:
        return [self.found]


results = st.fixed_dictionaries(
    {
        "label": st.lists(st.sampled_from([ADA, ACME, region(9, 12, "ORG")]), max_size=3),
        "tone": st.sampled_from([[], [DRY], [WARM]]),
        "topics": st.sampled_from([[], [topics("a")], [topics("a", "b")]]),
    }
).map(lambda by_control: [r for those in by_control.values() for r in those])
submissions = st.lists(
    st.tuples(results, st.booleans(), st.integers(0, 5), st.booleans()), min_size=1, max_size=4
)
asked = st.sets(st.sampled_from(["label", "tone", "topics"]), min_size=1)


def settled_shape(annotations: list[Json], said: list[Json], asked: set[str], how: Json) -> Shaped:
    """What comes of a task, once an adjudicator has settled it."""
    source = Source(path="export.json", settled="s.json", task="structured", **how)
    answer = decoded(of_task(TEXT, annotated(*said, by=7, at=9))).annotations[0]
    table = _Table(Settlement(1, answer, Place(file="s.json", task=9), True, frozenset(asked)))
    shape = task_shape(parse_config(CONFIG.encode()), source)
    return SettledShaping({"s.json": table})(shape, record(of_task(TEXT, *annotations)), source)  # type: ignore[dict-item]


@pytest.mark.parametrize("policy", get_args(Policy))
@given(
    said=submissions, by_judge=results.filter(bool), asked=asked, rule=st.sampled_from(BORDER_RULES)
)
@settings(deadline=None, max_examples=60)
def test_every_part_of_a_settled_task_is_kept_or_dropped_once(
    policy: str, said: list[Any], by_judge: list[Json], asked: set[str], rule: str
) -> None:
    wrong = choices("wet", control="tone")
    annotations = [
        annotated(*mine, *[wrong] * (odd == 5), by=n, at=n, skipped=skipped, truth=truth)
        for n, (mine, skipped, odd, truth) in enumerate(said, 1)
    ]
    shape = settled_shape(annotations, by_judge, asked, {"annotators": policy, "borders": rule})
    parts = shape.parts
    assert parts is not None
    for unit in ("region", "relation", "choice", "answer"):
        dropped = sum(n for (of, _), n in parts.dropped.items() if of == unit)
        assert parts.given.get(unit, 0) == parts.kept.get(unit, 0) + dropped
    assert all(n >= 0 for n in (*parts.given.values(), *parts.kept.values()))
    assert all(n > 0 for n in parts.dropped.values())
    each = max(1, len(shape.examples))
    for unit, control, key in (("region", "label", "labels"), ("choice", "topics", "choices")):
        theirs, own = (
            sum(len(r["value"][key]) for r in rs if r["from_name"] == control)
            for rs in ([r for a in annotations for r in a["result"]], by_judge)
        )
        assert parts.given.get(unit, 0) == theirs + each * own  # type: ignore[call-overload]
