"""What an adjudicator settled takes the place of the dispute, and never counts as a new task."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep import sources, store
from dataprep.conversion import convert
from dataprep.recipe import Recipe
from tests.building import BAD, GOOD, NER, SENTIMENT, annotated, choices, of_task, region
from tests.unit.conversion.disputes import CLEAR, TIE, dropped, learned, ran, settled, stage


def test_a_tie_that_an_adjudicator_settled_is_one_example_with_their_name(tmp_path: Path) -> None:
    outcome = ran(tmp_path, [TIE, CLEAR], [settled(3, "Well.", annotated(BAD, by=7, at=9))])
    assert learned(tmp_path / "out") == [
        {"text": "Well.", "answer": "Negative", "task": "3", "by": ["7"], "keys": ["09-7"]},
        {"text": "Fine.", "answer": "Positive", "task": "4", "by": ["1", "2"]}
        | {"keys": ["03-1", "04-2"]},
    ]
    assert stage(outcome, "settle") == (1, 1, {})
    assert stage(outcome, "shape") == (2, 2, {})
    assert stage(outcome, "merge") == (5, 3, {"settled": 2})
    assert not (tmp_path / "out" / "adjudication.json").exists()
    assert "settled.json: disputes settled: 1" in outcome.notes


def test_what_annotators_said_is_still_measured_and_without_the_adjudicator(tmp_path: Path) -> None:
    outcome = ran(tmp_path, [TIE, CLEAR], [settled(3, "Well.", annotated(BAD, by=7))])
    (agreement,) = outcome.agreement
    assert (agreement.tasks, agreement.observed.value) == (2, 0.5)
    assert [one.annotator for one in agreement.annotators] == ["1", "2"]


def test_without_the_mark_of_the_task_equal_data_says_which_it_is(tmp_path: Path) -> None:
    unmarked = of_task({"id": 1, "text": "Well."}, annotated(BAD, by=7), id=900)
    tie = {**TIE, "data": {"text": "Well.", "id": 1}}
    outcome = ran(tmp_path, [tie, CLEAR], [unmarked])
    assert [row["answer"] for row in learned(tmp_path / "out")] == ["Negative", "Positive"]
    said = "settled.json: matched by equal data, since the server kept no meta: 1"
    assert said in outcome.notes


def test_a_task_that_says_which_it_was_is_not_taken_for_another_of_equal_data(
    tmp_path: Path,
) -> None:
    twin = {**CLEAR, "data": TIE["data"]}
    ran(tmp_path, [TIE, twin], [settled(3, "Well.", annotated(BAD, by=7))])
    assert [(row["task"], row["by"]) for row in learned(tmp_path / "out")] == [
        ("3", ["7"]),
        ("4", ["1", "2"]),
    ]


def test_an_export_may_have_another_name_by_now(tmp_path: Path) -> None:
    decided = settled(3, "Well.", annotated(BAD, by=7), file="project-1-at-2026-11-22.json")
    ran(tmp_path, [TIE], [decided])
    assert [row["answer"] for row in learned(tmp_path / "out")] == ["Negative"]


def test_of_two_files_with_the_same_task_the_one_that_is_named_is_settled(tmp_path: Path) -> None:
    (tmp_path / "config.xml").write_text(SENTIMENT)
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps([TIE]))
    decided = settled(3, "Well.", annotated(BAD, by=7), file="b.json")
    (tmp_path / "settled.json").write_text(json.dumps([decided]))
    given = {"label_config": "config.xml", "settled": "settled.json"}
    plan = {"sources": [{"path": n, **given} for n in ("a.json", "b.json")], "targets": ["alpaca"]}
    outcome = convert(Recipe.model_validate(plan), tmp_path, tmp_path / "out")
    assert stage(outcome, "settle") == (1, 1, {})
    assert stage(outcome, "shape") == (2, 1, {"tie": 1})
    assert ("record", "tie", "a.json", 3) in dropped(tmp_path / "out")


def test_what_matches_nothing_is_told_and_counted(tmp_path: Path) -> None:
    decided = [
        settled(3, "Well.", annotated(BAD, by=7), id=900),
        settled(99, "Gone.", annotated(BAD, by=7), id=901),
        settled(4, "Fine, as it was.", annotated(BAD, by=7), id=902),
    ]
    outcome = ran(tmp_path, [TIE, CLEAR], decided)
    assert stage(outcome, "settle") == (3, 1, {"no-task": 1, "other-data": 1})
    assert [row["answer"] for row in learned(tmp_path / "out")] == ["Negative", "Positive"]
    assert dropped(tmp_path / "out")[:2] == [
        ("annotation", "settled", "export.json", 3),
        ("annotation", "settled", "export.json", 3),
    ]
    assert dropped(tmp_path / "out")[2:] == [
        ("annotation", "no-task", "settled.json", 901),
        ("annotation", "other-data", "settled.json", 902),
    ]
    assert outcome.notes[-2:] == [
        "settled.json: not used, since the task is not in the input: 1 (task 901)",
        "settled.json: not used, since the data of the task is another now: 1 (task 902)",
    ]


def test_of_a_task_that_is_settled_twice_the_newest_counts_and_it_is_told(tmp_path: Path) -> None:
    decided = [
        settled(3, "Well.", annotated(BAD, by=7, at=30), annotated(GOOD, by=8, at=20), id=900),
        settled(3, "Well.", annotated(GOOD, by=9, at=10), id=901),
    ]
    outcome = ran(tmp_path, [TIE], decided)
    assert [(row["answer"], row["by"]) for row in learned(tmp_path / "out")] == [
        ("Negative", ["7"])
    ]
    assert stage(outcome, "settle") == (3, 1, {"not-chosen": 2})
    said = "settled.json: settled again by a newer annotation, which counts: 2 (task 900, 901)"
    assert said in outcome.notes


def test_a_skipped_or_empty_annotation_settles_nothing_and_is_told(tmp_path: Path) -> None:
    decided = [
        settled(3, "Well.", annotated(GOOD, by=7, skipped=True), id=900),
        settled(4, "Fine.", annotated(by=7), id=901),
        settled(5, "Waits.", id=902),
    ]
    outcome = ran(tmp_path, [TIE, CLEAR], decided)
    assert stage(outcome, "settle") == (2, 0, {"skipped": 1, "submitted-empty": 1})
    assert stage(outcome, "shape") == (2, 1, {"tie": 1})
    assert [n for n in outcome.notes if n.startswith("settled.json")] == [
        "settled.json: disputes settled: 0",
        "settled.json: waiting for an adjudicator: 1",
        "settled.json: skipped, so nothing is settled: 1 (task 900)",
        "settled.json: empty, so nothing is settled: 1 (task 901)",
    ]


def test_an_empty_annotation_settles_that_there_is_nothing_where_nothing_is_an_answer(
    tmp_path: Path,
) -> None:
    tie = of_task("Ada", annotated(region(0, 3, "PER"), by=1), annotated(by=2), id=3)
    ran(tmp_path, [tie], [settled(3, "Ada", annotated(by=7))], NER, empty="negative")
    assert [(row["answer"], row["by"]) for row in learned(tmp_path / "out")] == [("[]", ["7"])]


def test_the_settled_annotation_is_the_full_reading_of_a_disputed_text(tmp_path: Path) -> None:
    ada, acme = region(0, 3, "PER"), region(9, 13, "ORG")
    tie = of_task("Ada left Acme", annotated(ada, by=1), annotated(ada, acme, by=2), id=3)
    moved = region(4, 8, "ORG")
    ran(tmp_path, [tie], [settled(3, "Ada left Acme", annotated(ada, moved, by=7))], NER)
    assert [(json.loads(row["answer"]), row["by"]) for row in learned(tmp_path / "out")] == [
        ([{"text": "Ada", "label": "PER"}, {"text": "left", "label": "ORG"}], ["7"])
    ]
    assert not (tmp_path / "out" / "adjudication.json").exists()


def test_a_settled_file_of_rows_has_lost_the_mark_and_is_matched_by_data(tmp_path: Path) -> None:
    row = {"id": 900, "text": "Well.", "sentiment": "Negative", "annotator": 7}
    row |= {"annotation_id": 5, "created_at": "2026-11-22T10:00:00.000000Z"}
    row |= {"updated_at": "2026-11-22T10:00:00.000000Z", "lead_time": 2.5}
    outcome = ran(tmp_path, [TIE, CLEAR], [row])
    assert [(row["answer"], row["by"]) for row in learned(tmp_path / "out")] == [
        ("Negative", ["7"]),
        ("Positive", ["1", "2"]),
    ]
    assert stage(outcome, "settle") == (1, 1, {})


@pytest.mark.parametrize("policy", ["majority", "all", "by-annotator", "first"])
def test_a_settled_answer_stands_alone_under_any_policy(tmp_path: Path, policy: str) -> None:
    ran(tmp_path, [TIE], [settled(3, "Well.", annotated(BAD, by=7))], annotators=policy)
    assert [(row["answer"], row["by"]) for row in learned(tmp_path / "out")] == [
        ("Negative", ["7"])
    ]


def test_an_answer_to_another_control_settles_nothing_of_the_one_that_is_learned(
    tmp_path: Path,
) -> None:
    config = SENTIMENT.replace(
        "</View>",
        '<Choices name="tone" toName="text"><Choice value="dry"/></Choices></View>',
    ).replace(' required="true"', "")
    decided = [settled(3, "Well.", annotated(choices("dry", control="tone"), by=7))]
    outcome = ran(tmp_path, [TIE, CLEAR], decided, config, control="sentiment")
    assert stage(outcome, "settle") == (1, 0, {"not-learned": 1})
    assert stage(outcome, "shape") == (2, 1, {"tie": 1})


BOTH = """<View>
  <Text name="text" value="$text"/>
  <Choices name="sentiment" toName="text">
    <Choice value="Positive"/><Choice value="Negative"/>
  </Choices>
  <Choices name="tone" toName="text"><Choice value="dry"/><Choice value="warm"/></Choices>
</View>"""


def test_of_several_controls_those_are_replaced_that_the_adjudicator_answered(
    tmp_path: Path,
) -> None:
    dry, warm = choices("dry", control="tone"), choices("warm", control="tone")
    tasks = [
        of_task("One.", annotated(GOOD, dry, by=1), annotated(BAD, dry, by=2), id=3),
        of_task("Two.", annotated(GOOD, dry, by=1), annotated(BAD, warm, by=2), id=4),
    ]
    decided = [
        settled(3, "One.", annotated(BAD, by=7, at=9), id=900),
        settled(4, "Two.", annotated(GOOD, warm, by=7, at=9), id=901),
    ]
    outcome = ran(tmp_path, tasks, decided, BOTH, task="structured")
    rows = learned(tmp_path / "out")
    assert [(json.loads(row["answer"]), row["by"]) for row in rows] == [
        ({"sentiment": "Negative", "tone": "dry"}, ["1", "2", "7"]),
        ({"sentiment": "Positive", "tone": "warm"}, ["7"]),
    ]
    assert rows[0]["keys"] == ["01-1", "01-2", "09-7"]
    assert stage(outcome, "settle") == (2, 2, {})
    assert stage(outcome, "merge") == (6, 4, {"settled": 2})


def test_a_folder_as_pull_writes_it_is_taken_whole(tmp_path: Path) -> None:
    pulled = tmp_path / "pulled"
    pulled.mkdir()
    (pulled / "config.xml").write_text(SENTIMENT)
    by = {"id": 7, "email": "judge@example.com", "first_name": "", "last_name": ""}
    decided = settled(3, "Well.", {**annotated(BAD), "completed_by": by})
    decided |= {"predictions": [{"id": 5, "model_version": "1", "result": [GOOD], "score": 0.5}]}
    (pulled / "export.json").write_text(json.dumps([decided]))
    ran(tmp_path, [TIE], [], settled="pulled")
    assert [(row["answer"], row["by"]) for row in learned(tmp_path / "out")] == [
        ("Negative", ["7"])
    ]
    manifest = store.read_manifest(tmp_path / "out")
    assert [one["path"] for one in manifest["made_from"]] == [
        "config.xml",
        "export.json",
        "pulled/export.json",
    ]
    assert manifest["recipe"]["sources"][0]["settled"] == "pulled"
    assert store.verify(tmp_path / "out") == []


def test_the_output_is_the_same_with_any_number_of_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "PART_SIZE", 20_000)
    tasks, decided = [], []
    for n in range(300):
        text = f"text {n} " + "x" * 200
        said = (GOOD, BAD) if n % 3 == 0 else (GOOD, GOOD)
        tasks.append(of_task(text, *(annotated(a, by=b) for b, a in enumerate(said)), id=n))
        if n % 6 == 0:
            decided.append(settled(n, text, annotated(BAD, by=7, at=n % 60), id=1000 + n))
    made = []
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        folder.mkdir()
        outcome = ran(folder, tasks, decided, workers=workers)
        assert stage(outcome, "settle") == (50, 50, {})
        assert outcome.journal.disputed == 50
        made.append(store.read_manifest(folder / "out"))
    assert made[0] == made[1]
