"""The target storage of Label Studio, downloaded: a file an annotation, named by its number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.building import SENTIMENT, Json, annotated, choices, of_task
from tests.converting import Converting


@pytest.fixture
def convert(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Converting:
    monkeypatch.setenv("COLUMNS", "400")
    return Converting(tmp_path, capsys)


def stored(folder: Path, files: dict[str, Any]) -> None:
    folder.mkdir()
    for name, value in files.items():
        (folder / name).write_text(json.dumps(value), "utf-8")


def said(label: str, by: int, at: int | None = None, **more: Any) -> Json:
    one = annotated(choices(label), by=by, at=by if at is None else at)
    return {**one, "id": by, "unique_id": f"u{by}", "updated_at": one["created_at"], **more}


ASKED = "Choose one label for the text: Positive, Negative, neu.\n\n"
GOOD, POOR = "Positive", "Negative"


def test_growing_copies_of_one_task_are_its_newest_state_with_its_annotators_together(
    convert: Converting, tmp_path: Path
) -> None:
    votes = [said(POOR, 1), said(GOOD, 2), said(GOOD, 3)]
    copies = {str(9 + n): of_task("Fine.", *votes[:n]) for n in (1, 2, 3)}
    stored(tmp_path / "s3", {**copies, "20": of_task("Bad.", said(POOR, 4), id=2)})
    made = convert("s3", config=SENTIMENT)
    assert made.rows == [(f"{ASKED}Bad.", POOR), (f"{ASKED}Fine.", GOOD)]
    assert (
        "s3: 4 files hold 2 tasks: the newest state of each annotation is read, the annotators of"
        " a task together"
    ) in made.said
    manifest = json.loads((made.folder / "manifest.json").read_text())
    assert [each["path"].rpartition("/")[2] for each in manifest["made_from"][-4:]] == [
        "10",
        "11",
        "12",
        "20",
    ]


def test_one_annotation_a_file_with_its_task_inside_votes_with_the_others_of_its_task(
    convert: Converting, tmp_path: Path
) -> None:
    counts = {"total_annotations": 1, "cancelled_annotations": 0}
    task = {"id": 5, "data": {"text": "Fine."}, "project": 1, **counts}
    votes = {str(n): {**said(label, n), "task": task} for n, label in enumerate([GOOD, POOR, GOOD])}
    stored(tmp_path / "s3", votes)
    made = convert("s3", config=SENTIMENT)
    assert made.rows == [(f"{ASKED}Fine.", GOOD)]
    assert "Agreement on sentiment: 1 task with two answers or more" in made.said


def test_an_annotation_that_was_changed_counts_as_it_is_now_whatever_its_file_is_called(
    convert: Converting, tmp_path: Path
) -> None:
    now = said(GOOD, 1, updated_at="2026-11-23T00:00:00Z")
    stored(tmp_path / "s3", {"1": of_task("Fine.", now), "2": of_task("Fine.", said(POOR, 1))})
    assert convert("s3", config=SENTIMENT).rows == [(f"{ASKED}Fine.", GOOD)]


def test_an_annotation_that_was_deleted_since_is_gone(convert: Converting, tmp_path: Path) -> None:
    older = of_task("Fine.", said(POOR, 1), said(POOR, 2))
    newest = of_task("Fine.", said(GOOD, 3)) | {"total_annotations": 1, "cancelled_annotations": 0}
    stored(tmp_path / "s3", {"1": older, "2": newest})
    assert convert("s3", config=SENTIMENT).rows == [(f"{ASKED}Fine.", GOOD)]


def test_a_text_that_was_mended_between_two_copies_is_one_task(
    convert: Converting, tmp_path: Path
) -> None:
    newest = of_task("Fine!", said(POOR, 1), said(GOOD, 2), said(GOOD, 3))
    stored(tmp_path / "s3", {"1": of_task("Fin.", said(POOR, 1)), "2": newest})
    assert convert("s3", config=SENTIMENT).rows == [(f"{ASKED}Fine!", GOOD)]


def test_two_tasks_that_were_given_one_id_after_each_other_stay_two(
    convert: Converting, tmp_path: Path
) -> None:
    stored(
        tmp_path / "s3", {"1": of_task("One.", said(GOOD, 1)), "2": of_task("Two.", said(POOR, 2))}
    )
    assert convert("s3", config=SENTIMENT).rows == [(f"{ASKED}One.", GOOD), (f"{ASKED}Two.", POOR)]


def test_tasks_without_an_id_are_never_put_together(convert: Converting, tmp_path: Path) -> None:
    one = of_task("One.", said(GOOD, 1))
    del one["id"]
    stored(tmp_path / "s3", {"1": one, "2": one})
    assert len(convert("s3", config=SENTIMENT).rows) == 2


def test_files_of_one_storage_that_are_named_one_by_one_are_put_together_too(
    convert: Converting, tmp_path: Path
) -> None:
    votes = [said(POOR, 1), said(GOOD, 2), said(GOOD, 3)]
    stored(tmp_path / "s3", {str(n): of_task("Fine.", *votes[:n]) for n in (1, 2, 3)})
    others = [str(tmp_path / "s3" / name) for name in ("2", "3")]
    assert convert("s3/1", *others, config=SENTIMENT).rows == [(f"{ASKED}Fine.", GOOD)]


def test_a_file_with_half_a_character_costs_its_state_and_no_other_file(
    convert: Converting, tmp_path: Path
) -> None:
    stored(
        tmp_path / "s3",
        {"1": of_task("Fine.", said(GOOD, 1)), "3": of_task("No.", said(POOR, 3), id=3)},
    )
    broken = of_task("Fine.", said(GOOD, 1), said(GOOD, 2)) | {"meta": {"note": "\ud83d"}}
    (tmp_path / "s3" / "2").write_text(json.dumps(broken))
    made = convert("s3", "--drop-invalid", config=SENTIMENT)
    assert "s3/2:1:" in made.said
    assert "J007 holds half of a surrogate pair" in made.said
    assert made.rows == [(f"{ASKED}Fine.", GOOD), (f"{ASKED}No.", POOR)]


def test_predictions_of_the_newest_state_are_read_when_asked(
    convert: Converting, tmp_path: Path
) -> None:
    copies = {}
    for number, label in enumerate([POOR, GOOD], 1):
        task = of_task("Fine.", *[said(POOR, n) for n in range(1, number + 1)])
        copies[str(number)] = task | {"predictions": [{"id": 1, "result": [choices(label)]}]}
    stored(tmp_path / "s3", copies)
    made = convert("s3", "--from", "predictions", config=SENTIMENT)
    assert made.rows == [(f"{ASKED}Fine.", GOOD)]


def test_files_in_folders_of_the_bucket_with_an_ending_or_a_byte_order_mark_are_one_storage(
    convert: Converting, tmp_path: Path
) -> None:
    votes = [said(POOR, 1), said(GOOD, 2), said(GOOD, 3)]
    stored(tmp_path / "s3", {"1.json": of_task("Fine.", *votes[:1])})
    stored(tmp_path / "s3" / "later", {"2": of_task("Fine.", *votes[:2])})
    whole = json.dumps(of_task("Fine.", *votes)).encode()
    (tmp_path / "s3" / "later" / "3").write_bytes(b"\xef\xbb\xbf" + whole)
    assert convert("s3", config=SENTIMENT).rows == [(f"{ASKED}Fine.", GOOD)]
