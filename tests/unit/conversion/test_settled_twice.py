"""A task that was in dispute several times is settled by all projects that settle parts of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.building import BAD, GOOD, Json, annotated, choices, of_task
from tests.unit.conversion.disputes import dropped, learned, ran, settled, stage

BOTH = """<View>
  <Text name="text" value="$text"/>
  <Choices name="sentiment" toName="text">
    <Choice value="Positive"/><Choice value="Negative"/>
  </Choices>
  <Choices name="tone" toName="text"><Choice value="dry"/><Choice value="warm"/></Choices>
</View>"""
DRY, WARM = choices("dry", control="tone"), choices("warm", control="tone")
TASK = of_task("One.", annotated(GOOD, DRY, by=1), annotated(BAD, WARM, by=2, at=2), id=3)


def about(control: str, *annotations: Json, id: int) -> Json:
    """The task of an adjudication project that asked about one control."""
    task = settled(3, "One.", *annotations, id=id)
    part = {"unit": "answer", "control": control, "value": "x"}
    task["meta"]["dataprep"] |= {"unit": "answer", "parts": [part]}
    return task


TONE = about("tone", annotated(WARM, by=7, at=9), id=900)
SENTIMENT = about("sentiment", annotated(BAD, by=8, at=20), id=901)
WRONG = about("sentiment", annotated(choices("Bad"), by=8, at=20), id=901)


@pytest.mark.parametrize("method", ["majority", "all", "dawid-skene", "mace"])
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("decided", [[TONE, SENTIMENT], [SENTIMENT, TONE]])
def test_two_projects_that_settle_different_controls_are_both_taken(
    tmp_path: Path, decided: list[Json], workers: int, method: str
) -> None:
    outcome = ran(
        tmp_path,
        [TASK],
        decided,
        BOTH,
        task="structured",
        workers=workers,
        annotators=method,
    )
    (row,) = learned(tmp_path / "out")
    assert json.loads(row["answer"]) == {"sentiment": "Negative", "tone": "warm"}
    assert sorted(row["by"]) == ["7", "8"]
    assert stage(outcome, "settle") == (2, 2, {})
    assert stage(outcome, "merge") == (4, 2, {"settled": 2})
    assert stage(outcome, "answers")[:2] == (2, 2)


def test_what_both_settle_is_as_the_newer_one_has_it_and_the_other_is_told(tmp_path: Path) -> None:
    newer = about("sentiment", annotated(GOOD, DRY, by=8, at=20), id=901)
    outcome = ran(tmp_path, [TASK], [newer, TONE], BOTH, task="structured")
    (row,) = learned(tmp_path / "out")
    assert json.loads(row["answer"]) == {"sentiment": "Positive", "tone": "dry"}
    assert row["by"] == ["8"]
    assert stage(outcome, "settle") == (2, 1, {"not-chosen": 1})
    assert ("annotation", "not-chosen", "settled.json", 900) in dropped(tmp_path / "out")
    said = "settled.json: settled again by a newer annotation, which counts: 1 (task 900)"
    assert said in outcome.notes


def test_a_newer_one_with_a_mistake_leaves_the_older_one_standing(tmp_path: Path) -> None:
    outcome = ran(tmp_path, [TASK], [TONE, WRONG], BOTH, task="structured", drop_invalid=True)
    (row,) = learned(tmp_path / "out")
    assert json.loads(row["answer"]) == {"tone": "warm"}
    assert row["by"] == ["1", "2", "7"]
    assert stage(outcome, "settle") == (2, 1, {"invalid": 1})
    assert (tmp_path / "out" / "adjudication.json").exists()


def test_where_one_control_is_learned_the_project_that_settles_it_is_taken(tmp_path: Path) -> None:
    decided = [TONE, about("tone", annotated(BAD, by=8, at=20), id=901)]
    outcome = ran(tmp_path, [TASK], [*decided, SENTIMENT], BOTH, control="sentiment")
    assert [(row["answer"], row["by"]) for row in learned(tmp_path / "out")] == [
        ("Negative", ["8"])
    ]
    assert stage(outcome, "settle") == (3, 1, {"not-chosen": 2})
