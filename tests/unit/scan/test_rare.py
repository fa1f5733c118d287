"""Tasks that look plain and are not: each is handed back, and which order the plain ones have."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dataprep import scan
from tests.mutated_tasks import CONFIG
from tests.scanned_tasks import compare, shape_and_plan

pytestmark = pytest.mark.skipif(not scan.available(), reason=f"no scan: {scan.why_not()}")

Json = dict[str, Any]


def task(*people: int, **more: Any) -> Json:
    """A plain task that so many people agree on."""
    result = {"from_name": "kind", "to_name": "text", "value": {"choices": ["food"]}}
    given = [
        {"completed_by": who, "result": [dict(result)], "unique_id": f"u{who}"} for who in people
    ]
    return {"id": 1, "annotations": given, "data": {"text": "a text", "n": 0}, **more}


def verdict(text: str, plan: scan.TaskPlan | None = None) -> str:
    shape, usual = shape_and_plan()
    (found,) = compare([text], shape, plan or usual)
    return found


def changed(change: Callable[[Json], object], *people: int) -> str:
    made = task(*people or (1,))
    change(made)
    return json.dumps(made)


def test_the_tasks_that_are_changed_here_are_plain() -> None:
    assert verdict(json.dumps(task(1))) == "plain"
    assert verdict(json.dumps(task(1, 2, 3))) == "plain"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"n": 0', '"n": 0, "n": 0'),
        ('"n": 0', '"n": 0.00001'),
        ('"n": 0', '"n": 1.50'),
        ('"n": 0', '"n": -0'),
        ('"n": 0', '"n": 1e5'),
        ('"n": 0', '"n": "\\ud800"'),
        ('"n": 0', '"n": "\ud800"'),
        ('"n": 0', '"\\u006e": 0'),
        ('"n": 0', '"n": [0]'),
        ('"id": 1', '"id": 1, "meta": 1e400'),
        ('"id": 1', '"id": 1, "meta": {"a": 1, "a": 1}'),
        ('"id": 1', '"id": 1, "meta": [{"a": {"b": 1, "b": 1}}]'),
        ('"id": 1', '"id": 1, "meta": "\ud800"'),
        ('"id": 1', '"id": 1, "meta": "\\udc00"'),
        ('"id": 1', '"id": 1, "meta": ' + "[" * 64 + "]" * 64),
        ('"id": 1', '"id": 1, "id": 1'),
        ('"id": 1', '"id": -1'),
        ('"id": 1', '"id": 1.0'),
        ('"id": 1', '"id": "1"'),
        ('"food"', '"\\u0066ood"'),
        ('"food"', '"nobody"'),
        ('"food"', '"food", "food"'),
        ('"kind"', '"k\\u0069nd"'),
        ('"unique_id": "u1"', '"unique_id": ""'),
        ('"unique_id": "u1"', '"unique_id": null'),
        ('"unique_id": "u1"', '"unique_id": "u1", "asked": null'),
        ('"a text"', '" \\u3000\\n"'),
        ('"a text"', '"http://a.b/c"'),
        ('"a text"', '" /data/a "'),
    ],
)
def test_a_change_that_takes_a_closer_look_makes_a_task_rare(old: str, new: str) -> None:
    plain = json.dumps(task(1))
    assert plain.count(old) == 1
    assert verdict(plain.replace(old, new)) == "rare"


def test_a_label_that_is_spelled_otherwise_is_rare_where_any_label_is_one() -> None:
    shape, plan = shape_and_plan()
    text = json.dumps(task(1)).replace('"food"', '"\\u0066ood"')
    learned = (replace(plan.learned[0], labels=None),)
    assert compare([text], shape, replace(plan, learned=learned)) == {"rare": 1}


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t["annotations"][1].update(ground_truth=True),
        lambda t: t["annotations"][1].update(was_cancelled=True),
        lambda t: t["annotations"][1].update(completed_by=1),
        lambda t: t["annotations"][1].update(unique_id="u1"),
        lambda t: t["annotations"][1]["result"][0].update(value={"choices": ["plant"]}),
        lambda t: t["annotations"][1]["result"].append(t["annotations"][0]["result"][0]),
        lambda t: t["annotations"][1].update(result=[]),
    ],
)
def test_annotations_that_are_not_all_alike_are_rare(change: Callable[[Json], object]) -> None:
    assert verdict(changed(change, 1, 2)) == "rare"


@pytest.mark.parametrize(
    ("keys", "times", "order"),
    [
        (("b", "a"), ("2025", "2025"), ["a", "b"]),
        (("a", "b"), ("2026", "2025"), ["b", "a"]),
        (("zz", "é"), ("2025", "2025"), ["é", "zz"]),  # of one character, and of two
        (("b", "aa"), ("2025Z", "2025"), ["b", "aa"]),
        (("b", "a"), ("2025-01Z", "2025-01.5Z"), ["b", "a"]),
    ],
)
def test_annotations_stand_in_the_order_of_time_and_then_of_their_keys(
    keys: tuple[str, str], times: tuple[str, str], order: list[str]
) -> None:
    made = task(1, 2)
    for one, key, time in zip(made["annotations"], keys, times, strict=True):
        one.update(unique_id=key, created_at=time)
    raw = json.dumps(made, ensure_ascii=False)
    assert verdict(raw) == "plain"
    found = scan.read_tasks(shape_and_plan()[1], raw.encode())
    assert found is not None
    assert json.loads(found.plain["annotations"][0]) == order


def test_of_a_config_without_other_controls_an_unknown_one_is_rare() -> None:
    shape, plan = shape_and_plan(CONFIG)
    assert plan.whole
    text = json.dumps(task(1)).replace('"kind"', '"nobody"')
    assert compare([text], shape, plan) == {"rare": 1}
