"""Exports of annotation tools as tasks for a server: every answer a prediction, and its config."""

import json
from pathlib import Path

import pytest

from dataprep.annotation import parse_config
from dataprep.conversion import tasks_of_exports
from dataprep.finding import UsageError
from dataprep.recipe import Source
from tests.tool_exports import EXPORTS, put


def sent(path: Path, folder: Path) -> list[dict[str, object]]:
    tasks = tasks_of_exports([Source(path=str(path))], Path(), folder)
    assert tasks is not None
    made: list[dict[str, object]] = json.loads(tasks.read_text("utf-8"))
    return made


def test_each_annotator_is_a_prediction_with_a_config_that_takes_it(tmp_path: Path) -> None:
    first, *_ = sent(EXPORTS / "doccano-1.8" / "relations.zip", tmp_path)
    assert [p["model_version"] for p in first["predictions"]] == ["alice", "bob"]  # type: ignore[attr-defined]
    config = (tmp_path / "config.xml").read_text("utf-8")
    assert config == (
        '<View>\n  <Text name="text" value="$text"/>\n  <Labels name="label" toName="text">\n'
        '    <Label value="PER"/>\n    <Label value="LOC"/>\n  </Labels>\n  <Relations>\n'
        '    <Relation value="in"/>\n  </Relations>\n</View>\n'
    )


def test_every_question_of_argilla_has_its_control(tmp_path: Path) -> None:
    sent(EXPORTS / "argilla-2" / "flat.json", tmp_path)
    config = parse_config((tmp_path / "config.xml").read_bytes())
    assert {name: c.tag for name, c in config.controls.items()} == {
        "topic": "Choices",
        "tags": "Choices",
        "stars": "Rating",
        "why": "TextArea",
        "rank": "Ranker",
        "ner": "Labels",
    }
    assert config.controls["tags"].multiple
    assert not config.controls["topic"].multiple


def test_what_is_no_export_is_left_to_others(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Some text.", "utf-8")
    assert tasks_of_exports([Source(path=str(path))], Path(), tmp_path) is None


def test_a_row_that_cannot_be_read_stops_the_push(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", [{"id": 1, "text": "Ann", "label": [[0, 9, "PER"]]}])
    with pytest.raises(UsageError, match="A002"):
        sent(path, tmp_path)


def test_exports_that_are_pushed_together_share_a_config_that_takes_them_all(
    tmp_path: Path,
) -> None:
    one = put(tmp_path / "a.jsonl", [{"id": 1, "text": "Ann", "label": ["news"]}])
    other = put(tmp_path / "b.jsonl", [{"id": 1, "text": "Bo", "label": ["farm", "mill"]}])
    sources = [Source(path=str(path)) for path in (one, other)]
    assert tasks_of_exports(sources, Path(), tmp_path) is not None
    control = parse_config((tmp_path / "config.xml").read_bytes()).controls["category"]
    assert control.labels == ("news", "farm", "mill")
    assert control.multiple


def test_what_prodigys_annotators_reject_can_be_pushed(tmp_path: Path) -> None:
    row = {"text": "Ann", "label": "FARM", "_input_hash": 1}
    rows = [
        {**row, "answer": "accept", "_annotator_id": "ann"},
        {**row, "answer": "reject", "_annotator_id": "bo"},
    ]
    (task,) = sent(put(tmp_path / "cats.jsonl", rows), tmp_path)
    choices = [p["result"][0]["value"] for p in task["predictions"]]  # type: ignore[attr-defined]
    assert choices == [{"choices": ["FARM"]}, {"choices": ["not FARM"]}]
    control = parse_config((tmp_path / "config.xml").read_bytes()).controls["category"]
    assert control.labels == ("FARM", "not FARM")


def test_a_file_of_a_folder_that_cannot_be_opened_is_refused_by_name(tmp_path: Path) -> None:
    put(tmp_path / "all" / "a.jsonl", [{"id": 1, "text": "Ann left.", "label": [[0, 3, "PER"]]}])
    (tmp_path / "all" / "no.jsonl").symlink_to("gone")
    with pytest.raises(UsageError, match="J018 is a link to gone, which is not there") as caught:
        sent(tmp_path / "all", tmp_path)
    assert caught.value.place is not None
    assert caught.value.place.file == str(tmp_path / "all" / "no.jsonl")
