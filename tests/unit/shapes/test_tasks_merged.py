"""Annotators are heard by a named policy, and what none of them says is dropped by name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dataprep.annotation import Agreement, parse_config
from dataprep.annotation.consensus import Policy
from dataprep.finding import UsageError
from dataprep.recipe import Source
from dataprep.shapes.tasks import task_shape
from tests.building import (
    BAD,
    GOOD,
    NER,
    SENTIMENT,
    annotated,
    choices,
    of_task,
    one,
    reasons,
    region,
    shaped,
)

ROOT = Path(__file__).parents[3]


def test_annotators_who_agree_give_one_example_with_both_names() -> None:
    shape = shaped(SENTIMENT, of_task("Fine.", annotated(GOOD, by=2, at=5), annotated(GOOD, by=1)))
    assert one(shape).annotators == '["1","2"]'
    assert (shape.annotations, shape.merged, shape.drops) == (2, 2, [])


def test_annotators_who_disagree_drop_the_task_as_a_tie() -> None:
    shape = shaped(SENTIMENT, of_task("Fine.", annotated(GOOD, by=1), annotated(BAD, by=2)))
    assert shape.examples == []
    assert reasons(shape) == (["01-1 tie", "01-2 tie"], ["tie"])
    assert shape.findings == []


@pytest.mark.parametrize(
    ("policy", "label", "lost"),
    [
        ("majority", "Positive", ["02-2 outvoted"]),
        ("first", "Positive", ["02-2 not-chosen", "03-3 not-chosen"]),
        ("latest", "Positive", ["01-1 not-chosen", "02-2 not-chosen"]),
        ("ground-truth-first", "Negative", ["01-1 not-chosen", "03-3 not-chosen"]),
    ],
)
def test_a_named_policy_merges(policy: Policy, label: str, lost: list[str]) -> None:
    task = of_task(
        "Fine.",
        annotated(GOOD, by=1, at=1),
        annotated(BAD, by=2, at=2, truth=True),
        annotated(GOOD, by=3, at=3),
    )
    shape = shaped(SENTIMENT, task, annotators=policy)
    assert one(shape).output == label
    assert reasons(shape) == (lost, [])


def test_all_gives_an_example_for_each_annotation() -> None:
    task = of_task("Fine.", annotated(BAD, by=1, at=9), annotated(GOOD, by=2, at=3))
    shape = shaped(SENTIMENT, task, annotators="all")
    assert [e.output for e in shape.examples] == ["Positive", "Negative"]
    assert (shape.merged, shape.drops) == (2, [])


def test_the_order_of_the_annotations_in_the_file_changes_nothing() -> None:
    spans = [annotated(region(0, 3, "PER"), by=n, at=at) for n, at in ((1, 9), (2, 3), (3, 5))]
    given = shaped(NER, of_task("Bob", *spans))
    turned = shaped(NER, of_task("Bob", *reversed(spans)))
    assert given.examples == turned.examples


def test_a_skipped_annotation_is_not_heard_whatever_it_holds() -> None:
    shape = shaped(
        SENTIMENT, of_task("Fine.", annotated(BAD, by=1, skipped=True), annotated(GOOD, by=2))
    )
    assert one(shape).output == "Positive"
    assert reasons(shape) == (["01-1 skipped"], [])


def test_drafts_and_predictions_are_no_annotations() -> None:
    task = {**of_task("Fine."), "drafts": [{"result": [GOOD]}], "predictions": [{"result": [BAD]}]}
    assert reasons(shaped(SENTIMENT, task)) == ([], ["unlabelled"])


@pytest.mark.parametrize(
    ("annotations", "reason"),
    [
        ([], "unlabelled"),
        ([annotated()], "submitted-empty"),
        ([annotated(skipped=True)], "skipped"),
        ([annotated(), annotated(skipped=True, by=2)], "skipped"),
        ([annotated(skipped=True), annotated(choices("Goood"), by=2), annotated(by=3)], "A001"),
        ([annotated(GOOD, BAD), annotated(choices("x"), by=2)], "A001"),
        ([annotated(choices("x")), annotated(GOOD, BAD, by=2)], "A001"),
    ],
)
def test_a_task_without_an_answer_is_dropped_for_its_gravest_reason(
    annotations: list[dict[str, Any]], reason: str
) -> None:
    assert reasons(shaped(SENTIMENT, of_task("Fine.", *annotations)))[1] == [reason]


def test_the_reason_does_not_depend_on_how_python_hashes_texts() -> None:
    program = (
        "from tests.building import *\n"
        "task = of_task('Hi', annotated(choices('x')), annotated(choices('Positive', 'Negative'),"
        " by=2), annotated(choices('Positive', control='other'), by=3))\n"
        "print([d.reason for d in shaped(SENTIMENT, task).drops])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3", "5")
    }
    assert said == {"['A001', 'A007', 'A006', 'A001']\n"}


def test_an_empty_submission_is_no_example_by_default() -> None:
    shape = shaped(NER, of_task("Nothing here.", annotated()))
    assert reasons(shape) == (["01-1 submitted-empty"], ["submitted-empty"])


@pytest.mark.parametrize(("form", "output"), [("json", "[]"), ("list", "none"), ("inline", "Hm.")])
def test_an_empty_submission_can_be_a_negative(form: Any, output: str) -> None:
    shape = shaped(NER, of_task("Hm.", annotated()), empty="negative", spans_as=form)
    assert one(shape).output == output
    assert (shape.merged, shape.drops) == (1, [])


def test_an_unlabelled_task_and_a_skipped_one_are_never_negatives() -> None:
    assert reasons(shaped(NER, of_task("Hm."), empty="negative"))[1] == ["unlabelled"]
    skipped = of_task("Hm.", annotated(skipped=True))
    assert reasons(shaped(NER, skipped, empty="negative"))[1] == ["skipped"]


def test_negatives_of_a_choice_are_refused_before_any_task_is_read() -> None:
    with pytest.raises(UsageError, match=r"'empty: negative' .--empty negative. is for spans"):
        task_shape(parse_config(SENTIMENT.encode()), Source(path="x", empty="negative"))


@pytest.mark.parametrize("text", ["", " ", "\r\n\t"])
def test_a_task_without_text_gives_no_example(text: str) -> None:
    shape = shaped(SENTIMENT, of_task(text, annotated(GOOD)))
    assert reasons(shape) == (["01-1 empty-text"], ["empty-text"])


def test_who_submits_no_span_disagrees_with_who_marks_one() -> None:
    task = of_task("Ada", annotated(region(0, 3, "PER"), by=1), annotated(by=2, at=2))
    made = shaped(NER, task)
    assert sorted(made.votes) == [("1", frozenset({(0, 3, "PER")})), ("2", frozenset())]
    assert [d.reason for d in made.drops] == ["submitted-empty"]
    agreement = Agreement("label", "spans")
    agreement.add("1", made.votes)
    assert agreement.result().f1.exact.value == 0


def test_two_who_submit_no_span_agree_and_give_no_example() -> None:
    made = shaped(NER, of_task("Ada", annotated(by=1), annotated(by=2, at=2)))
    assert (made.examples, made.disputed) == ([], None)
    assert sorted(made.votes) == [("1", frozenset()), ("2", frozenset())]


def test_who_skips_a_text_says_nothing_of_its_spans() -> None:
    task = of_task("Ada", annotated(region(0, 3, "PER"), by=1), annotated(by=2, skipped=True))
    assert shaped(NER, task).votes == []
