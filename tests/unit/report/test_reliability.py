"""How reliable annotators are, as a person and as a program reads it."""

from __future__ import annotations

import io

from rich.cells import cell_len

from dataprep.annotation import Measure
from dataprep.annotation.reliability import (
    ALONE,
    AnnotatorReliability,
    Difference,
    ReliabilityResult,
)
from dataprep.contracts import contract
from dataprep.report.reliability import reliability_table, to_json
from dataprep.report.terminal import console

ANN = AnnotatorReliability(
    "ann@example.org", 1200, Measure(0.75), Measure(0.8125), Difference("Person", "", 31)
)
BEN = AnnotatorReliability(
    "ben", 7, Measure(None, ALONE), Measure(None, ALONE), Difference("", "Department", 2)
)
CID = AnnotatorReliability("cid", 3, Measure(1.0), Measure(1.0), None)


def shown(*people: AnnotatorReliability) -> list[str]:
    stream = io.StringIO()
    screen = console(stream)
    screen.width = 80
    reliability_table(ReliabilityResult("label", "dawid-skene", people), screen)
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_each_annotator_is_a_line() -> None:
    assert shown(ANN, BEN, CID) == [
        "Annotators of label, by dawid-skene",
        "annotator        tasks  as the majority  reliable  differs most",
        "ann@example.org  1,200            0.750     0.812  31 x Person for nothing",
        "ben                  7                -         -  2 x nothing for Department",
        "cid                  3            1.000     1.000  -",
    ]


def test_where_nobody_is_named_that_is_said_in_place_of_an_empty_table() -> None:
    assert shown() == [
        "Annotators of label, by dawid-skene",
        "No annotation names its annotator, so all of them count as one person's.",
    ]


def test_twenty_are_shown_and_the_others_counted() -> None:
    lines = shown(*[CID] * 22)
    assert len(lines) == 23
    assert lines[-1] == "2 more"


def test_long_and_foreign_names_and_labels_stay_on_their_line_and_are_not_obeyed() -> None:
    long = "\x1b[31m[bold]" + "名" * 60
    differs = Difference("b\u202e" * 40, "\n" * 40, 1_234_567)
    odd = AnnotatorReliability(long, 9_999_999, Measure(0.123456), Measure(0.5), differs)
    lines = shown(odd)
    assert len(lines) == 3
    assert "\x1b" not in "".join(lines)
    assert "\u202e" not in "".join(lines)
    assert "[bold]" in lines[2]
    assert "9,999,999" in lines[2]
    assert "1,234,567 x" in lines[2]
    assert max(map(cell_len, lines)) <= 80


def test_of_long_labels_both_beginnings_are_seen() -> None:
    long = "somebody.with@a-long-domain.example.org"
    labels = Difference("Unfavourable", "\N{CJK UNIFIED IDEOGRAPH-540D}" * 12, 915)
    one = AnnotatorReliability(long, 12_345, Measure(1.0), Measure(0.697), labels)
    assert shown(one)[1:] == [
        "annotator              tasks  as the majority  reliable  differs most",
        "somebody.with@a-lon…  12,345            1.000     0.697  915 x Unfav… for 名名…",
    ]


def test_a_short_label_leaves_its_room_to_the_other() -> None:
    labels = Difference("no", "Unfavourable in every respect", 3)
    one = AnnotatorReliability("ann", 12, Measure(1.0), Measure(0.697), labels)
    assert shown(one)[2] == (
        "ann           12            1.000     0.697  3 x no for Unfavourable in every r…"
    )


def test_as_json_it_is_what_its_schema_says() -> None:
    written = to_json(ReliabilityResult("label", "mace", (ANN, BEN, CID)))
    assert list(contract("reliability").violations(written)) == []
    assert written == {
        "schema": "urn:dataprep:schema:reliability:1",
        "control": "label",
        "method": "mace",
        "annotator_count": 3,
        "annotators": [
            {
                "annotator": "ann@example.org",
                "tasks": 1200,
                "with_majority": {"value": 0.75},
                "reliability": {"value": 0.8125},
                "differs": {"said": "Person", "probable": "", "times": 31},
            },
            {
                "annotator": "ben",
                "tasks": 7,
                "with_majority": {"value": None, "reason": "shares no question with anybody"},
                "reliability": {"value": None, "reason": "shares no question with anybody"},
                "differs": {"said": "", "probable": "Department", "times": 2},
            },
            {
                "annotator": "cid",
                "tasks": 3,
                "with_majority": {"value": 1.0},
                "reliability": {"value": 1.0},
                "differs": None,
            },
        ],
    }
