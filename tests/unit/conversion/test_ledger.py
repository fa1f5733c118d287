"""The ledger proves that nothing was lost: in = out + dropped, in every stage."""

from __future__ import annotations

import pytest

from dataprep.conversion.ledger import Ledger


def test_stages_stand_in_the_order_in_which_they_first_counted() -> None:
    ledger = Ledger()
    for name in ("read", "shape", "read", "write t5"):
        ledger.stage(name, "record").entered += 1
        ledger.stage(name, "record").out += 1
    assert [s.to_json() for s in ledger.stages.values()] == [
        {"stage": "read", "unit": "record", "in": 2, "out": 2, "dropped": {}},
        {"stage": "shape", "unit": "record", "in": 1, "out": 1, "dropped": {}},
        {"stage": "write t5", "unit": "record", "in": 1, "out": 1, "dropped": {}},
    ]


def test_the_reasons_stand_in_one_order_whatever_came_first() -> None:
    stage = Ledger().stage("merge", "annotation")
    stage.dropped.update(["tie", "skipped", "tie"])
    assert list(stage.to_json()["dropped"].items()) == [("skipped", 1), ("tie", 2)]


def test_a_stage_that_lost_something_is_a_defect_of_ours() -> None:
    ledger = Ledger()
    stage = ledger.stage("shape", "record")
    stage.entered, stage.out = 3, 1
    stage.dropped["tie"] += 1
    assert not stage.balanced
    with pytest.raises(AssertionError, match="the ledger does not balance"):
        ledger.check()
    stage.dropped["skipped"] += 1
    assert stage.balanced
    ledger.check()


def test_a_stage_that_made_something_up_is_a_defect_too() -> None:
    ledger = Ledger()
    ledger.stage("shape", "record").out = 1
    with pytest.raises(AssertionError):
        ledger.check()


def test_an_empty_ledger_balances() -> None:
    Ledger().check()
