"""The commands push and pull, with a loopback server in the place of the SDK's connection."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dataprep import server
from dataprep.cli import converting
from dataprep.cli import serving as commands
from dataprep.finding import UsageError
from tests.tool_exports import EXPORTS
from tests.unit.server.loopback import CONFIG, Studio, serving

TOKEN = "0123456789" * 4


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> object:
    """A server that `connect` leads to, whatever the address."""
    made = Studio(statuses=["completed"])
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", TOKEN)
    with serving(made) as wire:
        monkeypatch.setattr(server, "connect", lambda url, token, **_: wire)
        yield made


def test_text_is_cut_on_request_and_pushed(
    studio: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "One sentence stands here. " * 8
    (tmp_path / "notes.txt").write_text(text, "utf-8")
    assert commands.push(tmp_path / "notes.txt", chunk=100, task="spans", labels=("PER",)) == 0
    assert len(studio.tasks) > 1
    assert "".join(task["data"]["text"] for task in studio.tasks) == text
    assert '<Label value="PER"/>' in studio.projects[0]["label_config"]
    out, err = capsys.readouterr()
    assert out.startswith("project 1\nhttp://127.0.0.1:")
    assert TOKEN not in out + err
    assert (tmp_path / ".notes.txt.push.jsonl").is_file()


def test_text_is_one_task_without_the_request(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("One sentence. " * 500, "utf-8")
    assert commands.push(tmp_path / "notes.txt", task="generation") == 0
    assert len(studio.tasks) == 1


def test_the_task_and_the_text_can_stand_in_a_recipe(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("One sentence.", "utf-8")
    recipe = tmp_path / "dataprep.yaml"
    recipe.write_text("sources:\n  - path: notes.txt\n    task: generation\n", "utf-8")
    assert commands.push(recipe=recipe) == 0
    assert "<TextArea" in studio.projects[0]["label_config"]
    assert [task["data"]["text"] for task in studio.tasks] == ["One sentence."]


def test_a_file_of_tasks_takes_the_config_that_lies_beside_it(
    studio: Studio, tmp_path: Path
) -> None:
    config = '<View><Text name="text" value="$text"/><TextArea name="a" toName="text"/></View>'
    (tmp_path / "config.xml").write_text(config, "utf-8")
    (tmp_path / "tasks.json").write_text('[{"data": {"text": "a"}}]', "utf-8")
    assert commands.push(tmp_path / "tasks.json") == 0
    assert studio.projects[0]["label_config"] == config


def test_a_folder_converted_for_another_reader_is_refused(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}", "utf-8")
    with pytest.raises(UsageError, match="--to label-studio"):
        commands.push(tmp_path)


def test_labels_of_nothing_are_refused(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("One sentence.", "utf-8")
    with pytest.raises(UsageError, match="--task"):
        commands.push(tmp_path / "notes.txt", labels=("PER",))
    assert studio.projects == []


def test_a_pull_ends_with_the_next_command(
    studio: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.projects.append({"id": 1, "title": "Moods", "label_config": CONFIG})
    assert commands.pull(1, out=tmp_path / "out") == 0
    assert json.loads((tmp_path / "out" / "export.json").read_text("utf-8"))[0]["id"] == 1
    out, err = capsys.readouterr()
    folder = tmp_path / "out"
    wanted = f"dataprep convert {folder}/export.json --label-config {folder}/config.xml --to"
    assert wanted in err
    assert TOKEN not in out + err


def answered(label: str, by: int) -> dict[str, object]:
    """The annotation of a person."""
    value = {"choices": [label]}
    result = {"id": "r", "from_name": "mood", "to_name": "text", "type": "choices", "value": value}
    return {"id": by, "completed_by": by, "result": [result]}


def test_a_dispute_goes_to_the_server_and_back_into_the_conversion(
    studio: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export, out, pulled = tmp_path / "export.json", tmp_path / "out", tmp_path / "settled"
    tie = [answered("glad", 1), answered("cross", 2)]
    export.write_text(json.dumps([{"id": 17, "data": {"text": "Well."}, "annotations": tie}]))
    clear = {"id": 18, "data": {"text": "Fine."}, "annotations": [answered("glad", 3)]}
    export.write_text(json.dumps([*json.loads(export.read_text()), clear]))
    to = ("prompt-completion",)
    assert converting.convert(export, to=to, out=out, quiet=True) == 0

    assert commands.push(out / "adjudication.json") == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "made from the predictions" in said
    # Not the folder of the first pull: what is pulled replaces what lies there.
    assert "-o settled/ Then convert once more what they come from, with --settled settled/" in said
    assert sorted(p.name for p in out.iterdir() if p.name.startswith(".")) == []
    assert (tmp_path / ".out.adjudication.json.push.jsonl").is_file()

    (task,) = studio.tasks
    studio.export = json.dumps([{**task, "id": 1, "annotations": [answered("cross", 9)]}]).encode()
    assert commands.pull(1, out=pulled) == 0

    assert converting.convert(export, settled=pulled, to=to, out=out, quiet=True) == 0
    rows = [json.loads(line) for p in out.glob("*/*.jsonl") for line in p.read_text().splitlines()]
    said = {row["prompt"].rpartition("\n")[2]: row["completion"] for row in rows}
    assert said == {"Well.": "cross", "Fine.": "glad"}
    assert not (out / "adjudication.json").exists()


def test_a_folder_with_nothing_but_disputes_to_push_says_how(
    studio: Studio, tmp_path: Path
) -> None:
    (tmp_path / "manifest.json").write_text("{}", "utf-8")
    (tmp_path / "adjudication.json").write_text("[]", "utf-8")
    with pytest.raises(UsageError) as caught:
        commands.push(tmp_path)
    assert f"dataprep push {tmp_path}/adjudication.json" in caught.value.remedy


def test_an_export_of_another_tool_goes_up_with_who_said_what(
    studio: Studio, tmp_path: Path
) -> None:
    path = tmp_path / "labels.zip"
    shutil.copy(EXPORTS / "doccano-1.8" / "spans.zip", path)
    assert commands.push(path) == 0
    assert '<Label value="PER"/>' in studio.projects[0]["label_config"]
    first, second, third = studio.tasks
    assert first["data"] == {
        "text": "Hi 😀 Bob in Rome",
        "src": "mail",
        "Comments": ["unsure"],
    }
    assert [p["model_version"] for p in first["predictions"]] == ["alice", "bob"]
    (bob,) = first["predictions"][1]["result"]
    assert bob["value"] == {"start": 5, "end": 8, "text": "Bob", "labels": ["PER"]}
    assert [len(task["predictions"]) for task in (second, third)] == [1, 0]
