"""What other rules would keep, and the ground truth by name, on the screen."""

from __future__ import annotations

import io
from typing import Any

from dataprep.report import console, print_consensus

BORDERS = {
    "exact": {"tasks": 126, "regions": 584},
    "trim": {"tasks": 130, "regions": 1_839},
    "punctuation": {"tasks": 130, "regions": 1_911},
    "overlap": {"tasks": 130, "regions": 2_038},
}


def shown(consensus: dict[str, Any]) -> list[str]:
    stream = io.StringIO()
    print_consensus(consensus, console(stream))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_each_rule_is_shown_with_the_tasks_and_regions_that_it_keeps() -> None:
    assert shown({"borders": BORDERS}) == [
        "What goes on, by how the borders of regions are compared",
        "--borders    tasks  regions",
        "exact          126      584",
        "trim           130    1,839",
        "punctuation    130    1,911",
        "overlap        130    2,038",
        "",
    ]


def test_rules_that_come_to_the_same_are_not_shown() -> None:
    assert shown({"borders": {rule: {"tasks": 3, "regions": 9} for rule in BORDERS}}) == []
    assert shown({}) == []


def test_the_ground_truth_is_shown_with_its_flag_and_whose_it_is() -> None:
    held = {f"annotator-{n}": n for n in range(1, 8)}
    assert shown({"ground_truth": {"tasks": 28, "disputed": 5, "annotators": held}}) == [
        "28 tasks with several annotators hold an annotation marked as ground truth. To take it as"
        " the answer: --annotators ground-truth-first. It decides all of them; 5 are"
        " disputed now.",
        "The marks sit on the annotations of annotators annotator-7 (7), annotator-6 (6),"
        " annotator-5 (5), annotator-4 (4), annotator-3 (3) and 2 more. Each favours the annotator"
        " who holds it.",
        "",
    ]
    one = {"tasks": 1, "disputed": 0, "annotators": None}
    assert shown({"ground_truth": one}) == [
        "1 task with several annotators holds an annotation marked as ground truth. To take it as"
        " the answer: --annotators ground-truth-first. It decides all of them; 0 are"
        " disputed now.",
        "",
    ]


def test_tasks_with_several_marks_are_named_with_the_one_that_is_taken() -> None:
    truth = {"tasks": 9, "disputed": 1, "several": 2, "annotators": None}
    assert shown({"ground_truth": truth})[1] == (
        "In 2 tasks several annotations are marked: the oldest of them is taken."
    )
