"""A million mutated tasks, each by a scan and by the object path: `make test-long`."""

from __future__ import annotations

import pytest

from dataprep import scan
from tests import mutated_answers
from tests.mutated_tasks import CONFIG, tasks
from tests.scanned_tasks import compare, shape_and_plan

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not scan.available(), reason=f"no scan: {scan.why_not()}"),
]

EACH = 25_000
OTHERS = [*({"control": name} for name in mutated_answers.CONTROLS), {"task": "structured"}]


@pytest.mark.parametrize("seed", range(1_000, 1_040))
def test_a_plain_task_is_what_the_object_path_makes_of_it(seed: int) -> None:
    config = CONFIG.replace('"single"', '"multiple"') if seed % 2 else CONFIG
    shape, plan = shape_and_plan(config)
    verdicts = compare(tasks(seed, EACH), shape, plan)
    assert min(verdicts[kind] for kind in ("plain", "rare", "no JSON")) > EACH // 200


@pytest.mark.parametrize("seed", range(2_000, 2_014))
def test_answers_of_every_kind_are_what_the_object_path_makes_of_them(seed: int) -> None:
    shape, plan = shape_and_plan(mutated_answers.CONFIG, **OTHERS[seed % len(OTHERS)])
    verdicts = compare(tasks(seed, EACH, mutated_answers.PROJECT), shape, plan)
    assert min(verdicts[kind] for kind in ("plain", "rare", "no JSON")) > EACH // 200
