"""A labeling config beside an export is taken by `convert` and `init` where it fits, and said."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.cli import run
from tests.building import BAD, GOOD, SENTIMENT, annotated, of_task

SEEN = "Choose one label for the text: Positive.\n\nText"
WHOLE = "Choose one label for the text: Positive, Negative, neu.\n\nText"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with data/export.json."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "export.json").write_text(json.dumps([of_task("Text", annotated(GOOD))]))
    return tmp_path


def asked(source: str, *flags: str) -> str:
    """Convert, and the prompt of the only example."""
    assert run(["convert", source, *flags, "--to", "prompt-completion", "-o", "out"]) == 0
    (path,) = Path("out/prompt-completion").glob("*.jsonl")
    prompt = json.loads(path.read_text("utf-8"))["prompt"]
    assert isinstance(prompt, str)
    return prompt


@pytest.mark.parametrize("name", ["config.xml", "label_config.xml", "labeling_config.xml"])
@pytest.mark.parametrize("source", ["data/export.json", "data"])
def test_a_config_that_fits_is_taken_and_said(
    here: Path, name: str, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "data" / name).write_text(SENTIMENT)
    assert asked(source) == WHOLE
    assert (
        f"data/export.json: {name} stands beside the export: taken as its labeling config"
        in capsys.readouterr().err
    )
    made = json.loads(Path("out/manifest.json").read_text())
    assert made["recipe"]["sources"][0]["label_config"] == f"data/{name}"
    assert f"data/{name}" in [one["path"] for one in made["made_from"]]


@pytest.mark.parametrize(
    ("config", "why"),
    [
        (SENTIMENT.replace("sentiment", "mood"), "it has no control 'sentiment'"),
        (
            '<View><Text name="text" value="$text"/>'
            '<TextArea name="sentiment" toName="text"/></View>',
            "its control 'sentiment' is a TextArea, and the answers are choices",
        ),
        (
            SENTIMENT.replace("Positive", "Happy").replace("Negative", "Sad"),
            "its control 'sentiment' has no label 'Positive'",
        ),
        (SENTIMENT.replace("$text", "$review"), "it shows 'review', which no task has"),
        ("<a", "config.xml:1"),
        ("<server/>", "has no control"),
    ],
)
def test_a_config_that_does_not_fit_is_not_taken_and_said(
    here: Path, config: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "data" / "config.xml").write_text(config)
    assert asked("data/export.json") == SEEN
    said = capsys.readouterr().err
    assert "data/export.json: config.xml stands beside the export, and is not taken: " in said
    assert why in said


def test_of_two_configs_the_one_that_fits_is_taken(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "data" / "config.xml").write_text(SENTIMENT.replace("sentiment", "mood"))
    (here / "data" / "label_config.xml").write_text(SENTIMENT)
    assert asked("data/export.json") == WHOLE
    assert "not taken" not in capsys.readouterr().err


def test_a_config_that_is_given_is_the_one_that_counts(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "data" / "config.xml").write_text(SENTIMENT)
    other = SENTIMENT.replace('"Negative"', '"Bad"')
    (here / "other.xml").write_text(other)
    asked_for = asked("data/export.json", "--label-config", "other.xml")
    assert asked_for == "Choose one label for the text: Positive, Bad, neu.\n\nText"
    assert "beside" not in capsys.readouterr().err


def test_a_config_beside_what_is_no_export_is_left_alone(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "data" / "config.xml").write_text(SENTIMENT)
    (here / "data" / "rows.jsonl").write_text('{"prompt": "Why?", "completion": "So."}\n')
    assert asked("data/rows.jsonl") == "Why?"
    assert "config.xml" not in capsys.readouterr().err


def test_before_anybody_has_answered_the_fields_of_the_tasks_tell(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks = [of_task("Text", id=n) for n in range(200)]
    tasks.append(of_task("Text", annotated(GOOD), id=200))
    (here / "data" / "export.json").write_text(json.dumps(tasks))
    (here / "data" / "config.xml").write_text(SENTIMENT.replace("$text", "$body"))
    assert run(["convert", "data/export.json", "--to", "openai-chat", "-o", "out"]) == 3
    (here / "data" / "config.xml").write_text(SENTIMENT)
    assert asked("data/export.json") == WHOLE


def test_init_says_of_a_config_that_it_does_not_fit(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "data" / "config.xml").write_text(SENTIMENT.replace("sentiment", "mood"))
    assert run(["init", "data/export.json"]) == 0
    assert "is not taken: it has no control 'sentiment'" in capsys.readouterr().err


def test_none_reads_no_config_also_when_the_recipe_is_run_again(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "data" / "config.xml").write_text(SENTIMENT)
    assert asked("data/export.json", "--label-config", "none") == SEEN
    assert "config.xml" not in capsys.readouterr().err
    made = json.loads(Path("out/manifest.json").read_text())
    assert made["recipe"]["sources"][0]["label_config"] == "none"
    assert [one["path"] for one in made["made_from"]] == ["data/export.json"]
    assert run(["init", "data/export.json", "--label-config", "none", "-o", "r.yaml"]) == 0
    assert run(["convert", "--recipe", "r.yaml", "--to", "prompt-completion", "-o", "out"]) == 0
    (path,) = Path("out/prompt-completion").glob("*.jsonl")
    assert json.loads(path.read_text("utf-8"))["prompt"] == SEEN


def test_a_config_that_the_disk_does_not_give_refuses_the_run(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same command would ask with other labels the next time, when the disk is well again."""
    config = here / "data" / "config.xml"
    config.write_text(SENTIMENT)
    read = Path.open

    def failing(path: Path, *mode: Any, **options: Any) -> Any:
        if path.name == config.name:
            raise OSError(errno.EIO, "Input/output error")
        return read(path, *mode, **options)

    monkeypatch.setattr(Path, "open", failing)
    export = "data/export.json"
    for command in (["convert", export, "--to", "alpaca", "-o", "out"], ["init", export]):
        assert run(command) == 4
        assert "config.xml cannot be read: input/output error." in capsys.readouterr().err
    assert [path.name for path in here.iterdir()] == ["data"]


def test_a_label_that_stands_twice_is_asked_once_and_one_with_a_blank_is_named(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    positive = '<Choice value="Positive"/>'
    assert positive in SENTIMENT
    other = SENTIMENT.replace(positive, positive * 2 + '<Choice value="Positive "/>')
    (here / "data" / "config.xml").write_text(other)
    assert asked("data/export.json") == WHOLE.replace("Positive, ", "Positive, Positive , ")
    assert (
        "data/config.xml: the labels 'Positive', 'Positive ' of 'sentiment' differ in blanks alone,"
        " and a model may take them for one: rename them in the project" in capsys.readouterr().err
    )


def rows_of_answers(path: Path) -> None:
    """A JSON_MIN export."""
    at = "2026-11-22T10:00:00.000000Z"
    own = {"annotator": 1, "created_at": at, "updated_at": at, "lead_time": 1.5}
    answers = [(1, "Positive"), (2, "Negative")]
    rows = [
        {"text": f"Text {n}", "id": n, "sentiment": said, "annotation_id": n, **own}
        for n, said in answers
    ]
    path.write_text(json.dumps(rows))


def test_an_export_that_lost_something_advises_no_config_where_one_was_taken(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows_of_answers(here / "data/export.json")
    (here / "data/config.xml").write_text(SENTIMENT)
    assert run(["convert", "data/export.json", "--to", "alpaca", "-o", "out"]) == 0
    said = capsys.readouterr().err
    assert "taken as its labeling config" in said
    assert "A009" in said
    assert "pass --label-config" not in said
    assert "Export the project as JSON, where it can be had." in said


def test_init_says_why_an_export_gives_no_example(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tie = of_task("One", annotated(GOOD), annotated(BAD, by=2), id=1)
    Path("data/export.json").write_text(json.dumps([tie, of_task("Two", annotated(), id=2)]))
    assert run(["init", "data/export.json"]) == 0
    said = "".join(capsys.readouterr())
    assert "data/export.json gives no example yet: 1 tie, 1 submitted-empty; classif" in said


def test_two_answers_of_one_task_are_not_called_by_one_place(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = of_task("One", annotated(GOOD), annotated(BAD, by=2), id=7)
    Path("data/export.json").write_text(json.dumps([task]))
    flags = ["--annotators", "all", "--to", "alpaca", "-o", "out"]
    assert run(["convert", "data/export.json", *flags]) == 0
    said = capsys.readouterr().err
    assert "data/export.json task 7: D002 answers one prompt in ways that differ." in said
    Path("data/export.json").write_text(
        json.dumps([of_task("One", annotated(GOOD), annotated(GOOD, by=2), id=7)])
    )
    assert run(["convert", "data/export.json", *flags]) == 0
    assert "task 7: D001 is the same as another answer of its task." in capsys.readouterr().err
