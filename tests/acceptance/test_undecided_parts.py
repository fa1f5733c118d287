"""Annotators who disagree on a part of a task, as a user converts what they did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.test_main_road import all_rows, ok, rows
from tests.building import annotated, choices, corpus, of_task, region

Json = dict[str, Any]
TEAMS = corpus("leoka/team_*.json")


def stage(manifest: Json, name: str) -> Json:
    (found,) = [each for each in manifest["ledger"] if each["stage"] == name]
    return dict(found)


def converted(dataprep: Run, out: Path, *arguments: Any) -> Json:
    """The manifest of a conversion."""
    ok(dataprep("convert", *arguments, "--to", "openai-chat", "-o", out))
    return dict(json.loads((out / "manifest.json").read_text("utf-8")))


@pytest.mark.parametrize("teams", [[path.values[0] for path in TEAMS]], ids=["leoka"])
def test_four_teams_lose_the_undecided_spans_and_not_their_tasks(
    dataprep: Run, tmp_path: Path, teams: list[Path]
) -> None:
    if not teams[0].is_file():
        pytest.skip("no corpora at $DATAPREP_CORPORA")
    manifest = converted(dataprep, tmp_path / "out", *teams)
    tasks, regions = stage(manifest, "shape"), stage(manifest, "regions")
    assert tasks["in"] == 520
    assert tasks["out"] >= 515
    assert regions["out"] >= 3_500
    assert regions["in"] == regions["out"] + sum(regions["dropped"].values())
    answers = [row["messages"][1]["content"] for row in all_rows(tmp_path / "out" / "openai-chat")]
    assert sum(len(json.loads(answer)) for answer in answers) == regions["out"]
    undecided = [
        drop
        for drop in rows(tmp_path / "out" / "dropped.jsonl")
        if drop["unit"] == "region" and drop["reason"] in ("undecided", "label-undecided")
    ]
    disputed = json.loads((tmp_path / "out" / "adjudication.json").read_text("utf-8"))
    parts = [part for task in disputed for part in task["meta"]["dataprep"]["parts"]]
    assert len(undecided) == len(parts)
    assert len(parts) == sum(
        regions["dropped"][reason] for reason in ("undecided", "label-undecided")
    )
    assert all(len(task["predictions"]) > 1 for task in disputed)


def test_a_span_that_annotators_share_is_the_text_between_its_borders_without_blanks(
    dataprep: Run, tmp_path: Path
) -> None:
    text = "\u2003Ada \U0001f680 met\r\nBob."
    one = annotated(region(0, 6, "PER"), region(10, 15, "PER"), by=1)
    other = annotated(region(1, 7, "PER"), region(12, 15, "PER"), by=2)
    (tmp_path / "export.json").write_text(json.dumps([of_task(text, one, other)]))
    converted(dataprep, tmp_path / "out", "export.json")
    (row,) = all_rows(tmp_path / "out" / "openai-chat")
    assert json.loads(row["messages"][1]["content"]) == [
        {"text": "Ada \U0001f680", "label": "PER"},
        {"text": "Bob", "label": "PER"},
    ]


def test_what_each_rule_for_borders_keeps_is_what_it_keeps(dataprep: Run, tmp_path: Path) -> None:
    text = "Ada Lovelace, met (Bob). "
    tasks = [
        of_task(
            text,
            annotated(region(0, 12, "PER"), region(19, 22, "PER"), by=1),
            annotated(region(0, 13, "PER"), region(18, 24, "PER"), by=2),
        ),
        of_task(
            text,
            annotated(region(0, 3, "PER"), region(19, 22, "PER"), by=1),
            annotated(region(4, 12, "PER"), region(18, 22, "PER"), by=2),
            id=2,
        ),
        of_task(
            text,
            annotated(region(24, 25, "PER"), region(14, 17, "PER"), by=1),
            annotated(region(13, 18, "PER"), by=2),
            id=3,
        ),
    ]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    promised: list[Json] = []
    for rule in ("exact", "trim", "punctuation", "overlap"):
        out = tmp_path / rule
        done = dataprep(
            "convert", "export.json", "--to", "openai-chat", "--borders", rule, "-o", out
        )
        if rule == "exact":
            assert done.returncode == 3
            continue
        manifest = json.loads((ok(done) and out / "manifest.json").read_text())
        promised.append(manifest["consensus"]["borders"])
        assert manifest["consensus"]["borders"][rule] == {
            "tasks": stage(manifest, "shape")["out"],
            "regions": stage(manifest, "regions")["out"],
        }
    assert promised[0] == promised[1] == promised[2]
    assert promised[0] == {
        "exact": {"tasks": 0, "regions": 0},
        "trim": {"tasks": 1, "regions": 1},
        "punctuation": {"tasks": 3, "regions": 4},
        "overlap": {"tasks": 3, "regions": 4},
    }


def test_the_ground_truth_is_proposed_by_name_with_whose_it_is(
    dataprep: Run, tmp_path: Path
) -> None:
    good, bad = choices("good", control="c"), choices("bad", control="c")
    tasks = [
        of_task("One.", annotated(good, by=7, truth=True), annotated(bad, by=8)),
        of_task("Two.", annotated(good, by=7, truth=True), annotated(good, by=8), id=2),
        of_task("Three.", annotated(good, by=7), annotated(bad, by=8, truth=True), id=3),
        of_task("Four.", annotated(good, by=7), annotated(good, by=8), id=4),
        of_task("Five.", annotated(good, by=7, truth=True), id=5),
    ]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    asked = ("convert", "export.json", "--to", "openai-chat", "-o", "out")
    said = ok(dataprep(*asked)).stderr
    assert (
        "3 tasks with several annotators hold an annotation marked as ground truth. To take it as"
        " the answer: --annotators ground-truth-first. It decides all of them; 2 are"
        " disputed now." in said
    )
    assert (
        "The marks sit on the annotations of annotators 7 (2), 8 (1). Each favours the annotator"
        " who holds it." in said
    )
    said = ok(dataprep(*asked, "--annotators", "ground-truth-first")).stderr
    assert "ground truth" not in said
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert stage(manifest, "shape")["out"] == 5


def test_a_summary_of_annotators_who_agree_proposes_nothing(dataprep: Run, tmp_path: Path) -> None:
    spans = [annotated(region(0, 3, "PER"), by=n) for n in (1, 2)]
    (tmp_path / "export.json").write_text(json.dumps([of_task("Ada", *spans)]))
    said = ok(dataprep("convert", "export.json", "--to", "openai-chat")).stderr
    assert "--borders" not in said
    assert "ground" not in said
