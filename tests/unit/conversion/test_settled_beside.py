"""What an adjudicator settled stands beside what annotators decided, and beside what is wrong."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.conversion import disputes_beside
from dataprep.finding import NothingToDo
from dataprep.frames import read_frame
from tests.building import BAD, GOOD, NER, annotated, choices, of_task, region
from tests.unit.conversion.disputes import CLEAR, TIE, learned, ran, settled, stage

METHODS = ["dawid-skene", "mace"]
ADA, ACME = region(0, 3, "PER"), region(9, 13, "ORG")
SPANS_AND_TONE = """<View>
  <Text name="text" value="$text"/>
  <Labels name="label" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>
  <Choices name="tone" toName="text"><Choice value="dry"/><Choice value="warm"/></Choices>
</View>"""
DRY, WARM = choices("dry", control="tone"), choices("warm", control="tone")


def probabilities(out: Path) -> dict[str, float | None]:
    """The probability of each example, by the task."""
    rows = [
        row
        for part in sorted((out / "examples").glob("*.parquet"))
        for row in read_frame(part).iter_rows(named=True)
    ]
    return {row["task"]: row["probability"] for row in rows}


@pytest.mark.parametrize("method", METHODS)
def test_a_settled_answer_is_not_estimated(tmp_path: Path, method: str) -> None:
    outcome = ran(
        tmp_path,
        [TIE, CLEAR],
        [settled(3, "Well.", annotated(BAD, by=7, at=9))],
        annotators=method,
    )
    assert [(row["answer"], row["by"]) for row in learned(tmp_path / "out")] == [
        ("Negative", ["7"]),
        ("Positive", ["1", "2"]),
    ]
    assert stage(outcome, "settle") == (1, 1, {})
    found = probabilities(tmp_path / "out")
    assert found["3"] is None
    assert found["4"] is not None


@pytest.mark.parametrize("method", METHODS)
def test_settled_spans_with_a_label_that_nobody_gave_are_not_estimated(
    tmp_path: Path, method: str
) -> None:
    text = "Ada left Acme"
    tie = of_task(text, annotated(ADA, by=1), annotated(ADA, ACME, by=2), id=3)
    never = region(4, 8, "LOC")
    config = NER.replace('<Label value="PER"/>', '<Label value="PER"/><Label value="LOC"/>')
    ran(tmp_path, [tie], [settled(3, text, annotated(ADA, never, by=7))], config, annotators=method)
    assert [(json.loads(row["answer"]), row["by"]) for row in learned(tmp_path / "out")] == [
        ([{"text": "Ada", "label": "PER"}, {"text": "left", "label": "LOC"}], ["7"])
    ]


@pytest.mark.parametrize("method", [*METHODS, "majority"])
def test_of_several_controls_the_settled_one_stands_and_the_others_are_estimated(
    tmp_path: Path, method: str
) -> None:
    text = "Ada left Acme"
    tasks = [
        of_task(text, annotated(ADA, DRY, by=1), annotated(ADA, WARM, by=2), id=3),
        of_task("Bob met Ford.", annotated(ADA, DRY, by=1), annotated(ADA, DRY, by=2), id=4),
    ]
    decided = settled(3, text, annotated(WARM, by=7, at=9))
    parts = [{"unit": "answer", "control": "tone", "value": said} for said in ("dry", "warm")]
    decided["meta"]["dataprep"] |= {"unit": "answer", "parts": parts}
    ran(tmp_path, tasks, [decided], SPANS_AND_TONE, task="structured", annotators=method)
    rows = learned(tmp_path / "out")
    assert [(row["task"], json.loads(row["answer"])) for row in rows] == [
        ("3", {"label": [{"text": "Ada", "label": "PER"}], "tone": "warm"}),
        ("4", {"label": [{"text": "Bob", "label": "PER"}], "tone": "dry"}),
    ]
    assert rows[0]["by"] == ["1", "2", "7"]
    assert not (tmp_path / "out" / "adjudication.json").exists()


@pytest.mark.parametrize(
    ("part", "answer"),
    [
        ({"unit": "answer", "control": "tone", "value": "dry"}, [{"text": "Ada", "label": "PER"}]),
        ({"unit": "region", "control": "label", "start": 0, "end": 3, "label": "PER"}, []),
    ],
)
def test_no_span_means_that_there_is_none_where_spans_were_in_dispute(
    tmp_path: Path, part: dict[str, Any], answer: list[dict[str, str]]
) -> None:
    text = "Ada left Acme"
    task = of_task(text, annotated(ADA, DRY, by=1), annotated(ADA, WARM, by=2), id=3)
    decided = settled(3, text, annotated(WARM, by=7, at=9))
    decided["meta"]["dataprep"] |= {"unit": part["unit"], "parts": [part]}
    ran(tmp_path, [task], [decided], SPANS_AND_TONE, task="structured")
    (row,) = learned(tmp_path / "out")
    assert json.loads(row["answer"]) == {"label": answer, "tone": "warm"}


def test_a_mistake_of_the_adjudicator_settles_nothing_where_errors_are_left_out(
    tmp_path: Path,
) -> None:
    decided = [settled(3, "Well.", annotated(choices("Bad"), by=7, at=9))]
    outcome = ran(tmp_path, [TIE, CLEAR], decided, drop_invalid=True)
    assert stage(outcome, "settle") == (1, 0, {"invalid": 1})
    assert stage(outcome, "shape") == (2, 1, {"tie": 1})
    assert stage(outcome, "merge") == (4, 2, {"tie": 2})
    assert "settled.json: not used, since it has errors: 1 (task 900)" in outcome.notes
    (finding,) = outcome.journal.counts.first["A001"]
    assert (finding.place.file, finding.place.annotation) == ("settled.json", "09-7")
    (entry,) = json.loads((tmp_path / "out" / "adjudication.json").read_text())
    assert entry["id"] == 3


def test_a_mistake_in_one_control_of_several_is_the_adjudicators_alone(tmp_path: Path) -> None:
    text = "Ada left Acme"
    task = of_task(text, annotated(ADA, DRY, by=1), annotated(ADA, WARM, by=2), id=3)
    decided = settled(3, text, annotated(choices("wet", control="tone"), by=7, at=9))
    outcome = ran(tmp_path, [task], [decided], SPANS_AND_TONE, task="structured", drop_invalid=True)
    (row,) = learned(tmp_path / "out")
    assert json.loads(row["answer"]) == {"label": [{"text": "Ada", "label": "PER"}]}
    assert row["by"] == ["1", "2"]
    assert stage(outcome, "settle") == (1, 0, {"invalid": 1})
    (finding,) = outcome.journal.counts.first["A001"]
    assert finding.place.file == "settled.json"


def test_annotations_of_two_servers_may_have_the_same_key(tmp_path: Path) -> None:
    same = annotated(GOOD, by=1, at=1)
    outcome = ran(tmp_path, [TIE], [settled(3, "Well.", same)])
    assert stage(outcome, "merge") == (3, 1, {"settled": 2})
    lines = (tmp_path / "out" / "dropped.jsonl").read_text().splitlines()
    assert [json.loads(line)["place"]["file"] for line in lines] == ["export.json"] * 2


@pytest.mark.parametrize("more", [{}, {"task": "structured"}, {"annotators": "mace"}])
def test_each_region_is_counted_once_however_often_it_is_read(
    tmp_path: Path, more: dict[str, str]
) -> None:
    text = "Ada left Acme"
    task = of_task(text, annotated(ADA, DRY, by=1), annotated(ADA, ACME, WARM, by=2), id=3)
    decided = settled(3, text, annotated(ADA, ACME, by=7, at=9))
    outcome = ran(tmp_path, [task], [decided], SPANS_AND_TONE, **{"control": "label", **more})
    (said,) = [note for note in outcome.notes if ": spans: " in note]
    assert said == "export.json: spans: 5 without a quote"


def test_the_regions_that_a_settled_annotation_replaces_are_counted_with_it(
    tmp_path: Path,
) -> None:
    text = "Ada left Acme"
    task = of_task(text, annotated(ADA, by=1), annotated(ADA, ACME, by=2), id=3)
    decided = settled(3, text, annotated(ADA, ACME, by=7, at=9))
    outcome = ran(tmp_path, [task], [decided], NER)
    assert stage(outcome, "regions") == (5, 2, {"settled": 3})


@pytest.mark.parametrize(
    ("other", "answer", "left"),
    [
        ([], {"label": [{"text": "Ada", "label": "PER"}]}, False),
        ([WARM], {"label": [{"text": "Ada", "label": "PER"}]}, True),
    ],
)
def test_silence_settles_a_dispute_in_which_an_annotator_was_silent_too(
    tmp_path: Path, other: list[dict[str, Any]], answer: dict[str, Any], left: bool
) -> None:
    text = "Ada left Acme"
    task = of_task(text, annotated(ADA, DRY, by=1), annotated(ADA, *other, by=2), id=3)
    decided = settled(3, text, annotated(ADA, by=7, at=9))
    part = {"unit": "answer", "control": "tone", "value": "dry"}
    decided["meta"]["dataprep"] |= {"unit": "answer", "parts": [part]}
    ran(tmp_path, [task], [decided], SPANS_AND_TONE, task="structured")
    (row,) = learned(tmp_path / "out")
    assert json.loads(row["answer"]) == answer
    assert (tmp_path / "out" / "adjudication.json").exists() is left


def test_where_all_is_disputed_the_disputes_are_kept_beside_the_output(tmp_path: Path) -> None:
    with pytest.raises(NothingToDo) as nothing:
        ran(tmp_path, [TIE], [settled(3, "Well.")])
    kept = tmp_path / "out.adjudication.json"
    said = f"What is disputed is in {kept}: push it, and pass what comes back as --settled."
    assert nothing.value.remedy.endswith(said)
    assert not (tmp_path / "out").exists()
    (entry,) = json.loads(kept.read_text())
    assert [p["model_version"] for p in entry["predictions"]] == ["2", "1"]
    decided = {**entry, "id": 900, "annotations": [annotated(BAD, by=7, at=9)]}
    ran(tmp_path, [TIE], [decided])
    assert [(row["answer"], row["by"]) for row in learned(tmp_path / "out")] == [
        ("Negative", ["7"])
    ]


def test_another_export_of_the_annotators_own_project_settles_what_was_added_to_it(
    tmp_path: Path,
) -> None:
    later = {**TIE, "annotations": [*TIE["annotations"], annotated(BAD, by=7, at=9)]}
    other = of_task("Hm.", annotated(GOOD, by=1, at=5), annotated(BAD, by=2, at=6), id=5)
    outcome = ran(tmp_path, [TIE, CLEAR, other], [later, CLEAR, other])
    assert [(row["task"], row["by"]) for row in learned(tmp_path / "out")] == [
        ("3", ["7"]),
        ("4", ["1", "2"]),
    ]
    assert stage(outcome, "settle") == (7, 1, {"not-chosen": 4, "annotators-own": 2})
    assert stage(outcome, "shape") == (3, 2, {"tie": 1})


def test_an_annotator_who_was_not_asked_was_not_silent(tmp_path: Path) -> None:
    text = "Ada left Acme"
    unasked = {**annotated(ADA, by=3, at=3), "asked": {"label": None}}
    task = of_task(text, annotated(ADA, DRY, by=1), annotated(ADA, WARM, by=2), unasked, id=3)
    decided = settled(3, text, annotated(ADA, by=7, at=9))
    part = {"unit": "answer", "control": "tone", "value": "dry"}
    decided["meta"]["dataprep"] |= {"unit": "answer", "parts": [part]}
    ran(tmp_path, [task], [decided], SPANS_AND_TONE, task="structured")
    (row,) = learned(tmp_path / "out")
    assert json.loads(row["answer"]) == {"label": [{"text": "Ada", "label": "PER"}]}
    assert (tmp_path / "out" / "adjudication.json").exists()


def test_a_file_of_somebody_else_stays_and_the_disputes_go_beside_it(tmp_path: Path) -> None:
    theirs = tmp_path / "out.adjudication.json"
    edited = [{"data": {"text": "Hm."}, "meta": {"dataprep": {}}, "annotations": []}]
    for content in ("precious", "[]", json.dumps(edited)):
        theirs.write_text(content)
        with pytest.raises(NothingToDo, match=r"is in .*out\.adjudication-2\.json"):
            ran(tmp_path, [TIE], [])
        assert theirs.read_text() == content
    assert not (tmp_path / "out.adjudication-3.json").exists(), "a run's own is replaced"


def test_a_folder_of_that_name_stays_too(tmp_path: Path) -> None:
    (tmp_path / "out.adjudication.json").mkdir()
    with pytest.raises(NothingToDo, match=r"is in .*out\.adjudication-2\.json"):
        ran(tmp_path, [TIE], [])


def test_disputes_that_cannot_be_kept_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(disputes_beside, "put_new", full)
    with pytest.raises(NothingToDo, match=r"not be kept beside .*: no space left on device"):
        ran(tmp_path, [TIE], [])
