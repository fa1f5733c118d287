"""The labeling config is a contract: what an annotation does against it is named, with its id."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dataprep.annotation import parse_config, read_config
from dataprep.example import Record
from dataprep.finding import Place, UsageError
from dataprep.recipe import Source
from dataprep.shapes import shape_for
from dataprep.shapes.tasks import task_shape
from dataprep.sources import label_studio
from tests.building import SENTIMENT, annotated, choices, decoded, of_task, shaped, written

GOOD = choices("Positive")
CASES = Path(__file__).parents[2] / "cases"


@pytest.mark.parametrize("code", ["A001", "A002", "A003", "A005", "A006", "A007", "A008"])
@pytest.mark.parametrize("name", ["bad", "good"])
def test_the_first_cases_break_or_keep_their_rule(code: str, name: str) -> None:
    assert (code in _codes(code, name)) is (name == "bad")


@pytest.mark.parametrize("code", ["A004", "A010", "A011", "A012", "A013", "A014"])
@pytest.mark.parametrize("name", ["bad", "good"])
def test_the_later_cases_break_or_keep_their_rule(code: str, name: str) -> None:
    assert (code in _codes(code, name)) is (name == "bad")


def _codes(code: str, name: str) -> set[str]:
    config = read_config(CASES / code / "config.xml")
    path = CASES / code / f"{name}.json"
    shape = task_shape(config, Source(path=path.name))
    records = [r for r in label_studio.read(path, path.name) if isinstance(r, Record)]
    return {finding.code for record in records for finding in shape(record).findings}


def test_an_answer_about_another_object_drops_its_annotation() -> None:
    made = shaped(SENTIMENT, of_task("Fine.", annotated({**GOOD, "to_name": "title"})))
    assert [f"{f.place}: {f.message}" for f in made.findings] == [
        "export.json task 1 annotation 01-1: 'sentiment' is about 'title',"
        " and in the config about text"
    ]
    assert made.examples == []


def test_a_required_answer_that_is_missing_is_a_warning() -> None:
    config = SENTIMENT.replace("</View>", '<TextArea name="why" toName="text"/></View>')
    made = shaped(config, of_task("Fine.", annotated(written("So.", control="why"))), control="why")
    assert [(f.code, f.severity) for f in made.findings] == [("A011", "warning")]
    assert [e.output for e in made.examples] == ["So."]


def test_a_skipped_annotation_can_be_kept() -> None:
    task = of_task("Fine.", annotated(GOOD, skipped=True))
    assert shaped(SENTIMENT, task).examples == []
    assert [e.output for e in shaped(SENTIMENT, task, skipped="keep").examples] == ["Positive"]


def test_the_least_agreement_is_a_setting() -> None:
    bad = choices("Negative")
    task = of_task("Fine.", annotated(GOOD, by=1), annotated(GOOD, by=2), annotated(bad, by=3))
    assert [e.output for e in shaped(SENTIMENT, task).examples] == ["Positive"]
    assert shaped(SENTIMENT, task, agreement=0.7).examples == []


def of_type(type: str, **value: Any) -> dict[str, Any]:
    return {"from_name": "box", "to_name": "image", "type": type, "value": value}


def first(*results: dict[str, Any]) -> list[Record]:
    return [Record(Place(file="e.json", task=1), 0, decoded(of_task("Hi", annotated(*results))))]


def test_types_of_results_that_are_not_read_are_counted_and_named() -> None:
    boxes = of_type("rectanglelabels", x=1)
    _, why = shape_for(first(GOOD, boxes, boxes), Source(path="e.json"), Path(), 0)
    assert why.endswith("; not read: rectanglelabels (2)")


def test_a_project_about_images_is_refused_with_the_reason() -> None:
    with pytest.raises(UsageError, match=r"are about pictures \(rectanglelabels \(1\)\)"):
        shape_for(first(of_type("rectanglelabels", x=1)), Source(path="e.json"), Path(), 0)
    config = SENTIMENT.replace("<Text ", "<Image ")
    with pytest.raises(UsageError, match=r"'sentiment' is about pictures \(the tag Image\)"):
        task_shape(parse_config(config.encode()), Source(path="x"))
