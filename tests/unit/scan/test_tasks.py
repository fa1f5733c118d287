"""A plain task of a scan is what the object path makes of it; all others are handed back.

A hundred thousand mutated ones are tried; `make test-long` tries a million.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dataprep import scan
from tests import mutated_answers
from tests.mutated_tasks import CONFIG, LABELS, tasks
from tests.scanned_tasks import compare, shape_and_plan

pytestmark = pytest.mark.skipif(not scan.available(), reason=f"no scan: {scan.why_not()}")


@pytest.mark.parametrize("annotators", ["majority", "all"])
def test_mutated_tasks_are_plain_only_where_the_object_path_says_the_same(annotators: str) -> None:
    shape, plan = shape_and_plan(annotators=annotators)
    verdicts = compare(tasks(7, 25_000), shape, plan)
    assert verdicts["plain"] > 7_500  # or nothing is proven
    assert verdicts["rare"] > 5_000
    assert verdicts["no JSON"] > 125


def test_of_several_choices_one_is_plain_and_counted_as_a_part() -> None:
    shape, plan = shape_and_plan(CONFIG.replace('"single"', '"multiple"'))
    assert plan.learned[0].kind == "choices"
    verdicts = compare(tasks(11, 5_000), shape, plan)
    assert verdicts["plain"] > 1_500
    assert verdicts["rare"] > 1_000


@pytest.mark.parametrize(
    "asked", [*({"control": name} for name in mutated_answers.CONTROLS), {"task": "structured"}]
)
def test_answers_of_every_kind_are_plain_only_where_the_object_path_says_the_same(
    asked: dict[str, str],
) -> None:
    shape, plan = shape_and_plan(mutated_answers.CONFIG, **asked)
    verdicts = compare(tasks(21, 7_000, mutated_answers.PROJECT), shape, plan)
    assert verdicts["plain"] > 700
    assert verdicts["rare"] > 700


@pytest.mark.parametrize(
    "prompt", ["{{ text }}", "{{ answer }}: {{text}}\n", "é {{ instruction }}\n\n{{ text }} \\ "]
)
def test_a_plain_template_is_filled_as_the_template_is(prompt: str) -> None:
    shape, plan = shape_and_plan(prompt=prompt)
    assert compare(tasks(8, 150), shape, plan)["plain"] > 50


def test_a_template_that_does_more_than_fill_in_is_no_scans() -> None:
    with pytest.raises(AssertionError):
        shape_and_plan(prompt="{{ text | upper }}")
    with pytest.raises(AssertionError):
        shape_and_plan(prompt="{% if text %}{{ text }}{% endif %}")


def test_tasks_stand_in_their_order_with_commas_and_any_spaces_between() -> None:
    _, plan = shape_and_plan()
    plain, rare = task(5), task(6, extra=1)
    piece = f" {plain}\n,\t{rare} , null,{plain} \r\n".encode()
    found = scan.read_tasks(plan, piece)
    assert found is not None
    assert found.plain["task"].to_list() == ["5", "5"]
    assert [piece[a:b].decode() for _, a, b in found.rare] == [rare, "null"]
    assert [number for number, _, _ in found.rare] == [1, 2]


@pytest.mark.parametrize(
    "piece", ["", " ", ",", "{}{}", "{},", "[", "{} x", "nul", '{"a"', "\ufeff{}"]
)
def test_what_is_no_list_of_tasks_is_left_to_the_plain_way(piece: str) -> None:
    _, plan = shape_and_plan()
    assert scan.read_tasks(plan, piece.encode()) is None


def test_every_beginning_of_a_task_is_told_from_a_task() -> None:
    _, plan = shape_and_plan()
    whole = task(5, meta={"a": [1.5, True, '\u00e9\\"\ud83d\ude00']}).encode()
    assert scan.read_tasks(plan, whole) is not None
    for end in range(len(whole)):
        assert scan.read_tasks(plan, whole[:end]) is None


def test_a_plan_that_is_too_large_is_none() -> None:
    _, plan = shape_and_plan()
    many = tuple(f"label {n}" for n in range(2_000))
    learned = (replace(plan.learned[0], labels=many),)
    assert scan.read_tasks(replace(plan, learned=learned), task(5).encode()) is None


def test_a_plan_with_half_a_character_is_none() -> None:
    _, plan = shape_and_plan()
    assert scan.read_tasks(replace(plan, pieces=("\ud800",)), task(5).encode()) is None


def task(number: int, **more: object) -> str:
    """A plain task."""
    result = {"from_name": "kind", "to_name": "text", "value": {"choices": [LABELS[0]]}}
    one = {"completed_by": 1, "result": [result], "unique_id": f"u{number}"}
    data = {"text": "a text"}
    return json.dumps({"id": number, "annotations": [one], "data": data, **more})
