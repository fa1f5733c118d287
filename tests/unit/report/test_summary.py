"""The end of a run."""

import io

import pytest
from rich.console import Console

from dataprep.conversion.ledger import Ledger
from dataprep.report import summary

SPLITS = {"train": 1200, "validation": 150, "test": 148}


def run() -> Ledger:
    ledger = Ledger()
    read = ledger.stage("read", "tasks")
    read.entered, read.out = 1500, 1498
    read.dropped["J001"] = 2
    shape = ledger.stage("shape", "annotations")
    shape.entered, shape.out = 1890, 1498
    shape.dropped.update({"merged": 380, "skipped": 10, "tie": 2})
    check = ledger.stage("check", "examples")
    check.entered = check.out = 1498
    return ledger


def shown(
    ledger: Ledger,
    splits: dict[str, int],
    strata: dict[str, dict[str, int]] | None = None,
    width: int = 80,
) -> str:
    stream = io.StringIO()
    summary(ledger, splits, strata, console=Console(file=stream, width=width))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def test_the_ledger_shows_each_stage_and_every_reason() -> None:
    assert shown(run(), {}).splitlines() == [
        "stage  unit            in    out  dropped  why",
        "read   tasks        1,500  1,498        2  J001",
        "shape  annotations  1,890  1,498      392",
        "                                      380  merged",
        "                                       10  skipped",
        "                                        2  tie",
        "check  examples     1,498  1,498        0",
        "Nothing was lost: in = out + dropped, at every stage.",
    ]


def test_the_shares_of_the_strata_are_shown_for_each_split() -> None:
    strata = {
        "spam": {"train": 300, "validation": 40, "test": 37},
        "ham": {"train": 900, "validation": 110, "test": 111},
    }
    assert shown(Ledger(), SPLITS, strata).splitlines()[3:] == [
        "split      train  validation    test      all",
        "examples   1,200         150     148    1,498",
        "share     80.1 %      10.0 %   9.9 %  100.0 %",
        "  ham     75.0 %      73.3 %  75.0 %   74.8 %",
        "  spam    25.0 %      26.7 %  25.0 %   25.2 %",
    ]


def test_an_empty_split_has_no_shares() -> None:
    text = shown(run(), {"train": 3, "test": 0}, {"a": {"train": 3}})
    assert "  a       100.0 %      -  100.0 %" in text


def test_many_strata_are_cut_to_the_largest() -> None:
    strata = {f"label {n:02}": {"train": 100 - n} for n in range(40)}
    text = shown(run(), {"train": sum(100 - n for n in range(40))}, strata)
    assert "label 11" in text
    assert "label 12" not in text
    assert "28 more" in text


@pytest.mark.parametrize("width", [80, 120])
def test_long_and_hostile_labels_fit_the_screen(width: int) -> None:
    strata = {"\x1b[31m" + "long " * 40: {"train": 1200, "validation": 150, "test": 148}}
    text = shown(run(), SPLITS, strata, width)
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= width


def test_a_ledger_that_does_not_balance_says_so() -> None:
    ledger = run()
    ledger.stage("check", "examples").out -= 1
    assert "The ledger does not balance." in shown(ledger, {})
    assert "Nothing was lost" not in shown(ledger, {})
